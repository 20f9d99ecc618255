"""The picture of a plan: the area, its scenes by zone, where they are cut, and what is missing, as SVG.

For looking at before a machine computes for days; nothing is computed from it. The table itself opens in QGIS.
"""

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from mmearth_core.country.covering.globe import square_kilometres
from mmearth_core.country.plan_file import Plan, Row
from mmearth_core.files import write_text
from mmearth_core.wording import counted

#: Pixels: the longer side of the map, the border around it, the width of the legend and the height of a line of it.
_LONGEST, _BORDER, _LEGEND, _LINE = 900, 20, 310, 24
#: Fills of zones, in turn: told apart by those who see red and green alike, and paler than what is missing.
_FILLS = ("#9ecae1", "#fdd49e", "#c7e9c0", "#dadaeb", "#fee391", "#d9d9d9")
_MISSING, _INK = "#b10026", "#222222"
#: Metres of a degree of a meridian, and pixels that a letter of a name takes.
_DEGREE, _LETTER = 111_195.0, 8.0


def write_picture(path: Path, plan: Plan) -> None:
    """Draw a plan. Further looks at a place lie on the first, which alone is drawn; the legend counts them."""
    view = _View.of(plan)
    zones: dict[str, list[Row]] = {}
    for row in sorted(plan.rows, key=lambda row: row.crs):
        zones.setdefault(pyproj.CRS(row.crs).name.rpartition("/ ")[2], []).append(row)
    fills = {name: _FILLS[index % len(_FILLS)] for index, name in enumerate(zones)}
    first = [(name, row) for name, rows in zones.items() for row in rows if row.look == 1]
    shapes = [view.path(row.geometry, f'fill="{fills[name]}" stroke="white"', row.id) for name, row in first]
    names = [view.name(row) for _, row in first]
    lacking = square_kilometres(plan.missing)
    shapes.append(view.path(plan.missing, f'fill="{_MISSING}" stroke="{_MISSING}"', "missing"))
    shapes.append(view.path(plan.area, f'fill="none" stroke="{_INK}" stroke-width="1.5"', "area"))
    legend = [(fills[name], f"{name}: {_told(rows)}") for name, rows in zones.items()]
    if more := len(plan.rows) - len(first):
        legend.append(("none", f"{counted(more, 'further look')} at these"))
    legend.append((_MISSING if lacking else "none", f"missing: {lacking:,.1f} km²"))
    height = max(view.height, _LINE * (len(legend) + 3)) + 2 * _BORDER
    width = view.width + _LEGEND + 3 * _BORDER
    write_text(
        path,
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="sans-serif" font-size="13" fill="{_INK}" role="img">\n'
        f"<title>{escape(_title(plan))}</title>\n"
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        f'<g transform="translate({_BORDER} {_BORDER})" stroke-linejoin="round">\n{"".join(shapes)}</g>\n'
        f'<g transform="translate({_BORDER} {_BORDER})" text-anchor="middle" font-size="11">\n{"".join(names)}</g>\n'
        f'<g transform="translate({view.width + 2 * _BORDER} {_BORDER})">\n{_legend(legend, plan, view)}</g>\n</svg>\n',
    )


def _title(plan: Plan) -> str:
    return f"{counted(len(plan.rows), 'scene')} for {square_kilometres(plan.area):,.0f} km²"


def _told(rows: Sequence[Row]) -> str:
    """How many scenes, and of how much ground; without further looks."""
    first = [row for row in rows if row.look == 1]
    return f"{counted(len(first), 'scene')}, {sum(row.own_km2 for row in first):,.0f} km²"


def _legend(lines: Sequence[tuple[str, str]], plan: Plan, view: "_View") -> str:
    told = [f'<text y="14" font-weight="bold">{escape(_title(plan))}</text>\n']
    for number, (fill, text) in enumerate(lines, start=1):
        top = number * _LINE
        told.append(f'<rect y="{top + 2}" width="16" height="14" fill="{fill}" stroke="{_INK}" stroke-width="0.5"/>')
        told.append(f'<text x="24" y="{top + 14}">{escape(text)}</text>\n')
    length, metres = view.scale_bar
    top = (len(lines) + 2) * _LINE
    bar = f'<path d="M0 {top - 6}v6h{length:.1f}v-6" fill="none" stroke="{_INK}"/>'
    return "".join(told) + bar + f'<text x="{length + 8:.1f}" y="{top + 2}">{metres / 1000:g} km</text>\n'


class _View:
    """Where a degree lies on the picture: north up, as wide as it is in the middle of the area."""

    def __init__(self, bounds: tuple[float, float, float, float], *, turned: bool) -> None:
        self._west, south, east, self._north = bounds
        self._turned = turned
        self._narrow = max(0.05, math.cos(math.radians((south + self._north) / 2)))
        across, down = (east - self._west) * self._narrow, self._north - south
        self._scale = _LONGEST / max(across, down, 1e-9)
        self.width, self.height = (max(1, round(each * self._scale)) for each in (across, down))

    @classmethod
    def of(cls, plan: Plan) -> "_View":
        shapes = [plan.area, *(row.geometry for row in plan.rows)]
        bounds = shapely.total_bounds(shapes)
        turned = bool(bounds[2] - bounds[0] > 180)  # it lies across the antimeridian
        if turned:
            bounds = shapely.total_bounds([_eastward(shape) for shape in shapes])
        return cls(tuple(bounds.tolist()), turned=turned)

    @property
    def scale_bar(self) -> tuple[float, float]:
        """Pixels and metres of a round length, at most a third of the legend."""
        metres = _DEGREE / self._scale * _LEGEND / 3
        power = 10 ** math.floor(math.log10(metres))
        most = next(each for each in (5, 2, 1) if each * power <= metres)
        return most * power / _DEGREE * self._scale, most * power

    def placed(self, shape: Any) -> Any:
        """A shape in degrees in pixels of the picture, without corners that nobody sees."""
        shape = _eastward(shape) if self._turned else shape
        origin, steps = [self._west, self._north], [self._scale * self._narrow, -self._scale]
        return shapely.simplify(shapely.transform(shape, lambda xy: (xy - origin) * steps), 0.3)

    def path(self, shape: Any, style: str, title: str) -> str:
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(self.placed(shape)))]
        drawn = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)
        if not drawn:
            return ""
        return f'<path d="{drawn}" fill-rule="evenodd" {style}><title>{escape(title)}</title></path>\n'

    def name(self, row: Row) -> str:
        """The name of a tile or scene in its middle, where there is room for it."""
        name, shape = row.tile or row.id, self.placed(row.geometry)
        west, south, east, north = shapely.bounds(shape)
        if east - west < _LETTER * len(name) or north - south < _LETTER * 2:
            return ""
        at = shapely.point_on_surface(shape)
        return f'<text x="{at.x:.1f}" y="{at.y + 4:.1f}">{escape(name)}</text>\n'


def _eastward(shape: Any) -> Any:
    """With longitudes that go on beyond 180°."""
    return shapely.transform(shape, lambda xy: np.where([True, False], xy + 360 * (xy < 0), xy))
