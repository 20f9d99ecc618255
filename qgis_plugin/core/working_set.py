"""What a working set names, as far as QGIS must know before the worker reads it: its places. The worker judges it."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

#: What the file says it is, as `format`.
FORMAT = "mmearth-working-set"


class Place(NamedTuple):
    """A place of a working set: its name (may be empty when it is the only one); files of its embeddings, the day of
    each as ISO has it ("" where it is not told), files of its layers; whether it has samples."""

    name: str
    embeddings: tuple[str, ...]
    dates: tuple[str, ...]
    layers: tuple[str, ...]
    has_samples: bool

    @property
    def files(self) -> tuple[str, ...]:
        """The rasters it names."""
        return (*self.embeddings, *self.layers)


def places_of(path: str) -> list[Place]:
    """The places of a working set; none when the file is no working set, or is damaged."""
    try:
        status = Path(path).stat()
    except OSError:
        return []
    return list(_read(path, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=8)
def _read(path: str, _changed: int, _size: int) -> tuple[Place, ...]:
    """As `places_of`, read once for each state of the file: forms ask at every key."""
    folder = Path(path).parent
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return tuple(_place(folder, each) for each in content["places"]) if content["format"] == FORMAT else ()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ()


def _place(folder: Path, told: dict[str, Any]) -> Place:
    return Place(
        str(told.get("name", "")),
        tuple(_found(folder, each["embedding"]) for each in told["embeddings"]),
        tuple(str(each.get("date") or "") for each in told["embeddings"]),
        tuple(_found(folder, each["raster"]) for each in told.get("layers", ())),
        bool(told.get("samples")),
    )


def _found(folder: Path, name: str) -> str:
    """As QGIS calls the file, which knows no way up: a layer is found by it."""
    return name if name.startswith(("/vsi", "http://", "https://")) else os.path.normpath(folder / name)
