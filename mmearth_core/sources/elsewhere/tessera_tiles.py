"""TESSERA's tiles as geotessera downloads them: `grid_LON_LAT.npy`, its scales, and a land mask that knows the place.

`grid_0.15_52.05.npy` (height, width, 128) int8 and `grid_0.15_52.05_scales.npy` lie together; the place is that of
`grid_0.15_52.05.tiff`, beside them or in geotessera's folder of land masks; the dataset is told by the file
`tessera_metadata.json` beside or above.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import opened
from mmearth_core.records import Rule
from mmearth_core.sources.elsewhere.scaled import Along, ScaledEmbedding
from mmearth_core.sources.elsewhere.tessera import BANDS, Dataset, facts_of, identity_of

SUFFIX = ".npy"
#: The file that tells the dataset, and geotessera's folder of land masks.
METADATA, LANDMASKS = "tessera_metadata.json", "global_0.1_degree_tiff_all"
#: Folders above a tile in which those are looked for: the tile's own, its year's, all tiles', the download's.
_ABOVE = 4


@dataclass(frozen=True)
class _Metadata:
    dataset_version: Annotated[str, Rule(bool, "must not be empty")]
    dataset_variant: str = ""


def tessera_tile(path: Path) -> ScaledEmbedding:
    """The embedding of a tile. Raises `MMEarthError` when something of it is missing or does not fit."""
    numbers = _array(path, np.int8)
    scales_path = path.with_name(f"{path.stem}_scales.npy")
    scales = _array(scales_path, np.floating)
    if numbers.ndim != 3 or not 1 <= numbers.shape[2] <= BANDS:
        raise MMEarthError(
            f"{path} has the shape {numbers.shape}; give a tile of TESSERA, which has (height, width, {BANDS})."
        )
    if scales.shape not in {numbers.shape, numbers.shape[:2]}:
        raise MMEarthError(
            f"{scales_path} has the shape {scales.shape}, {path} has {numbers.shape}; download both again."
        )
    mask = _found(path, [f"{path.stem}.tiff", f"{path.stem}.tif"], LANDMASKS)
    if mask is None:
        raise MMEarthError(
            f"{path} does not say where it lies: its land mask {path.stem}.tiff is neither beside it nor in a folder"
            f" {LANDMASKS} beside or above it; download that too, or the tile as a GeoTIFF"
        )
    with opened(mask, wanted="the land mask of the tile") as dataset:
        grid = Grid.of(dataset)
    if grid.shape != numbers.shape[:2] or not grid.crs:
        raise MMEarthError(
            f"{mask} is not the land mask of {path}: it has other pixels, or no coordinate system; download it again."
        )
    dataset_of = _dataset(path)
    bands = numbers.shape[2]

    def slab(rows: Along, cols: Along) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
        found, factors = numbers[rows][:, cols], scales[rows][:, cols].astype(np.float32)
        return np.moveaxis(found, -1, 0), factors if factors.ndim == 2 else np.moveaxis(factors, -1, 0)

    return ScaledEmbedding(
        path=path,
        grid=grid,
        identity=identity_of(dataset_of, tuple(range(bands))),
        name=dataset_of.name,
        bands=tuple(f"Tessera_Band_{band}" for band in range(bands)),
        slab=slab,
        facts=facts_of(
            next((each.name for each in path.parents if each.name.isdigit()), None), "stored · scale of its pixel"
        ),
    )


def _array(path: Path, kind: type[np.generic]) -> NDArray[Any]:
    """An array on disk, which is not read. Raises `MMEarthError`."""
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise MMEarthError(
            f"{path} does not exist; give a tile of TESSERA, grid_LON_LAT.npy with …_scales.npy."
        ) from error
    except (OSError, ValueError, EOFError) as error:
        raise MMEarthError(
            f"{path} cannot be read as an array ({' '.join(str(error).split())}); download it again."
        ) from error
    if not isinstance(found, np.ndarray) or not np.issubdtype(found.dtype, kind):
        raise MMEarthError(f"{path} does not hold the kind of numbers of a tile of TESSERA; download it again.")
    return found


def _found(path: Path, names: list[str], folder: str = "") -> Path | None:
    """A file beside another one, or above it, there also in a `folder`."""
    above = list(path.absolute().parents)[:_ABOVE]
    places = [above[0] if above else path.parent, *(each / folder for each in above)]
    return next((place / name for place in places for name in names if (place / name).is_file()), None)


def _dataset(path: Path) -> Dataset:
    metadata = _found(path, [METADATA])
    if metadata is None:
        raise MMEarthError(
            f"{path} does not say of which dataset of TESSERA it is, and they are not interchangeable; put a file"
            f' {METADATA} beside it, for example: {{"dataset_version": "1.0", "dataset_variant": "vultr"}}'
        )
    try:
        text = metadata.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MMEarthError(f"{metadata} cannot be read ({error}); write it anew.") from error
    told = records.read(_Metadata, records.parsed(text, metadata), metadata, known_only=False)
    return Dataset.of(told.dataset_version, told.dataset_variant)
