"""The picture of NS-MAE: a scene as its sensors show it, what was seen of it, and what is rendered from that."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmearth_core.pretraining.methods.ns_mae.scenes.view import COLOUR_MEAN, COLOUR_SPREAD
from mmearth_core.pretraining.methods.ns_mae.scenes.world import EXTENT, REACH

Array = NDArray[Any]
_HIDDEN = 0.55


def drawn(view: Mapping[str, Array], colours: Array, distances: Array, heights: Array) -> Figure:
    """A scene's `SceneView` beside rendered colours (4, H, W, 3), distances (4, H, W) and heights (Y, X)."""
    images = np.clip(view["image"].transpose(0, 2, 3, 1) * COLOUR_SPREAD + COLOUR_MEAN, 0, 1)
    patch = images.shape[1] // view["masked"].shape[1]
    hidden = view["masked"].repeat(patch, 1).repeat(patch, 2)[..., None]
    rows = [
        ("camera", images, None),
        ("seen", np.where(hidden, _HIDDEN, images), None),
        ("rendered", np.clip(colours, 0, 1), None),
        ("LiDAR distance", view["depth"], REACH),
        ("rendered", distances, REACH),
    ]
    figure = Figure(figsize=(11, 11), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(5, 2.4))
    above, below = parts
    for axes, (title, row, most) in zip(above.subplots(len(rows), 4), rows, strict=True):
        for camera, each in enumerate(axes):
            shown = each.imshow(row[camera], vmin=0 if most else None, vmax=most, cmap="viridis")
            each.set_xticks([])
            each.set_yticks([])
        axes[0].set_ylabel(title)
        if most:
            above.colorbar(shown, ax=axes, label="m", shrink=0.9)
    measured = view["points"][0].any(0)
    panels = [
        ("boxes from above", view["boxes"], None),
        ("LiDAR voxels that are seen", measured, None),
        ("height of hidden voxels", view["height"], EXTENT[2]),
        ("rendered from above", heights, EXTENT[2]),
    ]
    for each, (title, panel, most) in zip(below.subplots(1, len(panels)), panels, strict=True):
        shown = each.imshow(panel, origin="lower", vmin=0, vmax=most or 1, cmap="viridis" if most else "gray")
        each.set_title(title, fontsize=9)
        each.set_xticks([])
        each.set_yticks([])
        if most:
            below.colorbar(shown, ax=each, label="m", shrink=0.8)
    return figure
