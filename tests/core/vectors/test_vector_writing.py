"""Point files that open in every GIS, in the right place, or are not there at all."""

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.vectors.writing import check_features_output, pixel_centres, write_points

GRID = Grid(50, 60, Affine(10, 2, 500_000, 1, -10, 5_800_000), CRS.from_epsg(32630))
EXTENSIONS = ["gpkg", "geojson", "json", "shp", "fgb"]


def read(path):
    meta, _, geometry, columns = pyogrio.raw.read(path)
    return meta, shapely.get_coordinates(shapely.from_wkb(geometry)), dict(zip(meta["fields"], columns, strict=True))


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_points_come_back_in_order_and_in_place(tmp_path, extension):
    path = tmp_path / f"points of Ærø.{extension}"
    xy = pixel_centres(GRID, np.array([0, 49, 7]), np.array([0, 59, 3]))
    names = np.array(["sjö", None, "x"], object)
    write_points(path, xy, GRID.crs, {"rank": np.array([1, 2, 3]), "name": names, "empty": np.full(3, None, object)})
    meta, got, fields = read(path)
    expected = [GRID.transform * (c + 0.5, r + 0.5) for r, c in ((0, 0), (49, 59), (7, 3))]
    if "json" in extension:
        assert CRS.from_string(meta["crs"]) == CRS.from_epsg(4326)
        assert got[0] == pytest.approx((-3.0, 52.35), abs=0.01)
        assert '"crs"' not in path.read_text()  # RFC 7946 knows none
    else:
        assert CRS.from_user_input(meta["crs"]) == GRID.crs
        assert np.allclose(got, expected, atol=1e-6)
    assert fields["rank"].tolist() == [1, 2, 3]
    assert fields["name"].tolist() == ["sjö", None, "x"]
    assert fields["empty"].tolist() == [None] * 3
    assert all(file.stem == path.stem for file in tmp_path.iterdir())


def test_a_failed_write_leaves_nothing(tmp_path):
    (tmp_path / "points.gpkg").mkdir()
    with pytest.raises(EnvironmentFailure, match=r"points\.gpkg"):
        write_points(tmp_path / "points.gpkg", np.zeros((1, 2)), GRID.crs, {"id": np.array([1])})
    assert [file.name for file in tmp_path.iterdir()] == ["points.gpkg"]


def test_output_must_have_a_format_and_be_free(tmp_path):
    with pytest.raises(MMEarthError, match=r"let it end in \.gpkg"):
        check_features_output(tmp_path / "points.csv")
    (tmp_path / "points.gpkg").touch()
    with pytest.raises(MMEarthError, match="exists already"):
        check_features_output(tmp_path / "points.gpkg")
    assert check_features_output(tmp_path / "points.gpkg", overwrite=True) == tmp_path / "points.gpkg"
