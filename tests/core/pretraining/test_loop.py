"""Runs from beginning to end: what they leave, how they stop, and that how a step is cut up does not matter."""

import json
import math
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors.torch import load_file
from small_encoder import SMALL

from mmearth_core.embedding.model_writing import write_model
from mmearth_core.encoder.loading import load_encoder
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.modalities import SENTINEL2_STORED
from mmearth_core.pretraining.config import read_config
from mmearth_core.pretraining.log import read_log
from mmearth_core.pretraining.loop import Schedule
from mmearth_core.pretraining.methods.mp_mae.method import MpMae
from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.pretraining.watching import EpochWatcher
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import make_tile, write_synthetic_tiles
from mmearth_core.tiles.writer import TileWriter

Recipe = Callable[..., Path]


def steps_of(run: Path) -> list[dict]:
    return [line for line in read_log(run / "log.jsonl") if line["kind"] == "train"]


class Messages(Silent):
    """Remembers what a run says."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def message(self, text: str) -> None:
        self.texts.append(text)


def test_the_learning_rate_rises_to_its_peak_and_falls_to_zero() -> None:
    rates = [Schedule(steps=100, warmup=20, peak=1.0)(step) for step in range(100)]
    assert rates[0] == 1 / 20
    assert rates[19:21] == [1.0, 1.0]
    assert rates[60] == pytest.approx(0.5)
    assert 0 < rates[99] < 1e-3
    assert rates[20:] == sorted(rates[20:], reverse=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, invented_tiles: Path, on_cpu) -> Path:  # noqa: ARG001
    """A run with everything: three epochs, gradients added up, a picture."""
    folder = tmp_path_factory.mktemp("runs")
    recipe = folder / "recipe.yaml"
    values = {
        "data": {"datasets": [str(invented_tiles)], "workers": 0, "hold_out": 0.3},
        "mp_mae": {"size": SMALL, "crop": 16, "decoder_width": 16},
        "optimiser": {
            "epochs": 3, "warmup_epochs": 1, "batch": 4, "effective_batch": 8, "base_learning_rate": 2e-2, "clip": 5.0,
        },
        "watch": {"log_steps": 2, "checkpoint_steps": 2, "keep": 2, "picture_epochs": 3, "picture_tiles": 2},
        "export": {"name": "tiny-run", "licence": "CC0"},
    }  # fmt: skip
    recipe.write_text(yaml.safe_dump(values), encoding="utf-8")
    pretrain(config=recipe, output=folder / "run")
    return folder / "run"


def test_a_run_folder_owns_everything(finished: Path) -> None:
    names = {path.name for path in finished.iterdir()}
    assert names == {
        "config.yaml", "environment.json", "log.jsonl", "baseline.json", "tensorboard", "pictures", "checkpoints",
        "tiny-run.safetensors", "README.md",
    }  # fmt: skip
    assert [path.name for path in (finished / "pictures").iterdir()] == ["epoch-0003.png"]
    assert list((finished / "tensorboard").iterdir())
    start = json.loads((finished / "environment.json").read_text())["starts"][0]
    assert start["versions"]["torch"] == torch.__version__.split("+")[0]
    assert start["threads"] == 1
    assert len(start["code"]["sha256"]) == 64
    card = (finished / "README.md").read_text()
    assert "CC0" in card
    assert "| esa_worldcover |" in card


def test_only_the_newest_checkpoints_and_the_best_are_kept(finished: Path) -> None:
    steps = sorted(int(path.name.removeprefix("step-")) for path in (finished / "checkpoints").iterdir())
    lines = read_log(finished / "log.jsonl")
    scores = {line["step"]: line["score"] for line in lines if line["kind"] == "validation"}
    best = min(scores, key=scores.__getitem__)
    last = max(line["step"] for line in lines)
    assert best in steps
    assert steps[-1] == last
    assert len(steps) <= 3


def test_the_log_has_every_loss_with_its_weight_and_what_constants_lose(finished: Path) -> None:
    lines = read_log(finished / "log.jsonl")
    train = next(line for line in lines if line["kind"] == "train")
    assert len(train["losses"]) == len(train["weights"]) == 12
    assert {"step", "epoch", "learning_rate", "objective", "gradient_norm", "images_per_second"} <= set(train)
    assert 0 <= train["waiting"] <= 1
    validation = [line for line in lines if line["kind"] == "validation"]
    assert [line["epoch"] for line in validation] == [1, 2, 3]
    assert all(line["feature_spread"] > 0 and 1 < line["effective_rank"] < 64 for line in validation)
    ratios = [
        loss / validation[-1]["constant"][name]
        for name, loss in validation[-1]["losses"].items()
        if loss is not None and validation[-1]["constant"][name]
    ]
    assert validation[-1]["score"] == pytest.approx(sum(ratios) / len(ratios))


def test_what_is_exported_is_the_encoder_of_the_last_step(finished: Path) -> None:
    encoder = load_encoder(finished / "tiny-run.safetensors")
    assert encoder.header.grn == "sample"
    assert encoder.header.name == "tiny-run"
    newest = max((finished / "checkpoints").iterdir())
    stored = load_file(newest / "weights.safetensors")
    for name, value in encoder.state_dict().items():
        assert torch.equal(value, stored[f"encoder.{name}"].half().float()), name


def test_a_finished_run_is_left_as_it_is(finished: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*")}
    result = pretrain(config=finished / "config.yaml", output=finished)
    assert {path: path.stat().st_mtime_ns for path in finished.rglob("*")} == before
    assert "sentinel2" in str(result)


def test_a_run_folder_of_an_earlier_version_is_known(finished: Path, tmp_path: Path) -> None:
    """They began their configuration with a comment, and noted the repository the code was in."""
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    (run / "config.yaml").write_text("# As resolved.\n" + (run / "config.yaml").read_text())
    noted = json.loads((run / "environment.json").read_text())
    noted["starts"][0]["code"]["git"] = {"branch": "main", "commit": "0"}
    (run / "environment.json").write_text(json.dumps(noted))
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    pretrain(config=run / "config.yaml", output=run)
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before
    short = ["optimiser.epochs=1", "optimiser.warmup_epochs=0", "watch.picture_epochs=0"]
    pretrain(config=run / "config.yaml", output=run, overwrite=True, set=short)
    assert len(json.loads((run / "environment.json").read_text())["starts"]) == 1


def test_a_run_that_another_process_works_on_is_not_touched(finished: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    holder = "import sys; from mmearth_core.locks import Hold; print(Hold(sys.argv[1]).take(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(run / "environment.json")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        for overwrite in (False, True):
            with pytest.raises(MMEarthError, match=f"is being written by process {other.pid} on"):
                pretrain(config=run / "config.yaml", output=run, overwrite=overwrite)
        other.kill()
    held = run / ".environment.json.lock"
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*") if path != held} == before
    pretrain(config=run / "config.yaml", output=run)


def test_another_configuration_or_other_tiles_are_refused(finished: Path, tmp_path: Path) -> None:
    config = finished / "config.yaml"
    with pytest.raises(MMEarthError, match=r"another configuration \(optimiser.epochs: 3 there, 9 here\)"):
        pretrain(config=config, output=finished, set=["optimiser.epochs=9"])
    write_synthetic_tiles(tmp_path / "others", 40, size=24, seed=5, modalities=["sentinel2", "month"])
    with pytest.raises(MMEarthError, match="a run on other tiles"):
        pretrain(config=config, output=finished, set=[f"data.datasets=[{tmp_path / 'others'}]"])
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "config.yaml").write_text("mine: 1")
    (strange / "environment.json").write_text('{"mine": 1}')
    with pytest.raises(MMEarthError, match="holds no run"):
        pretrain(config=config, output=strange, overwrite=True)


def test_a_run_can_begin_with_what_another_learned(finished: Path, recipe: Recipe, tmp_path: Path) -> None:
    newest, encoder = max((finished / "checkpoints").iterdir()), str(finished / "tiny-run.safetensors")
    short = {"optimiser__epochs": 1, "optimiser__batch": 16, "optimiser__effective_batch": 16}
    for name, changes in {"fresh": {}, "all": {"init": str(newest)}, "encoder": {"init": encoder}}.items():
        pretrain(config=recipe(**short, **changes, watch__validate_epochs=0), output=tmp_path / name)
    first = {name: steps_of(tmp_path / name)[0]["objective"] for name in ("fresh", "all", "encoder")}
    assert first["all"] < first["fresh"]
    assert len(set(first.values())) == 3
    with pytest.raises(MMEarthError, match="another network"):
        pretrain(config=recipe(init=str(newest), mp_mae__decoder_width=64), output=tmp_path / "x")
    with pytest.raises(MMEarthError, match="asks for"):
        pretrain(config=recipe(init=encoder, mp_mae__size="femto"), output=tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_gradients_of_small_batches_add_up_to_those_of_a_large_one(recipe: Recipe, tmp_path: Path) -> None:
    write_synthetic_tiles(tmp_path / "whole", 24, size=24, gaps=False)  # every loss has a value everywhere
    common = {
        "data__datasets": [str(tmp_path / "whole")], "data__hold_out": 0, "mp_mae__grn": "sample",
        "optimiser__effective_batch": 8, "optimiser__epochs": 1, "outputs": ["sentinel2", "esa_worldcover", "month"],
    }  # fmt: skip
    for batch in (8, 2):
        pretrain(config=recipe(optimiser__batch=batch, **common), output=tmp_path / str(batch))
    large, small = steps_of(tmp_path / "8"), steps_of(tmp_path / "2")
    assert len(large) == 3
    for a, b in zip(large, small, strict=True):
        assert a["objective"] == pytest.approx(b["objective"], rel=1e-5)
        assert a["gradient_norm"] == pytest.approx(b["gradient_norm"], rel=1e-4)


def test_a_loss_that_is_no_number_stops_the_run_with_its_reason(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    forward = MpMae.forward

    def breaking(self: MpMae, batch: dict) -> object:
        calls.append(self.training)
        if sum(calls) > 6:
            batch = {**batch, "image": batch["image"] * torch.inf}
        return forward(self, batch)

    monkeypatch.setattr(MpMae, "forward", breaking)
    with pytest.raises(MMEarthError) as caught:
        pretrain(config=recipe(), output=tmp_path / "run")
    assert "Stopped at step 7: the loss is no number (sentinel2" in str(caught.value)
    assert f"init={tmp_path / 'run' / 'checkpoints' / 'step-00000004'}" in str(caught.value)
    assert steps_of(tmp_path / "run")[-1]["step"] == 6
    assert not list((tmp_path / "run").glob("*.safetensors"))


def test_an_encoder_that_gives_all_tiles_the_same_features_stops_the_run(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collapsed(self: MpMae) -> object:
        encoder = type(self).__mro__[1].export(self)
        torch.nn.init.zeros_(encoder.downsample_layers[2][1].weight)
        torch.nn.init.ones_(encoder.downsample_layers[2][1].bias)
        return encoder

    monkeypatch.setattr(MpMae, "export", collapsed)
    with pytest.raises(MMEarthError, match="The encoder collapsed"):
        pretrain(config=recipe(), output=tmp_path / "run")


def test_a_single_held_out_tile_is_no_collapse(recipe: Recipe, tmp_path: Path) -> None:
    progress = Messages()
    pretrain(config=recipe(data__hold_out=0.02, optimiser__epochs=1), output=tmp_path / "run", progress=progress)
    assert " 1 held out" in progress.texts[0]


def test_weights_that_are_no_numbers_are_told_by_the_validation(recipe: Recipe, tmp_path: Path) -> None:
    config = recipe(
        optimiser__batch=32,
        optimiser__effective_batch=32,
        optimiser__warmup_epochs=0,
        optimiser__base_learning_rate=1e12,
    )
    with pytest.raises(MMEarthError, match="Stopped at step 2: losses on the hold-out are no numbers"):
        pretrain(config=config, output=tmp_path / "run")


def test_the_best_weights_are_exported_with_their_own_figures(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validate = EpochWatcher.validate
    epochs = []

    def worse_and_worse(self: EpochWatcher, check: Callable[[], None]) -> dict:
        found = validate(self, check)
        epochs.append(found)
        return {**found, "score": found["score"] * len(epochs)}

    monkeypatch.setattr(EpochWatcher, "validate", worse_and_worse)
    result = pretrain(config=recipe(export__checkpoint="best"), output=tmp_path / "run")
    assert result.validation["epoch"] == 1
    assert result.validation["losses"] == epochs[0]["losses"] != epochs[1]["losses"]
    card = (tmp_path / "run" / "README.md").read_text()
    assert f"| sentinel2 | {epochs[0]['losses']['sentinel2']:.4f} |" in card
    assert f"- Training: 1 epochs, {result.steps // 2} steps" in card
    stored = load_file(tmp_path / "run" / "checkpoints" / f"step-{result.steps // 2:08d}" / "weights.safetensors")
    for name, value in load_encoder(result.files[0]).state_dict().items():
        assert torch.equal(value, stored[f"encoder.{name}"].half().float()), name
    for change in ("watch.validate_epochs=0", "data.hold_out=0"):
        with pytest.raises(MMEarthError, match="only validation can tell"):
            read_config(recipe(export__checkpoint="best"), [change])


def test_outputs_that_no_tile_has_are_told(recipe: Recipe, tmp_path: Path) -> None:
    write_synthetic_tiles(tmp_path / "few", 40, size=24, modalities=["sentinel2", "month"])
    tiles = {"data__datasets": [str(tmp_path / "few")], "optimiser__epochs": 1}
    with pytest.raises(MMEarthError, match=r"any of the outputs \(sentinel1, aster\); choose of sentinel2, month"):
        pretrain(config=recipe(outputs=["sentinel1", "aster"], **tiles), output=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    progress = Messages()
    pretrain(config=recipe(outputs=["sentinel1", "month"], **tiles), output=tmp_path / "run", progress=progress)
    assert "No tile has sentinel1; nothing is learned from what is not there." in progress.texts


def test_how_many_tiles_have_other_images_of_their_place_is_told(recipe: Recipe, tmp_path: Path) -> None:
    """A look at another date that no tile has would be a look at the same one, without a word."""
    write_synthetic_tiles(tmp_path / "dated", 11, size=24, modalities=["sentinel2"], dates=2)
    changes = {"mp_mae__agreement": 1.0, "mp_mae__patches": 1.0, "mp_mae__looks": {"dates": 0.5}}
    config = recipe(data__datasets=[str(tmp_path / "dated")], data__hold_out=0, optimiser__epochs=1, **changes)
    progress = Messages()
    pretrain(config=config, output=tmp_path / "run", progress=progress)
    assert "10 of the 11 tiles to learn from have other images of their place." in progress.texts
    step = steps_of(tmp_path / "run")[0]
    assert list(step["losses"])[-2:] == ["agreement", "patches"]
    assert step["weights"]["patches"] == 1


@pytest.mark.parametrize("weighting", ["sum", "uncertainty"])
def test_a_step_without_any_value_changes_nothing(recipe: Recipe, tmp_path: Path, weighting: str) -> None:
    """As where the clouds of a whole batch were masked, and Sentinel-2 is all that is predicted."""
    with TileWriter(tmp_path / "tiles", 24, ["sentinel2"]) as writer:
        for number in range(6):
            raw, info = make_tile(np.random.default_rng(number), size=24, gaps=False)
            writer.append(str(number), {"sentinel2": raw["sentinel2"] * (number % 2)}, info)
        writer.finish()
    config = recipe(
        data__datasets=[str(tmp_path / "tiles")], data__hold_out=0, outputs=["sentinel2"],
        mp_mae__weighting=weighting, optimiser__batch=1, optimiser__effective_batch=1, optimiser__epochs=1,
    )  # fmt: skip
    pretrain(config=config, output=tmp_path / "run")
    steps = steps_of(tmp_path / "run")
    assert sorted(step["gradient_norm"] > 0 for step in steps) == [False] * 3 + [True] * 3
    assert {step["losses"]["sentinel2"] for step in steps if not step["gradient_norm"]} == {None}


def test_labelled_tiles_are_watched(recipe: Recipe, tmp_path: Path, invented_tiles: Path) -> None:
    tiles = TileFile(invented_tiles)
    stored = np.stack([tiles.read(number, ["sentinel2"])["sentinel2"] for number in range(20)])
    np.savez(
        tmp_path / "labelled.npz", x=stored, bands=SENTINEL2_STORED, level=[tiles.level(n) for n in range(20)],
        label=np.arange(20) % 2,
    )  # fmt: skip
    config = recipe(watch__labelled=str(tmp_path / "labelled.npz"), optimiser__epochs=1)
    progress = Messages()
    result = pretrain(config=config, output=tmp_path / "run", progress=progress)
    assert 0 <= result.validation["monitor"]["knn-5"] <= 1
    assert f", knn-5 {result.validation['monitor']['knn-5']:.3f}." in progress.texts[-1]


def test_a_cancelled_run_goes_on_as_if_nothing_had_been(recipe: Recipe, tmp_path: Path) -> None:
    config = recipe(optimiser__batch=2, optimiser__epochs=1)
    pretrain(config=config, output=tmp_path / "whole")
    cancel = CancelToken()

    class After(Messages):
        def advance(self, amount: int) -> None:
            self.done = getattr(self, "done", 0) + amount
            if self.done >= 20:
                cancel.cancel()

    with pytest.raises(Cancelled, match="after step 5 of 9"):
        pretrain(config=config, output=tmp_path / "parts", progress=After(), cancel=cancel)
    progress = Messages()
    pretrain(
        config=recipe(optimiser__batch=2, optimiser__epochs=1, data__workers=2),
        output=tmp_path / "parts",
        progress=progress,
    )
    assert "Going on after step 5 of 9." in progress.texts
    assert [line["losses"] for line in steps_of(tmp_path / "parts")] == [
        line["losses"] for line in steps_of(tmp_path / "whole")
    ]


def test_ctrl_c_exits_130_with_the_command_that_goes_on(recipe: Recipe, tmp_path: Path) -> None:
    config = str(recipe(optimiser__epochs=500, mp_mae__size="atto"))
    command = [sys.executable, "-m", "mmearth_core", "pretrain", config, "-o", "run"]
    process = subprocess.Popen([*command, "--overwrite"], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    log = tmp_path / "run" / "log.jsonl"
    while process.poll() is None and not (log.is_file() and log.stat().st_size):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert f"Resume with: mmearth pretrain {config} -o run\n" in said
    assert list((tmp_path / "run" / "checkpoints").glob("step-*/state.json"))


def test_agreement_is_trained_validated_and_drawn_around(recipe: Recipe, tmp_path: Path) -> None:
    """On the hold-out, which is looked at plainly, there is a second look too."""
    pretrain(config=recipe(mp_mae__agreement=0.5, watch__picture_epochs=2), output=tmp_path / "run")
    assert steps_of(tmp_path / "run")[0]["weights"]["agreement"] == 0.5
    validation = read_log(tmp_path / "run" / "log.jsonl")[-1]
    assert 0 < validation["losses"]["agreement"] < math.inf
    tiles = math.exp(validation["constant"]["agreement"])
    assert tiles == pytest.approx(round(tiles)) and 1 < round(tiles) <= 4
    assert (tmp_path / "run" / "pictures" / "epoch-0002.png").is_file()


def test_scenes_to_calibrate_on_are_looked_at_before_hours_of_training(
    recipe: Recipe, tmp_path: Path, calibration_scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = recipe(export__calibrate=[str(tmp_path / "none.tif")])
    with pytest.raises(MMEarthError, match="none.tif"):
        pretrain(config=missing, output=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    # What calibration does is tested where it is made; here only that it is given the scenes.
    given = []

    def remember(encoder: object, header: object, scenes: list[str], *arguments: object, **options: object) -> object:
        given.extend(scenes)
        return write_model(encoder, header, (), *arguments, **options)

    monkeypatch.setattr("mmearth_core.pretraining.outcome.write_model", remember)
    config = recipe(export__calibrate=[str(calibration_scene)], optimiser__epochs=1)
    result = pretrain(config=config, output=tmp_path / "run")
    assert given == [str(calibration_scene)]
    assert [path.name for path in result.files] == ["encoder.safetensors", "encoder.onnx"]


def test_too_few_tiles_or_too_small_ones_are_refused_before_anything_is_written(recipe: Recipe, tmp_path: Path) -> None:
    for changes, words in (
        ({"optimiser__batch": 64, "optimiser__effective_batch": 64}, "tiles to learn from, fewer than one step takes"),
        ({"mp_mae__crop": 32}, "choose a smaller crop"),
        ({"data__datasets": [str(tmp_path / "none")]}, "does not exist"),
        ({"mp_mae__mask_ratio": 0.99}, "leaves no patch"),
        ({"mp_mae__mask_ratio": 0}, "mask_ratio: it must be above 0"),
        ({"mp_mae__band_drop": 3}, "band_drop: it must be from 0 to 1"),
        ({"outputs": ["month"], "mp_mae__weighting": {"month": -1}}, "weighting.month: it must not be negative"),
        ({"watch__labelled": str(tmp_path / "none.npz")}, "Cannot read the labelled tiles"),
        ({"init": str(tmp_path / "none.pth")}, "none.pth does not exist"),
    ):
        with pytest.raises(MMEarthError, match=words):
            pretrain(config=recipe(**changes), output=tmp_path / "run")
        assert not (tmp_path / "run").exists()
