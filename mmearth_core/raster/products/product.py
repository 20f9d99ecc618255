"""What any layout of a product comes down to: which file holds which band, and what the product says of its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmearth_core.raster.metadata import Metadata


@dataclass(frozen=True)
class BandFile:
    """A single-band raster as GDAL opens it; `nodata` is what the product says where the file itself does not."""

    path: str
    nodata: float | None = None


@dataclass(frozen=True)
class Product:
    """A product's bands (and SCL), each at its finest resolution, and what its metadata says of the files' values.

    `notes` say what was chosen or left out.
    """

    path: str
    name: str
    bands: Mapping[str, BandFile]
    metadata: Metadata
    notes: tuple[str, ...] = ()
