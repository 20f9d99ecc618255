"""The scale bar of a picture of a raster: a round length on the ground."""

from collections.abc import Callable

from pyproj import CRS, Geod, Transformer

from mmearth_core.raster.grid import Grid
from mmearth_core.reports.content import ScaleBar

#: The most of a picture's width that its bar takes, and round lengths of one decade.
_MOST, _ROUND = 0.35, (5, 2, 1)


def scale_bar(grid: Grid, number: Callable[[float], str]) -> ScaleBar | None:
    """The bar for a picture of a whole grid, measured on the ellipsoid along its middle; None without a place on Earth.

    `number` writes its length.
    """
    if grid.crs is None:
        return None
    crs = CRS.from_user_input(grid.crs)
    ends = [grid.transform * (column, grid.height / 2) for column in (0, grid.width)]
    degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    (west, south), (east, north) = (degrees.transform(*end) for end in ends)
    ellipsoid = crs.ellipsoid
    geod = Geod(a=ellipsoid.semi_major_metre, b=ellipsoid.semi_minor_metre) if ellipsoid else Geod(ellps="WGS84")
    width = geod.inv(west, south, east, north)[2]
    if not 0 < width < float("inf"):
        return None
    decade = 10.0 ** len(str(int(width)))
    length = next(
        part * decade / 10**step
        for step in range(1, 12)
        for part in _ROUND
        if part * decade / 10**step <= _MOST * width
    )
    text = f"{number(length / 1000)} km" if length >= 1000 else f"{number(length)} m" if length >= 1 else "1 m"
    return ScaleBar(text, length / width)
