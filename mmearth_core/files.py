"""Output files that exist whole or not at all: checked before the work, written to a temporary name, renamed once."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmearth_core.errors import EnvironmentFailure, MMEarthError


def check_output(path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path | None] = ()) -> Path:
    """The output path, when a file can be made there.

    Raises `MMEarthError` when it exists (and `overwrite` is off), is one of the `inputs`, or its folder is absent or
    cannot be written.
    """
    path = Path(path)
    if path.is_dir():
        raise MMEarthError(f"{path} is a folder; give the name of the file to write.")
    if path.exists() and any(each is not None and Path(each).exists() and path.samefile(each) for each in inputs):
        raise MMEarthError(f"{path} is an input of this command, which would destroy it; choose another output.")
    if path.exists() and not overwrite:
        raise MMEarthError(f"{path} exists already; choose another name or pass `overwrite=True`.")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise MMEarthError(f"The folder {folder} does not exist; create it or choose another output.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise MMEarthError(f"Cannot write into {folder} ({error.strerror}); choose another output folder.") from error
    return path


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`; renamed to it when the block succeeds, removed when it fails.

    Its name is always the same, so what a killed process left is overwritten by the next one.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise EnvironmentFailure(f"Could not write {path} ({error.strerror or error}).") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all (UTF-8, two spaces, NaN refused)."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def flush(path: Path) -> None:
    """Let what was written to a file reach the disk, or a rename in a folder; only POSIX can flush a folder."""
    if path.is_file():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    elif os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
