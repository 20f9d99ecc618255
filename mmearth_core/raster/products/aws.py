"""What lies beside the bands in the buckets of AWS (sentinel-s2-l1c, sentinel-s2-l2a): which product they are of.

Layout: https://roda.sentinel-hub.com/sentinel-s2-l2a/readme.html
"""

import json
from pathlib import Path

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, from_product_name
from mmearth_core.raster.products.tree import metadata_in

# File → the key under which it has the product's name.
_FILES = {"tileInfo.json": "productName", "productInfo.json": "name"}


def product_beside(folder: Path) -> Metadata | None:
    """What the name of the product says, where a folder of bands, or the one around it, has AWS' files; else None."""
    for file in (place / name for place in (folder, folder.parent) for name in _FILES):
        if not file.is_file():
            continue
        try:
            content = json.loads(metadata_in(file))
        except (ValueError, RecursionError, MMEarthError):
            continue
        name = content.get(_FILES[file.name]) if isinstance(content, dict) else None
        if isinstance(name, str):
            return from_product_name(name, f"{file.name} ({name})")
    return None
