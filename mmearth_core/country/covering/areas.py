"""The area that is to be mapped: polygons of a vector file, or a box in degrees."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mmearth_core.country.covering.globe import in_degrees, polygons_in
from mmearth_core.errors import MMEarthError
from mmearth_core.vectors.reading import read_vector

_NUMBER = r"\s*[-+]?\d+(?:\.\d*)?\s*"
#: Degrees of a side of a box between two corners: it follows its parallels, not great circles.
_SIDE = 0.01
_BOX = re.compile(",".join([f"({_NUMBER})"] * 4))


def read_area(area: str | Path) -> Any:
    """Polygons in degrees, of a vector file or of a text: west, south, east, north in degrees.

    Raises `MMEarthError` when the file holds no polygons, or the numbers are no box.
    """
    if found := _BOX.fullmatch(str(area)):
        west, south, east, north = map(float, found.groups())
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise MMEarthError(f"{area} is no box in degrees; give west,south,east,north, such as 6.0,45.8,10.5,47.8.")
        return shapely.segmentize(shapely.box(west, south, east, north), _SIDE)
    layer = read_vector(area)
    shapes = shapely.make_valid(layer.geometries[~shapely.is_missing(layer.geometries)])
    placed = in_degrees(shapely.geometrycollections(shapes), layer.crs.to_wkt())
    whole = polygons_in(shapely.force_2d(placed))
    if whole.is_empty or not np.isfinite(shapely.bounds(whole)).all():
        raise MMEarthError(f"{area} holds no polygons; give the outline of what is to be mapped.")
    return whole
