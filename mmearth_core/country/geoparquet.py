"""Tables of ours as GeoParquet: written whole or not at all, read only when they say what they are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path

#: Columns of shapes, in degrees: the main one, and others.
GEOMETRY = "geometry"


def write_table(
    path: Path, table: "pa.Table", told: Mapping[str, Any], shapes: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write a table; `told` is what it says of itself, `shapes` its columns of WKB and what there is to say of each
    (`geometry_types`, `bbox`)."""
    columns = {name: {"encoding": "WKB", **said} for name, said in shapes.items()}
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": columns}
    metadata = {"geo": json.dumps(geo), "mmearth": json.dumps(dict(told), ensure_ascii=False)}
    with atomic_path(path) as staged:
        pq.write_table(table.replace_schema_metadata(metadata), staged, compression="zstd")


def read_table(
    path: str | Path, kind: str, version: int, refused: str, missing: str
) -> "tuple[pa.Table, dict[str, Any]]":
    """A table and what it says of itself. Raises `MMEarthError`, with these sentences, when it is not there, or not of
    this `format` and `format_version`."""
    try:
        table = pq.read_table(path)
        told = json.loads((table.schema.metadata or {}).get(b"mmearth", b"{}"))
    except FileNotFoundError as error:
        raise MMEarthError(missing) from error
    except (pa.ArrowException, OSError, ValueError) as error:
        raise MMEarthError(refused) from error
    if told.get("format") != kind or told.get("format_version") != version:
        raise MMEarthError(refused)
    return table, told
