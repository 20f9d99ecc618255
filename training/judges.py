"""What encoders are judged on: EuroSAT tiles, and labelled pixels of scenes, as arrays with their tasks.

Both come from the development imagery. What is tested on was never part of a pretraining.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core import embed
from mmearth_core.embedding.arrays import network_input
from mmearth_core.embedding.backends import Backend
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.encoder.model_file import ModelHeader
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.baselines import POOLINGS
from mmearth_core.evaluation.judging.subjects import embedded as embedded_tiles
from mmearth_core.evaluation.splits import Task
from mmearth_core.raster.scene import open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS, Level
from mmearth_core.tiles.holdout import blocks
from mmearth_core.vectors.footprints import footprint
from mmearth_core.vectors.reading import class_names, read_vector
from training.scenes_from_arrays import WITH_OFFSET, Place, write
from training.starter.make_tiles import LAND_COVER
from training.starter.places import BLOCK_DEGREES, split_by_place
from training.starter.sources.teacher import eurosat_tokens

#: Most pixels taken of one polygon.
PIXELS_PER_POLYGON = 100
#: Of a land-cover map: most pixels taken of one class, fewest that it must have, and the side of a block in pixels.
PIXELS_PER_CLASS, FEWEST_PIXELS, BLOCK = 300, 100, 28
#: Classes that make a site worth judging on.
FEWEST_CLASSES = 3

#: What is judged: whole tiles, pixels of labelled polygons, or pixels with a class of their own.
Kind = Literal["tiles", "polygons", "pixels"]
#: Features (n, d) by the name of the task whose rows they are.
Features = Mapping[str, NDArray[np.floating]]
#: Makes a map (…, k', H, W) of bands (…, k, H, W).
BandChange = Callable[[NDArray[np.floating]], NDArray[np.floating]]


@dataclass(frozen=True, eq=False)
class Tiles:
    """Whole tiles with a class: `dn` (n, bands, H, W) in reflectance × 10000, all valid; and what `published` networks
    say of them, (n, k, h, w) by name, to be judged alike."""

    task: Task
    dn: NDArray[np.float32]
    bands: tuple[str, ...]
    level: Level
    published: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        return "tiles"

    @property
    def tasks(self) -> Mapping[str, Task]:
        return {f"{self.task.name}, {pooling}": self.task for pooling in POOLINGS}

    def band_pixels(self) -> NDArray[np.float32]:
        """All pixels, (n, bands)."""
        return np.moveaxis(self.dn, 1, 3).reshape(-1, len(self.bands))

    def of_bands(self, change: BandChange) -> Features:
        """Pooled features of every task."""
        return self._pooled(change(self.dn))

    def of_backend(self, backend: Backend) -> Features:
        """As `of_bands`, of the embedding."""
        return self._pooled(self.embedding(backend))

    def of_published(self) -> Mapping[str, Features]:
        """Pooled features of what other networks say, by their names."""
        return {name: self._pooled(maps) for name, maps in self.published.items()}

    def _pooled(self, maps: NDArray[np.floating]) -> Features:
        return {f"{self.task.name}, {name}": pool(maps) for name, pool in POOLINGS.items()}

    def pixels(self, header: ModelHeader) -> NDArray[np.float32]:
        """What the network of a model takes, (n, C, H, W)."""
        known = np.ones(self.dn.shape[2:], np.bool_)
        return np.stack([network_input(tile, known, self.bands, self.level, header) for tile in self.dn])

    def embedding(self, backend: Backend) -> NDArray[np.float32]:
        """(n, D, H, W) before quantisation: every tile as a scene of its own, nothing outside it is known."""
        return embedded_tiles(backend, self.pixels(backend.header))


@dataclass(frozen=True, eq=False)
class Pixels:
    """Labelled pixels of one scene: `dn` (bands, H, W), `valid` (H, W), and where the rows of the task are."""

    task: Task
    scene: Path
    dn: NDArray[np.float32]
    valid: NDArray[np.bool_]
    bands: tuple[str, ...]
    level: Level
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]
    kind: Kind

    @property
    def tasks(self) -> Mapping[str, Task]:
        return {self.task.name: self.task}

    def band_pixels(self) -> NDArray[np.float32]:
        """All valid pixels of the scene, (n, bands)."""
        return self.dn[:, self.valid].T

    def of_bands(self, change: BandChange) -> Features:
        """Features of the labelled pixels."""
        return {self.task.name: self.at(change(self.dn))}

    def at(self, values: NDArray[Any]) -> NDArray[Any]:
        """The labelled pixels (n, k) of a map (k, H, W)."""
        picked: NDArray[Any] = values[:, self.rows, self.cols].T
        return picked

    def embedding(self, model: str | Path, folder: Path) -> NDArray[np.float32]:
        """(n, D): the map that `embed` writes into `folder`, at the labelled pixels."""
        return self.at(embedded(self.scene, model, folder))


def embedded(scene: Path, model: str | Path, folder: Path) -> NDArray[np.float32]:
    """The values (D, H, W) of the map that `embed` writes into `folder`."""
    output = folder / "embedding.tif"
    raster = EmbeddingRaster.open(embed(scene=scene, output=output, model=model, overwrite=True).output)
    with raster.reader() as reader:
        return raster.decode(reader.read(raster.grid.window))


def eurosat(data: Path) -> Tiles:
    """The EuroSAT tiles: those of the held-out blocks are tested on, whatever the draw, and places are the blocks.

    With them what Galileo-Nano says, where its file is there.
    """
    path = data / "eurosat_ms_dev.npz"
    with np.load(path, allow_pickle=False) as file:
        dn, names, lonlat, bands = file["x"], file["label"], file["lonlat"].astype(np.float64), file["bands"].tolist()
    classes, label = np.unique(names, return_inverse=True)
    held_out = np.zeros(len(label), np.bool_)
    held_out[split_by_place(lonlat)[1]] = True
    if not held_out.any():
        raise MMEarthError(f"{path} has no tile at a place that is kept from pretraining; give tiles of more places.")
    group = np.unique(blocks(lonlat, block_degrees=BLOCK_DEGREES), axis=0, return_inverse=True)[1].ravel()
    tokens = eurosat_tokens(data)
    chosen = dn[:, [bands.index(band) for band in ENCODER_BANDS]].astype(np.float32)
    task = Task("EuroSAT", tuple(classes.tolist()), label, group, held_out)
    return Tiles(task, chosen, ENCODER_BANDS, "l1c", {"Galileo-Nano": tokens} if tokens is not None else {})


def aberystwyth(data: Path) -> Pixels:
    """The labelled polygons over the Aberystwyth scene, of which no encoder has seen anything."""
    return labelled_scene(data / "aberystwyth_s2_20210527.tif", data / "aberystwyth_samples.gpkg", "Aberystwyth")


def land_cover_sites(data: Path, folder: Path, *, seed: int = 0) -> list[Pixels]:
    """Pixels of the TerraMind sites that are held out, of L2A, with the class the land-cover map beside them gives.

    Sites with fewer than `FEWEST_CLASSES` are left out; so may be all. A place is a block of `BLOCK` pixels. The scenes
    are written into `folder`.
    """
    with np.load(data / "terramind_sites.npz", allow_pickle=False) as sites:
        held_out = split_by_place(sites["lonlat"])[1].tolist()
    found = []
    for site in covered_sites(data, folder, held_out):
        usable = np.where(site.valid, site.label, -1)
        rng = np.random.default_rng(seed)
        spots = [rng.permutation(np.argwhere(usable == index))[:PIXELS_PER_CLASS] for index in range(len(site.classes))]
        rows, cols = np.concatenate(spots).T
        label = np.repeat(np.arange(len(spots)), [len(each) for each in spots])
        task = Task(site.name, site.classes, label, site.group[rows, cols])
        found.append(_pixels(task, site.scene, rows, cols, "pixels"))
    return found


@dataclass(frozen=True, eq=False)
class CoveredSite:
    """A TerraMind site with the land-cover map beside it: `scene` L2A; (H, W) `label` index into `classes`, −1 where
    none is judged, `group` the block of a pixel, `valid` where the scene has a measurement."""

    name: str
    scene: Path
    classes: tuple[str, ...]
    label: NDArray[np.intp]
    group: NDArray[np.intp]
    valid: NDArray[np.bool_]


def covered_sites(data: Path, folder: Path, indices: Sequence[int]) -> list[CoveredSite]:
    """Those of the TerraMind sites `indices` that have `FEWEST_CLASSES` of `FEWEST_PIXELS`; scenes go into `folder`."""
    names = {code: name for code, name in (LAND_COVER | {9: "rangeland"}).items() if name is not None}
    found = []
    with np.load(data / "terramind_sites.npz", allow_pickle=False) as sites:
        for index in indices:
            site, cover, dn = str(sites["id"][index]), sites["LULC"][index, 0], sites["S2L2A"][index]
            codes = [code for code in names if (cover == code).sum() >= FEWEST_PIXELS]
            if len(codes) < FEWEST_CLASSES:
                continue
            scene = folder / f"{site}.tif"
            place = Place.centred(sites["lonlat"][index], cover.shape)
            write(scene, dn, "L2A", -1000 if index in WITH_OFFSET["L2A"] else 0, place)
            label = np.full(cover.shape, -1, np.intp)
            for number, code in enumerate(codes):
                label[cover == code] = number
            rows, cols = np.indices(cover.shape)
            group = rows // BLOCK * (cover.shape[1] // BLOCK + 1) + cols // BLOCK
            classes = tuple(names[code] for code in codes)
            found.append(CoveredSite(f"Site {site}", scene, classes, label, group, dn.any(axis=0)))
    return found


def labelled_scene(scene: Path, samples: Path, name: str, *, seed: int = 0) -> Pixels:
    """At most `PIXELS_PER_POLYGON` pixels of every polygon of a sample file with the field `class`."""
    opened = open_scene(scene, wanted=ENCODER_BANDS)
    with opened.reader() as reader:
        valid = reader.read(opened.grid.window)[1]
    layer = read_vector(samples, field="class")
    rng = np.random.default_rng(seed)
    spots = [
        rng.permutation(np.argwhere(footprint(polygon, opened.grid.window) & valid))[:PIXELS_PER_POLYGON]
        for polygon in layer.in_pixels(opened.grid)
    ]
    group = np.repeat(np.arange(len(spots)), [len(each) for each in spots])
    classes, label = np.unique([str(each) for each in class_names(layer, "class")], return_inverse=True)
    task = Task(name, tuple(classes.tolist()), label[group], group)
    rows, cols = np.concatenate(spots).T
    return _pixels(task, scene, rows, cols, "polygons")


def _pixels(task: Task, scene: Path, rows: NDArray[np.intp], cols: NDArray[np.intp], kind: Kind) -> Pixels:
    opened = open_scene(scene, wanted=ENCODER_BANDS)
    with opened.reader() as reader:
        dn, valid = reader.read(opened.grid.window)
    return Pixels(task, scene, dn, valid, opened.bands, opened.level, rows, cols, kind)
