"""Virtual rasters: small texts (VRT) that name pixels of other rasters, which GDAL and QGIS open as one raster.

Nothing is copied; whoever removes what they name makes them worthless.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mmearth_core.raster.grid import Grid, Window

#: GDAL's names of the types that are written.
_TYPES = {"uint8": "Byte", "uint16": "UInt16", "int16": "Int16", "float32": "Float32"}


@dataclass(frozen=True)
class VirtualSource:
    """A raster of which all is shown: its name (`beside` the VRT: relative to that) and the window that it fills."""

    name: str
    window: Window
    beside: bool


@dataclass(frozen=True)
class VirtualBand:
    """A band: the one of this number of all sources, and what a raster says of it. `colours`: a palette; `shown`: what
    GDAL calls its part in a picture, such as Red."""

    source: int
    dtype: str = "uint8"
    nodata: float | None = None
    name: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    colours: Mapping[int, tuple[int, int, int, int]] | None = None
    shown: str | None = None


def virtual_raster(
    grid: Grid, bands: Sequence[VirtualBand], sources: Sequence[VirtualSource], tags: Mapping[str, str] | None = None
) -> str:
    """The text of a VRT on a grid: its bands, each of all sources. Where these have no data, there is none."""
    numbers = ", ".join(repr(getattr(grid.transform, name)) for name in "cabfde")
    told = "".join(f'<MDI key="{escape(key)}">{escape(value)}</MDI>' for key, value in sorted((tags or {}).items()))
    return (
        f'<VRTDataset rasterXSize="{grid.width}" rasterYSize="{grid.height}">\n'
        f"<SRS>{escape(grid.crs.to_wkt())}</SRS>\n<GeoTransform>{numbers}</GeoTransform>\n"
        f"{f'<Metadata>{told}</Metadata>{chr(10)}' if told else ''}"
        f"{''.join(_band(number, band, sources) for number, band in enumerate(bands, start=1))}</VRTDataset>\n"
    )


def _band(number: int, band: VirtualBand, sources: Sequence[VirtualSource]) -> str:
    told = "" if band.nodata is None else f"<NoDataValue>{band.nodata:g}</NoDataValue>"
    told += f"<Description>{escape(band.name)}</Description>" if band.name else ""
    if (band.scale, band.offset) != (1, 0):
        told += f"<Offset>{band.offset!r}</Offset><Scale>{band.scale!r}</Scale>"
    if band.colours is not None:
        entries = "".join('<Entry c1="{}" c2="{}" c3="{}" c4="{}"/>'.format(*band.colours[each]) for each in range(256))
        told += f"<ColorInterp>Palette</ColorInterp><ColorTable>{entries}</ColorTable>"
    elif band.shown is not None:
        told += f"<ColorInterp>{band.shown}</ColorInterp>"
    kind = _TYPES[band.dtype]
    return (
        f'<VRTRasterBand dataType="{kind}" band="{number}">{told}\n'
        f"{''.join(_source(each, band, kind) for each in sources)}</VRTRasterBand>\n"
    )


def _source(source: VirtualSource, band: VirtualBand, kind: str) -> str:
    window = source.window
    size = f'xSize="{window.width}" ySize="{window.height}"'
    return (
        f'<ComplexSource><SourceFilename relativeToVRT="{source.beside:d}">{escape(source.name)}</SourceFilename>'
        f"<SourceBand>{band.source}</SourceBand>"
        f'<SourceProperties RasterXSize="{window.width}" RasterYSize="{window.height}" DataType="{kind}"/>'
        f'<SrcRect xOff="0" yOff="0" {size}/><DstRect xOff="{window.col}" yOff="{window.row}" {size}/>'
        f"{'' if band.nodata is None else f'<NODATA>{band.nodata:g}</NODATA>'}</ComplexSource>\n"
    )
