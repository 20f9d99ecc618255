"""The similarity raster: the cosine it claims, readable by any GIS, and a sentence when the place is wrong."""

import numpy as np
import pytest
import rasterio
import shapely

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling.similarity import similar
from mmearth_core.progress import CancelToken


def centre(scene, row, col):
    return tuple(scene.raster.grid.transform * (col + 0.5, row + 0.5))


def embedding(scene):
    """Decoded values (bands, height, width) and the validity of each pixel, all at once."""
    with rasterio.open(scene.path) as dataset:
        dn = dataset.read()
        values = dn * np.array(dataset.scales)[:, None, None] + np.array(dataset.offsets)[:, None, None]
    return values, dn[0] > 0


def cosine(values, target):
    return np.einsum("bhw,b->hw", values, target) / np.linalg.norm(values, axis=0) / np.linalg.norm(target)


def read(path):
    """Decoded similarity as a GIS shows it, NaN on no-data."""
    with rasterio.open(path) as dataset:
        assert dataset.nodata == 0 and dataset.dtypes == ("uint8",)
        band = dataset.read(1, masked=True)
        return np.ma.filled(band * dataset.scales[0] + dataset.offsets[0], np.nan)


def test_every_pixel_has_the_cosine_to_the_place(scene, tmp_path):
    values, valid = embedding(scene)
    result = similar(embedding=scene.path, output=tmp_path / "sim.tif", at=centre(scene, 100, 200))
    got = read(result.path)
    assert np.array_equal(np.isfinite(got), valid)
    assert np.abs(got - cosine(values, values[:, 100, 200]))[valid].max() <= 1 / 253 + 1e-4  # half a step
    assert got[100, 200] == pytest.approx(1)
    assert not (got == 0).any()
    same = scene.truth == scene.truth[100, 200]
    assert got[same].mean() > got[valid & ~same].mean() + 0.3


def test_grid_and_style_are_there(scene, tmp_path):
    similar(embedding=scene.path, output=tmp_path / "sim.tif", at=centre(scene, 100, 200))
    with rasterio.open(tmp_path / "sim.tif") as sim, rasterio.open(scene.path) as source:
        assert (sim.transform, sim.crs, sim.shape) == (source.transform, source.crs, source.shape)
    assert 'type="singlebandpseudocolor"' in (tmp_path / "sim.qml").read_text()


def test_like_compares_with_the_mean_under_all_features(scene, tmp_path, write_vector):
    values, valid = embedding(scene)
    fields = [scene.field(4, 5), scene.field(9, 13), scene.field(0, 0, margin=-20)]  # the last reaches into no-data
    mask = rasterio.features.rasterize(fields, valid.shape, transform=scene.raster.grid.transform).astype(bool) & valid
    to_wgs84 = [
        shapely.geometry.shape(g)
        for g in rasterio.warp.transform_geom("EPSG:32630", "EPSG:4326", [shapely.geometry.mapping(f) for f in fields])
    ]
    like = write_vector(tmp_path / "like.geojson", to_wgs84, {"id": [1, 2, 3]}, crs="EPSG:4326", driver="GeoJSON")
    result = similar(embedding=scene.path, output=tmp_path / "sim.tif", like=like)
    assert result.pixels == mask.sum()
    expected = cosine(values, values[:, mask].mean(axis=1))
    assert np.abs(read(result.path) - expected)[valid].max() <= 1 / 253 + 1e-4


def test_a_polygon_smaller_than_a_pixel_is_the_pixel_it_lies_in(scene, tmp_path, write_vector):
    x, y = centre(scene, 100, 200)
    tiny = write_vector(tmp_path / "tiny.gpkg", [shapely.box(x + 1, y + 1, x + 3, y + 3)], {"id": [1]})
    similar(embedding=scene.path, output=tmp_path / "a.tif", like=tiny)
    similar(embedding=scene.path, output=tmp_path / "b.tif", at=(x, y))
    assert np.array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"), equal_nan=True)


def test_the_edges_of_the_raster_are_inside(scene, tmp_path):
    grid = scene.raster.grid
    similar(embedding=scene.path, output=tmp_path / "a.tif", at=centre(scene, grid.height - 1, grid.width - 1))
    assert read(tmp_path / "a.tif")[-1, -1] == pytest.approx(1)


def test_bad_requests_are_told_in_a_sentence_and_leave_nothing(scene, tmp_path, write_vector):
    far = write_vector(tmp_path / "far.gpkg", [shapely.Point(0, 0).buffer(50)], {"id": [1]})
    blank = write_vector(tmp_path / "blank.gpkg", [scene.field(0, 0)], {"id": [1]})
    place = centre(scene, 100, 200)
    before = sorted(tmp_path.iterdir())
    for options, sentence in (
        ({}, "not said, or said twice"),
        ({"at": place, "like": far}, "not said, or said twice"),
        ({"at": (0.0, 0.0)}, "outside .*emb.tif, which covers x 500000"),
        ({"at": (float("nan"), 0.0)}, "outside"),
        ({"at": centre(scene, 300, 10)}, "outside"),
        ({"at": centre(scene, 3, 3)}, "no embedding"),
        ({"like": far}, "No feature of .*far.gpkg lies in"),
        ({"like": blank}, "cover no valid pixel"),
        ({"like": tmp_path / "absent.gpkg"}, "does not exist"),
        ({"at": place, "embedding": far}, "raster"),
        ({"at": place, "output": tmp_path / "no" / "sim.tif"}, "does not exist"),
    ):
        with pytest.raises(MMEarthError, match=sentence) as caught:
            similar(**{"embedding": scene.path, "output": tmp_path / "sim.tif", **options})
        assert "\n" not in str(caught.value)
        assert sorted(tmp_path.iterdir()) == before


def test_an_existing_output_is_kept_unless_overwriting_is_asked_for(scene, tmp_path):
    (tmp_path / "sim.tif").write_text("mine")
    place = centre(scene, 100, 200)
    with pytest.raises(MMEarthError, match="exists already"):
        similar(embedding=scene.path, output=tmp_path / "sim.tif", at=place)
    assert (tmp_path / "sim.tif").read_text() == "mine"
    similar(embedding=scene.path, output=tmp_path / "sim.tif", at=place, overwrite=True)
    assert np.nanmax(read(tmp_path / "sim.tif")) == pytest.approx(1)


def test_cancel_leaves_nothing(scene, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        similar(embedding=scene.path, output=tmp_path / "sim.tif", at=centre(scene, 100, 200), cancel=token)
    assert not list(tmp_path.iterdir())
