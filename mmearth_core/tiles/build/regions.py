"""The biome or ecoregion of a place: given for a whole site, or asked of a vector file or raster at a tile's centre."""

from functools import lru_cache

import numpy as np
import pyproj
import shapely
from rasterio.enums import Resampling

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.raster.grid import Grid
from mmearth_core.tiles.build.alignment import AlignedRaster, place_of
from mmearth_core.tiles.build.specification import Region, biome_index
from mmearth_core.vectors.reading import VectorLayer, read_vector

#: A field of the RESOLVE ecoregions whose numbers are another order of the biomes than MMEarth's.
_OTHER_ORDER = "BIOME_NUM"


class RegionLookup:
    """Answers for one modality ("biome" or "eco_region") and one way of knowing it."""

    def __init__(self, modality: str, region: Region) -> None:
        self._modality, self._region = modality, region
        self._count = MODALITIES[modality].outputs
        if region.field == _OTHER_ORDER:
            raise MMEarthError(
                f"{region.path}: the field {_OTHER_ORDER} numbers the biomes in another order than MMEarth; name a"
                f" field of biome names, such as BIOME_NAME."
            )
        self._polygons: _Polygons | None = None
        if region.field is not None:
            self._polygons = _Polygons(read_vector(region.path, layer=region.layer, field=region.field))

    def check(self, grid: Grid, title: str) -> None:
        """Raise `MMEarthError` when the file has nothing to say of the place of a scene."""
        if self._polygons is not None:
            if not self._polygons.reaches(grid):
                raise MMEarthError(
                    f"{self._region.path} does not overlap {title} ({place_of(grid)}); give one that does."
                )
        elif self._region.path:
            with AlignedRaster(self._region.path, resampling=Resampling.nearest) as raster:
                raster.sample(grid, title)

    def at(self, lon: float, lat: float) -> int | None:
        """The index at a place in degrees; None where the file knows none."""
        if self._region.index is not None:
            return self._region.index
        if self._polygons is not None:
            return self._index(self._polygons.at(lon, lat))
        with AlignedRaster(self._region.path, resampling=Resampling.nearest) as raster:
            value = raster.at(lon, lat)
        return None if np.isnan(value) else self._index(value)

    def _index(self, value: object) -> int | None:
        if value is None:
            return None
        if isinstance(value, str) and self._modality == "biome":
            index = biome_index(value)
        else:
            index = int(value) if isinstance(value, int | float | np.number) and value == int(value) else None
        if index is None or not 0 <= index < self._count:
            shown = value.item() if isinstance(value, np.generic) else value
            raise MMEarthError(
                f"{self._region.path}: {shown!r} is no {self._modality}; give an index from 0 to"
                f" {self._count - 1}{' or the name of a biome' if self._modality == 'biome' else ''}."
            )
        return index


@lru_cache(maxsize=8)
def lookup(modality: str, region: Region) -> RegionLookup:
    """The lookup of a region; files that many sites share are read once."""
    return RegionLookup(modality, region)


class _Polygons:
    """Polygons with a value each, asked at points."""

    def __init__(self, layer: VectorLayer) -> None:
        self._values = layer.values if layer.values is not None else np.empty(0)
        self._tree = shapely.STRtree(layer.geometries)
        self._to_layer = pyproj.Transformer.from_crs("EPSG:4326", layer.crs, always_xy=True)
        self._crs = layer.crs
        self._bounds = shapely.box(*shapely.total_bounds(layer.geometries))

    def reaches(self, grid: Grid) -> bool:
        to_layer = pyproj.Transformer.from_crs(pyproj.CRS.from_wkt(grid.crs.to_wkt()), self._crs, always_xy=True)
        return bool(self._bounds.intersects(shapely.box(*to_layer.transform_bounds(*grid.bounds))))

    def at(self, lon: float, lat: float) -> object:
        found = self._tree.query(shapely.Point(*self._to_layer.transform(lon, lat)), predicate="intersects")
        value = self._values[found.min()] if len(found) else None
        return None if value is None or (isinstance(value, float) and np.isnan(value)) else value
