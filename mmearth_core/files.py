"""Output files that exist whole or not at all: checked before the work, written to a temporary name, renamed once.

Only what the user named, or what we made, is ever replaced or removed. Links, folders, devices and pipes never are.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mmearth_core.errors import EnvironmentFailure, MMEarthError, unwritable

#: Seconds after which a temporary file of another machine, or where nobody can tell, is nobody's any more.
_FORGOTTEN = 7 * 86400
_LONGEST = 100
#: What is of no use once this process is gone.
_disposable: set[Path] = set()


def check_output(
    path: str | Path,
    *,
    overwrite: bool = False,
    inputs: Iterable[str | Path | None] = (),
    beside: Iterable[str | Path] = (),
) -> Path:
    """The output path, when a file can be made there, and what is written `beside` it too.

    Raises `MMEarthError` when one of them exists (and `overwrite` is off), is one of the `inputs`, is no plain file, or
    the folder is absent or cannot be written.
    """
    path, sources = Path(path), [Path(each) for each in inputs if each is not None]
    if path.is_dir():
        raise MMEarthError(f"{path} is a folder; give the name of the file to write.")
    for file in (path, *map(Path, beside)):
        told = f"{file}" if file == path else f"{file}, which belongs to {path.name},"
        if file.is_symlink():
            raise MMEarthError(f"{told} is a link to {file.readlink()}; name the file it leads to.")
        if not file.exists():
            continue
        if not file.is_file():
            raise MMEarthError(f"{told} is no plain file (a folder, device or pipe); choose another output.")
        if any(same_file(file, each) for each in sources):
            raise MMEarthError(f"{told} is an input of this command, which would destroy it; choose another output.")
        if not overwrite:
            raise MMEarthError(f"{told} exists already; choose another name or pass `overwrite=True`.")
    check_folder(path)
    return path


def check_folder(path: Path) -> None:
    """Raise `MMEarthError` when no file can be made where `path` is to be."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise MMEarthError(f"The folder {folder} does not exist; create it or choose another output.")
    try:
        with _temporary(path):
            pass
    except OSError as error:
        raise MMEarthError(f"Cannot write into {folder} ({error.strerror}); choose another output folder.") from error


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, whatever they are spelled like."""
    try:
        return one.samefile(other)
    except OSError:
        return False


@contextmanager
def atomic_path(path: str | Path, *, outdated: Iterable[Path] = ()) -> Iterator[Path]:
    """A temporary path beside `path`; renamed to it when the block succeeds, removed when it fails.

    Its name is nobody else's, and what a killed process left for the same path is removed. `outdated` are files that
    describe what is replaced; they are removed with it.
    """
    path = Path(path)
    try:
        _remove_forgotten(path)
        with _temporary(path) as temporary:
            yield temporary
            put(temporary, path, outdated=outdated)
    except OSError as error:
        raise unwritable(path, error) from error


def put(made: Path, path: Path, *, outdated: Iterable[Path] = ()) -> None:
    """Give a finished file its name. Raises `EnvironmentFailure` when something else than a file has it by now.

    `outdated` as in `atomic_path`. Raises `OSError` when the system refuses.
    """
    for each in (path, *outdated):
        if each.is_symlink() or (each.exists() and not each.is_file()):
            raise EnvironmentFailure(f"Could not write {path} ({each} is no plain file); choose another output.")
    for each in outdated:
        each.unlink(missing_ok=True)
    made.replace(path)


@contextmanager
def workshop(path: str | Path) -> Iterator[Path]:
    """A new folder beside `path` for what is made on the way to it. Removed at the end, as what killed runs left.

    Raises `OSError` when the system refuses.
    """
    path = Path(path)
    _remove_forgotten(path)
    folder = _new_name(path)
    folder.mkdir()
    try:
        with disposable(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def abandon() -> None:
    """Remove what is being written under temporary names: the process is about to end, whatever it does."""
    for path in tuple(_disposable):
        with suppress(OSError):
            _remove(path)


@contextmanager
def disposable(path: Path) -> Iterator[None]:
    """Inside, a file is only of use as long as this process runs."""
    _disposable.add(path)
    try:
        yield
    finally:
        _disposable.discard(path)


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A new, empty file beside `path`, of this process; removed at the end if it is still there."""
    temporary = _new_name(path)
    # Never through a link, never over a file: the name is new.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o666))
    try:
        with disposable(temporary):
            yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _new_name(path: Path) -> Path:
    return path.with_name(f".{path.name[:_LONGEST]}.{_host()}-{os.getpid()}-{secrets.token_hex(4)}.tmp")


def _remove(path: Path) -> None:
    """Remove a file, or a folder with what is in it; never what a link leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _remove_forgotten(path: Path) -> None:
    """Remove the temporary files and folders for `path` that killed processes left."""
    named = re.compile(rf"\.{re.escape(path.name[:_LONGEST])}\.(\w+)-(\d+)-[0-9a-f]{{8}}\.tmp")
    with os.scandir(path.absolute().parent) as entries:
        found = [(entry, match) for entry in entries if (match := named.fullmatch(entry.name)) is not None]
    for entry, match in found:
        with suppress(OSError):
            here = match[1] == _host() and os.name == "posix"
            age = time.time() - entry.stat(follow_symlinks=False).st_mtime
            if not entry.is_symlink() and (not _runs(int(match[2])) if here else age > _FORGOTTEN):
                _remove(Path(entry.path))


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _runs(process: int) -> bool:
    """Whether a process of this machine is there (POSIX)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
