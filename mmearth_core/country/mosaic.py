"""Many rasters of one kind as one that GDAL and QGIS open at once: a small VRT that names them. Nothing is copied.

One coordinate system each: of a run over several UTM zones there is a mosaic for each zone, which lie side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

import numpy as np
from affine import Affine

from mmearth_core.raster.opening import opened

#: GDAL's names of the types that are written.
_TYPES = {"uint8": "Byte", "uint16": "UInt16", "int16": "Int16", "float32": "Float32"}


@dataclass(frozen=True)
class Part:
    """A raster of a mosaic: its name beside the mosaic, (height, width), and where it lies."""

    name: str
    shape: tuple[int, int]
    transform: Affine


def mosaic(parts: Sequence[Part], example: str) -> str:
    """The VRT of parts on one lattice, in one coordinate system. `example`: what GDAL opens one of them by; its bands,
    with names, scales, colours and no-data value, are those of the mosaic, and its tags."""
    first = parts[0].transform
    step, down = first.a, first.e
    left = min(part.transform.c for part in parts)
    top = max(part.transform.f for part in parts)
    offsets = [
        (round((part.transform.c - left) / step), round((part.transform.f - top) / down), part) for part in parts
    ]
    width = max(col + part.shape[1] for col, _, part in offsets)
    height = max(row + part.shape[0] for _, row, part in offsets)
    with opened(example, wanted="a raster") as dataset:
        crs, nodata, tags = dataset.crs.to_wkt(), dataset.nodata, dataset.tags()
        colours = None
        if dataset.count == 1 and dataset.colorinterp[0].name == "palette":
            colours = dataset.colormap(1)
        bands = [
            _band(number, dataset.dtypes[number - 1], nodata, dataset.descriptions[number - 1],
                  dataset.scales[number - 1], dataset.offsets[number - 1], colours, offsets)
            for number in range(1, dataset.count + 1)
        ]  # fmt: skip
    told = "".join(
        f'<MDI key="{escape(key)}">{escape(value)}</MDI>'
        for key, value in sorted(tags.items())
        if key != "AREA_OR_POINT"
    )
    return (
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">\n<SRS>{escape(crs)}</SRS>\n'
        f"<GeoTransform>{left!r}, {step!r}, 0, {top!r}, 0, {down!r}</GeoTransform>\n"
        f"<Metadata>{told}</Metadata>\n{''.join(bands)}</VRTDataset>\n"
    )


def _band(
    number: int,
    dtype: str,
    nodata: float | None,
    name: str | None,
    scale: float,
    offset: float,
    colours: dict[int, tuple[int, int, int, int]] | None,
    parts: Sequence[tuple[int, int, Part]],
) -> str:
    told = "" if nodata is None else f"<NoDataValue>{nodata:g}</NoDataValue>"
    told += f"<Description>{escape(name)}</Description>" if name else ""
    told += f"<Offset>{offset!r}</Offset><Scale>{scale!r}</Scale>" if (scale, offset) != (1, 0) else ""
    if colours is not None:
        entries = "".join('<Entry c1="{}" c2="{}" c3="{}" c4="{}"/>'.format(*colours[each]) for each in range(256))
        told += f"<ColorInterp>Palette</ColorInterp><ColorTable>{entries}</ColorTable>"
    sources = "".join(
        f'<ComplexSource><SourceFilename relativeToVRT="1">{escape(str(PurePosixPath(part.name)))}</SourceFilename>'
        f"<SourceBand>{number}</SourceBand>"
        f'<SourceProperties RasterXSize="{part.shape[1]}" RasterYSize="{part.shape[0]}" DataType="{_TYPES[dtype]}"/>'
        f'<SrcRect xOff="0" yOff="0" xSize="{part.shape[1]}" ySize="{part.shape[0]}"/>'
        f'<DstRect xOff="{col}" yOff="{row}" xSize="{part.shape[1]}" ySize="{part.shape[0]}"/>'
        f"{'' if nodata is None else f'<NODATA>{nodata:g}</NODATA>'}</ComplexSource>\n"
        for col, row, part in parts
    )
    return f'<VRTRasterBand dataType="{_TYPES[dtype]}" band="{number}">{told}\n{sources}</VRTRasterBand>\n'


def on_one_lattice(parts: Sequence[Part]) -> list[list[Part]]:
    """Parts by the lattice of their pixels: those of one group can be put together without resampling."""
    found: dict[tuple[float, ...], list[Part]] = {}
    for part in parts:
        t = part.transform
        key = (t.a, t.e, *np.round((t.c % t.a / t.a % 1, t.f % -t.e / -t.e % 1), 3).tolist())
        found.setdefault(key, []).append(part)
    return list(found.values())
