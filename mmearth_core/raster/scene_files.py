"""From what the user names (a raster, several, a folder, a product) to the files that hold each band.

Opens files only to read their headers; pixels are `scene`'s business. Never guesses which band is which.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from mmearth_core.band_names.conventions import WORDS
from mmearth_core.band_names.reading import ONE_BY_ONE, WAVELENGTHS, Label, band_name, is_known, read_bands
from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import check_kind
from mmearth_core.raster.bands.recognition import (
    SCL,
    circumstances,
    finest_of_each,
    given_bands,
    is_scl,
    names_together,
    single_band_name,
    unnamed,
)
from mmearth_core.raster.metadata import Metadata, from_name, from_tags, parse_time
from mmearth_core.raster.products.aws import product_beside
from mmearth_core.raster.products.containers import is_container, refuse_dates, variables
from mmearth_core.raster.products.finding import find_product, surrounding
from mmearth_core.raster.products.product import BandFile, Product
from mmearth_core.raster.products.stac import from_item, is_item, item_product, labels_beside, sidecar_item
from mmearth_core.raster.products.tree import Tree, in_folder, is_archive, tree_of
from mmearth_core.raster.raster_file import SCENE, RasterFile, describe, gdal_path

_RASTER_SUFFIXES = {".tif", ".tiff", ".jp2", ".vrt", ".img"}
#: Folders of a product's resolutions, read together with what lies beside them.
_RESOLUTION_FOLDER = re.compile(r"R(?:10|20|60)m$", re.IGNORECASE)
# The day of a scene in a file's name, and MAJA's reflectance with and without correction for slopes.
_DATE = re.compile(r"(?<!\d)(20\d{2})[-_]?([01]\d)[-_]?([0-3]\d)(?!\d)")
_CORRECTION = re.compile(r"_(FRE|SRE|FRC|SRC)_B\d")
# Earth Engine writes a large export in parts named by the row and column they begin at.
_PART_OF_EXPORT = re.compile(r"-\d{10}-\d{10}$")

Place = tuple[RasterFile, int]

_BY_NAMES = "by the names in the file"


@dataclass(frozen=True)
class Inputs:
    """What was found: where each recognised band is (file, 1-based index), and what the files say of themselves."""

    name: str
    bands: Mapping[str, Place]
    metadata: Metadata
    notes: tuple[str, ...]


def collect(
    source: str | PurePath | Sequence[str | PurePath],
    *,
    bands: Sequence[str] | None = None,
    wanted: Collection[str] | None = None,
) -> Inputs:
    """Find the bands of a scene.

    `source` is a raster, a product's folder or archive, a folder of single-band files, a file with a variable per band,
    a STAC item, or a list of rasters; `bands` says what the bands are, in the order of the raster's bands (or of the
    listed files), "-" to ignore one. Of the bands that are not `wanted` (default: all are) nothing is asked but where
    they are. Raises `MMEarthError` when a file is unusable, or its bands are not certain.
    """
    if isinstance(source, str | PurePath):
        check_kind(str(source), "scene", "STAC item")
    else:
        paths = [gdal_path(item) for item in source]
        if not paths:
            raise MMEarthError(f"No input was named; give {SCENE}.")
        if len(paths) == 1:
            return collect(paths[0], bands=bands, wanted=wanted)
        return _Collector(bands, wanted).files(paths)
    return _Collector(bands, wanted).one(gdal_path(source))


class _Collector:
    """What the user says of the bands, and which are wanted."""

    def __init__(self, given: Sequence[str] | None, wanted: Collection[str] | None) -> None:
        self.given, self.wanted = given, wanted

    def one(self, path: str) -> Inputs:
        if (product := find_product(path)) is not None:
            return self.product(product, "a Sentinel-2 product", f"the files of the product {product.name}")
        if is_item(path):
            return self.product(item_product(path), "a STAC item", "the assets of the STAC item")
        if is_archive(path):
            return self.archive(path)
        if is_container(path) and (found := variables(path))[0]:
            return self.container(path, *found)
        if Path(path).is_dir():
            return self.folder(tree_of_rasters(path))
        return self.raster(path)

    # one raster

    def raster(self, path: str) -> Inputs:
        raster = describe(path)
        refuse_dates(path, raster.tags, raster.count)
        positions, how = self.recognised(raster)
        if self.given is None and raster.count > 1:
            scl = next((i for i, label in enumerate(raster.labels) if (label.text or "").strip().upper() == SCL), None)
            if SCL not in positions and scl is not None:
                positions[SCL] = scl
        if not set(positions) - {SCL}:
            raise MMEarthError(unnamed(raster))
        if self.given is None:
            _check_one_scene([raster.labels[i].text or "" for i in positions.values()], f"bands of {path}")
        places = {name: (raster, i + 1) for name, i in positions.items()}
        if how == _BY_NAMES and all(raster.labels[i].text == name for name, i in positions.items()):
            note = f"Bands by their names: {' '.join(positions)}."
        else:
            note = f"Bands {how}: {', '.join(f'{n} is band {i + 1}' for n, i in positions.items())}."
        left = [
            f"band {i + 1} '{label.text}'" if label.text else f"band {i + 1}"
            for i, label in enumerate(raster.labels)
            if i not in positions.values() and i + 1 != raster.alpha
        ]
        return self.inputs(Path(path).name, places, (note, *_part_note(path)), left)

    def recognised(self, raster: RasterFile) -> tuple[dict[str, int], str]:
        """Position of each band in a raster, and by what it is known."""
        if self.given is not None:
            return given_bands(self.given, raster.count, f"{raster.path} has", "bands"), "as given"
        if raster.count == 1:
            name = single_band_name(raster)
            return ({} if name is None else {name: 0}), _BY_NAMES
        reading = read_bands(raster.labels, circumstances(raster.path, raster))
        if not reading.bands and (described := labels_beside(raster.path, raster.count)) is not None:
            reading = read_bands(described[1], circumstances(raster.path, raster))
            return dict(reading.bands), f"by the STAC item {described[0]}"
        if reading.convention in {None, WORDS.name}:
            how = _BY_NAMES
        elif reading.convention == WAVELENGTHS:
            how = f"by their {WAVELENGTHS}"
        else:
            how = f"by the names of {reading.convention}"
        return dict(reading.bands), how

    # several files

    def files(self, paths: Sequence[str]) -> Inputs:
        rasters = [describe(path) for path in paths]
        for raster in rasters:
            if raster.count != 1:
                raise MMEarthError(_several_multiband(raster, paths))
        _check_one_scene([Path(path).name for path in paths], "files")
        if self.given is not None:
            positions = given_bands(self.given, len(paths), "The input has", "files")
            how = "what was given"
        else:
            names = names_together(rasters)
            for raster, name in zip(rasters, names, strict=True):
                if name is None:
                    raise MMEarthError(
                        f"{raster.path}: neither its name nor its description says which band it is; use `bands`."
                    )
            positions = {}
            for position, name in enumerate(names):
                if name in positions:
                    first, second = rasters[positions[name]].path, rasters[position].path
                    raise MMEarthError(f"{first} and {second} both hold {name}; give one file per band.")
                positions[str(name)] = position
            how = "file names"
        places = {name: (rasters[position], 1) for name, position in positions.items()}
        left = [Path(path).name for position, path in enumerate(paths) if position not in positions.values()]
        return self.inputs(_common_name(paths), places, (f"Bands by {how}: {', '.join(places)}.",), left)

    def folder(self, tree: Tree) -> Inputs:
        """Single-band files of one scene; of one band at several resolutions the finest is taken."""
        if self.given is not None:
            raise MMEarthError(
                f"{tree.path} is not a single raster, so `bands` does not say which file it means; name the files one"
                " by one, in the order of its names."
            )
        known = [name for name in tree.names if is_known(PurePath(name).name) or is_scl(name)]
        if not known:
            return self.lone(tree)
        rasters = [describe(tree.locate(name)) for name in known]
        multiband = next((raster for raster in rasters if raster.count != 1), None)
        if multiband is not None:
            if len(tree.names) == 1:
                return self.raster(tree.locate(known[0]))
            raise MMEarthError(_several_multiband(multiband, [raster.path for raster in rasters]))
        best = finest_of_each(rasters, tree.path)
        if len(best) == 1:
            return self.raster(next(iter(best.values())).path)
        inputs = self.files([raster.path for raster in best.values()])
        taken = {raster.path for raster in best.values()}
        ignored = [name for name in tree.names if tree.locate(name) not in taken]
        notes = (f"Not bands, ignored: {', '.join(ignored)}.",) if ignored else ()
        return replace(inputs, name=tree.name, notes=(*inputs.notes, *notes))

    def lone(self, tree: Tree) -> Inputs:
        """The one raster of a folder or archive whose files are not named as bands."""
        if len(tree.names) == 1:
            return self.raster(tree.locate(tree.names[0]))
        if tree.names and all(_PART_OF_EXPORT.search(Path(name).stem) for name in tree.names):
            raise MMEarthError(_several_multiband(describe(tree.locate(tree.names[0])), tree.names))
        if tree.names:
            listed = ", ".join(tree.names[:4]) + (", …" if len(tree.names) > 4 else "")
            raise MMEarthError(
                f"{tree.path} holds {len(tree.names)} rasters ({listed}), no raster named as a Sentinel-2 band (such as"
                f" B02.tif); name one of them."
            )
        raise MMEarthError(f"{tree.path} holds no raster named as a Sentinel-2 band (such as B02.tif); give {SCENE}.")

    def archive(self, path: str) -> Inputs:
        tree = tree_of(path)
        rasters = [name for name in tree.names if PurePath(name).suffix.lower() in _RASTER_SUFFIXES]
        folders = {str(PurePath(name).parent) for name in rasters}
        inner = [name for name in tree.names if name.lower().endswith(".zip")]
        if inner and not rasters:
            raise MMEarthError(f"{path} holds other archives ({', '.join(inner[:3])}); unpack it and name one of them.")
        if not rasters:
            raise MMEarthError(
                f"{path} holds no Sentinel-2 product (no MTD_MSIL1C.xml or MTD_MSIL2A.xml) and no raster; give {SCENE}."
            )
        if len({folder for folder in folders if not _RESOLUTION_FOLDER.search(folder)}) > 1:
            raise MMEarthError(
                f"{path} holds rasters in {len(folders)} folders; name one as /vsizip/{path}/NAME.tif, or unpack it."
            )
        return self.folder(replace(tree, names=tuple(rasters)))

    # products

    def container(self, path: str, found: Mapping[str, Sequence[str]], others: Sequence[str]) -> Inputs:
        if self.given is not None:
            raise MMEarthError(f"{path} names its variables itself; leave `bands` out.")
        finest: dict[str, RasterFile] = {}
        for name, several in found.items():
            for raster in map(describe, several):
                refuse_dates(path, raster.tags, raster.count)
                if raster.count != 1:
                    raise MMEarthError(f"{path}: {name} has {raster.count} layers; save one of them by itself.")
                if name not in finest or raster.grid.pixel_size < finest[name].grid.pixel_size:
                    finest[name] = raster
        header = next(iter(finest.values()))
        names = list(finest)
        labels = [Label(None if name.upper() == SCL else name) for name in names]
        reading = read_bands(labels, circumstances(path, header, ask=ONE_BY_ONE))
        places = {name: (finest[names[position]], 1) for name, position in reading.bands.items()}
        if (scl := next((raster for name, raster in finest.items() if name.upper() == SCL), None)) is not None:
            places[SCL] = (scl, 1)
        left = [*(name for name in names if (finest[name], 1) not in places.values()), *others]
        return self.inputs(
            Path(path).name, places, (f"Bands by the variables of the file: {', '.join(places)}.",), left
        )

    def product(self, product: Product, noun: str, how: str) -> Inputs:
        if self.given is not None:
            raise MMEarthError(f"{product.path} is {noun}, which names its bands itself; leave `bands` out.")
        places = {}
        for name, band in product.bands.items():
            raster = describe(band.path)
            _check_listed(raster, name, band, product.path)
            if band.nodata is not None and raster.nodata[0] is None:
                raster = replace(raster, nodata=(band.nodata,) * raster.count)
            places[name] = (raster, band.index)
        notes = (f"Bands by {how}: {', '.join(places)}.", *product.notes)
        metadata = product.metadata
        if not metadata.authoritative:
            own = _metadata_of(self._used(places))
            metadata = metadata.merged(own)
        return Inputs(product.name, places, metadata, (*notes, *self._unwanted(places, [])))

    # outcome

    def inputs(self, name: str, places: Mapping[str, Place], notes: tuple[str, ...], left: Sequence[str]) -> Inputs:
        return Inputs(name, places, _metadata_of(self._used(places)), (*notes, *self._unwanted(places, left)))

    def _used(self, places: Mapping[str, Place]) -> dict[str, Place]:
        """The bands whose numbers are read, as far as any is."""
        used = {n: p for n, p in places.items() if n != SCL and (self.wanted is None or n in self.wanted)}
        return used or dict(places)

    def _unwanted(self, places: Mapping[str, Place], left: Sequence[str]) -> tuple[str, ...]:
        """Says which bands of the files are not used."""
        unwanted = [n for n in places if n != SCL and self.wanted is not None and n not in self.wanted]
        listed = [*left[:40], *([f"{len(left) - 40} more"] if len(left) > 40 else []), *unwanted]
        return (f"Not used: {', '.join(listed)}.",) if listed else ()


# --- files ---------------------------------------------------------------------------------------------------------


def tree_of_rasters(path: str) -> Tree:
    """The rasters right in a folder, and in its folders of resolutions (R10m, R20m, R60m)."""
    folder = Path(path)
    inside = [each for each in sorted(folder.iterdir()) if each.is_dir() and _RESOLUTION_FOLDER.match(each.name)]
    files = [
        file.relative_to(folder).as_posix()
        for place in (folder, *inside)
        for file in sorted(place.iterdir())
        if file.suffix.lower() in _RASTER_SUFFIXES and file.is_file()
    ]
    return in_folder(folder, files)


def _common_name(paths: Sequence[str]) -> str:
    """What the file names begin with in common, else the first one's stem."""
    stems = [Path(path).stem for path in paths]
    shared = next((i for i, letters in enumerate(zip(*stems, strict=False)) if len(set(letters)) > 1), 0)
    return stems[0][:shared].strip("_- ") or stems[0]


def _check_one_scene(names: Sequence[str], noun: str) -> None:
    """Raises `MMEarthError` when names tell of several dates, or of two corrections of one product."""
    for pattern, what in ((_DATE, "dates"), (_CORRECTION, "corrections of reflectance")):
        found = {"".join(match.groups()): name for name in names if (match := pattern.search(name))}
        if len(found) > 1:
            listed = ", ".join(f"{name} of {value}" for value, name in sorted(found.items())[:2])
            raise MMEarthError(f"The {noun} are of {len(found)} {what} ({listed}); give those of one.")


def _check_listed(raster: RasterFile, name: str, band: BandFile, title: str) -> None:
    """Raises `MMEarthError` where a file has not the bands its product lists, or names them itself and otherwise."""
    remedy = "name the raster itself, and say with `bands` what its bands are"
    count = raster.count - (raster.alpha is not None and band.listed < raster.count)
    if count != band.listed:
        lists = f"{band.listed} band{'s' if band.listed > 1 else ''}"
        raise MMEarthError(f"{title} lists {lists} for {raster.path}, which has {count}; {remedy}.")
    own = band_name(raster.labels[band.index - 1].text) if count > 1 else None
    if own is not None and name not in (SCL, own):
        raise MMEarthError(
            f"{title} says that band {band.index} of {raster.path} is {name}, but there it is named as {own}; {remedy}."
        )


def _several_multiband(raster: RasterFile, paths: Sequence[str]) -> str:
    if all(_PART_OF_EXPORT.search(Path(path).stem) for path in paths):
        return (
            f"{raster.path} and {len(paths) - 1} more are the parts of one large export; join them with gdalbuildvrt"
            f" and embed the joined file."
        )
    return (
        f"{raster.path} has {raster.count} bands, and of several inputs each must be a single-band file of one scene;"
        f" embed multi-band rasters one by one."
    )


def _part_note(path: str) -> tuple[str, ...]:
    """Says that a raster is only a part of an export."""
    file = Path(path)
    if _PART_OF_EXPORT.search(file.stem) is None or not file.is_file():
        return ()
    pattern = _PART_OF_EXPORT.sub("", file.stem)
    others = [each for each in file.parent.iterdir() if _PART_OF_EXPORT.sub("", each.stem) == pattern and each != file]
    others = [each for each in others if each.suffix == file.suffix]
    return (f"This is one of {len(others) + 1} parts of an export, the others are not read.",) if others else ()


def _metadata_of(places: Mapping[str, Place]) -> Metadata:
    """What files say of the bands that are used: their product's XML or STAC item when beside them, tags, names."""
    merged = Metadata()
    rasters = {raster.path: raster for raster, _ in places.values()}
    for path, raster in rasters.items():
        used = {name: index - 1 for name, (each, index) in places.items() if each.path == path}
        scales, offsets = [raster.scales[i] for i in used.values()], [raster.offsets[i] for i in used.values()]
        merged = merged.merged(from_tags(raster.tags, scales, offsets, source=Path(path).name, bands=tuple(used)))
    for folder in {Path(path).parent for path in rasters}:
        if folder.is_dir() and (product := surrounding(folder)) is not None:
            # A raster made from the product and kept beside it may have been changed.
            merged = replace(product, authoritative="IMG_DATA" in folder.parts).merged(merged)
        elif (named := product_beside(folder)) is not None:
            merged = named.merged(merged)
    for path in rasters:
        if (item := sidecar_item(path)) is not None:
            merged = from_item(item).merged(merged)
        merged = merged.merged(from_name(path))
    # Many programs write the time of writing here, so it counts last.
    written = next((r.tags["TIFFTAG_DATETIME"] for r in rasters.values() if "TIFFTAG_DATETIME" in r.tags), "")
    return merged.merged(Metadata(time=parse_time(written)))
