"""Class maps on disk: writing ours with names and colours every GIS shows, and reading ours and those of others.

A map of ours is a paletted uint8 GeoTIFF (0 no-data, 1 … 254 classes, 255 "unknown") with the legend in our tags;
beside it the category names in the `.aux.xml` GDAL reads and a `.qml` style for QGIS. Nothing here decides which class
a pixel has.
"""

import html
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path
from mmearth_core.kinds import TAG_NAMESPACE, check_kind
from mmearth_core.maps.conventions import (
    MAX_CLASSES,
    NODATA,
    UNKNOWN,
    UNKNOWN_COLOUR,
    format_colour,
)
from mmearth_core.maps.foreign_legend import Foreign, beyond, describe, pixels_of, read_pam, whole_numbers
from mmearth_core.maps.legend import IN_A_MAP, ClassTable, Legend, MapClass, unknown_name
from mmearth_core.maps.origins import HISTORY_TAG, Origin, Step, history_of, origins_of
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.writer import BLOCK, CheckedWriter, check_raster, new_geotiff, raster_style
from mmearth_core.wording import left_out, printable

_WANTED, _REMEDY = "a map made by mmearth classify, or a raster of whole numbers", "make it again"
#: The tag of a name for value 255 other than the usual one.
UNKNOWN_TAG = "unknown"
#: The tag that says where a map was trained (`vectors.kept`). It lies beside the map, since tags inside a GeoTIFF are
#: of 32,000 letters at most.
PLACES_TAG, _BESIDE = "training_places", "MMEARTH_TRAINING"
#: What `blocks` gives for no class where the file has no integer for it.
FILL = -(1 << 31)


def check_map(path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path | None] = ()) -> Path:
    """The path of a new map, when it and the two files beside it can be made; `MMEarthError` otherwise.

    A `.qml` that belongs to another file (the style of the samples, say) is never replaced.
    """
    return check_raster(path, overwrite=overwrite, inputs=inputs, beside=(Path(path).with_suffix(".qml"),))


@contextmanager
def new_map(
    path: str | Path, legend: Legend, grid: Grid, *, tags: Mapping[str, str], unknown: bool = False
) -> Iterator[CheckedWriter]:
    """A paletted uint8 map open for writing (band 1); it and its names and style appear when the block succeeds.

    `tags` go into our namespace, together with `product="map"` and the legend. With `unknown`, value 255 may occur, and
    is called as the tag `UNKNOWN_TAG` says, else `unknown_name`.
    Raises `MMEarthError` when the legend does not fit 1 … 254, `EnvironmentFailure` when the disk refuses.
    """
    path = Path(path)
    if not IN_A_MAP.holds(legend):
        raise MMEarthError(f"{path} cannot hold these classes; give each a value 1 … {MAX_CLASSES}.")
    shown = [*legend.classes, *([MapClass(UNKNOWN, _unknown(tags, legend), UNKNOWN_COLOUR)] if unknown else [])]
    colormap = {NODATA: (0, 0, 0, 0), **{c.value: (*c.colour, 255) for c in shown}}
    beside = {name: tags[name] for name in (PLACES_TAG, HISTORY_TAG) if name in tags}
    texts = {_pam_path(path): _category_names(shown, beside), path.with_suffix(".qml"): _style(shown)}
    with ExitStack() as stack:
        _write_beside(stack, texts)
        yield stack.enter_context(
            new_geotiff(
                path,
                grid,
                count=1,
                dtype="uint8",
                nodata=NODATA,
                descriptions=["class"],
                tags={
                    **{name: value for name, value in tags.items() if name not in beside},
                    "product": "map",
                    "legend": json.dumps(records.plain(legend.classes), ensure_ascii=False),
                },
                colormap=colormap,
            )
        )


@contextmanager
def new_map_like(class_map: "ClassMap", path: str | Path, present: Iterable[int]) -> Iterator[CheckedWriter]:
    """As `new_map`, on the grid of a map and with its classes, values, no-data and tags: for integers (band 1).

    `present` are the values that occur in it. What another program made stays a map of integers with names and colours.
    """
    legend, tags = class_map.legend, class_map.tags
    if class_map.ours:
        with new_map(path, legend, class_map.grid, tags=tags, unknown=UNKNOWN in set(present)) as writer:
            yield writer
        return
    path, classes, nodata = Path(path), list(legend.classes), class_map.nodata
    span = [*legend.values, *([] if nodata is None else [nodata])]
    kinds = [each for each in ("uint8", "uint16") if min(span) >= 0 and max(span) <= np.iinfo(each).max]
    texts = {_pam_path(path): _attribute_table(classes), path.with_suffix(".qml"): _style(classes)}
    with ExitStack() as stack:
        _write_beside(stack, texts)
        yield stack.enter_context(
            new_geotiff(
                path,
                class_map.grid,
                count=1,
                dtype=[*kinds, "int32"][0],
                nodata=nodata,
                descriptions=["class"],
                tags=tags,
                colormap={c.value: (*c.colour, 255) for c in classes} if "uint8" in kinds else None,
            )
        )


@dataclass(frozen=True)
class ClassMap:
    """A class map on disk, ours or any raster of whole numbers (its first band): place, grid, classes.

    `nodata` is the value that `blocks` gives where there is no class (None: there is one everywhere); `absent` are the
    file's values that are given so, and `messages` say what that left out and what is in doubt.
    """

    path: Path
    grid: Grid
    legend: Legend
    nodata: int | None
    tags: dict[str, str]
    absent: frozenset[int] = frozenset()
    messages: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read the description of a map.

        The legend is ours; else (then the whole raster is read once) the raster attribute table or category names and
        the values present, in the colours of its colour table where it has one, by the rule of `foreign_legend`.
        Raises `MMEarthError` when the file is missing, is not a raster or does not hold classes.
        """
        path = Path(path)
        check_kind(path, "map")
        with opened(path, wanted=_WANTED) as dataset, reading(path, _REMEDY):
            tags = dataset.tags(ns=TAG_NAMESPACE) | dataset.tags(ns=_BESIDE)
            _check_classes(path, dataset)
            grid = Grid.of(dataset)
            if _is_ours(tags):
                place, remedy = f"The legend in {path}", "classify again"
                listed = records.parsed(tags.get("legend", ""), place, remedy=remedy)
                legend: Legend = records.value(ClassTable, listed, place, remedy=remedy)
                if not IN_A_MAP.holds(legend):
                    raise MMEarthError(f"{place} has other values than 1 … {MAX_CLASSES}; {remedy}.")
                return cls(path, grid, legend, NODATA, tags)
            found, nodata = _foreign(path, dataset)
            return cls(path, grid, found.legend, nodata, tags, found.absent, found.messages)

    @property
    def ours(self) -> bool:
        """Whether `mmearth classify` or `cluster` made it."""
        return _is_ours(self.tags)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """What it was made of, as far as it tells. Raises `MMEarthError` when its tags are damaged."""
        return origins_of(self.tags, self.path)

    @property
    def history(self) -> tuple[Step, ...]:
        """What was done to it, as far as it tells. Raises `MMEarthError` when that is damaged."""
        return history_of(self.tags, self.path)

    @property
    def unknown(self) -> str:
        """What value 255 of a map of ours is called."""
        return _unknown(self.tags, self.legend)

    @property
    def possible(self) -> set[int]:
        """Values that `blocks` may give for a class: those of the legend; in ours 1 … 255, however it was edited."""
        return set(range(NODATA + 1, UNKNOWN + 1)) if self.ours else set(self.legend.values)

    def has_class(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Where values that were read of it are a class."""
        return np.ones(values.shape, np.bool_) if self.nodata is None else np.asarray(values != self.nodata)

    def blocks(self) -> Iterator[tuple[Window, NDArray[Any]]]:
        """The values of the whole map in raster order, a few million pixels at a time: (window, (height, width))."""
        with opened(self.path, wanted=_WANTED) as dataset, reading(self.path, _REMEDY):
            for window, raw in _raw_blocks(dataset):
                yield window, self._classes(raw, dataset)

    def read(self, window: Window) -> NDArray[Any]:
        """The values of one window, (height, width)."""
        with opened(self.path, wanted=_WANTED) as dataset, reading(self.path, _REMEDY):
            return self._classes(dataset.read(1, window=window.ranges), dataset)

    def _classes(self, raw: NDArray[Any], dataset: DatasetReader) -> NDArray[Any]:
        """Integers, `nodata` where there is no class."""
        if np.issubdtype(raw.dtype, np.integer) and not self.absent:
            return raw
        values, given = whole_numbers(self.path, raw, _declared(dataset))
        if self.absent:
            given &= ~np.isin(values, list(self.absent))
        return np.where(given, values, values.dtype.type(self.nodata if self.nodata is not None else 0))


def _raw_blocks(dataset: DatasetReader) -> Iterator[tuple[Window, NDArray[Any]]]:
    for window in Window(0, 0, dataset.height, dataset.width).parts(4 * BLOCK, 16 * BLOCK):
        yield window, dataset.read(1, window=window.ranges)


def _write_beside(stack: ExitStack, texts: Mapping[Path, str]) -> None:
    """Write what lies beside a map before the map, to be named after it when `stack` is left: a disk that fills while
    the map is finished leaves neither it nor them."""
    for path, text in texts.items():
        stack.enter_context(atomic_path(path)).write_text(text, encoding="utf-8")


def _pam_path(path: Path) -> Path:
    return path.with_name(path.name + ".aux.xml")


def _unknown(tags: Mapping[str, str], legend: Legend) -> str:
    return printable(tags.get(UNKNOWN_TAG)) or unknown_name(legend.names)


def _is_ours(tags: Mapping[str, str]) -> bool:
    return tags.get("product") == "map"


def _foreign(path: Path, dataset: DatasetReader) -> tuple[Foreign, int | None]:
    """The classes of a map of another program, and the value `blocks` gives where there is none (None: never)."""
    names, colours = read_pam(_pam_path(path))
    if dataset.colorinterp[0].name == "palette":
        colours = {value: (r, g, b) for value, (r, g, b, _) in dataset.colormap(1).items()} | colours
    declared = _declared(dataset)
    large: list[tuple[int, float]] = []

    def numbers() -> Iterator[tuple[NDArray[Any], NDArray[np.bool_]]]:
        for _, raw in _raw_blocks(dataset):
            large.append(beyond(raw, declared))
            yield whole_numbers(path, raw, declared)

    counts = pixels_of(path, numbers())
    whole = None if declared is None or declared != int(declared) else int(declared)
    found = describe(path, counts, names, colours, whole)
    if lost := sum(number for number, _ in large):
        value, share = next(each for number, each in large if number), 100 * lost / (lost + sum(counts.values()))
        told = f"{left_out(lost, 'pixel', f'value {value:.6g} is too large for a class')} ({share:.1f} %)."
        found = replace(found, messages=(told, *found.messages))
    if dataset.count > 1:
        first = f"The first of the {dataset.count} bands of {path.name} is the map."
        found = replace(found, messages=(first, *found.messages))
    integers = np.issubdtype(np.dtype(dataset.dtypes[0]), np.integer)
    if integers and whole is None:
        return found, min(found.absent, default=None)
    return found, whole if integers else FILL


def _declared(dataset: DatasetReader) -> float | None:
    """The no-data value of a file, when it is a number that its pixels can have."""
    return None if dataset.nodata is None or not np.isfinite(dataset.nodata) else float(dataset.nodata)


def _check_classes(path: Path, dataset: DatasetReader) -> None:
    """Refuse what holds something else than classes."""
    kind = np.dtype(dataset.dtypes[0])
    if kind.kind not in "iuf":
        raise MMEarthError(f"{path} holds {kind} values, not classes; give a map of whole numbers.")
    if dataset.scales[0] != 1 or dataset.offsets[0] != 0:
        raise MMEarthError(
            f"{path} holds numbers with a scale ({dataset.scales[0]:g}), such as similarities or probabilities, not"
            " classes; give a class map."
        )
    if dataset.count > 2 and [each.name for each in dataset.colorinterp[:3]] == ["red", "green", "blue"]:
        raise MMEarthError(f"{path} is a picture in red, green and blue, not a map; give the map it was drawn of.")


def _category_names(classes: list[MapClass], beside: Mapping[str, str]) -> str:
    by_value = {c.value: c.name for c in classes}
    lines = "".join(
        f"      <Category>{html.escape(by_value.get(value, ''))}</Category>\n" for value in range(max(by_value) + 1)
    )
    items = "".join(f'    <MDI key="{name}">{html.escape(value)}</MDI>\n' for name, value in beside.items())
    metadata = f'  <Metadata domain="{_BESIDE}">\n{items}  </Metadata>\n' if items else ""
    return (
        f'<PAMDataset>\n{metadata}  <PAMRasterBand band="1">\n    <CategoryNames>\n'
        f"{lines}    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n"
    )


def _attribute_table(classes: list[MapClass]) -> str:
    """GDAL's table of values of any size, which category names are not."""
    # (name, type: 0 is a whole number and 2 text, usage) of GDALRATFieldUsage
    fields = [("Value", 0, 5), ("Class", 2, 2), ("Red", 0, 6), ("Green", 0, 7), ("Blue", 0, 8)]
    defined = "".join(
        f'      <FieldDefn index="{index}"><Name>{name}</Name><Type>{kind}</Type><Usage>{usage}</Usage></FieldDefn>\n'
        for index, (name, kind, usage) in enumerate(fields)
    )
    rows = "".join(
        f'      <Row index="{index}">'
        + "".join(f"<F>{html.escape(str(cell))}</F>" for cell in (c.value, c.name, *c.colour))
        + "</Row>\n"
        for index, c in enumerate(classes)
    )
    return (
        '<PAMDataset>\n  <PAMRasterBand band="1">\n    <GDALRasterAttributeTable>\n'
        f"{defined}{rows}    </GDALRasterAttributeTable>\n  </PAMRasterBand>\n</PAMDataset>\n"
    )


def _style(classes: list[MapClass]) -> str:
    entries = "".join(
        f'        <paletteEntry value="{c.value}" color="{format_colour(c.colour)}" alpha="255"'
        f' label="{html.escape(c.name)}"/>\n'
        for c in classes
    )
    return raster_style(
        '    <rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1" nodataColor="">\n'
        f"      <colorPalette>\n{entries}      </colorPalette>\n    </rasterrenderer>\n"
    )
