"""Statistics of a dataset: its own where they are usable, else measured from valid values, once."""

import json
from pathlib import Path

import numpy as np
import pytest

from mmearth_core import sentinel2
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, SENTINEL2_STORED, valid
from mmearth_core.progress import Silent
from mmearth_core.tiles import statistics
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import dataset_statistics
from mmearth_core.tiles.synthetic import write_synthetic_tiles

REGRESSIONS = [each.name for each in MODALITIES.values() if each.kind == "regression"]


class Watch(Silent):
    """Tells how many tiles were measured, and what was said."""

    def __init__(self) -> None:
        self.tiles, self.texts = 0, []

    def advance(self, amount: int) -> None:
        self.tiles += amount

    def message(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture
def unmeasured(tmp_path: Path) -> TileFile:
    """30 tiles with gaps, whose statistics were lost."""
    path = write_synthetic_tiles(tmp_path / "set", 30, size=16)
    (tmp_path / "set" / "set_band_stats.json").unlink()
    return TileFile(path)


def measured_by_hand(file: TileFile, name: str, level: str | None = None) -> tuple[list[float], list[float]]:
    """Mean and deviation of each channel with numpy, all tiles at once."""
    parts = [file.read(i, [name])[name] for i in range(len(file)) if level in (None, file.level(i))]
    means, stds = [], []
    for channel in range(MODALITIES[name].stored):
        values = [part[channel][valid(MODALITIES[name], part)[channel]].ravel() for part in parts]
        joined = np.concatenate(values).astype(np.float64)
        means.append(joined.mean() if len(joined) else 0)
        stds.append(joined.std() if joined.std() else 1) if len(joined) else stds.append(1)
    return means, stds


@pytest.mark.parametrize("name", [each for each in REGRESSIONS if each != "sentinel2"])
def test_statistics_are_those_of_numpy_over_valid_values(unmeasured: TileFile, name: str) -> None:
    mean, std = dataset_statistics(unmeasured).of(MODALITIES[name], "l1c")
    by_hand = measured_by_hand(unmeasured, name)
    assert mean.dtype == std.dtype == np.float32
    assert mean == pytest.approx(by_hand[0], rel=1e-6, abs=1e-7) and std == pytest.approx(by_hand[1], rel=1e-6)


def test_the_dataset_s_own_sentinel2_statistics_are_per_level_and_in_the_encoder_s_order(unmeasured: TileFile) -> None:
    found = dataset_statistics(unmeasured, own_sentinel2=True)
    for level in ("l1c", "l2a"):
        means, stds = measured_by_hand(unmeasured, "sentinel2", level)
        del means[SENTINEL2_STORED.index("B10")], stds[SENTINEL2_STORED.index("B10")]
        mean, std = found.of(MODALITIES["sentinel2"], level)
        assert mean == pytest.approx(means, rel=1e-6) and std == pytest.approx(stds, rel=1e-6)


def test_sentinel2_is_normalised_as_the_encoder_is_fed_unless_told_otherwise(unmeasured: TileFile) -> None:
    mean, std = dataset_statistics(unmeasured).of(MODALITIES["sentinel2"], "l2a")
    house = sentinel2.statistics(level="l2a")
    assert np.array_equal(mean, house[0]) and np.array_equal(std, house[1])


def test_class_maps_have_no_statistics(unmeasured: TileFile) -> None:
    assert dataset_statistics(unmeasured).of(MODALITIES["biome"], "l1c") == (None, None)


def test_what_was_measured_is_kept_and_not_measured_again(unmeasured: TileFile) -> None:
    first, second, third = Watch(), Watch(), Watch()
    before = dataset_statistics(unmeasured, progress=first)
    after = dataset_statistics(unmeasured, progress=second)
    assert (first.tiles, second.tiles) == (30, 0)
    for key, parts in before.values.items():
        assert all(np.array_equal(*pair) for pair in zip(parts, after.values[key], strict=True))
    dataset_statistics(unmeasured, own_sentinel2=True, progress=third)  # only what is new
    assert third.tiles == 30
    assert str(unmeasured.path.parent) not in unmeasured.beside("statistics").read_text()


def test_statistics_of_another_file_of_that_name_are_not_used(unmeasured: TileFile) -> None:
    cache = unmeasured.beside("statistics")
    dataset_statistics(unmeasured)
    stored = json.loads(cache.read_text())
    stored["of"]["tiles"] = 29
    for content in (json.dumps(stored), "{", "[]"):
        cache.write_text(content)
        watch = Watch()
        dataset_statistics(unmeasured, progress=watch)
        assert watch.tiles == 30


def test_published_statistics_are_used_as_they_are(tmp_path: Path) -> None:
    file = TileFile(write_synthetic_tiles(tmp_path / "set", 6, size=16))
    path = file.beside("band_stats")
    stats = json.loads(path.read_text())
    stats["aster"] |= {"mean": [750.0, 9.0], "std": [975.0, 8.0]}
    path.write_text(json.dumps(stats))
    watch = Watch()
    mean, std = dataset_statistics(file, own_sentinel2=True, progress=watch).of(MODALITIES["aster"], "l1c")
    assert (mean.tolist(), std.tolist(), watch.tiles) == ([750, 9], [975, 8], 0)
    assert not file.beside("statistics").exists()


@pytest.mark.parametrize("bad", [float("inf"), float("nan"), None])
def test_era5_statistics_spoiled_by_missing_values_are_measured(tmp_path: Path, bad) -> None:
    file = TileFile(write_synthetic_tiles(tmp_path / "set", 12, size=16))
    path = file.beside("band_stats")
    stats = json.loads(path.read_text())
    right = stats["era5"]["mean"]
    stats["era5"]["mean"] = [bad, *right[1:]]
    path.write_text(json.dumps(stats))
    watch = Watch()
    assert dataset_statistics(file, progress=watch).of(MODALITIES["era5"], "l1c")[0] == pytest.approx(right)
    assert watch.tiles == 12


def test_a_channel_without_values_or_without_spread_is_not_divided_by_zero(tmp_path: Path) -> None:
    file = TileFile(write_synthetic_tiles(tmp_path / "set", 1, size=16, gaps=False))
    file.beside("band_stats").unlink()
    found = dataset_statistics(file)
    assert found.of(MODALITIES["sentinel1"], "l1c")[1][2:4].tolist() == [1, 1]
    assert found.of(MODALITIES["month"], "l1c")[1].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "is not JSON"), ("[1]", "is not an object"), ('{"aster": {"mean": [1], "std": [1]}}', "aster has 1 means")],
)
def test_a_spoiled_statistics_file_is_named(unmeasured: TileFile, text: str, says: str) -> None:
    unmeasured.beside("band_stats").write_text(text)
    with pytest.raises(MMEarthError, match=rf"set_band_stats\.json:? {says}.*remove it to have it measured"):
        dataset_statistics(unmeasured)


def test_where_nothing_can_be_kept_it_is_said_and_the_statistics_are_there(unmeasured: TileFile) -> None:
    unmeasured.beside("statistics").mkdir()
    watch = Watch()
    assert dataset_statistics(unmeasured, progress=watch).of(MODALITIES["lat"], "l1c")[0].shape == (2,)
    assert "measured again next time" in watch.texts[0]


def test_of_many_tiles_some_are_measured_spread_over_all(unmeasured: TileFile, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(statistics, "SAMPLE", 4)
    monkeypatch.setattr(TileFile, "read", spy(read, TileFile.read))
    dataset_statistics(unmeasured)
    assert read == [0, 10, 19, 29]


def spy(read: list[int], method):
    def reading(self, index, names):
        read.append(index)
        return method(self, index, names)

    return reading
