"""The verb `evaluate`: every table has its controls, a run goes on where it stopped, nobody is left out silently."""

import csv
import json
from functools import partial
from pathlib import Path

import geobench_folders as folders
import numpy as np
import pytest

import mmearth_core
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.evaluation.judging import frozen, running
from mmearth_core.evaluation.judging.frozen import Rows, knn5, linear
from mmearth_core.evaluation.judging.subjects import control, filled
from mmearth_core.progress import CancelToken

pytestmark = pytest.mark.torch
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B8A", "B08", "B11", "B12")
CONTROLS = ["random encoder (atto p8)", "raw bands 5×5", "raw bands", "image statistics"]


def write_task(path: Path, *, pixels: bool = False, several: bool = False, bands: tuple[str, ...] = BANDS) -> Path:
    """Twenty tiles of 16 pixels: two classes of the same mean, told apart by how rough they are."""
    rng = np.random.default_rng(0)
    label = np.arange(20) % 2
    rough = rng.normal(0, 1, (20, 1, 16, 16)) * np.where(label, 500, 20)[:, None, None, None]
    x = np.clip(2000 + rough + rng.normal(0, 30, (20, len(bands), 16, 16)), 1, None).astype(np.uint16)
    told: np.ndarray = np.array(["smooth", "rough"])[label]
    if several:
        told = np.stack([label, 1 - label, np.ones(20, int)], axis=1)
    if pixels:
        told = (x[:, 0] > 2000).astype(np.int8)
    split = np.array(["train"] * 10 + ["valid"] * 4 + ["test"] * 6)
    np.savez(path, x=x, bands=np.array(bands), label=told, level=np.array("l2a"), split=split)
    return path


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, mmearth_core.EmbeddingRaster]:
    folder = tmp_path_factory.mktemp("judged")
    task = write_task(folder / "tiles.npz")
    return task, folder / "run", mmearth_core.evaluate(tasks=[task], output=folder / "run", partitions=[0.5, 1.0])


def test_every_table_has_an_encoder_and_its_controls(judged: tuple) -> None:
    _, folder, result = judged
    assert (result.made, result.kept) == (20, 0)
    rows = rows_of(folder)
    for protocol in ("knn5", "linear"):
        mine = [row for row in rows if row["protocol"] == protocol and row["metric"] == "accuracy"]
        assert list(dict.fromkeys(row["subject"] for row in mine)) == ["starter-atto-p8", *CONTROLS]
        assert {row["role"] for row in mine if row["subject"] in CONTROLS} == {"control"}
        assert {(row["share"], row["train"], row["test"]) for row in mine} == {("0.5", "4", "6"), ("1.0", "10", "6")}
        for row in mine:
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
    # How rough a tile is, is in the spread of its bands: all but chance is above what a coin tells.
    best = max(float(row["value"]) for row in rows if row["subject"] == "raw bands")
    assert best == 1.0


def test_the_report_says_the_same_in_all_its_forms(judged: tuple) -> None:
    _, folder, result = judged
    page, text = (folder / "report.html").read_text("utf-8"), (folder / "report.md").read_text("utf-8")
    told = json.loads((folder / "results.json").read_text("utf-8"))
    assert len(told["cells"]) == 20
    for name in ["starter-atto-p8", *CONTROLS]:
        assert name in page and f"| {name} |" in text
    assert "starter-atto-p8 − raw bands 5×5" in text
    assert "curves-tiles-linear.svg" in text and (folder / "curves-tiles-linear.svg").is_file()
    assert "data:image/png" in page and "5 nearest" not in page and "five nearest" in page
    assert "starter-atto-p8" in str(result)


def test_what_is_there_is_not_computed_again(judged: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    task, folder, _ = judged
    monkeypatch.setattr(running, "_told", lambda *_: pytest.fail("a cell was computed again"))
    again = mmearth_core.evaluate(tasks=[task], output=folder, partitions=[0.5, 1.0])
    assert (again.made, again.kept) == (0, 20)
    (path, *_) = (folder / "cells").iterdir()
    content = path.read_bytes()
    path.write_text("{}")
    with pytest.raises(MMEarthError, match="remove this file, and the cell is made again"):
        mmearth_core.evaluate(tasks=[task], output=folder, partitions=[0.5, 1.0])
    path.write_bytes(content)


def test_what_is_kept_bears_the_names_of_this_run(tmp_path: Path) -> None:
    """A cell is found by what decides its figures; another file or another label for the same does not."""
    task = write_task(tmp_path / "tiles.npz")
    judge = partial(mmearth_core.evaluate, output=tmp_path / "run", protocols=["knn5"])
    judge(tasks=[task], models=["a=starter-atto-p8"])
    other = task.rename(tmp_path / "others.npz")
    result = judge(tasks=[other], models=["b=starter-atto-p8", "c=starter-atto-p8"])
    assert (result.made, result.kept) == (0, 6)
    rows = [row for row in rows_of(tmp_path / "run") if row["metric"] == "accuracy"]
    assert [row["subject"] for row in rows if row["role"] == "encoder"] == ["b", "c"]
    assert {row["task"] for row in rows} == {"others"}
    text = (tmp_path / "run" / "report.md").read_text("utf-8")
    assert "| b |" in text and "| c |" in text and "| a |" not in text


def test_a_folder_of_geobench_is_judged_beside_what_was_published(tmp_path: Path) -> None:
    """Shares as its files have them; published figures stand in a table of their own, each with its protocol."""
    folder = folders.write_folder(tmp_path, "m-eurosat", count=40)
    folders.write_partitions(folder, [f"id_{number:04d}" for number in range(40)], (0.01, 0.05, 0.5, 1.0))
    result = mmearth_core.evaluate(
        tasks=[folder], output=tmp_path / "run", protocols=["knn5"], partitions=[0.01, 0.05, 0.5, 1.0]
    )
    assert result.made == 5 * 4
    rows = [row for row in rows_of(tmp_path / "run") if row["metric"] == "accuracy" and row["role"] == "encoder"]
    assert {row["share"]: int(row["train"]) for row in rows} == {"0.01": 1, "0.05": 1, "0.5": 10, "1.0": 20}
    text = (tmp_path / "run" / "report.md").read_text("utf-8")
    ours, _, published = text.partition("ublished")
    assert published and "| starter-atto-p8 |" in ours and "| starter-atto-p8 |" not in published
    assert "labels of bands were put right" in text


def test_a_run_that_was_cancelled_keeps_its_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, true = CancelToken(), running._told
    monkeypatch.setattr(running, "_told", lambda *given: (cancel.cancel(), true(*given))[1])
    task = write_task(tmp_path / "tiles.npz")
    with pytest.raises(Cancelled):
        mmearth_core.evaluate(tasks=[task], output=tmp_path / "run", protocols=["knn5"], cancel=cancel)
    assert len(list((tmp_path / "run" / "cells").iterdir())) == 1
    monkeypatch.undo()
    rest = mmearth_core.evaluate(tasks=[task], output=tmp_path / "run", protocols=["knn5"])
    assert (rest.made, rest.kept) == (4, 1)


def test_several_labels_and_pixels_are_judged_by_their_own_protocols(tmp_path: Path) -> None:
    tasks = [write_task(tmp_path / "several.npz", several=True), write_task(tmp_path / "pixels.npz", pixels=True)]
    result = mmearth_core.evaluate(tasks=tasks, output=tmp_path / "run", seeds=2)
    rows = rows_of(tmp_path / "run")
    assert {(row["task"], row["protocol"], row["metric"]) for row in rows} == {
        ("several", "knn5", "micro F1"),
        ("several", "linear", "micro F1"),
        ("pixels", "segment-linear", "mIoU"),
        ("pixels", "segment-linear", "pixel accuracy"),
    }
    # Only the random encoder is another for every seed: all parts are stated, and all labels are used.
    assert {row["subject"] for row in rows if row["seed"] == "1"} == {CONTROLS[0]}
    found = {row["subject"]: float(row["value"]) for row in rows if row["metric"] == "mIoU"}
    assert found["raw bands"] > 0.8 > found["image statistics"]
    assert "± " in result.results.headline()


def test_an_encoder_that_cannot_be_judged_is_named_and_the_others_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = running.opened

    def odd(encoder: running.Encoder, features: str) -> tuple:
        identity, architecture, make = true(encoder, features)

        def refuse(*_: object) -> object:
            raise MMEarthError("tiles has 3 of its bands; give more.")

        return (identity, architecture, make) if encoder.name == "good" else ("odd", None, refuse)

    monkeypatch.setattr(running, "opened", odd)
    models = ["good=starter-atto-p8", "odd=starter-atto-p8"]
    task = write_task(tmp_path / "tiles.npz")
    result = mmearth_core.evaluate(tasks=[task], output=tmp_path / "run", models=models, protocols=["knn5"])
    note = "odd was not judged on tiles: tiles has 3 of its bands; give more."
    assert result.results.notes == (note,)
    assert note in str(result) and note in (tmp_path / "run" / "report.md").read_text("utf-8")
    assert {row["subject"] for row in rows_of(tmp_path / "run")} == {"good", *CONTROLS}


def test_tiles_of_too_few_bands_are_refused(tmp_path: Path) -> None:
    task = write_task(tmp_path / "tiles.npz", bands=BANDS[:3])
    with pytest.raises(MMEarthError, match="has 3 of the bands this model uses"):
        mmearth_core.evaluate(tasks=[task], output=tmp_path / "run", protocols=["knn5"])


def test_a_protocol_for_no_task_is_told(tmp_path: Path) -> None:
    task = write_task(tmp_path / "tiles.npz")
    with pytest.raises(MMEarthError, match="segment-linear judged nothing"):
        mmearth_core.evaluate(tasks=[task], output=tmp_path / "run", protocols=["segment-linear"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seeds": 0}, "leave nothing to judge"),
        ({"partitions": [2.0]}, "leave nothing to judge"),
        ({"models": ["raw bands"]}, "name of a control"),
        ({"models": ["a=starter-atto-p8", "a=starter-atto-p8"]}, "have the name a"),
        ({"models": ["stater-atto-p8"]}, "did you mean starter-atto-p8"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_any_work(tmp_path: Path, given: dict, said: str) -> None:
    with pytest.raises(MMEarthError, match=said):
        mmearth_core.evaluate(tasks=[write_task(tmp_path / "tiles.npz")], output=tmp_path / "run", **given)


def test_the_penalty_is_chosen_on_the_validation_tiles_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(60, 5)), np.arange(60) % 2
    features[labels == 1, 0] += 1.5
    train, valid, test = (Rows(features[part], labels[part]) for part in (slice(0, 20), slice(20, 40), slice(40, 60)))
    chosen = linear(train, valid, test.features, "class", 2)
    assert chosen.facts["C"] in frozen.SWEEP
    best = {}
    for c in frozen.SWEEP:
        monkeypatch.setattr(frozen, "SWEEP", (c,))
        best[c] = linear(train, valid, test.features, "class", 2).facts["validation"]
    assert best[chosen.facts["C"]] == pytest.approx(max(best.values()), abs=0.051)


def test_neighbours_tell_the_classes_that_most_of_them_show() -> None:
    features = np.array([[1.0, 0.0]] * 3 + [[0.9, 0.1]] * 2 + [[0.0, 1.0]] * 5)
    labels = np.array([[1, 0]] * 3 + [[1, 1]] * 2 + [[0, 1]] * 5, bool)
    told = knn5(Rows(features, labels), np.array([[1.0, 0.0], [0.0, 1.0]]), "classes").labels
    assert told.tolist() == [[True, False], [False, True]]


def test_what_was_not_measured_is_the_mean_of_its_band() -> None:
    images = np.full((1, 2, 4, 4), 5, np.float32)
    images[0, 0, :2], images[0, 0, 2:] = np.nan, 7
    images[0, 1] = np.nan
    assert filled(images)[0].mean(axis=(1, 2)).tolist() == [7.0, 0.0]
    for name in CONTROLS[1:]:
        assert np.isfinite(control(name, "embedding").pooled(images)).all()
