"""The judges over dates: rows show the pixels they name, places stay whole, and the halves never share one."""

from pathlib import Path

import numpy as np
import pytest
from packed_imagery import MISSING, ORDER, write_all

from mmearth_core.embedding.backends import open_backend
from mmearth_core.evaluation.retrieval import retrieval_accuracy
from mmearth_core.evaluation.splits import draw
from mmearth_core.sentinel2 import ENCODER_BANDS
from training import found_again
from training.dated_judges import bark_beetle, belgium, catalonia
from training.halves import HALVES, is_reported, of_half
from training.packed_tiles import read_packed

BLUE, INFRARED = ENCODER_BANDS.index("B02"), ENCODER_BANDS.index("B8A")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    write_all(folder)
    return folder


def unchanged(bands: np.ndarray) -> np.ndarray:
    return bands


def test_every_judged_place_is_in_one_half() -> None:
    lonlat = np.array([[14.0, 49.5], [16.0, 49.5], [2.80, 42.35], [2.82, 42.35], [3.02, 50.81], [16.0, 40.0]])
    assert is_reported(lonlat).tolist() == [False, True, False, True, False, False]
    assert sorted(np.concatenate([of_half(lonlat, half) for half in HALVES]).tolist()) == list(range(6))
    assert not is_reported(np.array([[np.nan, np.nan]])).any()


def test_damage_is_told_from_the_later_image_and_from_both(data: Path) -> None:
    judge = bark_beetle(data, "tuned")
    features = judge.of_bands(unchanged)
    damage, both = features["Bark beetle damage (tuned)"], features["Bark beetle damage, both dates (tuned)"]
    assert both.shape == (len(damage), 24)
    assert np.array_equal(both[:, 12:], damage)
    found, spots = read_packed(data / "barkbeetle_czechia_dev.npz"), judge.spots[0]
    for row in (0, 50, len(damage) - 1):
        site = f"s{spots.image[row, 0] // 2}"
        dn, r, c = found[f"x_{site}"], spots.rows[row], spots.cols[row]
        assert spots.task.label[row] == found[f"damage_{site}"][r, c]
        assert both[row, BLUE] == dn[0, ORDER.index("B02"), r, c]
        assert damage[row, INFRARED] == dn[1, ORDER.index("B8A"), r, c]
    # What has no data on one date is not judged on.
    assert spots.cols[spots.image[:, 0] == 1].min() == 3
    # The same pixels, whatever the date: at most so many of a class and site.
    assert np.bincount(spots.task.group * 2 + spots.task.label).max() <= 20


def test_forest_is_learned_on_one_date_and_told_on_the_other(data: Path) -> None:
    task = bark_beetle(data, "reported").tasks["Forest type over dates (reported)"]
    assert task.classes == ("no forest", "forest type 1", "forest type 2")
    assert np.bincount(task.date).tolist() == [len(task) // 2] * 2
    (drawn,) = draw(task, (5,), 0)
    assert not set(task.date[drawn.train]) & set(task.date[drawn.test])
    assert not set(task.group[drawn.train]) & set(task.group[drawn.test])


def test_no_site_is_in_both_halves(data: Path) -> None:
    counts = [len(bark_beetle(data, half).images) for half in HALVES]
    assert counts == [8, 8]
    pixels = [bark_beetle(data, half).band_pixels() for half in HALVES]
    assert not set(map(bytes, pixels[0])) & set(map(bytes, pixels[1]))


def test_fields_are_places_and_bands_that_are_missing_are_no_measurement(data: Path) -> None:
    judge = belgium(data)
    assert judge.images[0].bands == tuple(band for band in ENCODER_BANDS if band not in MISSING)
    (spots,) = judge.spots
    task = spots.task
    assert task.classes == ("temporary crops", "grassland", "built-up")
    # Two of the stripes of crops and one of grassland are cut in two.
    assert [len(np.unique(task.group[task.label == each])) for each in range(3)] == [4, 4, 2]
    of_field = task.group == task.group[0]
    assert len(set(zip(spots.rows[of_field], spots.cols[of_field], strict=True))) == of_field.sum() / 5 == 60


def test_places_of_a_series_are_the_same_on_every_date(data: Path) -> None:
    tuned, reported = catalonia(data, "tuned"), catalonia(data, "reported")
    assert [(len(each.images), len(each.images[0])) for each in (tuned, reported)] == [(3, 6), (3, 6)]
    assert retrieval_accuracy(reported.of_bands(unchanged)).tolist() == [1.0] * 6


def test_it_is_told_what_of_an_embedding_finds_places_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["found_again", "starter-atto-p8", "--data", str(data), "--half", "reported"])
    found_again.main()
    head, _, row = capsys.readouterr().out.splitlines()
    assert head.startswith("| Catalonia (reported) | found again | by the mean |")
    name, found, *parts, rank = row.strip("| ").split(" | ")
    assert (name, found) == ("starter-atto-p8", "1.00")
    assert all(0 <= float(each) <= 1 for each in parts) and len(parts) == 3
    assert 1 < float(rank) < 64


def test_an_embedding_has_a_row_for_every_row_of_its_task(data: Path) -> None:
    backend = open_backend("starter-atto-p8", "onnx")
    judge = bark_beetle(data, "tuned")
    features = judge.of_backend(backend)
    for name, task in judge.tasks.items():
        assert features[name].shape == (len(task), 128 if "both" in name else 64)
        assert np.isfinite(features[name]).all()


@pytest.mark.realdata
def test_the_halves_of_the_real_imagery_are_those_written_down(realdata: Path) -> None:
    assert [len(bark_beetle(realdata, half).images) // 2 for half in HALVES] == [71, 83]
    series = [catalonia(realdata, half).images for half in HALVES]
    assert [(len(each), len(each[0])) for each in series] == [(8, 10), (8, 15)]
    (task,) = belgium(realdata).tasks.values()
    assert [len(np.unique(task.group[task.label == each])) for each in range(3)] == [5, 8, 3]
