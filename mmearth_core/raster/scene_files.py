"""From what the user names (a raster, several, a folder, a product) to the files that hold each band.

Opens files only to read their headers; pixels are `scene`'s business. Never guesses which band is which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, from_name, from_tags, parse_time
from mmearth_core.raster.raster_file import SCENE, RasterFile, describe, gdal_path
from mmearth_core.raster.safe import MTD_NAMES, Product, find_product
from mmearth_core.raster.stac import from_item, is_item, local_assets, sidecar_item
from mmearth_core.sentinel2 import BANDS, band_name, is_counting, match_bands

#: The scene classification of L2A products: not a band, but carried along for `exclude_clouds`.
SCL = "SCL"
_FOLDER_SUFFIXES = {".tif", ".tiff", ".jp2", ".vrt", ".img"}


@dataclass(frozen=True)
class Inputs:
    """What was found: where each recognised band is (file, 1-based index), and what the files say of themselves."""

    name: str
    bands: Mapping[str, tuple[RasterFile, int]]
    metadata: Metadata
    notes: tuple[str, ...]


# --- collecting --------------------------------------------------------------------------------------------------


def collect(source: str | PurePath | Sequence[str | PurePath], *, bands: Sequence[str] | None = None) -> Inputs:
    """Find the bands of a scene.

    `source` is a raster, a `.SAFE` folder or zip, a folder of single-band files, a STAC item, or a list of rasters;
    `bands` says what the bands are, in the order of the raster's bands (or of the listed files), "-" to ignore one.
    Raises `MMEarthError` when a file is unusable or a band is found twice.
    """
    if not isinstance(source, str | PurePath):
        paths = [gdal_path(item) for item in source]
        if not paths:
            raise MMEarthError(f"No input was named; give {SCENE}.")
        return _from_files(paths, bands) if len(paths) > 1 else collect(paths[0], bands=bands)
    path = gdal_path(source)
    if (product := find_product(path)) is not None:
        return _from_product(product, bands)
    if is_item(path):
        return _from_item(path, bands)
    if Path(path).is_dir():
        return _from_folder(Path(path), bands)
    return _from_raster(path, bands)


def _from_raster(path: str, bands: Sequence[str] | None) -> Inputs:
    raster = describe(path)
    if bands is not None:
        positions = _named(bands, raster.count, f"{path} has", "bands")
    else:
        positions = match_bands(raster.descriptions, source=path)
        if not positions and raster.count == 1 and (name := _single_band_name(raster)) is not None:
            positions = {name: 0}
        if SCL not in positions and (scl := _find_scl(raster.descriptions)) is not None:
            positions[SCL] = scl
        if not positions:
            raise MMEarthError(_unnamed(raster))
    metadata = _metadata_of(raster)
    note = _bands_note(raster, positions, given=bands is not None)
    return Inputs(Path(path).name, {name: (raster, i + 1) for name, i in positions.items()}, metadata, (note,))


def _bands_note(raster: RasterFile, positions: Mapping[str, int], *, given: bool) -> str:
    """Which band is which; in short where every band used is described by its very name."""
    if not given and all(raster.descriptions[i] == name for name, i in positions.items()):
        return f"Bands by their names: {' '.join(positions)}."
    how = "as given" if given else "by the names in the file"
    return f"Bands {how}: {', '.join(f'{n} is band {i + 1}' for n, i in positions.items())}."


def _unnamed(raster: RasterFile) -> str:
    if raster.count == 3 or (raster.count == 4 and raster.alpha):
        return (
            f"{raster.path} has 3 bands without Sentinel-2 names and looks like an RGB picture; give the product's"
            " spectral bands, or say what they are with `bands`, for example `bands=B04,B03,B02`."
        )
    named = ", ".join(text or "unnamed" for text in raster.descriptions[:16]) if any(raster.descriptions) else "unnamed"
    return (
        f"{raster.path} has no band named as one of Sentinel-2 (its {raster.count}: {named}); say what they are, in"
        " order, with `bands`, for example `bands=B02,B03,B04,B08` ('-' for a band to ignore)."
    )


def _named(bands: Sequence[str], count: int, subject: str, noun: str) -> dict[str, int]:
    """Positions of the bands the user named."""
    if len(bands) != count:
        raise MMEarthError(
            f"{subject} {count} {noun} but `bands` names {len(bands)}; name each, '-' for one to ignore."
        )
    positions: dict[str, int] = {}
    for position, text in enumerate(bands):
        if text.strip() in {"-", ""}:
            continue
        name = SCL if text.strip().upper() == SCL else band_name(text)
        if name is None:
            raise MMEarthError(
                f"`bands`: '{text}' is not a Sentinel-2 band; use {', '.join(BANDS)} or '-' to ignore one."
            )
        if name in positions:
            raise MMEarthError(f"`bands` names {name} twice; '-' stands for a band to ignore.")
        positions[name] = position
    return positions


def _find_scl(descriptions: Sequence[str | None]) -> int | None:
    return next((i for i, text in enumerate(descriptions) if text and text.strip().upper() == SCL), None)


def _single_band_name(raster: RasterFile) -> str | None:
    """The band a single-band file holds, by its description or else its file name."""
    file = Path(raster.path).name
    described = None if is_counting(raster.descriptions) else band_name(raster.descriptions[0])
    named = band_name(file)
    if described and named and described != named:
        raise MMEarthError(
            f"{raster.path} is named as {named} but its band is described as {described}; say which it is with `bands`."
        )
    return described or named or _scl_name(file)


def _scl_name(file: str) -> str | None:
    return SCL if SCL in Path(file).stem.upper().split("_") else None


def _from_files(paths: Sequence[str], bands: Sequence[str] | None) -> Inputs:
    rasters = [describe(path) for path in paths]
    for raster in rasters:
        if raster.count != 1:
            raise MMEarthError(
                f"{raster.path} has {raster.count} bands; of several inputs each must be a single-band file of one"
                f" scene (embed multi-band rasters one by one)."
            )
    found: dict[str, tuple[RasterFile, int]] = {}
    names: Sequence[str | None]
    if bands is not None:
        given = {position: name for name, position in _named(bands, len(paths), "The input has", "files").items()}
        names = [given.get(position) for position in range(len(paths))]
    else:
        names = [_single_band_name(raster) for raster in rasters]
        for raster, name in zip(rasters, names, strict=True):
            if name is None:
                raise MMEarthError(
                    f"{raster.path}: neither its name nor its description says which band it is; use `bands`."
                )
    for raster, name in zip(rasters, names, strict=True):
        if name is None:
            continue
        if name in found:
            raise MMEarthError(f"{found[name][0].path} and {raster.path} both hold {name}; give one file per band.")
        found[name] = (raster, 1)
    metadata = _metadata_of(*[raster for raster, _ in found.values()])
    note = "Bands by " + ("what was given" if bands is not None else "file names") + f": {', '.join(found)}."
    return Inputs(_common_name(paths), found, metadata, (note,))


def _common_name(paths: Sequence[str]) -> str:
    """What the file names begin with in common, else the first one's stem."""
    stems = [Path(path).stem for path in paths]
    shared = next((i for i, letters in enumerate(zip(*stems, strict=False)) if len(set(letters)) > 1), 0)
    return stems[0][:shared].strip("_- ") or stems[0]


def _from_folder(folder: Path, bands: Sequence[str] | None) -> Inputs:
    """A folder of single-band files; of one band at several resolutions the finest is taken."""
    if bands is not None:
        raise MMEarthError(
            f"{folder} is a folder; `bands` needs the files named one by one, in the order of its names."
        )
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in _FOLDER_SUFFIXES and p.is_file())
    named = [(path, band_name(path.name) or _scl_name(path.name)) for path in files]
    best: dict[str, RasterFile] = {}
    for path, name in named:
        if name is None:
            continue
        raster = describe(str(path))
        if name in best:
            size, other = raster.grid.pixel_size[0], best[name].grid.pixel_size[0]
            if size == other:
                raise MMEarthError(
                    f"{folder} holds {name} twice ({Path(best[name].path).name}, {path.name}); keep one scene."
                )
            if size > other:
                continue
        best[name] = raster
    if not best:
        raise MMEarthError(f"{folder} holds no raster named as a Sentinel-2 band (such as B02.tif); give {SCENE}.")
    if len(best) == 1:
        return collect(next(iter(best.values())).path)
    inputs = _from_files([raster.path for raster in best.values()], None)
    ignored = [path.name for path, name in named if name is None]
    notes = (f"Not bands, ignored: {', '.join(ignored)}.",) if ignored else ()
    return Inputs(folder.name, inputs.bands, inputs.metadata, (*inputs.notes, *notes))


def _from_item(path: str, bands: Sequence[str] | None) -> Inputs:
    if bands is not None:
        raise MMEarthError(f"{path} is a STAC item, which names its bands itself; leave `bands` out.")
    found = {name: (describe(file), 1) for name, file in local_assets(path).items()}
    metadata = from_item(path).merged(_metadata_of(*[raster for raster, _ in found.values()]))
    note = f"Bands by the assets of the STAC item: {', '.join(found)}."
    return Inputs(Path(path).stem, found, metadata, (note,))


def _from_product(product: Product, bands: Sequence[str] | None) -> Inputs:
    if bands is not None:
        raise MMEarthError(f"{product.path} is a Sentinel-2 product, which names its bands itself; leave `bands` out.")
    found = {name: (describe(path), 1) for name, path in product.files.items()}
    note = f"Bands by the files of the product {product.name}: {', '.join(found)}."
    return Inputs(product.name, found, product.metadata, (note,))


def _metadata_of(*rasters: RasterFile) -> Metadata:
    """What files say of themselves: their product's XML or STAC item when beside them, tags, names."""
    merged = Metadata()
    for raster in rasters:
        merged = merged.merged(from_tags(raster.tags, raster.scales, raster.offsets, source=Path(raster.path).name))
    for folder in {Path(raster.path).parent for raster in rasters}:
        near = (folder, *folder.parents[:5]) if folder.is_dir() else ()
        safe = next((p for p in near if any((p / name).is_file() for name in MTD_NAMES)), None)
        if safe is not None and (product := find_product(str(safe))) is not None:
            # A raster made from the product and kept beside it may have been changed.
            own = "IMG_DATA" in folder.parts
            merged = replace(product.metadata, authoritative=own).merged(merged)
    for raster in rasters:
        if (item := sidecar_item(raster.path)) is not None:
            merged = from_item(item).merged(merged)
        merged = merged.merged(from_name(raster.path))
    # Many programs write the time of writing here, so it counts last.
    written = next((raster.tags["TIFFTAG_DATETIME"] for raster in rasters if "TIFFTAG_DATETIME" in raster.tags), "")
    return merged.merged(Metadata(time=parse_time(written)))
