"""STAC items as sites: which asset and which property stands for which modality. Reads local files only.

An item's Sentinel-2 bands are found as for `embed`. Of the other modalities an asset belongs to the one whose name is
its key or among its roles: `sentinel1_asc`, `sentinel1_desc`, `elevation`, `canopy_height`, `esa_worldcover`,
`dynamic_world`. Radar assets say their polarisations by `sar:polarizations` (or the raster's band names) and are in dB
unless their `raster:bands` have the unit "linear". Properties `mmearth:biome`, `mmearth:eco_region` and
`mmearth:era5` stand for the keys of a specification.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.raster.products.stac import local_path
from mmearth_core.raster.references import trust

_RADAR = {"sentinel1_asc": "asc", "sentinel1_desc": "desc"}
_RASTERS = ("elevation", "canopy_height")
_CLASSES = ("esa_worldcover", "dynamic_world")
#: Assets that are looked at by people and other programs.
_NO_RASTERS = {".jpg", ".jpeg", ".png", ".json", ".geojson", ".xml", ".html", ".txt", ".pdf"}


def items_of(content: Any, path: Path, scratch: Path) -> list[Path] | None:
    """The files of the STAC items that `content` of a file names; None when it is something else.

    An item itself, a list of paths of items, or an ItemCollection, whose items are written into `scratch` with the
    addresses of their assets made absolute.
    """
    if isinstance(content, list) and content and all(isinstance(each, str) for each in content):
        return [path.parent / each for each in content]
    if not isinstance(content, Mapping):
        return None
    if content.get("type") == "Feature" and "stac_version" in content:
        return [path]
    if content.get("type") != "FeatureCollection":
        return None
    items = []
    for index, feature in enumerate(content.get("features") or []):
        if not isinstance(feature, Mapping) or not isinstance(feature.get("assets"), Mapping):
            raise MMEarthError(f"{path}: feature {index} is no STAC item (it has no assets); leave it out.")
        assets = {
            key: {**asset, "href": local_path(str(asset.get("href") or ""), key, path)}
            for key, asset in feature["assets"].items()
            if PurePath(str(asset.get("href") or "x.txt")).suffix.lower() not in _NO_RASTERS
        }
        name = "".join(c if c.isalnum() or c in "-_." else "_" for c in str(feature.get("id", index)))
        items.append(scratch / f"{name}.json")
        write_json(items[-1], {"stac_version": "1.0.0", **feature, "assets": assets})
        trust(items[-1])  # its assets have just been checked
    return items


def site_of_item(path: Path) -> dict[str, Any]:
    """The site of a specification that says the same as an item."""
    try:
        item = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MMEarthError(f"{path} cannot be read as a STAC item ({error}); get it again.") from error
    if not isinstance(item, dict) or item.get("type") != "Feature" or not isinstance(item.get("assets"), dict):
        raise MMEarthError(f"{path} is no STAC item; list items, or give a specification with `sites:`.")
    properties = item.get("properties") or {}
    site: dict[str, Any] = {"name": str(item.get("id") or path.stem), "sentinel2": str(path.absolute())}
    covers = []
    for key, asset in item["assets"].items():
        known = {key, *(asset.get("roles") or [])} & {*_RADAR, *_RASTERS, *_CLASSES}
        file = local_path(str(asset.get("href") or ""), key, path) if known else ""
        for name in known & set(_RADAR):
            bands = asset.get("sar:polarizations") or properties.get("sar:polarizations")
            units = {str(band.get("unit", "dB")).lower() for band in asset.get("raster:bands") or [{}]}
            radar = {"path": file, "units": "linear" if units == {"linear"} else "dB"}
            site.setdefault("sentinel1", {})[_RADAR[name]] = radar | ({"bands": bands} if bands else {})
        for name in known & set(_RASTERS):
            site[name] = file
        covers += [{"path": file, "coding": name} for name in known & set(_CLASSES)]
    if covers:
        site["land_cover"] = covers
    for key in ("biome", "eco_region", "era5"):
        if (value := properties.get(f"mmearth:{key}")) is not None:
            site[key] = value
    if isinstance(properties.get("datetime"), str):
        site["date"] = properties["datetime"]
    return site
