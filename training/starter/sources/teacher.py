"""What Galileo-Nano says of the development imagery, as a teacher of the starter's tiles: `teacher_galileo_nano`.

`teacher_galileo_nano.npz` holds tokens of 8 × 8 pixels, 128 channels as int8 with a scale, already centred by their
place in the window (Tseng et al. 2025). They are of windows of 64 × 64 pixels, which a site's name tells: the number in
its file, or the first row and column. A site gets the tokens of its very window or none: never those of a shifted one.
The tokens of a site become a raster on its grid, in cells of eight pixels, which `build_tiles` reads without a loss.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from mmearth_core.raster.grid import Grid
from mmearth_core.tiles.reader import TileFile
from training.starter.sources.packed import SIDE, Entry
from training.starter.sources.provenance import groups

#: The teacher in a specification, its layer in the tiles, and the file its tokens are in.
NAME, LAYER, FILE = "galileo_nano", "teacher_galileo_nano", "teacher_galileo_nano.npz"
LICENCE, SOURCE = "MIT", "Galileo-Nano, nasaharvest/galileo (Tseng et al. 2025), centred by place in the window"
#: Pixels in the side of a token, and what stands for none.
_CELL, _NO_DATA = 8, -128


class Tokens:
    """The tokens of the development imagery in a folder, by the names of sites."""

    def __init__(self, data: Path) -> None:
        with np.load(data / FILE) as file:
            self._tokens: Mapping[str, NDArray[Any]] = {name: file[name] for name in file.files}
        self.scale: NDArray[np.float32] = self._tokens["scale"]
        self._data = data
        self._places: dict[str, list[str]] = {}

    def of(self, site: str) -> NDArray[np.int8] | None:
        """Those of a site's scene from its first pixel on, (128, rows, columns) in cells of 8 pixels; None if it has
        none."""
        kind, _, rest = site.partition("-")
        if kind == "terramind":
            number, level = rest.rsplit("-", 1)
            ids = self._listed("terramind_sites.npz", "id")
            return self._windows("tokens_terramind_sites", ids.index(number), ("l1c", "l2a").index(level))
        if kind == "eurosat":
            return self._windows("tokens_eurosat_ms_dev", self._listed("eurosat_ms_dev.npz", "id").index(rest))
        if kind.startswith("majortom_"):
            at = [int(each) for each in rest.split("-")]
            return (
                None if any(each % SIDE for each in at) else self._windows("tokens_majortom", *(n // SIDE for n in at))
            )
        if kind == "barkbeetle_czechia_dev":
            number, *day, row, column = rest.split("-")
            dates = self._listed("barkbeetle_czechia_dev.npz", "dates")
            return self._windows(f"tokens_barkbeetle_{number}", dates.index("-".join(day)), int(row), int(column))
        return self._windows(f"tokens_{kind}", int(rest)) if f"tokens_{kind}" in self._tokens else None

    def _windows(self, name: str, *at: int) -> NDArray[np.int8] | None:
        """Tokens (…, 128, 8, 8) of one window, or of a grid of them as one map."""
        if name not in self._tokens:
            return None
        found = self._tokens[name][at]
        rows, columns, channels, height, width = (1,) * (5 - found.ndim) + found.shape
        whole: NDArray[np.int8] = (
            found.reshape(rows, columns, channels, height, width)
            .transpose(2, 0, 3, 1, 4)
            .reshape(channels, rows * height, columns * width)
        )
        return whole

    def _listed(self, file: str, key: str) -> list[str]:
        """The names in a file that number its images."""
        if file not in self._places:
            with np.load(self._data / file) as arrays:
                self._places[file] = [str(each) for each in arrays[key]]
        return self._places[file]


def eurosat_tokens(data: Path) -> NDArray[np.float32] | None:
    """Those of all EuroSAT tiles, (n, 128, 8, 8) in the order of their file; None without the file of tokens."""
    if not (data / FILE).is_file():
        return None
    with np.load(data / FILE) as file:
        found: NDArray[np.float32] = file["tokens_eurosat_ms_dev"] * file["scale"][:, None, None]
    return found


def add_tokens(entries: Iterable[Entry], data: Path, folder: Path) -> None:
    """Give every entry of a specification in `folder` that tokens are known of the raster of them, written there."""
    if not (data / FILE).is_file():
        return
    tokens = Tokens(data)
    for entry in entries:
        found = tokens.of(entry["name"])
        if found is None:
            continue
        given = entry["sentinel2"]
        with rasterio.open(folder / (given["path"] if isinstance(given, dict) else given)) as scene:
            grid = Grid.of(scene)
        path = folder / f"{entry['name']}_{NAME}.tif"
        profile = {
            "driver": "GTiff", "dtype": "int8", "nodata": _NO_DATA, "count": len(found), "crs": grid.crs,
            "height": found.shape[1], "width": found.shape[2], "transform": grid.transform * Affine.scale(_CELL),
        }  # fmt: skip
        with rasterio.open(path, "w", **profile) as raster:
            raster.write(found)
            raster.scales = tokens.scale.tolist()
        teacher = {"path": path.name, "stride": _CELL, "licence": LICENCE, "source": SOURCE}
        entry["teachers"] = {NAME: teacher}


def per_source(tiles: TileFile) -> str:
    """A table in Markdown: how many tiles of each source have tokens, and how many have not."""
    if LAYER not in tiles.modalities:
        return f"No tile has {LAYER}."
    nothing = tiles.modalities[LAYER].no_data
    has = np.array([(tiles.read(tile, [LAYER])[LAYER] != nothing).any() for tile in range(len(tiles))])
    rows = [f"| source | tiles with {LAYER} | without |", "|---|--:|--:|"]
    rows += [f"| {title} | {has[own].sum()} | {(~has[own]).sum()} |" for title, own in groups(tiles)]
    return "\n".join(rows)
