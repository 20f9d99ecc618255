"""What lies beside an embedding raster: a STAC Item that says where it comes from, and a QGIS style.

The Item follows STAC 1.1 with the fields of the embeddings extension proposal (prefix `emb:`). Timestamps are
written here only, so that the raster itself is the same bytes every time.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rasterio.warp import transform_geom

from mmearth_core.embedding.product import NODATA, EmbeddingRaster
from mmearth_core.encoder.model_file import ModelHeader
from mmearth_core.files import check_output, write_json, write_text
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.ground.count import GroundCount
from mmearth_core.raster.layout import ground_steps
from mmearth_core.raster.writer import check_raster, raster_style

#: Sentinel-2A was launched on this day: the earliest a scene without a date can be from.
_LAUNCH = datetime(2015, 6, 23, tzinfo=UTC)
_EXTENSIONS = [
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
]
#: Of a meridian, on average.
_METRES_PER_DEGREE = 111_195
#: Steps on either side of 0 that the fixed rendering spreads over black to full colour.
_RENDERED_STEPS = 64


def item_path(raster: Path) -> Path:
    """Where the STAC Item of an embedding raster lies: `NAME.stac.json` beside `NAME.tif`."""
    return raster.with_suffix(".stac.json")


def check_places(output: Path, header: ModelHeader, *, overwrite: bool, inputs: Iterable[str | Path | None]) -> None:
    """Raise `MMEarthError` when an embedding raster, or what lies beside it, cannot be written, as `check_output`.

    What a killed run of the same output left beside it is replaced without being asked.
    """
    item, style = item_path(output), output.with_suffix(".qml")
    left = [item] if _is_item_of(item, output) else []
    left += [style] if style.is_file() and style.read_bytes() == _style(header.scales).encode() else []
    inputs = [*inputs]
    check_raster(
        output, overwrite=overwrite, inputs=inputs, beside=[each for each in (item, style) if each not in left]
    )
    check_output(output, overwrite=True, inputs=inputs, beside=left)


def _is_item_of(item: Path, raster: Path) -> bool:
    """Whether a file is the item of an embedding of this name."""
    try:
        content = json.loads(item.read_text(encoding="utf-8"))
        named: bool = "emb:model_id" in content["properties"]
        return named and content["assets"]["embeddings"]["href"] == raster.name
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def write_item(
    raster: EmbeddingRaster,
    header: ModelHeader,
    acquired: datetime | None,
    clipped_share: float,
    ground: GroundCount,
    version: str,
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
        geometry = transform_geom(grid.crs, "EPSG:4326", {"type": "Polygon", "coordinates": [corners]}, precision=7)
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
        "emb:type": "pixel",
        "emb:model": header.name,
        "emb:model_id": header.model_id,
        "emb:trained": header.trained,
        "emb:dimensions": len(raster.bands),
        "emb:input_bands": provenance["bands"],
        "emb:filled_bands": provenance["fills"],
        "emb:preprocessing": {
            "level": provenance["level"],
            "offset": provenance["offset"],
            "scale": provenance["scale"],
            "evidence": provenance["evidence"],
        },
        "emb:runtime_parameters": {
            "tile": provenance["tile"],
            "halo": provenance["halo"],
            "stride": 1,
            "grn": header.grn,
            "backend": provenance["backend"],
        },
        "emb:quantization": {
            "method": "linear",
            "original_dtype": "float32",
            "quantized_dtype": "uint8",
            "nodata": NODATA,
            "scale": list(raster.scales),
            "offset": list(raster.offsets),
            "clipped_share": clipped_share,
        },
        "emb:ground": ground.as_dict(),
        "emb:input_digest": provenance["input_digest"],
    }
    if acquired is None:
        properties |= {"start_datetime": _text(_LAUNCH), "end_datetime": now}
    if not code:
        properties["proj:wkt2"] = grid.crs.to_wkt()
    bands = [
        {"nodata": NODATA, "data_type": "uint8", "scale": scale, "offset": offset}
        for scale, offset in zip(raster.scales, raster.offsets, strict=True)
    ]
    asset = {
        "href": raster.path.name,
        "type": "image/tiff; application=geotiff",
        "roles": ["data"],
        "raster:bands": bands,
    }
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": _EXTENSIONS,
        "id": raster.path.stem,
        "geometry": geometry,
        **({} if geometry is None else {"bbox": _bounding_box(geometry)}),
        "properties": properties,
        "links": [],
        "assets": {"embeddings": asset},
    }
    path = item_path(raster.path)
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


def _bounding_box(geometry: dict[str, Any]) -> list[float]:
    """West, south, east, north. A geometry that was cut at the antimeridian has its west edge east of its east edge
    (RFC 7946, section 5.2)."""
    if geometry["type"] == "Polygon":
        xs, ys = zip(*geometry["coordinates"][0], strict=True)
        return [min(xs), min(ys), max(xs), max(ys)]
    xs, ys = zip(*(point for polygon in geometry["coordinates"] for point in polygon[0]), strict=True)
    return [min(x for x in xs if x > 0), min(ys), max(x for x in xs if x < 0), max(ys)]


def write_style(raster: EmbeddingRaster) -> Path:
    """Write the `.qml` by which QGIS draws E00, E01, E02 as red, green, blue; the same stretch for every scene."""
    path = raster.path.with_suffix(".qml")
    write_text(path, _style(raster.scales))
    return path


def _style(scales: Sequence[float]) -> str:
    contrast = "".join(
        f"<{colour}ContrastEnhancement><minValue>{-_RENDERED_STEPS * scales[band]:.6g}</minValue>"
        f"<maxValue>{_RENDERED_STEPS * scales[band]:.6g}</maxValue>"
        f"<algorithm>StretchToMinimumMaximum</algorithm></{colour}ContrastEnhancement>"
        for band, colour in enumerate(("red", "green", "blue"))
    )
    renderer = (
        '    <rasterrenderer type="multibandcolor" redBand="1" greenBand="2" blueBand="3" opacity="1" alphaBand="-1">'
        f"{contrast}</rasterrenderer>\n"
    )
    return raster_style(renderer)
