"""A folder of labelled GeoTIFFs as a task: folders of classes, a table of labels, or images beside maps of classes.

* `CLASS/*.tif`: the class of a tile is the name of its folder.
* `*.tif` and `labels.csv` with the columns file and label, and split or group where blocks of 1° will not do: the
  labels of a tile; with "|" between several, tiles may have several.
* `images/*.tif` and `labels/*.tif` of the same names: the class of every pixel; 255 and declared no-data: nobody says.
  A `labels.csv` beside the two may have the columns file and split or group, a row for each image.

Tiles are read as scenes are, with all that is known of bands, levels and offsets. Places are blocks of 1°.
"""

import csv
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.contract import UNLABELLED, Target, TileTask
from mmearth_core.evaluation.tasks.dealing import as_stated, dealt_by_place, kinds_of
from mmearth_core.raster.opening import opened
from mmearth_core.raster.scene import AS_IT_IS, Scene, SceneOptions, open_scene
from mmearth_core.sentinel2 import BANDS
from mmearth_core.tiles.holdout import blocks
from mmearth_core.vectors.reading import in_degrees

TABLE, IMAGES, LABELS = "labels.csv", "images", "labels"
#: What stands between the labels of a tile, and what in a map of classes stands for none.
BETWEEN, NO_CLASS = "|", 255
_ENDINGS = {".tif", ".tiff"}
#: Warnings of tiles that are told: the first few say what the others do.
_MOST_NOTES = 3
#: Bands whose statistics a model may lack; all others of Sentinel-2 are looked for.
_WANTED = tuple(band for band in BANDS if band != "B10")


@dataclass(frozen=True)
class _Row:
    """A tile: its file, what the folder says of it, and its part or group if the table has one."""

    image: Path
    labels: tuple[str, ...]
    split: str = ""
    group: str = ""


def read_folder(folder: Path, *, options: SceneOptions = AS_IT_IS) -> TileTask:
    """The task in a folder; `options` are those of a scene, for tiles that do not say their level, offset or scale.

    Raises `MMEarthError` when there are no tiles, they differ in size, bands or level, or do not say where they are.
    """
    if (folder / IMAGES).is_dir() and (folder / LABELS).is_dir():
        return _of_maps(folder, options)
    rows = _table(folder / TABLE, folder, ("file", "label")) if (folder / TABLE).is_file() else _by_class(folder)
    scenes = _Scenes([row.image for row in rows], options)
    names = sorted({label for row in rows for label in row.labels})
    if len(names) < 2:
        raise MMEarthError(f"{folder}: all tiles are of one class; give tiles of a second one.")
    several = any(len(row.labels) != 1 for row in rows)
    if several:
        label: NDArray[Any] = np.array([[name in row.labels for name in names] for row in rows])
    else:
        label = np.array([names.index(row.labels[0]) for row in rows], np.intp)
    return scenes.task(
        folder, "classes" if several else "class", tuple(names), lambda at: label[at], kinds_of(label), rows
    )


def _of_maps(folder: Path, options: SceneOptions) -> TileTask:
    images = _tiles(folder / IMAGES)
    maps = [folder / LABELS / image.name for image in images]
    if lacking := [path for path in maps if not path.is_file()]:
        raise MMEarthError(f"{lacking[0]} does not exist; give a map of classes of the same name for every image.")
    scenes = _Scenes(images, options)
    kinds, highest = [], 0
    for path in maps:
        label = _classes_of(path, scenes.shape)
        kinds.append(kinds_of(label[None])[0])
        highest = max(highest, int(label.max()))
    if not highest:
        raise MMEarthError(f"{folder / LABELS} has maps of one class only; give maps of two or more, from 0 on.")

    def labels(rows: NDArray[np.intp]) -> NDArray[np.intp]:
        return np.stack([_classes_of(maps[row], scenes.shape) for row in rows.tolist()])

    names = tuple(f"class {number}" for number in range(highest + 1))
    rows = [_Row(each, ()) for each in images]
    if (folder / TABLE).is_file():
        rows = _rows_of_maps(folder, images)
    return scenes.task(folder, "pixels", names, labels, np.array(kinds, np.intp), rows)


def _rows_of_maps(folder: Path, images: Sequence[Path]) -> list[_Row]:
    """What the table says of every image, in their order. Raises `MMEarthError` when it says nothing of one."""
    told = {row.image: row for row in _table(folder / TABLE, folder / IMAGES, ("file",))}
    if not any(row.split or row.group for row in told.values()):
        raise MMEarthError(f"{folder / TABLE} has no column split or group; write one, or take the table away.")
    if lacking := [image for image in images if image not in told]:
        raise MMEarthError(f"{folder / TABLE} has no row for {lacking[0].name}; write one for every image.")
    return [told[image] for image in images]


class _Scenes:
    """The tiles as scenes, all of one size, one level and the same bands."""

    def __init__(self, files: Sequence[Path], options: SceneOptions) -> None:
        self.scenes: list[Scene] = [open_scene(each, wanted=_WANTED, options=options) for each in files]
        first = self.scenes[0]
        for path, scene in zip(files, self.scenes, strict=True):
            if (scene.grid.shape, scene.bands, scene.level) != (first.grid.shape, first.bands, first.level):
                raise MMEarthError(
                    f"{path} has {scene.grid.shape[0]} × {scene.grid.shape[1]} pixels, the bands"
                    f" {', '.join(scene.bands)} and is {scene.level}, other than {files[0]}; give tiles that are"
                    " alike."
                )

    @property
    def shape(self) -> tuple[int, int]:
        return self.scenes[0].grid.shape

    def images(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        found = np.empty((len(rows), len(self.scenes[0].bands), *self.shape), np.float32)
        for each, row in zip(found, rows.tolist(), strict=True):
            scene = self.scenes[row]
            with scene.reader() as reader:
                dn, valid = reader.read(scene.grid.window)
            each[:] = np.where(valid, dn, np.nan)
        return found

    def task(
        self,
        folder: Path,
        target: Target,
        classes: tuple[str, ...],
        labels: Callable[[NDArray[np.intp]], NDArray[Any]],
        kind: NDArray[np.intp],
        rows: Sequence[_Row],
    ) -> TileTask:
        if any(row.split for row in rows):
            parts, varies = as_stated(str(folder), kind, np.array([row.split for row in rows]))
        else:
            parts, varies = dealt_by_place(str(folder), kind, self._places(rows))
        return TileTask(
            name=folder.name,
            target=target,
            classes=classes,
            bands=self.scenes[0].bands,
            level=self.scenes[0].level,
            shape=self.shape,
            images=self.images,
            labels=labels,
            parts=parts,
            varies=varies,
            identity=_identity(folder),
            notes=tuple(dict.fromkeys(text for scene in self.scenes for text in scene.warnings))[:_MOST_NOTES],
        )

    def _places(self, rows: Sequence[_Row]) -> NDArray[np.intp]:
        """The group of each tile, told or the block of 1° that its middle is in."""
        if any(row.group for row in rows):
            if lacking := [row.image for row in rows if not row.group]:
                raise MMEarthError(f"{lacking[0]} has no group, as other tiles have; write one for every tile.")
            return np.unique([row.group for row in rows], return_inverse=True)[1]
        return np.unique(blocks(np.array([_middle(scene) for scene in self.scenes])), axis=0, return_inverse=True)[
            1
        ].ravel()


def _middle(scene: Scene) -> NDArray[np.float64]:
    """Longitude and latitude of the middle of a tile."""
    grid = scene.grid
    middle = in_degrees(np.array([shapely.Point(grid.width / 2, grid.height / 2)]), grid)[0]
    return np.array([middle.x, middle.y])


def _classes_of(path: Path, shape: tuple[int, int]) -> NDArray[np.intp]:
    """The class of every pixel of a map (H, W), `UNLABELLED` where nobody says."""
    with opened(path, wanted="a map of classes") as dataset:
        if dataset.shape != shape or np.dtype(dataset.dtypes[0]).kind not in "iu":
            raise MMEarthError(
                f"{path} has {dataset.height} × {dataset.width} pixels of {dataset.dtypes[0]}; give whole numbers on"
                f" the pixels of its image, {shape[0]} × {shape[1]}."
            )
        values: NDArray[np.intp] = dataset.read(1).astype(np.intp)
        known = dataset.read_masks(1) > 0
    values[~known | (values == NO_CLASS)] = UNLABELLED
    if values.min() < UNLABELLED:
        raise MMEarthError(f"{path} holds the class {values.min()}; give classes numbered from 0 on.")
    return values


def _by_class(folder: Path) -> list[_Row]:
    rows = [
        _Row(path, (each.name,))
        for each in sorted(folder.iterdir())
        if each.is_dir() and not each.name.startswith(".")
        for path in _tiles(each, needed=False)
    ]
    if not rows:
        raise MMEarthError(
            f"{folder} holds no labelled tiles; put them into a folder for each class, beside a {TABLE}, or into"
            f" {IMAGES} and {LABELS}."
        )
    return rows


def _table(path: Path, tiles: Path, needed: Sequence[str]) -> list[_Row]:
    """The rows of a table with the columns `needed`, whose files are in the folder `tiles`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            told = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MMEarthError(f"{path} cannot be read ({error}); write a table of text in UTF-8.") from error
    if not told or not set(needed) <= set(told[0]):
        raise MMEarthError(f"{path} has no columns {' and '.join(needed)}; write them, a row for each tile.")
    return [_row(path, tiles, number, each) for number, each in enumerate(told, 2)]


def _row(path: Path, tiles: Path, number: int, told: Mapping[str, str | None]) -> _Row:
    file, label = (told["file"] or "").strip(), (told.get("label") or "").strip()
    image = tiles / file
    if not file or Path(file).is_absolute() or ".." in Path(file).parts or not image.is_file():
        raise MMEarthError(f"{path}, row {number}: {file!r} is no file in {tiles}; correct its name.")
    labels = tuple(dict.fromkeys(part.strip() for part in label.split(BETWEEN) if part.strip()))
    return _Row(image, labels, (told.get("split") or "").strip(), (told.get("group") or "").strip())


def _tiles(folder: Path, *, needed: bool = True) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS)
    if needed and not found:
        raise MMEarthError(f"{folder} holds no GeoTIFF; put the tiles there.")
    return found


def _identity(folder: Path) -> str:
    """sha256 over names and contents of all files."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()
