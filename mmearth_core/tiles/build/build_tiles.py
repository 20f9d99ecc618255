"""`build_tiles`: a user's own aligned rasters become a dataset in the layout of MMEarth.

Every file is opened and some of its values are checked before anything is written, all values as the tiles are made.
Finished tiles survive whatever happens, as long as the files of their site stay as they are, and a run that goes on
makes the same dataset as one that was never interrupted.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core import __version__
from mmearth_core.errors import GO_ON, Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.modalities import MODALITIES, NO_CLASS, Modality, target
from mmearth_core.modalities import valid as measured
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.tiles.build.regions import lookup
from mmearth_core.tiles.build.site import CheckedSite, SiteTile, check_site
from mmearth_core.tiles.build.specification import Site, read_specification
from mmearth_core.tiles.build.teachers import TeacherFit
from mmearth_core.tiles.tile_info import members
from mmearth_core.wording import counted, left_out

if TYPE_CHECKING:
    from mmearth_core.tiles.writer import TileWriter

#: The key of tile_info.json under which the share of a tile's pixels with a value is kept, by modality.
_VALID = "VALID"
#: Side in pixels of the compressed blocks of Sentinel-2 products.
_BLOCK = 1024


@dataclass(frozen=True)
class Coverage:
    """Of how many tiles a modality knows anything, and the share of all pixels (or tiles) it has a value for."""

    tiles: int
    share: float


@dataclass(frozen=True)
class BuildResult:
    """What `build_tiles` made: the dataset, its tiles and sites, and the coverage of each modality."""

    output: Path
    sites: int
    tiles: int
    dropped: int
    size: int
    coverage: Mapping[str, Coverage]

    def __str__(self) -> str:
        width = max(map(len, self.coverage), default=0)
        rows = [f"  {name.ljust(width)}  {each.tiles:>7}  {each.share:>7.1%}" for name, each in self.coverage.items()]
        dropped = f"; {left_out(self.dropped, 'tile', 'too few valid Sentinel-2 pixels')}" if self.dropped else ""
        head = (
            f"{self.output}: {self.tiles} tiles of {self.size} × {self.size} pixels from {self.sites} sites{dropped}."
        )
        return "\n".join([head, f"  {'modality'.ljust(width)}    tiles    valid", *rows])


def build_tiles(
    *,
    specification: str | Path,
    output: str | Path,
    size: Literal[64, 128] = 64,
    stride: int | None = None,
    valid: float = 0.9,
    limit: int | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> BuildResult:
    """Make a dataset for pretraining from your own rasters: Sentinel-2 and whatever else is known of the same places.

    The specification lists sites: each has a Sentinel-2 scene, best of all twelve bands, and, where there is one, radar
    (`sentinel1`), `elevation`, `land_cover`, `canopy_height`, `date`, `era5`, `biome` and `eco_region`, and features of
    other networks (`teachers`). Rasters in another grid or coordinate system are laid over the scene's. See
    docs/pretraining.md for every key.

    Args:
        specification: A YAML file with `sites:`, a STAC item, a list of items, or an ItemCollection.
        output: The folder to make; the files in it are named after it.
        size: Side of a tile in pixels.
        stride: Pixels from one tile to the next; by default the size, so that tiles do not overlap.
        valid: Share of a tile's Sentinel-2 pixels that must be valid.
        limit: Number of tiles at most, spread evenly over all sites.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.

    Raises:
        MMEarthError: The input cannot be used. Nothing is left behind unless a value that only a tile showed is wrong:
            then the tiles before it are kept, and the same call goes on once the file is mended.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """
    from mmearth_core.tiles.writer import TileWriter  # noqa: PLC0415 - loads h5py

    progress, cancel = progress or Silent(), cancel or CancelToken()
    output = Path(output)
    _check_options(size, stride, valid, limit)
    lookup.cache_clear()  # what was read before may have been mended
    with tempfile.TemporaryDirectory() as scratch, bounded_cache():
        places, teachers = _checked(read_specification(specification, Path(scratch)), progress, cancel)
        windows = [_windows(images[0].scene.grid.shape, size, stride or size) for images in places]
        chosen = _limited(windows, limit, [len(images) for images in places])
        # The first image of every place, then the second ones.
        order = sorted((number, at) for at, images in enumerate(places) for number in range(len(images)))
        sites = [places[at][number] for number, at in order]
        chosen = [chosen[at] for _, at in order]
        if not any(chosen):
            raise MMEarthError(
                f"{specification}: no scene is as large as a tile of {size} × {size} pixels; give larger ones."
            )
        found = frozenset[str]().union(*(site.modalities for site in sites))
        modalities = {name: each for name, each in MODALITIES.items() if name in found}
        facts = {"stride": stride or size, "valid": valid, "limit": limit, "software": __version__}
        plan = [_plan(site, own) for site, own in zip(sites, chosen, strict=True)]
        sources = [each.source for each in plan]
        with TileWriter(
            output,
            size,
            modalities,
            teachers=tuple(teachers.values()),
            specification=facts,
            sources=sources,
            progress=progress,
        ) as writer:
            dropped = _write(writer, plan, teachers, valid, progress, cancel)
            writer.finish(name for each in plan for name in each.tiles)
    tiles, coverage = _coverage(output, [*modalities, *teachers])
    return BuildResult(output, len(places), tiles, dropped, size, coverage)


@dataclass(frozen=True)
class _SitePlan:
    """A site, what its tiles come from, and their windows by id."""

    site: CheckedSite
    source: str
    tiles: Mapping[str, Window]


def tile_id(site: str, window: Window) -> str:
    """What a tile is called: its site, and the row and column of its first pixel in the site's scene."""
    return f"{site}_{window.row}_{window.col}"


def _check_options(size: int, stride: int | None, valid: float, limit: int | None) -> None:
    if size not in {64, 128}:
        raise MMEarthError(f"`size={size}` is no size of tiles; choose 64 or 128 pixels.")
    if stride is not None and stride < 1:
        raise MMEarthError(f"`stride={stride}` would lay tiles on each other; choose 1 pixel or more.")
    if not 0 < valid <= 1:
        raise MMEarthError(f"`valid={valid:g}` is no share; choose one above 0, at most 1.")
    if limit is not None and limit < 1:
        raise MMEarthError(f"`limit={limit}` would make no tile; choose 1 or more.")


def _checked(
    places: Sequence[Sequence[Site]], progress: Progress, cancel: CancelToken
) -> tuple[list[list[CheckedSite]], dict[str, Modality]]:
    """The images of each place, which lie on one grid, and the teachers they have together by name."""
    progress.start("Checking sites", sum(map(len, places)), "sites")
    checked: list[list[CheckedSite]] = []
    fit = TeacherFit()
    for images in places:
        checked.append([])
        for site in images:
            cancel.check()
            found = check_site(site)
            for file in found.teachers:
                fit.add(file, found.scene.grid, site.title)
            checked[-1].append(found)
            if found.scene.grid != checked[-1][0].scene.grid:
                raise MMEarthError(
                    f"{site.title} and {images[0].title} are images of one site on two grids; bring them onto one, for"
                    " example with gdalwarp, or make two sites of them."
                )
            progress.advance(1)
    progress.finish()
    for note in (note for each in checked for image in each for note in image.notes):
        progress.message(note)
    return checked, fit.modalities()


def _plan(site: CheckedSite, windows: Iterable[Window]) -> _SitePlan:
    return _SitePlan(site, site.digest(), {tile_id(site.site.name, window): window for window in windows})


def _windows(shape: tuple[int, int], size: int, stride: int) -> list[Window]:
    """Tiles of a scene from its first pixel on; what does not fill a tile is left out.

    They come row by row of one block after the other, so that a compressed block of the scene is read once.
    """
    rows, cols = (range(0, length - size + 1, stride) for length in shape)
    windows = [Window(row, col, size, size) for row in rows for col in cols]
    return sorted(windows, key=lambda each: (each.row // _BLOCK, each.col // _BLOCK, each.row, each.col))


def _limited(windows: Sequence[Sequence[Window]], limit: int | None, images: Sequence[int]) -> list[list[Window]]:
    """The windows of each site, or of all of them so many at even distances that, each with all `images` of its site,
    they are at most `limit` tiles."""
    costs = [count for each, count in zip(windows, images, strict=True) for _ in each]
    total = len(costs)
    if limit is None or limit >= sum(costs):
        return [list(each) for each in windows]
    for places in range(min(total, limit), -1, -1):
        kept = {index * total // places for index in range(places)}
        if sum(costs[index] for index in kept) <= limit:
            break
    numbered = iter(range(total))
    return [[window for window in each if next(numbered) in kept] for each in windows]


def _write(
    writer: "TileWriter",
    plan: Sequence[_SitePlan],
    teachers: Mapping[str, Modality],
    valid: float,
    progress: Progress,
    cancel: CancelToken,
) -> int:
    """Write the tiles that are not there yet; returns how many were left out."""
    known = {**MODALITIES, **teachers}
    total, dropped = sum(len(each.tiles) for each in plan), 0
    if len(writer):
        progress.message(f"Going on: {len(writer)} of {total} tiles are done already.")
    progress.start("Building tiles", total, "tiles")
    try:
        for each in plan:
            with each.site.reader(teachers) as reader:
                for name, window in each.tiles.items():
                    cancel.check()
                    if name not in writer:
                        tile = reader.tile(window, valid)
                        if tile is None:
                            dropped += 1
                        else:
                            writer.append(name, tile.arrays, _described(tile, known), source=each.source)
                    progress.advance(1)
        if not len(writer):
            raise MMEarthError(
                f"No tile has {valid:.0%} of valid Sentinel-2 pixels, so nothing was written; lower `valid`."
            )
    except (Cancelled, EnvironmentFailure) as error:
        kept = f"{counted(len(writer), 'tile', total)} kept in {writer.folder}"
        raise type(error)(f"{error.text.removesuffix(GO_ON)} {kept}{GO_ON}") from error
    except MMEarthError as error:
        if not len(writer):
            writer.discard()
            raise
        raise MMEarthError(
            f"{error.text} {counted(len(writer), 'tile', total)} kept in {writer.folder}; mend the file and run the"
            " same command again to go on."
        ) from error
    progress.finish()
    return dropped


def _described(tile: SiteTile, known_modalities: Mapping[str, Modality]) -> dict[str, Any]:
    """The entry of tile_info.json."""
    entry: dict[str, Any] = {"S2_type": tile.level}
    known: dict[str, Any] = {"CRS": tile.crs, "lat": tile.lat, "lon": tile.lon}
    known |= {"S2_DATE": tile.day and tile.day.isoformat(), "biome": tile.biome, "eco_region": tile.eco_region}
    entry |= {name: value for name, value in known.items() if value is not None}
    entry[_VALID] = {name: _share(known_modalities[name], array) for name, array in tile.arrays.items()}
    return entry


def _share(modality: Modality, raw: NDArray[Any]) -> float:
    """The share of pixels of a tile with any value of a modality, to four digits."""
    if modality.kind == "classes":
        known = target(modality, raw, None, None) != NO_CLASS
    else:
        known = measured(modality, raw).any(axis=0)
    return round(float(np.mean(known)), 4)


def _coverage(folder: Path, modalities: Sequence[str]) -> tuple[int, dict[str, Coverage]]:
    """How many tiles a finished dataset has, and how much of them each modality covers."""
    tiles, known, shares = 0, defaultdict[str, int](int), defaultdict[str, float](float)
    for _, entry in members(folder / f"{folder.absolute().name}_tile_info.json"):
        tiles += 1
        for name, share in entry[_VALID].items():
            known[name] += share > 0
            shares[name] += share
    return tiles, {name: Coverage(known[name], shares[name] / tiles) for name in modalities}
