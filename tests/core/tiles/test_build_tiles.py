"""Tiles from a user's own rasters: every value where it belongs, or one clear sentence and nothing left behind."""

import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
import yaml
from affine import Affine
from published_loader import as_published

from mmearth_core import build_tiles
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.modalities import BIOMES, MODALITIES, SENTINEL2_STORED, target
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.records import plain
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.tiles.build.specification import LandCover, Radar, Region, Sentinel2, Site, Teacher, codings
from mmearth_core.tiles.build.terrain import slope
from mmearth_core.tiles.reader import TileFile

WEST, NORTH, UTM = 300_000, 5_400_000, "EPSG:32633"
L1C = (*ENCODER_BANDS[:7], "B08", "B8A", "B09", "B10", "B11", "B12")


def write(path: Path, data: np.ndarray, transform: Affine, crs: str = UTM, **options: Any) -> Path:
    tags, names = options.pop("tags", {}), options.pop("names", None)
    profile = {"driver": "GTiff", "crs": crs, "transform": transform, "dtype": data.dtype, **options}
    with rasterio.open(path, "w", count=len(data), height=data.shape[1], width=data.shape[2], **profile) as dataset:
        dataset.write(data)
        dataset.update_tags(**tags)
        if names:
            dataset.descriptions = names
    return path


def scene(path: Path, level: str = "L2A", side: int = 140, **tags: str) -> np.ndarray:
    """A scene whose every pixel is different; returns its digital numbers."""
    names = L1C if level == "L1C" else ENCODER_BANDS
    pixels = np.random.default_rng(len(names)).integers(200, 5000, (len(names), side, side)).astype(np.uint16)
    tags = {"PROCESSING_LEVEL": level, "SCALE": "0.0001", "BOA_ADD_OFFSET": "0", **tags}
    write(path, pixels, Affine(10, 0, WEST, 0, -10, NORTH), nodata=0, names=names, tags=tags)
    return pixels


def over(function: Any, step: float, crs: str, margin: float = 300.0) -> tuple[np.ndarray, Affine]:
    """A raster in another CRS that covers the scene: `function(x, y)` of the UTM place of each pixel's centre."""
    to_other = pyproj.Transformer.from_crs(UTM, crs, always_xy=True)
    bounds = (WEST - margin, NORTH - 1400 - margin, WEST + 1400 + margin, NORTH + margin)
    left, bottom, right, top = to_other.transform_bounds(*bounds)
    transform = Affine(step, 0, left, 0, -step, top)
    rows, cols = np.mgrid[: math.ceil((top - bottom) / step), : math.ceil((right - left) / step)] + 0.5
    x, y = to_other.transform(*(transform * (cols, rows)), direction="INVERSE")
    return np.asarray(function(x, y))[None], transform


def build(folder: Path, site: dict[str, Any] | list[Any], **options: Any) -> Any:
    specification = folder / "tiles.yaml"
    sites = site if isinstance(site, list) else [site]
    specification.write_text(yaml.safe_dump({"sites": sites}), encoding="utf-8")
    return build_tiles(specification=specification, output=folder / "own", **options)


def tiles(folder: Path) -> dict[str, Any]:
    with h5py.File(folder / "own" / "own.h5") as file:
        found = {name: file[name][:] for name in file}
    found["ids"] = [each[0].decode() for each in found["metadata"]]
    found["levels"] = [each[1].decode() for each in found["metadata"]]
    found["info"] = json.loads((folder / "own" / "own_tile_info.json").read_text())
    return found


def test_each_tile_holds_the_pixels_of_its_window(tmp_path: Path) -> None:
    l2a, l1c = scene(tmp_path / "a.tif"), scene(tmp_path / "b.tif", "L1C")
    result = build(tmp_path, [{"name": "here", "sentinel2": "a.tif"}, {"sentinel2": "b.tif", "date": "2020-02-03"}])
    found = tiles(tmp_path)
    assert result.tiles == 8
    assert found["ids"][:4] == ["here_0_0", "here_0_64", "here_64_0", "here_64_64"]
    assert found["levels"] == ["l2a"] * 4 + ["l1c"] * 4
    for name in ENCODER_BANDS:
        channel = SENTINEL2_STORED.index(name)
        expected = l2a[ENCODER_BANDS.index(name), 64:128, :64]
        np.testing.assert_array_equal(found["sentinel2"][2, channel], expected, name)
        np.testing.assert_array_equal(found["sentinel2"][5, channel], l1c[L1C.index(name), :64, 64:128], name)
    cirrus = SENTINEL2_STORED.index("B10")
    assert not found["sentinel2"][:4, cirrus].any()
    np.testing.assert_array_equal(found["sentinel2"][7, cirrus], l1c[L1C.index("B10"), 64:128, 64:128])
    assert set(found) & {"sentinel1", "aster", "era5", "biome"} == set(), "what nobody gave is not in the file"


def test_offset_is_removed_and_a_dark_pixel_stays_valid(tmp_path: Path) -> None:
    pixels = scene(tmp_path / "a.tif") + 1000
    pixels[:, 3, 4] = 700
    pixels[:, 5, 6] = 0
    tags = {"PROCESSING_LEVEL": "L2A", "SCALE": "0.0001"}
    write(tmp_path / "a.tif", pixels, Affine(10, 0, WEST, 0, -10, NORTH), nodata=0, names=ENCODER_BANDS, tags=tags)
    build(tmp_path, {"sentinel2": {"path": "a.tif", "offset": -1000}})
    first = tiles(tmp_path)["sentinel2"][0]
    assert first[0, 3, 4] == 1
    assert not first[:, 5, 6].any()
    assert first[1, 0, 0] == pixels[1, 0, 0] - 1000


def test_place_and_month_of_a_tile(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif", DATETIME="2019-04-17T10:00:00Z")
    scene(tmp_path / "b.tif")
    build(tmp_path, [{"sentinel2": "a.tif"}, {"sentinel2": "b.tif"}])
    found = tiles(tmp_path)
    lon, lat = pyproj.Transformer.from_crs(UTM, 4326, always_xy=True).transform(WEST + 960, NORTH - 320)
    np.testing.assert_allclose(np.degrees(np.arctan2(*found["lat"][1])), lat, atol=1e-5)
    np.testing.assert_allclose(np.degrees(np.arctan2(*found["lon"][1])), lon, atol=1e-5)
    np.testing.assert_allclose(found["month"][0], [math.sin(2 * math.pi / 3), math.cos(2 * math.pi / 3)], rtol=1e-5)
    assert np.isnan(found["month"][4:]).all(), "no date, no month"
    info = found["info"]["a_0_64"]
    assert (info["S2_DATE"], info["S2_type"], info["CRS"]) == ("2019-04-17", "l2a", UTM)
    np.testing.assert_allclose([info["lon"], info["lat"]], [lon, lat], atol=1e-9)


def test_elevation_in_another_crs_lies_where_it_belongs_and_its_slope_is_that_of_the_ground(tmp_path: Path) -> None:
    def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (500 + 0.30 * (x - WEST) - 0.20 * (y - NORTH)).astype(np.float32)

    scene(tmp_path / "a.tif")
    write(tmp_path / "dem.tif", *over(plane, 0.0003, "EPSG:4326"), crs="EPSG:4326", nodata=-32768)
    build(tmp_path, {"sentinel2": "a.tif", "elevation": "dem.tif"})
    elevation, steepness = tiles(tmp_path)["aster"][3]
    rows, cols = np.mgrid[64:128, 64:128]
    expected = plane(WEST + 10 * cols + 5, NORTH - 10 * rows - 5)
    assert np.abs(elevation - expected).max() < 0.6  # a pixel off would be 3 m
    assert np.unique(steepness).tolist() == [round(math.degrees(math.atan(math.hypot(0.3, 0.2))))]


def test_slope_of_a_plane_with_steps_of_different_length_and_a_hole() -> None:
    rows, cols = np.mgrid[:40, :30]
    elevation = (2.0 * rows + 5.0 * cols).astype(np.float32)  # 0.1 per m down and 0.5 per m across
    elevation[:, :6] = np.nan
    elevation[20, 20] = np.nan
    degrees = slope(elevation, (10.0, 20.0))
    assert degrees.shape == (40 - 4, 30 - 6)
    assert np.isnan(degrees[:, :3]).all(), "the pixel itself is unknown"
    assert np.isnan(degrees[18, 17])
    known = degrees[np.isfinite(degrees)]
    np.testing.assert_allclose(known, math.degrees(math.atan(math.hypot(0.1, 0.5))), rtol=1e-5)
    assert known.size == degrees.size - 3 * 36 - 1


def test_land_cover_in_another_crs_is_aligned_within_a_pixel(tmp_path: Path) -> None:
    def side_of(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where((x - WEST) - 0.5 * (NORTH - y) > 333, 80, 10).astype(np.uint8)

    scene(tmp_path / "a.tif")
    write(tmp_path / "lc.tif", *over(side_of, 10, "EPSG:3035"), crs="EPSG:3035", nodata=0)
    build(tmp_path, {"sentinel2": "a.tif", "land_cover": {"path": "lc.tif", "coding": "esa_worldcover"}})
    found = tiles(tmp_path)["esa_worldcover"]
    for index, (row, col) in enumerate([(0, 0), (0, 64), (64, 0), (64, 64)]):
        rows, cols = np.mgrid[row : row + 64, col : col + 64]
        distance = 10 * cols + 5 - 0.5 * (10 * rows + 5) - 333
        clear = np.abs(distance) > 12
        np.testing.assert_array_equal(found[index, 0][clear], np.where(distance > 0, 80, 10)[clear])
    assert len(np.unique(found)) == 2


def test_radar_in_another_grid_and_unit(tmp_path: Path) -> None:
    """Linear backscatter of 20 m pixels over the west only, and dB on the scene's grid with bands swapped."""
    scene(tmp_path / "a.tif")
    linear = np.stack([np.full((120, 50), 0.1), np.full((120, 50), 0.01)]).astype(np.float32)
    linear[0, 0, 0] = 0
    write(tmp_path / "asc.tif", linear, Affine(20, 0, WEST - 200, 0, -20, NORTH + 200), names=("VV", "VH"))
    decibels = np.stack([np.full((140, 140), -21.0), np.full((140, 140), -12.0)]).astype(np.float32)
    decibels[:, 2, 3] = np.nan
    write(tmp_path / "desc.tif", decibels, Affine(10, 0, WEST, 0, -10, NORTH))
    radar = {
        "asc": {"path": "asc.tif", "units": "linear"},
        "desc": {"path": "desc.tif", "units": "dB", "bands": ["VH", "VV"]},
    }
    result = build(tmp_path, {"sentinel2": "a.tif", "sentinel1": radar})
    found = tiles(tmp_path)["sentinel1"]
    np.testing.assert_allclose(found[0, 0], -10, rtol=1e-5)
    np.testing.assert_allclose(found[0, 1], -20, rtol=1e-5)
    assert (found[:, [2, 3, 6, 7]] == -np.inf).all(), "HH and HV were not given"
    assert (found[1, :2, :, 16:] == -np.inf).all(), "the ascending image ends at 800 m"
    assert np.isfinite(found[1, :2, :, :15]).all()
    assert (found[0, 4:6, 2, 3] == -np.inf).all()
    assert (found[1, 4] == -12).all()
    assert (found[1, 5] == -21).all()
    assert result.coverage["sentinel1"].tiles == 4


def test_what_is_known_of_a_tile_as_a_whole(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    canopy = np.stack([np.full((140, 140), 17), np.full((140, 140), 3)]).astype(np.uint8)
    canopy[0, 9, 9] = 255
    write(tmp_path / "canopy.tif", canopy, Affine(10, 0, WEST, 0, -10, NORTH), nodata=255)
    x = WEST + 640
    boxes = [shapely.box(WEST - 99, NORTH - 9999, x, NORTH + 99), shapely.box(x, NORTH - 9999, x + 999, NORTH + 99)]
    pyogrio.raw.write(
        tmp_path / "biomes.gpkg",
        shapely.to_wkb(np.array(boxes)),
        [np.array(["Boreal Forests/Taiga", "Tropical & Subtropical Grasslands, Savannas & Shrublands"], object)],
        ["BIOME_NAME"],
        geometry_type="Polygon",
        crs=UTM,
    )
    regions = np.full((1, 20, 20), 845, np.uint16)
    write(tmp_path / "regions.tif", regions, Affine(0.01, 0, 12.2, 0, -0.01, 48.8), crs="EPSG:4326")
    era5 = [280.0, 270.0, 290.0, 0.05, 281.0, 271.0, 291.0, 0.06, 282.0, 272.0, None, 0.9]
    site = {
        "sentinel2": "a.tif",
        "canopy_height": "canopy.tif",
        "era5": era5,
        "biome": {"path": "biomes.gpkg", "field": "BIOME_NAME"},
        "eco_region": {"path": "regions.tif"},
    }
    build(tmp_path, site)
    found = tiles(tmp_path)
    assert (found["canopy_height_eth"][0, :, 0, 0] == (17, 3)).all()
    assert found["canopy_height_eth"][0, 0, 9, 9] == 127
    assert [BIOMES[hot.argmax()] for hot in found["biome"][:2]] == [BIOMES[5], BIOMES[11]]
    assert found["biome"].sum() == 4
    assert np.flatnonzero(found["eco_region"][2]).tolist() == [845]
    assert found["info"]["a_64_64"]["biome"] == 11
    np.testing.assert_allclose(found["era5"][3], [np.nan if each is None else each for each in era5])


def test_an_own_coding_of_classes(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    codes = np.arange(140 * 140).reshape(1, 140, 140) % 3 + 20
    write(tmp_path / "lc.tif", codes.astype(np.uint8), Affine(10, 0, WEST, 0, -10, NORTH))
    coding = {20: "water", 21: "snow", 22: None}
    build(tmp_path, {"sentinel2": "a.tif", "land_cover": {"path": "lc.tif", "coding": coding}})
    found = tiles(tmp_path)["dynamic_world"][1, 0]
    np.testing.assert_array_equal(found, np.array([1, 9, 0])[codes[0, :64, 64:128] - 20])


def test_a_key_without_a_value_is_as_good_as_none(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    cover = np.full((1, 140, 140), 7, np.uint8)
    write(tmp_path / "lc.tif", cover, Affine(10, 0, WEST, 0, -10, NORTH))
    empty = dict.fromkeys(["name", "sentinel1", "elevation", "canopy_height", "date", "era5", "biome", "eco_region"])
    land_cover = {"path": "lc.tif", "coding": {1: "water", 7: None}}
    build(tmp_path, {"sentinel2": {"path": "a.tif", "level": None, "mask": None}, "land_cover": land_cover, **empty})
    assert (tmp_path / "own").is_dir()


def test_stride_limit_and_the_share_of_valid_pixels(tmp_path: Path) -> None:
    pixels = scene(tmp_path / "a.tif", side=120)
    pixels[:, :, :20] = 0
    with rasterio.open(tmp_path / "a.tif", "r+") as dataset:
        dataset.write(pixels)
    result = build(tmp_path, {"sentinel2": "a.tif"}, stride=56)
    assert tiles(tmp_path)["ids"] == ["a_0_56", "a_56_56"], "the western ones lack a third of their pixels"
    assert (result.tiles, result.dropped) == (2, 2)
    specification = tmp_path / "tiles.yaml"
    other = build_tiles(specification=specification, output=tmp_path / "other", stride=8, limit=5, valid=0.5)
    assert other.tiles == 5


def test_dates_of_a_site_are_tiles_of_one_place_the_first_images_first(tmp_path: Path) -> None:
    for name in ("a", "later", "last"):
        scene(tmp_path / f"{name}.tif")
    with rasterio.open(tmp_path / "last.tif", "r+") as dataset:
        dataset.write(dataset.read() + 7)
    first = {
        "sentinel2": "a.tif", "date": "2020-02-03", "era5": ([280.0] * 3 + [0.01]) * 3,
        "dates": [{"sentinel2": "later.tif", "date": "2020-07-03"}, {"sentinel2": "last.tif"}],
    }  # fmt: skip
    scene(tmp_path / "other.tif")
    result = build(tmp_path, [first, {"name": "other", "sentinel2": "other.tif"}])
    found = tiles(tmp_path)
    assert found["ids"][:8] == [f"{name}_{at}" for name in ("a", "other") for at in ("0_0", "0_64", "64_0", "64_64")]
    assert found["ids"][8::4] == ["a_2020-07-03_0_0", "a_3_0_0"] and (result.sites, result.tiles) == (2, 16)
    info = found["info"]
    assert info["a_2020-07-03_0_64"]["S2_DATE"] == "2020-07-03"
    assert [info[name]["lat"] for name in ("a_0_64", "a_2020-07-03_0_64", "a_3_0_64")] == [info["a_0_64"]["lat"]] * 3
    assert np.isnan(found["era5"][8:]).all() and np.isfinite(found["era5"][:4]).all()
    assert (found["sentinel2"][12, 0] == found["sentinel2"][0, 0] + 7).all()
    places = TileFile(tmp_path / "own").places
    # The other site lies at the same place here: its tiles are further images of it.
    assert places.companions(0).tolist() == [4, 8, 12]
    few = build_tiles(specification=tmp_path / "tiles.yaml", output=tmp_path / "few", limit=7)
    assert few.tiles in (5, 6, 7)
    names = TileFile(tmp_path / "few").names.tolist()
    kept = {name.removeprefix("a_") for name in names if re.fullmatch(r"a_\d+_\d+", name)}
    assert kept == {name.removeprefix("a_3_") for name in names if name.startswith("a_3_")}


def test_the_published_loader_reads_the_first_dates_by_the_first_axis(tmp_path: Path) -> None:
    first, _ = scene(tmp_path / "a.tif"), scene(tmp_path / "later.tif", "L1C")
    sites = [{"sentinel2": "a.tif", "date": "2020-02-03", "dates": [{"sentinel2": "later.tif", "date": "2020-07-03"}]}]
    specification = tmp_path / "tiles.yaml"
    specification.write_text(yaml.safe_dump({"sites": sites}), encoding="utf-8")
    build_tiles(specification=specification, output=tmp_path / "data_own")
    read = list(as_published(tmp_path / "data_own", ["sentinel2", "month", "lat"]))
    assert [name for name, _ in read][:4] == ["a_0_0", "a_0_64", "a_64_0", "a_64_64"] and len(read) == 8
    stored = json.loads((tmp_path / "data_own" / "data_own_band_stats.json").read_text(encoding="utf-8"))
    kept = [SENTINEL2_STORED.index(name) for name in ENCODER_BANDS]
    mean, std = (np.array(stored["sentinel2_l2a"][each])[kept, None, None] for each in ("mean", "std"))
    np.testing.assert_allclose(read[1][1]["sentinel2"], (first[:, :64, 64:128] - mean) / std, rtol=1e-4, atol=1e-4)


def test_dates_on_another_grid_or_of_an_unknown_place_are_refused(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    scene(tmp_path / "wide.tif", side=200)
    site = {"sentinel2": "a.tif", "dates": [{"sentinel2": "wide.tif"}]}
    with pytest.raises(MMEarthError, match=r"wide.tif and .*a.tif are images of one site on two grids"):
        build(tmp_path, site)
    with pytest.raises(MMEarthError, match="dates are images of one place"):
        build(tmp_path, {**site, "place": "unknown"})
    same = {"sentinel2": "a.tif", "date": "2020-01-01", "dates": [{"sentinel2": "a.tif", "date": "2020-01-02"}] * 2}
    with pytest.raises(MMEarthError, match="two sites or dates are called 'a_2020-01-02'"):
        build(tmp_path, same)


def item(folder: Path, name: str, **assets: Any) -> dict[str, Any]:
    own = {band: {"href": f"{name}_{band}.tif", "eo:bands": [{"name": band}]} for band in ENCODER_BANDS}
    pixels = scene(folder / "whole.tif")
    for band, values in zip(ENCODER_BANDS, pixels, strict=True):
        write(folder / f"{name}_{band}.tif", values[None], Affine(10, 0, WEST, 0, -10, NORTH), nodata=0)
    bands = [{"scale": 1e-4, "offset": 0}]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "geometry": None,
        "properties": {"datetime": "2018-12-24T10:30:00Z", "processing:level": "L2A", "mmearth:biome": 4},
        "assets": {key: {**each, "raster:bands": bands} for key, each in own.items()} | assets,
        "links": [],
    }


@pytest.mark.parametrize("form", ["collection", "list", "item"])
def test_stac_items_stand_for_a_specification(tmp_path: Path, form: str) -> None:
    dem = write(tmp_path / "dem.tif", np.full((1, 140, 140), 77, np.int16), Affine(10, 0, WEST, 0, -10, NORTH))
    radar = np.full((1, 140, 140), -9, np.float32)
    write(tmp_path / "s1.tif", radar, Affine(10, 0, WEST, 0, -10, NORTH))
    assets = {
        "dem": {"href": dem.name, "roles": ["elevation"]},
        "sentinel1_desc": {"href": "s1.tif", "sar:polarizations": ["VV"]},
    }
    content = item(tmp_path, "scene", **assets)
    (tmp_path / "scene.json").write_text(json.dumps(content))
    source = {"collection": "all.json", "list": "list.yaml", "item": "scene.json"}[form]
    if form == "collection":
        (tmp_path / source).write_text(json.dumps({"type": "FeatureCollection", "features": [content]}))
    elif form == "list":
        (tmp_path / source).write_text("- scene.json\n")
    build_tiles(specification=tmp_path / source, output=tmp_path / "own")
    found = tiles(tmp_path)
    assert found["ids"][0] == "scene_0_0"
    assert (found["aster"][:, 0] == 77).all()
    assert (found["aster"][:, 1] == 0).all()
    assert (found["sentinel1"][:, 4] == -9).all()
    assert found["biome"][0].argmax() == 4
    np.testing.assert_allclose(found["month"][0], [0, 1], atol=1e-6)


def number(value: float, dtype: str = "float32") -> np.ndarray:
    return np.full((1, 140, 140), value, dtype)


#: What a site says beside its scene, the raster it names, and words of the sentence the user reads.
MISTAKES: list[tuple[dict[str, Any], np.ndarray, tuple[str, ...]]] = [
    ({"elevation": "none.tif"}, number(0), ("none.tif does not exist",)),
    ({"elevation": "x.tif"}, number(9500), ("x.tif", "9500", "elevation in m")),
    ({"canopy_height": "x.tif"}, number(255), ("x.tif", "255", "no-data")),
    ({"sentinel1": {"asc": {"path": "x.tif", "units": "dB", "bands": ["VV"]}}}, number(70), ("x.tif", "linear")),
    ({"sentinel1": {"asc": {"path": "x.tif", "units": "dB", "bands": ["VV"]}}}, number(0.2), ("x.tif", "linear")),
    ({"sentinel1": {"asc": {"path": "x.tif", "units": "linear", "bands": ["VV"]}}}, number(-9), ("x.tif", "dB")),
    ({"sentinel1": {"asc": {"path": "x.tif", "units": "dB"}}}, number(-9), ("x.tif", "bands: [VV, VH]")),
    ({"sentinel1": {"asc": {"path": "x.tif"}}}, number(-9), ("sentinel1.asc.units", "needed")),
    ({"land_cover": {"path": "x.tif", "coding": "esa_worldcover"}}, number(7, "uint8"), ("x.tif", "holds 7")),
    ({"land_cover": {"path": "x.tif", "coding": "dynamic_world"}}, number(0, "uint8"), ("dynamic_world_label",)),
    ({"land_cover": {"path": "x.tif", "coding": {1: "meadow"}}}, number(1, "uint8"), ("coding", "grassland")),
    ({"biome": 14}, number(0), ("biome", "0 to 13")),
    ({"eco_region": {"path": "x.tif"}}, number(846), ("x.tif", "846", "0 to 845")),
    ({"era5": [12.0] * 12}, number(0), ("era5", "K")),
    ({"date": "soon"}, number(0), ("date", "2020-04-08")),
    ({"elevatoin": "x.tif"}, number(0), ("elevatoin", "did you mean 'elevation'")),
    ({"name": "a b"}, number(0), ("name", "without spaces")),
]


@pytest.mark.parametrize(("mistake", "raster", "words"), MISTAKES, ids=[" ".join(words) for _, _, words in MISTAKES])
def test_a_mistake_is_one_sentence_and_nothing_is_left(
    tmp_path: Path, mistake: dict[str, Any], raster: np.ndarray, words: tuple[str, ...]
) -> None:
    scene(tmp_path / "a.tif")
    write(tmp_path / "x.tif", raster, Affine(10, 0, WEST, 0, -10, NORTH))
    with pytest.raises(MMEarthError) as caught:
        build(tmp_path, {"sentinel2": "a.tif", **mistake})
    for word in words:
        assert word in str(caught.value)
    assert not (tmp_path / "own").exists()


def test_rasters_of_another_place_are_refused_by_name(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    write(tmp_path / "far.tif", number(100), Affine(10, 0, WEST + 5000, 0, -10, NORTH))
    with pytest.raises(MMEarthError, match=r"far\.tif .*does not overlap .*a\.tif"):
        build(tmp_path, {"sentinel2": "a.tif", "elevation": "far.tif"})
    assert not (tmp_path / "own").exists()


def fine_elevation(path: Path, row: int, value: int) -> None:
    """Elevation so fine that the look beforehand sees it only here and there, with a value that it does not see."""
    fine = np.full((1, 1400, 1400), 100, np.int16)
    fine[0, row, 1003] = value
    write(path, fine, Affine(1, 0, WEST, 0, -1, NORTH))


def test_a_value_that_the_first_tile_shows_leaves_nothing_behind(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    fine_elevation(tmp_path / "dem.tif", 1001, 32000)
    with pytest.raises(MMEarthError, match=r"dem\.tif holds"):
        build(tmp_path, {"sentinel2": "a.tif", "elevation": "dem.tif"}, size=128)
    assert not (tmp_path / "own").exists()


def same_dataset(folder: Path, other: Path) -> bool:
    """Whether two datasets named "own" hold the same tiles in the same order, with the same files beside them."""
    with h5py.File(folder / "own.h5") as one, h5py.File(other / "own.h5") as two:
        layers = set(one) == set(two) and all(one[name][:].tobytes() == two[name][:].tobytes() for name in one)
    beside = [f"own_{what}.json" for what in ("tile_info", "band_stats", "splits")]
    return layers and all((folder / name).read_text() == (other / name).read_text() for name in beside)


def test_an_odd_value_found_late_keeps_the_tiles_before_it_and_the_mended_build_goes_on(tmp_path: Path) -> None:
    """One undeclared -9999 in an elevation used to discard all tiles that were finished."""
    scene(tmp_path / "a.tif")
    scene(tmp_path / "b.tif", "L1C")
    fine_elevation(tmp_path / "dem.tif", 1001, -9999)
    sites = [{"sentinel2": "a.tif"}, {"sentinel2": "b.tif", "elevation": "dem.tif"}]
    with pytest.raises(MMEarthError, match=r"dem\.tif holds -9999.*7 of 8 tiles kept in .*own; mend the file"):
        build(tmp_path, sites)
    assert sorted(each.name for each in (tmp_path / "own").iterdir()) == ["own.partial"]
    fine_elevation(tmp_path / "dem.tif", 1001, 250)
    watch = CancelAfter(99)
    build(tmp_path, sites, progress=watch)
    assert any(text.startswith("3 tiles in") for text in watch.texts), "those of the site whose file was mended"
    assert "Going on: 4 of 8 tiles are done already." in watch.texts
    specification = tmp_path / "tiles.yaml"
    build_tiles(specification=specification, output=tmp_path / "afresh" / "own")
    assert same_dataset(tmp_path / "own", tmp_path / "afresh" / "own")


def test_polygons_that_were_mended_are_read_again_in_the_same_session(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    boxes = [shapely.box(west, NORTH - 9999, west + 640, NORTH + 99) for west in (WEST, WEST + 640)]
    site = {"sentinel2": "a.tif", "biome": {"path": "biomes.gpkg", "field": "index"}}

    def draw(east: int) -> None:
        (tmp_path / "biomes.gpkg").unlink(missing_ok=True)
        pyogrio.raw.write(tmp_path / "biomes.gpkg", shapely.to_wkb(np.array(boxes)), [np.array([5, east])], ["index"],
                          geometry_type="Polygon", crs=UTM)  # fmt: skip

    draw(99)
    with pytest.raises(MMEarthError, match=r"biomes\.gpkg: 99.* is no biome.*1 of 4 tiles kept"):
        build(tmp_path, site)
    draw(11)
    build(tmp_path, site)
    assert tiles(tmp_path)["biome"].argmax(axis=1).tolist() == [5, 11, 5, 11]


def test_the_guide_lists_every_key_of_a_specification() -> None:
    """The help of the command refers to it."""
    keys = {each.name for kind in (Site, Sentinel2, Radar, LandCover, Region, Teacher) for each in fields(kind)} - {
        "index"
    }
    assert {"era5", "biome", "eco_region", "mask_values", "exclude_clouds", "layer", "units"} <= keys
    guide = (Path(__file__).parents[3] / "docs" / "pretraining.md").read_text(encoding="utf-8")
    assert [key for key in (keys | set(codings())) if not re.search(rf"\b{key}\b", guide)] == []


def test_a_build_goes_on_from_another_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files used to count as others when they were named by another path."""
    scene(tmp_path / "a.tif")
    (tmp_path / "inside").mkdir()
    write(tmp_path / "dem.tif", number(100), Affine(10, 0, WEST, 0, -10, NORTH))
    site = {"sentinel2": "a.tif", "elevation": "dem.tif"}
    (tmp_path / "tiles.yaml").write_text(yaml.safe_dump({"sites": [site]}))
    first, second = CancelAfter(3), CancelAfter(99)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Cancelled, match="2 of 4 tiles kept"):
        build_tiles(specification="tiles.yaml", output="own", progress=first, cancel=first.token)
    monkeypatch.chdir(tmp_path / "inside")
    build_tiles(specification="../tiles.yaml", output="../own", progress=second)
    assert second.texts[-1:] == ["Going on: 2 of 4 tiles are done already."]


def test_a_site_that_changes_does_not_undo_the_others_and_all_keep_their_order(tmp_path: Path) -> None:
    for name in "abc":
        scene(tmp_path / f"{name}.tif")
    sites = [{"sentinel2": f"{name}.tif", "date": "2020-01-01"} for name in "abc"]
    first, second = CancelAfter(3 + 9), CancelAfter(99)
    with pytest.raises(Cancelled, match="9 of 12 tiles kept"):
        build(tmp_path, sites, progress=first, cancel=first.token)
    sites[0]["date"] = "2020-07-01"
    build(tmp_path, sites, progress=second)
    assert "Going on: 5 of 12 tiles are done already." in second.texts
    build_tiles(specification=tmp_path / "tiles.yaml", output=tmp_path / "afresh" / "own")
    assert same_dataset(tmp_path / "own", tmp_path / "afresh" / "own")


def test_a_band_that_a_scene_lacks_is_no_value_rather_than_darkness(tmp_path: Path) -> None:
    pixels = scene(tmp_path / "a.tif", side=64)
    watch = CancelAfter(99)
    site = {"sentinel2": {"path": "a.tif", "bands": ["-", *ENCODER_BANDS[1:9], "-", *ENCODER_BANDS[10:]]}}
    result = build(tmp_path, site, progress=watch)
    assert result.coverage["sentinel2"].share == 1
    assert any("lacks B01, B09" in text for text in watch.texts)
    stored = tiles(tmp_path)["sentinel2"][0]
    learned = target(MODALITIES["sentinel2"], stored, np.zeros(12, np.float32), np.ones(12, np.float32))
    assert np.isnan(learned).all(axis=(1, 2)).tolist() == [name in {"B01", "B09"} for name in ENCODER_BANDS]
    assert np.array_equal(learned[1], pixels[1])
    stats = json.loads((tmp_path / "own" / "own_band_stats.json").read_text())["sentinel2_l2a"]
    assert stats["count"][0] == 0 and stats["count"][1] == 64 * 64


def test_tiles_of_an_unknown_place_have_none(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif", side=64)
    scene(tmp_path / "b.tif", side=64)
    build(tmp_path, [{"sentinel2": "a.tif", "place": "unknown"}, {"sentinel2": "b.tif"}])
    found = tiles(tmp_path)
    assert not {"lat", "lon", "CRS"} & set(found["info"]["a_0_0"])
    assert np.isnan([found["lat"][0], found["lon"][0]]).all() and np.isfinite(found["lat"][1]).all()
    assert np.isnan(TileFile(tmp_path / "own").lonlat).tolist() == [[True, True], [False, False]]
    with pytest.raises(MMEarthError, match="place: unknown"):
        build(tmp_path, {"sentinel2": "a.tif", "place": "unknown", "biome": {"path": "a.tif"}})


def test_a_scene_without_enough_bands_or_large_enough_is_refused(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif", side=60)
    with pytest.raises(MMEarthError, match="64 × 64"):
        build(tmp_path, {"sentinel2": "a.tif"})
    with pytest.raises(MMEarthError, match="has 3 of the bands"):
        build(tmp_path, {"sentinel2": {"path": "a.tif", "bands": [*ENCODER_BANDS[:3], *"-" * 9]}})
    with pytest.raises(MMEarthError, match="two sites or dates are called 'a'"):
        build(tmp_path, [{"sentinel2": "a.tif"}, {"sentinel2": "a.tif"}])
    scene(tmp_path / "a.tif")
    with rasterio.open(tmp_path / "a.tif", "r+") as dataset:
        dataset.write(np.zeros((12, 140, 100), np.uint16), window=((0, 140), (0, 100)))
    with pytest.raises(MMEarthError, match="No tile has 90%"):
        build(tmp_path, {"sentinel2": "a.tif"})
    assert not (tmp_path / "own").exists()
    with pytest.raises(MMEarthError, match="names no site"):
        build(tmp_path, [])


def test_every_tile_of_a_large_scene_comes_once_and_neighbours_come_together() -> None:
    from mmearth_core.tiles.build.build_tiles import _windows

    windows = _windows((2200, 1300), 64, 64)
    assert len({(each.row, each.col) for each in windows}) == len(windows) == 34 * 20
    assert {each.row // 1024 + each.col // 1024 for each in windows[:256]} == {0}


def command(folder: Path, output: str) -> list[str]:
    words = ["build-tiles", str(folder / "tiles.yaml"), "-o", str(folder / output), "--stride", "16", "--json"]
    return [sys.executable, "-m", "mmearth_core", *words]


def test_a_killed_build_goes_on_and_gives_the_same_dataset(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif", side=180)
    scene(tmp_path / "b.tif", "L1C", side=180)
    write(tmp_path / "dem.tif", number(100), Affine(10, 0, WEST, 0, -10, NORTH))
    sites = [{"sentinel2": "a.tif", "elevation": "dem.tif"}, {"sentinel2": "b.tif", "date": "2020-05-06"}]
    (tmp_path / "tiles.yaml").write_text(yaml.safe_dump({"sites": sites}))
    partial = tmp_path / "killed" / "killed.partial"
    running = subprocess.Popen(command(tmp_path, "killed"), stdout=subprocess.DEVNULL)
    while running.poll() is None and not (partial.exists() and partial.stat().st_size > 1.5e6):
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / "killed.h5").exists()
    with partial.open("ab") as file:
        file.write(b"half a record")
    shown = subprocess.run(command(tmp_path, "killed"), capture_output=True, text=True, check=True).stdout
    events = [json.loads(line) for line in shown.splitlines()]
    assert any("Going on" in event.get("text", "") for event in events)
    result = events[-1]["result"]
    assert result["coverage"]["aster"] == {"tiles": 64, "share": pytest.approx(0.36, abs=0.05)}
    whole = build_tiles(specification=tmp_path / "tiles.yaml", output=tmp_path / "whole", stride=16)
    assert (whole.tiles, plain(whole)["coverage"]) == (128, result["coverage"])
    with h5py.File(tmp_path / "killed" / "killed.h5") as one, h5py.File(tmp_path / "whole" / "whole.h5") as other:
        assert set(one) == set(other)
        for name in one:
            assert one[name][:].tobytes() == other[name][:].tobytes(), name
    for what in ("tile_info", "band_stats", "splits"):
        one_text, other_text = ((tmp_path / name / f"{name}_{what}.json").read_text() for name in ("killed", "whole"))
        assert one_text == other_text
    assert sorted(each.suffix for each in (tmp_path / "killed").iterdir()) == [".h5", ".json", ".json", ".json"]


class CancelAfter(Silent):
    def __init__(self, steps: int) -> None:
        self.token, self.left = CancelToken(), steps
        self.texts: list[str] = []

    def message(self, text: str) -> None:
        self.texts.append(text)

    def advance(self, amount: int) -> None:
        self.left -= amount
        if self.left <= 0:
            self.token.cancel()


def test_a_cancelled_build_keeps_its_tiles_unless_the_specification_changed(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif")
    first = CancelAfter(3)
    with pytest.raises(Cancelled, match="2 of 4 tiles kept"):
        build(tmp_path, {"sentinel2": "a.tif"}, progress=first, cancel=first.token)
    second = CancelAfter(99)
    build(tmp_path, {"sentinel2": "a.tif", "date": "2020-01-01"}, progress=second)
    assert not any("Going on" in text for text in second.texts)
    assert np.isfinite(tiles(tmp_path)["month"]).all()
    with pytest.raises(MMEarthError, match="exists already"):
        build(tmp_path, {"sentinel2": "a.tif"})


def features(path: Path, values: np.ndarray, pixel: float = 10, scale: Any = None, **options: Any) -> np.ndarray:
    """A raster of features over the scene; returns it. `scale`: (scales, offsets) of the bands."""
    write(path, values, Affine(pixel, 0, WEST, 0, -pixel, NORTH), **options)
    if scale is not None:
        with rasterio.open(path, "r+") as dataset:
            dataset.scales, dataset.offsets = scale
    return values


def test_a_teacher_of_finer_pixels_is_averaged_into_cells_and_scaled(tmp_path: Path) -> None:
    """Pixels of 10 m, a given stride of 8: values are means of blocks, to half a step of the scale."""
    scene(tmp_path / "a.tif")
    rng = np.random.default_rng(0)
    values = rng.normal(0, [[[1.0]], [[50.0]], [[0.01]]], (3, 140, 140)).astype(np.float32)
    values += np.linspace(-1, 1, 140, dtype=np.float32) * values.std((1, 2), keepdims=True)
    values[1, 3, 3] = -9  # one pixel of one band is unknown
    values[:, 64:72, 8:16] = -9
    features(tmp_path / "f.tif", values)
    given = {"path": "f.tif", "stride": 8, "no_data": -9, "licence": "CC BY 4.0", "source": "a network"}
    result = build(tmp_path, {"sentinel2": "a.tif", "teachers": {"net_1": given}})
    file = TileFile(tmp_path / "own")
    modality = file.modalities["teacher_net_1"]
    assert (modality.stride, modality.stored, modality.dtype) == (8, 3, "int8")
    assert (modality.licence, modality.source) == ("CC BY 4.0", "a network")
    assert result.coverage["teacher_net_1"].tiles == 4
    stored = file.read(2, ["teacher_net_1"])["teacher_net_1"]
    assert (stored[:, 0, 1] == -128).all() and (stored == -128).sum() == 3
    scale = np.array(modality.scale)[:, None, None]
    expected = values[:, 64:128, :64].reshape(3, 8, 8, 8, 8).mean((2, 4))
    there = stored[0] != -128
    assert np.abs(stored * scale - expected)[:, there].max(axis=1) == pytest.approx(0, abs=0.51 * scale.max())
    assert (np.abs(stored * scale - expected) <= 0.51 * scale)[:, there].all()
    largest = np.quantile(np.abs(np.where(values == -9, 0, values)), 0.999, axis=(1, 2))
    assert np.array(modality.scale) * 127 == pytest.approx(largest, rel=0.06)
    first = file.read(0, ["teacher_net_1"])["teacher_net_1"][:, 0, 0] * scale[:, 0, 0]
    block = np.where((values == -9).any(axis=0), np.nan, values)[:, :8, :8]
    assert first == pytest.approx(np.nanmean(block, axis=(1, 2)), abs=0.51 * scale.max())


def test_int8_features_of_one_scale_are_stored_as_they_are(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif", side=128)
    scene(tmp_path / "b.tif", side=128)
    rng = np.random.default_rng(0)
    dn = rng.integers(-127, 128, (4, 16, 16)).astype(np.int8)
    dn[2, 5, 6] = -128
    scales = ([0.5, 0.1, 0.02, 3.0], [0.0] * 4)
    features(tmp_path / "f.tif", dn, pixel=80, scale=scales, nodata=-128)
    build(tmp_path, [{"sentinel2": "a.tif", "teachers": {"net": "f.tif"}}, {"sentinel2": "b.tif"}])
    file = TileFile(tmp_path / "own")
    modality = file.modalities["teacher_net"]
    assert modality.stride == 8, "80 m pixels on 10 m ones"
    assert modality.scale == tuple(np.float32(scales[0]).tolist())
    expected = np.where((dn == -128).any(axis=0), -128, dn)
    for number, (row, col) in enumerate([(0, 0), (0, 8), (8, 0), (8, 8)]):
        found = file.read(number, ["teacher_net"])["teacher_net"]
        np.testing.assert_array_equal(found, expected[:, row : row + 8, col : col + 8])
    assert (file.read(5, ["teacher_net"])["teacher_net"] == -128).all(), "the other site has none"


def test_scale_and_offset_of_the_bands_are_honoured_and_one_scale_fits_all_sites(tmp_path: Path) -> None:
    scene(tmp_path / "a.tif", side=64)
    scene(tmp_path / "b.tif", side=64)
    rng = np.random.default_rng(1)
    small, large = (rng.integers(1, 256, (2, 64, 64)).astype(np.uint8) for _ in range(2))
    features(tmp_path / "small.tif", small, scale=([0.01, 0.01], [-1.28, 5.0]), nodata=0)
    features(tmp_path / "large.tif", large, scale=([0.1, 0.1], [-12.8, 0.0]), nodata=0)
    build(
        tmp_path,
        [{"sentinel2": f"{a}.tif", "teachers": {"net": f}} for a, f in (("a", "small.tif"), ("b", "large.tif"))],
    )
    file = TileFile(tmp_path / "own")
    scale = np.array(file.modalities["teacher_net"].scale)[:, None, None]
    assert file.modalities["teacher_net"].stride == 1
    assert scale.ravel() * 127 == pytest.approx([12.8, 25.5], rel=0.05)
    for number, expected in (
        (0, small * 0.01 + np.array([-1.28, 5.0])[:, None, None]),
        (1, large * 0.1 - [[[12.8]], [[0]]]),
    ):
        found = file.read(number, ["teacher_net"])["teacher_net"] * scale
        # What lies above the scale's largest value, 0.1 % of the values, is that value.
        assert (np.abs(found - np.clip(expected, -127 * scale, 127 * scale)) < 0.51 * scale).all()


def test_a_teacher_in_another_crs_lies_where_it_belongs(tmp_path: Path) -> None:
    def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return ((x - WEST) + 2 * (y - NORTH)).astype(np.float32)

    scene(tmp_path / "a.tif", side=128)
    one, transform = over(plane, 10, "EPSG:3035")
    write(tmp_path / "f.tif", np.concatenate([one, -one]), transform, crs="EPSG:3035")
    build(tmp_path, {"sentinel2": "a.tif", "teachers": {"net": {"path": "f.tif", "stride": 4}}})
    file = TileFile(tmp_path / "own")
    scale = np.array(file.modalities["teacher_net"].scale)[:, None, None]
    found = file.read(3, ["teacher_net"])["teacher_net"] * scale
    rows, cols = np.mgrid[:16, :16]
    expected = plane(WEST + 640 + 40 * cols + 20, NORTH - 640 - 40 * rows - 20)
    # A cell off would be 40 m at least; the step of the scale is 30 m, and half of a raster's pixel may be missed.
    assert np.abs(found - np.stack([expected, -expected])).max() < 0.51 * scale.max() + 15


@pytest.mark.parametrize(
    ("teachers", "says"),
    [
        ({"Net": "f.tif"}, "lower case letters"),
        ({"teacher_net": "f.tif"}, "without teacher_"),
        ({"net": {"path": "f.tif", "stride": 0}}, "stride: it must be positive"),
        ({"net": {"path": "f.tif", "stride": 3}}, "a stride of 3 pixels does not divide tiles of 64"),
        ({"net": "nowhere.tif"}, "nowhere.tif"),
        ({"net": "elsewhere.tif"}, "elsewhere.tif .* does not overlap"),
        ({"net": "two.tif"}, "two.tif: teacher_net has 2 bands here and 1 in"),
        ({"net": {"path": "f.tif", "stride": 2}}, "has 2 pixels in a cell's side .* and 1 in"),
    ],
)
def test_a_teacher_that_cannot_be_is_refused_and_nothing_is_left(tmp_path: Path, teachers: Any, says: str) -> None:
    scene(tmp_path / "a.tif", side=64)
    scene(tmp_path / "b.tif", side=64)
    features(tmp_path / "f.tif", np.ones((1, 64, 64), np.float32))
    features(tmp_path / "two.tif", np.ones((2, 64, 64), np.float32))
    write(tmp_path / "elsewhere.tif", np.ones((1, 64, 64), np.float32), Affine(10, 0, WEST + 1e5, 0, -10, NORTH))
    other = {"net": "f.tif"} if "here and" in says or "and 1 in" in says else teachers
    with pytest.raises(MMEarthError, match=says):
        build(tmp_path, [{"sentinel2": "a.tif", "teachers": other}, {"sentinel2": "b.tif", "teachers": teachers}])
    assert not (tmp_path / "own").exists()


def test_tiles_are_made_again_when_a_further_site_changes_the_scale_of_a_teacher(tmp_path: Path) -> None:
    """Tiles of the first scale were joined to those of the second."""
    scene(tmp_path / "a.tif", side=128)
    scene(tmp_path / "b.tif", side=64)
    values = np.random.default_rng(0).normal(size=(2, 128, 128)).astype(np.float32)
    features(tmp_path / "f.tif", values)
    features(tmp_path / "g.tif", 40 * values[:, :64, :64])
    site = {"sentinel2": "a.tif", "teachers": {"net": "f.tif"}}
    calls = []

    class Stopping(CancelToken):
        def check(self) -> None:
            calls.append(1)
            if len(calls) == 5:
                self.cancel()
            super().check()

    with pytest.raises(Cancelled, match="3 of 4 tiles kept"):
        build(tmp_path, site, cancel=Stopping())
    build(tmp_path, [site, {"sentinel2": "b.tif", "teachers": {"net": "g.tif"}}])
    file = TileFile(tmp_path / "own")
    scale = np.array(file.modalities["teacher_net"].scale)[:, None, None]
    found = [file.read(number, ["teacher_net"])["teacher_net"] * scale for number in range(5)]
    np.testing.assert_allclose(found[1], values[:, :64, 64:], atol=0.51 * scale.max())
    assert found[4].std() == pytest.approx(40, rel=0.05)
