"""Whether a model of classes can map scenes one by one, as those of a folder are: each has one date and no layers."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication


def why_not_one_by_one(probe: dict[str, Any]) -> str:
    """Why a model, as the worker tells it (`info`, `probe` of `fit_samples`), cannot map single scenes, and what to do;
    empty when it can."""
    if probe.get("layers"):
        return QCoreApplication.translate(
            "SingleScenes",
            "The model learned from extra layers too ({}), which scenes of a folder do not have; put the scenes and"
            " these layers into a working set and map that, or learn from samples without the layers.",
        ).format(", ".join(probe["layers"]))
    if probe.get("dates together"):
        return QCoreApplication.translate(
            "SingleScenes",
            "The model sees several dates of a place at once ({}), and a scene of a folder is of one; put the dates of"
            " each place into a working set and map that, or learn with “Dates: each votes”.",
        ).format(", ".join(probe["dates"]))
    return ""
