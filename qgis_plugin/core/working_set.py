"""What a working set names, as far as QGIS must know before the worker reads it: its places. The worker judges it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

#: What the file says it is, as `format`.
FORMAT = "mmearth-working-set"


class Place(NamedTuple):
    """A place of a working set: its name (may be empty when it is the only one), embeddings, whether it has samples."""

    name: str
    embeddings: tuple[str, ...]
    has_samples: bool


def places_of(path: str) -> list[Place]:
    """The places of a working set; none when the file is no working set, or is damaged."""
    folder = Path(path).parent
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            return []
        return [
            Place(
                str(place.get("name", "")),
                tuple(_found(folder, each["embedding"]) for each in place["embeddings"]),
                bool(place.get("samples")),
            )
            for place in content["places"]
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []


def _found(folder: Path, name: str) -> str:
    return name if name.startswith(("/vsi", "http://", "https://")) else str(folder / name)
