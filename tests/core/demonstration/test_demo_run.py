"""The demo runs every verb and reports honestly: the truth serves the reference points only."""

import functools
import json
import shutil
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest

from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.demonstration import run, synthetic_scene
from mmearth_core.demonstration.synthetic_scene import make_scene
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.locks import InUse, one_writer
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken, Silent


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_scene(tmp_path_factory.mktemp("demo"), size=(240, 240), seed=1)


def test_whole_demo(tmp_path, monkeypatch):
    monkeypatch.setattr(synthetic_scene, "make_scene", functools.partial(make_scene, size=(240, 240)))
    monkeypatch.setattr(run, "POINTS", 150)
    folder = tmp_path / "with space and ü"
    result = run.demo(output=folder, seed=1)
    said = str(result)
    for path in (result.report, result.map, result.confidence, result.embedding):
        assert path.stat().st_size > 0
        assert str(path) in said
    assert f"{100 * result.true_accuracy:.1f} %" in said
    assert ("untrained" in said) == (not result.trained)
    low, high = result.accuracy.overall.interval
    # The interval holds the truth in 95 of 100 samples; twice its width holds it in all but one of 10,000.
    middle, half = (low + high) / 2, (high - low) / 2
    assert abs(result.true_accuracy - middle) < 2 * half
    assert result.true_accuracy > 0.45
    printed = json.loads(json.dumps(result.as_dict()))
    assert printed["true_accuracy"] == result.true_accuracy
    assert all(Path(path).stat().st_size > 0 for path in printed["files"].values())
    html = result.report.read_text(encoding="utf-8")
    assert "no place on Earth" in html
    assert html.count("data:image/png") == 4


def test_reference_points_get_the_class_of_their_pixel(made, tmp_path):
    points, labelled = tmp_path / "points.gpkg", tmp_path / "reference.gpkg"
    sample(map=made.truth, output=points, n=120)
    run.label_points(points, made.truth, labelled)
    # Sampled on the truth itself, every point's class is its stratum's.
    meta, _, _, columns = pyogrio.raw.read(labelled)
    fields = dict(zip(meta["fields"], columns, strict=True))
    names = {c.value: c.name for c in ClassMap.open(made.truth).legend.classes}
    assert [names[value] for value in fields["stratum"]] == fields["class"].tolist()
    before, _, _, original = pyogrio.raw.read(points)
    assert list(before["fields"]) == list(meta["fields"])
    assert (original[0] == columns[0]).all()


def test_true_accuracy_compares_names_not_values(made, tmp_path):
    truth = ClassMap.open(made.truth)
    values = truth.read(truth.grid.window)
    reverse = Legend.numbered(list(reversed(truth.legend.names)))
    swapped = np.where(values > 0, 7 - values, 0).astype(np.uint8)
    # Ten valid pixels are wrong, and ten that were valid are no-data in the map: those do not count.
    rows, cols = np.nonzero(values)
    swapped[rows[:10], cols[:10]] = swapped[rows[:10], cols[:10]] % 6 + 1
    swapped[rows[10:20], cols[10:20]] = 0
    with new_map(tmp_path / "map.tif", reverse, truth.grid, tags={}) as dataset:
        dataset.write(swapped, 1)
    compared = len(rows) - 10
    assert run.true_accuracy(tmp_path / "map.tif", made.truth) == pytest.approx((compared - 10) / compared)
    assert run.true_accuracy(made.truth, made.truth) == 1


def test_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(MMEarthError, match="not empty"):
        run.demo(output=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_demo_that_another_process_makes_is_left_alone(tmp_path):
    with one_writer(tmp_path / "report.html"), pytest.raises(InUse, match="is being written by process"):
        run.demo(output=tmp_path, overwrite=True)
    assert not list(tmp_path.iterdir())


def test_output_that_is_a_file_is_a_clear_error(tmp_path):
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(MMEarthError, match="is a file"):
        run.demo(output=tmp_path / "demo", overwrite=True)


def test_cancel_is_heard_before_the_long_work(made, tmp_path, monkeypatch):
    def quick(folder, **_):
        for path in (made.scene, made.samples, made.truth):
            shutil.copy(path, folder)
        return type(made)(*(folder / path.name for path in (made.scene, made.samples, made.truth)))

    monkeypatch.setattr(synthetic_scene, "make_scene", quick)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run.demo(output=tmp_path / "demo", progress=Silent(), cancel=token)
    assert not (tmp_path / "demo" / "embedding.tif").exists()
