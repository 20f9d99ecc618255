"""Representations of Sentinel-2 scenes with MP-MAE encoders, and maps from a few labels.

Each verb of the command line is one keyword-only function here, imported when first used:
`mmearth embed SCENE -o EMB.tif` is `mmearth_core.embed(scene=..., output=...)`.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_VERBS = {
    "embed": "mmearth_core.embedding.engine",
    "embed_array": "mmearth_core.embedding.arrays",
    "fit": "mmearth_core.labelling.fitting",
    "classify": "mmearth_core.labelling.classification",
    "similar": "mmearth_core.labelling.similarity",
    "cluster": "mmearth_core.labelling.clusters",
    "suggest": "mmearth_core.labelling.suggestions",
    "sample": "mmearth_core.accuracy.reference_sample",
    "assess": "mmearth_core.accuracy.assessment",
    "outline": "mmearth_core.maps.outlines",
    "report": "mmearth_core.reports.reporting",
    "build_tiles": "mmearth_core.tiles.build.building",
    "pretrain": "mmearth_core.pretraining.pretrain",
    "load_encoder": "mmearth_core.encoder.loading",
}

__all__ = ["__version__", *_VERBS]  # noqa: PLE0604 - the names are those of the table above


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return getattr(importlib.import_module(_VERBS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
