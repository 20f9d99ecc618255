"""Scenes with a label on every pixel that is judged, as maps of features: what methods of making maps are measured on.

All come from the development imagery, in the halves of `training.halves`; of the TerraMind sites those held out from
the starter are tuned on, the others, whose images its pretraining saw without labels, are reported, and so is a polygon
scene tuned on, for every encoder is compared on it. What is predicted is the whole of a patch, so that steps that look
around a pixel can be measured too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_opening

from mmearth_core.embedding.backends import Backend, open_backend
from mmearth_core.evaluation.baselines import Whitening, neighbourhood
from mmearth_core.evaluation.splits import Task
from mmearth_core.raster.scene import open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS
from training.dated_judges import COVER, DAMAGE, FOREST, Image, belgian_fields, forest_sites
from training.halves import Half
from training.judges import Pixels, aberystwyth, covered_sites, embedded
from training.packed_tiles import read_packed

#: What pixels are described by: bands, their mean and spread around a pixel, and that of whitened bands too.
EMBEDDING, LAYERED, RAW = "embedding", "embedding and layers", "raw bands"
AROUND, WHITENED = "raw bands 5×5", "whitened 5×5"
#: TerraMind sites of a half; the other two have fewer than three classes.
SITES: Mapping[Half, Sequence[int]] = {"tuned": (0,), "reported": (2, 4)}
#: Of several dates, the one that stands for a scene where one is used: Belgium in summer, the forest after the damage.
BELGIAN_DATE, FOREST_DATE = 27, 1
#: Pixels of a scene, anywhere, that unlabelled ones are drawn from; ground around polygons that is predicted too.
POOL, MARGIN = 20_000, 16
#: Side in pixels of the blocks that few of may stand for a scene.
BLOCK = 28
#: Structures are thin where they are at most two pixels wide; what is so near to them is judged with them.
_WIDE, _NEAR = np.ones((3, 3), bool), 2

Maps = Mapping[str, tuple[NDArray[np.float32], ...]]


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle of ground: `maps` the features (k, H, W) of every date by their name, `layers` (l, H, W) beside them;
    (H, W) `valid`, `label` index into the classes, −1 where none is judged, and `group` the place of a pixel."""

    maps: Maps
    layers: NDArray[np.float32]
    valid: NDArray[np.bool_]
    label: NDArray[np.intp]
    group: NDArray[np.intp]

    def features(self, name: str, date: int) -> NDArray[np.float32]:
        """(k, H, W); of an embedding with layers, these come last."""
        if name == LAYERED:
            return np.concatenate([self.maps[EMBEDDING][date], self.layers])
        return self.maps[name][date]

    def crop(self, part: tuple[slice, slice]) -> "Patch":
        of_part = (slice(None), *part)
        maps = {name: tuple(each[of_part].copy() for each in dates) for name, dates in self.maps.items()}
        return Patch(maps, self.layers[of_part].copy(), self.valid[part], self.label[part], self.group[part])


@dataclass(frozen=True, eq=False)
class LabelledScene:
    """Patches of one scene, or of one country, and `pool`: pixels anywhere in it, a patch of one row. `date` is the one
    that stands for all. `layers`: the names of what is known beside the image. `areal`: whether the labels cover the
    ground as the classes do, so that scores are those of a map; else they are polygons that somebody chose."""

    name: str
    half: Half
    classes: tuple[str, ...]
    patches: tuple[Patch, ...]
    pool: Patch
    layers: tuple[str, ...] = ()
    areal: bool = True
    date: int = 0

    @cached_property
    def task(self) -> Task:
        """All judged pixels, patch after patch."""
        label, group = (self.judged([getattr(each, name) for each in self.patches]) for name in ("label", "group"))
        return Task(self.name, self.classes, label, group)

    @property
    def dates(self) -> int:
        return len(self.pool.maps[EMBEDDING])

    @cached_property
    def thin(self) -> tuple[NDArray[np.bool_], ...]:
        """Of each patch the pixels (H, W) on a structure that a square of three pixels does not fit into, or within two
        of one."""
        return tuple(_thin(each.label) if self.areal else np.zeros(each.label.shape, bool) for each in self.patches)

    def judged(self, maps: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """The judged pixels (n, …) of maps (…, H, W), one for each patch, in the order of the task."""
        rows = [np.moveaxis(each, (-2, -1), (0, 1))[p.label >= 0] for each, p in zip(maps, self.patches, strict=True)]
        return np.concatenate(rows)

    def anywhere(self, features: str, spots: NDArray[np.intp], date: int | None = None) -> NDArray[np.float32]:
        """Values (n, k) of pixels of the pool."""
        found: NDArray[np.float32] = self.pool.features(features, self.date if date is None else date)[:, 0, spots].T
        return found

    def in_blocks(self, features: str, blocks: int, pixels: int, seed: int) -> NDArray[np.float32]:
        """Values (n, k) of so many pixels, or fewer, of so many squares of `BLOCK` pixels, chosen at random."""
        rng = np.random.default_rng(seed)
        corners = [
            (number, row, col)
            for number, patch in enumerate(self.patches)
            for row in range(0, patch.valid.shape[0], BLOCK)
            for col in range(0, patch.valid.shape[1], BLOCK)
            if patch.valid[row : row + BLOCK, col : col + BLOCK].any()
        ]
        found = []
        for index in rng.permutation(len(corners))[:blocks].tolist():
            number, row, col = corners[index]
            part = self.patches[number].crop((slice(row, row + BLOCK), slice(col, col + BLOCK)))
            found.append(part.features(features, self.date)[:, part.valid].T)
        return rng.permutation(np.concatenate(found))[:pixels]


def _thin(label: NDArray[np.intp]) -> NDArray[np.bool_]:
    found = np.zeros(label.shape, bool)
    padded = np.pad(label, 1, mode="edge")
    for index in np.unique(label[label >= 0]).tolist():
        mine = padded == index
        found |= (mine & ~binary_opening(mine, _WIDE))[1:-1, 1:-1]
    near: NDArray[np.bool_] = binary_dilation(found, _WIDE, iterations=_NEAR)
    return near


@dataclass(frozen=True, eq=False)
class _Ground:
    """What a patch is made of: of every date the bands (k, H, W) and the embedding (D, H, W); layers (l, H, W); and
    what a patch holds."""

    dn: tuple[NDArray[np.float32], ...]
    embedding: tuple[NDArray[np.float32], ...]
    valid: NDArray[np.bool_]
    label: NDArray[np.intp]
    group: NDArray[np.intp]
    layers: NDArray[np.float32]


def labelled_scenes(
    data: Path, folder: Path, half: Half, *, model: str = "default", all_dates: bool = False
) -> Iterator[LabelledScene]:
    """The scenes of a half, one after the other; scenes and embeddings that have to be files are written into `folder`.

    Of several dates only the one that stands for all is read, unless `all_dates`.
    """
    backend = open_backend(model, "onnx")
    if half == "tuned":
        yield _polygons(aberystwyth(data), data / "aberystwyth_srtm.tif", folder, model)
        yield _belgium(data, backend, all_dates)
    for number, site in ((each, site) for each in SITES[half] for site in covered_sites(data, folder, [each])):
        scene = open_scene(site.scene, wanted=ENCODER_BANDS)
        with scene.reader() as reader:
            dn, valid = reader.read(scene.grid.window)
        with np.load(data / "terramind_sites.npz", allow_pickle=False) as sites:
            layers = np.concatenate([sites["DEM"][number], sites["S1RTC"][number]]).astype(np.float32)
        made = embedded(site.scene, model, folder)
        ground = _Ground((dn,), (made,), valid, site.label, site.group, layers)
        yield _scene(site.name, half, site.classes, [ground], layers=("height", "VV", "VH"))
    yield from _forest(data, half, backend, all_dates)


def _polygons(judge: Pixels, heights: Path, folder: Path, model: str) -> LabelledScene:
    """A patch around every polygon, and a pool of the whole scene."""
    label, group = np.full(judge.valid.shape, -1, np.intp), np.full(judge.valid.shape, -1, np.intp)
    label[judge.rows, judge.cols], group[judge.rows, judge.cols] = judge.task.label, judge.task.group
    with rasterio.open(heights) as dataset:
        layers = dataset.read(out_dtype="float32", masked=True).filled(np.nan)
    made = embedded(judge.scene, model, folder)
    ground = _Ground((judge.dn,), (made,), judge.valid, label, group, layers)
    whole = _scene(judge.task.name, "tuned", judge.task.classes, [ground], layers=("height",))
    patches = []
    for number in np.unique(judge.task.group).tolist():
        rows, cols = np.nonzero(group == number)
        top, left = max(0, rows.min() - MARGIN), max(0, cols.min() - MARGIN)
        part = whole.patches[0].crop((slice(top, rows.max() + MARGIN + 1), slice(left, cols.max() + MARGIN + 1)))
        # A neighbour has a patch of its own.
        patches.append(replace(part, label=np.where(part.group == number, part.label, -1)))
    return replace(whole, patches=tuple(patches), areal=False)


def _belgium(data: Path, backend: Backend, all_dates: bool) -> LabelledScene:
    images, label, field_number = belgian_fields(data)
    chosen = range(len(images)) if all_dates else [BELGIAN_DATE]
    found = read_packed(data / "worldcereal_belgium_series_l2a.npz")
    heights = found["dem"][BELGIAN_DATE].reshape(1, *label.shape)
    layers = np.concatenate([heights, found["s1_db"][BELGIAN_DATE]]).astype(np.float32)
    date = BELGIAN_DATE if all_dates else 0
    ground = _of_images([images[index] for index in chosen], backend, label, field_number, layers)
    return _scene("Belgium", "tuned", tuple(COVER.values()), [ground], layers=("height", "VV", "VH"), date=date)


def _forest(data: Path, half: Half, backend: Backend, all_dates: bool) -> Iterator[LabelledScene]:
    """All sites of a half as one scene, once with damage and once with types of forest."""
    grounds, labels = [], []
    for site in forest_sites(data, half):
        images = site.images if all_dates else (site.images[FOREST_DATE],)
        place = np.full(site.usable.shape, site.place)
        ground = _of_images(images, backend, place, place)
        grounds.append(replace(ground, valid=site.usable))
        labels.append([np.where(site.usable, each, -1) for each in (site.damage, site.forest)])
    date = FOREST_DATE if all_dates else 0
    whole = _scene(f"Czechia ({half})", half, (), grounds, date=date)
    for turn, (name, classes) in enumerate((("damage", DAMAGE), ("forest", FOREST))):
        present = [k for k in range(len(classes)) if any((of_site[turn] == k).any() for of_site in labels)]
        patches = [
            replace(patch, label=_renumbered(of_site[turn], present))
            for patch, of_site in zip(whole.patches, labels, strict=True)
        ]
        shown = tuple(classes[k] for k in present)
        yield replace(whole, name=f"Czechia, {name} ({half})", classes=shown, patches=tuple(patches))


def _renumbered(label: NDArray[np.intp], present: Sequence[int]) -> NDArray[np.intp]:
    found = np.full(label.shape, -1, np.intp)
    for number, index in enumerate(present):
        found[label == index] = number
    return found


def _of_images(
    images: Sequence[Image],
    backend: Backend,
    label: NDArray[np.intp],
    group: NDArray[np.intp],
    layers: NDArray[np.float32] | None = None,
) -> _Ground:
    return _Ground(
        dn=tuple(image.dn for image in images),
        embedding=tuple(image.embedding(backend) for image in images),
        valid=np.all([image.valid for image in images], axis=0),
        label=label,
        group=group,
        layers=np.zeros((0, *label.shape), np.float32) if layers is None else layers,
    )


def _scene(
    name: str,
    half: Half,
    classes: tuple[str, ...],
    grounds: Sequence[_Ground],
    *,
    layers: tuple[str, ...] = (),
    date: int = 0,
) -> LabelledScene:
    """A scene of patches, and a pool that is drawn from all their pixels."""
    whitenings = [
        Whitening.of(np.concatenate([each.dn[turn][:, each.valid].T for each in grounds]))
        for turn in range(len(grounds[0].dn))
    ]
    patches = []
    for each in grounds:
        maps = {
            EMBEDDING: each.embedding,
            RAW: each.dn,
            AROUND: tuple(neighbourhood(dn) for dn in each.dn),
            WHITENED: tuple(neighbourhood(white(dn)) for white, dn in zip(whitenings, each.dn, strict=True)),
        }
        patches.append(Patch(maps, each.layers, each.valid, each.label, each.group))
    return LabelledScene(name, half, classes, tuple(patches), _pool(patches), layers, date=date)


def _pool(patches: Sequence[Patch]) -> Patch:
    """Pixels of all patches, in one row."""
    valid = np.flatnonzero(np.concatenate([each.valid.ravel() for each in patches]))
    chosen = np.sort(np.random.default_rng(0).permutation(valid)[:POOL])
    edges = np.cumsum([0, *(each.valid.size for each in patches)])
    parts = [chosen[(chosen >= low) & (chosen < high)] - low for low, high in pairwise(edges.tolist())]

    def drawn(maps: Sequence[NDArray[Any]]) -> NDArray[Any]:
        rows = [
            each.reshape(*each.shape[:-2], each.shape[-2] * each.shape[-1])[..., part]
            for each, part in zip(maps, parts, strict=True)
        ]
        return np.concatenate(rows, axis=-1)[..., None, :]

    first = patches[0]
    maps = {
        name: tuple(drawn([each.maps[name][turn] for each in patches]) for turn in range(len(dates)))
        for name, dates in first.maps.items()
    }
    others = (drawn([getattr(each, name) for each in patches]) for name in ("layers", "valid", "label", "group"))
    return Patch(maps, *others)
