"""Scenes with a label on every pixel that is judged, as maps of features: what methods of making maps are measured on.

All come from the development imagery, in the halves of `training.halves`; of the TerraMind sites those held out from
the starter are tuned on, the others, whose images its pretraining saw without labels, are reported, and so is a polygon
scene tuned on, for every encoder is compared on it. What is predicted is the whole of a patch, so that steps that look
around a pixel can be measured too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_opening

from mmearth_core.embedding.backends import Backend, open_backend
from mmearth_core.evaluation.baselines import neighbourhood
from mmearth_core.evaluation.splits import Task
from mmearth_core.raster.scene import open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS
from training.dated_judges import COVER, DAMAGE, FOREST, Image, belgian_fields, forest_sites
from training.halves import Half
from training.judges import Pixels, aberystwyth, covered_sites, embedded

#: What pixels are described by.
EMBEDDING, RAW, AROUND = "embedding", "raw bands", "raw bands 5×5"
FEATURES = (EMBEDDING, RAW, AROUND)
#: TerraMind sites of a half; the other two have fewer than three classes.
SITES: Mapping[Half, Sequence[int]] = {"tuned": (0,), "reported": (2, 4)}
#: Of several dates, the one that stands for a scene where one is used: Belgium in summer, the forest after the damage.
BELGIAN_DATE, FOREST_DATE = 27, 1
#: Pixels of a scene, anywhere, that unlabelled ones are drawn from; ground around polygons that is predicted too.
POOL, MARGIN = 20_000, 16
#: Structures are thin where they are at most two pixels wide; what is so near to them is judged with them.
_WIDE, _NEAR = np.ones((3, 3), bool), 2


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle of ground: `maps` the features (k, H, W) of every date by their name; (H, W) `valid`, `label` index
    into the classes, −1 where none is judged, and `group` the place of a pixel."""

    maps: Mapping[str, tuple[NDArray[np.float32], ...]]
    valid: NDArray[np.bool_]
    label: NDArray[np.intp]
    group: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class LabelledScene:
    """Patches of one scene, or of one country, and `pool`: the features (n, k) of pixels anywhere in it, by their name,
    for every date, the same pixels. `date` is the one that stands for all. `areal`: whether the labels cover the ground
    as the classes do, so that scores are those of a map; else they are polygons that somebody chose."""

    name: str
    half: Half
    classes: tuple[str, ...]
    patches: tuple[Patch, ...]
    pool: Mapping[str, tuple[NDArray[np.float32], ...]]
    areal: bool
    date: int = 0

    @cached_property
    def task(self) -> Task:
        """All judged pixels, patch after patch."""
        label, group = (self.judged([getattr(each, name) for each in self.patches]) for name in ("label", "group"))
        return Task(self.name, self.classes, label, group)

    @cached_property
    def thin(self) -> NDArray[np.bool_]:
        """Judged pixels (n,) on a structure that a square of three pixels does not fit into, or within two of one."""
        maps = [_thin(each.label) if self.areal else np.zeros(each.label.shape, bool) for each in self.patches]
        return self.judged(maps)

    def judged(self, maps: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """The judged pixels (n, …) of maps (…, H, W), one for each patch, in the order of the task."""
        rows = [np.moveaxis(each, (-2, -1), (0, 1))[p.label >= 0] for each, p in zip(maps, self.patches, strict=True)]
        return np.concatenate(rows)


def _thin(label: NDArray[np.intp]) -> NDArray[np.bool_]:
    found = np.zeros(label.shape, bool)
    padded = np.pad(label, 1, mode="edge")
    for index in np.unique(label[label >= 0]).tolist():
        mine = padded == index
        found |= (mine & ~binary_opening(mine, _WIDE))[1:-1, 1:-1]
    near: NDArray[np.bool_] = binary_dilation(found, _WIDE, iterations=_NEAR)
    return near


def labelled_scenes(
    data: Path, folder: Path, half: Half, *, model: str = "default", all_dates: bool = False
) -> Iterator[LabelledScene]:
    """The scenes of a half, one after the other; scenes and embeddings that have to be files are written into `folder`.

    Of several dates only the one that stands for all is read, unless `all_dates`.
    """
    backend = open_backend(model, "onnx")
    if half == "tuned":
        yield _polygons(aberystwyth(data), folder, model)
        yield _belgium(data, backend, all_dates)
    for site in covered_sites(data, folder, SITES[half]):
        scene = open_scene(site.scene, wanted=ENCODER_BANDS)
        with scene.reader() as reader:
            dn, valid = reader.read(scene.grid.window)
        patch = Patch(_dated([_maps(dn, embedded(site.scene, model, folder))]), valid, site.label, site.group)
        yield _scene(site.name, half, site.classes, [patch])
    yield from _forest(data, half, backend, all_dates)


def _polygons(judge: Pixels, folder: Path, model: str) -> LabelledScene:
    """A patch around every polygon, and a pool of the whole scene."""
    maps = _maps(judge.dn, embedded(judge.scene, model, folder))
    label, group = np.full(judge.valid.shape, -1, np.intp), np.full(judge.valid.shape, -1, np.intp)
    label[judge.rows, judge.cols], group[judge.rows, judge.cols] = judge.task.label, judge.task.group
    patches = []
    for number in np.unique(judge.task.group).tolist():
        rows, cols = np.nonzero(group == number)
        part = tuple(slice(max(0, each.min() - MARGIN), each.max() + MARGIN + 1) for each in (rows, cols))
        mine = group[part] == number  # a neighbour has a patch of its own
        of_patch = {name: (each[(slice(None), *part)].copy(),) for name, each in maps.items()}
        patches.append(Patch(of_patch, judge.valid[part], np.where(mine, label[part], -1), group[part]))
    chosen = _drawn(np.flatnonzero(judge.valid))
    pool = {name: (each.reshape(len(each), -1)[:, chosen].T.copy(),) for name, each in maps.items()}
    return LabelledScene(judge.task.name, "tuned", judge.task.classes, tuple(patches), pool, areal=False)


def _belgium(data: Path, backend: Backend, all_dates: bool) -> LabelledScene:
    images, label, field = belgian_fields(data)
    images = images if all_dates else images[BELGIAN_DATE : BELGIAN_DATE + 1]
    patch = Patch(_of_images(images, backend), np.all([image.valid for image in images], axis=0), label, field)
    date = BELGIAN_DATE if all_dates else 0
    return _scene("Belgium", "tuned", tuple(COVER.values()), [patch], date=date)


def _forest(data: Path, half: Half, backend: Backend, all_dates: bool) -> Iterator[LabelledScene]:
    """All sites of a half as one scene, once with damage and once with types of forest."""
    sites = forest_sites(data, half)
    maps = [_of_images(s.images if all_dates else (s.images[FOREST_DATE],), backend) for s in sites]
    date = FOREST_DATE if all_dates else 0
    for name, classes in (("damage", DAMAGE), ("forest", FOREST)):
        patches = []
        for site, of_site in zip(sites, maps, strict=True):
            label = np.where(site.usable, getattr(site, name), -1)
            patches.append(Patch(of_site, site.usable, label, np.full(label.shape, site.place)))
        present = [k for k in range(len(classes)) if any((each.label == k).any() for each in patches)]
        patches = [replace(each, label=_renumbered(each.label, present)) for each in patches]
        shown = tuple(classes[k] for k in present)
        yield _scene(f"Czechia, {name} ({half})", half, shown, patches, date=date)


def _renumbered(label: NDArray[np.intp], present: Sequence[int]) -> NDArray[np.intp]:
    found = np.full(label.shape, -1, np.intp)
    for number, index in enumerate(present):
        found[label == index] = number
    return found


def _of_images(images: Sequence[Image], backend: Backend) -> Mapping[str, tuple[NDArray[np.float32], ...]]:
    return _dated([_maps(image.dn, image.embedding(backend)) for image in images])


def _dated(maps: Sequence[Mapping[str, NDArray[np.float32]]]) -> Mapping[str, tuple[NDArray[np.float32], ...]]:
    """Features of dates as dates of features."""
    return {name: tuple(each[name] for each in maps) for name in FEATURES}


def _maps(dn: NDArray[np.float32], embedding: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    return {EMBEDDING: embedding, RAW: dn, AROUND: neighbourhood(dn)}


def _scene(
    name: str, half: Half, classes: tuple[str, ...], patches: Sequence[Patch], *, date: int = 0
) -> LabelledScene:
    """A scene whose pool is drawn from its patches."""
    chosen = _drawn(np.flatnonzero(np.concatenate([each.valid.ravel() for each in patches])))
    pool = {
        feature: tuple(
            np.concatenate([each.maps[feature][turn].reshape(len(of_date), -1).T for each in patches])[chosen]
            for turn, of_date in enumerate(maps)
        )
        for feature, maps in patches[0].maps.items()
    }
    return LabelledScene(name, half, classes, tuple(patches), pool, areal=True, date=date)


def _drawn(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.sort(np.random.default_rng(0).permutation(rows)[:POOL])
