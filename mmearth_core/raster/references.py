"""What an input refers to, and whether that is followed: only what lies beside or below it, or what the user trusts.

A VRT, a STAC item or an overview tag can name any file of this machine and any address. What the user names himself is
opened wherever it lies; what his input names elsewhere is opened after `trust` only. Code inside a VRT is never run.
"""

import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlparse

from mmearth_core.errors import MMEarthError
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

# Read by GDAL whenever it meets a pixel function, so also while pixels of an open VRT are read by another thread.
os.environ["GDAL_VRT_ENABLE_PYTHON"] = "NO"

#: The formats of GDAL that are read: those in which images, maps and elevations come as files. None describes what is
#: elsewhere but the VRT, which is looked into first. `Zarr` is a folder.
DRIVERS = frozenset(
    {
        *("GTiff", "LIBERTIFF", "VRT", "JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG", "PNG", "HFA", "ENVI"),
        *("netCDF", "GPKG", "SENTINEL2", "PCIDSK", "EHdr", "AAIGrid", "SAGA", "RST", "DTED", "SRTMHGT", "Zarr"),
    }
)
#: Those that describe what is elsewhere: indexes and services. Read when they are trusted.
DESCRIBING = frozenset({"GTI", "STACIT", "STACTA", "WMS", "WMTS", "WCS", "MRF"})
#: A VRT begins so within as many bytes; a larger one than the second is none that a program wrote.
_VRT, _HEAD, _LARGEST = b"<VRTDataset", 4096, 256 << 20
_VECTORS_ELSEWHERE = (b"<OGRVRTDataSource", b"<OGRWFSDataSource", b"<OGRCSWDataSource")
_DEEPEST, _LONGEST = 16, 4096
#: What stands in these elements of a VRT names no file.
_FREE = {
    *("metadata", "srs", "sourcesrs", "targetsrs", "description", "categorynames", "gdalrasterattributetable"),
    *("unittype", "gcplist", "histograms", "colortable", "expression", "kernel", "pixelfunctionarguments"),
}
#: Elements and attributes of a VRT that name a raster, and items of its metadata that do.
_NAMING = {"sourcefilename", "sourcedataset", "dempath", "rpc_dem", "overviewfile"}
_NAMING_TAGS = {"overview_file", "x_dataset", "y_dataset"}
_ARCHIVES = ("/vsizip/", "/vsitar/", "/vsigzip/", "/vsi7z/", "/vsirar/")
#: `NETCDF:"file.nc":B02`, `GPKG:file.gpkg:table`, `GTIFF_DIR:2:file.tif`; one letter is a drive of Windows.
_SUBDATASET = re.compile(r"(?P<driver>[A-Za-z]\w+):(?!//)(?P<rest>.+)", re.DOTALL)
_SECOND = {"GTIFF_DIR", "DERIVED_SUBDATASET"}
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]+://")

_trusted: set[Path] = set()


class OutsideReferenceError(MMEarthError):
    """An input refers to a place that is not followed unless it is trusted."""

    def __str__(self) -> str:
        return self.worded(lambda name, _: "mmearth_core.trust(PATH)" if name == "trust" else name)


def trust(*paths: str | PurePath) -> None:
    """From now on, in this process, follow what inputs refer to, wherever it lies: other folders, the network.

    What they refer to is trusted with them.

    Args:
        paths: Rasters, STAC items, or folders that hold them.
    """
    for path in paths:
        try:
            _trusted.add(_place_of(str(path), Path.cwd()).path.resolve())
        except _NoFile:  # what cannot be looked into refers to nothing that is followed
            continue


def trust_named_in(content: Any) -> None:
    """`trust` for all texts and paths among arguments; one that is no path names nothing that is there."""
    if isinstance(content, str | PurePath):
        trust(content)
    elif isinstance(content, Mapping):
        trust_named_in(content.values())
    elif isinstance(content, Iterable):
        for each in content:
            trust_named_in(each)


def is_trusted(path: str | PurePath) -> bool:
    """Whether `trust` was told this file, or a folder above it."""
    place = Path(path).absolute().resolve()
    return any(each in _trusted for each in (place, *place.parents))


@dataclass(frozen=True)
class _Place:
    """A file: on disk, or the member of a zip."""

    path: Path
    member: PurePosixPath | None = None

    @property
    def name(self) -> str:
        return str(self.path) if self.member is None else f"/vsizip/{{{self.path}}}/{self.member}"

    def head(self) -> bytes:
        return self._read(_HEAD)

    def whole(self) -> bytes:
        return self._read(_LARGEST)

    def _read(self, most: int) -> bytes:
        """What it begins with; nothing when it is missing, for then GDAL says so."""
        try:
            if self.member is None:
                with self.path.open("rb") as file:
                    return file.read(most)
            with zipfile.ZipFile(self.path) as archive, archive.open(str(self.member)) as file:
                return file.read(most)
        except (OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, ValueError):
            return b""

    def holds(self, other: "_Place") -> bool:
        """Whether another file lies beside or below this one."""
        if self.member is not None:
            return other.path == self.path and other.member is not None and self.member.parent in other.member.parents
        return self.path.resolve().parent in other.path.resolve().parents


class _NoFile(Exception):
    """A name that is no file whose content can be looked at: what it is, in words."""


def drivers_for(name: str) -> frozenset[str]:
    """The formats in which a raster that the user named may be read.

    Raises `MMEarthError` when it refers to what must not be followed. What cannot be looked into (on the network, in a
    tar) must be no VRT.
    """
    try:
        place = _place_of(name, Path.cwd())
    except _NoFile:
        return DRIVERS - {"VRT"}
    trusted = is_trusted(place.path)
    _check(place, place, trusted, ())
    drivers = DRIVERS | DESCRIBING if trusted else DRIVERS
    return drivers if place.path.is_dir() else drivers - {"Zarr"}


def _origin(base: str) -> _Place:
    """The file on disk that holds what refers to something: also that of `SENTINEL2_L2A:MTD.xml:10m:EPSG_32632`."""
    try:
        place = _place_of(base, Path.cwd())
    except _NoFile:
        place = None
    return _Place(Path(base).absolute()) if place is None or place.member is not None else _Place(place.path.absolute())


def check_reference(text: str, base: str | PurePath, about: str = "") -> str:
    """What a file refers to, as a path or an address that can be opened. `about`: what it says there, for the sentence.

    Raises `MMEarthError` unless it lies beside or below the file `base`, or that is trusted.
    """
    url = urlparse(text)
    local = unquote(url.path) if url.scheme == "file" else text
    origin = _origin(str(base))
    _follow(local, origin, origin.path.parent, origin, is_trusted(origin.path), (), about)
    return local if _ADDRESS.match(local) or local.startswith("/vsi") else str(origin.path.parent / local)


def check_vector(name: str) -> None:
    """Raise `MMEarthError` when a vector file that the user named describes data elsewhere and is not trusted."""
    try:
        place = _place_of(name, Path.cwd())
    except _NoFile:
        return
    head = place.head()
    xml = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and not any(root in head for root in (b"<kml", b"<gpx"))
    if (xml or any(root in head for root in _VECTORS_ELSEWHERE)) and not is_trusted(place.path):
        raise OutsideReferenceError(
            f"{place.name} is XML, which may describe data elsewhere (an OGR VRT, a service, GML); convert it with"
            " ogr2ogr NEW.gpkg, or, if you know where it comes from, allow it with `trust`."
        )


def _check(place: _Place, named: _Place, trusted: bool, way: tuple[_Place, ...]) -> None:
    """Look at a file and at all it refers to. `named` is what the user named, `way` how it was come to from there."""
    if place in way or len(way) > _DEEPEST:
        raise MMEarthError(f"{named.name} refers to itself, by way of {place.name}; mend it.")
    if trusted:
        trust(place.path)
    if _VRT not in place.head():
        return
    content = place.whole()
    if len(content) >= _LARGEST:
        raise MMEarthError(f"{place.name} is too large for a VRT; name the rasters it is made of instead.")
    _check_xml(content, place, named, trusted, way)


def _check_xml(content: bytes | str, place: _Place, named: _Place, trusted: bool, way: tuple[_Place, ...]) -> None:
    try:
        root = parsed_xml(content)
    except DamagedXmlError as error:
        raise MMEarthError(f"{place.name} is a damaged VRT ({error}); make it again with gdalbuildvrt.") from error
    for key, text, relative in _texts(root):
        if key == "pixelfunctioncode" or (key == "pixelfunctionlanguage" and text.lower() == "python"):
            raise MMEarthError(
                f"{place.name} holds code in Python, which is never run; compute its pixels once with gdal_translate"
                " and name the result."
            )
        naming = key in _NAMING or "filename" in key
        if naming or (("/" in text or "\\" in text) and not _stays(text)) or text.lower().startswith("<vrtdataset"):
            base = place.path.parent if relative or not naming else Path.cwd()
            _follow(text, place, base, named, trusted, (*way, place))


def _stays(text: str) -> bool:
    """Whether a text that may be a path or something else ("B1/B2") leads nowhere else if it is one."""
    return not (text.startswith(("/", "\\")) or ".." in text or ":" in text)


def _texts(root: Any) -> Iterator[tuple[str, str, bool]]:
    """(name in lower case, text, whether it is relative to the VRT) of elements and attributes that may name a file."""
    stack = [root]
    while stack:
        element = stack.pop()
        attributes = {str(key).lower(): str(value).strip() for key, value in element.attrib.items()}
        tag, text = str(element.tag).lower(), (element.text or "").strip()
        relative = attributes.get("relativetovrt", "0") not in {"", "0"}
        if tag == "mdi" and attributes.get("key", "").lower() in _NAMING_TAGS:
            yield "overviewfile", text, relative
        if tag == "metadata":
            stack.extend(element)
            continue
        if tag in _FREE or tag == "mdi":
            continue
        yield from ((key, value, relative) for key, value in attributes.items())
        if text:
            yield (attributes.get("name", tag).lower() if tag in {"argument", "option"} else tag), text, relative
        stack.extend(element)


def _follow(
    text: str,
    place: _Place,
    base: Path,
    named: _Place,
    trusted: bool,
    way: tuple[_Place, ...],
    about: str = "",
) -> None:
    """Look at what a file refers to, or raise `MMEarthError`."""
    if text.lstrip().lower().startswith("<vrtdataset"):
        _check_xml(text, place, named, trusted, (*way, place) if len(way) < _DEEPEST else _endless(named))
        return
    try:
        inside = place.member is not None and _stays(text)
        target = _in_zip(place, text) if inside else _place_of(text, base)
    except _NoFile as other:
        if not trusted:
            raise _outside(named, about or text, str(other)) from None
        return
    if not trusted and not place.holds(target):
        raise _outside(named, about or text, "which lies neither beside nor below it")
    _check(target, named, trusted, way)


def _endless(named: _Place) -> tuple[_Place, ...]:
    raise MMEarthError(f"{named.name} holds VRTs in VRTs without end; mend it.")


def _outside(named: _Place, text: str, why: str) -> OutsideReferenceError:
    shown = text if len(text) <= 200 else f"{text[:199]}…"
    return OutsideReferenceError(
        f"{named.name} refers to {shown}, {why}; if you know where it comes from, allow that with `trust`."
    )


def _in_zip(place: _Place, text: str) -> _Place:
    member = PurePosixPath(place.member or "").parent / text.replace("\\", "/")
    return _Place(place.path, member)


def _place_of(name: str, base: Path) -> _Place:
    """The file that a name of GDAL's means. Raises `_NoFile` when that cannot be looked at."""
    if not name.isprintable() or len(name) > _LONGEST or not name:
        raise _NoFile("which is no name of a file")
    if name.startswith("vrt://"):
        return _place_of(name[6:].split("?", maxsplit=1)[0], base)
    if name.startswith("/vsizip/"):
        return _zip_member(name.removeprefix("/vsizip/"), base)
    if name.startswith(_ARCHIVES):
        raise _NoFile("which lies in an archive of a kind that is not looked into")
    if name.startswith("/vsi") or _ADDRESS.match(name):
        raise _NoFile("which lies on the network or in a file system of its own")
    if name.lstrip().startswith("<"):
        raise _NoFile("which is a description of a source, not a file")
    found = _SUBDATASET.match(name)
    if found and not _is_there(base / name):
        rest = found["rest"]
        if found["driver"].upper() in _SECOND:
            rest = rest.partition(":")[2]
        drive = rest[:2] if re.match(r"[A-Za-z]:[\\/]", rest) else ""
        plain = rest[1:].partition('"')[0] if rest.startswith('"') else drive + rest[len(drive) :].partition(":")[0]
        if _ADDRESS.match(rest.lstrip('"')) or not plain:
            raise _NoFile("which lies on the network or in a file system of its own")
        return _place_of(plain, base)
    return _Place(base / name)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than the file system has
        return False


def _zip_member(rest: str, base: Path) -> _Place:
    """The member that `{archive}/member`, `archive.zip/member` or `/archive.zip/member` means."""
    if rest.startswith("{") and "}" in rest:
        archive, _, member = rest[1:].partition("}")
        if archive.startswith("/vsi") or _ADDRESS.match(archive):
            raise _NoFile("which lies on the network or in a file system of its own")
        return _Place(base / archive, PurePosixPath(member.strip("/")))
    if rest.startswith("/vsi"):
        raise _NoFile("which lies on the network or in a file system of its own")
    whole = base / rest
    archive_path = next((each for each in (whole, *whole.parents) if each.is_file()), None)
    if archive_path is None:
        return _Place(whole)  # GDAL says that it is missing
    return _Place(archive_path, PurePosixPath(whole.relative_to(archive_path).as_posix()))
