"""The verb `tidy`: a class map without the areas that are too small to matter, filled by what lies around them.

It knows classes, sizes and borders, and nothing of how the map was made.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.files import workshop
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import pixel_areas, value_names
from mmearth_core.maps.class_map import ClassMap, check_map, new_map_like
from mmearth_core.maps.coding import Coding, coded, drawing
from mmearth_core.maps.origins import with_step
from mmearth_core.maps.patches import Numbers, Patches, find_patches, shared_borders, strips
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.wording import counted

#: Hectares below which areas are filled, unless said: ten pixels of 10 m.
LEAST = "0.1"
#: The largest window of a majority.
_WIDEST = 15
#: Rows of a map whose majorities are found at a time.
_ROWS = 256


@dataclass(frozen=True)
class Changed:
    """Pixels that a class lost to others, and that it won."""

    lost: int
    won: int


@dataclass(frozen=True)
class TidyResult:
    """Where the map is, how many areas were filled, and what each class lost and won, by its name."""

    path: Path
    filled: int
    changed: dict[str, Changed]
    messages: tuple[str, ...] = ()

    def __str__(self) -> str:
        pixels = sum(each.lost for each in self.changed.values())
        told = ", ".join(f"{name} −{each.lost} +{each.won}" for name, each in self.changed.items())
        areas = counted(self.filled, "small area")
        told = f" ({told})" if told else ""
        first = f"{self.path}: {areas} filled, {counted(pixels, 'pixel')} changed{told}."
        return "\n".join([first, *self.messages])


@sole_writer("output")
def tidy(
    *,
    map: str | Path,
    output: str | Path,
    min_area: Sequence[str] = (LEAST,),
    majority: int = 1,
    keep: Sequence[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> TidyResult:
    """Fill areas of a class map that are too small with the class they have the longest border with.

    An area is what touches by sides or corners, so a river of one pixel's width is one area, however it runs. Areas are
    measured on the ground. Names, colours and origin are kept, and the map says what was done to it. No-data stays
    no-data, and an area that has nothing but no-data and kept classes around it stays.

    Args:
        map: Class map, also one of another program.
        output: The map to write (GeoTIFF).
        min_area: Hectares that an area must have, as 0.1, and for single classes, as forest=0.5.
        majority: First, every pixel gets the commonest class of so many pixels on a side around it: 3, 5, …; 1 leaves
            that out. It also removes what is thin, such as rivers and roads.
        keep: Classes that neither lose nor win a pixel.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The map is unusable, a class is not on it, or the output exists; nothing is left then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if not 1 <= majority <= _WIDEST or majority % 2 == 0:
        raise MMEarthError(
            f"`majority={majority}` is no width of a window; choose an odd number from 1 (none) to {_WIDEST}."
        )
    path = check_map(output, overwrite=overwrite, inputs=(map,))
    class_map = ClassMap.open(map)
    grid = class_map.grid
    if grid.crs is None:
        raise MMEarthError(f"{class_map.path} has no coordinate reference system; assign one first.")
    with bounded_cache(), workshop(path) as folder:
        before = draft = folder / "before.tif"
        coding = coded(class_map, before, cancel)
        names = _Names(class_map, coding)
        least, kept = names.least(min_area), names.kept(keep)
        if majority > 1:
            draft = folder / "majority.tif"
            _draw_majorities(before, draft, grid, majority, kept, cancel)
        progress.start("Tidying", 3 * grid.pixels, "px")
        patches = find_patches(draft, pixel_areas(grid), cancel, progress)
        small = (patches.size < least[patches.code]) & ~kept[patches.code]
        code, left = _filled(patches, small, kept, shared_borders(patches, small, draft, cancel, progress))
        filled = int(small.sum() - left.sum())
        counts = np.zeros((len(kept), len(kept)), np.int64)
        asked = {"areas below": f"{', '.join(min_area)} ha", "majority": str(majority), "kept": ", ".join(keep)}
        step = with_step(class_map.tags, "tidied", {name: each for name, each in asked.items() if each}, class_map.path)
        stepped = replace(class_map, tags=class_map.tags | step) if class_map.ours else class_map
        with new_map_like(stepped, path, coding.present) as drawn:
            both = zip(strips(before, cancel, Silent()), strips(draft, cancel, progress), strict=True)
            for number, ((strip, was), (_, codes)) in enumerate(both):
                now = code[patches.of_strip(number, codes)]
                moved = np.bincount((was.astype(np.int64) * len(kept) + now).ravel(), minlength=counts.size)
                counts += moved.reshape(counts.shape)
                drawn.write(_values(coding, class_map.nodata, now, drawn.dtype), 1, window=strip.ranges)
            changed = names.changed(counts)
            done = {"min_area": list(min_area), "majority": majority, "keep": list(keep), "filled": filled}
            told = [*tidied(class_map), done | {"changed": {name: asdict(each) for name, each in changed.items()}}]
            drawn.tell(tidied=json.dumps(told, ensure_ascii=False))
    progress.finish()
    messages = class_map.messages
    if left.any():
        messages += (
            f"Not filled: {counted(int(left.sum()), 'small area')}"
            f" ({counted(int(patches.pixels[left].sum()), 'pixel')}), since nothing around may grow.",
        )
    return TidyResult(path, filled, changed, messages)


def tidied(class_map: ClassMap) -> list[dict[str, Any]]:
    """What `tidy` did to a map, each time: `min_area`, `majority`, `keep`, areas `filled`, what classes `changed`."""
    told = class_map.tags.get("tidied")
    if told is None:
        return []
    place = f"What {class_map.path} says of its tidying"
    done: list[dict[str, Any]] = records.value(list[dict[str, Any]], records.parsed(told, place), place)
    return done


class _Names:
    """The classes of a coded map by what a user calls them: their name, or the value."""

    def __init__(self, class_map: ClassMap, coding: Coding) -> None:
        self._path, self._count = class_map.path, len(coding.values)
        called = value_names(class_map, coding.present)
        self._name = {
            code: called[value] for code, value in enumerate(coding.values.tolist()) if code and value in called
        }
        self._code = {str(coding.values[code]): code for code in self._name}
        self._code |= {name: code for code, name in self._name.items()}

    def _find(self, name: str, about: str) -> int:
        if name not in self._code:
            raise MMEarthError(
                f"`{about}` names the class {name!r}, which {self._path} has not; choose of"
                f" {', '.join(self._name.values())}."
            )
        return self._code[name]

    def least(self, min_area: Sequence[str]) -> NDArray[np.float64]:
        """The area in m² (codes,) that one of each class must have."""
        least, single = np.zeros(self._count), {}
        for text in min_area:
            name, _, number = text.rpartition("=")
            try:
                hectares = float(number)
            except ValueError:
                hectares = math.nan
            if not 0 <= hectares < math.inf:
                raise MMEarthError(f"`min_area={text}` is no number of hectares; write it as 0.1 or forest=0.5.")
            if name:
                single[self._find(name, "min_area")] = hectares
            else:
                least[:] = hectares
        for code, hectares in single.items():
            least[code] = hectares
        # An area of just so much is large enough, however sums round.
        return least * 1e4 * (1 - 1e-9)

    def kept(self, keep: Sequence[str]) -> NDArray[np.bool_]:
        """Which codes (codes,) neither lose nor win: those, and no-data."""
        kept = np.zeros(self._count, bool)
        kept[[0, *(self._find(name, "keep") for name in keep)]] = True
        return kept

    def changed(self, counts: Numbers) -> dict[str, Changed]:
        """By name, of pixels (codes before, codes after); classes without a change are left out."""
        lost, won = (counts.sum(axis=axis) - counts.diagonal() for axis in (1, 0))
        return {
            name: Changed(int(lost[code]), int(won[code]))
            for code, name in self._name.items()
            if lost[code] or won[code]
        }


def _values(coding: Coding, nodata: int | None, codes: Numbers, dtype: str) -> NDArray[Any]:
    """The values of a map of codes."""
    values = coding.values.copy()
    values[0] = 0 if nodata is None else nodata
    return values[codes].astype(dtype)


def _filled(
    patches: Patches, small: NDArray[np.bool_], kept: NDArray[np.bool_], borders: tuple[Numbers, Numbers, Numbers]
) -> tuple[Numbers, NDArray[np.bool_]]:
    """The code of each patch afterwards, and which small ones stay, for nothing around them may grow.

    First those that border on what is large enough, then those that border on them. Of equals the first class wins.
    """
    code, waiting, classes = patches.code.copy(), small.copy(), len(kept)
    patch, neighbour, sides = borders
    while True:
        still = waiting[patch]
        patch, neighbour, sides = patch[still], neighbour[still], sides[still]
        gives = ~waiting[neighbour] & ~kept[code[neighbour]]
        if not gives.any():
            return code, waiting
        keys, place = np.unique(patch[gives] * classes + code[neighbour[gives]], return_inverse=True)
        length = np.bincount(place, sides[gives])
        order = np.lexsort((keys, -length, keys // classes))
        filled, first = np.unique(keys[order] // classes, return_index=True)
        code[filled] = keys[order][first] % classes
        waiting[filled] = False


def _draw_majorities(
    before: Path, draft: Path, grid: Grid, side: int, kept: NDArray[np.bool_], cancel: CancelToken
) -> None:
    """Draw the codes of a file into another one with `majorities`."""
    with rasterio.open(before) as dataset, drawing(draft, grid, dataset.dtypes[0]) as drawn:
        for strip in grid.window.parts(_ROWS, grid.width):
            cancel.check()
            around = strip.padded(side // 2).intersection(grid.window)
            codes = majorities(dataset.read(1, window=around.ranges), side, kept)
            drawn.write(codes[strip.relative_to(around).slices], 1, window=strip.ranges)


def majorities(codes: NDArray[Any], side: int, kept: NDArray[np.bool_]) -> NDArray[Any]:
    """The commonest code of `side` × `side` pixels around each pixel (height, width); its own, if none is commoner.

    Codes that are `kept` (codes,) do not count, and their pixels stay.
    """
    most, own = np.zeros(codes.shape, np.int32), np.zeros(codes.shape, np.int32)
    winner = np.zeros_like(codes)
    for code in np.unique(codes).tolist():
        if kept[code]:
            continue
        mine = codes == code
        number = _around(mine, side)
        own[mine] = number[mine]
        more = number > most
        most[more], winner[more] = number[more], code
    return np.where(kept[codes] | (own == most), codes, winner)


def _around(true: NDArray[np.bool_], side: int) -> NDArray[np.int32]:
    """How many of the pixels around each are true."""
    sums = np.cumsum(np.cumsum(np.pad(true, ((side // 2 + 1, side // 2), (side // 2 + 1, side // 2))), 0), 1)
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return total.astype(np.int32)
