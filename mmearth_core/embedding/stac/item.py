"""The STAC Item beside an embedding raster: where it comes from and how its numbers are to be read.

Conforms to the proposal of an embeddings extension (prefix `emb:`, v0.0.1), which builds on STAC 1.0 and allows no
further field of its prefix: what else there is to say stands under `mmearth:`. Timestamps are written here only, so
that the raster itself is the same bytes every time.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

import numpy as np
import shapely
import shapely.geometry
from rasterio.warp import transform_geom

from mmearth_core.embedding.product import NODATA, EmbeddingRaster
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.encoder.registry import find
from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.ground.count import GroundCount
from mmearth_core.raster.raster_file import ground_steps

#: Sentinel-2A was launched on this day: the earliest a scene without a date can be from.
_LAUNCH = datetime(2015, 6, 23, tzinfo=UTC)
#: The proposal (geo-embeddings/embeddings-stac-specification) under the address that its schema gives itself.
EMBEDDINGS = "https://stac-extensions.github.io/embeddings/v0.0.1/schema.json"
#: The version of STAC that the proposal refers to.
STAC_VERSION = "1.0.0"
_EXTENSIONS = [
    EMBEDDINGS,
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
]
#: Of a meridian, on average.
_METRES_PER_DEGREE = 111_195
_MEDIA_TYPES = {".json": "application/geo+json", ".tif": "image/tiff", ".tiff": "image/tiff", ".jp2": "image/jp2"}


def item_path(raster: Path) -> Path:
    """Where the STAC Item of an embedding raster lies: `NAME.stac.json` beside `NAME.tif`."""
    return raster.with_suffix(".stac.json")


def is_item_of(item: Path, raster: Path) -> bool:
    """Whether a file is the item of an embedding of this name."""
    try:
        content = json.loads(item.read_text(encoding="utf-8"))
        named: bool = "mmearth:model_id" in content["properties"]
        return named and content["assets"]["embeddings"]["href"] == raster.name
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def written_before(raster: Path) -> tuple[float, GroundCount] | None:
    """The share of clipped values and what the pixels are, as the item of a raster says; None where there is none."""
    try:
        properties = json.loads(item_path(raster).read_text(encoding="utf-8"))["properties"]
        return float(properties["mmearth:clipped_share"]), GroundCount.from_dict(properties["mmearth:ground"])
    except (MMEarthError, OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def source_link(scene: str | Path, raster: Path) -> dict[str, str]:
    """The link to a scene that was embedded: relative to the raster's folder, unless it is elsewhere on the network."""
    link = {"rel": "emb:source-data", "href": _href(scene, raster.absolute().parent), "title": PurePath(scene).name}
    kind = _MEDIA_TYPES.get(PurePath(scene).suffix.lower())
    return link if kind is None else link | {"type": kind}


def model_link(model: str | Path, header: EncoderDescription, raster: Path) -> dict[str, str]:
    """The link to the model: where it was published, the file that was given, or, for the packaged one, its name."""
    if Path(model).is_file():
        href = _href(model, raster.absolute().parent)
    else:
        href = find(str(model)).url or f"urn:mmearth:model:{header.model_id}"
    return {"rel": "emb:model", "href": href, "title": f"{header.name} ({header.model_id[:12]})"}


def _href(target: str | Path, folder: Path) -> str:
    text = str(target)
    if "://" in text or text.startswith("/vsi"):
        return text
    try:
        return quote(PurePath(os.path.relpath(Path(target).absolute(), folder)).as_posix())
    except ValueError:  # on another drive
        return Path(target).absolute().as_uri()


def write_item(
    raster: EmbeddingRaster,
    header: EncoderDescription,
    acquired: datetime | None,
    clipped_share: float,
    ground: GroundCount,
    version: str,
    links: Sequence[Mapping[str, str]],
) -> Path:
    """Write the STAC Item of a finished embedding raster; returns its path."""
    now = _text(datetime.now(UTC).replace(microsecond=0))
    grid, provenance = raster.grid, raster.provenance
    left, bottom, right, top = grid.bounds
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    if grid.transform.b or grid.transform.d:
        corners = [
            grid.transform * at for at in ((0, 0), (0, grid.height), (grid.width, grid.height), (grid.width, 0), (0, 0))
        ]
    geometry = None
    if ground_steps(grid) is not None:  # not every projection can be undone
        outline = transform_geom(grid.crs, "EPSG:4326", {"type": "Polygon", "coordinates": [corners]}, precision=7)
        geometry = _cut_at_the_antimeridian(outline)
    code = grid.crs.to_authority()
    properties: dict[str, Any] = {
        "datetime": _text(acquired) if acquired else None,
        "created": now,
        "gsd": _metres(grid),
        "proj:code": ":".join(code) if code else None,
        "proj:shape": list(grid.shape),
        "proj:transform": list(grid.transform)[:9],
        "processing:datetime": now,
        "processing:software": {"mmearth": version},
        "emb:preprocessing": {
            "format": "mmearth",
            "expression": {
                "level": provenance["level"],
                "offset": provenance["offset"],
                "scale": provenance["scale"],
                "evidence": provenance["evidence"],
            },
        },
        "emb:runtime_parameters": {
            "bands": provenance["bands"],
            "filled_bands": provenance["fills"],
            "tile": provenance["tile"],
            "halo": provenance["halo"],
            "stride": 1,
            **header.runtime,
            "backend": provenance["backend"],
        },
        "emb:quantization": {
            "method": "linear",
            "original_dtype": "float32",
            "quantized_dtype": "uint8",
            "scale": list(raster.scales),
            "offset": list(raster.offsets),
        },
        "mmearth:model": header.name,
        "mmearth:model_id": header.model_id,
        "mmearth:trained": header.trained,
        "mmearth:clipped_share": clipped_share,
        "mmearth:ground": ground.as_dict(),
        "mmearth:input_digest": provenance["input_digest"],
    }
    properties |= {f"mmearth:{name}": provenance[name] for name in ("encoder", "quantisation") if name in provenance}
    if acquired is None:
        properties |= {"start_datetime": _text(_LAUNCH), "end_datetime": now}
    if not code:
        properties["proj:wkt2"] = grid.crs.to_wkt()
    bands = [
        {"nodata": NODATA, "data_type": "uint8", "scale": scale, "offset": offset}
        for scale, offset in zip(raster.scales, raster.offsets, strict=True)
    ]
    asset = {
        "href": raster.file.name,
        "type": "image/tiff; application=geotiff",
        "roles": ["data"],
        "raster:bands": bands,
    }
    item = {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": _EXTENSIONS,
        "id": raster.file.stem,
        "geometry": geometry,
        **({} if geometry is None else {"bbox": _bounding_box(geometry)}),
        "properties": properties,
        "links": [dict(link) for link in links],
        "assets": {"embeddings": asset},
    }
    path = item_path(raster.file)
    write_json(path, item)
    return path


def acquired_on(raster: Path) -> date | None:
    """The day an embedding's image was taken, of the item beside it; None when that does not tell."""
    try:
        told = json.loads(item_path(raster).read_text(encoding="utf-8"))["properties"]["datetime"]
        return datetime.fromisoformat(told.replace("Z", "+00:00")).date()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _text(time: datetime) -> str:
    """A time in UTC as RFC 3339 writes it."""
    return time.isoformat().replace("+00:00", "Z")


def _metres(grid: Grid) -> float:
    """Width of a pixel in metres; of a geographic CRS, along its meridian."""
    if grid.crs.is_projected:
        return round(float(grid.pixel_size[0] * grid.crs.linear_units_factor[1]), 3)
    return round(float(grid.pixel_size[1] * _METRES_PER_DEGREE), 3)


def _cut_at_the_antimeridian(outline: dict[str, Any]) -> dict[str, Any]:
    """A polygon whose longitudes count on beyond ±180° as RFC 7946 (section 3.1.9) has it: in two within ±180°."""
    if outline["type"] != "Polygon":
        return outline
    shape = shapely.geometry.shape(outline)
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return outline
    parts = []
    for turn in (-1, 0, 1):
        part = shapely.clip_by_rect(shape, 360 * turn - 180, -90, 360 * turn + 180, 90)
        if shapely.area(part) > 0:
            parts.append(shapely.transform(part, lambda xy, by=360 * turn: np.round(xy - [by, 0], 7)))
    whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    made: dict[str, Any] = json.loads(shapely.to_geojson(whole))
    return made


def _bounding_box(geometry: dict[str, Any]) -> list[float]:
    """West, south, east, north. A geometry that was cut at the antimeridian has its west edge east of its east edge
    (RFC 7946, section 5.2)."""
    if geometry["type"] == "Polygon":
        xs, ys = zip(*geometry["coordinates"][0], strict=True)
        return [min(xs), min(ys), max(xs), max(ys)]
    xs, ys = zip(*(point for polygon in geometry["coordinates"] for point in polygon[0]), strict=True)
    return [min(x for x in xs if x > 0), min(ys), max(x for x in xs if x < 0), max(ys)]
