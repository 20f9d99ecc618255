"""The verb `search`: the squares of a country that are most like some ground, by an exact product with all of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from mmearth_core.country.chips import LEAST, Chips, read_chips
from mmearth_core.country.covering.areas import read_area
from mmearth_core.country.covering.globe import on_map
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.knn import unit_rows
from mmearth_core.files import atomic_path, check_output
from mmearth_core.locks import sole_writer
from mmearth_core.wording import counted

#: Squares that are multiplied at a time.
_BATCH = 1 << 18


@dataclass(frozen=True)
class SearchResult:
    """Where the squares found are, how many were searched, how many lie in the example, and how alike the first and the
    last one found are to it (cosine, −1 … 1)."""

    path: Path
    found: int
    searched: int
    like: int
    nearest: float
    farthest: float

    def __str__(self) -> str:
        return (
            f"{self.path}: the {counted(self.found, 'square')} of {self.searched:,} that are most like the example"
            f" ({counted(self.like, 'square')}), cosine {self.nearest:.3f} to {self.farthest:.3f}."
        )


@sole_writer("output")
def search(
    *,
    chips: str | Path,
    like: str | Path,
    output: str | Path,
    n: int = 100,
    inside: bool = False,
    overwrite: bool = False,
) -> SearchResult:
    """Find the squares of 320 m that are most like some ground, in all of a run.

    Args:
        chips: Table of chips that mmearth collect makes of a run with chips.
        like: The example: a vector file of polygons, or west,south,east,north in degrees.
        output: Vector file to write (GeoPackage or GeoJSON): the squares, best first, with how alike each is.
        n: How many squares.
        inside: Find squares of the example itself too.
        overwrite: Replace an output that exists.

    Raises:
        MMEarthError: The example lies on no square, or an input is unusable.
    """
    path = check_output(output, overwrite=overwrite, inputs=(chips, *([like] if Path(str(like)).is_file() else [])))
    driver = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}.get(path.suffix.lower())
    if driver is None:
        raise MMEarthError(f"{path} ends in neither .gpkg nor .geojson; let it end in one of them.")
    if n < 1:
        raise MMEarthError(f"`n={n}` squares are none; choose 1 or more.")
    known = read_chips(chips)
    seen = known.pixels >= LEAST * known.whole
    example = _touched(known, read_area(like)) & seen
    if not example.any():
        raise MMEarthError(f"{like} lies on no square of {chips}; choose an example within the run.")
    wanted = unit_rows(unit_rows(known.vectors[example]).mean(axis=0, keepdims=True))[0]
    alike = np.concatenate([unit_rows(known.vectors[i : i + _BATCH]) @ wanted for i in range(0, len(known), _BATCH)])
    alike[~seen if inside else ~seen | example] = -np.inf
    count = min(n, int(np.isfinite(alike).sum()))
    if not count:
        raise MMEarthError(f"All squares of {chips} lie in the example; give a smaller one, or `inside=True`.")
    best = np.argpartition(-alike, count - 1)[:count]
    best = best[np.lexsort((best, -alike[best]))]
    with atomic_path(path) as staged:
        pyogrio.raw.write(
            staged,
            shapely.to_wkb(np.array(known.outlines(best), object)),
            [np.arange(1, count + 1), alike[best].astype(np.float64), known.pixels[best] / known.whole[best]],
            ["rank", "cosine", "seen"],
            geometry_type="Polygon",
            crs="EPSG:4326",
            driver=driver,
            layer=path.stem,
        )
    return SearchResult(path, count, int(seen.sum()), int(example.sum()), float(alike[best[0]]), float(alike[best[-1]]))


def _touched(chips: Chips, area: Any) -> NDArray[np.bool_]:
    """Which squares the example touches with their middle, or, when it is smaller than that, at all."""
    found = np.zeros(len(chips), bool)
    for crs in np.unique(chips.crs):
        those = np.flatnonzero(chips.crs == crs)
        here = on_map(area, str(crs))
        shapely.prepare(here)
        middles = chips.middles(those)
        inside = shapely.contains_xy(here, *middles.T)
        found[those] = inside if inside.any() else shapely.intersects(chips.boxes(those), here)
    return found
