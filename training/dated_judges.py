"""What encoders are judged on over dates: a forest in two autumns, a village on 47 days, a valley in eight seasons.

Read from the packed development imagery, in the halves of `training.halves`. All images are L2A, of whole sites or
tiles as they are stored: an encoder knows nothing outside of them. Never writes a file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label as components

from mmearth_core.embedding.arrays import embed_pixels, network_input
from mmearth_core.embedding.backends import Backend
from mmearth_core.evaluation.baselines import pooled_mean_and_spread
from mmearth_core.evaluation.splits import Task
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.tiles.holdout import blocks
from training.halves import Half, of_half
from training.judges import BandChange, Features, Kind
from training.packed_tiles import read_packed

#: Bark beetle: most pixels taken of one class of a site, and the size in degrees of a block whose sites stay together.
PIXELS_PER_SITE, SITE_BLOCK = 20, 0.1
#: Classes of the damage mask and of the forest map, whose types have no legend.
DAMAGE = ("undamaged", "damaged")
FOREST = ("no forest", "forest type 1", "forest type 2", "forest type 3")
#: Belgium: classes of the land cover that are judged, most pixels taken of one field, and fewest it must have.
COVER = {11: "temporary crops", 13: "grassland", 60: "built-up"}
PIXELS_PER_FIELD, FEWEST_PIXELS = 60, 10


@dataclass(frozen=True, eq=False)
class Image:
    """One date of one place: `dn` (bands, H, W) in reflectance × 10000, `valid` (H, W); all L2A."""

    dn: NDArray[np.float32]
    valid: NDArray[np.bool_]
    bands: tuple[str, ...]

    def embedding(self, backend: Backend) -> NDArray[np.float32]:
        """(D, H, W) before quantisation; what is invalid has a value all the same."""
        pixels = network_input(self.dn, self.valid, self.bands, "l2a", backend.header)
        return embed_pixels(backend, pixels[None])[0, :, : self.dn.shape[1], : self.dn.shape[2]]


@dataclass(frozen=True, eq=False)
class Spots:
    """The rows of a task (n,): `image` (n, m) the numbers of the m images whose values a row has, one after the other,
    at pixel `rows` (n,), `cols` (n,)."""

    task: Task
    image: NDArray[np.intp]
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]

    def at(self, maps: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """The values (n, m · k) of maps (k, H, W), one for each image."""
        count, at_once = self.image.shape
        found = np.empty((count, at_once, len(maps[0])), maps[0].dtype)
        for number in np.unique(self.image):
            row, turn = np.nonzero(self.image == number)
            found[row, turn] = maps[number][:, self.rows[row], self.cols[row]].T
        return found.reshape(count, -1)


@dataclass(frozen=True, eq=False)
class DatedPixels:
    """Labelled pixels of several images of several places, for one task or more."""

    kind: Kind
    images: tuple[Image, ...]
    spots: tuple[Spots, ...]

    @property
    def tasks(self) -> Mapping[str, Task]:
        return {each.task.name: each.task for each in self.spots}

    def band_pixels(self) -> NDArray[np.float32]:
        """All valid pixels, (n, bands)."""
        return np.concatenate([image.dn[:, image.valid].T for image in self.images])

    def of_bands(self, change: BandChange) -> Features:
        return self._at([change(image.dn) for image in self.images])

    def of_backend(self, backend: Backend) -> Features:
        return self._at([image.embedding(backend) for image in self.images])

    def _at(self, maps: Sequence[NDArray[np.floating]]) -> Features:
        return {each.task.name: each.at(maps) for each in self.spots}


@dataclass(frozen=True, eq=False)
class Series:
    """Places seen on the same dates: `images` (dates)(places), all of one shape."""

    name: str
    images: tuple[tuple[Image, ...], ...]

    def band_pixels(self) -> NDArray[np.float32]:
        """All valid pixels, (n, bands)."""
        return np.concatenate([image.dn[:, image.valid].T for date in self.images for image in date])

    def of_bands(self, change: BandChange) -> NDArray[np.float32]:
        """Mean and spread over every tile, (dates, places, d)."""
        return self._pooled(lambda image: change(image.dn))

    def of_backend(self, backend: Backend) -> NDArray[np.float32]:
        """As `of_bands`, of the embedding."""
        return self._pooled(lambda image: image.embedding(backend))

    def _pooled(self, mapped: Callable[[Image], NDArray[np.floating]]) -> NDArray[np.float32]:
        return np.stack([pooled_mean_and_spread(np.stack([mapped(image) for image in date])) for date in self.images])


@dataclass(frozen=True, eq=False)
class ForestSite:
    """A Czech forest site in September 2019 and 2020: (H, W) `damage` index into `DAMAGE`, `forest` into `FOREST`."""

    images: tuple[Image, ...]
    damage: NDArray[np.intp]
    forest: NDArray[np.intp]
    place: int

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Where both images have a measurement."""
        return np.all([image.valid for image in self.images], axis=0)


def forest_sites(data: Path, half: Half) -> list[ForestSite]:
    """The Czech forest sites of a half; sites in one block of `SITE_BLOCK` are one place."""
    found = read_packed(data / "barkbeetle_czechia_dev.npz")
    lonlat = np.stack([found["lon"], found["lat"]], axis=1).astype(np.float64)
    chosen = of_half(lonlat, half)
    place = np.unique(blocks(lonlat[chosen], block_degrees=SITE_BLOCK), axis=0, return_inverse=True)[1].ravel()
    return [
        ForestSite(
            tuple(_image(each, found) for each in found[f"x_{site}"]),
            found[f"damage_{site}"].astype(np.intp),
            found[f"forest_{site}"].astype(np.intp),
            group,
        )
        for group, site in zip(place.tolist(), found["site"][chosen].tolist(), strict=True)
    ]


def bark_beetle(data: Path, half: Half, *, seed: int = 0) -> DatedPixels:
    """Czech forest sites in September 2019 and 2020: damage of the second year, and types of forest on both dates.

    Damage is told from the image of 2020, and from both images side by side; types of forest are labelled on one date
    and tested on the other. At most `PIXELS_PER_SITE` pixels of a class and site; a place is a block of `SITE_BLOCK`.
    """
    rng = np.random.default_rng(seed)
    images: list[Image] = []
    damage, forest = _Rows(), _Rows()
    for site in forest_sites(data, half):
        numbers = [len(images), len(images) + 1]
        images += site.images
        for rows, codes in ((damage, site.damage), (forest, site.forest)):
            for code in np.unique(codes[site.usable]).tolist():
                spots = rng.permutation(np.argwhere(site.usable & (codes == code)))[:PIXELS_PER_SITE]
                rows.add(spots, code, site.place, numbers)
    return DatedPixels(
        "pixels",
        tuple(images),
        (
            damage.spots(f"Bark beetle damage ({half})", DAMAGE, at=(1,)),
            damage.spots(f"Bark beetle damage, both dates ({half})", DAMAGE, at=(0, 1)),
            forest.spots_over_dates(f"Forest type over dates ({half})", FOREST),
        ),
    )


def belgium(data: Path, *, seed: int = 0) -> DatedPixels:
    """Land cover of a Flemish village: pixels of one date are told by a probe of another date, on other fields.

    A field is what hangs together of one class, side by side, and is a place; at most `PIXELS_PER_FIELD` of its
    pixels are taken, the same on all dates. Fields of fewer than `FEWEST_PIXELS` are left out. With five fields of
    crops of several kinds, eight of grassland and three built-up, scores vary widely: take many draws.
    """
    images, label, field = belgian_fields(data)
    rng, rows = np.random.default_rng(seed), _Rows()
    for number in range(int(field.max()) + 1):
        spots = np.argwhere(field == number)
        index = int(label[tuple(spots[0])])
        rows.add(rng.permutation(spots)[:PIXELS_PER_FIELD], index, number, list(range(len(images))))
    spots_of_all = rows.spots_over_dates("Belgium over dates", tuple(COVER.values()))
    return DatedPixels("polygons", images, (spots_of_all,))


def belgian_fields(data: Path) -> tuple[tuple[Image, ...], NDArray[np.intp], NDArray[np.intp]]:
    """The images of all dates, and (H, W) the class of a pixel, by the order of `COVER`, and its field: −1 for none."""
    found = read_packed(data / "worldcereal_belgium_series_l2a.npz")
    cover = found["landcover"][0]
    images = tuple(_image(dn, found) for dn in found["x"])
    usable = np.all([image.valid for image in images], axis=0)
    label, field = np.full(cover.shape, -1, np.intp), np.full(cover.shape, -1, np.intp)
    fields = 0
    for index, code in enumerate(COVER):
        member, count = components(usable & (cover == code))
        for number in range(1, count + 1):
            mine = member == number
            if mine.sum() >= FEWEST_PIXELS:
                label[mine], field[mine] = index, fields
                fields += 1
    return images, label, field


def catalonia(data: Path, half: Half) -> Series:
    """Tiles of a valley, each on all clear dates."""
    found = read_packed(data / "eotdl_boadella_series_l2a.npz")
    lonlat = np.stack([found["lon"], found["lat"]], axis=1).astype(np.float64)
    # The file's first place is the valley; the others come once.
    valley = np.flatnonzero(found["place"] == found["place"][0])
    valley = valley[of_half(lonlat[valley], half)]
    place = np.unique(lonlat[valley], axis=0, return_inverse=True)[1].ravel()
    dates = np.unique(found["date"][valley])
    images = []
    for date in dates:
        of_date = found["date"][valley] == date
        order = valley[of_date][np.argsort(place[of_date])]
        if len(order) != place.max() + 1:
            raise ValueError(f"{date} has {len(order)} of {place.max() + 1} places")
        images.append(tuple(_image(found["x"][index], found) for index in order))
    return Series(f"Catalonia ({half})", tuple(images))


class _Rows:
    """Gathers pixels with their class, place and images, and makes tasks of them."""

    def __init__(self) -> None:
        self._spots: list[NDArray[np.intp]] = []
        self._facts: list[tuple[int, int, list[int]]] = []

    def add(self, spots: NDArray[np.intp], code: int, group: int, images: list[int]) -> None:
        """Pixels (n, 2) of one class and place, and the images that show them."""
        self._spots.append(spots)
        self._facts += [(code, group, images)] * len(spots)

    def spots(self, name: str, classes: tuple[str, ...], *, at: Sequence[int]) -> Spots:
        """A row for each pixel, with what the images `at` show, by their order."""
        rows, cols = np.concatenate(self._spots).T
        image = np.array([[images[turn] for turn in at] for _, _, images in self._facts])
        return Spots(Task(name, *self._labels(classes)), image, rows, cols)

    def spots_over_dates(self, name: str, classes: tuple[str, ...]) -> Spots:
        """A row for each pixel and image, each image being of another date."""
        rows, cols = np.concatenate(self._spots).T
        present, label, group = self._labels(classes)
        image = np.array([images for _, _, images in self._facts])
        dates = image.shape[1]
        task = Task(
            name,
            present,
            np.tile(label, dates),
            np.tile(group, dates),
            date=np.repeat(np.arange(dates), len(label)),
        )
        return Spots(task, image.T.reshape(-1, 1), np.tile(rows, dates), np.tile(cols, dates))

    def _labels(self, classes: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.intp], NDArray[np.intp]]:
        """The classes that occur, and the label and place of every pixel."""
        codes, label = np.unique([code for code, _, _ in self._facts], return_inverse=True)
        return tuple(classes[code] for code in codes), label, np.array([group for _, group, _ in self._facts])


def _image(dn: NDArray[np.uint16], found: Mapping[str, NDArray[Any]]) -> Image:
    """An image of the bands (12, H, W) of a file, those that are real, in the encoder's order."""
    order, real = found["order"].tolist(), set(found["bands"].tolist())
    bands = tuple(band for band in ENCODER_BANDS if band in real)
    chosen = dn[[order.index(band) for band in bands]].astype(np.float32)
    return Image(chosen, np.asarray(chosen.any(axis=0), np.bool_), bands)
