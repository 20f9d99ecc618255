"""Labelled tiles in one .npz: read and checked, and as a task.

The file holds `x` (N, bands, H, W) in reflectance × 10000 with the offset removed, 0 where there is no data; `bands`,
their names; `label`: (N,) names or numbers of classes, (N, classes) whether a class is there, or (N, H, W) numbers of
the class of every pixel, −1 where nobody says. `level`, "l1c" or "l2a". For the parts of a task either `split` (N,),
train, valid or test, or places: `lonlat` (N, 2) in degrees, of which blocks of 1° are kept whole, or `group` (N,).
`classes` names them for the two latter forms of labels. Nothing in it is ever unpickled.
"""

import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.brightness import BRIGHTEST, DARKEST, like_land
from mmearth_core.evaluation.tasks.contract import UNLABELLED, Target, TileTask
from mmearth_core.evaluation.tasks.dealing import as_stated, dealt_by_place, kinds_of
from mmearth_core.sentinel2 import BANDS, LEVELS, Level
from mmearth_core.tiles.holdout import blocks


def read_arrays(path: str | Path, *needed: str) -> Mapping[str, NDArray[Any]]:
    """The arrays of a file of labelled tiles, of shapes that belong together; `needed` beside x, bands and label.

    Raises `MMEarthError` when the file is damaged, or something is missing or of another shape.
    """
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, NpzFile):
            raise MMEarthError(f"{path} is a single array; give an .npz with x, bands, level and label.")
        with file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise MMEarthError(f"Cannot read the labelled tiles {path} ({error}); give a whole .npz.") from error
    missing = [name for name in ("x", "bands", *needed, "label") if name not in arrays]
    if missing:
        raise MMEarthError(f"{path} has no {', '.join(missing)}; add it: tiles need x, bands, level and label.")
    count, bands, *side = arrays["x"].shape if arrays["x"].ndim == 4 else (0, 0)
    label = [(count,), (count, *side), (count, *arrays["label"].shape[1:2])]
    fitting = {
        "bands": [(bands,)],
        "level": [(), (1,), (count,)],
        "label": label,
        "lonlat": [(count, 2)],
        "group": [(count,)],
        "split": [(count,)],
    }
    odd = [name for name, shapes in fitting.items() if name in arrays and arrays[name].shape not in shapes]
    if odd or count < 2:
        found = ", ".join(f"{name} has shape {arrays[name].shape}" for name in ("x", *odd))
        raise MMEarthError(
            f"{path}: {found}; give x (N, bands, H, W) of two tiles or more, bands (bands,), level () or (N,),"
            " label (N,), lonlat (N, 2), and group and split (N,)."
        )
    return arrays


def read_npz(path: Path, *, level: Level | None = None) -> TileTask:
    """The task in a file; `level` for a file that does not say it.

    Raises `MMEarthError` when it is no such task, does not say its level or its places, or says another level.
    """
    arrays = read_arrays(path)
    x, label = arrays["x"], arrays["label"]
    bands = tuple(str(each) for each in arrays["bands"])
    if unknown := [band for band in bands if band not in BANDS]:
        raise MMEarthError(f"{path}: {unknown[0]!r} is no band of Sentinel-2; name its bands as {', '.join(BANDS)}.")
    target: Target = "class" if label.ndim == 1 else "classes" if label.ndim == 2 else "pixels"
    classes, label = _labelled(path, target, label, arrays.get("classes"))
    known = np.isfinite(x) & (x != 0) if x.dtype.kind == "f" else x != 0
    _check_scale(path, x, bands, known)
    kind = kinds_of(label)
    if "split" in arrays:
        parts, varies = as_stated(str(path), kind, arrays["split"])
    elif "group" in arrays or "lonlat" in arrays:
        places = arrays["group"][:, None] if "group" in arrays else blocks(arrays["lonlat"])
        if "group" not in arrays and (places < 0).any():
            raise MMEarthError(f"{path}: some tiles have no place in lonlat; give a place of each, or `split`.")
        group = np.unique(places, axis=0, return_inverse=True)[1].ravel()
        parts, varies = dealt_by_place(str(path), kind, group)
    else:
        raise MMEarthError(
            f"{path} says neither split nor lonlat nor group, and tiles beside each other would be learned from and"
            " judged on; add one of them."
        )

    def images(rows: NDArray[np.intp]) -> NDArray[np.float32]:
        # A pixel that lacks all bands is no data; one that lacks some is measured by the others.
        return np.where(known[rows].any(axis=1, keepdims=True), x[rows], np.nan).astype(np.float32)

    return TileTask(
        name=path.stem,
        target=target,
        classes=classes,
        bands=bands,
        level=_level(path, arrays, level),
        shape=x.shape[2:],
        images=images,
        labels=lambda rows: label[rows],
        parts=parts,
        varies=varies,
        identity=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _labelled(
    path: Path, target: Target, label: NDArray[Any], names: NDArray[Any] | None
) -> tuple[tuple[str, ...], NDArray[Any]]:
    """Names of classes, and labels as the contract has them."""
    if target == "class":
        found, index = np.unique(label, return_inverse=True)
        if len(found) < 2:
            raise MMEarthError(f"{path}: all tiles are of one class; give tiles of a second one.")
        return tuple(map(str, found.tolist())), index.astype(np.intp)
    if label.dtype.kind not in "biu":
        raise MMEarthError(f"{path}: its labels are no whole numbers; give the numbers of classes.")
    if target == "classes":
        if label.min() < 0 or label.max() > 1:
            raise MMEarthError(f"{path}: its label (N, classes) holds {label.min()} to {label.max()}; give 0 or 1.")
        count = label.shape[1]
    else:
        if label.min() < UNLABELLED:
            raise MMEarthError(f"{path}: the class {label.min()} is below 0; give −1 where nobody says the class.")
        count = max(int(label.max()) + 1, 0 if names is None else len(names))
    if names is not None and len(names) != count:
        raise MMEarthError(f"{path} names {len(names)} classes and has {count}; name each of them.")
    told = [f"class {number}" for number in range(count)] if names is None else [str(each) for each in names]
    return tuple(told), label.astype(np.bool_ if target == "classes" else np.intp)


def _level(path: Path, arrays: Mapping[str, NDArray[Any]], level: Level | None) -> Level:
    if "level" not in arrays:
        if level is None:
            raise MMEarthError(f"{path} does not say whether it is L1C or L2A; say it with `level`.")
        return level
    told = sorted(set(np.char.lower(arrays["level"].astype(str)).ravel().tolist()))
    if len(told) > 1 or told[0] not in LEVELS:
        raise MMEarthError(f"{path}: level is {', '.join(told)}; give tiles of one level, l1c or l2a.")
    found: Level = "l1c" if told[0] == "l1c" else "l2a"
    if level not in (None, found):
        raise MMEarthError(f"{path} says that it is {found}, and `level` says {level}; leave that out.")
    return found


def _check_scale(path: Path, x: NDArray[Any], bands: tuple[str, ...], known: NDArray[np.bool_]) -> None:
    """Raise `MMEarthError` when a band of the surface is not about as bright as the Earth is."""
    for index, band in enumerate(bands):
        values = x[:, index][known[:, index]]
        mean = float(values.mean(dtype=np.float64)) if len(values) else np.nan
        if not like_land(band, mean):
            raise MMEarthError(
                f"{path}: {band} is {mean:g} on average, where land has {DARKEST:g} to {BRIGHTEST:g} in reflectance ×"
                " 10000; give the numbers in that unit."
            )
