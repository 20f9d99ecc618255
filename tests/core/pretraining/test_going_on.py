"""Going on with a run: what may have changed since, what may not, and what survives."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import rasterio

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.pretraining.log import RunLog, read_log
from mmearth_core.pretraining.loop import Loop
from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.progress import CancelToken

Recipe = Callable[..., Path]
#: Two steps.
SHORT = {
    "optimiser__epochs": 1,
    "optimiser__batch": 16,
    "optimiser__effective_batch": 16,
    "optimiser__warmup_epochs": 0,
}


def after(step: int, act: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
    """Let something happen at the end of a step."""
    original = Loop._step

    def stepping(self: Loop, batches: object) -> None:
        original(self, batches)
        if self.position.step == step:
            act()

    patch.setattr(Loop, "_step", stepping)


def test_a_log_that_is_cut_back_tells_its_size(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "log.jsonl", tmp_path / "events")
    log.record("train", 1, {"objective": 1.0})
    first = log.size()
    log.record("train", 2, {"objective": 0.5})
    log.close()
    again = RunLog(tmp_path / "log.jsonl", tmp_path / "events", size=first, step=1)
    assert again.size() == first
    again.close()


def test_a_run_that_is_killed_and_then_cancelled_before_the_next_line_goes_on(recipe: Recipe, tmp_path: Path) -> None:
    config = recipe(optimiser__epochs=1, watch__checkpoint_steps=4, watch__log_steps=2)
    pretrain(config=config, output=tmp_path / "whole")

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        after(6, killed, patch)
        with pytest.raises(KeyboardInterrupt):
            pretrain(config=config, output=tmp_path / "run")
    cancel = CancelToken()
    with pytest.MonkeyPatch.context() as patch:
        after(5, cancel.cancel, patch)
        with pytest.raises(Cancelled, match="after step 5"):
            pretrain(config=config, output=tmp_path / "run", cancel=cancel)
    pretrain(config=config, output=tmp_path / "run")
    losses = [[line["losses"] for line in read_log(tmp_path / name / "log.jsonl")] for name in ("whole", "run")]
    assert losses[0] == losses[1]


def test_a_run_that_compares_patches_goes_on_exactly_with_modalities_it_does_not_predict(
    recipe: Recipe, tmp_path: Path
) -> None:
    config = recipe(
        outputs=["sentinel2"],
        mp_mae__cross_sensor={"weight": 0.5},
        mp_mae__guidance={"weight": 0.5},
        optimiser__epochs=1,
        watch__log_steps=1,
    )
    pretrain(config=config, output=tmp_path / "whole")
    cancel = CancelToken()
    with pytest.MonkeyPatch.context() as patch:
        after(5, cancel.cancel, patch)
        with pytest.raises(Cancelled, match="after step 5"):
            pretrain(config=config, output=tmp_path / "run", cancel=cancel)
    pretrain(config=config, output=tmp_path / "run")
    whole, run = ([line["losses"] for line in read_log(tmp_path / name / "log.jsonl")] for name in ("whole", "run"))
    assert whole == run and all(whole[0][f"cross_sensor_{name}"] for name in ("sentinel1", "aster", "dynamic_world"))
    weights = [tmp_path / name / "encoder.safetensors" for name in ("whole", "run")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_what_no_step_depends_on_may_change(recipe: Recipe, tmp_path: Path) -> None:
    """A training of days is not lost over the name of its model."""
    run = tmp_path / "run"
    pretrain(config=recipe(**SHORT), output=run)
    weights = (run / "encoder.safetensors").read_bytes()
    log = (run / "log.jsonl").read_bytes()
    changes = ["export.name=better", "export.licence=CC0", "watch.picture_tiles=2"]
    result = pretrain(config=recipe(**SHORT), output=run, set=changes)
    assert result.files == (run / "better.safetensors",)
    assert result.files[0].is_file()
    card = (run / "README.md").read_text()
    assert card.startswith("# better")
    assert "CC0" in card
    assert "name: better" in (run / "config.yaml").read_text()
    assert (run / "log.jsonl").read_bytes() == log
    assert (run / "encoder.safetensors").read_bytes() == weights
    for name in ("sub/folder", "", ".."):
        with pytest.raises(MMEarthError, match="export.name: it must be a name"):
            pretrain(config=recipe(**SHORT), output=run, set=[f"export.name='{name}'"])


def test_until_a_state_is_kept_everything_may_change(recipe: Recipe, tmp_path: Path) -> None:
    run = tmp_path / "run"

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        after(2, killed, patch)
        with pytest.raises(KeyboardInterrupt):
            pretrain(config=recipe(), output=run)
    assert not list(run.glob("checkpoints/step-*"))
    pretrain(config=recipe(**SHORT), output=run)
    assert [line["step"] for line in read_log(run / "log.jsonl") if line["kind"] == "train"] == [1, 2]
    newest = max((run / "checkpoints").iterdir())
    with pytest.raises(MMEarthError) as refused:
        pretrain(config=recipe(**SHORT), output=run, set=["seed=3"])
    assert f"set=init={newest}" in str(refused.value)


def test_what_a_run_began_with_may_be_gone(recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pretrain(config=recipe(**SHORT), output="first")
    shutil.copy(tmp_path / "first" / "encoder.safetensors", tmp_path / "start.safetensors")
    config = recipe(**SHORT, init="start.safetensors")
    pretrain(config=config, output="second")
    before = read_log(tmp_path / "second" / "log.jsonl")
    (tmp_path / "start.safetensors").unlink()
    pretrain(config=config, output="second")
    assert read_log(tmp_path / "second" / "log.jsonl") == before
    with pytest.raises(MMEarthError, match="start.safetensors does not exist"):
        pretrain(config=config, output="second", overwrite=True)
    assert read_log(tmp_path / "second" / "log.jsonl") == before


def test_overwriting_a_run_leaves_what_it_did_not_make(recipe: Recipe, tmp_path: Path) -> None:
    run = tmp_path / "run"
    pretrain(config=recipe(**SHORT), output=run)
    for name in ("my-other-model.onnx", "notes.md"):
        (run / name).write_text("mine")
    pretrain(config=recipe(**SHORT, export__name="new"), output=run, overwrite=True)
    assert {path.name for path in run.glob("*.*")} >= {"my-other-model.onnx", "notes.md", "new.safetensors"}
    assert not (run / "encoder.safetensors").exists()
    assert len(json.loads((run / "environment.json").read_text())["starts"]) == 1


def test_scenes_that_calibration_could_not_use_are_told_before_training(
    recipe: Recipe, tmp_path: Path, calibration_scene: Path
) -> None:
    with rasterio.open(calibration_scene) as scene:
        profile = scene.profile | {"width": 6, "height": 6}
        with rasterio.open(tmp_path / "small.tif", "w", **profile) as small:
            small.write(scene.read(window=((40, 46), (40, 46))))
            small.descriptions = scene.descriptions
            small.update_tags(PROCESSING_LEVEL="L2A", SCALE="0.0001", BOA_ADD_OFFSET="0")
    with pytest.raises(MMEarthError, match="small.tif is smaller than one patch"):
        pretrain(config=recipe(export__calibrate=[str(tmp_path / "small.tif")]), output=tmp_path / "run")
    assert not (tmp_path / "run").exists()
