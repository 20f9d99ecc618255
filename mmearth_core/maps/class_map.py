"""Class maps on disk: writing ours with names and colours every GIS shows, and reading ours and those of others.

A map of ours is a paletted uint8 GeoTIFF (0 no-data, 1 … 254 classes, 255 "unknown") with the legend in our tags;
beside it the category names in the `.aux.xml` GDAL reads and a `.qml` style for QGIS. Nothing here decides which class
a pixel has.
"""

import html
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError
from defusedxml.ElementTree import parse as parse_xml
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path, check_output
from mmearth_core.maps.conventions import (
    MAX_CLASSES,
    NODATA,
    UNKNOWN,
    UNKNOWN_COLOUR,
    UNKNOWN_NAME,
    Colour,
    conventional_colours,
    format_colour,
)
from mmearth_core.maps.legend import IN_A_MAP, ClassTable, Legend, MapClass
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.writer import BLOCK, TAG_NAMESPACE, CheckedWriter, new_geotiff, raster_style

# Usage codes of a GDAL raster attribute table (GDALRATFieldUsage).
_RAT_NAME, _RAT_VALUE, _RAT_RGB = 2, 5, (6, 7, 8)
_WANTED, _REMEDY = "a map made by mmearth classify, or an integer raster", "make it again"


def check_map(path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path | None] = ()) -> Path:
    """The path of a new map, when it and the two files beside it can be made; `MMEarthError` otherwise.

    A `.qml` that belongs to another file (the style of the samples, say) is never replaced.
    """
    path = check_output(path, overwrite=overwrite, inputs=inputs)
    style = path.with_suffix(".qml")
    if style.exists() and not path.exists() and not overwrite:
        raise MMEarthError(
            f"{style}, where the map's style goes, exists already; choose another name or pass `overwrite=True`."
        )
    return path


@contextmanager
def new_map(
    path: str | Path, legend: Legend, grid: Grid, *, tags: Mapping[str, str], unknown: bool = False
) -> Iterator[CheckedWriter]:
    """A paletted uint8 map open for writing (band 1); it and its names and style appear when the block succeeds.

    `tags` go into our namespace, together with `product="map"` and the legend. With `unknown`, value 255 is named so.
    Raises `MMEarthError` when the legend does not fit 1 … 254, `EnvironmentFailure` when the disk refuses.
    """
    path = Path(path)
    if not IN_A_MAP.holds(legend):
        raise MMEarthError(f"{path} cannot hold these classes; a map has values 1 … {MAX_CLASSES}.")
    shown = [*legend.classes, *([MapClass(UNKNOWN, UNKNOWN_NAME, UNKNOWN_COLOUR)] if unknown else [])]
    colormap = {NODATA: (0, 0, 0, 0), **{c.value: (*c.colour, 255) for c in shown}}
    texts = {_pam_path(path): _category_names(shown), path.with_suffix(".qml"): _style(shown)}
    with ExitStack() as stack:
        # Written first and named last: a disk that fills while the map is finished leaves neither it nor them.
        for beside, text in texts.items():
            stack.enter_context(atomic_path(beside)).write_text(text, encoding="utf-8")
        yield stack.enter_context(
            new_geotiff(
                path,
                grid,
                count=1,
                dtype="uint8",
                nodata=NODATA,
                descriptions=["class"],
                tags={
                    **tags,
                    "product": "map",
                    "legend": json.dumps(records.plain(legend.classes), ensure_ascii=False),
                },
                colormap=colormap,
            )
        )


@dataclass(frozen=True)
class ClassMap:
    """A class map on disk, ours or any integer raster (its first band): place, grid, classes, no-data value."""

    path: Path
    grid: Grid
    legend: Legend
    nodata: int | None
    tags: dict[str, str]

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read the description of a map.

        The legend is ours, else the raster attribute table or category names, else the values present (then the whole
        raster is read once), in the colours of its colour table where it has one.
        Raises `MMEarthError` when the file is missing, is not a raster or does not hold integers.
        """
        path = Path(path)
        with opened(path, wanted=_WANTED) as dataset, reading(path, _REMEDY):
            if not np.issubdtype(np.dtype(dataset.dtypes[0]), np.integer):
                raise MMEarthError(f"{path} holds {dataset.dtypes[0]} values, not classes; give a map of integers.")
            tags = dataset.tags(ns=TAG_NAMESPACE)
            if tags.get("product") == "embedding":
                raise MMEarthError(
                    f"{path} is an embedding, not a map; make one with: mmearth classify {path} MODEL.json"
                )
            nodata = None if dataset.nodata is None else int(dataset.nodata)
            legend = _read_legend(path, dataset, nodata, tags)
            return cls(path=path, grid=Grid.of(dataset), legend=legend, nodata=nodata, tags=tags)

    def blocks(self) -> Iterator[tuple[Window, NDArray[Any]]]:
        """The values of the whole map in raster order, a few million pixels at a time: (window, (height, width))."""
        with opened(self.path, wanted=_WANTED) as dataset, reading(self.path, _REMEDY):
            yield from _blocks(dataset)

    def read(self, window: Window) -> NDArray[Any]:
        """The values of one window, (height, width)."""
        with opened(self.path, wanted=_WANTED) as dataset, reading(self.path, _REMEDY):
            data: NDArray[Any] = dataset.read(1, window=window.ranges)
        return data


def _blocks(dataset: DatasetReader) -> Iterator[tuple[Window, NDArray[Any]]]:
    for window in Window(0, 0, dataset.height, dataset.width).parts(4 * BLOCK, 16 * BLOCK):
        yield window, dataset.read(1, window=window.ranges)


def _pam_path(path: Path) -> Path:
    return path.with_name(path.name + ".aux.xml")


def _read_legend(path: Path, dataset: DatasetReader, nodata: int | None, tags: Mapping[str, str]) -> Legend:
    if tags.get("product") == "map":
        place, remedy = f"The legend in {path}", "classify again"
        listed = records.parsed(tags.get("legend", ""), place, remedy=remedy)
        legend: Legend = records.value(ClassTable, listed, place, remedy=remedy)
        return legend
    names, colours = _read_pam(_pam_path(path))
    if dataset.colorinterp[0].name == "palette":
        colours = {value: (r, g, b) for value, (r, g, b, _) in dataset.colormap(1).items()} | colours
    if not names:
        present: set[int] = set()
        for _, values in _blocks(dataset):
            present.update(np.unique(values).tolist())
        names = {value: str(value) for value in sorted(present)}
    names.pop(nodata, None) if nodata is not None else None
    if len(set(names.values())) < len(names):
        names = {value: f"{name} ({value})" for value, name in names.items()}
    default = conventional_colours(list(names.values()))
    return Legend(
        tuple(MapClass(v, n, colours.get(v, c)) for (v, n), c in zip(sorted(names.items()), default, strict=True))
    )


def _read_pam(path: Path) -> tuple[dict[int, str], dict[int, Colour]]:
    """Names and colours of values in GDAL's `.aux.xml`: from an attribute table, else category names; else empty."""
    if not path.exists():
        return {}, {}
    try:
        root = parse_xml(path).getroot()
    except (ParseError, DefusedXmlException, OSError) as error:
        raise MMEarthError(f"{path} cannot be read ({error}); repair or remove it.") from error
    band = root.find("PAMRasterBand") if root is not None else None
    if band is None:
        return {}, {}
    names, colours = _read_attribute_table(band.find("GDALRasterAttributeTable"))
    if not names:
        texts = [entry.text or "" for entry in band.iterfind("CategoryNames/Category")]
        names = {value: text for value, text in enumerate(texts) if text}
    return names, colours


def _read_attribute_table(table: Any) -> tuple[dict[int, str], dict[int, Colour]]:
    names: dict[int, str] = {}
    colours: dict[int, Colour] = {}
    if table is None:
        return names, colours
    usages = [int(field.findtext("Usage", "0")) for field in table.iterfind("FieldDefn")]
    if _RAT_VALUE not in usages or _RAT_NAME not in usages:
        return names, colours
    for row in table.iterfind("Row"):
        cells = [cell.text or "" for cell in row.iterfind("F")]
        value = int(float(cells[usages.index(_RAT_VALUE)]))
        names[value] = cells[usages.index(_RAT_NAME)]
        if all(usage in usages for usage in _RAT_RGB):
            r, g, b = (int(float(cells[usages.index(usage)])) for usage in _RAT_RGB)
            colours[value] = (r, g, b)
    return names, colours


def _category_names(classes: list[MapClass]) -> str:
    by_value = {c.value: c.name for c in classes}
    lines = "".join(
        f"      <Category>{html.escape(by_value.get(value, ''))}</Category>\n" for value in range(max(by_value) + 1)
    )
    return (
        '<PAMDataset>\n  <PAMRasterBand band="1">\n    <CategoryNames>\n'
        f"{lines}    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n"
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
