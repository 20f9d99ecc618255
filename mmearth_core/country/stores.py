"""Where a run puts what it makes: a folder, or a bucket of object storage. What has its name there is whole."""

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlparse

from mmearth_core.errors import EnvironmentFailure, MMEarthError, unwritable
from mmearth_core.files import atomic_path

#: How GDAL calls files of a bucket, by the scheme of its address.
_GDAL = {"s3": "/vsis3/", "gs": "/vsigs/", "az": "/vsiaz/", "abfs": "/vsiaz/"}
Result = TypeVar("Result")


class Store(ABC):
    """Files by their names, with slashes; `address` is what the user typed. Every method raises `EnvironmentFailure`
    when the place refuses or does not answer."""

    address: str

    @abstractmethod
    def upload(self, file: Path, name: str) -> None:
        """A local file gets a name in the store, and replaces what has it."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """A small file, whole or not at all."""

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """A small file; None when it is not there."""

    @abstractmethod
    def names(self, folder: str) -> Iterator[str]:
        """The files right in a folder, as they are read and written, in no order."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""

    @abstractmethod
    def gdal_path(self, name: str) -> str:
        """What GDAL, and so QGIS, opens a file by."""

    def records(self, folder: str) -> Iterator[dict[str, Any]]:
        """The JSON files of a folder, by their names; one that goes meanwhile, or is cut, is passed over."""
        for name in sorted(self.names(folder)):
            try:
                told = json.loads(self.read(name) or b"")
            except ValueError:
                continue
            if isinstance(told, dict):
                yield told


class Folder(Store):
    """A folder of this machine, or one that several have in common; made when it is not there."""

    def __init__(self, path: str | Path) -> None:
        self.address, self.path = str(path), Path(path).absolute()
        if self.path.exists() and not self.path.is_dir():
            raise MMEarthError(f"{path} is a file; choose a folder for the output.")

    def upload(self, file: Path, name: str) -> None:
        with atomic_path(self._made(name)) as staged:
            shutil.copyfile(file, staged)

    def write(self, name: str, content: bytes) -> None:
        with atomic_path(self._made(name)) as staged:
            staged.write_bytes(content)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unwritable(self.path / name, error) from error

    def names(self, folder: str) -> Iterator[str]:
        place = self.path / folder
        for each in place.iterdir() if place.is_dir() else ():
            if each.is_file() and not each.name.startswith("."):
                yield f"{folder}/{each.name}"

    def delete(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def gdal_path(self, name: str) -> str:
        return str(self.path / name)

    def _made(self, name: str) -> Path:
        path = self.path / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path.parent, error) from error
        return path


class Bucket(Store):
    """A place in object storage (`s3://bucket/folder`, `gs://…`, `az://…`). Keys, region and endpoint are those of the
    environment, as the tools of each provider read them (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …)."""

    def __init__(self, address: str) -> None:
        import obstore  # noqa: PLC0415 - the extra `cloud`, where there is a bucket
        from obstore.exceptions import BaseError  # noqa: PLC0415
        from obstore.store import from_url  # noqa: PLC0415

        self.address, self._library, self._failures = address, obstore, (BaseError, OSError)
        self._store: Any = self._tried("open", lambda: from_url(address))

    def upload(self, file: Path, name: str) -> None:
        self._tried(f"write {name} to", lambda: self._library.put(self._store, name, file))

    def write(self, name: str, content: bytes) -> None:
        self._tried(f"write {name} to", lambda: self._library.put(self._store, name, content))

    def read(self, name: str) -> bytes | None:
        try:
            return self._tried(f"read {name} of", lambda: bytes(self._library.get(self._store, name).bytes()))
        except EnvironmentFailure as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    def names(self, folder: str) -> Iterator[str]:
        found = self._tried("list", lambda: self._library.list_with_delimiter(self._store, folder))
        yield from (str(each["path"]) for each in found["objects"])

    def delete(self, name: str) -> None:
        try:
            self._tried(f"remove {name} of", lambda: self._library.delete(self._store, name))
        except EnvironmentFailure as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise

    def gdal_path(self, name: str) -> str:
        told = urlparse(self.address)
        parts = [told.netloc, *filter(None, told.path.split("/")), name]
        return _GDAL[told.scheme] + "/".join(parts)

    def _tried(self, what: str, action: Callable[[], Result]) -> Result:
        try:
            return action()
        except self._failures as error:
            reason = " ".join(str(error).split())[:300]
            raise EnvironmentFailure(
                f"Could not {what} {self.address} ({reason}); check address, keys and connection, and run it again."
            ) from error


def store_at(address: str | Path) -> Store:
    """The store at a path or an address such as `s3://bucket/folder`. Raises `MMEarthError` when it is neither."""
    scheme = urlparse(str(address)).scheme
    if len(scheme) < 2 or scheme == "file":  # a letter is a drive of Windows
        return Folder(urlparse(str(address)).path if scheme == "file" else address)
    if scheme not in _GDAL:
        raise MMEarthError(f"{address} is no place that can be written to; give a folder, or {', '.join(_GDAL)}://….")
    return Bucket(str(address))
