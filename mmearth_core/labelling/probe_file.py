"""Probes as JSON files: complete, readable, strict. Loading runs no code and trusts no number."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import mmearth_core
from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.labelling.probe import QUANTILES, Probe, Reach, Training
from mmearth_core.maps.conventions import MAX_CLASSES, NODATA
from mmearth_core.maps.legend import Legend

#: What the file says it is, and the version of its layout; readers refuse what they do not know.
FORMAT, FORMAT_VERSION = "mmearth-probe", 1


def save_probe(path: str | Path, probe: Probe, *, validation: Mapping[str, Any] | None = None) -> None:
    """Write a probe, whole or not at all, with the summary of its validation for readers."""
    write_json(
        path,
        {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "software": f"mmearth {mmearth_core.__version__}",
            "model": {"name": probe.model_name, "id": probe.model_id, "scales": probe.scales, "offsets": probe.offsets},
            "classes": probe.legend.to_json(),
            "training": {
                "pixels": probe.training.pixels,
                "polygons": probe.training.polygons,
                "digest": probe.training.digest,
                "regularisation": probe.regularisation,
            },
            "validation": validation,
            "scale": probe.scale,
            "centre": probe.centre.tolist(),
            "intercept": probe.intercept.tolist(),
            "coefficients": probe.coefficients.tolist(),
            "reach": {
                "centres": probe.reach.centres.tolist(),
                "spread": probe.reach.spread.tolist(),
                "quantiles": probe.reach.quantiles.tolist(),
            },
        },
    )


def load_probe(path: str | Path) -> Probe:
    """Read a probe. Raises `MMEarthError` when the file is missing, not a probe, of another version, or damaged."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MMEarthError(f"{path} does not exist; make a probe with: mmearth fit.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise MMEarthError(f"{path} cannot be read as a probe; make one with: mmearth fit.") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MMEarthError(f"{path} is not valid JSON ({error}); fit the probe again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise MMEarthError(f"{path} is not a probe of mmearth; make one with: mmearth fit.")
    if content.get("format_version") != FORMAT_VERSION:
        raise MMEarthError(
            f"{path} has probe format {content.get('format_version')!r}, this mmearth reads {FORMAT_VERSION};"
            " update mmearth or fit again."
        )
    try:
        return _probe(content)
    except KeyError as error:
        raise MMEarthError(f"{path} is damaged: {error} is missing; fit the probe again.") from error
    except (TypeError, ValueError) as error:
        raise MMEarthError(f"{path} is damaged: {error}; fit the probe again.") from error


def _probe(content: Mapping[str, Any]) -> Probe:
    legend = Legend.from_json(content["classes"])
    classes = len(legend)
    if classes < 2 or not all(NODATA < value <= MAX_CLASSES for value in legend.values):
        raise ValueError(f"a probe has at least two classes with values 1 … {MAX_CLASSES}")
    model, training, reach = (_object(content, key) for key in ("model", "training", "reach"))
    bands = len(_list(content, "centre"))
    return Probe(
        coefficients=_numbers(content, "coefficients", (classes, bands)),
        intercept=_numbers(content, "intercept", (classes,)),
        centre=_numbers(content, "centre", (bands,)),
        scale=_positive(content, "scale"),
        regularisation=_positive(training, "regularisation"),
        legend=legend,
        model_name=_text(model, "name"),
        model_id=_text(model, "id"),
        scales=tuple(_numbers(model, "scales", (bands,)).tolist()),
        offsets=tuple(_numbers(model, "offsets", (bands,)).tolist()),
        reach=Reach(
            centres=_numbers(reach, "centres", (classes, bands)),
            spread=_numbers(reach, "spread", (classes,)),
            quantiles=_numbers(reach, "quantiles", (QUANTILES,)),
        ),
        training=Training(_count(training, "pixels"), _count(training, "polygons"), _text(training, "digest")),
    )


def _object(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = content[key]
    if not isinstance(value, dict):
        raise TypeError(f"{key!r} is not an object")
    return value


def _list(content: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = content[key]
    if not isinstance(value, list) or not value:
        raise TypeError(f"{key!r} is not a list with entries")
    return value


def _numbers(content: Mapping[str, Any], key: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    try:
        array = np.array(_list(content, key))
    except ValueError as error:  # ragged
        raise ValueError(f"{key!r} has not the shape {shape}") from error
    if array.dtype.kind not in "if" or array.shape != shape:
        raise ValueError(f"{key!r} has not the shape {shape} or holds more than numbers")
    values = array.astype(np.float64)
    if not np.isfinite(values).all() or np.abs(values).max() > 1e30:
        raise ValueError(f"{key!r} holds numbers that are not finite")
    return values


def _positive(content: Mapping[str, Any], key: str) -> float:
    value = content[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e30:
        raise ValueError(f"{key!r} is not a positive number")
    return float(value)


def _count(content: Mapping[str, Any], key: str) -> int:
    value = content[key]
    if type(value) is not int or value < 0:
        raise ValueError(f"{key!r} is not a count")
    return value


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content[key]
    if not isinstance(value, str):
        raise TypeError(f"{key!r} is not text")
    return value
