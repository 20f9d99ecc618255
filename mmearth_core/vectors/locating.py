"""Where in a file, a zip or GDAL's /vsizip/ vector data are, which layer is meant, and how its texts are encoded."""

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import VECTOR_ENDINGS
from mmearth_core.raster.references import check_vector

#: What is looked for in a zip.
_VECTOR = {*VECTOR_ENDINGS, ".json"}
_ZIPPED = {".zip", ".shz"}
_GDAL_ZIP = "/vsizip/"


@dataclass(frozen=True)
class Source:
    """What GDAL opens (`name`), the layer that is asked for, and whether a shapefile there says its encoding."""

    name: str
    layer: str | None
    says_encoding: bool


def locate(path: str | Path, layer: str | None) -> Source:
    """The vector data of a path: a file, a zip that holds one, or GDAL's name of one in a zip (/vsizip/A.zip/b.shp).

    Raises `MMEarthError` when it is missing, no zip, a zip with several of which `layer` names none, or a description
    of data elsewhere.
    """
    source = _found(path, layer)
    check_vector(source.name)
    return source


def _found(path: str | Path, layer: str | None) -> Source:
    text = str(path)
    if text.startswith("/vsi"):
        archive, member = _archive_of(text)
        return _in_zip(archive, member, layer)
    path = Path(path)
    if not path.exists():
        raise MMEarthError(f"{path} does not exist; give a vector file.")
    if path.suffix.lower() in _ZIPPED and path.is_file():
        return _in_zip(path, "", layer)
    if path.is_dir():
        shapefiles = {each.stem: each for each in sorted(path.iterdir()) if each.suffix.lower() == ".shp"}
        if len(shapefiles) > 1 and layer not in shapefiles:
            raise MMEarthError(f"{path} holds several shapefiles ({', '.join(shapefiles)}); choose one with `layer`.")
        path = shapefiles.get(str(layer), next(iter(shapefiles.values()), path))
    told = any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG", ".cst"))
    return Source(str(path), layer, told)


def _archive_of(name: str) -> tuple[Path, str]:
    """The zip of a name that begins with /vsizip/, and what is meant in it; `Path` loses one of two slashes."""
    if name.startswith(_GDAL_ZIP):
        pieces = name.removeprefix(_GDAL_ZIP).strip("{}").split("/")
        for count in range(1, len(pieces) + 1):
            start = "/".join(pieces[:count]).removesuffix("}")
            for archive in (Path(start), Path("/" + start)):
                if start and archive.is_file():
                    return archive, "/".join(pieces[count:])
        raise MMEarthError(f"{name}: there is no such zip; give a vector file, or /vsizip/ARCHIVE.zip/FILE.shp.")
    raise MMEarthError(f"{name}: of GDAL's virtual names only /vsizip/ is read for vectors; give a file.")


def _in_zip(archive: Path, member: str, layer: str | None) -> Source:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise MMEarthError(f"{archive} is no zip that can be read ({error}); give a vector file.") from error
    member = member.strip("/")
    inside = [name for name in names if name == member or name.startswith(f"{member}/" if member else "")]
    found = sorted(
        name for name in inside if PurePosixPath(name).suffix.lower() in _VECTOR and not name.startswith("__MACOSX/")
    )
    found = [name for name in found if not name.lower().endswith(".json")] or found  # which are often notes
    if not found:
        raise MMEarthError(f"{archive} holds no vector file{f' {member}' if member else ''}; give one that does.")
    if len(found) > 1:
        meant = [name for name in found if PurePosixPath(name).stem == layer]
        if len(meant) != 1:
            listed = ", ".join(PurePosixPath(name).stem for name in found)
            raise MMEarthError(f"{archive} holds several vector files ({listed}); choose one with `layer`.")
        found, layer = meant, layer if meant[0].lower().endswith(".shp") else None
    stem = str(PurePosixPath(found[0]).with_suffix(""))
    told = any(name in names for name in (f"{stem}.cpg", f"{stem}.CPG", f"{stem}.cst"))
    return Source(f"{_GDAL_ZIP}{archive.absolute()}/{found[0]}", layer, told)


def choose_layer(path: str | Path, source: Source) -> str:
    """The layer asked for, or the only one with geometries, of several the only one that is not empty.

    Raises `MMEarthError` when there is none or a choice.
    """
    layers = [str(name) for name, kind in pyogrio.list_layers(source.name) if kind is not None]
    listed = ", ".join(layers)
    if source.layer is not None:
        if source.layer not in layers:
            raise MMEarthError(f"{path} has no layer {source.layer!r} with geometries; choose of: {listed or 'none'}.")
        return source.layer
    if not layers:
        raise MMEarthError(
            f"{path} has no layer with geometries; if it is a table with coordinates, make points of it first (in QGIS:"
            " Create points layer from table)."
        )
    if len(layers) > 1:
        filled = [
            name for name in layers if pyogrio.read_info(source.name, layer=name, force_feature_count=True)["features"]
        ]
        if len(filled) == 1:
            return filled[0]
        raise MMEarthError(f"{path} has several layers ({listed}); choose one with `layer`.")
    return layers[0]


def layers_of(path: Path) -> dict[str, Any]:
    """What the layers of a vector file that have geometries hold, by their names. Raises `MMEarthError`."""
    check_vector(str(path))
    try:
        found = {}
        for name, kind in pyogrio.list_layers(path):
            if kind is not None:
                about = pyogrio.read_info(path, layer=name, force_feature_count=True, force_total_bounds=True)
                fields = dict(zip(about["fields"].tolist(), map(str, about["dtypes"]), strict=True))
                bounds = about["total_bounds"]
                found[str(name)] = {
                    "geometry": str(kind),
                    "features": int(about["features"]),
                    "crs": str(about["crs"]) if about["crs"] else None,
                    "bounds": None if bounds is None else [float(side) for side in bounds],
                    "fields": [f"{field} ({dtype})" for field, dtype in fields.items()],
                }
        return found
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise MMEarthError(f"{path} is no vector file that can be read; give a GeoPackage, for example.") from error


def is_utf8(raw: bytes) -> bool:
    """Whether bytes are UTF-8, of which the last letter may be cut off, as in the fields of a shapefile."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return False
    return True


def misread_utf8(texts: list[Any]) -> list[Any] | None:
    """Texts that were UTF-8 and were read as Western letters, as they are meant; None unless all that are more than
    plain letters are so.
    """
    meant = list(texts)
    for index, text in enumerate(texts):
        if isinstance(text, str) and not text.isascii():
            readings = [each for codec in ("latin-1", "cp1252") if (each := _meant(text, codec)) is not None]
            if not readings:
                return None
            meant[index] = readings[0]
    return None if meant == texts else meant


def _meant(text: str, codec: str) -> str | None:
    try:
        return text.encode(codec).decode("utf-8")
    except UnicodeError:
        return None


def codec_of(encoding: str) -> str:
    """Python's name of an encoding of GDAL's; what is called ISO-8859-1 has Windows' letters too."""
    try:
        found = codecs.lookup(encoding).name
    except LookupError:
        return "cp1252"
    return "cp1252" if found in {"iso8859-1", "ascii"} else found
