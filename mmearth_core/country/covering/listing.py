"""Scenes that are at hand: a folder of them, or a list, opened one after the other."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.geometry
from affine import Affine
from rasterio.features import shapes

from mmearth_core.country.covering.globe import in_degrees, outline, polygons_in
from mmearth_core.country.covering.scenes import Candidate, Found
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.opening import opened
from mmearth_core.raster.raster_file import SCENE
from mmearth_core.raster.scene import Scene, open_scene
from mmearth_core.raster.scene_files import collect

#: A footprint is drawn by so many pixels along the longer side.
_LOOK = 512
_RASTERS = {".tif", ".tiff", ".jp2", ".vrt", ".img", ".nc", ".zip", ".safe"}


def list_scenes(
    scenes: Sequence[str | Path], *, wanted: Sequence[str], progress: Progress, cancel: CancelToken
) -> Found:
    """The scenes of folders, files and products; `wanted` are the encoder's bands. What cannot be used is left out and
    said. Raises `MMEarthError` when none is there."""
    paths = [path for given in scenes for path in _within(Path(given), wanted)]
    found, left = list[Candidate](), dict[str, str]()
    names: dict[str, int] = {}
    progress.start("Looking at scenes", len(paths), "scenes")
    for path in paths:
        cancel.check()
        try:
            scene = open_scene(path, wanted=wanted)
            names[scene.name] = names.get(scene.name, 0) + 1
            found.append(_candidate(path, scene, names[scene.name]))
        except MMEarthError as error:
            left[str(path)] = error.text
        progress.advance(1)
    progress.finish()
    return Found(tuple(found), left)


def _within(path: Path, wanted: Sequence[str]) -> Iterator[Path]:
    """The scenes a path means: itself, or those in a folder that is not one scene."""
    if not path.exists():
        raise MMEarthError(f"{path} does not exist; check the path.")
    if not path.is_dir() or _is_one(path, wanted):
        yield path
        return
    inside = sorted(each for each in path.iterdir() if each.suffix.lower() in _RASTERS)
    if not inside:
        raise MMEarthError(f"{path} holds no scenes; give a folder of rasters or products.")
    yield from inside


def _is_one(folder: Path, wanted: Sequence[str]) -> bool:
    """Whether a folder is a product, or has a scene as a file for each band."""
    if folder.suffix.lower() == ".safe":
        return True
    try:
        collect(str(folder), wanted=wanted)
    except MMEarthError:
        return False
    return True


def _candidate(path: Path, scene: Scene, number: int) -> Candidate:
    """`number`: how many scenes have this name so far."""
    stem = Path(scene.name).stem if Path(scene.name).suffix.lower() in _RASTERS else scene.name
    name = stem if number == 1 else f"{stem}-{number}"
    return Candidate(
        name=name,
        source=str(path.absolute()),
        grid=scene.grid,
        footprint=_footprint(scene),
        date=scene.datetime,
        level=scene.level,
        offset=scene.offset,
        evidence=" ".join(scene.evidence),
        bytes=sum(Path(file).stat().st_size for file in scene.inputs if Path(file).is_file()) or None,
    )


def _footprint(scene: Scene) -> Any:
    """What a scene has data of, seen from afar: where its finest band is neither no-data nor 0."""
    finest = min(scene.sources, key=lambda source: source.factor)
    grid, shrink = scene.grid, max(1.0, max(scene.grid.shape) / _LOOK)
    shape = max(1, round(grid.height / shrink)), max(1, round(grid.width / shrink))
    with opened(finest.raster.path, wanted=SCENE) as dataset:
        values = dataset.read(finest.index, out_shape=shape, masked=True)
    seen = ~np.ma.getmaskarray(values) & (values.filled(0) != 0)
    if seen.all() or not seen.any():
        return outline(grid)
    transform = grid.transform * Affine.scale(grid.width / shape[1], grid.height / shape[0])
    parts = [
        shapely.geometry.shape(part) for part, value in shapes(seen.astype(np.uint8), transform=transform) if value
    ]
    drawn = shapely.union_all(parts).simplify(max(abs(transform.a), abs(transform.e)))
    return polygons_in(shapely.make_valid(in_degrees(drawn, grid.crs.to_wkt()))) if grid.crs else outline(grid)
