"""`weights convert`: an official checkpoint becomes two files that say the same, and `embed` runs with either."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import rasterio

torch = pytest.importorskip("torch")
pytest.importorskip("timm")

from mmearth_core.cli.command import main  # noqa: E402
from mmearth_core.embedding.backends import open_backend  # noqa: E402
from mmearth_core.embedding.conversion import weights_convert  # noqa: E402
from mmearth_core.embedding.engine import embed  # noqa: E402
from mmearth_core.encoder.loading import canonical_tensors  # noqa: E402
from mmearth_core.encoder.model_file import model_id, read_header  # noqa: E402
from mmearth_core.encoder.network import EmbeddingHead  # noqa: E402
from mmearth_core.errors import Cancelled, MMEarthError  # noqa: E402
from mmearth_core.progress import CancelToken  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("one_torch_thread")]


def test_the_result_names_what_was_made(converted, calibration_scene):
    result, folder = converted
    assert sorted(path.name for path in folder.iterdir()) == ["small.onnx", "small.safetensors"]
    assert result.files == (folder / "small.safetensors", folder / "small.onnx")
    header = result.header
    assert (header.name, header.source, header.size, header.patch, header.trained) == (
        "small", "official", "atto", 8, True,
    )  # fmt: skip
    assert header.calibrated and len(header.scales) == 64 and 0 < header.halo <= 160
    (scene,) = header.calibration["scenes"]
    assert (scene["name"], scene["level"], len(scene["digest"])) == (calibration_scene.name, "l2a", 64)
    text = str(result)
    assert re.search(r"small\.onnx \([67]\.\d MB\)", text) and "Calibrated on 1 scene: 64 bands explain" in text
    assert f"halo {header.halo} px" in text


def test_both_backends_embed_alike(converted, calibration_scene, tmp_path):
    found = {}
    for backend, suffix in (("onnx", ".onnx"), ("torch", ".safetensors")):
        output = tmp_path / f"{backend}.tif"
        result = embed(
            scene=calibration_scene, output=output, model=converted[1] / f"small{suffix}", backend=backend,
            window=(100, 100, 150, 90), tile=96,
        )  # fmt: skip
        assert result.model_id == converted[0].header.model_id
        with rasterio.open(output) as dataset:
            found[backend] = dataset.read()
    assert (found["onnx"] > 0).all()
    assert found["onnx"].reshape(64, -1).std(axis=1).min() > 3
    assert np.abs(found["onnx"].astype(int) - found["torch"].astype(int)).max() <= 1


def test_without_scenes_there_is_only_the_torch_form_and_embed_says_how_to_go_on(
    official_checkpoint, calibration_scene, tmp_path, monkeypatch
):
    folder = tmp_path / "models"
    folder.mkdir()
    result = weights_convert(model=official_checkpoint, output=folder)
    assert [path.name for path in folder.iterdir()] == ["official.safetensors"]
    assert "Not calibrated" in str(result)
    header = read_header(folder / "official.safetensors")
    assert (header.grn, header.scales, header.calibrated) == ("sample", (), False)
    assert header.model_id == result.header.model_id and len(header.model_id) == 64
    for backend in ("auto", "torch"):
        with pytest.raises(MMEarthError) as caught:
            embed(
                scene=calibration_scene, output=tmp_path / "emb.tif", model=folder / "official.safetensors",
                backend=backend,
            )  # fmt: skip
        assert f"mmearth weights convert {folder / 'official.safetensors'} --calibrate SCENE" in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["models"]

    # The command in that sentence replaces this very file.
    def calibrate(encoder, header, *_, **__):
        encoder.set_grn("frozen")
        scales = tuple(1.0 + i for i in range(4))
        return EmbeddingHead(encoder.architecture, 4), finished(encoder, header, scales)

    def finished(encoder, header, scales):
        header = replace(
            header, grn="frozen", scales=scales, calibration=header.calibration | {"explained_variance": 1}
        )
        tensors = canonical_tensors(encoder, EmbeddingHead(encoder.architecture, 4))
        return replace(header, model_id=model_id(tensors, header))

    monkeypatch.setattr("mmearth_core.embedding.model_writing.calibrate", calibrate)
    words = str(caught.value).split("run: mmearth ")[1].replace("SCENE", str(calibration_scene)).split()
    assert main(words) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["official.onnx", "official.safetensors"]
    for suffix in (".onnx", ".safetensors"):
        assert open_backend(folder / f"official{suffix}").header.calibrated


def test_existing_files_are_kept(official_checkpoint, calibration_scene, tmp_path):
    for name, scenes in (("small.safetensors", []), ("small.onnx", [calibration_scene])):
        (tmp_path / name).write_bytes(b"mine")
        with pytest.raises(MMEarthError, match=f"{name} exists already"):
            weights_convert(model=official_checkpoint, calibrate=scenes, output=tmp_path, name="small")
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: b"mine"}
        (tmp_path / name).unlink()
    (tmp_path / "small.safetensors").write_bytes(b"old")
    weights_convert(model=official_checkpoint, output=tmp_path, name="small", overwrite=True)
    assert read_header(tmp_path / "small.safetensors").name == "small"


def refused(tmp_path, match: str, **options) -> None:
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    with pytest.raises(MMEarthError, match=match) as caught:
        weights_convert(**{"output": folder} | options)
    assert "\n" not in str(caught.value)
    assert not list(folder.iterdir())


def test_unusable_input_leaves_nothing_behind(official_checkpoint, make_scene, tmp_path):
    refused(tmp_path, "does not exist", model=tmp_path / "absent.pth")
    refused(tmp_path, "does not exist", model=official_checkpoint, calibrate=[tmp_path / "absent.tif"])
    refused(tmp_path, "does not exist", model=official_checkpoint, output=tmp_path / "absent")
    refused(tmp_path, "smaller than one patch of 8", model=official_checkpoint, calibrate=[make_scene(7, 300)])
    refused(tmp_path, "too few valid pixels", model=official_checkpoint, calibrate=[make_scene(64, 64)])
    refused(tmp_path, "must be 384 × 384 pixels", model=official_checkpoint, calibrate=[make_scene(88, 88)])
    (tmp_path / "bad.pth").write_bytes(official_checkpoint.read_bytes()[:200_000])
    refused(tmp_path, r"bad\.pth is damaged", model=tmp_path / "bad.pth")


def test_cancelling_leaves_nothing_behind(official_checkpoint, calibration_scene, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        weights_convert(model=official_checkpoint, calibrate=[calibration_scene], output=tmp_path, cancel=token)
    assert not list(tmp_path.iterdir())


def test_models_with_a_name_go_where_embed_finds_them(official_checkpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path))
    (tmp_path / "weights").mkdir()
    fetched = tmp_path / "weights" / "mmearth-atto-p8-all.pth"
    fetched.write_bytes(official_checkpoint.read_bytes())
    result = weights_convert(model="pt-all_mod_atto_1M_64_uncertainty_56-8")
    assert result.files == (fetched.with_suffix(".safetensors"),) and result.files[0].is_file()
    assert result.header.name == "mmearth-atto-p8-all"


def test_the_command_line_converts(official_checkpoint, tmp_path, capsys):
    assert main(["weights", "convert", str(official_checkpoint), "-o", str(tmp_path), "--name", "mine", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (tmp_path / "mine.safetensors").is_file() and "mine.safetensors" in json.dumps(told)
    assert main(["weights", "convert", str(official_checkpoint), "-o", str(tmp_path), "--name", "mine"]) == 1
    assert "exists already" in capsys.readouterr().err
