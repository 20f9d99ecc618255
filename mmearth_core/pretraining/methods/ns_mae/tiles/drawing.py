"""The picture of NS-MAE on tiles: what is known of a tile, what is rendered of it, and a section of the volume."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmearth_core.modalities import SENTINEL1_STORED
from mmearth_core.sentinel2 import ENCODER_BANDS

Array = NDArray[Any]
_HIDDEN = 0.55
_VV = {orbit: SENTINEL1_STORED.index(f"{orbit}_VV") for orbit in ("asc", "desc")}


def drawn(
    view: Mapping[str, Array],
    canopy: Array,
    above: Sequence[Array],
    colours: Array,
    radar: Array,
    density: Array,
    step: float,
) -> Figure:
    """A tile's `CanopyView` with its `canopy` (2, H, W) in metres, beside what is rendered: height, spread in metres
    and cover (H, W) from `above`, `colours` (12, H, W) and `radar` (8, H, W) in z-scores; and the `density` (Z, Y, X)
    of heights `step` metres apart."""
    hidden = view["masked"].repeat(canopy.shape[1] // len(view["masked"]), 0)
    hidden = hidden.repeat(canopy.shape[2] // view["masked"].shape[1], 1)[..., None]
    bands = [ENCODER_BANDS.index(band) for band in ("B04", "B03", "B02")]
    limits = (
        np.nanpercentile(view["sentinel2"][bands], (2, 98)) if np.isfinite(view["sentinel2"][bands]).any() else (0, 1)
    )
    truth, said = (_stretched(each[bands], *limits) for each in (view["sentinel2"], colours))
    highest, widest = (max(float(np.nanmax(each, initial=step)), step) for each in canopy)
    decibels = {"cmap": "gray", "vmin": -2, "vmax": 2}
    figure = Figure(figsize=(12, 9.5), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(3, 1))
    panels: list[list[tuple[str, Array, dict[str, Any], str]]] = [
        [
            ("image", truth, {}, ""),
            ("canopy height", canopy[0], {"vmin": 0, "vmax": highest}, "m"),
            ("its uncertainty", canopy[1], {"vmin": 0, "vmax": widest}, "m"),
            ("radar from the west, VV", view["sentinel1"][_VV["asc"]], decibels, ""),
            ("radar from the east, VV", view["sentinel1"][_VV["desc"]], decibels, ""),
        ],
        [
            ("rendered", said, {}, ""),
            ("rendered height", above[0], {"vmin": 0, "vmax": highest}, "m"),
            ("rendered spread", above[1], {"vmin": 0, "vmax": widest}, "m"),
            ("rendered", radar[_VV["asc"]], decibels, ""),
            ("rendered", radar[_VV["desc"]], decibels, ""),
        ],
        [
            ("seen", np.where(hidden, _HIDDEN, truth), {}, ""),
            ("rendered cover", above[2], {"vmin": 0, "vmax": 1}, ""),
        ],
    ]
    grid = parts[0].subplots(3, 5)
    for axes, row in zip(grid, panels, strict=True):
        for at, place in enumerate(axes):
            place.set_axis_off()
            if at < len(row):
                title, panel, how, unit = row[at]
                shown = place.imshow(panel, **how)
                place.set_title(title, fontsize=9)
                if unit:
                    parts[0].colorbar(shown, ax=place, label=unit, shrink=0.8)
    _section(parts[1].subplots(), canopy[0], density, step)
    return figure


def _section(axes: Any, canopy: Array, density: Array, step: float) -> None:
    """From left to right through the row with the highest mean canopy: densities, and the canopy's height."""
    means = np.nan_to_num(canopy).mean(1)
    row = int(means.argmax())
    cells = density[:, row * density.shape[1] // len(means)]
    width = canopy.shape[1]
    shown = axes.imshow(
        cells,
        origin="lower",
        aspect="auto",
        cmap="Greens",
        vmin=0,
        extent=(-0.5, width - 0.5, -step / 2, (len(cells) - 0.5) * step),
    )
    axes.figure.colorbar(shown, ax=axes, label="density, 1/m")
    axes.step(np.arange(width), canopy[row], where="mid", color="tab:red", label="canopy height")
    axes.set_xlabel(f"pixel of row {row}")
    axes.set_ylabel("m above ground")
    axes.legend(loc="upper right", fontsize=8)


def _stretched(channels: Array, low: float, high: float) -> Array:
    scaled = (np.nan_to_num(channels, nan=low) - low) / max(high - low, 1e-3)
    return np.clip(scaled, 0, 1).transpose(1, 2, 0)
