"""A generated world: coloured boxes on a chequered ground, seen by four cameras and a LiDAR on one mast.

A scene is a function of (seed, number) alone; what the sensors measure is exact, by the intersection of rays and boxes.
Arrays only. Lengths are metres; x and y run along the ground from a corner, z upwards.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Sides of the world, and where the mast's sensors are. No box stands nearer to the mast than this.
EXTENT = (32.0, 32.0, 8.0)
MAST = (16.0, 16.0, 3.0)
CLEAR = 2.5
#: The farthest corner seen from the mast is nearer than this.
REACH = 23.5
#: How many boxes there are, and their sides and heights.
_FEWEST, _MOST = 3, 12
_SIDES, _HEIGHTS = (1.5, 5.0), (1.0, 6.0)
#: The squares of the ground, and what is beyond the world.
_SQUARE = 2.0
SKY = (0.55, 0.7, 0.9)
#: How bright a face is that looks along x, y and z.
_SHADE = np.array([0.65, 0.8, 1.0])
#: LiDAR: beams from below to above the horizon, in degrees, and directions around.
_BEAMS, _AROUND = (-30.0, 10.0, 32), 360
#: Told apart from other uses of a seed.
_SCENE = 3


@dataclass(frozen=True, eq=False)
class Scene:
    """Boxes, (k, 2, 3) their lowest and highest corners, their colours (k, 3) in 0 … 1, and those of the two kinds of
    squares of the ground (2, 3)."""

    boxes: Floats
    colours: Floats
    ground: Floats

    def footprint(self, cells: tuple[int, int]) -> NDArray[np.bool_]:
        """Which cells of the ground (rows along y, columns along x) have their centre in a box: the labels."""
        y, x = ((np.arange(count) + 0.5) * side / count for count, side in zip(cells, EXTENT[1::-1], strict=True))
        inside = np.zeros(cells, np.bool_)
        for low, high in self.boxes:
            inside |= ((y >= low[1]) & (y < high[1]))[:, None] & ((x >= low[0]) & (x < high[0]))
        return inside


def scene(seed: int, number: int) -> Scene:
    """A scene of a world. Boxes do not meet; where no room is found for one, there are fewer."""
    rng = np.random.default_rng([seed, number, _SCENE])
    boxes: list[Floats] = []
    count = int(rng.integers(_FEWEST, _MOST + 1))
    for _ in range(20 * count):
        sides = np.array([*rng.uniform(*_SIDES, 2), rng.uniform(*_HEIGHTS)])
        low = np.array([*rng.uniform(0, np.array(EXTENT[:2]) - sides[:2]), 0.0])
        box = np.stack([low, low + sides])
        apart = [(box[0, :2] > other[1, :2]).any() or (box[1, :2] < other[0, :2]).any() for other in boxes]
        beside = np.array(MAST[:2])
        near = (box[0, :2] < beside + CLEAR).all() and (box[1, :2] > beside - CLEAR).all()
        if all(apart) and not near:
            boxes.append(box)
        if len(boxes) == count:
            break
    hue = rng.random(len(boxes))[:, None] + np.array([0, 1 / 3, 2 / 3])
    colours = 0.5 + 0.45 * np.cos(2 * np.pi * hue)
    grey = rng.uniform(0.25, 0.75)
    ground = np.clip(grey + np.array([[-0.12], [0.12]]) + rng.uniform(-0.05, 0.05, (1, 3)), 0, 1)
    return Scene(np.array(boxes), colours, ground)


@dataclass(frozen=True, eq=False)
class Hits:
    """What rays meet: the distance (R,), inf where nothing; the colour of what is met, shaded (R, 3), or the sky's."""

    distance: Floats
    colour: Floats


def cast(shown: Scene, directions: Floats, origin: tuple[float, float, float] = MAST) -> Hits:
    """What rays (R, 3) of length 1 meet first: a box from outside, or the ground, which ends where the world does."""
    start = np.array(origin)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The slab method: a ray is in a box where it is between both of its planes along every axis.
        planes = (shown.boxes[:, None] - start) / directions[None, :, None, :]
        enter, leave = planes.min(2), planes.max(2)
        ground = np.where(directions[:, 2] < 0, -start[2] / directions[:, 2], np.inf)
    first, last = enter.max(-1), leave.min(-1)
    met = np.where((first <= last) & (first > 0), first, np.inf)
    which = met.argmin(0)
    rays = np.arange(len(directions))
    box = met[which, rays]
    spot = start[:2] + np.where(np.isfinite(ground), ground, 0)[:, None] * directions[:, :2]
    ground = np.where(((spot >= 0) & (spot < EXTENT[:2])).all(1), ground, np.inf)
    face = enter[which, rays].argmax(-1)
    square = (np.floor(spot / _SQUARE).sum(1) % 2).astype(np.int64)
    colour = np.where((box <= ground)[:, None], shown.colours[which] * _SHADE[face][:, None], shown.ground[square])
    distance = np.minimum(box, ground)
    return Hits(distance, np.where(np.isfinite(distance)[:, None], colour, SKY))


def lidar_directions() -> Floats:
    """The beams of the LiDAR, (32 · 360, 3) of length 1: from low to high, each once around."""
    low, high, count = _BEAMS
    up = np.radians(np.linspace(low, high, count))[:, None]
    around = np.radians(np.arange(_AROUND) * 360 / _AROUND)
    parts = np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.broadcast_to(np.sin(up), (count, _AROUND))
    return np.stack(parts, -1).reshape(-1, 3)


@dataclass(frozen=True)
class Cameras:
    """Four pinhole cameras of height × width pixels on the mast, each 90° wide, which look along x, y, −x and −y."""

    height: int = 64
    width: int = 96
    #: The direction and, to their right and downwards, the axes of the images.
    _axes: Floats = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        forward = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], np.float64)
        down = np.broadcast_to([0.0, 0.0, -1.0], forward.shape)
        object.__setattr__(self, "_axes", np.stack([np.cross(down, forward), down, forward], 1))

    @property
    def _focal(self) -> float:
        return self.width / 2

    def directions(self) -> Floats:
        """Of the rays through the centres of pixels, (4, height, width, 3), of length 1."""
        return self.directions_at(1)

    def directions_at(self, cell: int) -> Floats:
        """Of the rays through the centres of cells of so many pixels a side, (4, rows, columns, 3), of length 1."""
        v, u = ((np.arange(side // cell) + 0.5) * cell - side / 2 for side in (self.height, self.width))
        grid = np.stack([*np.meshgrid(u, v), np.full((len(v), len(u)), self._focal)], -1)
        found = np.einsum("hwa,cax->chwx", grid, self._axes)
        unit: Floats = found / np.linalg.norm(found, axis=-1, keepdims=True)
        return unit

    def pixels(self, directions: Floats) -> NDArray[np.int64]:
        """The pixel (camera, row, column) in which each direction (R, 3) is seen, (R, 3); −1 where in none."""
        parts = np.einsum("rx,cax->cra", directions, self._axes)
        camera = parts[..., 2].argmax(0)
        right, down, forward = parts[camera, np.arange(len(directions))].T
        column = np.floor(right / forward * self._focal + self.width / 2)
        row = np.floor(down / forward * self._focal + self.height / 2)
        seen = (row >= 0) & (row < self.height) & (column >= 0) & (column < self.width)
        return np.where(seen[:, None], np.stack([camera, row, column], 1), -1).astype(np.int64)

    def images(self, shown: Scene) -> NDArray[np.uint8]:
        """What the cameras see, (4, 3, height, width)."""
        directions = self.directions()
        colour = cast(shown, directions.reshape(-1, 3)).colour
        found: NDArray[np.uint8] = np.rint(colour * 255).astype(np.uint8)
        images: NDArray[np.uint8] = found.reshape(directions.shape).transpose(0, 3, 1, 2)
        return images

    def depths(self, distances: Floats) -> NDArray[np.float32]:
        """The distances (32 · 360,) that the LiDAR measured, where a camera sees them: (4, height, width), the nearest
        in a pixel, NaN where there is none."""
        pixels = self.pixels(lidar_directions())
        known = np.isfinite(distances) & (pixels[:, 0] >= 0)
        image = np.full((4, self.height, self.width), np.inf, np.float32)
        np.minimum.at(image, tuple(pixels[known].T), distances[known])
        image[np.isinf(image)] = np.nan
        return image
