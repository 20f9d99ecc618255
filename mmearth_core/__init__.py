"""Representations of Sentinel-2 scenes with MP-MAE encoders, and maps from a few labels.

Each verb of the command line is one keyword-only function here, imported when first used:
`mmearth embed SCENE -o EMB.tif` is `mmearth_core.embed(scene=..., output=...)`. `__init__.pyi` shows them all.
"""

import importlib
from typing import Any

from mmearth_core.verbs import PUBLIC

__version__ = "0.1.0"

__all__ = sorted(["__version__", *PUBLIC])  # noqa: PLE0605 - the names are those of the table of verbs


def __getattr__(name: str) -> Any:
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(PUBLIC[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__
