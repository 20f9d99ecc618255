"""What an embedding is going to be, before anything is computed: the scene, the tiles, the raster to be written."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from mmearth_core import __version__
from mmearth_core.embedding.needs import default_tile
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import TilePlan, Window
from mmearth_core.raster.identity import Identity, identify
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.placing import touched, where
from mmearth_core.raster.scene import Scene, SceneOptions, open_scene
from mmearth_core.sentinel2 import fills
from mmearth_core.vectors.aoi import AreaOfInterest, read_area

#: What of the provenance decides the embedding's values.
_DECISIVE = ("input_digest", "bands", "level", "offset", "scale", "window", "aoi", "halo")


@dataclass(frozen=True)
class Extent:
    """What of a scene is embedded, all of it by default; of several what they have in common.

    `window`: column, row, width, height in pixels. `bounds`: min x, min y, max x, max y in `bounds_crs`, by default the
    scene's, with every pixel that the box touches. `aoi`: a vector file of polygons.
    """

    window: tuple[int, int, int, int] | None = None
    aoi: str | Path | None = None
    bounds: tuple[float, float, float, float] | None = None
    bounds_crs: str | None = None

    def __post_init__(self) -> None:
        if self.bounds_crs is not None and self.bounds is None:
            raise MMEarthError(
                "`bounds_crs` says what numbers are of, and there are none; give `bounds=MINX,MINY,MAXX,MAXY` too."
            )


@dataclass(frozen=True)
class Tiling:
    """Side of a tile and its context in pixels; by default what is most economic, and what the model needs."""

    tile: int | None = None
    halo: int | Literal["exact"] | None = None


#: Pixels of the largest tile, a whole scene of Sentinel-2 and more, and of the largest context.
_LARGEST_TILE, _LARGEST_HALO = 1 << 14, 1 << 12
#: From this share on it is told how much of what was asked for lies outside of the scene.
_TOLD = 0.001
#: All of a scene, in the usual tiles. Annotated, as type checkers may look at the modules that use them first.
WHOLE: Extent = Extent()
USUAL: Tiling = Tiling()


@dataclass(frozen=True)
class EmbeddingJob:
    """All that is decided; `polygons` when an area of interest was given."""

    header: EncoderDescription
    source: Scene
    identity: Identity
    polygons: AreaOfInterest | None
    plan: TilePlan
    raster: EmbeddingRaster

    @property
    def key(self) -> str:
        """sha256 in hex, the same for everything that gives the same embedding."""
        decisive = [self.header.model_id, *(self.raster.provenance[name] for name in _DECISIVE)]
        return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()

    @property
    def around(self) -> EmbeddingRaster | None:
        """The raster of what is chosen and the margin around it; None without a margin."""
        reach, margin = self.plan.reach, self.plan.margin
        if not margin:
            return None
        told = {**self.raster.provenance, "window": list(reach.columns_first), "margin": margin}
        grid = self.source.grid.crop(reach)
        return replace(self.raster, path=around_path(self.raster.file), grid=grid, provenance=told)

    @property
    def specification(self) -> dict[str, Any]:
        """What tells from each other the jobs whose finished tiles differ."""
        margin = {"margin": self.plan.margin} if self.plan.margin else {}
        return self.raster.provenance | margin | {"model_id": self.header.model_id}


def around_path(output: Path) -> Path:
    """Where the raster of an embedding and the margin around it lies: `NAME.around.tif` beside `NAME.tif`."""
    return output.with_suffix(".around.tif")


def plan_embedding(
    scene: str | Path | Sequence[str | Path],
    output: Path,
    header: EncoderDescription,
    backend: str,
    *,
    options: SceneOptions,
    extent: Extent,
    tiling: Tiling,
    batch_size: int = 1,
    margin: int = 0,
    surround: int = 0,
    cancel: CancelToken | None = None,
) -> EmbeddingJob:
    """Open the scene and decide everything; `margin` and `surround` as in `TilePlan`. What is wanted around a core is
    as exact as the core: the context grows by it. Raises `Cancelled`."""
    source = readable(scene, header, options)
    polygons = read_area(extent.aoi, source.grid) if extent.aoi is not None else None
    area = _area(source, extent, polygons)
    source = replace(source, warnings=(*source.warnings, *_cut(source, extent, polygons)))
    plan = _plan(source, area, header, tiling, batch_size, margin, surround)
    identity = identify(source, cancel)
    raster = _describe(output, source, identity, plan, header, backend, polygons)
    return EmbeddingJob(header, source, identity, polygons, plan, raster)


def readable(scene: str | Path | Sequence[str | Path], header: EncoderDescription, options: SceneOptions) -> Scene:
    """A scene that an encoder can embed. Raises `MMEarthError` when its level or bands are not those it knows."""
    with bounded_cache():
        source = open_scene(scene, wanted=header.bands, options=options, resolution=header.resolution)
    if source.level not in header.statistics:
        raise MMEarthError(
            f"{header.name} knows {', '.join(header.statistics)} scenes, and this one is {source.level};"
            " give a scene of that level, or correct `level`."
        )
    missing = [name for name in header.bands if name not in source.bands]
    if missing and header.needs_all:
        raise MMEarthError(
            f"{source.name} lacks {', '.join(missing)}, and {header.name} was not made for scenes without; give a scene"
            " that has them, or write into its card that missing_bands are to be filled."
        )
    return source


def _area(source: Scene, extent: Extent, polygons: AreaOfInterest | None) -> Window:
    area = source.grid.window
    if extent.window is not None:
        wanted = Window.from_columns_first(extent.window)
        area = wanted.intersection(area)
        if not area or area != wanted:
            raise MMEarthError(
                f"The window (column {wanted.col}, row {wanted.row}, {wanted.width} × {wanted.height}) is not inside"
                f" the scene of {source.grid.width} × {source.grid.height} pixels; choose `window` within it."
            )
    if extent.bounds is not None:
        box = touched(source.grid, extent.bounds, extent.bounds_crs)
        if not box:
            lies = where(source.grid, extent.bounds, extent.bounds_crs)[0]
            raise MMEarthError(
                f"`bounds` lies outside {source.name}, which lies at {lies}; choose a part of that, or say with"
                " `bounds_crs` which coordinate reference system the numbers are of."
            )
        area = area.intersection(box)
    if polygons is not None:
        area = area.intersection(polygons.window)
    if not area:
        given = {"window": extent.window, "bounds": extent.bounds, "aoi": polygons}
        named = " and ".join(f"`{name}`" for name, value in given.items() if value is not None)
        raise MMEarthError(f"{named} have no pixel in common; give one of them, or such as overlap.")
    return area


def _cut(source: Scene, extent: Extent, polygons: AreaOfInterest | None) -> tuple[str, ...]:
    """Says how much of what was asked for the scene does not hold."""
    asked = {}
    if extent.bounds is not None:
        asked["bounds"] = where(source.grid, extent.bounds, extent.bounds_crs)[1]
    if polygons is not None:
        asked["aoi"] = polygons.beyond
    return tuple(
        f"{100 * share:.2g} % of the area of `{name}` lies outside of {source.name} and is not embedded."
        for name, share in asked.items()
        if share >= _TOLD
    )


def _plan(
    source: Scene, area: Window, header: EncoderDescription, tiling: Tiling, batch_size: int, margin: int, surround: int
) -> TilePlan:
    patch, architecture, tile, halo = header.patch, header.architecture, tiling.tile, tiling.halo
    if halo == "exact" and architecture.exact_halo is None:
        raise MMEarthError(
            f"Nobody knows how far {header.name} sees; choose a number for `halo`, as `mmearth weights check` measures."
        )
    pixels = header.halo if halo is None else architecture.exact_halo if halo == "exact" else halo
    pixels = header.halo if pixels is None else pixels
    if pixels < 0 or pixels % patch:
        raise MMEarthError(f"`halo={pixels}` does not suit this model; take a multiple of its patch size {patch}.")
    if tile is not None and (tile <= 0 or tile % patch):
        raise MMEarthError(f"`tile={tile}` does not suit this model; take a multiple of its patch size {patch}.")
    for name, value, most in (("tile", tile or 0, _LARGEST_TILE), ("halo", pixels, _LARGEST_HALO)):
        if value > most:
            raise MMEarthError(f"`{name}={value}` is too large; take {most} at most, or leave it out.")
    pixels += -(-surround // patch) * patch
    if header.side is not None:
        # A margin makes tiles larger, and what they give to the network must still fit.
        tile = _tile_inside(header, tile, pixels + -(-margin // patch) * patch)
    elif tile is None:
        tile = default_tile(source.grid.shape, area, architecture, pixels, header.dimensions, batch_size, margin)
    return TilePlan(source.grid.shape, area, tile, pixels, patch, margin, surround)


def _tile_inside(header: EncoderDescription, tile: int | None, halo: int) -> int:
    """The tile that a network wants that was made for inputs of one side."""
    side = header.side or 0
    inner = side - 2 * halo if tile is None else tile
    if inner <= 0 or (tile is not None and (header.fixed or header.tile_dependent) and inner + 2 * halo != side):
        raise MMEarthError(
            f"{header.name} was made for inputs of {side} pixels, and `tile` with `halo={halo}` on both sides is"
            f" {inner + 2 * halo}; choose them so that they fill it, or leave them out."
        )
    return inner


def _describe(
    output: Path,
    source: Scene,
    identity: Identity,
    plan: TilePlan,
    header: EncoderDescription,
    backend: str,
    polygons: AreaOfInterest | None,
) -> EmbeddingRaster:
    """The raster to be written. Its provenance decides whether an interrupted run is this one, so it holds nothing
    that differs between two runs of the same command."""
    provenance: dict[str, Any] = {
        "scene": source.name,
        "input_digest": identity.digest,
        "bands": list(source.bands),
        "fills": list(fills(present=source.bands, wanted=header.bands)),
        "level": source.level,
        "offset": source.offset,
        "scale": source.scale,
        "evidence": list(source.evidence),
        "window": list(plan.area.columns_first),
        "aoi": polygons.geometry.wkb_hex if polygons is not None else None,
        "tile": plan.size,
        "halo": plan.halo,
        "backend": backend,
        "trained": header.trained,
        "software": __version__,
    }
    if header.facts:
        provenance["encoder"] = header.facts
    return EmbeddingRaster(
        path=output,
        grid=source.grid.crop(plan.area),
        model_name=header.name,
        model_id=header.model_id,
        scales=header.scales,
        offsets=header.offsets,
        provenance=provenance,
    )
