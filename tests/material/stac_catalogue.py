"""A catalogue of Sentinel-2 scenes as Earth Search describes them, and a real STAC API server that answers for it."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shapely
import shapely.geometry

from mmearth_core.country.covering.globe import outline
from mmearth_core.raster.grid import Grid

#: Earth Search's names of the bands, and by how much their pixels are larger than those of 10 m.
NAMES = {
    "coastal": ("B01", 6), "blue": ("B02", 1), "green": ("B03", 1), "red": ("B04", 1), "rededge1": ("B05", 2),
    "rededge2": ("B06", 2), "rededge3": ("B07", 2), "nir": ("B08", 1), "nir08": ("B8A", 2), "nir09": ("B09", 6),
    "swir16": ("B11", 2), "swir22": ("B12", 2), "scl": ("SCL", 2),
}  # fmt: skip
COLLECTION = "sentinel-2-l2a"


def item(
    name: str,
    grid: Grid,
    *,
    day: str = "2023-07-01",
    cloud: float = 5.0,
    tile: str = "32TLS",
    footprint: Any = None,
    files: str = "https://example.com/{name}/{band}.tif",
    baseline: str = "05.09",
    applied: bool | None = True,
    jp2: bool = False,
) -> dict[str, Any]:
    """An Item; `files` is the address of a band's file. With `jp2` every band has a second file, as there."""
    shape = shapely.geometry.mapping(outline(grid) if footprint is None else footprint)
    assets: dict[str, Any] = {}
    for key, (band, factor) in NAMES.items():
        t = grid.transform
        assets[key] = {
            "href": files.format(name=name, band=key),
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "eo:bands": [{"name": key, "common_name": key}] if band != "SCL" else [],
            "proj:shape": [grid.height // factor, grid.width // factor],
            "proj:transform": [t.a * factor, 0, t.c, 0, t.e * factor, t.f],
            "raster:bands": [{"scale": 0.0001, "offset": 0 if applied is None else -0.1}],
            "file:size": 1000,
            "roles": ["data"],
        }
        if jp2:
            assets[f"{key}-jp2"] = {
                **assets[key],
                "href": assets[key]["href"].replace(".tif", ".jp2"),
                "type": "image/jp2",
            }
    assets["thumbnail"] = {"href": "preview.jpg", "type": "image/jpeg", "roles": ["thumbnail"]}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": name,
        "collection": COLLECTION,
        "geometry": shape,
        "bbox": list(shapely.bounds(shapely.geometry.shape(shape)).tolist()),
        "properties": {
            "datetime": f"{day}T10:10:00Z",
            "created": f"{day}T20:10:00Z",
            "platform": "sentinel-2a",
            "constellation": "sentinel-2",
            "eo:cloud_cover": cloud,
            "proj:epsg": grid.crs.to_epsg(),
            "grid:code": f"MGRS-{tile}",
            "s2:processing_baseline": baseline,
            **({} if applied is None else {"earthsearch:boa_offset_applied": applied}),
        },
        "links": [],
        "assets": assets,
    }


@contextmanager
def served(items: Sequence[dict[str, Any]], folder: Path) -> Iterator[str]:
    """The address of a STAC API that has these items; a process of its own."""
    collection = {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": COLLECTION,
        "description": "scenes of a test",
        "license": "proprietary",
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2015-06-23T00:00:00Z", None]]},
        },
        "links": [],
    }
    (folder / "items.json").write_text(json.dumps({"type": "FeatureCollection", "features": list(items)}))
    (folder / "collection.json").write_text(json.dumps(collection))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [Path(sys.executable).with_name("rustac"), "serve", "--addr", address, "collection.json", "items.json"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{address}/", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError((folder / "server.log").read_text())
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(10)
