"""A place as pixels: dates on one grid, layers resampled, what is missing said to be missing."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.slots import Slot, match
from mmearth_core.sources.stack import Stack
from mmearth_core.sources.working_set import (
    DatedEmbedding,
    ExtraLayer,
    PlaceOfWork,
    SampleLayer,
    WorkingSet,
    is_working_set,
    working_set_of,
    write_working_set,
)


@pytest.fixture(scope="module")
def dn(scene: Any) -> np.ndarray:
    with scene.raster.reader() as reader:
        return reader.read(scene.raster.grid.window)


def copy(scene: Any, path: Path, dn: np.ndarray, grid: Grid) -> Path:
    with new_embedding(replace(scene.raster, path=path, grid=grid)) as dataset:
        dataset.write(dn)
    return path


def stack_of(*paths: Path, layers: tuple[ExtraLayer, ...] = ()) -> Stack:
    return Stack.of(PlaceOfWork(tuple(DatedEmbedding(str(path)) for path in paths), layers=layers))


def test_one_embedding_is_the_simplest_stack(scene: Any, dn: np.ndarray) -> None:
    stack = stack_of(scene.path)
    assert stack.grid == scene.raster.grid and stack.halo == scene.raster.halo and stack.numbers == 64
    with stack.reader() as reader:
        pixels = reader.read(Window(10, 20, 30, 40))
        assert (pixels.stored[0] == dn[:, 10:40, 20:60]).all()
        assert (pixels.anywhere == (dn[0, 10:40, 20:60] > 0)).all() and pixels.layers.shape == (0, 30, 40)
        assert (reader.read(stack.grid.window, (150, 210)).stored[0] == dn[:, ::2, ::2]).all()


def test_a_shifted_date_is_copied_and_the_grid_holds_both(scene: Any, dn: np.ndarray, tmp_path: Path) -> None:
    part = Window(100, 50, 150, 200)
    other = copy(scene, tmp_path / "part.tif", dn[:, *part.slices], scene.raster.grid.crop(part))
    beyond = Grid(40, 30, scene.raster.grid.transform * Affine.translation(-7, -5), scene.raster.grid.crs)
    third = copy(scene, tmp_path / "beyond.tif", np.full((64, 40, 30), 9, np.uint8), beyond)
    stack = stack_of(scene.path, other, third)
    assert stack.grid.shape == (305, 427)
    with stack.reader() as reader:
        pixels = reader.read(Window(0, 0, 305, 427))
    assert (pixels.stored[0][:, 5:, 7:] == dn).all() and not pixels.valid[0][:5].any()
    inside = part.relative_to(Window(-5, -7, 0, 0))
    assert (pixels.stored[1][:, *inside.slices] == dn[:, *part.slices]).all()
    assert pixels.valid[1].sum() == (dn[0, *part.slices] > 0).sum()
    assert pixels.valid[2][:40, :30].all() and pixels.valid[2].sum() == 1200


def test_another_projection_takes_the_nearest_pixel(scene: Any, dn: np.ndarray, tmp_path: Path) -> None:
    coarse = Grid(100, 140, scene.raster.grid.transform * Affine.scale(3), scene.raster.grid.crs)
    other = copy(scene, tmp_path / "coarse.tif", dn[:, 1::3, 1::3].copy(), coarse)
    with stack_of(scene.path, other).reader() as reader:
        pixels = reader.read(Window(30, 60, 60, 90))
    assert (pixels.stored[1] == np.repeat(np.repeat(dn[:, 31:90:3, 61:150:3], 3, 1), 3, 2)).all()
    # The same place in degrees.
    west, south, east, north = rasterio.warp.transform_bounds(
        scene.raster.grid.crs, "EPSG:4326", *scene.raster.grid.bounds
    )
    degrees = Grid(
        300, 420, rasterio.transform.from_bounds(west, south, east, north, 420, 300), rasterio.CRS.from_epsg(4326)
    )
    turned = np.empty((1, 300, 420), np.uint8)
    rasterio.warp.reproject(
        scene.truth, turned[0], src_transform=scene.raster.grid.transform, src_crs=scene.raster.grid.crs,
        dst_transform=degrees.transform, dst_crs=degrees.crs,
    )  # fmt: skip
    world = copy(scene, tmp_path / "world.tif", np.repeat(turned, 64, 0), degrees)
    with stack_of(scene.path, world).reader() as reader:
        pixels = reader.read(scene.raster.grid.window)
    seen = pixels.valid[1] & (scene.truth > 0)
    assert (pixels.stored[1][0][seen] == scene.truth[seen]).mean() > 0.97 and seen.mean() > 0.8


def test_a_layer_is_resampled_and_its_gaps_are_gaps(scene: Any, tmp_path: Path) -> None:
    grid = scene.raster.grid
    transform = grid.transform * Affine.translation(-30, -30) * Affine.scale(3)
    heights = (np.add.outer(np.arange(130), 2 * np.arange(170)) * 3.0).astype(np.float32)
    heights[50:55] = -9999
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", count=1, height=130, width=170, dtype="float32", nodata=-9999,
        crs=grid.crs, transform=transform,
    ) as dataset:  # fmt: skip
        dataset.write(heights, 1)
    layer = ExtraLayer(str(tmp_path / "dem.tif"))
    stack = stack_of(scene.path, layers=(layer,))
    assert stack.layers[0].title == "dem" and stack.numbers == 65
    with stack.reader() as reader:
        found = reader.read(Window(0, 0, 60, 80)).layers[0]
        gap = reader.read(Window(118, 0, 20, 80)).layers[0]
    rows, cols = np.mgrid[:60, :80]
    assert np.allclose(found, (rows + 30 + 0.5) - 1.5 + 2 * (cols + 30 + 0.5) - 3, atol=0.01)
    assert np.isnan(gap[4:14]).all() and np.isfinite(gap[:1]).all()
    with pytest.raises(MMEarthError, match="no band 2"):
        stack_of(scene.path, layers=(replace(layer, band=2),))


def slot(day: int | None, identity: str = "a" * 64) -> Slot:
    return Slot("m", identity, 64, day)


def test_as_many_bands_as_the_probe_learned_from() -> None:
    learned, cut = Slot("m", "one", 64), Slot("m", "one", 2)
    with pytest.raises(
        MMEarthError, match=r"^here: embeddings by m \(one\) have 64 bands in one place and 2 in another"
    ):
        match([learned], [cut], "here")


def test_images_stand_for_the_same_time_of_another_year() -> None:
    found = match([slot(100), slot(360), slot(200)], [slot(190), slot(2), slot(300)], "B")
    assert found.images == (None, 1, 0)
    said = " ".join(found.messages)
    assert "8 July for 18 July" in said and "no image for 9 April" in said and "26 October" in said
    assert match([slot(100)], [slot(None)], "B").images == (0,)
    assert "another season" in match([slot(100)], [slot(250)], "B").messages[0]


def test_the_same_day_of_two_years_keeps_its_order() -> None:
    assert match([slot(253)] * 3, [slot(250), slot(251), slot(250)], "B").images == (0, 1, 2)
    assert match([slot(253), slot(253)], [slot(253), slot(253)], "B").images == (0, 1)


def test_dates_that_cannot_be_matched_are_refused() -> None:
    with pytest.raises(MMEarthError, match="have no date"):
        match([slot(100), slot(200)], [slot(100), slot(None)], "B")
    with pytest.raises(MMEarthError, match="within 45 days"):
        match([slot(100), slot(120)], [slot(300)], "B")
    with pytest.raises(MMEarthError, match=r"aaaa.*bbbb|bbbb.*aaaa"):
        match([slot(100)], [slot(100, "b" * 64)], "B")


def test_a_working_set_is_a_small_file(scene: Any, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("a.tif", "b.tif"):
        (tmp_path / "data" / name).write_bytes(scene.path.read_bytes())
    (tmp_path / "data" / "b.stac.json").write_text(json.dumps({"properties": {"datetime": "2021-06-03T11:00:00Z"}}))
    place = PlaceOfWork(
        (DatedEmbedding(str(tmp_path / "data/a.tif"), date(2020, 5, 2)), DatedEmbedding(str(tmp_path / "data/b.tif"))),
        "north",
        samples=(SampleLayer(str(tmp_path / "labels.gpkg"), field="cover"),),
    )
    path = tmp_path / "set.json"
    write_working_set(path, WorkingSet((place,)), software="test")
    assert '"data/a.tif"' in path.read_text() and is_working_set(path)
    found = working_set_of(path)
    assert [each.date for each in found.places[0].embeddings] == [date(2020, 5, 2), date(2021, 6, 3)]
    assert found.places[0].samples == place.samples
    assert found.files == tuple(
        str(tmp_path / "data" / name) for name in ("a.tif", "b.tif", "a.stac.json", "b.stac.json")
    )
    assert EmbeddingRaster.open(found.places[0].embeddings[0].embedding).identity == scene.raster.identity
    alone = working_set_of(scene.path)
    assert alone.files[0] == str(scene.path) and not is_working_set(scene.path)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([], "must hold a place"),
        ([{"embeddings": []}], "must hold an embedding"),
        ([{"embeddings": [{"embedding": "a.tif", "date": "May"}]}], "a date such as"),
        ([{"embeddings": [{"embedding": "a.tif"}]}] * 2, "a name of its own"),
        ([{"name": "../x", "embeddings": [{"embedding": "a.tif"}]}], "part of a file's name"),
        ([{"embeddings": [{"embedding": "../a.tif"}]}], "neither beside nor below"),
        ([{"embeddings": [{"embedding": "https://example.com/a.tif"}]}], "on the network"),
        ([{"embeddings": [{"embedding": "a.tif"}], "layers": [{"raster": "d.tif"}] * 2}], "two extra layers"),
        ([{"embedings": [{"embedding": "a.tif"}]}], "embedings"),
    ],
)
def test_a_working_set_that_is_none_is_refused(tmp_path: Path, places: Any, said: str) -> None:
    path = tmp_path / "below" / "set.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"format": "mmearth-working-set", "format_version": 1, "places": places}))
    with pytest.raises(MMEarthError, match=said):
        working_set_of(path)
