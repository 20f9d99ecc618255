"""Squares of 320 m: pooled by a lattice that no scene decides, put together across scenes, and searched exactly."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("zarr")

import pyogrio
import shapely
from affine import Affine
from land import write_land
from rasterio.crs import CRS

from mmearth_core.country.chips import Chips, pooled, read_chips, together, write_chips
from mmearth_core.country.collecting import collect
from mmearth_core.country.covering.globe import in_degrees
from mmearth_core.country.planning import plan
from mmearth_core.country.running import run
from mmearth_core.country.searching import search
from mmearth_core.embedding.engine import embed
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid
from mmearth_core.sources.embedding import open_embedding

CRS_32 = CRS.from_epsg(32632)


def grid(left: int, width: int) -> Grid:
    return Grid(300, width, Affine(10, 0, 500_000 + 10 * left, 0, -10, 5_200_000), CRS_32)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two overlapping scenes with chips and without embeddings, and a scene of both."""
    folder = tmp_path_factory.mktemp("chips")
    (folder / "scenes").mkdir()
    write_land(folder / "scenes" / "a.tif", grid(0, 300), empty=(slice(0, 40), slice(0, 40)))
    write_land(folder / "scenes" / "b.tif", grid(100, 300))
    plan(scenes=[folder / "scenes"], output=folder / "plan.parquet")
    run(plan=folder / "plan.parquet", output=folder / "out", chips=True, zarr=True, workers=1)
    collect(output=folder / "out")
    return folder


def by_hand(path: Path) -> dict[tuple[int, int], tuple[np.ndarray, int]]:
    """Mean vector and pixels of every square, pixel by pixel."""
    embedding = open_embedding(path)
    with embedding.reader() as reader:
        stored = reader.read(embedding.grid.window)
    values, valid, t = embedding.decode(stored), embedding.valid(stored), embedding.grid.transform
    found: dict[tuple[int, int], list[np.ndarray]] = {}
    for row, col in np.argwhere(valid).tolist():
        x, y = t * (col + 0.5, row + 0.5)
        found.setdefault((int(x // 320), int(y // 320)), []).append(values[:, row, col])
    return {key: (np.mean(each, axis=0), len(each)) for key, each in found.items()}


def test_a_square_is_the_mean_of_its_pixels(made: Path) -> None:
    for name in ("a", "b"):
        path = made / "out" / "embeddings" / f"{name}.tif"
        chips, expected = pooled(path, CancelToken()), by_hand(path)
        assert {(c, r): n for c, r, n in zip(chips.column, chips.row, chips.pixels, strict=True)} == {
            key: count for key, (_, count) in expected.items()
        }
        for column, row, vector in zip(chips.column, chips.row, chips.vectors, strict=True):
            np.testing.assert_allclose(vector, expected[column, row][0], rtol=1e-4, atol=1e-5)


def test_what_two_scenes_have_of_a_square_becomes_one(made: Path) -> None:
    whole = read_chips(made / "out" / "chips.parquet")
    parts = [by_hand(made / "out" / "embeddings" / f"{name}.tif") for name in ("a", "b")]
    assert len(whole) == len(parts[0].keys() | parts[1].keys())
    shared = parts[0].keys() & parts[1].keys()
    assert shared, "the cut does not lie between two squares"
    for column, row, vector, pixels in zip(whole.column, whole.row, whole.vectors, whole.pixels, strict=True):
        seen = [part[column, row] for part in parts if (column, row) in part]
        assert pixels == sum(count for _, count in seen) <= 1024
        expected = sum(mean * count for mean, count in seen) / pixels
        np.testing.assert_allclose(vector, expected, rtol=1e-4, atol=1e-5)
    assert sorted(each.name for each in (made / "out" / "zarr").glob("*/zarr.json")) == ["zarr.json"] * 2
    told = json.loads((made / "out" / "collection.json").read_text())
    assert told["assets"]["chips"]["href"] == "./chips.parquet"


def test_the_most_alike_are_found_and_none_of_the_example(made: Path, tmp_path: Path) -> None:
    whole = read_chips(made / "out" / "chips.parquet")
    chosen = int(np.flatnonzero(whole.pixels == 1024)[5])
    x, y = whole.middles(np.array([chosen]))[0]
    box = in_degrees(shapely.box(x - 200, y - 150, x + 200, y + 150), "EPSG:32632")
    pyogrio.raw.write(
        tmp_path / "like.gpkg", shapely.to_wkb(np.array([box])), [], [], geometry_type="Polygon", crs="EPSG:4326"
    )
    result = search(chips=made / "out" / "chips.parquet", like=tmp_path / "like.gpkg", output=tmp_path / "f.gpkg", n=7)
    assert (result.found, result.like) == (7, 1)
    unit = whole.vectors / np.linalg.norm(whole.vectors, axis=1, keepdims=True)
    cosine = unit @ unit[chosen]
    cosine[(np.arange(len(whole)) == chosen) | (whole.pixels < 256)] = -2
    expected = np.argsort(-cosine)[:7]
    _, _, shapes, (rank, found, _) = pyogrio.raw.read(tmp_path / "f.gpkg")
    assert rank.tolist() == list(range(1, 8))
    np.testing.assert_allclose(found, cosine[expected], atol=1e-6)
    middle = shapely.centroid(shapely.from_wkb(shapes[0]))
    at = in_degrees(shapely.Point(*whole.middles(expected[:1])[0]), "EPSG:32632")
    assert middle.distance(at) < 1e-5
    inside = search(
        chips=made / "out" / "chips.parquet",
        like=tmp_path / "like.gpkg",
        output=tmp_path / "i.geojson",
        n=1,
        inside=True,
    )
    assert inside.nearest == pytest.approx(1, abs=1e-6)
    with pytest.raises(MMEarthError, match="lies on no square"):
        search(chips=made / "out" / "chips.parquet", like="1,1,2,2", output=tmp_path / "n.gpkg")
    with pytest.raises(MMEarthError, match="holds no chips"):
        search(chips=made / "plan.parquet", like="1,1,2,2", output=tmp_path / "n.gpkg")


def test_chips_of_two_models_are_not_mixed(made: Path) -> None:
    one = read_chips(made / "out" / "chips.parquet")
    other = Chips("other", one.crs, one.column, one.row, one.vectors, one.pixels, one.whole)
    with pytest.raises(MMEarthError, match="of several models"):
        together([one, other])


def test_degrees_are_refused(tmp_path: Path) -> None:
    place = Grid(200, 200, Affine(0.0001, 0, 9, 0, -0.0001, 46.9), CRS.from_epsg(4326))
    write_land(tmp_path / "d.tif", place)
    embed(scene=tmp_path / "d.tif", output=tmp_path / "e.tif")
    with pytest.raises(MMEarthError, match="is not in metres"):
        pooled(tmp_path / "e.tif", CancelToken())


def test_a_table_is_read_as_it_was_written(made: Path, tmp_path: Path) -> None:
    chips = read_chips(made / "out" / "chips.parquet")
    write_chips(tmp_path / "c.parquet", chips, software="test")
    again = read_chips(tmp_path / "c.parquet")
    for name in ("crs", "column", "row", "vectors", "pixels", "whole"):
        np.testing.assert_array_equal(getattr(again, name), getattr(chips, name))
    assert (tmp_path / "c.parquet").stat().st_size < 400 * len(chips) + 20_000
