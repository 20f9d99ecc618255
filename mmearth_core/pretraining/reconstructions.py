"""Pictures of what a network makes of hold-out tiles: input, mask, and of every pixel modality truth and prediction.

For looking at only: nothing is computed from a picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmearth_core.files import atomic_path
from mmearth_core.modalities import SENTINEL1_STORED, TEACHER_PREFIX, is_teacher
from mmearth_core.sentinel2 import ENCODER_BANDS

#: (H, W, 3), 0 … 1.
Image = NDArray[np.float32]
Array = NDArray[Any]

#: Columns a modality has in the picture, and what they show.
_TITLES = {
    "sentinel2": "Sentinel-2",
    "sentinel1": "Sentinel-1 (VV, VH, VV−VH)",
    "aster": "Elevation",
    "dynamic_world": "Dynamic World",
    "canopy_height_eth": "Canopy height",
    "esa_worldcover": "ESA WorldCover",
}
#: The colours in which the makers of both maps publish them, in the order of class indices.
_COLOURS = {
    "dynamic_world": "419bdf 397d49 88b053 7a87c6 e49635 dfc35a c4281b a59b8f b39fe1",
    "esa_worldcover": "006400 ffbb22 ffff4c f096ff fa0000 b4b4b4 f0f0f0 0064c8 0096a0 00cf75 fae6a0",
}
_MASKED = np.float32(0.55)
#: Side of a tile in the picture, gaps, and room for text, in picture pixels.
_SIDE, _GAP, _GROUP_GAP, _HEAD, _FOOT = 128, 3, 14, 46, 6
_DPI = 100


@dataclass(frozen=True)
class Example:
    """One tile: the network's input (C, H, W), which patches were hidden (g, g), and per modality truth and prediction.

    Truth is z-scores (outputs, H, W) with NaN, or classes (H, W) with −1; predictions are z-scores or class scores
    (outputs, H, W); a teacher has a cell for each of its strides. `bands`: names of the input channels.
    """

    image: Array
    masked: Array
    bands: Sequence[str]
    truth: Mapping[str, Array]
    predicted: Mapping[str, Array]


def write_picture(path: Path, examples: Sequence[Example], title: str) -> None:
    """Write a PNG: a row for each example; input, masked input, then truth beside prediction of each modality."""
    predicted = examples[0].predicted
    names = [name for name in _TITLES if name in predicted] + [name for name in predicted if is_teacher(name)]
    groups = [["input", "masked"], *([f"{name}/truth", f"{name}/prediction"] for name in names)]
    rows = [_row(example, names) for example in examples]
    lefts, left = {}, _GROUP_GAP
    for group in groups:
        for key in group:
            lefts[key], left = left, left + _SIDE + _GAP
        left += _GROUP_GAP - _GAP
    height = _HEAD + len(rows) * (_SIDE + _GAP) + _FOOT
    canvas = np.ones((height, left, 3), np.float32)
    for index, row in enumerate(rows):
        top = _HEAD + index * (_SIDE + _GAP)
        for key, image in row.items():
            canvas[top : top + _SIDE, lefts[key] : lefts[key] + _SIDE] = _enlarged(image)
    figure = Figure(figsize=(left / _DPI, height / _DPI), dpi=_DPI)
    FigureCanvasAgg(figure)
    figure.figimage(canvas)
    _label(figure, canvas.shape, lefts, names, title)
    write_figure(path, figure)


def write_figure(path: Path, figure: Figure) -> None:
    """Write a figure as a PNG, whole or not at all."""
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=_DPI)


def _label(figure: Figure, shape: tuple[int, ...], lefts: Mapping[str, int], names: Sequence[str], title: str) -> None:
    height, width = shape[:2]

    def write(x: float, y: float, text: str, size: float, weight: str = "normal", align: str = "center") -> None:
        figure.text(x / width, 1 - y / height, text, size=size, weight=weight, ha=align, va="center")

    write(_GROUP_GAP, 9, title, 7.5, align="left")
    half = _SIDE / 2
    for key, caption in (("input", "input"), ("masked", "what the encoder sees")):
        write(lefts[key] + half, 37, caption, 7)
    for name in names:
        write(lefts[f"{name}/truth"] + _SIDE + _GAP / 2, 23, _title(name), 8, "bold")
        write(lefts[f"{name}/truth"] + half, 37, "truth", 7)
        write(lefts[f"{name}/prediction"] + half, 37, "prediction", 7)


def _row(example: Example, names: Sequence[str]) -> dict[str, Image]:
    """The images of one tile by column."""
    colours = [list(example.bands).index(band) for band in ("B04", "B03", "B02")]
    visible = example.image[colours]
    side = visible.shape[-1] // example.masked.shape[-1]
    hidden = np.kron(example.masked.astype(bool), np.ones((side, side), bool))
    stretch = _limits(visible)
    shown = _stretched(visible, stretch)
    images = {"input": shown, "masked": np.where(hidden[..., None], _MASKED, shown)}
    for name in names:
        truth, predicted = example.truth[name], example.predicted[name]
        pair = (_features if is_teacher(name) else _PAIRS.get(name, _classes))(truth, predicted, name)
        missing = _unknown(truth)
        images[f"{name}/truth"] = np.where(missing[..., None], _stripes(missing.shape), pair[0])
        images[f"{name}/prediction"] = pair[1]
    return images


def _colours_of_sentinel2(truth: Array, predicted: Array, _name: str) -> tuple[Image, Image]:
    colours = [ENCODER_BANDS.index(band) for band in ("B04", "B03", "B02")]
    limits = _limits(truth[colours])
    return _stretched(truth[colours], limits), _stretched(predicted[colours], limits)


def _radar(truth: Array, predicted: Array, _name: str) -> tuple[Image, Image]:
    """VV, VH and their difference as red, green and blue, of the orbit with more values."""
    orbits = [[SENTINEL1_STORED.index(f"{orbit}_{p}") for p in ("VV", "VH")] for orbit in ("asc", "desc")]
    orbit = max(orbits, key=lambda channels: np.isfinite(truth[channels]).sum())
    both = [np.concatenate([each[orbit], each[orbit[:1]] - each[orbit[1:]]]) for each in (truth, predicted)]
    limits = _limits(both[0], common=False)
    return _stretched(both[0], limits), _stretched(both[1], limits)


def _elevation(truth: Array, predicted: Array, _name: str) -> tuple[Image, Image]:
    """Elevation from black to white on one scale for both. Not shaded: of a prediction one would see its noise only."""
    low, high = _limits(np.concatenate([truth[:1], predicted[:1]], axis=2))[0]
    # A plain would be all noise: differences of a tenth of a standard deviation at least fill the scale.
    limits = np.array([[low, max(high, low + 0.1)]], np.float32)
    return _stretched(truth[:1], limits, gamma=1), _stretched(predicted[:1], limits, gamma=1)


def _canopy(truth: Array, predicted: Array, _name: str) -> tuple[Image, Image]:
    """Height from pale to dark green over the truth's range."""
    limits = _limits(truth[:1])
    dark, pale = np.array((0.0, 0.27, 0.1), np.float32), np.array((0.98, 0.98, 0.85), np.float32)
    images = [pale + (dark - pale) * _stretched(each[:1], limits, gamma=1) for each in (truth, predicted)]
    return images[0], images[1]


def _classes(truth: Array, predicted: Array, name: str) -> tuple[Image, Image]:
    table = np.array([[int(code[at : at + 2], 16) / 255 for at in (0, 2, 4)] for code in _COLOURS[name].split()])
    table = table.astype(np.float32)
    return table[np.maximum(truth, 0)], table[predicted.argmax(axis=0)]


def _features(truth: Array, predicted: Array, _name: str) -> tuple[Image, Image]:
    """A teacher: the first three principal components of the truth as red, green and blue, over their own ranges."""
    known = np.isfinite(truth).all(axis=0)
    cells = truth[:, known].T.astype(np.float64)
    mean = cells.mean(axis=0) if len(cells) else np.zeros(len(truth))
    axes = np.zeros((3, len(truth)))
    found = np.linalg.svd(cells - mean, full_matrices=False)[2][:3]
    axes[: len(found)] = found
    both = [np.tensordot(axes, each - mean[:, None, None], axes=1) for each in (truth, predicted)]
    limits = _limits(both[0], common=False)
    return _stretched(both[0], limits, gamma=1), _stretched(both[1], limits, gamma=1)


def _title(name: str) -> str:
    return f"Features of {name.removeprefix(TEACHER_PREFIX)}" if is_teacher(name) else _TITLES[name]


_PAIRS = {"sentinel2": _colours_of_sentinel2, "sentinel1": _radar, "aster": _elevation, "canopy_height_eth": _canopy}


def _unknown(truth: Array) -> NDArray[np.bool_]:
    """Where a tile has no value in any channel."""
    return np.less(truth, 0) if truth.ndim == 2 else np.asarray(np.isnan(truth).all(axis=0))


def _stripes(shape: tuple[int, ...]) -> Image:
    """What is shown where there is no value."""
    rows, columns = np.indices(shape)
    return np.where((rows + columns) % 6 < 2, 0.75, 0.95).astype(np.float32)[..., None]


def _limits(channels: Array, *, common: bool = True) -> Array:
    """Values shown as black and white, (C, 2): the 2nd and 98th percentile, of all channels together or of each."""
    parts = [channels.reshape(-1)] * len(channels) if common else list(channels.reshape(len(channels), -1))
    found = [part[np.isfinite(part)] for part in parts]
    return np.array([np.percentile(part, (2, 98)) if part.size else (0, 1) for part in found], np.float32)


def _stretched(channels: Array, limits: Array, *, gamma: float = 0.8) -> Image:
    """Channels (C, H, W) → (H, W, 3) between their limits; one channel becomes grey."""
    low, high = limits[:, :1, None], limits[:, 1:, None]
    scaled = np.clip((np.nan_to_num(channels, nan=0.0) - low) / np.maximum(high - low, 1e-3), 0, 1) ** gamma
    image: Image = np.moveaxis(np.broadcast_to(scaled, (3, *scaled.shape[1:])), 0, -1).astype(np.float32)
    return image


def _enlarged(image: Image) -> Image:
    """An image at the side of the picture's tiles, nearest neighbour."""
    height, width = image.shape[:2]
    enlarged: Image = image[np.arange(_SIDE) * height // _SIDE][:, np.arange(_SIDE) * width // _SIDE]
    return enlarged
