"""Reference data that lie where a map was trained are told, whoever drew them; chance and neighbours are not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from mmearth_core.accuracy.assessment import assess
from mmearth_core.errors import MMEarthError
from mmearth_core.maps.class_map import PLACES_TAG, ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.tidying import tidy
from mmearth_core.raster.grid import Grid
from mmearth_core.vectors.kept import packed
from mmearth_core.vectors.reading import in_degrees

GRID = Grid(100, 100, from_origin(400_000, 5_800_000, 10, 10), rasterio.CRS.from_epsg(32630))
NAMES = ["field", "wood"]
#: Where it was trained, in pixels: two polygons in each half, and a point.
TRAINED = [*(shapely.box(x, y, x + 8, y + 8) for x in (10, 60) for y in (10, 60)), shapely.Point(90.5, 90.5)]


def drawn(path: Path, tags: dict[str, str]) -> Path:
    with new_map(path, Legend.numbered(NAMES), GRID, tags=tags) as writer:
        writer.write(np.repeat(np.array([[1] * 50 + [2] * 50], np.uint8), 100, axis=0), 1)
    return path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A map that knows where it was trained."""
    places = packed(in_degrees(np.array(TRAINED, object), GRID))
    assert places is not None
    return drawn(tmp_path / "map.tif", {"training_digest": "d", PLACES_TAG: places})


def told(map_: Path, pixels: list[Any], write_vector: Any, *, crs: str = "EPSG:32630") -> str:
    """What `assess` says first of reference data in pixels, written in a CRS."""
    shapes = shapely.transform(np.array(pixels, object), lambda xy: np.column_stack(GRID.transform * xy.T))
    if crs == "EPSG:4326":
        shapes = in_degrees(np.array(pixels, object), GRID)
    names = [NAMES[int(each.centroid.x >= 50)] for each in pixels]
    file = write_vector(map_.with_name("reference.gpkg"), list(shapes), {"class": names}, crs=crs)
    return assess(map=map_, reference=file).warnings[0]


@pytest.mark.parametrize("crs", ["EPSG:32630", "EPSG:4326"])
def test_the_samples_it_was_trained_with_are_no_reference(trained: Path, write_vector: Any, crs: str) -> None:
    first = told(trained, TRAINED[:4], write_vector, crs=crs)
    assert first.startswith("No independent accuracy: 4 of 4 polygons in places where the map was trained")
    points = [shapely.Point(each.centroid.x, each.centroid.y) for each in TRAINED]
    assert "5 of 5 points in places" in told(trained, points, write_vector, crs=crs)


def test_what_overlaps_is_counted_and_what_touches_is_not(trained: Path, write_vector: Any) -> None:
    beside, over, apart = shapely.box(18, 10, 26, 18), shapely.box(64, 64, 72, 72), shapely.box(30, 80, 40, 90)
    assert "1 of 3 polygons" in told(trained, [beside, over, apart], write_vector)
    assert "Polygons chosen by hand" in told(trained, [beside, apart], write_vector)
    around = shapely.box(88, 88, 94, 94)  # the training point
    assert "1 of 2 polygons" in told(trained, [around, apart], write_vector)


def test_random_points_fall_into_training_places_by_chance(trained: Path, write_vector: Any) -> None:
    rng = np.random.default_rng(3)
    points = [shapely.Point(*each) for each in rng.uniform(0, 100, (200, 2))]
    inside = [each for each in points if any(place.contains(each) for place in TRAINED)]
    assert inside and "no sampling design" in told(trained, points, write_vector)
    crowded = [*points[:100], *(shapely.Point(11 + each % 6, 11 + each // 6) for each in range(30))]
    assert "points in places where the map was trained" in told(trained, crowded, write_vector)


def test_what_lies_nowhere_is_no_place_to_keep() -> None:
    nowhere = shapely.LineString([(0, 0), (np.inf, 0)])
    assert packed([nowhere, None, shapely.Point(), *TRAINED]) == packed(TRAINED)
    assert packed([nowhere]) == packed([])


def test_a_map_that_does_not_say_where_it_was_trained_is_told(tmp_path: Path, write_vector: Any) -> None:
    old = drawn(tmp_path / "old.tif", {"training_digest": "d"})
    assert "cannot be checked" in told(old, TRAINED[:4], write_vector)
    clusters = drawn(tmp_path / "clusters.tif", {})
    assert "Polygons chosen by hand" in told(clusters, TRAINED[:4], write_vector)


def test_thousands_of_places_stay_with_the_map_and_its_tidied_one(tmp_path: Path, write_vector: Any) -> None:
    """More than a GeoTIFF's tags hold: what GDAL would then move elsewhere is never lost."""
    rng = np.random.default_rng(0)
    shapes = [shapely.Point(*each).buffer(0.6, quad_segs=4) for each in rng.uniform(1, 99, (3000, 2))]
    places = packed(in_degrees(np.array(shapes, object), GRID))
    assert places is not None and len(places) > 32_000
    path = drawn(tmp_path / "many.tif", {"training_digest": "d", PLACES_TAG: places})
    assert ClassMap.open(path).tags[PLACES_TAG] == places and ClassMap.open(path).legend.names == tuple(NAMES)
    tidy(map=path, output=tmp_path / "tidy.tif", min_area=["0.05"])
    assert "4 of 4 polygons" in told(tmp_path / "tidy.tif", TRAINED[:4], write_vector)


def test_damaged_places_are_one_sentence(tmp_path: Path, write_vector: Any) -> None:
    path = drawn(tmp_path / "map.tif", {"training_digest": "d", PLACES_TAG: "eJx="})
    with pytest.raises(MMEarthError, match=r"map\.tif is damaged: where it was trained cannot be read; make it again"):
        told(path, TRAINED[:4], write_vector)
