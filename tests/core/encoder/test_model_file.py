"""Model files come back as they were written; damaged ones are named, whatever the damage."""

import json
import re
import struct
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmearth_core.encoder.model_file import ModelHeader, Statistics, canonical_digest, read_header
from mmearth_core.encoder.registry import local_file
from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import weights_info

PATH = Path("some/model.onnx")


def make_header(**changes) -> ModelHeader:
    return replace(
        ModelHeader(
            name="m", model_id="f" * 64, size="atto", patch=8, bands=("B02", "B03", "B04"),
            statistics={"l2a": Statistics((1.0, 2.0, 3.5), (0.1, 1 / 3, 7.0))},
            grn="frozen", halo=88, scales=(0.25, 1 / 7), calibration={"scenes": [{"name": "é", "level": "l2a"}]},
        ),
        **changes,
    )  # fmt: skip


def test_a_header_comes_back_to_the_last_digit():
    for header in (make_header(), make_header(scales=(), grn="sample", halo=0), make_header(stem="original")):
        assert ModelHeader.from_json(header.to_json(), PATH) == header


def test_entries_of_later_versions_are_passed_over_within_one_format():
    values = asdict(make_header()) | {"quality": 1}
    assert ModelHeader.from_json(json.dumps(values), PATH) == make_header()


def test_another_format_asks_for_an_update():
    values = asdict(make_header()) | {"format_version": 2}
    with pytest.raises(MMEarthError, match=r"model\.onnx has model format 2, this mmearth reads 1; update"):
        ModelHeader.from_json(json.dumps(values), PATH)


DAMAGE = {
    "bands": [["B02"], None, "B2", 5],
    "statistics": [
        {}, None, [], {"l2a": {"mean": [1, 2], "std": [1, 2]}}, {"l2a": {"mean": [1, 2, 3]}},
        {"l2a": {"mean": "123", "std": "12a"}}, {"l2a": {"mean": [1, 2, float("nan")], "std": [1, 2, 3]}},
        {"l2a": {"mean": [1, 2, 3], "std": [1, 2, 0]}}, {"l2a": {"mean": [1, 2, 3], "std": [1, -2, 3]}},
    ],
    "scales": [None, ["x"], [0.0], [-1.0], [float("inf")], {"a": 1}],
    "size": ["giant", None, 3],
    "patch": [0, 7, "8", None],
    "stem": ["other", None],
    "grn": ["other", None],
    "halo": [-8, 4, "88", None],
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in DAMAGE.items() for value in values])
def test_a_damaged_description_is_named(key, value):
    with pytest.raises(
        MMEarthError, match=rf"some/model\.onnx has a damaged model description(, {key}.*)?: .*; fetch or convert"
    ):
        ModelHeader.from_json(json.dumps(asdict(make_header()) | {key: value}), PATH)


@pytest.mark.parametrize("key", ["name", "model_id", "size", "patch", "bands", "statistics", "scales"])
def test_a_missing_entry_is_named(key):
    values = asdict(make_header())
    del values[key]
    with pytest.raises(MMEarthError, match=key):
        ModelHeader.from_json(json.dumps(values), PATH)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "5", '"x"', "[" * 100_000])
def test_what_is_no_description_is_refused(text):
    with pytest.raises(MMEarthError, match=r"some/model\.onnx"):
        ModelHeader.from_json(text, PATH)


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_done_to_the_text_there_is_a_header_or_an_error_that_names_the_file(data):
    text = make_header().to_json()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    text = text[:start] + data.draw(st.text(alphabet='{}[]",:0123456789.-aeNn', max_size=12)) + text[end:]
    try:
        header = ModelHeader.from_json(text, PATH)
    except MMEarthError as error:
        assert "some/model.onnx" in str(error)
    else:
        assert header.architecture.in_channels == 3 and all(scale > 0 for scale in header.scales)


def safetensors(header: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\1\2", safetensors(b"{}", 2**62), safetensors(b"{}", 9_999_999), safetensors(b"[]"), safetensors(b"5"),
        safetensors(b"\xff\xfe\xfd"), safetensors(b"[" * 100_000), safetensors(b'{"__metadata__": 3}'),
        safetensors(b'{"__metadata__": {}}'), safetensors(b'{"__metadata__": {"mmearth": 5}}'),
        safetensors(b'{"__metadata__": {"mmearth": "{}"}}'), bytes(range(256)) * 40,
    ],
)  # fmt: skip
def test_a_safetensors_file_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(MMEarthError, match=r"bad\.safetensors"):
        read_header(path)


def test_other_files_are_refused(tmp_path):
    for name in ("absent.onnx", "absent.safetensors"):
        with pytest.raises(MMEarthError, match=f"{name} does not exist"):
            read_header(tmp_path / name)
    (tmp_path / "model.pth").write_bytes(b"x")
    with pytest.raises(MMEarthError, match=r"give an \.onnx or a \.safetensors"):
        read_header(tmp_path / "model.pth")
    (tmp_path / "model.onnx").write_bytes(b"x" * 100)
    with pytest.raises(MMEarthError, match=r"model\.onnx is damaged"):
        read_header(tmp_path / "model.onnx")


def test_the_packaged_model_describes_itself():
    header = read_header(local_file("default", suffixes=(".onnx",)))
    assert (
        header.calibrated and len(header.scales) == 64 and header.trained and set(header.statistics) == {"l1c", "l2a"}
    )
    card = Path(weights_info(model="default").facts["card"]).read_text(encoding="utf-8")
    assert f"# {header.name}\n" in card
    steps, tiles = (int(number) for number in re.findall(r"\d+", header.source))
    assert f"{steps:,} steps of 32 tiles" in card
    assert f"It has seen {tiles:,} tiles" in card


def test_no_digital_number_decodes_to_zero():
    header = make_header()
    numbers = np.arange(1, 256)
    for scale, offset in zip(header.scales, header.offsets, strict=True):
        decoded = numbers * scale + offset
        assert np.abs(decoded).min() == pytest.approx(scale / 2)
        assert (decoded[0], decoded[-1]) == pytest.approx((-126.5 * scale, 127.5 * scale))


def test_the_digest_depends_on_names_shapes_types_and_values_only():
    values = np.arange(6, dtype=np.float16)
    digest = canonical_digest({"a": values, "b": values})
    assert digest == canonical_digest({"b": values.astype(">f2"), "a": np.repeat(values, 2)[::2]})
    others = [
        {"a": values, "c": values}, {"a": values.reshape(2, 3), "b": values}, {"a": values, "b": values[::-1]},
        {"a": values, "b": values.astype(np.float32)}, {"a": values},
    ]  # fmt: skip
    assert len({digest, *map(canonical_digest, others)}) == 6


@pytest.mark.torch
class TestSafetensors:
    """`NAME.safetensors` as torch reads it."""

    @pytest.fixture
    def small(self, converted, tmp_path) -> Path:
        path = tmp_path / "small.safetensors"
        path.write_bytes((converted[1] / "small.safetensors").read_bytes())
        return path

    @pytest.fixture(autouse=True)
    def _torch(self):
        pytest.importorskip("timm")

    def test_it_comes_back_bit_for_bit(self, converted, small, tmp_path):
        from mmearth_core.encoder.loading import load_encoder, load_model, save_model

        encoder, head = load_model(small)
        assert not encoder.training and not head.training and encoder.grn == "frozen"
        assert encoder.header == converted[0].header
        assert save_model(tmp_path / "again.safetensors", encoder, head, encoder.header) == encoder.header
        assert (tmp_path / "again.safetensors").read_bytes() == small.read_bytes()
        other = load_encoder(small)
        assert other.header == encoder.header
        assert all(bool((other.state_dict()[name] == tensor).all()) for name, tensor in encoder.state_dict().items())

    def test_the_readout_of_a_pretraining_stays_with_it(self, small, tmp_path):
        import torch

        from mmearth_core.encoder.loading import load_model, save_model

        encoder, head = load_model(small)
        assert encoder.readout is None
        encoder.readout = torch.randn(5, encoder.architecture.channels[-1])
        header = save_model(tmp_path / "read.safetensors", encoder, head, encoder.header)
        again, _ = load_model(tmp_path / "read.safetensors")
        assert torch.equal(again.readout, encoder.readout.half().float())
        assert header.model_id != encoder.header.model_id and again.header == header

    @pytest.mark.parametrize("share", [0.0, 1e-6, 0.001, 0.5, 0.999999])
    def test_cut_off_anywhere_it_is_damaged(self, small, share):
        from mmearth_core.encoder.loading import load_encoder

        whole = small.read_bytes()
        small.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(MMEarthError, match=r"small\.safetensors is damaged"):
            load_encoder(small)

    def test_one_changed_bit_is_noticed(self, small):
        from mmearth_core.encoder.loading import load_model

        whole = bytearray(small.read_bytes())
        whole[-1000] ^= 1
        small.write_bytes(whole)
        with pytest.raises(MMEarthError, match="its numbers are not those of its model_id"):
            load_model(small)

    def test_random_bytes_in_its_header_are_an_error_of_ours(self, small):
        from mmearth_core.encoder.loading import load_model

        whole, rng = small.read_bytes(), np.random.default_rng(0)
        length = int.from_bytes(whole[:8], "little")
        for _ in range(40):
            changed = bytearray(whole)
            at = int(rng.integers(0, 8 + length))
            changed[at : at + 3] = rng.bytes(3)
            if changed == whole:
                continue
            small.write_bytes(changed)
            try:
                load_model(small)
            except MMEarthError as error:
                assert "small.safetensors" in str(error)

    def test_tensors_that_do_not_fit_are_named(self, small, tmp_path):
        from safetensors import safe_open
        from safetensors.torch import load_file, save_file

        from mmearth_core.encoder.loading import load_model

        with safe_open(small, "pt") as file:
            metadata = file.metadata()
        tensors = load_file(small)
        tensors["encoder.extra"] = tensors.pop("encoder.stem.1.bias")
        save_file(tensors, tmp_path / "odd.safetensors", metadata)
        with pytest.raises(
            MMEarthError, match=r"odd\.safetensors does not fit: missing stem\.1\.bias; unexpected extra"
        ):
            load_model(tmp_path / "odd.safetensors")

    def test_a_file_of_others_is_refused(self, tmp_path):
        import torch
        from safetensors.torch import save_file

        from mmearth_core.encoder.loading import load_encoder

        save_file({"x": torch.zeros(3)}, tmp_path / "theirs.safetensors")
        with pytest.raises(MMEarthError, match="is not a model of mmearth"):
            load_encoder(tmp_path / "theirs.safetensors")

    def test_the_exported_form_holds_the_same_encoder(self, converted):
        import torch

        from mmearth_core.encoder.loading import load_encoder

        one, other = (load_encoder(converted[1] / f"small{suffix}") for suffix in (".onnx", ".safetensors"))
        assert one.header == other.header
        stored = other.state_dict()
        assert all(torch.equal(value, stored[name]) for name, value in one.state_dict().items())
