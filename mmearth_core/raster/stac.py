"""What a STAC item says of a Sentinel-2 scene, and which of its assets are its bands. Reads local files only."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, Said, level_in, parse_number, parse_time, significant
from mmearth_core.sentinel2 import Level, band_name

#: An item is a small file; a larger JSON is something else.
_MAX_BYTES = 4 * 2**20
#: First processing baseline whose products carry +1000 DN.
OFFSET_BASELINE = 4.0


def is_item(path: str) -> bool:
    """Whether the path names a JSON file that holds a STAC item."""
    return Path(path).suffix.lower() in {".json", ".geojson"} and _load(path) is not None


def sidecar_item(raster: str) -> str | None:
    """The STAC item beside a raster (`scene.json`, `scene.stac.json`), if there is one."""
    path = Path(raster)
    for candidate in (path.with_suffix(".json"), path.with_suffix(".stac.json")):
        if candidate != path and _load(str(candidate)) is not None:
            return str(candidate)
    return None


def _load(path: str) -> dict[str, Any] | None:
    file = Path(path)
    if not file.is_file() or file.stat().st_size > _MAX_BYTES:
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        return None
    if not isinstance(content, dict) or "stac_version" not in content or content.get("type") != "Feature":
        return None
    return content


def from_item(path: str) -> Metadata:
    """Level, offset, scale, baseline and time by the item's properties and its assets' raster bands.

    `earthsearch:boa_offset_applied` outranks a `raster:bands` offset: catalogues were published with both.
    """
    item = _load(path) or {}
    source = f"the STAC item {Path(path).name}"
    properties = item.get("properties") or {}
    text = str(properties.get("processing:level") or properties.get("s2:product_type") or "")
    level: Level | None = level_in(text) or level_in(str(item.get("collection") or "").replace("-", " "))
    baseline = parse_number(properties.get("s2:processing_baseline") or properties.get("processing:version"))
    scales, offsets = _raster_bands(item)
    applied = properties.get("earthsearch:boa_offset_applied")
    said: tuple[Said[float], ...] = ()
    if applied is True:
        said = (Said(0.0, f"earthsearch:boa_offset_applied in {source}"),)
    elif applied is False and baseline is not None:
        value = -1000.0 if baseline >= OFFSET_BASELINE else 0.0
        said = (Said(value, f"earthsearch:boa_offset_applied in {source}"),)
    elif len(offsets) == 1:
        said = (Said(round(offsets.pop() * 10000, 3), f"raster:bands in {source}"),)
    time = properties.get("datetime")
    return Metadata(
        levels=(Said(level, source),) if level else (),
        offsets=said,
        scales=(Said(scales.pop(), f"raster:bands in {source}"),) if len(scales) == 1 else (),
        baselines=(Said(baseline, source),) if baseline is not None else (),
        time=parse_time(time) if isinstance(time, str) else None,
    )


def _raster_bands(item: dict[str, Any]) -> tuple[set[float], set[float]]:
    """Scales and offsets of the assets that are spectral bands."""
    scales, offsets = set[float](), set[float]()
    for key, asset in (item.get("assets") or {}).items():
        for band in asset.get("raster:bands") or asset.get("bands") or []:
            if _asset_band(key, asset) is None:
                continue
            scale = parse_number(band.get("scale", band.get("raster:scale")))
            offset = parse_number(band.get("offset", band.get("raster:offset")))
            if scale is not None and scale > 0:
                scales.add(significant(scale))
            if offset is not None:
                offsets.add(offset)
    return scales, offsets


def _asset_band(key: str, asset: dict[str, Any]) -> str | None:
    """The band an asset holds: its band object's name, else its common name, else the asset's key."""
    described = asset.get("eo:bands") or asset.get("bands") or []
    if len(described) > 1:
        return None
    texts = [described[0].get(k) for k in ("name", "common_name", "eo:common_name")] if described else []
    return next((name for text in (*texts, key) if (name := band_name(text)) is not None), None)


def local_path(href: str, key: str, item: str | Path) -> str:
    """The file of an asset, absolute or relative to its item. Raises `MMEarthError` when it is remote."""
    url = urlparse(href)
    if url.scheme not in {"", "file"}:
        raise MMEarthError(f"{item}: the asset '{key}' is remote ({href}); download the item's files first.")
    return unquote(url.path) if url.scheme == "file" else href


def local_assets(path: str) -> dict[str, str]:
    """Band → single-band file of the item's assets.

    Raises `MMEarthError` when none is a band, or a band's file is remote.
    """
    found: dict[str, str] = {}
    for key, asset in ((_load(path) or {}).get("assets") or {}).items():
        name = "SCL" if key.lower() == "scl" else _asset_band(key, asset)
        href = str(asset.get("href") or "")
        if name is None or not href or Path(href).suffix.lower() not in {".tif", ".tiff", ".jp2"}:
            continue
        file = local_path(href, key, path)
        if name not in found or key == name.lower():
            found[name] = str(Path(path).parent / file)
    if not set(found) - {"SCL"}:
        raise MMEarthError(f"{path} is a STAC item without Sentinel-2 bands among its local assets; name the rasters.")
    return found
