"""Where a raster lies: what its file does not say may be said, what it says is never overridden, and a box of any CRS
means the pixels of the file's own grid."""

import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from shapely import Polygon, box

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.placing import in_pixels, pixel_steps, placed, touched
from mmearth_core.raster.raster_file import describe
from mmearth_core.raster.scene import Scene, SceneOptions, open_scene

UTM = CRS.from_epsg(32632)
NORTH_UP = Affine(10, 0, 604980, 0, -10, 5478120)
#: South of 180°, on both sides of it.
FIJI = Grid(300, 300, Affine(100, 0, 800000, 0, -100, 8200000), CRS.from_epsg(32760))
_TURN = math.radians(-20)
ROTATED = Affine.from_gdal(
    604980, 10 * math.cos(_TURN), 10 * math.sin(_TURN), 5478120, 10 * math.sin(_TURN), -10 * math.cos(_TURN)
)


def write(path: Path, transform: Affine = NORTH_UP, crs: CRS | None = None, **profile: object) -> Path:
    shape = {"count": 4, "dtype": "uint16", "width": 40, "height": 30, "driver": "GTiff"}
    with rasterio.open(path, "w", **shape, crs=crs, transform=transform, **profile) as dataset:
        dataset.write(np.random.default_rng(0).integers(300, 3000, (4, 30, 40)).astype("uint16"))
        dataset.descriptions = ("B02", "B03", "B04", "B08")
    return path


def opened(path: Path, crs: str | None = None, **options: object) -> Scene:
    known = SceneOptions(level="l2a", offset=0, scale=1e-4, crs=crs, **options)
    return open_scene(path, wanted=("B02", "B03", "B04", "B08"), options=known)


@pytest.mark.parametrize("words", ["EPSG:32632", pyproj.CRS(32632).to_wkt(), pyproj.CRS(32632).to_json()])
def test_the_crs_of_a_file_without_one_can_be_said(tmp_path: Path, words: str) -> None:
    scene = opened(write(tmp_path / "s.tif"), words)
    assert scene.grid == Grid(30, 40, NORTH_UP, UTM)
    assert "Coordinate reference system as given: WGS 84 / UTM zone 32N; the file has none." in scene.evidence


def test_a_crs_that_the_file_has_in_other_words_is_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tif", crs=UTM)
    for words in ("EPSG:32632", pyproj.CRS(32632).to_wkt("WKT1_GDAL"), "+proj=utm +zone=32 +datum=WGS84"):
        assert not [note for note in opened(path, words).evidence if "as given" in note and "Coordinate" in note]
    degrees = write(tmp_path / "d.tif", Affine(1e-4, 0, 10.4, 0, -1e-4, 49.4), CRS.from_epsg(4326))
    assert opened(degrees, "EPSG:4326").grid.crs == CRS.from_epsg(4326)
    assert opened(degrees, "OGC:CRS84").grid.crs == CRS.from_epsg(4326)


def test_the_crs_of_a_file_is_never_overridden(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match=r"s\.tif is in WGS 84 / UTM zone 32N by its own file, and crs= says .* 33N"):
        opened(write(tmp_path / "s.tif", crs=UTM), "EPSG:32633")
    with pytest.raises(MMEarthError, match="crs=: “USER:100000” is no coordinate reference system"):
        opened(write(tmp_path / "t.tif"), "USER:100000")


def test_what_has_no_place_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match=r"not georeferenced .* say which it is with crs="):
        opened(write(tmp_path / "s.tif"))
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        nowhere = write(tmp_path / "n.tif", Affine.identity())
        with pytest.raises(MMEarthError, match="not georeferenced .* gdal_translate -a_srs"):
            opened(nowhere, "EPSG:32632")


def test_a_mask_without_crs_is_in_that_of_the_scene_when_it_was_said(tmp_path: Path) -> None:
    path, mask = write(tmp_path / "s.tif"), write(tmp_path / "mask.tif")
    assert opened(path, "EPSG:32632", mask=mask, mask_values=(300,)).exclusions
    with pytest.raises(MMEarthError, match="mask.tif is not georeferenced"):
        opened(write(tmp_path / "t.tif", crs=UTM), mask=mask)


def test_ground_control_points_are_no_grid(tmp_path: Path) -> None:
    points = [GroundControlPoint(r, c, 604980 + 10 * c, 5478120 - 10 * r) for r in (0, 30) for c in (0, 40)]
    path = tmp_path / "g.tif"
    shape = {"count": 1, "dtype": "uint8", "width": 40, "height": 30, "driver": "GTiff"}
    with rasterio.open(path, "w", **shape, gcps=points, crs=UTM) as dataset:
        dataset.write(np.ones((1, 30, 40), "uint8"))
    with pytest.raises(MMEarthError, match=r"placed by ground control points only.*gdalwarp"):
        placed(describe(str(path)), "EPSG:32632")


@given(
    st.sampled_from([NORTH_UP, ROTATED, Affine(0, 10, 604980, 10, 0, 5478120)]),
    st.floats(-200, 400),
    st.floats(-200, 400),
    st.floats(1, 400),
    st.floats(1, 400),
)
def test_a_box_touches_the_pixels_that_hold_its_part_of_the_grid(
    transform: Affine, col: float, row: float, width: float, height: float
) -> None:
    """Also on a rotated or transposed grid, and never more than the rectangle of pixels around the box."""
    grid = Grid(200, 250, transform, UTM)
    x, y = transform * (col, row)
    bounds = (x, y, x + 10 * width, y + 10 * height)
    found = touched(grid, bounds)
    on_grid = Polygon([~transform * corner for corner in box(*bounds).exterior.coords])
    seen = on_grid.intersection(box(0, 0, grid.width, grid.height))
    if not found:
        assert seen.area < 1
        return
    pixels = box(found.col, found.row, found.col_end, found.row_end)
    assert seen.difference(pixels.buffer(2e-3)).area < 1e-9
    left, top, right, bottom = on_grid.bounds
    assert found.col >= math.floor(left) and found.row >= math.floor(top)
    assert found.col_end <= math.ceil(right) and found.row_end <= math.ceil(bottom)


@pytest.mark.parametrize("crs", ["EPSG:4326", "OGC:CRS84", "EPSG:3857", "EPSG:32633", "EPSG:3035"])
def test_a_box_in_another_crs_touches_the_same_pixels_and_few_more(crs: str) -> None:
    grid = Grid(300, 360, NORTH_UP, UTM)
    inner = (606000.0, 5476000.0, 607000.0, 5477000.0)
    there = pyproj.Transformer.from_crs(grid.crs, crs, always_xy=True).transform_bounds(*inner)
    found, exact = touched(grid, there, crs), touched(grid, inner)
    assert exact == Window(112, 102, 100, 100)
    assert found.intersection(exact) == exact and found.pixels < 1.5 * exact.pixels


@pytest.mark.parametrize("turn", [-360, 0, 360])
def test_longitudes_may_be_of_any_turn(turn: int) -> None:
    west, south, east, north = -180.5 + turn, -17.0, -179.5 + turn, -16.5
    found = touched(FIJI, (west, south, east, north), "EPSG:4326")
    assert found == touched(FIJI, (179.5, south, 180.5, north), "EPSG:4326") and found
    assert found == touched(FIJI, (179.5, south, 180.5, north), "OGC:CRS84")
    half = touched(FIJI, (180.0 + turn, south, 180.5 + turn, north), "EPSG:4326")
    assert half and half.pixels < found.pixels and half.col > found.col
    degrees = Grid(100, 100, Affine(0.01, 0, 179.5, 0, -0.01, 50), CRS.from_epsg(4326))
    assert touched(degrees, (-180.0 + turn, 49.5, -179.9 + turn, 49.6)) == Window(40, 50, 10, 10)


@pytest.mark.parametrize(
    ("bounds", "crs"),
    [
        ((-180, -90, 180, 90), "EPSG:4326"),
        ((-540, -90, 540, 90), "EPSG:4326"),
        ((-3e7, -3e7, 3e7, 3e7), "EPSG:3857"),
        ((-7e6, -7e6, 7e6, 7e6), "+proj=ortho +lat_0=20 +lon_0=0"),
    ],
)
def test_a_view_of_the_whole_world_has_all_of_a_scene(bounds: tuple[float, ...], crs: str) -> None:
    assert touched(Grid(300, 360, NORTH_UP, UTM), bounds, crs) == Window(0, 0, 300, 360)
    if "ortho" not in crs:
        assert touched(FIJI, bounds, crs) == Window(0, 0, 300, 300)


def test_a_box_beside_the_scene_touches_nothing_and_one_that_is_none_is_refused() -> None:
    grid = Grid(300, 360, NORTH_UP, UTM)
    for bounds in ((-180, 60, 180, 90), (-180, -90, 0, 90), (10.5, 49.6, 10.6, 49.7)):
        assert not touched(grid, bounds, "EPSG:4326")
    for bounds in ((11.0, 49.0, 10.0, 50.0), (math.nan, 0, 1, 1), (-math.inf, -90, math.inf, 90)):
        with pytest.raises(MMEarthError, match="is no box; give min x"):
            touched(grid, bounds, "EPSG:4326")


@pytest.mark.parametrize("turn", [-360, 0, 360])
def test_a_place_is_in_the_same_pixel_in_any_turn(turn: int) -> None:
    degrees = Grid(100, 100, Affine(0.01, 0, 179.5, 0, -0.01, 50), CRS.from_epsg(4326))
    assert in_pixels(degrees, -179.895 + turn, 49.505) == pytest.approx((60.5, 49.5))
    assert in_pixels(FIJI, 800_050, 8_199_950) == (0.5, 0.5)


def test_a_step_of_a_pixel_is_told_in_any_crs() -> None:
    for grid in (Grid(300, 360, NORTH_UP, UTM), Grid(300, 360, ROTATED, UTM)):
        np.testing.assert_allclose(np.hypot(*pixel_steps(grid, (100, 100)).T), 10)
        stretched = np.hypot(*pixel_steps(grid, (100, 100), "EPSG:3857").T)
        np.testing.assert_allclose(stretched, 10 / math.cos(math.radians(49.4)), rtol=5e-3)
    assert np.abs(pixel_steps(FIJI, (225, 150), "EPSG:4326")).max() < 0.01
