"""A task of GEO-Bench 1.0, read from its folder as it was published: one HDF5 file a tile, and JSON beside them.

Wrong labels of bands are put right and scales are checked by the statistics in the folder; what fits neither is
refused. Labels are read as data (`opcodes`); nothing in a file is run. Needs h5py.
"""

import ast
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from mmearth_core import records
from mmearth_core.encoder.model_file import Statistics
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.brightness import BRIGHTEST, DARKEST, like_land
from mmearth_core.evaluation.tasks.contract import Parts, TileTask
from mmearth_core.evaluation.tasks.dealing import PART_NAMES
from mmearth_core.evaluation.tasks.geobench_facts import LABELS, TASKS, Facts
from mmearth_core.evaluation.tasks.opcodes import number_or_array, plain_values
from mmearth_core.wording import counted

#: What a stored number may be in reflectance × 10000: So2Sat's highest is 28,000, and some pixels of others are −1.
_LOWEST_DN, _HIGHEST_DN = -1000.0, 70_000.0
_AGAIN = "download the data set again"


def read_geobench(folder: Path) -> TileTask:
    """The task in a folder such as classification_v1.0/m-eurosat.

    Raises `MMEarthError` when the folder is of no such task, lacks a file, or its bands are neither as published nor as
    labelled.
    """
    if folder.name not in TASKS:
        raise MMEarthError(
            f"{folder} is of no task of GEO-Bench that is known here, which are {', '.join(TASKS)}; give one of these"
            " folders, by its own name."
        )
    facts = TASKS[folder.name]
    table = _statistics(folder)
    bands, notes = _bands(folder, facts, table)
    unit = _unit_of_statistics(folder, facts, bands, table)
    tiles = _Tiles(folder, facts, bands)
    tiles.check_first()
    statistics = Statistics(
        tuple(unit * table[label]["mean"] for label in bands), tuple(unit * table[label]["std"] for label in bands)
    )
    return TileTask(
        name=folder.name,
        target=facts.target,
        classes=facts.names or tuple(f"class {number}" for number in range(facts.classes)),
        bands=tuple(bands.values()),
        level=facts.level,
        shape=(facts.side, facts.side),
        images=tiles.images,
        labels=tiles.labels,
        parts=tiles.parts,
        varies=lambda _: False,
        identity=_identity(folder),
        statistics=statistics,
        notes=(*notes, facts.note) if facts.note else notes,
    )


class _Tiles:
    """The tiles of a folder, which are numbered in the order of their names. `bands`: ours by their label."""

    def __init__(self, folder: Path, facts: Facts, bands: Mapping[str, str]) -> None:
        self.folder, self.facts, self.bands = folder, facts, bands
        parts = [_partition(path) for path in sorted(folder.glob("*_partition.json"))]
        self.names = sorted({name for part in parts for names in part.values() for name in names})
        if not self.names:
            raise MMEarthError(f"{folder} has no *_partition.json that names tiles; {_AGAIN}.")
        self.known: dict[int, Any] = {}

    def check_first(self) -> None:
        """Read one tile, so that a folder that cannot be used is known before any work."""
        self.images(np.array([0]))
        self.labels(np.array([0]))

    def parts(self, share: float, seed: int) -> Parts:  # noqa: ARG002 - the contract's; the files say which tiles
        path = self.folder / f"{share:.2f}x_train_partition.json"
        if share == 1 and not path.is_file():
            path = self.folder / "default_partition.json"
        if not path.is_file():
            there = sorted(each.name.partition("x_")[0] for each in self.folder.glob("*x_train_partition.json"))
            raise MMEarthError(
                f"{self.folder} has no partition of {share:g} of its training tiles, but of"
                f" {', '.join(there) or 'none'}; choose among these with `partitions`."
            )
        number = {name: index for index, name in enumerate(self.names)}
        told = _partition(path)
        rows = [np.array(sorted(number[name] for name in told[part]), np.intp) for part in PART_NAMES]
        for part, each in zip(PART_NAMES, rows, strict=True):
            if not len(each):
                raise MMEarthError(f"{path} has no {part} tile; {_AGAIN}.")
        if len(np.unique(np.concatenate(rows))) < sum(map(len, rows)):
            raise MMEarthError(f"{path} has tiles in two parts, so nothing could be judged; {_AGAIN}.")
        return Parts(*rows)

    def images(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        found = np.empty((len(rows), len(self.bands), self.facts.side, self.facts.side), np.float32)
        for each, row in zip(found, rows.tolist(), strict=True):
            with self._opened(row) as file:
                stored = self._stored(file, row)
                for channel, label in zip(each, self.bands, strict=True):
                    channel[:] = self._values(stored, label, row)
        return found

    def labels(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        return np.stack([self._label(row) for row in rows.tolist()])

    def _label(self, row: int) -> Any:
        """Of a tile; single values are kept, for every judge asks for them."""
        if row not in self.known:
            with self._opened(row) as file:
                found = _label_in(file, self._path(row))
            try:
                value = self._checked(np.asarray(found))
            except ValueError as error:
                raise MMEarthError(f"{self._path(row)} has no label of its task ({error}); {_AGAIN}.") from error
            if self.facts.target == "pixels":
                return value
            self.known[row] = value
        return self.known[row]

    def _checked(self, label: NDArray[Any]) -> NDArray[Any]:
        """A label as the contract has it. Raises `ValueError`."""
        side, classes = self.facts.side, self.facts.classes
        shape = {"class": (), "classes": (classes,), "pixels": (side, side)}[self.facts.target]
        if label.shape != shape or label.dtype.kind not in "biuf":
            raise ValueError(f"its shape is {label.shape}, wanted is {shape}")
        highest = 1 if self.facts.target == "classes" else classes - 1
        if not (label == np.round(label)).all() or label.min() < 0 or label.max() > highest:
            raise ValueError(f"it holds {label.min()} to {label.max()}, wanted is 0 to {highest}")
        return label.astype(np.bool_ if self.facts.target == "classes" else np.intp)

    def _values(self, stored: Mapping[str, Any], label: str, row: int) -> NDArray[np.float32]:
        """A band of a tile in reflectance × 10000."""
        if label not in stored:
            raise MMEarthError(f"{self._path(row)} has no band {label!r}, as its folder's statistics have; {_AGAIN}.")
        values: NDArray[np.float32] = np.asarray(stored[label], np.float32).squeeze()
        if values.shape != (self.facts.side, self.facts.side):
            raise MMEarthError(
                f"{self._path(row)}: band {label!r} has the shape {values.shape}, published are tiles of"
                f" {self.facts.side} × {self.facts.side} pixels; {_AGAIN}."
            )
        values = values * np.float32(self.facts.unit)
        if not np.isfinite(values).all() or values.min() < _LOWEST_DN or values.max() > _HIGHEST_DN:
            raise MMEarthError(
                f"{self._path(row)}: band {label!r} holds {np.nanmin(values):g} to {np.nanmax(values):g} in reflectance"
                f" × 10000, which no Sentinel-2 image has; {_AGAIN}."
            )
        return values

    def _stored(self, file: h5py.File, row: int) -> dict[str, Any]:
        """The bands in a file by their label, without the date that some have at the end."""
        found: dict[str, Any] = {}
        for name in file:
            label = next((each for each in LABELS if name == each or name.startswith(f"{each}_")), name)
            if label in found:
                raise MMEarthError(f"{self._path(row)} has band {label!r} of several dates; {_AGAIN}.")
            found[label] = file[name]
        return found

    def _path(self, row: int) -> Path:
        return self.folder / f"{self.names[row]}.hdf5"

    def _opened(self, row: int) -> h5py.File:
        try:
            return h5py.File(self._path(row), "r")
        except OSError as error:
            raise MMEarthError(f"Cannot read the tile {self._path(row)} ({error}); {_AGAIN}.") from error


def _label_in(file: h5py.File, path: Path) -> Any:
    """The label of a tile: an image beside its bands, or a value in its attributes."""
    for name in file:
        if name == "label" or name.startswith("label_"):
            return file[name][()]
    if "metadata_json" in file.attrs:
        told = records.parsed(str(file.attrs["metadata_json"]), path, remedy=_AGAIN)
        return told.get("label") if isinstance(told, dict) else None
    try:
        written = file.attrs["pickle"]
        content = ast.literal_eval(written) if isinstance(written, str) else bytes(written)
        return number_or_array(plain_values(content)["label"])
    except (KeyError, ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise MMEarthError(f"{path} tells no label ({error}); {_AGAIN}.") from error


def _statistics(folder: Path) -> dict[str, dict[str, float]]:
    """Mean, standard deviation and more of every band, by its label."""
    path = folder / "band_stats.json"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MMEarthError(f"{path} cannot be read ({error.strerror}); {_AGAIN}.") from error
    table: dict[str, dict[str, float]] = records.value(
        dict[str, dict[str, float]], records.parsed(text, path, remedy=_AGAIN), path, remedy=_AGAIN
    )
    for label in LABELS.keys() & table.keys():
        if lacking := [name for name in ("mean", "std", "max") if name not in table[label]]:
            raise MMEarthError(f"{path} does not tell the {lacking[0]} of {label!r}; {_AGAIN}.")
    return table


def _bands(
    folder: Path, facts: Facts, table: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Which band each label of the files stands for, and what a reader has to know of that."""
    found = {label: band for label, band in LABELS.items() if label in table}
    if facts.mended is None or facts.sign is None:
        return found, ()
    sign = facts.sign
    if sign.wrong in table and table[sign.wrong][sign.statistic] < sign.limit:
        if lacking := [label for label in facts.mended if label not in table]:
            raise MMEarthError(f"{folder / 'band_stats.json'} has no band {lacking[0]!r}; {_AGAIN}.")
        told = {label: facts.mended.get(label, band) for label, band in found.items()}
        left = sum(not band for band in told.values())
        changed = ", ".join(f"{LABELS[label]} is {band}" for label, band in facts.mended.items() if band)
        note = f"{folder.name}: labels of bands were put right ({changed}"
        note += f"; {counted(left, 'band')} of a picture left out)" if left else ")"
        return {label: band for label, band in told.items() if band}, (f"{note}.",)
    if sign.wrong not in table or (sign.right in table and table[sign.right][sign.statistic] < sign.limit):
        return found, (f"{folder.name}: its bands are labelled rightly here, other than in the published files.",)
    raise MMEarthError(
        f"{folder}: its bands are neither as published nor as they are labelled ({sign.wrong!r} has the"
        f" {sign.statistic} {table[sign.wrong][sign.statistic]:g}, published is less than {sign.limit:g}); {_AGAIN}."
    )


def _unit_of_statistics(
    folder: Path, facts: Facts, bands: Mapping[str, str], table: Mapping[str, Mapping[str, float]]
) -> float:
    """Reflectance × 10000 per unit of the statistics: that of the tiles, or 1 where these alone were made so before.

    Raises `MMEarthError` unless by one of them every band of the surface is about as bright as the Earth is.
    """
    if not bands:
        raise MMEarthError(f"{folder / 'band_stats.json'} names no band of Sentinel-2; {_AGAIN}.")
    means = {band: table[label]["mean"] for label, band in bands.items()}
    for unit in (facts.unit, 1.0):
        if all(like_land(band, unit * mean) for band, mean in means.items()):
            return unit
    band, mean = next((band, mean) for band, mean in means.items() if not like_land(band, facts.unit * mean))
    raise MMEarthError(
        f"{folder}: {band} is {facts.unit * mean:g} on average in reflectance × 10000, where land has {DARKEST:g} to"
        f" {BRIGHTEST:g}, so its numbers are in another unit than published; {_AGAIN}."
    )


def _partition(path: Path) -> dict[str, list[str]]:
    """Names of tiles by part."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MMEarthError(f"{path} cannot be read ({error.strerror}); {_AGAIN}.") from error
    told: dict[str, list[str]] = records.value(
        dict[str, list[str]], records.parsed(text, path, remedy=_AGAIN), path, remedy=_AGAIN
    )
    for part in PART_NAMES:
        if part not in told:
            raise MMEarthError(f"{path} has no part {part!r}; {_AGAIN}.")
        if odd := [name for name in told[part] if Path(name).name != name]:
            raise MMEarthError(f"{path} names the tile {odd[0]!r}, which is no name of a file beside it; {_AGAIN}.")
    return told


def _identity(folder: Path) -> str:
    """sha256 over the JSON files, and the names and sizes of the tiles."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        found.update(f"{path.name}\0".encode() + path.read_bytes())
    for path in sorted(folder.glob("*.hdf5")):
        found.update(f"{path.name} {path.stat().st_size}\0".encode())
    return found.hexdigest()
