"""Which very scene was read: the files behind it, however they are wrapped, and one digest of all that decides pixels.

A mosaic may name mosaics that name archives: every file is followed down to the pixels. Never decides what pixels mean.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError

from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.opening import opened
from mmearth_core.raster.scene import Scene
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

#: (size in bytes, time of change in ns, inode, device) of a file.
Stamp = tuple[int, int, int, int]

#: How files begin that hold pixels and name no others: TIFF and BigTIFF, JPEG 2000, HDF5 and netCDF, PNG, JPEG, zip.
_PIXELS: tuple[bytes, ...] = (
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\0\0\0\x0cjP",
    b"\xffO\xffQ",
    b"\x89HDF",
    b"CDF",
)
_PIXELS += (b"\x89PNG", b"\xff\xd8\xff", b"PK\3\4", b"\x1f\x8b")
#: What may lie beside a raster and changes its pixels or its place, by what follows its name or replaces its suffix.
_BESIDE, _INSTEAD = (".msk", ".aux.xml"), (".aux", ".tfw", ".tifw", ".jgw", ".j2w", ".pgw", ".wld", ".prj")
_FILE_SYSTEM = re.compile(r"/vsi\w+/")
#: What stands around the file in the names of subdatasets, archives and connections.
_AROUND = re.compile(r"[\"{}?,&|]|:(?![\\/])|(?<!\b[A-Za-z]):")
_LONGEST_NAME = 4096
#: Drivers whose files list rasters without being told so by GDAL.
_INDEXES = {"GTI", "STACTA", "STACIT"}
#: Together so many bytes are digested whole. Of more, a file beyond _LARGE counts by size, time of change and pieces.
_WHOLE, _LARGE = 8 << 30, 64 << 20
_CHUNK, _PIECES, _PIECE = 1 << 22, 62, 1 << 16
#: A file changed less than so many nanoseconds ago may change again without another time.
_SETTLED = 2_000_000_000
#: What a folder holds that is a raster.
_ZARR = (".zgroup", "zarr.json")
#: Such a folder with more files than this is not looked through.
_MOST_FILES = 100_000

_digests: dict[tuple[str, Stamp], bytes] = {}


@dataclass(frozen=True)
class Identity:
    """`digest`: sha256 in hex, the same for a copy elsewhere (of up to 8 GiB). `files`: all that was looked at, with
    their state."""

    digest: str
    files: dict[str, Stamp | None]


def identify(scene: Scene, cancel: CancelToken | None = None) -> Identity:
    """The identity of what is read of a scene: grid, bands, radiometry, exclusions and the content of every file that
    decides a pixel: sources of mosaics at any depth, archives, masks, what GDAL keeps beside. Not overviews.

    Remote files count by their name only. Raises `Cancelled`.
    """
    cancel = cancel or CancelToken()
    facts = [
        [*scene.grid.shape, *scene.grid.transform[:6], scene.grid.crs.to_wkt()],
        [[source.name, source.index, source.factor] for source in scene.sources],
        [[s.raster.nodata, s.raster.mask_band, s.raster.alpha, s.raster.flip] for s in scene.sources],
        [scene.level, scene.offset, scene.scale, [exclusion.facts for exclusion in scene.exclusions]],
        repr(scene.rule),
    ]
    rasters = [source.raster.path for source in scene.sources] + [each.path for each in scene.exclusions]
    found = {file: stamp(file) for file in decisive_files([*rasters, *scene.inputs], cancel)}
    digest = hashlib.sha256(json.dumps(facts).encode())
    whole = sum(state[0] for state in found.values() if state is not None) <= _WHOLE
    for file, state in found.items():
        digest.update(b"absent" if state is None else _content(file, state, whole, cancel))
    return Identity(digest.hexdigest(), found)


def check_unchanged(scene: Scene, identity: Identity, cancel: CancelToken) -> None:
    """Raise `MMEarthError` when a file of a scene is not what it was when it was identified."""
    if all(stamp(file) == state for file, state in identity.files.items()):
        return
    now = identify(scene, cancel)
    if now.digest != identity.digest:
        files = (*identity.files, *now.files)
        changed = next((f for f in files if identity.files.get(f) != now.files.get(f)), scene.name)
        raise MMEarthError(
            f"{changed} changed while it was being read; nothing was written. Run it again when nothing writes there."
        )


def stamp(path: str | Path) -> Stamp | None:
    """State of a file by which a change is noticed; None when it is not there."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev


def decisive_files(rasters: Iterable[str | os.PathLike[str]], cancel: CancelToken | None = None) -> list[str]:
    """The local files behind rasters, in the order found: their own, and those they name at any depth."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [os.fspath(raster) for raster in rasters][::-1]
    while waiting:
        name = waiting.pop()
        files = named_files(name) if name not in seen else []
        seen.add(name)
        if cancel is not None:
            cancel.check()
        for file in files:
            found.update(dict.fromkeys(map(os.path.abspath, (file, *_beside(file)))))
        if files and not (files == [str(Path(name))] and _holds_pixels(files[0])):
            waiting.extend(reversed(_named_in(name, files)))
    return list(found)


def named_files(text: str, folder: Path | None = None) -> list[str]:
    """The local files that a text names, relative to `folder` or to the working folder: as a path, inside an archive
    (`/vsizip/{a.zip}/b.tif`), as a subdataset (`NETCDF:"a.nc":red`) or with options (`vrt://a.tif?bands=1`)."""
    if not text or len(text) > _LONGEST_NAME or "\n" in text or "\0" in text:
        return []
    places = (folder, Path()) if folder is not None else (Path(),)
    for place in places:
        if whole := _at(place / text):
            return whole
    bare = _FILE_SYSTEM.sub("/", text) if text.startswith("/vsi") else text
    if bare == text and not _AROUND.search(text):
        return []
    found: dict[str, None] = {}
    for piece in (bare, *_AROUND.split(bare)):
        # Of a path through an archive the archive is the file; two slashes begin an absolute one.
        relative = piece.lstrip("/")
        starts = (relative, f"/{relative}") if piece == relative else (f"/{relative}", relative)
        ways = [place / start for start in starts if start.strip("/. ") for place in places]
        parts = (_at(part, inside=part != way) for way in ways for part in (way, *way.parents))
        there = next(filter(None, parts), [])
        found.update(dict.fromkeys(there))
        if there and bare != text:  # the archive; what follows is inside of it
            break
    return list(found)


def _at(path: Path, *, inside: bool = False) -> list[str]:
    """A file, or the files of a folder that is itself a raster; nothing where there is neither."""
    try:
        if path.is_file():
            return [str(path)]
        if inside or not path.name or not any((path / each).exists() for each in _ZARR):
            return []
        files = sorted(str(file) for file in path.rglob("*") if file.is_file())
    except OSError:
        return []
    return files[:_MOST_FILES]


def _beside(file: str) -> list[str]:
    path = Path(file)
    names = [f"{file}{suffix}" for suffix in _BESIDE] + [str(path.with_suffix(suffix)) for suffix in _INSTEAD]
    return [name for name in names if Path(name).is_file()]


def _holds_pixels(file: str) -> bool:
    """Whether a file is a raster that can name no other."""
    try:
        with Path(file).open("rb") as stream:
            return stream.read(8).startswith(_PIXELS)
    except OSError:
        return True


def _named_in(name: str, files: list[str]) -> list[str]:
    """What a raster or an index of rasters names: by GDAL's list of files, by its text, by the texts of its table."""
    names: list[str] = []
    texts: set[str] = set()
    wraps = True
    try:
        with opened(name, wanted="a raster") as dataset:
            names.extend(file for file in dataset.files if file != name and not file.endswith(".ovr"))
            texts.update(_texts_of_xml(dataset.tags(ns="xml:VRT").get("xml:VRT", "")))
            wraps = dataset.driver in _INDEXES
    except MMEarthError:
        pass  # an index, or an option of one: its text tells
    for file in files:
        if wraps and not _holds_pixels(file):
            texts.update(_texts_of(Path(file)))
    folder, inside = Path(files[0]).parent, name.startswith("/vsi")
    for text in sorted(filter(_is_name, texts)):
        if _at(folder / text):
            # What is beside an archive is not what a mosaic inside of it means; GDAL has listed that.
            names.extend([str(folder / text)] if not inside or Path(text).is_absolute() else [])
        else:
            names.extend([text] if named_files(text) else named_files(text, folder))
    return names


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NAME and not re.fullmatch(r"[-+.,\deE\s]+", text)


def _texts_of(file: Path) -> Iterator[str]:
    """Every text of an XML file, a JSON file or a table that might name a file."""
    try:
        with file.open("rb") as stream:
            start = stream.read(64).lstrip()
        if start.startswith((b"<", b"\xef\xbb\xbf<")):
            yield from _texts_of_xml(file.read_text(encoding="utf-8"))
        elif start.startswith((b"{", b"[")):
            yield from _texts_of_json(json.loads(file.read_text(encoding="utf-8")))
        else:
            columns = pyogrio.raw.read(file, read_geometry=False)[3]
            yield from {
                text for column in columns if column.dtype == object for text in column if isinstance(text, str)
            }
    except (OSError, ValueError, RecursionError, DataSourceError, DataLayerError, UnboundLocalError):
        return  # neither: what GDAL makes of it is in its list of files


def _texts_of_xml(xml: str) -> Iterator[str]:
    try:
        root = parsed_xml(xml) if xml else None
    except DamagedXmlError:
        return
    for element in root.iter() if root is not None else ():
        yield from (text.strip() for text in (element.text or "", *element.attrib.values()))


def _texts_of_json(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_of_json(each)


def _content(file: str, state: Stamp, whole: bool, cancel: CancelToken) -> bytes:
    """sha256 of a file's bytes, or of what stands for them."""
    if file.endswith(".aux.xml"):
        return _beside_content(Path(file))
    if not whole and state[0] > _LARGE:
        pieces = range(0, state[0], max(_PIECE, state[0] // _PIECES))
        return hashlib.sha256(repr(state[:2]).encode() + _read(file, [(at, _PIECE) for at in pieces], cancel)).digest()
    key = (file, state)
    if key not in _digests:
        content = _read(file, [(0, state[0])], cancel)
        if time.time_ns() - state[1] < _SETTLED:
            return content
        _digests[key] = content
    return _digests[key]


def _read(file: str, pieces: Iterable[tuple[int, int]], cancel: CancelToken) -> bytes:
    """sha256 of pieces (start, length) of a file."""
    digest = hashlib.sha256()
    try:
        with Path(file).open("rb", buffering=0) as stream:
            for start, length in pieces:
                stream.seek(start)
                for at in range(0, length, _CHUNK):
                    cancel.check()
                    digest.update(stream.read(min(length - at, _CHUNK)))
    except OSError as error:
        raise MMEarthError(f"{file} cannot be read ({error.strerror or error}); copy or download it again.") from error
    return digest.digest()


def _beside_content(file: Path) -> bytes:
    """sha256 of what GDAL keeps beside a raster; of no bytes when it is only the statistics of a look at it."""
    try:
        content = file.read_bytes()
        root = parsed_xml(content)
    except OSError:
        return b""
    except DamagedXmlError:
        return hashlib.sha256(content).digest()
    kept = list(_kept(root, ""))
    return hashlib.sha256(repr(kept).encode()).digest() if kept else b""


def _kept(element: Any, place: str) -> Iterator[tuple[object, ...]]:
    """The texts of an XML element and of those inside, but statistics and histograms, and the names of bands, which
    GDAL repeats with them: which band is which counts by itself."""
    if element.tag in ("Histograms", "Description") or element.get("key", "").startswith("STATISTICS_"):
        return
    place, text = f"{place}/{element.tag}", (element.text or "").strip()
    if text or (element.attrib and not len(element)):
        yield place, sorted(element.attrib.items()), text
    elif element.attrib:
        place += repr(sorted(element.attrib.items()))
    for child in element:
        yield from _kept(child, place)
