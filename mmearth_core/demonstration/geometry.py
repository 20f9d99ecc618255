"""Plane geometry of the demo's landscape in metres (x to the right, y down): fields, streets, river, blobs.

Pure shapely and numpy; knows no surfaces and no pixels.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Points = NDArray[np.float64]


class Bend:
    """A smooth displacement of the plane (a sum of sines), so that roads and hedges are not ruler-straight."""

    def __init__(self, rng: Generator, waves: Sequence[tuple[float, float]]) -> None:
        """`waves`: (wavelength, amplitude) pairs in metres; keep amplitude below a tenth of the wavelength."""
        self._terms = []
        for wavelength, amplitude in waves:
            for axis in (0, 1):
                angle, phase = rng.uniform(0, 2 * np.pi, 2)
                wave = 2 * np.pi / wavelength * np.array([np.cos(angle), np.sin(angle)])
                self._terms.append((axis, wave, phase, amplitude))

    def __call__(self, points: Points) -> Points:
        moved = points.copy()
        for axis, wave, phase, amplitude in self._terms:
            moved[:, axis] += amplitude * np.sin(points @ wave + phase)
        return moved

    def apply(self, geometries: Sequence[BaseGeometry], step: float = 40.0) -> list[BaseGeometry]:
        """The geometries displaced, after a vertex has been put at least every `step` metres."""
        return [shapely.transform(g, self) for g in shapely.segmentize(np.asarray(geometries, object), step)]


def voronoi_cells(rng: Generator, width: float, height: float, spacing: float) -> list[BaseGeometry]:
    """Convex cells, about `spacing` across, that cover the rectangle (0, 0, width, height) and a margin around it."""
    steps = [np.arange(-2 * spacing, extent + 2 * spacing, spacing) for extent in (width, height)]
    points = np.stack(np.meshgrid(*steps), -1).reshape(-1, 2)
    points = points + rng.uniform(-0.42, 0.42, points.shape) * spacing
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    around = shapely.box(-0.2 * spacing, -0.2 * spacing, width + 0.2 * spacing, height + 0.2 * spacing)
    return list(cells[shapely.intersects(cells, around)])


def _axes(polygon: BaseGeometry) -> tuple[Points, Points, float, float]:
    """Centre, unit vector of the long axis, length along it and across it, of the smallest enclosing rectangle."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    sides = corners[1:3] - corners[:2]
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    long = int(lengths.argmax())
    return corners[:4].mean(0), sides[long] / lengths[long], float(lengths[long]), float(lengths[1 - long])


def split(
    rng: Generator, polygon: BaseGeometry, area: float, *, strips: float = 0.0, tilt: float = 4.0
) -> list[BaseGeometry]:
    """Divide a convex polygon as land is divided: again and again across its long axis, to pieces of about `area` m².

    `strips` is the probability of a division along the long axis, which makes narrow fields;
    `tilt` the standard deviation of a division's bearing in degrees.
    """
    pieces, stack = [], [polygon]
    while stack:
        piece = stack.pop()
        if piece.area < area * rng.uniform(0.5, 1.9):
            pieces.append(piece)
            continue
        centre, axis, length, width = _axes(piece)
        across = np.array([-axis[1], axis[0]])
        if rng.random() < strips and width > 0.4 * length:
            axis, across, length = across, axis, width
        turn = np.deg2rad(rng.normal(0, tilt))
        axis, across = np.cos(turn) * axis + np.sin(turn) * across, np.cos(turn) * across - np.sin(turn) * axis
        start = centre + axis * length * rng.uniform(-0.17, 0.17)
        reach = 4 * (length + width)
        halves = [
            shapely.polygons(
                [start - across * reach, start + across * reach, far + across * reach, far - across * reach]
            )
            for far in (start + axis * reach, start - axis * reach)
        ]
        stack += [half for half in shapely.intersection(piece, halves) if half.geom_type == "Polygon" and half.area > 1]
    return pieces


def meander(rng: Generator, start: tuple[float, float], length: float, wavelength: float) -> BaseGeometry:
    """A river's centre line, running to the right: the sine-generated curve of Langbein & Leopold (1966), irregular."""
    step = 8.0
    along = np.arange(0, length, step)
    knots = np.arange(0, length + 2 * wavelength, wavelength)
    swing = np.interp(along, knots, np.deg2rad(rng.uniform(35, 88, len(knots))))
    pace = np.interp(along, knots, rng.uniform(0.6, 1.6, len(knots)))
    drift = np.interp(along, knots[::3], np.deg2rad(rng.normal(0, 10, len(knots[::3]))))
    direction = swing * np.sin(2 * np.pi * np.cumsum(pace) * step / wavelength) + drift
    points = np.stack([np.cos(direction), np.sin(direction)], 1).cumsum(0) * step + np.array(start)
    return shapely.linestrings(points)


def blob(rng: Generator, centre: tuple[float, float], radius: float) -> BaseGeometry:
    """An irregular outline of about `radius` metres: bays of all sizes, the small ones shallow."""
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    distance = np.ones_like(angle)
    for order in range(1, 30):
        distance += 0.32 * rng.normal(0, 1) * order**-1.35 * np.cos(order * angle + rng.uniform(0, 2 * np.pi))
    distance = radius * np.clip(distance, 0.4, 1.7)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1) * distance[:, None] + np.array(centre)
    return shapely.make_valid(shapely.polygons(ring))


def rectangles(centres: Points, axis: Points, sizes: Points) -> NDArray[np.object_]:
    """Rectangles of `sizes` (along, across) metres about `centres`; `axis` are unit vectors, shape (2,) or (n, 2)."""
    along = np.broadcast_to(axis, centres.shape) * sizes[:, :1] / 2
    across = np.stack([-along[:, 1], along[:, 0]], 1) / sizes[:, :1] * sizes[:, 1:]
    corners = np.stack(
        [centres + along + across, centres + along - across, centres - along - across, centres - along + across], 1
    )
    polygons: NDArray[np.object_] = shapely.polygons(corners)
    return polygons


def houses(
    rng: Generator, block: BaseGeometry, *, pitch: tuple[float, float], size: tuple[float, float], share: float = 1.0
) -> NDArray[np.object_]:
    """Houses in rows parallel to the long side of `block`, every `pitch` metres (along, across), inside it."""
    centre, axis, length, width = _axes(block)
    across = np.array([-axis[1], axis[0]])
    u, v = (np.arange(-extent / 2, extent / 2, by) + by / 2 for extent, by in ((length, pitch[0]), (width, pitch[1])))
    grid = np.stack(np.meshgrid(u, v), -1).reshape(-1, 2)
    grid = grid + rng.normal(0, 0.08, grid.shape) * np.array(pitch)
    places = centre + grid[:, :1] * axis + grid[:, 1:] * across
    places = places[rng.random(len(places)) < share]
    sizes = np.array(size) * rng.uniform(0.75, 1.3, (len(places), 2))
    made = rectangles(places, axis, sizes)
    inside: NDArray[np.object_] = made[shapely.contains_properly(block, made)] if len(made) else made
    return inside
