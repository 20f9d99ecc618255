"""Embeddings kept by what they were made from, so that the same raster, model and options are embedded once.

A folder of files `NAME-KEY.tif` with what lies beside them. Foreign files in it are neither listed nor removed. No Qt.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: Letters of the key that a file name carries: 48 bits.
KEY_LETTERS = 12
#: What may lie beside `NAME-KEY.tif`, by what follows `NAME-KEY`.
_BESIDE = (".stac.json", ".qml", ".tif.aux.xml", ".tif.ovr", ".tif.msk", ".tif.partial", ".tif.preview")
_NAME = re.compile(rf"(?P<name>[A-Za-z0-9_-]+)-(?P<key>[0-9a-f]{{{KEY_LETTERS}}})\.tif(?P<partial>\.partial)?")
_LONGEST_NAME = 48
_GIGABYTE = 1e9
#: An unfinished embedding that was written to within this many seconds may be at work, also for another QGIS.
_AT_WORK = 3600
#: Who writes an embedding touches a file beside it more often than this, in seconds.
_TOUCHED = 60


@dataclass(frozen=True)
class Entry:
    """An embedding in the cache: its raster, size in bytes with all that lies beside, when it was last used (seconds
    since 1970), the name of its source, the first letters of its key, and whether it is finished."""

    path: Path
    size: int
    used: float
    name: str
    key: str
    complete: bool


class EmbeddingCache:
    """Embedding rasters in one folder, at most `limit` GB (10⁹ bytes) of them after `enforce_limit`.

    Looks at the folder each time: several QGIS may share it. Methods raise `OSError` only where they say so.
    """

    def __init__(self, folder: str | Path, limit: float) -> None:
        self.folder = Path(folder)
        self.limit = limit

    def path_for(self, key: str, name: str) -> Path:
        """Where the embedding with this key (64 hexadecimal letters) of a source of this name lies or is to be made."""
        return self.get(key) or self.unfinished(key) or self.folder / f"{_plain(name)}-{_short(key)}.tif"

    def get(self, key: str) -> Path | None:
        """The finished raster with this key, whatever its name, or None."""
        return self._find(key, complete=True)

    def unfinished(self, key: str) -> Path | None:
        """The raster that an interrupted run with this key would make, or None when there is none."""
        return self._find(key, complete=False)

    def owns(self, path: str | Path) -> bool:
        """Whether a file is one of the cache's rasters, by its place and name."""
        path = Path(path)
        return path.parent == self.folder and _NAME.fullmatch(path.name) is not None

    def entries(self) -> list[Entry]:
        """Every `Entry`, last used first. Empty when there is no folder."""
        found = {}
        for child in _children(self.folder):
            match = _NAME.fullmatch(child.name)
            if match is None or child.is_symlink() or child.is_dir() != bool(match["partial"]):
                continue
            path = self.folder / f"{match['name']}-{match['key']}.tif"
            if match["partial"] and path in found:
                continue
            size, used = _measure(path)
            found[path] = Entry(path, size, used, match["name"], match["key"], not match["partial"] or path.is_file())
        return sorted(found.values(), key=lambda entry: entry.used, reverse=True)

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(entry.size for entry in self.entries())

    def touch(self, path: str | Path) -> None:
        """Note that an embedding is used now. What it holds and when it was made stay as they are."""
        try:
            status = Path(path).stat()
            os.utime(path, ns=(time.time_ns(), status.st_mtime_ns))
        except OSError:
            return  # gone, or somebody else's: then its place in the order does not matter

    def make_room(self, path: str | Path) -> None:
        """Remove what an embedding that is gone has left beside the name of a new one; its finished tiles stay."""
        path = Path(path)
        if self.owns(path) and not path.exists() and not _is_written(path):
            for beside in _beside(path):
                if not beside.is_dir():
                    _remove(beside)

    def remove(self, path: str | Path) -> bool:
        """Remove an entry with all that lies beside it; False when it is not of the cache, when somebody is writing it
        or when the system refuses."""
        path = Path(path)
        if not self.owns(path) or _is_written(path):
            return False
        try:
            path.unlink()
        except FileNotFoundError:
            pass  # unfinished: there is only what lies beside
        except OSError:
            return False  # in use by another program (Windows): leave it whole
        gone = [_remove(beside) for beside in _beside(path)]
        return all(gone)

    def purge(self, keep: Iterable[str | Path] = ()) -> list[Path]:
        """Remove everything but the paths in `keep`; returns the paths that were removed."""
        kept = _resolved(keep)
        return [entry.path for entry in self.entries() if _same(entry.path) not in kept and self.remove(entry.path)]

    def enforce_limit(self, keep: Iterable[str | Path] = ()) -> list[Path]:
        """Remove embeddings until the size is within the limit; returns the paths that were removed.

        Finished ones go first, those unused for longest before others, then unfinished ones that nobody works on.
        What is in `keep` stays, even when the limit is exceeded.
        """
        kept, entries = _resolved(keep), self.entries()
        excess = sum(entry.size for entry in entries) - self.limit * _GIGABYTE
        removed = []
        for entry in sorted(entries, key=lambda entry: (not entry.complete, entry.used)):
            if excess <= 0:
                break
            at_work = not entry.complete and time.time() - entry.used < _AT_WORK
            if at_work or _same(entry.path) in kept or not self.remove(entry.path):
                continue
            excess -= entry.size
            removed.append(entry.path)
        return removed

    def _find(self, key: str, complete: bool) -> Path | None:
        short = _short(key)
        return next((e.path for e in self.entries() if e.key == short and e.complete == complete), None)


def _short(key: str) -> str:
    short = key[:KEY_LETTERS].lower()
    if not re.fullmatch(rf"[0-9a-f]{{{KEY_LETTERS}}}", short):
        raise ValueError(f"{key!r} is no key of an embedding.")
    return short


def _plain(name: str) -> str:
    """Letters, digits, "-" and "_" of a name: what any file system takes."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", letters)[:_LONGEST_NAME].strip("-") or "scene"


def _beside(path: Path) -> list[Path]:
    stem = path.name[: -len(".tif")]
    return [path.with_name(stem + suffix) for suffix in _BESIDE]


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_written(path: Path) -> bool:
    """Whether an embedding is being made, maybe for another QGIS."""
    try:
        touched = path.with_name(f".{path.name}.lock").stat().st_mtime
    except OSError:
        return False
    return time.time() - touched < _TOUCHED


def _measure(path: Path) -> tuple[int, float]:
    """Bytes of a raster and what lies beside it; when it was last used, or last worked on where it is unfinished."""
    size, used = 0, 0.0
    for part in (path, *_beside(path)):
        files = _children(part) if part.is_dir() and not part.is_symlink() else [part]
        for file in files:
            try:
                status = file.stat()
            except OSError:
                continue  # not there, or finished and moved in this moment
            size += status.st_size
            if file == path or part.suffix == ".partial":
                used = max(used, status.st_mtime, status.st_atime if file == path else 0.0)
    return size, used


def _remove(part: Path) -> bool:
    try:
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        elif part.exists() or part.is_symlink():
            part.unlink()
    except OSError:
        return False
    return True


def _same(path: str | Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _resolved(paths: Iterable[str | Path]) -> set[str]:
    return {_same(path) for path in paths}
