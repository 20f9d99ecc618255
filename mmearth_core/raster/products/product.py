"""What any layout of a product comes down to: which file holds which band, and what the product says of its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmearth_core.raster.metadata import Metadata


@dataclass(frozen=True)
class BandFile:
    """A band of a raster as GDAL opens it; `nodata` is what the product says where the file itself does not.

    `listed` is how many bands the product says the raster has.
    """

    path: str
    nodata: float | None = None
    index: int = 1
    listed: int = 1


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
