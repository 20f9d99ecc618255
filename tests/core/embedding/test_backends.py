"""Loading a model for inference: the right file for a name, and a sentence with the command when there is none."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmearth_core.embedding.arrays import embed_pixels
from mmearth_core.embedding.backends import open_backend
from mmearth_core.encoder.model_file import read_header
from mmearth_core.encoder.onnx_backend import OnnxBackend
from mmearth_core.encoder.registry import local_file
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError

NAME = "mmearth-atto-p8-all"


@pytest.fixture
def weights(tmp_path, monkeypatch) -> Path:
    """The folder of models with a name, empty."""
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path))
    folder = tmp_path / "weights"
    folder.mkdir()
    return folder


def sentence(model, backend="auto") -> str:
    with pytest.raises(MMEarthError) as caught:
        open_backend(model, backend)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("weights")
def test_a_model_that_is_not_here(tmp_path):
    for backend in ("auto", "onnx", "torch"):
        assert sentence(NAME, backend).endswith(f"run: mmearth weights fetch {NAME}")
        assert "did you mean mmearth-tiny-p8-all?" in sentence("mmearth-tinny-p8-all", backend)
        assert sentence(tmp_path / "absent.onnx", backend).startswith(f"The model file {tmp_path / 'absent.onnx'} does")


def test_an_official_checkpoint_must_be_converted(weights, tmp_path):
    (weights / f"{NAME}.pth").write_bytes(b"official")
    (tmp_path / "mine.pth").write_bytes(b"official")
    for backend in ("auto", "onnx", "torch"):
        assert sentence(NAME, backend).endswith(f"run: mmearth weights convert {NAME} --calibrate SCENE")
        path = tmp_path / "mine.pth"
        assert sentence(path, backend).endswith(f"run: mmearth weights convert {path} --calibrate SCENE")


def test_each_backend_takes_its_own_files(tmp_path):
    packaged = local_file("default", suffixes=(".onnx",))
    (tmp_path / "model.safetensors").write_bytes(b"x")
    assert "give a .onnx file" in sentence(tmp_path / "model.safetensors", "onnx")
    (tmp_path / "model.txt").write_bytes(b"x")
    assert "cannot be run by the auto backend" in sentence(tmp_path / "model.txt")
    assert open_backend("default").header == open_backend(packaged, "onnx").header


@pytest.mark.parametrize("content", [b"", b"x" * 1000, b"half"])
def test_a_damaged_network_is_named(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content if content != b"half" else local_file("default").read_bytes()[:3_000_000])
    assert f"{path} is damaged or not" in sentence(path) or f"{path} is not a model of mmearth" in sentence(path)


def test_a_network_that_is_not_what_it_describes_is_refused(tmp_path):
    """Fewer scales than bands would leave bands without numbers, more would end in a crash."""
    onnx = pytest.importorskip("onnx")
    model = onnx.load(local_file("default"))
    header = open_backend("default").header
    shorter = {level: replace(s, mean=s.mean[1:], std=s.std[1:]) for level, s in header.statistics.items()}
    for odd in (
        replace(header, scales=header.scales[:-1]),
        replace(header, scales=(*header.scales, 1.0)),
        replace(header, scales=()),
        replace(header, grn="sample"),
        replace(header, bands=header.bands[1:], statistics=shorter),
    ):
        onnx.helper.set_model_props(model, {"mmearth": odd.to_json()})
        onnx.save(model, tmp_path / "odd.onnx")
        assert "odd.onnx is damaged (its n" in sentence(tmp_path / "odd.onnx")
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "foreign.onnx")
    assert "is not a model of mmearth" in sentence(tmp_path / "foreign.onnx")


def changed(name: str, change, network=lambda _: None) -> bytes:
    """The default model with one of its tensors or its network changed and all else as it was."""
    onnx = pytest.importorskip("onnx")
    model = onnx.load(local_file("default"))
    tensor = next(each for each in model.graph.initializer if each.name == name)
    values = onnx.numpy_helper.to_array(tensor)
    tensor.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(change(values)), name))
    network(model.graph)
    return model.SerializeToString()


@pytest.mark.parametrize(
    "content",
    [
        lambda: changed("head.pixels", lambda values: values[:, ::-1]),
        lambda: changed("encoder.stages.0.0.mlp.fc1.bias", lambda values: values + np.float16(0.01)),
        lambda: changed("head.bias", lambda values: values.astype(np.float32)),
        lambda: changed("head.bias", lambda values: values, lambda graph: graph.node.pop()),
        lambda: changed("head.bias", lambda values: values, lambda graph: graph.node.reverse()),
        lambda: local_file("default").read_bytes().replace(b'"B02", "B03"', b'"B03", "B02"'),
    ],
    ids=["permuted", "shifted", "other type", "node lost", "node changed", "bands swapped"],
)
def test_a_model_that_is_not_the_one_it_names_is_refused(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content())
    for read in (open_backend, read_header):
        with pytest.raises(MMEarthError, match=r"model\.onnx is damaged \((its numbers are not|its network is not)"):
            read(path)


def test_a_model_is_checked_in_an_instant():
    path = local_file("default")
    read_header(path)
    began = time.process_time()
    read_header(path)
    assert time.process_time() - began < 0.3


class Odd:
    """A backend that gives what it is told to."""

    name, batch_size = "odd", 1

    def __init__(self, answer):
        self.header, self._answer = open_backend("default").header, answer

    def run(self, pixels):
        return self._answer(np.zeros((len(pixels), 64, *pixels.shape[2:]), np.float32))


@pytest.mark.parametrize(
    "answer", [lambda v: v[:, :63], lambda v: v[..., :-1], lambda v: v + np.nan, lambda v: v - np.inf]
)
def test_numbers_that_are_no_embedding_are_refused(answer):
    with pytest.raises(MMEarthError, match="its file is damaged, fetch it again"):
        embed_pixels(Odd(answer), np.zeros((1, 12, 16, 16), np.float32))


def test_a_run_that_fails_says_so():
    backend = open_backend("default")
    with pytest.raises(EnvironmentFailure, match=r"failed on 9 × 8 pixels .* smaller tile="):
        backend.run(np.zeros((1, 12, 9, 8), np.float32))
    assert backend.run(np.zeros((1, 12, 8, 8), np.float32)).shape == (1, 64, 8, 8)


def test_an_interrupt_ends_the_run_and_all_later_ones():
    backend = OnnxBackend(local_file("default"), threads=1)
    pixels = np.zeros((1, 12, 800, 800), np.float32)
    threading.Timer(0.2, backend.interrupt).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        backend.run(pixels)
    assert time.monotonic() - began < 2
    with pytest.raises(Cancelled):
        backend.run(pixels[..., :8, :8])


@pytest.mark.torch
@pytest.mark.usefixtures("one_torch_thread")
class TestConverted:
    """With the model that was converted and calibrated for the tests."""

    def test_both_backends_agree(self, converted):
        pixels = np.random.default_rng(0).normal(size=(2, 12, 40, 24)).astype(np.float32)
        before = pixels.copy()
        one, other = (open_backend(converted[1] / f"small{s}") for s in (".onnx", ".safetensors"))
        assert (one.name, other.name) == ("onnx", "torch") and one.header == other.header
        expected = other.run(pixels)
        assert (np.abs(one.run(pixels) - expected).max((0, 2, 3)) / expected.std((0, 2, 3))).max() < 1e-4
        assert np.array_equal(pixels, before)

    def test_torch_runs_the_exported_form_as_well(self, converted):
        pixels = np.random.default_rng(0).normal(size=(1, 12, 24, 16)).astype(np.float32)
        one, other = (open_backend(converted[1] / f"small{s}", "torch") for s in (".onnx", ".safetensors"))
        assert (one.name, one.header) == ("torch", other.header)
        assert np.array_equal(one.run(pixels), other.run(pixels))

    def test_torch_runs_the_model_of_the_package(self):
        pixels = np.random.default_rng(0).normal(size=(1, 12, 32, 32)).astype(np.float32)
        one, other = open_backend("default", "torch"), open_backend("default", "onnx")
        assert (one.name, other.name) == ("torch", "onnx")
        steps = np.array(one.header.scales)[:, None, None]
        assert (np.abs(one.run(pixels) - other.run(pixels)) / steps).max() < 0.1

    def test_torch_refuses_a_damaged_exported_form(self, converted, tmp_path):
        content = bytearray((converted[1] / "small.onnx").read_bytes())
        content[len(content) // 2] ^= 1
        (tmp_path / "small.onnx").write_bytes(content)
        assert "is damaged" in sentence(tmp_path / "small.onnx", "torch")

    def test_a_name_prefers_the_exported_form(self, converted, weights):
        for suffix in (".safetensors", ".onnx"):
            (weights / f"{NAME}{suffix}").write_bytes((converted[1] / f"small{suffix}").read_bytes())
        assert open_backend(NAME).name == "onnx" and open_backend(NAME, "torch").name == "torch"
        (weights / f"{NAME}.onnx").unlink()
        assert open_backend(NAME).name == "torch"

    def test_torch_is_interrupted_as_well(self, converted):
        backend = open_backend(converted[1] / "small.safetensors")
        threading.Timer(0.3, backend.interrupt).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            for _ in range(1000):
                backend.run(np.zeros((1, 12, 256, 256), np.float32))
        assert time.monotonic() - began < 5
