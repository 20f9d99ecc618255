"""The files of a folder or a zip, listed and read alike. Archives are never unpacked."""

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mmearth_core.errors import MMEarthError

#: Metadata of a product is a small file: a MTD_MSIL2A.xml has about 50 kB, one of the old naming up to 1 MB.
_LARGEST_METADATA = 4 * 2**20
#: A folder is a product's only to this depth and with so many files; a home folder is none.
_DEEPEST, _MOST = 7, 50_000
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True)
class Tree:
    """Files below a root: `names` are relative to it, with slashes.

    `locate` gives what GDAL opens, `read` the bytes of a small file (metadata) or raises `MMEarthError`.
    """

    path: str
    name: str
    names: tuple[str, ...]
    locate: Callable[[str], str]
    read: Callable[[str], bytes]
    archive: bool = False

    def below(self, folder: str) -> "Tree":
        """The part of the tree in one of its folders ("" is all of it)."""
        if folder in {"", "."}:
            return self
        prefix = f"{folder}/"
        return Tree(
            self.path if self.archive else f"{self.path}/{folder}",
            PurePosixPath(folder).name,
            tuple(name.removeprefix(prefix) for name in self.names if name.startswith(prefix)),
            lambda name: self.locate(prefix + name),
            lambda name: self.read(prefix + name),
            self.archive,
        )


def is_archive(path: str) -> bool:
    """Whether a path names a zip or tar file."""
    return Path(path).is_file() and path.lower().endswith(_ARCHIVES)


def tree_of(path: str) -> Tree:
    """The files of a folder or zip. Raises `MMEarthError` when it is a tar, or a zip that is damaged or encrypted."""
    file = Path(path)
    if file.is_dir():
        return in_folder(file, _walk(file))
    if file.suffix.lower() != ".zip":
        raise MMEarthError(f"{path} is a tar archive, of which no part can be read by itself; unpack it first.")
    with _readable(path):
        sizes = _zip_members(file)
    # Braces let GDAL take archives whose names do not end in .zip or hold odd characters.
    inside = f"/vsizip/{{{file.absolute()}}}/"
    return Tree(
        path, file.stem, tuple(sizes), lambda name: inside + name, lambda name: _member(file, name, sizes[name]), True
    )


def in_folder(folder: Path, names: Iterable[str]) -> Tree:
    """Those files of a folder that have these names, without looking at what else is in it."""
    return Tree(
        str(folder),
        folder.absolute().name,
        tuple(names),
        lambda name: str(folder / name),
        lambda name: metadata_in(folder / name),
    )


@contextmanager
def _readable(path: str) -> Iterator[None]:
    """Inside, an archive is read; makes one sentence of what goes wrong."""
    try:
        yield
    # zipfile raises RuntimeError for a missing password, and NotImplementedError, which is one, for an unknown method.
    except RuntimeError as error:
        raise MMEarthError(
            f"{path} is encrypted or packed in a way that is not read here ({error}); unpack it first."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise MMEarthError(f"{path} cannot be read as a zip ({error}); download it again.") from error


def _walk(folder: Path) -> Iterator[str]:
    count = 0
    for here, folders, files in os.walk(folder):
        place = Path(here).relative_to(folder)
        if len(place.parts) >= _DEEPEST:
            folders.clear()
        folders.sort()
        for name in sorted(files):
            yield (place / name).as_posix()
            count += 1
        if count > _MOST:
            return


def _zip_members(file: Path) -> dict[str, int]:
    with zipfile.ZipFile(file) as archive:
        encrypted = next((info.filename for info in archive.infolist() if info.flag_bits & 1), None)
        if encrypted is not None:
            raise RuntimeError(f"{encrypted} needs a password")
        # GDAL reads stored and deflated members only.
        odd = [
            info for info in archive.infolist() if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        ]
        if odd:
            raise RuntimeError(f"{odd[0].filename} has compression method {odd[0].compress_type}")
        return {
            info.filename: info.file_size
            for info in archive.infolist()
            if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16)
        }


def _member(file: Path, name: str, size: int) -> bytes:
    if size > _LARGEST_METADATA:
        raise MMEarthError(
            f"{file}: {name} is too large for a product's metadata; the archive is damaged: get it again."
        )
    with _readable(str(file)), zipfile.ZipFile(file) as archive:
        return archive.read(name)


def metadata_in(file: Path) -> bytes:
    """The bytes of a product's metadata. Raises `MMEarthError` when the file is too large to be that."""
    if file.stat().st_size > _LARGEST_METADATA:
        raise MMEarthError(f"{file} is too large for a product's metadata; download the product again.")
    return file.read_bytes()
