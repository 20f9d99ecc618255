"""A map and its reference side by side: which class of the map each feature names, and where in the map a point lies.

Every figure is taken of maps together: of the places of a working set, or of a single one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.accuracy.reference_sample import DESIGN_FIELDS
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.class_values import code_of
from mmearth_core.maps.conventions import UNKNOWN
from mmearth_core.maps.together import AreasTogether, MapsTogether, measure_together
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.vectors.reading import VectorLayer, class_names, lonlat_extent, read_vector
from mmearth_core.wording import counted, left_out

#: Code of a feature without a class: no raster value is so small.
UNLABELLED = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class Comparison:
    """Maps and the features to compare them with: `measured` the maps, `codes` (features,) the value of each feature's
    class, `in_pixels` the features in the pixels of each map."""

    maps: MapsTogether
    measured: AreasTogether
    vector: VectorLayer
    codes: NDArray[np.int64]
    in_pixels: tuple[NDArray[Any], ...]
    messages: tuple[str, ...]
    progress: Progress
    cancel: CancelToken

    @classmethod
    def of(
        cls,
        maps: MapsTogether,
        reference: str | Path,
        field: str,
        layer: str | None,
        progress: Progress,
        cancel: CancelToken,
    ) -> "Comparison":
        """Read the reference and measure the maps. Raises `MMEarthError` when they cannot be compared."""
        # Of several places everything is read: what is near none of them is found out then.
        vector = read_vector(reference, layer=layer, field=field, within=maps.grid, beside=DESIGN_FIELDS)
        names = class_names(vector, field)
        if not any(names):
            raise MMEarthError(f"The field {field!r} of {vector.path} is empty; give every feature its class first.")
        measured = measure_together(maps, progress=progress, cancel=cancel)
        codes = _codes(vector.path, maps.path, names, measured.names)
        undecided = maps.ours & (codes == UNKNOWN)
        codes[undecided] = UNLABELLED
        said = [*maps.messages, *measured.messages, *vector.messages]
        if vector.skipped:
            said.append(f"{left_out(vector.skipped, 'further feature', 'outside the map')}.")
        if undecided.any():
            why = f"labelled {measured.names[UNKNOWN]!r}, which is no class"
            said.append(f"{left_out(int(undecided.sum()), 'feature', why)}.")
        in_pixels = tuple(vector.in_pixels(each.grid) for each in maps.maps)
        return cls(maps, measured, vector, codes, in_pixels, tuple(said), progress, cancel)

    @property
    def names(self) -> Mapping[int, str]:
        """Names of the values of the maps."""
        return self.measured.names

    @property
    def present(self) -> NDArray[np.bool_]:
        """(features,): which have a geometry."""
        return np.asarray(~(shapely.is_missing(self.vector.geometries) | shapely.is_empty(self.vector.geometries)))

    def classes_shown(self, reference: NDArray[np.int64]) -> tuple[int, ...]:
        """Values of the classes that are on the maps or in the reference, in the maps' order."""
        seen = set(self.measured.pixels) | set(reference.tolist())
        return tuple(value for value in sorted(self.names) if value in seen)

    def nothing_left(self, features: int) -> MMEarthError:
        """What to say when no feature can be compared."""
        grid = self.maps.grid
        where = ", ".join(self.maps.names) if grid is None else lonlat_extent(grid.bounds, grid.crs)
        return MMEarthError(
            f"None of the {counted(features, 'feature')} of {self.vector.path} has a class and lies on a class of"
            f" {self.maps.path} ({where}); check the reference's place, coordinate system and class field."
        )


def _codes(reference: Path, maps: Path, names: Sequence[str | None], labels: Mapping[int, str]) -> NDArray[np.int64]:
    """The map's value for each reference class: by its name, its name in other letter case, or by the number that a
    class of the map is called by, its value where it has a name.
    """
    by_name = {name: value for value, name in labels.items()}
    by_folded = {name.casefold(): value for name, value in by_name.items()}
    numbers = {value: value if (code := code_of(name)) is None else code for value, name in labels.items()}
    counts = Counter(numbers.values())
    by_number = {number: value for value, number in numbers.items() if counts[number] == 1}

    def value_of(name: str) -> int | None:
        number = code_of(name)
        found = by_name.get(name, unambiguous.get(name.casefold()))
        return by_number.get(number) if found is None and number is not None else found

    unambiguous = by_folded if len(by_folded) == len(by_name) else {}
    found = {name: value_of(name) for name in names if name}
    unknown = sorted(name for name, value in found.items() if value is None)
    if unknown:
        raise MMEarthError(
            f"{reference} has classes that {maps} does not know: {', '.join(unknown)};"
            f" the map has {', '.join(by_name)}. Rename them, empty the field where there is"
            " none, or choose the class field with `field`."
        )
    codes = [UNLABELLED if not name else found[name] for name in names]
    return np.array(codes, np.int64)


@dataclass(frozen=True, eq=False)
class Points:
    """Points (n,) of the features `feature`, each on the map `place` at pixel `xy` (n, 2), fractions included, of value
    `mapped`; `on_map` where that is a class. Outside of all maps `place` is −1, and `xy` in the file's coordinates."""

    feature: NDArray[np.intp]
    place: NDArray[np.intp]
    xy: NDArray[np.float64]
    mapped: NDArray[np.int64]
    on_map: NDArray[np.bool_]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Within the extent of a map."""
        return self.place >= 0


def locate(compared: Comparison) -> Points:
    """Where the points lie, in one pass over each map: a class is looked for on every map, for no two share ground."""
    own, feature = _points(compared.vector.geometries)
    found = Points(
        feature,
        np.full(len(own), -1, np.intp),
        own,
        np.zeros(len(own), np.int64),
        np.zeros(len(own), np.bool_),
    )
    compared.progress.start("Reading the map at the points", compared.maps.pixels, "px")
    for number, placed in enumerate(compared.maps.places):
        xy, _ = _points(compared.in_pixels[number])
        size = placed.map.grid.width, placed.map.grid.height
        inside: NDArray[np.bool_] = np.logical_and.reduce((xy >= 0) & (xy < size), axis=1)  # no NaN
        values = _values_at(compared, number, xy, inside)
        a_class = inside & np.isin(values, list(compared.measured.each[number].pixels))
        taken = a_class | (inside & ~found.inside)
        found.place[taken], found.xy[taken], found.mapped[taken] = number, xy[taken], values[taken]
        found.on_map[a_class] = True
    compared.progress.finish()
    return found


def _points(geometries: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Coordinates (n, 2) of the points of features, of an empty one NaN, and which feature each is of."""
    points, feature = shapely.get_parts(geometries, return_index=True)
    xy: NDArray[np.float64] = np.full((len(points), 2), np.nan)
    xy[~shapely.is_empty(points)] = shapely.get_coordinates(points)
    return xy, feature


def _values_at(
    compared: Comparison, number: int, xy: NDArray[np.float64], inside: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """A map's values at pixel coordinates."""
    cols, rows = np.floor(np.where(inside[:, None], xy, -1)).astype(np.int64).T
    values = np.zeros(len(rows), np.int64)
    for window, block in compared.maps.places[number].blocks():
        compared.cancel.check()
        here = (rows >= window.row) & (rows < window.row_end) & (cols >= window.col) & (cols < window.col_end)
        values[here] = block[rows[here] - window.row, cols[here] - window.col]
        compared.progress.advance(window.pixels)
    return values
