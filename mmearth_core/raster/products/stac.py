"""What a STAC item says of a Sentinel-2 scene, and which of its assets are its bands. Reads local files only."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlparse

from mmearth_core.band_names.codes import code_in, contradicts
from mmearth_core.band_names.conventions import squeezed
from mmearth_core.band_names.reading import ONE_BY_ONE, Circumstances, Label, is_known, read_bands
from mmearth_core.band_names.wavelengths import nanometres
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import (
    Metadata,
    Said,
    level_in,
    offset_of,
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
#: Keys and roles of assets of several bands that are no measurements.
_PICTURES = {"visual", "overview", "thumbnail", "preview", "tci", "rendered_preview", "true_color"}
#: An asset, and which band of its file; 0 where the file is the band.
Position = tuple[str, int]


def is_item(path: str) -> bool:
    """Whether the path names a JSON file that holds a STAC item."""
    return Path(path).suffix.lower() in {".json", ".geojson"} and _load(path) is not None


def sidecar_item(raster: str) -> str | None:
    """The STAC item beside a raster (`scene.json`, `scene.stac.json`, `scene.tif.json`), if there is one."""
    path = Path(raster)
    for candidate in (path.with_suffix(".json"), path.with_suffix(".stac.json"), Path(f"{raster}.json")):
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


def from_item(path: str, used: Collection[Position] | None = None) -> Metadata:
    """Level, offset, scale, baseline and time by the item's properties and its assets' raster bands.

    Of the bands of assets those that are `used` count, by default all that are spectral bands.
    `earthsearch:boa_offset_applied` outranks a `raster:bands` offset: catalogues were published with both.
    """
    return item_metadata(_load(path) or {}, Path(path).name, used)


def item_metadata(item: dict[str, Any], name: str, used: Collection[Position] | None = None) -> Metadata:
    """As `from_item`, of an item that is called so."""
    source = f"the STAC item {name}"
    properties = _mapping(item.get("properties"))
    text = str(properties.get("processing:level") or properties.get("s2:product_type") or "")
    level: Level | None = level_in(text) or level_in(str(item.get("collection") or "").replace("-", " "))
    baseline = parse_number(properties.get("s2:processing_baseline") or properties.get("processing:version"))
    scales, offsets = _raster_bands(item, used)
    applied = properties.get("earthsearch:boa_offset_applied")
    said: tuple[Said[float], ...] = ()
    if applied is True:
        said = (Said(0.0, f"earthsearch:boa_offset_applied in {source}"),)
    elif applied is False and baseline is not None:
        said = (Said(offset_of(baseline), f"earthsearch:boa_offset_applied in {source}"),)
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
    item: dict[str, Any], used: Collection[Position] | None
) -> tuple[dict[float, list[str]], dict[float, list[str]]]:
    """Scales and offsets stated for bands of assets, each with the assets it is stated for."""
    scales, offsets = dict[float, list[str]](), dict[float, list[str]]()
    silent = dict[str, None]()
    for key, asset in _assets(item):
        stated = _band_objects(asset, "raster:bands", "bands")
        for index, label in enumerate(_labels(key, asset), 1):
            if (key, index) not in used if used is not None else not is_known(label.text):
                continue
            # STAC 1.1 allows what is the same for all bands of an asset to stand in the asset itself.
            band = stated[index - 1] if index <= len(stated) else {}
            scale, offset = (
                parse_number(band.get(name, band.get(f"raster:{name}", asset.get(f"raster:{name}"))))
                for name in ("scale", "offset")
            )
            if scale is not None and scale > 0:
                _noted(scales, significant(scale), key)
            if offset is not None:
                _noted(offsets, offset, key)
            elif used is not None:
                silent[key] = None
    # A band of which nothing is said, beside others with an offset, has none: that they differ is to be told.
    if silent and any(offsets):
        offsets.setdefault(0.0, []).extend(silent)
    return scales, offsets


def _noted(values: dict[float, list[str]], value: float, key: str) -> None:
    keys = values.setdefault(value, [])
    if key not in keys:
        keys.append(key)


def _labels(key: str, asset: dict[str, Any]) -> list[Label]:
    """What an asset says of each of its bands; of an asset that does not list them there is one."""
    described = _band_objects(asset, "eo:bands", "bands")
    if len(described) > 1:
        return [_label(band, []) for band in described]
    return [_label(described[0] if described else {}, [_RESOLUTION.sub("", key)])]


def _label(band: dict[str, Any], keys: list[str]) -> Label:
    """What is said of a band: the name of its object, else its asset's key, else the common name."""
    common = next((str(band[name]) for name in _COMMON if band.get(name)), None)
    texts = [*(str(band[name]) for name in _NAMES if band.get(name)), *keys]
    text = next((each for each in texts if code_in(each) is not None), None)
    text = text or next((each for each in (*texts, common) if is_known(each)), None)
    code = code_in(text or "")
    if code is not None and common is not None and contradicts(code, common):
        text = f"{text} - {common}"  # read so, the contradiction is found and named
    wavelength = parse_number(band.get("center_wavelength", band.get("eo:center_wavelength")))
    return Label(text, nanometres(wavelength) if wavelength else None)


def labels_beside(raster: str, count: int) -> tuple[str, list[Label]] | None:
    """(file name of the STAC item beside a raster, what it says of its bands), if there is one that describes them."""
    path = sidecar_item(raster)
    for key, asset in _assets(_load(path) or {}) if path is not None else ():
        href = asset.get("href")
        if isinstance(href, str) and PurePosixPath(unquote(urlparse(href).path)).name == Path(raster).name:
            labels = _labels(key, asset)
            return (Path(str(path)).name, labels) if len(labels) == count else None
    return None


def local_path(href: str, key: str, item: str | Path) -> str:
    """The file of an asset, wherever its item lies. Raises `MMEarthError` when it is remote or elsewhere, and not
    trusted."""
    return check_reference(href, item, f"{href} (its asset '{key}')")


def item_product(path: str) -> Product:
    """The bands among an item's assets, of each the finest; of files of several bands what no other file holds.

    Raises `MMEarthError` when none is a band, the bands are another mission's, or a band's file is remote.
    """
    item = _load(path) or {}
    chosen = {band: _finest(path, item, places, band) for band, places in band_assets(item, path).items()}
    bands = {(key, index or 1) for band, (key, index) in chosen.items() if band != "SCL"}
    if not bands:
        raise MMEarthError(f"{path} is a STAC item without Sentinel-2 bands among its local assets; name the rasters.")
    metadata = from_item(path, bands)
    listed = {key: len(_labels(key, asset)) for key, asset in _assets(item)}
    files = {b: BandFile(_file(path, item, key), None, index or 1, listed[key]) for b, (key, index) in chosen.items()}
    taken = {key for key, _ in chosen.values()}
    left = [key for key, _ in _assets(item) if key not in taken]
    notes = (f"Assets that are not used: {', '.join(left[:20])}{', …' if len(left) > 20 else ''}.",) if left else ()
    return Product(path, Path(path).stem, files, metadata, notes)


def band_assets(item: dict[str, Any], name: str) -> dict[str, list[Position]]:
    """Where an item, called so, has each band of Sentinel-2 (`B02`, …) and `SCL`, wherever these files are.

    Raises `MMEarthError` when the bands are another mission's.
    """
    labels: dict[str, Label] = {}
    places: dict[str, list[Position]] = {}
    for key, index, label in sorted(_candidates(item), key=lambda each: each[1] > 0):
        title = code_in(label.text or "") or squeezed(label.text or "")
        if index and any(not other for _, other in places.get(title, ())):
            continue
        labels.setdefault(title, label)
        places.setdefault(title, []).append((key, index))
    titles = [title for title in labels if title != "scl"]
    reading = read_bands([labels[title] for title in titles], Circumstances(name, hints=_hints(item), ask=ONE_BY_ONE))
    found = {band: places[titles[position]] for band, position in reading.bands.items()}
    return {**found, "SCL": places["scl"]} if "scl" in labels else found


def _candidates(item: dict[str, Any]) -> Iterator[tuple[str, int, Label]]:
    """(asset, 1-based index in a file of several bands or 0, what is said of it) of what may be a band or SCL."""
    for key, asset in _assets(item):
        href = asset.get("href")
        if not isinstance(href, str) or Path(urlparse(href).path).suffix.lower() not in _IMAGES:
            continue
        labels = _labels(key, asset)
        if len(labels) == 1:
            if squeezed(_RESOLUTION.sub("", key)) == "scl":
                yield key, 0, Label("SCL")
            elif labels[0].text is not None:
                yield key, 0, labels[0]
        elif not _is_picture(key, asset):
            names = [str(band.get("name")).upper() for band in _band_objects(asset, "eo:bands", "bands")]
            for index, (name, label) in enumerate(zip(names, labels, strict=True), 1):
                if name == "SCL" or label.text is not None:
                    yield key, index, Label("SCL") if name == "SCL" else label


def _is_picture(key: str, asset: dict[str, Any]) -> bool:
    """Whether an asset of several bands is a picture for the eye."""
    roles = asset.get("roles")
    return any(str(word).lower() in _PICTURES for word in (key, *(roles if isinstance(roles, list) else ())))


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


def _finest(path: str, item: dict[str, Any], places: list[Position], band: str) -> Position:
    """Of several assets of one band the local one with the smallest pixels; of equal ones that named as the band."""
    local = [each for each in places if urlparse(str(dict(_assets(item))[each[0]]["href"])).scheme in {"", "file"}]
    if len(local) < 2:
        return (local or places)[0]
    sizes = {place: describe(_file(path, item, place[0])).grid.pixel_size for place in local}
    same = [key for key, index in local if index and sizes[key, index] == min(sizes.values())]
    if len(same) > 1:
        raise MMEarthError(f"{path} has {band} in several assets ({', '.join(same[:4])}); name the raster you mean.")
    return min(local, key=lambda place: (sizes[place], place[0].lower() != band.lower()))
