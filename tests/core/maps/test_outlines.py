"""Outlines: polygons that hold exactly the pixels of their class, or those that reach a value."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.features import rasterize

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling.similarity import similar
from mmearth_core.maps import tracing
from mmearth_core.maps.areas import measure_classes
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.outlines import outline
from mmearth_core.progress import CancelToken, Silent


@pytest.fixture
def land_cover(scene: Any, tmp_path: Path) -> Path:
    path = tmp_path / "map.tif"
    with new_map(path, Legend.numbered(["water", "forest", "grass", "urban"]), scene.raster.grid, tags={}) as dataset:
        dataset.write(scene.truth, 1)
    return path


def read(path: Path) -> Any:
    meta, _, wkb, columns = pyogrio.raw.read(path)
    return shapely.from_wkb(wkb), dict(zip(meta["fields"], columns, strict=True))


def test_polygons_burnt_again_are_the_map(scene: Any, land_cover: Path, tmp_path: Path) -> None:
    result = outline(raster=land_cover, output=tmp_path / "o.gpkg")
    shapes, fields = read(tmp_path / "o.gpkg")
    assert result.polygons == len(shapes) > 4
    value = {"water": 1, "forest": 2, "grass": 3, "urban": 4}
    pairs = [(shape, value[name]) for shape, name in zip(shapes, fields["class"], strict=True)]
    grid = scene.raster.grid
    np.testing.assert_array_equal(rasterize(pairs, grid.shape, transform=grid.transform), scene.truth)
    assert fields["pixels"].sum() == (scene.truth > 0).sum()
    assert fields["hectares"].sum() == pytest.approx((scene.truth > 0).sum() / 100)


def test_what_reaches_a_value_in_the_rasters_own_units(scene: Any, tmp_path: Path) -> None:
    similar(embedding=scene.path, output=tmp_path / "s.tif", at=scene.raster.grid.transform * (140.5, 133.5))
    with rasterio.open(tmp_path / "s.tif") as dataset:
        dn = dataset.read(1)
        reached = (dn > 0) & (dn * dataset.scales[0] + dataset.offsets[0] >= 0.5)
    outline(raster=tmp_path / "s.tif", output=tmp_path / "o.gpkg", at_least=0.5)
    _, _, wkb, _ = pyogrio.raw.read(tmp_path / "o.gpkg")
    grid = scene.raster.grid
    burnt = rasterize([(s, 1) for s in shapely.from_wkb(wkb)], grid.shape, transform=grid.transform)
    np.testing.assert_array_equal(burnt.astype(bool), reached)
    assert 0 < reached.sum() < reached.size


def test_small_areas_are_left_out(land_cover: Path, tmp_path: Path) -> None:
    everything = outline(raster=land_cover, output=tmp_path / "all.gpkg").polygons
    large = outline(raster=land_cover, output=tmp_path / "large.gpkg", min_pixels=2000).polygons
    assert 0 < large < everything
    _, fields = read(tmp_path / "large.gpkg")
    assert fields["pixels"].min() >= 2000


def test_unusable_input_is_told(scene: Any, land_cover: Path, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="is an embedding"):
        outline(raster=scene.path, output=tmp_path / "o.gpkg", at_least=0.5)
    with pytest.raises(MMEarthError, match="no area of 1 or more pixels with a value of 9"):
        outline(raster=land_cover, output=tmp_path / "o.gpkg", at_least=9)
    with pytest.raises(MMEarthError, match=r"let it end in \.gpkg"):
        outline(raster=land_cover, output=tmp_path / "o.csv")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        outline(raster=land_cover, output=tmp_path / "o.gpkg", cancel=cancel)
    assert not (tmp_path / "o.gpkg").exists()


def raster(path: Path, values: Any, *, crs: str | None = "EPSG:32630", transform: Affine | None = None) -> Any:
    return rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype=values.dtype,
        crs=crs, transform=transform or Affine(10, 0, 500_000, 0, -10, 5_800_000),
    )  # fmt: skip


@pytest.mark.parametrize(("nodata", "expected"), [(255, {"0": 6, "1": 6}), (None, {"0": 6, "1": 6}), (0, {"1": 6})])
def test_zero_is_a_class_where_it_is_not_no_data(tmp_path: Path, nodata: int | None, expected: dict[str, int]) -> None:
    values = np.repeat(np.array([[0, 1]], np.uint8), [3, 3], axis=1).repeat(2, axis=0)
    with raster(tmp_path / "m.tif", values) as dataset:
        dataset.write(values, 1)
        if nodata is not None:
            dataset.nodata = nodata
    outline(raster=tmp_path / "m.tif", output=tmp_path / "o.gpkg")
    _, fields = read(tmp_path / "o.gpkg")
    assert dict(zip(fields["class"], fields["pixels"].tolist(), strict=True)) == expected


def test_no_data_beyond_32_bits_is_no_data(tmp_path: Path) -> None:
    values = np.array([[1, 1], [2**32 - 1, 7]], np.uint32)
    with raster(tmp_path / "m.tif", values) as dataset:
        dataset.write(values, 1)
        dataset.nodata = 2**32 - 1
    assert outline(raster=tmp_path / "m.tif", output=tmp_path / "o.gpkg").polygons == 2
    with raster(tmp_path / "w.tif", values) as dataset:
        dataset.write(values, 1)
    assert outline(raster=tmp_path / "w.tif", output=tmp_path / "w.gpkg").polygons == 3


def test_float_rasters_with_and_without_no_data_and_not_a_number(tmp_path: Path) -> None:
    values = np.array([[0.9, np.nan, -9999], [0.9, 0.1, np.inf]], np.float32)
    with raster(tmp_path / "f.tif", values) as dataset:
        dataset.write(values, 1)
    outline(raster=tmp_path / "f.tif", output=tmp_path / "o.gpkg", at_least=0.5)
    _, _, _, columns = pyogrio.raw.read(tmp_path / "o.gpkg", columns=["pixels"])
    assert sorted(columns[0].tolist()) == [1, 2]
    with raster(tmp_path / "n.tif", values) as dataset:
        dataset.write(values, 1)
        dataset.nodata = -9999
    outline(raster=tmp_path / "n.tif", output=tmp_path / "n.gpkg", at_least=-1e6)
    _, _, _, columns = pyogrio.raw.read(tmp_path / "n.gpkg", columns=["pixels"])
    assert columns[0].sum() == 4


def test_a_rotated_map_has_rotated_outlines(tmp_path: Path) -> None:
    values, turned = np.array([[1, 2, 2]], np.uint8), Affine(8, 6, 500_000, 6, -8, 5_800_000)
    with raster(tmp_path / "m.tif", values, transform=turned) as dataset:
        dataset.write(values, 1)
    outline(raster=tmp_path / "m.tif", output=tmp_path / "o.gpkg")
    shapes, fields = read(tmp_path / "o.gpkg")
    expected = {"1": [(0, 0), (1, 0), (1, 1), (0, 1)], "2": [(1, 0), (3, 0), (3, 1), (1, 1)]}
    for shape, name in zip(shapes, fields["class"], strict=True):
        wanted = shapely.Polygon([turned * corner for corner in expected[name]])
        assert shape.symmetric_difference(wanted).area < 1e-3
    assert fields["hectares"].sum() == pytest.approx(0.03)


def test_what_is_no_georeferenced_raster_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(MMEarthError, match="cannot be read as a raster") as told:
        outline(raster=tmp_path / "text.tif", output=tmp_path / "o.gpkg", at_least=0.5)
    assert type(told.value) is MMEarthError
    values = np.ones((2, 2), np.uint8)
    with raster(tmp_path / "m.tif", values, crs=None) as dataset:
        dataset.write(values, 1)
    for options in ({}, {"at_least": 1}):
        with pytest.raises(MMEarthError, match="has no coordinate"):
            outline(raster=tmp_path / "m.tif", output=tmp_path / "o.gpkg", **options)


def test_a_cancel_ends_the_reading(land_cover: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = CancelToken()
    cancel.cancel()
    monkeypatch.setattr(tracing, "shapes", lambda *_, **__: pytest.fail("the outlines were found all the same"))
    for options in ({}, {"at_least": 1}):
        with pytest.raises(Cancelled):
            outline(raster=land_cover, output=tmp_path / "o.gpkg", cancel=cancel, **options)


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:3857", Affine(15.4, 0, 1_160_000, 0, -15.4, 6_350_000)),
        ("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 60)),
        ("EPSG:32630", Affine(10, 0, 500_000, 0, -10, 5_800_000)),
    ],
)
def test_hectares_are_those_on_the_ground_in_any_projection(tmp_path: Path, crs: str, transform: Affine) -> None:
    values = np.random.default_rng(0).integers(1, 4, (40, 60)).astype(np.uint8)
    values[5:20, 5:20], values[8:11, 8:11] = 2, 1  # an area with a hole
    with raster(tmp_path / "m.tif", values, crs=crs, transform=transform) as dataset:
        dataset.write(values, 1)
    outline(raster=tmp_path / "m.tif", output=tmp_path / "o.gpkg")
    _, fields = read(tmp_path / "o.gpkg")
    measured = measure_classes(ClassMap.open(tmp_path / "m.tif"), progress=Silent(), cancel=CancelToken())
    for value, hectares in measured.hectares.items():
        assert fields["hectares"][fields["value"] == value].sum() == pytest.approx(hectares, rel=1e-9)


def test_strips_make_the_polygons_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    values = (rng.random((90, 70)) < 0.55).astype(np.uint8) + np.uint8(1)  # areas that wind through many strips
    values[rng.random(values.shape) < 0.1] = 0
    with raster(tmp_path / "m.tif", values) as dataset:
        dataset.write(values, 1)
    found = {}
    for rows in (7, 1000):
        monkeypatch.setattr(tracing, "ROWS", rows)
        areas = list(tracing.traced(tmp_path / "m.tif", CancelToken()))
        found[rows] = sorted((code, shapely.normalize(shapely.simplify(each, 0)).wkb) for each, code in areas)
    assert found[7] == found[1000] and len(found[7]) > 100


def test_sparse_and_negative_values_are_outlined_as_they_are(tmp_path: Path) -> None:
    values = np.array([[-7, -7, 10], [40, 95, 30000]], np.int16)
    with raster(tmp_path / "m.tif", values) as dataset:
        dataset.write(values, 1)
        dataset.nodata = 10
    (tmp_path / "m.tif.aux.xml").unlink(missing_ok=True)
    outline(raster=tmp_path / "m.tif", output=tmp_path / "o.gpkg")
    _, fields = read(tmp_path / "o.gpkg")
    assert sorted(fields["value"].tolist()) == [40, 95, 30000]  # a value below zero is no class where others are not
