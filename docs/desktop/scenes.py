"""The example scene as others have theirs: `python docs/desktop/scenes.py KIND SCENE.tif`, in place.

`ten-bands` is a scene of the ten bands of 10 m and 20 m, as whole numbers, whose names
only the file tells. `degrees` has reflectances from 0 to 1 in longitudes and latitudes, as Earth Engine exports them.
"""

import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.warp import Resampling, calculate_default_transform, reproject

TEN = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")


def ten_bands(path: Path) -> None:
    with rasterio.open(path) as dataset:
        names, profile = list(dataset.descriptions), dataset.profile
        values = dataset.read([names.index(name) + 1 for name in TEN])
    with rasterio.open(path, "w", **{**profile, "count": len(TEN)}) as dataset:
        dataset.write(values)
        dataset.descriptions = TEN


def degrees(path: Path) -> None:
    with rasterio.open(path) as dataset:
        names, source = dataset.descriptions, dataset.profile
        values = dataset.read(masked=True).filled(0).astype(np.float32)
        bounds = dataset.bounds
    dn_of_nothing = 0 if source["nodata"] is None else source["nodata"]
    values = np.where(values == dn_of_nothing, np.nan, (values + offset(values)) / 10_000)
    transform, width, height = calculate_default_transform(
        source["crs"], "EPSG:4326", source["width"], source["height"], *bounds
    )
    turned = np.full((len(values), height, width), np.nan, np.float32)
    reproject(
        values, turned, src_transform=source["transform"], src_crs=source["crs"], src_nodata=np.nan,
        dst_transform=transform, dst_crs="EPSG:4326", dst_nodata=np.nan, resampling=Resampling.bilinear,
    )  # fmt: skip
    with rasterio.open(
        path, "w", driver="GTiff", count=len(turned), height=height, width=width, dtype="float32", nodata=np.nan,
        crs="EPSG:4326", transform=transform, compress="deflate",
    ) as dataset:  # fmt: skip
        dataset.write(turned)
        dataset.descriptions = names


def offset(values: np.ndarray) -> int:
    """What products of baseline 04.00 and later have too much, if this one has it."""
    land = values[values > 0]
    return -1000 if np.percentile(land, 0.1) >= 1000 else 0


if __name__ == "__main__":
    kind, scene = sys.argv[1], Path(sys.argv[2])
    {"ten-bands": ten_bands, "degrees": degrees}[kind](scene)
