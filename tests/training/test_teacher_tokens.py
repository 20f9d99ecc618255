"""Tokens of Galileo-Nano in the starter's tiles: each tile has those of its very pixels, or none."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core.modalities import SENTINEL2_STORED
from mmearth_core.tiles.build.build_tiles import BuildResult
from mmearth_core.tiles.reader import TileFile
from training.packed_tiles import read_packed
from training.scenes_from_arrays import L1C, L2A, WITH_OFFSET
from training.starter.sources.teacher import FILE, LAYER, NAME, Tokens, add_tokens, per_source

BAND = "B08"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with tokens of few images, all different."""
    numbers = np.random.default_rng(0).integers(-127, 128, (20, 128, 8, 8)).astype(np.int8)
    np.savez(
        tmp_path / FILE,
        tokens_sundarbans_l2a=numbers[:4],
        tokens_majortom=numbers[4:16].reshape(3, 4, 128, 8, 8),
        tokens_eurosat_ms_dev=numbers[16:18],
        scale=np.linspace(0.01, 0.05, 128, dtype=np.float32),
    )
    np.savez(tmp_path / "eurosat_ms_dev.npz", id=np.array(["River_7_0_0", "Forest_1_64_0"]))
    return tmp_path


def test_a_site_has_the_tokens_of_its_window_or_none(small: Path) -> None:
    tokens = Tokens(small)
    stored = np.load(small / FILE)
    np.testing.assert_array_equal(tokens.of("sundarbans_l2a-0003"), stored["tokens_sundarbans_l2a"][3])
    np.testing.assert_array_equal(tokens.of("eurosat-Forest_1_64_0"), stored["tokens_eurosat_ms_dev"][1])
    np.testing.assert_array_equal(tokens.of("majortom_a_b_20200101-128-64"), stored["tokens_majortom"][2, 1])
    assert tokens.of("majortom_a_b_20200101-128-32") is None, "a shifted window has none"
    assert tokens.of("bigearthnet-33UUP_1_2-0-56") is None


def test_the_raster_of_a_site_lies_on_its_scene(small: Path) -> None:
    profile = {"driver": "GTiff", "count": 1, "height": 64, "width": 64, "dtype": "uint16", "crs": "EPSG:32633"}
    with rasterio.open(small / "s.tif", "w", transform=Affine(18.5, 0, 3e5, 0, -18.5, 5e6), **profile) as scene:
        scene.write(np.ones((1, 64, 64), np.uint16))
    entries = [{"name": "sundarbans_l2a-0001", "sentinel2": {"path": "s.tif"}}, {"name": "x-1", "sentinel2": "s.tif"}]
    add_tokens(entries, small, small)
    assert "teachers" not in entries[1]
    given = entries[0]["teachers"][NAME]
    assert (given["stride"], given["licence"]) == (8, "MIT")
    with rasterio.open(small / given["path"]) as raster:
        assert raster.transform == Affine(148, 0, 3e5, 0, -148, 5e6)
        np.testing.assert_array_equal(raster.read(), np.load(small / FILE)["tokens_sundarbans_l2a"][1])
        np.testing.assert_allclose(raster.scales, np.load(small / FILE)["scale"], rtol=1e-7)


def infrared(pixels: np.ndarray) -> np.ndarray:
    """The band of packed images (N, 12, H, W), 0 only where there is no value."""
    return np.where(pixels.any(axis=1), np.maximum(pixels[:, L2A.index(BAND)], 1), 0)


def windows(data: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Near infrared (64, 64) as a tile stores it, and the tokens of that window, straight from the files."""
    with np.load(data / FILE) as file:
        tokens = {name: file[name] for name in file.files}
    with np.load(data / "terramind_sites.npz") as file:
        sites = {name: file[name] for name in ("S2L1C", "S2L2A")}
    for level, bands in (("L1C", L1C), ("L2A", L2A)):
        pixels = sites[f"S2{level}"][:, bands.index(BAND)].astype(int)
        for site, r, c in product(range(len(pixels)), range(3), range(3)):
            window = pixels[site, 64 * r : 64 * r + 64, 64 * c : 64 * c + 64]
            offset = 1000 * (site in WITH_OFFSET[level])
            yield np.maximum(window - offset, 1), tokens["tokens_terramind_sites"][site, int(level == "L2A"), r, c]
    with rasterio.open(next(data.glob("majortom_*.tif"))) as scene:
        pixels = scene.read(scene.descriptions.index(BAND) + 1)
    for r, c in product(range(16), repeat=2):
        yield pixels[64 * r : 64 * r + 64, 64 * c : 64 * c + 64], tokens["tokens_majortom"][r, c]
    czechia = read_packed(data / "barkbeetle_czechia_dev.npz")
    for name in (name for name in tokens if name.startswith("tokens_barkbeetle_")):
        pixels = infrared(czechia["x_" + name.rsplit("_", 1)[1]])
        for date, r, c in np.ndindex(tokens[name].shape[:3]):
            yield pixels[date, 64 * r : 64 * r + 64, 64 * c : 64 * c + 64], tokens[name][date, r, c]
    images = infrared(read_packed(data / "sundarbans_l2a.npz")["x"])
    yield from zip(images, tokens["tokens_sundarbans_l2a"], strict=True)


@pytest.mark.realdata
def test_the_tokens_of_a_real_tile_are_those_of_its_pixels(
    realdata: Path, starter_tiles: tuple[BuildResult, Path]
) -> None:
    """The window is found by its pixels, not by the tile's name."""
    expected = {pixels.astype(np.uint16).tobytes(): tokens for pixels, tokens in windows(realdata)}
    file = TileFile(starter_tiles[1])
    assert file.modalities[LAYER].scale == tuple(np.load(realdata / FILE)["scale"].tolist())
    for number, name in enumerate(file.names.tolist()):
        raw = file.read(number, ["sentinel2", LAYER])
        tokens = expected.get(raw["sentinel2"][SENTINEL2_STORED.index(BAND)].tobytes())
        assert (tokens is None) == name.startswith("bigearthnet"), name
        np.testing.assert_array_equal(raw[LAYER], -128 if tokens is None else tokens, err_msg=name)
    table = per_source(file)
    for row in ("Major TOM Core, Thailand | 64 | 0", "TerraMind examples, five places | 90 | 0", "Europe | 0 | 24"):
        assert row in table
    assert "| **all** | 214 | 24 |" in table


@pytest.mark.realdata
def test_eurosat_tiles_are_found_by_their_id(realdata: Path) -> None:
    tokens, stored = Tokens(realdata), np.load(realdata / FILE)["tokens_eurosat_ms_dev"]
    for number, name in enumerate(np.load(realdata / "eurosat_ms_dev.npz")["id"].tolist()):
        np.testing.assert_array_equal(tokens.of(f"eurosat-{name}"), stored[number])
