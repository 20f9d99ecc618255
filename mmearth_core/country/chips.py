"""Pooled chips: the mean vector of every square of 320 m, a table small enough to search a country by an exact product.

Squares are those of a lattice of the coordinate system, whoever makes them: what two scenes have of one square is put
together, by the pixels that each saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from mmearth_core.country.covering.globe import box_in_degrees
from mmearth_core.country.geoparquet import GEOMETRY, read_table, write_table
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Window
from mmearth_core.sources.embedding import open_embedding

#: Metres of a side, and the share of a square that must be seen for it to be searched.
SIDE, LEAST = 320.0, 0.25
#: What the file says it is, under `mmearth` in its schema's metadata.
_FORMAT, _VERSION = "mmearth-chips", 1


@dataclass(frozen=True, eq=False)
class Chips:
    """Squares: `crs` (codes or WKT), `column` and `row` (n,) in the lattice of each, `vectors` float32 (n, bands), and
    how many pixels of each were seen, `pixels`, of `whole`."""

    model_id: str
    crs: NDArray[np.str_]
    column: NDArray[np.int64]
    row: NDArray[np.int64]
    vectors: NDArray[np.float32]
    pixels: NDArray[np.int64]
    whole: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pixels)

    def middles(self, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        """(n, 2) x and y of the middles of some chips, in their CRS."""
        lattice = np.column_stack([self.column[chosen], self.row[chosen]]).astype(np.float64)
        return np.asarray((lattice + 0.5) * SIDE)

    def boxes(self, chosen: NDArray[np.intp]) -> NDArray[np.object_]:
        """The squares of some chips, polygons in their CRS."""
        x, y = (self.middles(chosen) - SIDE / 2).T
        return np.asarray(shapely.box(x, y, x + SIDE, y + SIDE))

    def outlines(self, chosen: NDArray[np.intp]) -> list[object]:
        """The squares of some chips, polygons in degrees."""
        corners = ((self.column[i] * SIDE, self.row[i] * SIDE) for i in chosen)
        return [
            box_in_degrees((x, y, x + SIDE, y + SIDE), str(self.crs[i]))
            for i, (x, y) in zip(chosen, corners, strict=True)
        ]


def pooled(path: str | Path, cancel: CancelToken) -> Chips:
    """The chips of an embedding raster, which must be in metres. Squares of which nothing is seen are left out."""
    embedding = open_embedding(str(path))
    grid = embedding.grid
    if grid.crs is None or not grid.crs.is_projected:
        raise MMEarthError(f"{path} is not in metres, and squares of 320 m are wanted; embed a scene of a UTM zone.")
    code = grid.crs.to_epsg()
    t = grid.transform
    step = round(SIDE / abs(t.a))
    # Pixels of the lattice's first square, before the raster or at its edge.
    left, top = int(np.floor(t.c / SIDE)), int(np.floor(t.f / SIDE))
    across = np.floor((t.c + t.a * (np.arange(grid.width) + 0.5)) / SIDE).astype(np.int64) - left
    down = top - np.floor((t.f + t.e * (np.arange(grid.height) + 0.5)) / SIDE).astype(np.int64)
    columns, rows, bands = int(across.max()) + 1, int(down.max()) + 1, len(embedding.bands)
    sums, seen = np.zeros((rows * columns, bands)), np.zeros(rows * columns, np.int64)
    with embedding.reader() as reader:
        for start in range(0, grid.height, step):
            cancel.check()
            strip = Window(start, 0, min(step, grid.height - start), grid.width)
            stored = reader.read(strip)
            valid = embedding.valid(stored)
            where = (down[start : start + strip.height, None] * columns + across[None])[valid]
            values = embedding.decode(stored[:, valid])
            seen += np.bincount(where, minlength=len(seen))
            for band in range(bands):
                sums[:, band] += np.bincount(where, weights=values[band], minlength=len(seen))
    there = np.flatnonzero(seen)
    return Chips(
        embedding.identity,
        np.full(len(there), f"EPSG:{code}" if code else grid.crs.to_wkt()),
        left + there % columns,
        top - there // columns,
        (sums[there] / seen[there, None]).astype(np.float32),
        seen[there],
        np.full(len(there), step * step, np.int64),
    )


def together(parts: Sequence[Chips]) -> Chips:
    """Chips of several scenes of one model: what is of one square becomes one, weighted by the pixels seen.

    Raises `MMEarthError` when they are of several models.
    """
    models = {part.model_id for part in parts}
    if len(models) > 1:
        raise MMEarthError("The chips are of several models; make a run with one model.")
    crs, column, row, pixels, whole = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("crs", "column", "row", "pixels", "whole")
    )
    vectors = np.concatenate([part.vectors for part in parts])
    keys = np.rec.fromarrays([crs, column, row])
    found, index = np.unique(keys, return_inverse=True)
    total = np.bincount(index, weights=pixels, minlength=len(found))
    mean = np.stack(
        [np.bincount(index, weights=pixels * band, minlength=len(found)) / total for band in vectors.T], axis=1
    )
    first = np.unique(index, return_index=True)[1]
    return Chips(
        models.pop(),
        crs[first],
        column[first],
        row[first],
        mean.astype(np.float32),
        total.astype(np.int64),
        whole[first],
    )


def over_looks(looks: Sequence[Chips]) -> Chips:
    """Chips of several looks at the same ground, each of them put `together`: the mean of what they saw of a square,
    and `pixels` of `whole` over all of them that saw it."""
    mixed = together(looks)
    if len(looks) == 1:
        return mixed
    keys = np.rec.fromarrays([mixed.crs, mixed.column, mixed.row]).tolist()
    whole = dict.fromkeys(keys, 0)
    for each in looks:
        for key, count in zip(np.rec.fromarrays([each.crs, each.column, each.row]).tolist(), each.whole, strict=True):
            whole[key] += int(count)
    return replace(mixed, whole=np.array([whole[key] for key in keys], np.int64))


def write_chips(path: Path, chips: Chips, *, software: str) -> None:
    """GeoParquet: the square of each chip in degrees, its vector, its place in the lattice and what was seen of it."""
    shapes = chips.outlines(np.arange(len(chips)))
    bands = chips.vectors.shape[1]
    told = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "software": software,
        "model_id": chips.model_id,
        "side": SIDE,
        "bands": bands,
    }
    columns = {
        "crs": pa.array(chips.crs.astype(str)).dictionary_encode(),
        "column": pa.array(chips.column),
        "row": pa.array(chips.row),
        "pixels": pa.array(chips.pixels),
        "whole": pa.array(chips.whole),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(chips.vectors.reshape(-1)), bands),
        "geometry": pa.array([shapely.to_wkb(shape) for shape in shapes], pa.binary()),
    }
    write_table(path, pa.table(columns), told, {GEOMETRY: {"geometry_types": ["Polygon"]}})


def read_chips(path: str | Path) -> Chips:
    """Raises `MMEarthError` when a file is missing or holds no chips."""
    table, told = read_table(
        path,
        _FORMAT,
        _VERSION,
        f"{path} holds no chips of this version; make them with: mmearth run … --chips.",
        f"{path} does not exist; make chips with: mmearth run … --chips.",
    )
    vectors = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    numbers = {name: table[name].to_numpy() for name in ("column", "row", "pixels", "whole")}
    return Chips(
        told["model_id"],
        np.array(table["crs"].to_pylist(), str),
        vectors=vectors.reshape(-1, told["bands"]).astype(np.float32),
        **numbers,
    )
