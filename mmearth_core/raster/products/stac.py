"""What a STAC item says of a Sentinel-2 scene, and which of its assets are its bands. Reads local files only."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from mmearth_core.band_names.codes import code_in, contradicts
from mmearth_core.band_names.conventions import squeezed
from mmearth_core.band_names.reading import ONE_BY_ONE, Circumstances, Label, is_known, read_bands
from mmearth_core.band_names.wavelengths import nanometres
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import (
    OFFSET_BASELINE,
    Metadata,
    Said,
    level_in,
    parse_number,
    parse_time,
    significant,
)
from mmearth_core.raster.products.product import BandFile, Product
from mmearth_core.raster.raster_file import describe
from mmearth_core.raster.references import check_reference
from mmearth_core.sentinel2 import Level

#: An item is a small file; a larger JSON is something else.
_MAX_BYTES = 4 * 2**20
_IMAGES = {".tif", ".tiff", ".jp2"}
_RESOLUTION = re.compile(r"[_-](?:10|20|60)m$", re.IGNORECASE)
#: Names of an asset's bands, in the order they are trusted: its own, then the words of the `eo` extension.
_NAMES, _COMMON = ("name",), ("common_name", "eo:common_name")


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
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "stac_version" not in content or content.get("type") != "Feature":
        return None
    return content


def _mapping(content: Any) -> dict[str, Any]:
    """What should be an object; nothing of anything else."""
    return content if isinstance(content, dict) else {}


def _assets(item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, asset in _mapping(item.get("assets")).items():
        if isinstance(asset, dict):
            yield str(key), asset


def _band_objects(asset: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    """The objects that describe an asset's bands, under the first of these names that has any."""
    for name in names:
        content = asset.get(name)
        if isinstance(content, list) and content:
            return [_mapping(each) if not isinstance(each, str) else {"name": each} for each in content]
    return []


def from_item(path: str, keys: Collection[str] | None = None) -> Metadata:
    """Level, offset, scale, baseline and time by the item's properties and its assets' raster bands.

    Of the assets those with these `keys` count, by default all that are spectral bands.
    `earthsearch:boa_offset_applied` outranks a `raster:bands` offset: catalogues were published with both.
    """
    item = _load(path) or {}
    source = f"the STAC item {Path(path).name}"
    properties = _mapping(item.get("properties"))
    text = str(properties.get("processing:level") or properties.get("s2:product_type") or "")
    level: Level | None = level_in(text) or level_in(str(item.get("collection") or "").replace("-", " "))
    baseline = parse_number(properties.get("s2:processing_baseline") or properties.get("processing:version"))
    scales, offsets = _raster_bands(item, keys)
    applied = properties.get("earthsearch:boa_offset_applied")
    said: tuple[Said[float], ...] = ()
    if applied is True:
        said = (Said(0.0, f"earthsearch:boa_offset_applied in {source}"),)
    elif applied is False and baseline is not None:
        value = -1000.0 if baseline >= OFFSET_BASELINE else 0.0
        said = (Said(value, f"earthsearch:boa_offset_applied in {source}"),)
    else:
        said = _said({round(offset * 10000, 3): several for offset, several in offsets.items()}, source)
    time = properties.get("datetime") or properties.get("start_datetime")
    return Metadata(
        levels=(Said(level, source),) if level else (),
        offsets=said,
        scales=_said(scales, source),
        baselines=(Said(baseline, source),) if baseline is not None else (),
        time=parse_time(time) if isinstance(time, str) else None,
    )


def _said(values: dict[float, list[str]], source: str) -> tuple[Said[float], ...]:
    where = f"raster:bands in {source}"
    if len(values) == 1:
        return tuple(Said(value, where) for value in values)
    return tuple(Said(value, f"{where} ({', '.join(several)})") for value, several in values.items())


def _raster_bands(
    item: dict[str, Any], keys: Collection[str] | None
) -> tuple[dict[float, list[str]], dict[float, list[str]]]:
    """Scales and offsets stated for the assets, each with the assets it is stated for."""
    scales, offsets = dict[float, list[str]](), dict[float, list[str]]()
    for key, asset in _assets(item):
        if key not in keys if keys is not None else not is_known(_label(key, asset).text):
            continue
        # STAC 1.1 allows what is the same for all bands of an asset to stand in the asset itself.
        for band in _band_objects(asset, "raster:bands", "bands") or [{}]:
            scale, offset = (
                parse_number(band.get(name, band.get(f"raster:{name}", asset.get(f"raster:{name}"))))
                for name in ("scale", "offset")
            )
            if scale is not None and scale > 0:
                scales.setdefault(significant(scale), []).append(key)
            if offset is not None:
                offsets.setdefault(offset, []).append(key)
    # A band of which nothing is said, beside others with an offset, has none: that they differ is to be told.
    silent = [key for key in keys or () if not any(key in several for several in offsets.values())]
    if silent and any(offsets):
        offsets.setdefault(0.0, []).extend(silent)
    return scales, offsets


def _label(key: str, asset: dict[str, Any]) -> Label:
    """What an asset says of its band: the name of its band object, else the asset's key, else the common name."""
    described = _band_objects(asset, "eo:bands", "bands")
    if len(described) > 1:
        return Label(None)
    band = described[0] if described else {}
    common = next((str(band[name]) for name in _COMMON if band.get(name)), None)
    texts = [*(str(band[name]) for name in _NAMES if band.get(name)), _RESOLUTION.sub("", key)]
    text = next((each for each in texts if code_in(each) is not None), None)
    text = text or next((each for each in (*texts, common) if is_known(each)), None)
    code = code_in(text or "")
    if code is not None and common is not None and contradicts(code, common):
        text = f"{text} - {common}"  # read so, the contradiction is found and named
    wavelength = parse_number(band.get("center_wavelength", band.get("eo:center_wavelength")))
    return Label(text, nanometres(wavelength) if wavelength else None)


def local_path(href: str, key: str, item: str | Path) -> str:
    """The file of an asset, wherever its item lies. Raises `MMEarthError` when it is remote or elsewhere, and not
    trusted."""
    return check_reference(href, item, f"{href} (its asset '{key}')")


def item_product(path: str) -> Product:
    """The single-band files of an item's assets, of each band the finest.

    Raises `MMEarthError` when none is a band, the bands are another mission's, or a band's file is remote.
    """
    item = _load(path) or {}
    labels: dict[str, Label] = {}
    keys: dict[str, list[str]] = {}
    for key, asset in _assets(item):
        href = asset.get("href")
        if not isinstance(href, str) or Path(urlparse(href).path).suffix.lower() not in _IMAGES:
            continue
        label = Label("SCL") if squeezed(_RESOLUTION.sub("", key)) == "scl" else _label(key, asset)
        if label.text is not None:
            name = code_in(label.text) or squeezed(label.text)
            labels.setdefault(name, label)
            keys.setdefault(name, []).append(key)
    names = [name for name in labels if name != "scl"]
    reading = read_bands([labels[name] for name in names], Circumstances(path, hints=_hints(item), ask=ONE_BY_ONE))
    chosen = {band: _finest(path, item, keys[names[position]], band) for band, position in reading.bands.items()}
    if not chosen:
        raise MMEarthError(f"{path} is a STAC item without Sentinel-2 bands among its local assets; name the rasters.")
    metadata = from_item(path, set(chosen.values()))
    if "scl" in labels:
        chosen["SCL"] = _finest(path, item, keys["scl"], "SCL")
    files = {band: BandFile(_file(path, item, key)) for band, key in chosen.items()}
    left = [key for key, _ in _assets(item) if key not in chosen.values()]
    notes = (f"Assets that are not used: {', '.join(left[:20])}{', …' if len(left) > 20 else ''}.",) if left else ()
    return Product(path, Path(path).stem, files, metadata, notes)


def _hints(item: dict[str, Any]) -> tuple[str, ...]:
    properties = _mapping(item.get("properties"))
    said = [
        item.get("collection"),
        *(properties.get(n) for n in ("platform", "constellation", "mission", "instruments")),
    ]
    return tuple(str(each) for each in said if each)


def _file(path: str, item: dict[str, Any], key: str) -> str:
    href = str(dict(_assets(item))[key]["href"])
    return local_path(href, key, path)


def _finest(path: str, item: dict[str, Any], keys: list[str], band: str) -> str:
    """Of several assets of one band the local one with the smallest pixels; of equal ones that named as the band."""
    local = [key for key in keys if urlparse(str(dict(_assets(item))[key]["href"])).scheme in {"", "file"}]
    if len(local) < 2:
        return (local or keys)[0]
    sizes = {key: describe(_file(path, item, key)).grid.pixel_size for key in local}
    return min(local, key=lambda key: (sizes[key], key.lower() != band.lower()))
