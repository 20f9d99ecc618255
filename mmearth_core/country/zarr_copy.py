"""An embedding raster as Zarr, version 3: for those who read with xarray, or from object storage without a raster.

One array `embeddings` (band, y, x) of the stored numbers, in chunks of 32 × 32 pixels with all their bands, in shards;
`scale` and `offset` (band) beside it: value = stored · scale + offset, 0 is no data. Place and system as the GeoZarr
conventions `spatial:` and `proj:` (version 1) write them, and once more as GDAL and xarray read them (`spatial_ref`).
"""

from pathlib import Path
from typing import Any

import numpy as np

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.files import workshop
from mmearth_core.progress import CancelToken
from mmearth_core.raster.opening import bounded_cache, opened

#: Pixels of a side of a chunk, and of a shard, a file.
CHUNK, SHARD = 32, 1024
_CONVENTIONS = [
    {
        "schema_url": "https://raw.githubusercontent.com/zarr-conventions/geo-proj/refs/tags/v1/schema.json",
        "spec_url": "https://github.com/zarr-conventions/geo-proj/blob/v1/README.md",
        "uuid": "f17cb550-5864-4468-aeb7-f3180cfb622f",
        "name": "proj",
        "description": "Coordinate reference system information for geospatial data",
    },
    {
        "schema_url": "https://raw.githubusercontent.com/zarr-conventions/spatial/refs/tags/v1/schema.json",
        "spec_url": "https://github.com/zarr-conventions/spatial/blob/v1/README.md",
        "uuid": "689b58e2-cf7b-45e0-9fff-9cfc0883d6b4",
        "name": "spatial",
        "description": "Spatial coordinate information",
    },
]


def write_zarr(path: str | Path, folder: Path, cancel: CancelToken) -> Path:
    """The store `NAME.zarr` of an embedding raster, in a folder; whole or not at all. Needs the extra `zarr`."""
    import zarr  # noqa: PLC0415 - an extra, for those who want such a store
    from zarr.codecs import ZstdCodec  # noqa: PLC0415

    raster = EmbeddingRaster.open(path)
    grid, bands = raster.grid, len(raster.scales)
    target = folder / f"{Path(path).stem}.zarr"
    with workshop(target) as staged:
        made = staged / target.name
        group = zarr.create_group(str(made), zarr_format=3, attributes=_attributes(raster))
        side = min(SHARD, -(-max(grid.shape) // CHUNK) * CHUNK)
        array = group.create_array(
            "embeddings",
            shape=(bands, *grid.shape),
            dtype="uint8",
            chunks=(bands, CHUNK, CHUNK),
            shards=(bands, side, side),
            compressors=[ZstdCodec(level=9)],
            fill_value=0,
            dimension_names=("band", "y", "x"),
            attributes={
                "_FillValue": 0,
                "grid_mapping": "spatial_ref",
                "long_name": f"embedding by {raster.model_name}",
            },
        )
        t = grid.transform
        for name, values, dimension in (
            ("scale", np.array(raster.scales, np.float32), "band"),
            ("offset", np.array(raster.offsets, np.float32), "band"),
            ("x", t.c + t.a * (np.arange(grid.width) + 0.5), "x"),
            ("y", t.f + t.e * (np.arange(grid.height) + 0.5), "y"),
        ):
            group.create_array(name, data=values, dimension_names=(dimension,))
        group.create_array("spatial_ref", data=np.zeros((), np.int32), attributes=_reference(raster))
        with bounded_cache(), opened(raster.path, wanted="an embedding raster") as dataset:
            for window in grid.window.parts(side, side):
                cancel.check()
                rows, cols = window.slices
                array[:, rows, cols] = dataset.read(window=window.ranges)
        made.rename(target)
    return target


def _attributes(raster: EmbeddingRaster) -> dict[str, Any]:
    grid = raster.grid
    code = grid.crs.to_epsg()
    return {
        "zarr_conventions": _CONVENTIONS,
        **({"proj:code": f"EPSG:{code}"} if code else {"proj:wkt2": grid.crs.to_wkt(version="WKT2_2019")}),
        "spatial:dimensions": ["y", "x"],
        "spatial:transform_type": "affine",
        "spatial:transform": list(grid.transform)[:6],
        "spatial:shape": list(grid.shape),
        "spatial:bbox": list(grid.bounds),
        "spatial:registration": "pixel",
        "mmearth:model": raster.model_name,
        "mmearth:model_id": raster.model_id,
        "mmearth:provenance": dict(raster.provenance),
    }


def _reference(raster: EmbeddingRaster) -> dict[str, Any]:
    t = raster.grid.transform
    return {
        "crs_wkt": raster.grid.crs.to_wkt(),
        "GeoTransform": " ".join(repr(number) for number in (t.c, t.a, t.b, t.f, t.d, t.e)),
    }
