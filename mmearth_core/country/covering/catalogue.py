"""Scenes of a STAC catalogue: what is asked of it, and what its Items say of a scene without a look at its pixels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlparse

import pystac_client
import shapely
import shapely.geometry
from affine import Affine
from pystac_client.exceptions import APIError
from rasterio.crs import CRS
from rasterio.errors import CRSError

from mmearth_core.country.covering.scenes import Candidate, Found
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.metadata import expected, parse_number, parse_time
from mmearth_core.raster.products.stac import band_assets, item_metadata
from mmearth_core.sentinel2 import needed_bands
from mmearth_core.wording import left_out

#: Bands of 10 m, whose pixels those of the embedding are.
_FINE = ("B04", "B03", "B02", "B08")
_TILE = re.compile(r"(?<![0-9A-Z])T?(\d{2}[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V])(?![0-9A-Z])")
#: An area is asked for by no more corners than catalogues take.
_CORNERS, _COARSER = 400, 0.01
_PAGE = 100


def search(
    area: Any,
    *,
    catalogue: str,
    collection: str,
    dates: tuple[date, date],
    max_cloud: float,
    wanted: Sequence[str],
    progress: Progress,
    cancel: CancelToken,
) -> Found:
    """The scenes of a collection that touch an area (polygons in degrees), taken from one day to another (both
    included), with at most so many percent of clouds; `wanted` are the encoder's bands.

    Raises `EnvironmentFailure` when the catalogue cannot be reached, `MMEarthError` when it is none.
    """
    items = list(_items(area, catalogue, collection, dates, max_cloud, progress, cancel))
    found, unusable = dict[str, Candidate](), dict[str, str]()
    clouded = 0
    for item in items:
        name = str(item.get("id"))
        cloud = parse_number(item.get("properties", {}).get("eo:cloud_cover"))
        if cloud is not None and cloud > max_cloud:
            clouded += 1
            continue
        try:
            found[name] = candidate(item, wanted)
        except MMEarthError as error:
            unusable[name] = error.text
    newest = _newest(list(found.values()))
    older = len(found) - len(newest)
    messages = [f"{left_out(clouded, 'scene', f'more than {max_cloud:g} % of clouds')}."] if clouded else []
    messages += [f"{left_out(older, 'scene', 'an older processing of one that is there')}."] if older else []
    return Found(tuple(newest), unusable, tuple(messages))


def candidate(item: Mapping[str, Any], wanted: Sequence[str]) -> Candidate:
    """What an Item says of a scene. Raises `MMEarthError` when it lacks too many bands, does not say where it lies, or
    says what `embed` will refuse.

    Of several assets of one band the one whose pixels it says are smallest counts."""
    name, properties, assets = str(item.get("id")), item.get("properties") or {}, item.get("assets") or {}
    places = {band: [key for key, index in keys if not index] for band, keys in band_assets(dict(item), name).items()}
    chosen = {band: _finest(keys, assets) for band, keys in places.items() if keys}
    present = [band for band in wanted if band in chosen]
    if len(present) < needed_bands(wanted):
        raise MMEarthError(f"{name} has {len(present)} of the bands; choose a collection of Sentinel-2 images.")
    grid = next(filter(None, (_grid(assets[chosen[band]], properties) for band in _FINE if band in chosen)), None)
    if grid is None:
        raise MMEarthError(f"{name} does not say where its pixels of 10 m lie; choose a catalogue that does (proj:…).")
    keys = [*present, *(["SCL"] if "SCL" in chosen else [])]
    metadata = item_metadata(dict(item), name, {(chosen[band], 1) for band in present})
    known = expected(metadata, source=name)
    sizes = [parse_number(assets[chosen[band]].get("file:size")) for band in keys]
    return Candidate(
        name=name,
        source="",
        grid=grid,
        footprint=shapely.make_valid(shapely.geometry.shape(item["geometry"])),
        item=_slim(item, [chosen[band] for band in keys]),
        date=metadata.time,
        cloud=parse_number(properties.get("eo:cloud_cover")),
        level=known.level,
        offset=known.offset,
        evidence=" ".join(known.evidence),
        bytes=int(sum(size for size in sizes if size is not None)) if all(sizes) else None,
        tile=_tile(name, properties),
    )


def _items(
    area: Any,
    catalogue: str,
    collection: str,
    dates: tuple[date, date],
    max_cloud: float,
    progress: Progress,
    cancel: CancelToken,
) -> Iterator[dict[str, Any]]:
    try:
        client = pystac_client.Client.open(catalogue, timeout=60)
        asked: dict[str, Any] = {"query": {"eo:cloud_cover": {"lte": max_cloud}}} if client.conforms_to("QUERY") else {}
        found = client.search(
            collections=[collection],
            intersects=shapely.geometry.mapping(_simple(area)),
            datetime=f"{dates[0].isoformat()}T00:00:00Z/{dates[1].isoformat()}T23:59:59Z",
            limit=_PAGE,
            **asked,
        )
        progress.start("Searching", 0, "scenes")
        for page in found.pages_as_dicts():
            cancel.check()
            features = page.get("features") or []
            progress.advance(len(features))
            yield from features
        progress.finish()
    except APIError as error:
        raise EnvironmentFailure(
            f"{catalogue} does not answer ({_short(error)}); check the connection and the address, and run it again."
        ) from error
    except (KeyError, ValueError, TypeError, NotImplementedError) as error:
        raise MMEarthError(
            f"{catalogue} is no STAC catalogue that can be searched ({_short(error)}); give the address of its API."
        ) from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _simple(area: Any) -> Any:
    """The area with few corners, and all of it within."""
    step = _COARSER
    while shapely.get_num_coordinates(area) > _CORNERS:
        area, step = area.buffer(step).simplify(step), 2 * step
    return area


def _finest(keys: Sequence[str], assets: Mapping[str, Any]) -> str:
    """Of the assets of one band that whose pixels are said to be the smallest; a cloud-optimised one of equal ones."""

    def size(key: str) -> tuple[float, bool, str]:
        asset = assets[key]
        bands = asset.get("raster:bands") or [{}]
        told = asset.get("gsd") or asset.get("raster:spatial_resolution") or bands[0].get("spatial_resolution")
        transform = asset.get("proj:transform") or [parse_number(told) or 60.0]
        return abs(float(transform[0])), "jp2" in f"{asset.get('type')} {asset.get('href')}", key

    return min(keys, key=size)


def _grid(asset: Mapping[str, Any], properties: Mapping[str, Any]) -> Grid | None:
    """The grid of an asset by the projection extension, where it says it."""
    told = {**properties, **asset}
    shape, transform = told.get("proj:shape"), told.get("proj:transform")
    code = told.get("proj:code") or (f"EPSG:{told['proj:epsg']}" if told.get("proj:epsg") else None)
    if not shape or not transform or code is None:
        return None
    try:
        return Grid(int(shape[0]), int(shape[1]), Affine(*map(float, transform[:6])), CRS.from_user_input(code))
    except (CRSError, ValueError, TypeError, LookupError):
        return None


def _tile(name: str, properties: Mapping[str, Any]) -> str:
    told = str(properties.get("s2:mgrs_tile") or properties.get("grid:code") or "").removeprefix("MGRS-")
    found = _TILE.search(told) or _TILE.search(name)
    return found[1] if found else ""


def _newest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of several processings of one image the newest, by baseline and time of processing."""
    best: dict[tuple[str, object, str], Candidate] = {}
    for each in candidates:
        key = each.tile or each.name, each.date, str(each.grid)
        if key not in best or _made(each) > _made(best[key]):
            best[key] = each
    return list(best.values())


def _made(candidate: Candidate) -> tuple[float, str, str]:
    properties = (candidate.item or {}).get("properties") or {}
    baseline = parse_number(properties.get("s2:processing_baseline") or properties.get("processing:version")) or 0.0
    time = parse_time(str(properties.get("updated") or properties.get("created") or ""))
    return baseline, time.isoformat() if time else "", candidate.name


def _slim(item: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """An Item with the assets that are read; their addresses absolute."""
    base = next((str(link["href"]) for link in item.get("links") or [] if link.get("rel") == "self"), "")
    assets = {}
    for key in dict.fromkeys(keys):
        asset = dict(item["assets"][key])
        if not urlparse(str(asset["href"])).scheme and base:
            asset["href"] = urljoin(base, str(asset["href"]))
        assets[key] = asset
    kept = {
        name: item[name]
        for name in ("type", "stac_version", "id", "collection", "geometry", "bbox", "properties")
        if name in item
    }
    return {**kept, "links": [], "assets": assets}
