"""Which channel of a task of torchgeo-bench is which band of Sentinel-2, and in which unit. Plain values."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.geobench_facts import LABELS, TASKS

#: What torchgeo-bench calls the bands of Sentinel-2.
NAMES: Mapping[str, str] = {
    **{"coastal_aerosol": "B01", "blue": "B02", "green": "B03", "red": "B04", "red_edge_1": "B05"},
    **{"red_edge_2": "B06", "red_edge_3": "B07", "nir": "B08", "red_edge_4": "B8A", "water_vapour": "B09"},
    **{"swir_cirrus": "B10", "swir_1": "B11", "swir_2": "B12"},
}
#: A mean below it is of reflectance, above it of reflectance × 10000.
_REFLECTANCE = 10.0


class Spec(Protocol):
    """What is read of a band's description there."""

    sensor: str
    name: str
    source_name: str
    mean: float
    max: float


def bands_of(specs: Sequence[Spec]) -> dict[str, int]:
    """The channel of every band of Sentinel-2, with labels that GEO-Bench has wrong put right.

    Raises `MMEarthError` when there is none.
    """
    table = {each.source_name: {"mean": each.mean, "max": each.max} for each in specs}
    mended: Mapping[str, str] = {}
    for facts in TASKS.values():
        sign = facts.sign
        if facts.mended and sign and sign.wrong in table and table[sign.wrong][sign.statistic] < sign.limit:
            mended = facts.mended
            break
    found = {}
    for channel, each in enumerate(specs):
        if each.sensor == "s2":
            band = mended.get(each.source_name, LABELS.get(each.source_name) or NAMES.get(each.name, ""))
            if band:
                found[band] = channel
    if not found:
        raise MMEarthError("The task has no band of Sentinel-2 that is known by its name; give another task.")
    return found


def unit_of(specs: Sequence[Spec]) -> float:
    """Reflectance × 10000 per unit of the channels, by their means."""
    means = [each.mean for each in specs if each.sensor == "s2"]
    return 10_000.0 if sum(means) / max(1, len(means)) < _REFLECTANCE else 1.0
