"""A synthetic Sentinel-2 L2A scene with an analyst's samples and an independent truth, as files.

The picture looks real and the classes are hard to tell apart where they are in reality, but it is no place on Earth:
accuracies on it say whether the tool works, never how well it does on real land.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS

from mmearth_core.demonstration.drawn_samples import draw_samples, write_samples
from mmearth_core.demonstration.landscape import make_landscape
from mmearth_core.demonstration.sensor import CELLS_PER_PIXEL, PIXEL, measure, observed
from mmearth_core.demonstration.spectra import BANDS, CLASSES, kind_classes
from mmearth_core.errors import MMEarthError, unwritable
from mmearth_core.maps.class_map import new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.writer import new_geotiff

#: Height and width in pixels: 9 × 12 km.
DEFAULT_SIZE = (900, 1200)
#: Of the scene to try the tool with: embedded in seconds.
EXAMPLE_SIZE = (600, 720)
#: Both must be multiples of this, the 60 m pixel; below the minimum there is no room for every class.
SIZE_STEP, MINIMUM_SIZE = 6, 240

_CRS = CRS.from_epsg(32632)
_ORIGIN = (604_980.0, 5_478_120.0)
_LEGEND = Legend.numbered([name for name, _ in CLASSES], [colour for _, colour in CLASSES])


@dataclass(frozen=True)
class DemoScene:
    """Files of a synthetic scene: raster, polygons drawn on it (field `class`), true class of every pixel."""

    scene: Path
    samples: Path
    truth: Path


def make_scene(folder: str | Path, *, size: tuple[int, int] = DEFAULT_SIZE, seed: int = 0) -> DemoScene:
    """Make `scene.tif`, `samples.gpkg` and `truth.tif` in `folder`, replacing what is there.

    `scene.tif` has 12 bands (B01 … B12, uint16, surface reflectance × 10000, no-data 0) of `size` = (height, width)
    pixels of 10 m in UTM; the samples are polygons drawn by hand as it were, a few of them carelessly; the truth is a
    map of what covers most of each pixel and is known to nothing but the assessment. The same `seed` gives the same
    pixels.

    Raises `MMEarthError` when the size is too small or no multiple of 6, `EnvironmentFailure` when the disk refuses.
    """
    if min(size) < MINIMUM_SIZE or any(extent % SIZE_STEP for extent in size):
        raise MMEarthError(
            f"A demo scene of {size[0]} × {size[1]} pixels cannot be made; use multiples of 6 from {MINIMUM_SIZE}."
        )
    folder = Path(folder)
    files = DemoScene(scene=folder / "scene.tif", samples=folder / "samples.gpkg", truth=folder / "truth.tif")
    grid = Grid(*size, Affine(PIXEL, 0, _ORIGIN[0], 0, -PIXEL, _ORIGIN[1]), _CRS)

    landscape = make_landscape((size[0] * CELLS_PER_PIXEL, size[1] * CELLS_PER_PIXEL), seed)
    inside = observed(np.random.default_rng([seed, 3]), size)
    dn = measure(landscape, np.random.default_rng([seed, 2])) * inside
    with new_geotiff(files.scene, grid, count=len(BANDS), dtype="uint16", nodata=0, descriptions=BANDS) as dataset:
        # As in the products' own metadata; harmonised, so that no offset is left to subtract.
        dataset.update_tags(
            PROCESSING_LEVEL="L2A",
            PROCESSING_BASELINE="05.09",
            BOA_ADD_OFFSET="0",
            TIFFTAG_DATETIME="2023:05:12 10:16:01",
            TIFFTAG_IMAGEDESCRIPTION="Synthetic Sentinel-2 scene made by mmearth demo: no place on Earth",
        )
        dataset.write(dn)

    truth = np.where(inside, _majority(kind_classes()[landscape.kinds][landscape.objects]), 0).astype(np.uint8)
    with new_map(files.truth, _LEGEND, grid, tags={"origin": "synthetic truth"}) as dataset:
        dataset.write(truth, 1)

    kinds = landscape.kinds[landscape.objects[::CELLS_PER_PIXEL, ::CELLS_PER_PIXEL]]
    polygons, names = draw_samples(truth, kinds, np.random.default_rng([seed, 4]))
    placed = shapely.transform(polygons, lambda xy: xy * (PIXEL, -PIXEL) + _ORIGIN)
    write_samples(files.samples, placed, names, _CRS)
    return files


def example_scene(folder: str | Path) -> DemoScene:
    """The scene to try the tool with, 6 × 7 km, in `folder`, which is made; as it is where it was made before.

    Raises `EnvironmentFailure` when the disk refuses.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    files = DemoScene(scene=folder / "scene.tif", samples=folder / "samples.gpkg", truth=folder / "truth.tif")
    if all(file.is_file() for file in (files.scene, files.samples, files.truth)):
        return files
    return make_scene(folder, size=EXAMPLE_SIZE)


def _majority(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The class of most cells of each pixel; the lower value where two are equal."""
    height, width = (extent // CELLS_PER_PIXEL for extent in cells.shape)
    blocks = cells.reshape(height, CELLS_PER_PIXEL, width, CELLS_PER_PIXEL)
    counts = np.stack([(blocks == value).sum((1, 3)) for value in range(1, len(CLASSES) + 1)])
    majority: NDArray[np.uint8] = (counts.argmax(0) + 1).astype(np.uint8)
    return majority
