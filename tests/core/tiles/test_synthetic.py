"""The invented tiles: alike each time, with every kind of gap, and with something to learn between the modalities."""

import datetime
from pathlib import Path

import numpy as np
import pytest
from published_loader import as_published

from mmearth_core.modalities import BIOMES, MODALITIES, NO_CLASS, target, valid
from mmearth_core.tiles import synthetic
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import dataset_statistics
from mmearth_core.tiles.synthetic import make_tile, write_synthetic_tiles


def tiles(count: int, *, gaps: bool = True):
    return [make_tile(np.random.default_rng([5, number]), size=32, gaps=gaps) for number in range(count)]


@pytest.fixture(scope="module")
def with_gaps():
    return tiles(200)


@pytest.fixture(scope="module")
def whole():
    return tiles(120, gaps=False)


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    seeds = {"a": 1, "b": 1, "c": 2}
    paths = [write_synthetic_tiles(tmp_path / name / "set", 4, size=16, seed=seed) for name, seed in seeds.items()]
    first, same, other = (TileFile(path).read(2, MODALITIES) for path in paths)
    for name in MODALITIES:
        np.testing.assert_array_equal(first[name], same[name])
    assert not np.array_equal(first["sentinel2"], other["sentinel2"])


def test_arrays_are_as_the_table_of_modalities_says(with_gaps) -> None:
    for raw, _ in with_gaps[:20]:
        for name, modality in MODALITIES.items():
            assert (raw[name].shape, raw[name].dtype) == (modality.shape(32), np.dtype(modality.dtype))


def test_every_kind_of_missing_value_occurs_and_most_values_do_not_miss(with_gaps) -> None:
    for name, modality in MODALITIES.items():
        if modality.kind == "regression":
            known = [valid(modality, raw[name]).mean() for raw, _ in with_gaps]
            complete = 0.5 if name == "sentinel1" else 1  # HH and HV are hardly ever there
            assert np.mean(known) > 0.9 * complete
            assert (min(known) < complete) == (name not in ("lat", "lon", "month"))
        else:
            known = [np.mean(target(modality, raw[name], None, None) != NO_CLASS) for raw, _ in with_gaps]
            assert min(known) < 1 and np.mean(known) > 0.9
    codes = np.unique([raw["esa_worldcover"] for raw, _ in with_gaps])
    assert {0, 255} <= set(codes)
    assert {info["S2_type"] for _, info in with_gaps} == {"l1c", "l2a"}


def test_without_gaps_nothing_is_missing(whole) -> None:
    for raw, _ in whole:
        assert raw["esa_worldcover"].min() >= 10 and raw["dynamic_world"].min() >= 1
        assert valid(MODALITIES["sentinel2"], raw["sentinel2"]).all()
        assert raw["biome"].sum() == raw["eco_region"].sum() == 1


def test_land_cover_can_be_told_from_the_spectrum(whole) -> None:
    """Nearest class mean of twelve bands, by level: far above the share of the commonest class."""
    right = commonest = total = 0
    for level in ("l1c", "l2a"):
        some = [raw for raw, info in whole if info["S2_type"] == level]
        x = np.concatenate([np.log(raw["sentinel2"][[1, 2, 3, 5, 8, 11, 12]].reshape(7, -1).T) for raw in some])
        y = np.concatenate([raw["dynamic_world"].ravel() for raw in some])
        half = len(x) // 2
        classes = np.unique(y[:half])
        means = np.stack([x[:half][y[:half] == each].mean(axis=0) for each in classes])
        guess = classes[((x[half:, None] - means) ** 2).sum(axis=2).argmin(axis=1)]
        right += (guess == y[half:]).sum()
        commonest += np.bincount(y[half:]).max()
        total += len(x) - half
    assert right / total > commonest / total + 0.2


def test_the_modalities_show_the_same_place(whole) -> None:
    cover = np.concatenate([raw["esa_worldcover"].ravel() for raw, _ in whole])
    height = np.concatenate([raw["canopy_height_eth"][0].ravel() for raw, _ in whole])
    radar = np.concatenate([raw["sentinel1"][0].ravel() for raw, _ in whole])
    assert height[cover == 10].mean() > 15 and height[cover != 10].max() < height[cover == 10].max() / 4
    assert radar[cover == 50].mean() > radar[cover == 10].mean() > radar[cover == 80].mean() + 5
    for raw, info in whole:
        month = datetime.date.fromisoformat(info["S2_DATE"]).month
        assert raw["month"] == pytest.approx([np.sin(np.pi * month / 6), np.cos(np.pi * month / 6)], abs=1e-6)
        assert np.degrees(np.arctan2(*raw["lat"])) == pytest.approx(info["lat"], abs=1e-4)
        assert np.degrees(np.arctan2(*raw["lon"])) == pytest.approx(info["lon"], abs=1e-4)
        assert raw["biome"].argmax() == info["biome"] and raw["eco_region"].argmax() == info["eco_region"]
        assert info["biome"] < len(BIOMES)


def test_the_climate_follows_latitude_and_season_and_shows_in_the_vegetation(whole) -> None:
    year = np.array([raw["era5"][8] for raw, _ in whole])
    lat = np.array([info["lat"] for _, info in whole])
    assert year[np.abs(lat) < 20].mean() > year[np.abs(lat) > 50].mean() + 15
    july, january = [], []
    for raw, info in whole:
        wooded = raw["dynamic_world"][0] == 2
        if info["S2_type"] == "l2a" and info["lat"] > 35 and wooded.any():
            near, red = (raw["sentinel2"][band].astype(float)[wooded] for band in (8, 3))
            month = int(info["S2_DATE"][5:7])
            for season, months in ((july, (6, 7, 8)), (january, (12, 1, 2))):
                if month in months:
                    season.append(((near - red) / (near + red)).mean())
    assert july and january and min(july) > np.mean(january) + 0.05


def test_slope_is_that_of_the_elevation(whole) -> None:
    for raw, _ in whole[:20]:
        down, right = np.gradient(raw["aster"][0].astype(float), 10)
        assert np.abs(np.degrees(np.arctan(np.hypot(down, right))) - raw["aster"][1]).mean() < 3


def test_dates_of_a_place_share_its_ground_and_differ_in_what_changes(tmp_path: Path) -> None:
    file = TileFile(write_synthetic_tiles(tmp_path / "set", 12, size=32, gaps=False, dates=4))
    again = TileFile(write_synthetic_tiles(tmp_path / "again", 6, size=32, gaps=False, dates=4))
    months, levels = [], []
    for place in range(3):
        tiles = [file.read(4 * place + date, MODALITIES) for date in range(4)]
        for name in ("aster", "esa_worldcover", "dynamic_world", "canopy_height_eth", "lat", "lon", "biome"):
            assert all(np.array_equal(tile[name], tiles[0][name]) for tile in tiles), name
        for name in ("sentinel2", "sentinel1"):
            assert not any(np.array_equal(tile[name], tiles[0][name]) for tile in tiles[1:]), name
        assert len(np.unique(file.lonlat[4 * place : 4 * place + 4], axis=0)) == 1
        months += [tuple(tile["month"]) for tile in tiles]
        levels.append({file.level(4 * place + date) for date in range(4)})
    assert len(set(months)) > 4 and {"l1c", "l2a"} in levels
    assert np.array_equal(again.read(5, ["sentinel2"])["sentinel2"], file.read(5, ["sentinel2"])["sentinel2"])


def test_the_published_loader_reads_the_first_date_of_each_place_as_we_do(tmp_path: Path) -> None:
    """Further dates are further rows: whoever does not know of dates finds each as a tile of its own."""
    file = TileFile(write_synthetic_tiles(tmp_path / "data_dated", 6, size=24, gaps=False, dates=2))
    statistics = dataset_statistics(file, own_sentinel2=True)
    read = list(as_published(tmp_path / "data_dated", list(MODALITIES)))
    assert [name for name, _ in read] == file.names.tolist()
    for first in (0, 2, 4):
        raw, found = file.read(first, MODALITIES), read[first][1]
        for name, modality in MODALITIES.items():
            ours = target(modality, raw[name], *statistics.of(modality, file.level(first)))
            if modality.kind == "regression":
                known = np.isfinite(ours)
                np.testing.assert_allclose(found[name][known], ours[known], rtol=1e-4, atol=1e-4, err_msg=name)
            else:
                published = found[name].argmax() if modality.level == "image" else found[name][0]
                np.testing.assert_array_equal(published, ours, err_msg=name)


def test_what_stands_on_the_ground_leans_towards_the_radar(tmp_path: Path) -> None:
    """By h·cot θ: trees of 30 m by 37 m, to the west in ascending images and to the east in descending ones."""
    power = np.zeros((1, 1, 20), np.float32) - 40
    power[0, 0, 10] = 0
    heights = np.zeros((1, 20), np.float32)
    heights[0, 10] = 30
    for towards in (-1, 1):
        leaning = 10 ** (synthetic._leaning(power, heights, towards)[0, 0] / 10)
        centre = (leaning - leaning.min()) @ np.arange(20) / (leaning - leaning.min()).sum()
        assert centre - 10 == pytest.approx(towards * 3.705, abs=0.02)
    flat, standing = (
        make_tile(np.random.default_rng(4), size=32, gaps=False, structure=structure)[0] for structure in (False, True)
    )
    assert not np.array_equal(flat["sentinel1"], standing["sentinel1"])
    for name in ("sentinel2", "aster", "canopy_height_eth"):
        assert np.array_equal(flat[name], standing[name]), name
    write_synthetic_tiles(tmp_path / "standing", 2, size=16, structure=True)
