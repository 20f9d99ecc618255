"""What the metadata say that models for the QGIS plugin Deepness carry, in the words of our card.

Keys as its sources read them and its documentation names them: values are JSON. `resolution` in centimetres a pixel;
`tile_size`, documented as `tiles_size`, in pixels; `tiles_overlap` in per cent of a tile; `standardization_mean` and
`standardization_std` of values divided by 255, as every input is; `model_type`. What bands it takes it does not say.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmearth_core.errors import MMEarthError

#: Keys that decide something here, and the kinds of models whose output is a vector for every pixel.
_KEYS = ("resolution", "tile_size", "tiles_size", "tiles_overlap", "standardization_mean", "standardization_std")
_TYPE = "model_type"
_DENSE = {"segmentor", "regressor"}
#: Deepness divides whatever a raster holds by this before it standardises.
_DIVISOR = 255.0


def from_deepness(metadata: Mapping[str, str], path: Path) -> dict[str, Any]:
    """The facts for a card; empty when the metadata are not of Deepness.

    Raises `MMEarthError` when a value is damaged, or the kind of model gives no map of vectors.
    """
    told = {key: _value(metadata[key], key, path) for key in (*_KEYS, _TYPE) if key in metadata}
    if not told:
        return {}
    kind = str(told.get(_TYPE, "segmentor")).lower()
    if kind not in _DENSE:
        raise MMEarthError(
            f"{path} is a {kind} by its metadata, which gives no vector for each pixel; give a network whose output is"
            " (N, D, h, w), such as a Segmentor's or its features."
        )
    facts: dict[str, Any] = {"mean": 0.0, "std": _DIVISOR}
    if "resolution" in told:
        facts["resolution"] = _number(told["resolution"], "resolution", path) / 100
    sizes = {told[key] for key in ("tile_size", "tiles_size") if key in told}
    if len(sizes) > 1:
        raise MMEarthError(f"{path} says two sizes of a tile: {' and '.join(map(str, sizes))}; correct its metadata.")
    if sizes:
        facts["tile"] = int(_number(sizes.pop(), "tile_size", path))
        if "tiles_overlap" in told:
            facts["halo"] = int(facts["tile"] * _number(told["tiles_overlap"], "tiles_overlap", path) / 200)
    if "standardization_mean" in told and "standardization_std" in told:
        facts["mean"] = _numbers(told["standardization_mean"], "standardization_mean", path)
        facts["std"] = _numbers(told["standardization_std"], "standardization_std", path)
    return facts


def _value(text: str, key: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MMEarthError(f"{path}: its metadata {key!r} are no JSON; correct them.") from error


def _number(value: Any, key: str, path: Path) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return float(value)
    raise MMEarthError(f"{path}: its metadata {key!r} are no number that makes sense; correct them.")


def _numbers(value: Any, key: str, path: Path) -> list[float]:
    """Of values that were divided by 255, as of the values themselves."""
    if isinstance(value, list) and all(isinstance(each, int | float) for each in value):
        return [float(each) * _DIVISOR for each in value]
    raise MMEarthError(f"{path}: its metadata {key!r} are no list of numbers; correct them.")
