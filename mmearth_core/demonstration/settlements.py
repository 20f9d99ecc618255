"""Towns, villages and farmsteads of the demo's landscape: streets, blocks, gardens and roofs."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from mmearth_core.demonstration.canvas import Canvas
from mmearth_core.demonstration.geometry import Bend, blob, houses, rectangles, split

_ROOFS = ("tiled roof", "slate roof", "hall roof")


@dataclass(frozen=True)
class _Quarter:
    """How a block is built up: its ground, and houses of `size` every `pitch` metres; `roofs`: shares of `_ROOFS`."""

    grounds: tuple[str, ...]
    pitch: tuple[float, float] = (1.0, 1.0)
    size: tuple[float, float] = (1.0, 1.0)
    roofs: tuple[float, float, float] = (1.0, 0.0, 0.0)
    share: float = 0.0


_CENTRE = _Quarter(("yard",), (17, 19), (14, 14), (0.50, 0.42, 0.08), 0.86)
_INDUSTRY = _Quarter(("yard", "yard", "meadow"), (62, 48), (46, 34), (0.05, 0.35, 0.60), 0.9)
_PARK = _Quarter(("pasture", "broadleaf"))
_HOMES = _Quarter(("garden",), (18, 22), (13, 12.5), (0.55, 0.43, 0.02), 0.93)


def build_town(canvas: Canvas, rng: Generator, area: BaseGeometry, centre: tuple[float, float]) -> None:
    """Streets and the blocks between them: dense in the middle, gardens around, halls at the rim, some parks."""
    radius = float((area.area / np.pi) ** 0.5)
    middle = np.array(centre)
    whole = rectangles(middle[None], np.array([0.94, 0.34]), np.array([[4.6, 4.6]]) * radius)[0]
    blocks: list[BaseGeometry] = []
    winding = Bend(rng, [(1300, 55), (500, 16)])
    for part in split(rng, whole, 22e4, strips=0.2, tilt=11):
        if not part.intersects(area.buffer(80)):
            continue
        dense = part.centroid.distance(shapely.points(middle)) < 0.45 * radius
        blocks += split(rng, part, 0.8e4 if dense else 1.7e4, strips=0.3, tilt=6)
    blocks = [block for block in winding.apply(blocks, 25) if area.contains(block.centroid)]
    canvas.shapes([shapely.union_all(blocks).buffer(4)], "road")

    rim = rng.uniform(0, 2 * np.pi)
    inner = [block.buffer(-4.5) for block in blocks]
    grounds: list[str] = []
    roofs: list[BaseGeometry] = []
    kinds: list[str] = []
    for block in inner:
        dx, dy = block.centroid.x - middle[0], block.centroid.y - middle[1]
        away, facing = np.hypot(dx, dy) / radius, np.cos(np.arctan2(dy, dx) - rim)
        if away < 0.36 + rng.normal(0, 0.05):
            quarter = _CENTRE
        elif facing > 0.86 and away > 0.55:
            quarter = _INDUSTRY
        else:
            quarter = _PARK if rng.random() < 0.09 else _HOMES
        grounds.append(str(rng.choice(quarter.grounds)))
        if quarter.share > 0 and block.geom_type == "Polygon" and not block.is_empty:
            built = houses(rng, block, pitch=quarter.pitch, size=quarter.size, share=quarter.share)
            roofs += list(built)
            kinds += list(rng.choice(_ROOFS, len(built), p=quarter.roofs))
    canvas.shapes(inner, grounds)
    canvas.shapes(roofs, kinds)


def build_hamlets(
    canvas: Canvas, rng: Generator, lanes: BaseGeometry, junctions: NDArray[np.float64], elsewhere: BaseGeometry
) -> None:
    """Villages about `junctions` (n, 2) of the lanes and farmsteads along them, outside `elsewhere`."""
    width, height = canvas.extent
    inside = shapely.box(150, 150, width - 150, height - 150)
    shapely.prepare([inside, elsewhere])
    grounds: list[BaseGeometry] = []
    roofs: list[BaseGeometry] = []
    kinds: list[str] = []
    villages = [
        p for p in shapely.points(rng.permutation(junctions)) if inside.contains(p) and elsewhere.distance(p) > 350
    ]
    for place in villages[: max(1, len(villages) // 3)]:
        reach = rng.uniform(190, 420)
        street = lanes.intersection(place.buffer(reach))
        core = blob(rng, (place.x, place.y), reach * rng.uniform(0.2, 0.65))
        lots = street.buffer(rng.uniform(24, 50)).union(core).difference(street.buffer(7))
        for lot in shapely.get_parts(shapely.intersection(_lots(rng, place, reach), lots)):
            if lot.geom_type == "Polygon" and lot.area > 300:
                grounds.append(lot)
                built = houses(rng, lot, pitch=(20, 23), size=(13, 12), share=0.95)
                roofs += list(built)
                kinds += list(rng.choice(_ROOFS, len(built), p=(0.6, 0.35, 0.05)))
    canvas.shapes(grounds, "garden")

    along = shapely.line_interpolate_point(lanes, rng.uniform(0, 1, 90), normalized=True)
    farms = [p for p in along if inside.contains(p) and elsewhere.distance(p) > 80]
    yards = []
    for farm in farms[: len(farms) * 2 // 3]:
        axis = rng.normal(0, 1, 2)
        axis /= np.hypot(*axis)
        at = np.array([[farm.x, farm.y]]) + rng.normal(0, 25, 2)
        yards.append(rectangles(at, axis, np.array([[62.0, 46.0]]))[0])
        barns = at + rng.uniform(-24, 24, (rng.integers(2, 5), 2))
        roofs += list(rectangles(barns, axis, rng.uniform((16, 10), (38, 18), (len(barns), 2))))
        kinds += list(rng.choice(_ROOFS, len(barns), p=(0.4, 0.25, 0.35)))
    canvas.shapes(yards, list(rng.choice(["yard", "garden"], len(yards), p=[0.6, 0.4])))
    canvas.shapes(roofs, kinds)


def _lots(rng: Generator, place: BaseGeometry, reach: float) -> list[BaseGeometry]:
    """The square about `place` divided into lots."""
    axis = rng.normal(0, 1, 2)
    square = rectangles(np.array([[place.x, place.y]]), axis / np.hypot(*axis), np.array([[2.2, 2.2]]) * reach)[0]
    return split(rng, square, 0.5e4, strips=0.2)
