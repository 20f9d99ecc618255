"""A small synthetic embedding raster: fields of four classes, Gaussian in 64 bands, with a no-data corner."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS

from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.raster.grid import Grid
from mmearth_core.sources.stack import Pixels, Stack

NAMES = ("water", "forest", "grass", "urban")
FIELD = 30  # edge of a field, in pixels


@dataclass(frozen=True)
class Scene:
    """An embedding raster and the truth behind it: `truth` holds 1 … 4 (index into `NAMES` plus one), 0 on no-data."""

    raster: EmbeddingRaster
    truth: NDArray[np.uint8]

    @property
    def path(self) -> Path:
        return self.raster.path

    @property
    def stack(self) -> Stack:
        return Stack.alone(self.raster)

    def pixels(self, stored: NDArray[np.uint8]) -> Pixels:
        """Digital numbers (bands, …) as pixels of the stack."""
        none = np.zeros((0, *stored.shape[1:]), np.float32)
        return Pixels((stored,), (self.raster.valid(stored),), none)

    def field(self, row: int, col: int, margin: float = 3) -> shapely.Polygon:
        """The polygon of a field of the mosaic, shrunk by `margin` pixels, in CRS units."""
        grid = self.raster.grid
        c0, r0, c1, r1 = (
            col * FIELD + margin,
            row * FIELD + margin,
            (col + 1) * FIELD - margin,
            (row + 1) * FIELD - margin,
        )
        return shapely.Polygon([grid.transform * corner for corner in ((c0, r0), (c1, r0), (c1, r1), (c0, r1))])

    def fields(self, per_class: int, *, skip_nodata: bool = True) -> tuple[list[shapely.Polygon], list[str]]:
        """`per_class` fields of every class, with their class names, spread over the raster in a fixed order."""
        rows, cols = (n // FIELD for n in self.truth.shape)
        order = np.random.default_rng(5).permutation(rows * cols)
        taken = dict.fromkeys(NAMES, 0)
        shapes, names = [], []
        for row, col in (divmod(int(cell), cols) for cell in order):
            part = self.truth[row * FIELD : (row + 1) * FIELD, col * FIELD : (col + 1) * FIELD]
            if skip_nodata and (part == 0).any():
                continue
            name = NAMES[part[-1, -1] - 1]
            if taken[name] < per_class:
                taken[name] += 1
                shapes.append(self.field(row, col))
                names.append(name)
        return shapes, names


def make_scene(
    path: Path,
    *,
    height: int = 300,
    width: int = 420,
    bands: int = 64,
    seed: int = 0,
    model_id: str = "a" * 64,
    model_name: str = "synthetic",
    crs: str = "EPSG:32630",
    shift: float = 0.0,
    noise: float = 25.0,
) -> Scene:
    """Classes are Gaussian around fixed centres (the same for every seed); `shift` moves the raster east, in metres."""
    centres = np.random.default_rng(99).normal(128, 22, (len(NAMES), bands))
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, len(NAMES), (-(-height // FIELD), -(-width // FIELD)))
    truth = np.kron(cells, np.ones((FIELD, FIELD), int))[:height, :width]
    # A field differs from the next of its class, as in nature: what grouped validation must see.
    field_effect = np.kron(rng.normal(0, 8, (*cells.shape, bands)), np.ones((FIELD, FIELD, 1)))[:height, :width]
    values = centres[truth] + field_effect + rng.normal(0, noise, (height, width, bands))
    dn = np.clip(np.rint(values), 1, 255).astype(np.uint8)
    truth = (truth + 1).astype(np.uint8)
    dn[:40, :50], truth[:40, :50] = 0, 0
    raster = EmbeddingRaster(
        path=path,
        grid=Grid(height, width, Affine(10, 0, 500_000 + shift, 0, -10, 5_800_000), CRS.from_string(crs)),
        model_name=model_name,
        model_id=model_id,
        scales=tuple(0.01 + 0.0005 * band for band in range(bands)),
        offsets=tuple(-127.5 * (0.01 + 0.0005 * band) for band in range(bands)),
        provenance={"test": True},
    )
    with new_embedding(raster) as dataset:
        dataset.write(np.moveaxis(dn, -1, 0))
    return Scene(EmbeddingRaster.open(path), truth)


def write_vector(
    path: Path,
    geometries: list[shapely.Geometry | None],
    fields: dict[str, list[object]],
    *,
    crs: str | None = "EPSG:32630",
    geometry_type: str = "Unknown",
    **options: object,
) -> Path:
    """A vector file of any format pyogrio writes."""
    wkb = np.array([None if g is None else shapely.to_wkb(g) for g in geometries], object)
    data = [np.array(values, None if all(v is not None for v in values) else object) for values in fields.values()]
    data = [a.astype(object) if a.dtype.kind == "U" else a for a in data]
    pyogrio.raw.write(path, wkb, data, list(fields), geometry_type=geometry_type, crs=crs, **options)
    return path
