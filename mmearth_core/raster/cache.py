"""GDAL's block cache, kept small: by default it grows to 5 % of the machine's memory and is never read twice here."""

import rasterio

#: Bytes GDAL may keep of decoded blocks: some rows of blocks of a 12-band scene.
CACHE_BYTES = 100_000_000


def bounded_cache() -> rasterio.Env:
    """A context in which GDAL keeps at most `CACHE_BYTES` of blocks. GDAL has one cache for all threads."""
    return rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES)
