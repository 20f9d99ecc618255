"""Teachers of a site: rasters of another network's features, laid over the scene as cells of several pixels, as int8.

All sites of a dataset share one teacher of a name: as many channels, one stride, one scale. Of a raster only a sample
is looked at before tiles are made. Nothing is centred here; that is done by the statistics of the tiles.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import TEACHER_PREFIX, Modality, teacher
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.raster_file import ground_steps
from mmearth_core.tiles.build.alignment import AlignedRaster, header_of
from mmearth_core.tiles.build.specification import Teacher

_NO_DATA, _LARGEST = -128, 127
#: Pixels along an axis of what is read to fit a scale, and the share of values that it must hold.
_SAMPLE, _HELD = 128, 0.999
#: Magnitudes are counted in bins of 1/32 octave (2 %) from 2⁻⁴⁰ to 2⁴⁰.
_OCTAVES, _PER_OCTAVE = 40, 32


@dataclass(frozen=True)
class TeacherFile:
    """The raster of one site. `indexes` of its channels (1-based); `averaged`, whether several of its pixels make a
    cell of `stride` by `stride` pixels; `scale`, its own where its int8 values are stored as they are."""

    name: str
    given: Teacher
    indexes: tuple[int, ...]
    stride: int
    averaged: bool
    scale: tuple[float, ...] | None

    def open(self) -> AlignedRaster:
        """The file, to be laid over grids of cells."""
        resampling = Resampling.average if self.averaged else Resampling.nearest
        return AlignedRaster(
            self.given.path, self.indexes, resampling=resampling, joint=True, no_data=self.given.no_data
        )

    def stored(self, raster: AlignedRaster, grid: Grid, modality: Modality) -> NDArray[np.int8]:
        """What is stored for the tile on a grid of pixels: (channels, height/stride, width/stride)."""
        step = modality.stride
        cells = Grid(grid.height // step, grid.width // step, grid.transform * Affine.scale(step), grid.crs)
        values = raster.read(cells) / np.array(modality.scale, np.float32)[:, None, None]
        whole = np.isfinite(values).all(axis=0)
        return np.where(whole, np.clip(np.rint(values), -_LARGEST, _LARGEST), _NO_DATA).astype(np.int8)


def teacher_file(name: str, given: Teacher, scene: Grid) -> TeacherFile:
    """What the header of a raster says of a teacher over a scene.

    Raises `MMEarthError` when the file is missing, no raster, or not georeferenced.
    """
    header = header_of(given.path)
    sides = [ground_steps(grid) or grid.pixel_size for grid in (header.grid, scene)]
    across = float(np.sqrt(np.prod(sides[0]) / np.prod(sides[1])))
    stride = given.stride or 2 ** max(0, round(float(np.log2(across))))
    averaged = across < stride / np.sqrt(2)
    indexes = tuple(index for index in range(1, header.count + 1) if index != header.alpha)
    facts = [(header.dtypes[i - 1], header.nodata[i - 1], header.offsets[i - 1]) for i in indexes]
    scale = tuple(float(np.float32(header.scales[index - 1])) for index in indexes)
    as_it_is = set(facts) == {("int8", _NO_DATA, 0.0)} and min(scale) > 0 and not averaged
    return TeacherFile(f"{TEACHER_PREFIX}{name}", given, indexes, stride, averaged, scale if as_it_is else None)


class TeacherFit:
    """Gathers the teachers of all sites, one site after the other; its memory does not grow with their number."""

    def __init__(self) -> None:
        self._first: dict[str, TeacherFile] = {}
        self._scale: dict[str, tuple[float, ...] | None] = {}
        self._magnitudes: dict[str, NDArray[np.int64]] = {}
        self._texts: dict[str, dict[tuple[str, str], None]] = {}

    def add(self, file: TeacherFile, scene: Grid, title: str) -> None:
        """Count in the raster of one site.

        Raises `MMEarthError` when it is somewhere else, or another teacher than that of the sites before.
        """
        name, channels = file.name, len(file.indexes)
        first = self._first.setdefault(name, file)
        for what, one, two in (
            ("bands", len(first.indexes), channels),
            ("pixels in a cell's side (see `stride:`)", first.stride, file.stride),
        ):
            if one != two:
                raise MMEarthError(
                    f"{file.given.path}: {name} has {two} {what} here and {one} in {first.given.path}; give it another"
                    " name, or rasters of one kind."
                )
        with file.open() as raster:
            values = np.abs(raster.sample(scene, title, side=_SAMPLE))
        bins = 2 * _OCTAVES * _PER_OCTAVE
        counts = self._magnitudes.setdefault(name, np.zeros((channels, bins), np.int64))
        for channel, row in enumerate(values):
            known = np.maximum(row[np.isfinite(row)], 2.0**-_OCTAVES)
            at = np.floor((np.log2(known) + _OCTAVES) * _PER_OCTAVE).astype(np.int64)
            counts[channel] += np.bincount(np.minimum(at, bins - 1), minlength=bins)
        if self._scale.setdefault(name, file.scale) != file.scale:
            self._scale[name] = None
        self._texts.setdefault(name, {})[file.given.licence, file.given.source] = None

    def modalities(self) -> dict[str, Modality]:
        """The teachers by name. One that every site has as int8 in one scale keeps it; of any other the scale holds
        99.9 % of the sampled magnitudes of each channel."""
        return {
            name: teacher(
                name,
                "int8",
                stride=self._first[name].stride,
                scale=self._scale[name] or _fitted(self._magnitudes[name]),
                **self._said(name),
            )
            for name in sorted(self._first)
        }

    def _said(self, name: str) -> dict[str, Any]:
        """Licence and source, each as said for any of the sites."""
        columns = zip(*self._texts[name], strict=True)
        return {
            what: "; ".join(dict.fromkeys(filter(None, texts)))
            for what, texts in zip(("licence", "source"), columns, strict=True)
        }


def _fitted(counts: NDArray[np.int64]) -> tuple[float, ...]:
    """A scale for each channel by the counts of its magnitudes (channels, bins); 1 where all are 0 or unknown."""
    reached = counts.cumsum(axis=1) >= _HELD * counts.sum(axis=1, keepdims=True)
    at = reached.argmax(axis=1)
    scales = np.exp2((at + 1) / _PER_OCTAVE - _OCTAVES) / _LARGEST
    return tuple(np.where(at > 0, scales, 1).astype(np.float32).tolist())
