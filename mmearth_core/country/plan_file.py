"""The plan of a country as a file: a row for each scene, GeoParquet that QGIS, GDAL and geopandas read as well."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from mmearth_core.country.geoparquet import GEOMETRY, read_table, write_table
from mmearth_core.errors import MMEarthError

#: What the file says it is, under `mmearth` in its schema's metadata.
FORMAT, VERSION = "mmearth-plan", 1
_COLUMNS = pa.schema(
    [
        ("id", pa.string()),
        ("look", pa.int32()),
        ("place", pa.string()),
        ("tile", pa.string()),
        ("source", pa.string()),
        ("item", pa.string()),
        ("hrefs", pa.list_(pa.string())),
        ("datetime", pa.timestamp("ms", tz="UTC")),
        ("cloud", pa.float64()),
        ("level", pa.string()),
        ("offset", pa.float64()),
        ("evidence", pa.string()),
        ("crs", pa.string()),
        ("column", pa.int64()),
        ("row", pa.int64()),
        ("width", pa.int64()),
        ("height", pa.int64()),
        ("whole", pa.bool_()),
        ("own_km2", pa.float64()),
        ("megapixels", pa.float64()),
        ("input_bytes", pa.int64()),
        ("output_bytes", pa.int64()),
        ("seconds", pa.float64()),
        ("key", pa.string()),
        ("footprint", pa.binary()),
        ("geometry", pa.binary()),
    ]
)


@dataclass(frozen=True, eq=False)
class Row:
    """What is embedded of one scene. `source`: its path, or "" when it is that of the STAC Item `item`. The window
    (`column`, `row`, `width`, `height`) holds the ground that is its own, `geometry` (polygons in degrees); `whole`:
    every pixel of the window is. `place`: the row of the first look at the same ground, which holds all of this one's.
    `output_bytes` and `seconds` are expected, `key` tells it from every other work."""

    id: str
    look: int
    place: str
    tile: str
    source: str
    item: Mapping[str, Any] | None = field(repr=False)
    hrefs: tuple[str, ...] = field(repr=False)
    datetime: datetime | None
    cloud: float | None
    level: str | None
    offset: float | None
    evidence: str
    crs: str = field(repr=False)
    column: int
    row: int
    width: int
    height: int
    whole: bool
    own_km2: float
    megapixels: float
    input_bytes: int | None
    output_bytes: int
    seconds: float
    key: str
    footprint: Any = field(repr=False)
    geometry: Any = field(repr=False)


@dataclass(frozen=True, eq=False)
class Plan:
    """Rows, and what the plan says of itself: `area` and `missing` are polygons in degrees, `asked` what was asked for,
    in plain values."""

    rows: tuple[Row, ...]
    area: Any = field(repr=False)
    missing: Any = field(repr=False)
    asked: Mapping[str, Any]

    @property
    def places(self) -> list[tuple[Row, ...]]:
        """The rows of each place, the first look first."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.rows, key=lambda row: row.look):
            found.setdefault(row.place, []).append(row)
        return [tuple(rows) for rows in found.values()]


def write_plan(path: Path, plan: Plan, *, software: str) -> None:
    """Write a plan whole or not at all."""
    columns = {name: [_stored(name, getattr(row, name)) for row in plan.rows] for name in _COLUMNS.names}
    bounds = shapely.total_bounds([row.geometry for row in plan.rows]).tolist() if plan.rows else [-180, -90, 180, 90]
    types = sorted({row.geometry.geom_type for row in plan.rows})
    told = {
        "format": FORMAT,
        "format_version": VERSION,
        "software": software,
        "asked": dict(plan.asked),
        "area": shapely.to_wkb(plan.area, hex=True),
        "missing": shapely.to_wkb(plan.missing, hex=True),
    }
    shapes: dict[str, dict[str, Any]] = {
        GEOMETRY: {"geometry_types": types, "bbox": bounds},
        "footprint": {"geometry_types": []},
    }
    write_table(path, pa.table(columns, schema=_COLUMNS), told, shapes)


def read_plan(path: str | Path) -> Plan:
    """Raises `MMEarthError` when a file is missing, damaged, or no plan."""
    refused = f"{path} is not a plan of this version; make one with: mmearth plan."
    table, told = read_table(path, FORMAT, VERSION, refused, f"{path} does not exist; make a plan with: mmearth plan.")
    if table.schema.names != _COLUMNS.names:
        raise MMEarthError(refused)
    rows = tuple(Row(**{name: _read(name, value) for name, value in each.items()}) for each in table.to_pylist())
    return Plan(rows, shapely.from_wkb(told["area"]), shapely.from_wkb(told["missing"]), told["asked"])


def _stored(name: str, value: Any) -> Any:
    if name in {"geometry", "footprint"}:
        return shapely.to_wkb(value)
    if name == "item":
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return list(value) if name == "hrefs" else value


def _read(name: str, value: Any) -> Any:
    if name in {"geometry", "footprint"}:
        return shapely.from_wkb(value)
    if name == "item":
        return None if value is None else json.loads(value)
    if name == "datetime":
        return None if value is None else value.astimezone(UTC)
    return tuple(value) if name == "hrefs" else value
