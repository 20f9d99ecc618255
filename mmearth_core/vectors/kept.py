"""Places as a short text that a file can carry: where a probe learned is kept with it, and with its maps.

About a metre is kept, in degrees of WGS 84: enough to tell whether other samples lie there, no more.
"""

import base64
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.vectors.footprints import touching
from mmearth_core.vectors.reading import VectorLayer

#: Coordinates are kept to so many degrees; outlines may run two metres beside where they were.
_STEP, _TOLERANCE = 1e-5, 2e-5
#: Letters of the longest text, and bytes it may stand for.
_LONGEST, _MOST_BYTES = 1 << 20, 64 << 20


def packed(places: Iterable[Any]) -> str | None:
    """The text of geometries in degrees, in any order; None when there is too much to keep.

    What is nowhere, because it is empty or has no finite place in degrees, is left out.
    """
    given = np.array([shape for shape in places if shape is not None and not shape.is_empty], object)
    shapes = given[np.isfinite(shapely.bounds(given)).all(axis=-1)] if len(given) else given
    steps = shapely.transform(shapely.simplify(shapes, _TOLERANCE), lambda xy: np.rint(xy / _STEP))
    whole = shapely.to_wkb(shapely.GeometryCollection(sorted(steps, key=shapely.to_wkb)), byte_order=1)
    text = base64.b64encode(zlib.compress(whole, 9)).decode("ascii")
    return text if len(text) <= _LONGEST else None


def in_pixels(text: str, grid: Grid, place: str | Path) -> NDArray[Any]:
    """The geometries of a text (n,) that reach into a grid, in its pixel coordinates.

    Raises `MMEarthError`, which begins with `place`, when the text is damaged.
    """
    return _laid_over(text, grid, place)[1]


def kept_within(text: str, grid: Grid, place: str | Path) -> str | None:
    """The text of those geometries of a text that reach into a grid; raises as `in_pixels`."""
    return packed(_laid_over(text, grid, place)[0])


def _laid_over(text: str, grid: Grid, place: str | Path) -> tuple[NDArray[Any], NDArray[Any]]:
    """(in degrees, in pixels) the geometries that reach into a grid."""
    try:
        whole = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
        steps = shapely.get_parts(shapely.from_wkb(whole))
    except (ValueError, zlib.error, shapely.errors.GEOSException) as error:
        raise MMEarthError(f"{place} is damaged: where it was trained cannot be read; make it again.") from error
    if not len(steps):
        return steps, steps
    places = shapely.make_valid(shapely.transform(steps, lambda xy: xy * _STEP))
    layer = VectorLayer(Path(place), "", CRS.from_epsg(4326), places, np.arange(len(places)), None)
    pixels = layer.in_pixels(grid)
    here = touching(pixels, grid)
    return places[here], pixels[here]
