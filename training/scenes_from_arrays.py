"""Write the arrays of the development imagery as Sentinel-2 scenes: GeoTIFFs that `mmearth` opens without options.

    python training/scenes_from_arrays.py DATA_FOLDER OUTPUT_FOLDER

Sites and pairs only (224 and 264 pixels). Their +1000 offset, where a product carries it, is removed here: the data's
description names the five tiles that do.
"""

import argparse
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

L2A = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
L1C = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
#: TerraMind sites whose products carry the offset, by level.
WITH_OFFSET = {"L1C": {0, 2, 3}, "L2A": {2}}


def write(path: Path, pixels: NDArray[np.generic], level: str, offset: int, lonlat: tuple[float, float]) -> None:
    """One scene of (bands, H, W) digital numbers, at 10 m in the UTM zone of its place."""
    dn = np.where(pixels > 0, np.maximum(pixels.astype(np.int32) + offset, 1), 0).astype(np.uint16)
    zone = int((lonlat[0] + 180) // 6) + 1
    profile = {
        "driver": "GTiff",
        "count": len(dn),
        "height": dn.shape[1],
        "width": dn.shape[2],
        "dtype": "uint16",
        "nodata": 0,
        "crs": f"EPSG:{(32600 if lonlat[1] >= 0 else 32700) + zone}",
        "transform": from_origin(500_000, 5_000_000, 10, 10),
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(dn)
        dataset.descriptions = L1C if len(dn) == len(L1C) else L2A
        dataset.update_tags(PROCESSING_LEVEL=level, SCALE="0.0001", BOA_ADD_OFFSET="0")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with np.load(arguments.data / "terramind_sites.npz") as sites:
        for index, (site, lonlat) in enumerate(zip(sites["id"], sites["lonlat"], strict=True)):
            for level in ("L1C", "L2A"):
                offset = -1000 if index in WITH_OFFSET[level] else 0
                target = arguments.output / f"site_{site}_{level}.tif"
                write(target, sites[f"S2{level}"][index], level, offset, tuple(lonlat))
    with np.load(arguments.data / "s1_s2_pairs.npz") as pairs:
        for name in pairs.files:
            if name.startswith(("SSL4EO_s2", "BEN_S2_")):
                level = "L1C" if len(pairs[name]) == len(L1C) else "L2A"
                write(arguments.output / f"{name}.tif", pairs[name], level, 0, (75.0, 30.0))


if __name__ == "__main__":
    main()
