"""Maps of other programs: which values they hold, what these are called, and which of them are no class.

One rule for everything that reads a map: a value is no class when the file declares it no-data, is not a number, is
called so ("Unclassified"), or has no name where others have one and is what programs fill with (0, the largest of its
type, below zero). What the rule leaves out is told; what it cannot know is asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.conventions import Colour, conventional_colours, means_none
from mmearth_core.maps.legend import Legend, MapClass
from mmearth_core.wording import left_out, printable
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

#: More different values than this are not classes, nor are more than `MANY` that have `FEW` pixels each on average.
MOST_VALUES, MANY, FEW = 5000, 100, 3
#: Numbers this near a whole one, as a share of it, are that: sums and products of decimals are seldom exact.
ROUNDING = 1e-5
#: Values are counted in a table when their range is no wider.
_TABLE = 1 << 16
#: What programs fill with.
_FILLS = {0, *(np.iinfo(kind).max for kind in ("uint8", "int16", "uint16", "int32", "uint32"))}
#: The largest whole number up to which every one can be told from the next, whatever type a file has.
_LARGEST = 2**53
# Usage codes of a GDAL raster attribute table (GDALRATFieldUsage).
_RAT_NAME, _RAT_VALUE, _RAT_RGB = 2, 5, (6, 7, 8)


@dataclass(frozen=True)
class Foreign:
    """The classes of a map of another program: its legend, the values that are no class, and what is to be told."""

    legend: Legend
    absent: frozenset[int]
    messages: tuple[str, ...]


#: From here on a float is none of the whole numbers that are kept.
_BEYOND = 2.0**31


def whole_numbers(path: Path, values: NDArray[Any], nodata: float | None) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """(integers, where there is one) of a block of a raster's values; what is not a number or `nodata` is none.

    Raises `MMEarthError` when other values are no whole numbers but for `ROUNDING`.
    """
    if np.issubdtype(values.dtype, np.integer):
        return values, np.ones(values.shape, bool) if nodata is None else values != nodata
    given = np.isfinite(values) & (np.abs(values) < _BEYOND)
    if nodata is not None and np.isfinite(nodata):
        given &= values != values.dtype.type(nodata)
    known = np.where(given, values, 0)
    rounded = np.rint(known)
    odd = np.abs(rounded - known) > ROUNDING * np.maximum(1, np.abs(known))
    if odd.any():
        raise MMEarthError(
            f"{path} holds decimal numbers such as {known[odd][0]:.6g}: they are measurements or probabilities, not"
            " classes; give a map whose values are whole numbers."
        )
    return rounded.astype(np.int32), given


def beyond(values: NDArray[Any], nodata: float | None) -> tuple[int, float]:
    """How many values of a block are numbers too large for a class and not `nodata`, such as −3.4e38, and one of
    them."""
    if np.issubdtype(values.dtype, np.integer):
        return 0, 0.0
    large = np.isfinite(values) & (np.abs(values) >= _BEYOND)
    if nodata is not None:
        large &= values != values.dtype.type(nodata)
    return int(np.count_nonzero(large)), float(values[large][0]) if large.any() else 0.0


def describe(
    path: Path,
    counts: Mapping[int, int],
    named: Mapping[int, str],
    colours: Mapping[int, Colour],
    nodata: int | None,
) -> Foreign:
    """The classes of a map with so many pixels of each value (`counts`, without no-data), `named` where it says so."""
    names = {value: name for value, name in named.items() if name and value != nodata}
    absent, messages = {}, []
    for value in sorted(set(counts) | set(names)):
        reason = _no_class(value, names, counts)
        if reason:
            absent[value] = reason
    total = max(1, sum(counts.values()))
    for value, reason in absent.items():
        if counts.get(value):
            share = 100 * counts[value] / total
            messages.append(
                f"{left_out(counts[value], 'pixel', f'value {value} {reason}, so it is no class')} ({share:.1f} %)."
            )
    if not named and nodata is None:
        messages += [_doubt(path, value) for value in sorted(_FILLS & set(counts)) if len(counts) > 2]
    shown = {value: names.get(value, str(value)) for value in sorted(set(counts) | set(names)) if value not in absent}
    default = conventional_colours(list(shown.values()))
    classes = zip(_distinct(shown).items(), default, strict=True)
    legend = Legend(tuple(MapClass(value, name, colours.get(value, colour)) for (value, name), colour in classes))
    return Foreign(legend, frozenset(absent), tuple(messages))


def _no_class(value: int, names: Mapping[int, str], counts: Collection[int]) -> str:
    """Why a value is no class; empty when it is one."""
    if value in names:
        return f"is called {names[value]!r}" if means_none(names[value]) else ""
    if names and (value in _FILLS or value < 0):
        return "has no name where others have one"
    return "is below zero and has no name" if value < 0 <= max(counts) else ""


def _doubt(path: Path, value: int) -> str:
    return (
        f"Value {value} counts as a class, for {path.name} names no value and declares no no-data; if it is none,"
        f" declare it: gdal_edit.py -a_nodata {value} {path}"
    )


def _distinct(names: Mapping[int, str]) -> dict[int, str]:
    """The names, with its value added to each that several values have."""
    if len(set(names.values())) == len(names):
        return dict(names)
    return {value: f"{name} ({value})" for value, name in names.items()}


def read_pam(path: Path) -> tuple[dict[int, str], dict[int, Colour]]:
    """Names and colours of values in GDAL's `.aux.xml`: from an attribute table, else category names; else empty.

    Raises `MMEarthError` when it cannot be read.
    """
    if not path.exists():
        return {}, {}
    try:
        root = parsed_xml(path.read_bytes())
    except (DamagedXmlError, OSError) as error:
        raise MMEarthError(f"{path} cannot be read ({error}); repair or remove it.") from error
    band = next((each for each in root.findall("PAMRasterBand") if each.get("band", "1") == "1"), None)
    if band is None:
        return {}, {}
    names, colours = _read_attribute_table(path, band.find("GDALRasterAttributeTable"))
    if not names:
        texts = [printable(entry.text) for entry in band.iterfind("CategoryNames/Category")]
        names = {value: text for value, text in enumerate(texts) if text}
    return names, colours


def _read_attribute_table(path: Path, table: Any) -> tuple[dict[int, str], dict[int, Colour]]:
    names: dict[int, str] = {}
    colours: dict[int, Colour] = {}
    usages = [] if table is None else [field.findtext("Usage", "0").strip() for field in table.iterfind("FieldDefn")]
    place = {usage: usages.index(str(usage)) for usage in (_RAT_VALUE, _RAT_NAME, *_RAT_RGB) if str(usage) in usages}
    if _RAT_VALUE not in place or _RAT_NAME not in place:
        return names, colours
    for row in table.iterfind("Row"):
        cells = [printable(cell.text) for cell in row.iterfind("F")]
        if len(cells) != len(usages):
            raise MMEarthError(f"{path}: a row of its attribute table has {len(cells)} cells; repair or remove it.")
        value = _number(path, cells[place[_RAT_VALUE]])
        names[value] = cells[place[_RAT_NAME]]
        if all(usage in place for usage in _RAT_RGB):
            r, g, b = (min(255, max(0, _number(path, cells[place[usage]]))) for usage in _RAT_RGB)
            colours[value] = (r, g, b)
    return names, colours


def _number(path: Path, text: str) -> int:
    try:
        number = float(text)
        whole = int(number)
    except (ValueError, OverflowError) as error:
        raise MMEarthError(
            f"{path}: its attribute table says {text!r} where a whole number must be; repair or remove it."
        ) from error
    if whole != number or abs(whole) > _LARGEST:
        raise MMEarthError(
            f"{path}: its attribute table says {text} where a whole number must be; repair or remove it."
        )
    return whole


def pixels_of(path: Path, blocks: Iterable[tuple[NDArray[Any], NDArray[np.bool_]]]) -> dict[int, int]:
    """Pixels of every value, of blocks of (values, where there is one). Raises `MMEarthError` for too many values."""
    counts: dict[int, int] = {}
    for values, given in blocks:
        for value, number in zip(*(each.tolist() for each in tally(values[given])), strict=True):
            counts[value] = counts.get(value, 0) + number
        if len(counts) > MOST_VALUES:
            break
    if len(counts) > MOST_VALUES or (len(counts) > MANY and sum(counts.values()) < FEW * len(counts)):
        raise MMEarthError(
            f"{path} has values from {min(counts)} to {max(counts)}, {len(counts)} different ones at least: it is no"
            " map of classes; give one."
        )
    return counts


def tally(values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The values that occur in a flat array of integers, ascending, and how often."""
    if not values.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    low, high = int(values.min()), int(values.max())
    if high - low >= _TABLE:
        found, number = np.unique(values, return_counts=True)
        return found.astype(np.int64), number.astype(np.int64)
    number = np.bincount(values.astype(np.int64) - low)
    found = np.flatnonzero(number)
    return found + low, number[found]
