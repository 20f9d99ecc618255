"""Rasters by their headers: grid, bands and what the file says of them, and how the bands of a scene lie on one grid.

Pixels are `scene`'s business.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
import pyproj
from affine import Affine
from pyproj.exceptions import ProjError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader

from mmearth_core.band_names.reading import Label
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.axes import check_axes
from mmearth_core.raster.bands.labels import labels_of
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import opened

_GDAL_DOMAINS = {"IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "RPC", "GEOLOCATION", "COLOR_PROFILE", "EXIF"}
#: Origins and pixel sizes that differ by less than this share of a pixel are the same.
_TOLERANCE = 0.01
#: What a scene may be, in a sentence.
SCENE = "a Sentinel-2 raster, a .SAFE folder or zip, a folder of single-band files, or a STAC item"


@dataclass(frozen=True)
class RasterFile:
    """A raster's header: `grid` is north-up, `flip` says whether rows and columns of the file run the other way.

    The grid's CRS is None when the file has none. `tied`: None, or, when the file has pixels and no grid on Earth, what
    places it instead in words ("" for nothing).
    `nodata`: what each band declares. Beside it count `mask_band` (one for all bands), `own_masks` (1-based indexes of
    bands that have one each) and `alpha` (index of the band).
    """

    path: str
    grid: Grid
    flip: tuple[bool, bool]
    tied: str | None
    dtypes: tuple[str, ...]
    labels: tuple[Label, ...]
    nodata: tuple[float | None, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    tags: Mapping[str, str]
    mask_band: bool
    own_masks: frozenset[int]
    alpha: int | None
    pyramid: bool
    files: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.dtypes)


def describe(path: str, *, wanted: str = SCENE) -> RasterFile:
    """The header of a raster; whether it has a place on Earth is `placing`'s business.

    Raises `MMEarthError` when it is missing, no raster, or one whose columns do not run east.
    """
    with opened(path, wanted=wanted) as dataset:
        check_axes(dataset)
        grid, flip = north_up(Grid.of(dataset))
        alpha = [i for i, c in enumerate(dataset.colorinterp, 1) if c == ColorInterp.alpha]
        return RasterFile(
            path=path,
            grid=grid,
            flip=flip,
            tied=_tied(dataset),
            dtypes=tuple(dataset.dtypes),
            labels=labels_of(dataset),
            nodata=tuple(map(representable, dataset.nodatavals, dataset.dtypes)),
            scales=tuple(dataset.scales),
            offsets=tuple(dataset.offsets),
            tags={**dataset.tags(), **_domain_tags(dataset)},
            mask_band=any(MaskFlags.per_dataset in f and MaskFlags.alpha not in f for f in dataset.mask_flag_enums),
            own_masks=frozenset(i for i, f in enumerate(dataset.mask_flag_enums, 1) if not f),
            alpha=alpha[0] if alpha else None,
            pyramid=dataset.driver.startswith("JP2") or bool(dataset.overviews(1)),
            files=tuple(f for f in dataset.files if not f.endswith((".aux.xml", ".ovr"))) or (path,),
        )


def _tied(dataset: DatasetReader) -> str | None:
    if dataset.transform != Affine.identity():
        return None
    if dataset.gcps[0]:
        return "ground control points"
    return "rational polynomials (RPC)" if dataset.rpcs else ""


def representable(nodata: float | None, dtype: str) -> float | None:
    """The no-data value, when a pixel of this type can have it (files declare -9999 for uint16)."""
    if nodata is None or np.issubdtype(np.dtype(dtype), np.floating):
        return nodata
    limits = np.iinfo(dtype)
    return nodata if float(nodata).is_integer() and limits.min <= nodata <= limits.max else None


def _domain_tags(dataset: DatasetReader) -> dict[str, str]:
    """Tags of other writers' namespaces; GDAL's own domains say nothing of the product."""
    tags: dict[str, str] = {}
    for namespace in dataset.tag_namespaces():
        if namespace not in _GDAL_DOMAINS and not namespace.startswith("xml:"):
            tags.update(dataset.tags(ns=namespace))
    return tags


def north_up(grid: Grid) -> tuple[Grid, tuple[bool, bool]]:
    """The grid with rows running south and columns east, and which axes had to be reversed; rotated grids stay."""
    t = grid.transform
    flip = (False, False) if t.b or t.d else (t.e > 0, t.a < 0)
    return Grid(grid.height, grid.width, t * turned(grid, flip), grid.crs), flip


def turned(grid: Grid, flip: tuple[bool, bool]) -> Affine:
    """From the pixels of a grid to those of one whose rows or columns run the other way; its own inverse."""
    rows, cols = flip
    corner = Affine.translation(grid.width if cols else 0, grid.height if rows else 0)
    return corner * Affine.scale(-1 if cols else 1, -1 if rows else 1)


def gdal_path(source: str | PurePath) -> str:
    """The path as GDAL takes it. `Path` folds "//", which `/vsizip//absolute/path` needs."""
    path = os.fspath(source)
    for prefix in ("/vsizip/", "/vsitar/", "/vsigzip/"):
        rest = path.removeprefix(prefix)
        if isinstance(source, PurePath) and rest != path and not rest.startswith(("/", "{")):
            inside = next((p for p in Path("/", rest).parents if p.is_file()), None)
            if inside is not None or Path("/", rest).is_file():
                return f"{prefix}/{rest}"
    return path


@dataclass(frozen=True)
class BandSource:
    """One band of a scene: its file, 1-based index, and how many scene pixels one of its pixels spans along an axis."""

    name: str
    raster: RasterFile
    index: int
    factor: int


def arrange(bands: Mapping[str, tuple[RasterFile, int]], title: str) -> tuple[Grid, tuple[BandSource, ...]]:
    """The scene's grid (that of its finest band) and each band's place on it.

    Raises `MMEarthError` when CRS, origin or extent differ, or a resolution is no integer multiple of the finest.
    """
    finest = min((raster for raster, _ in bands.values()), key=lambda raster: raster.grid.pixel_size)
    return finest.grid, tuple(
        BandSource(name, raster, index, _factor(raster, finest, title)) for name, (raster, index) in bands.items()
    )


def _factor(raster: RasterFile, finest: RasterFile, title: str) -> int:
    grid, reference = raster.grid, finest.grid
    if grid == reference:
        return 1
    if grid.crs != reference.crs:
        raise MMEarthError(
            f"{title}: {raster.path} is in {_short(grid)} and {finest.path} in {_short(reference)};"
            f" reproject all bands to one grid (gdalwarp)."
        )
    # Pixels of the band in pixels of the reference: a pure scale by a whole number, when they fit.
    relative = ~reference.transform * grid.transform
    factor: int = round(relative.a)
    slack = _TOLERANCE / max(grid.shape)
    fits = (
        factor >= 1
        and max(abs(relative.a - factor), abs(relative.e - factor), abs(relative.b), abs(relative.d)) < slack * factor
        and max(abs(relative.c), abs(relative.f)) < _TOLERANCE * factor
        and grid.height == -(-reference.height // factor)
        and grid.width == -(-reference.width // factor)
    )
    if not fits:
        raise MMEarthError(
            f"{title}: the pixels of {raster.path} ({_in_words(grid)}) do not fit those of {finest.path}"
            f" ({_in_words(reference)}); bring all bands to one extent, with pixel sizes that are whole multiples"
            f" (gdalwarp)."
        )
    return factor


def _short(grid: Grid) -> str:
    return str(grid.crs.to_string())[:60]


def _in_words(grid: Grid) -> str:
    x, y = grid.transform * (0, 0)
    return f"{grid.width}×{grid.height} pixels of {grid.pixel_size[0]:g} from {x:g}, {y:g}"


def ground_steps(grid: Grid) -> tuple[float, float] | None:
    """Length on the ground, in m, of a step of one column and of one row at a grid's centre.

    Also right for geographic coordinates and projections that stretch. None when the CRS has no place on Earth.
    """
    row, col = grid.height / 2, grid.width / 2
    try:
        to_degrees = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
        centre, right, below = (
            to_degrees.transform(*(grid.transform * pixel), errcheck=True)
            for pixel in ((col, row), (col + 1, row), (col, row + 1))
        )
    except ProjError:
        return None
    geod = pyproj.Geod(ellps="WGS84")
    return float(geod.inv(*centre, *right)[2]), float(geod.inv(*centre, *below)[2])


def ground_area(grid: Grid) -> float | None:
    """Area on the ground, in m², of a pixel at a grid's centre, in any CRS. None when that has no place on Earth."""
    steps = ground_steps(grid)
    return None if steps is None else steps[0] * steps[1]
