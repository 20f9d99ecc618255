"""Which channel of a task of torchgeo-bench is which band of Sentinel-2, in which unit, at which level. Plain values.

A task is known by its bands and their statistics. Labels of GEO-Bench 1.0 are wrong in two of its tasks: they are put
right where the statistics show it, and refused where nobody can tell; so are bands that cannot be what they are called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mmearth_core.band_names.reading import band_name
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.tasks.brightness import ATMOSPHERE, BRIGHTEST, DARKEST, like_land
from mmearth_core.evaluation.tasks.geobench_facts import LABELS, TASKS, Facts
from mmearth_core.sentinel2 import Level

#: What torchgeo-bench calls the bands of Sentinel-2, where it does not call them by their codes.
NAMES: Mapping[str, str] = {
    **{"coastal_aerosol": "B01", "blue": "B02", "green": "B03", "red": "B04", "red_edge_1": "B05"},
    **{"red_edge_2": "B06", "red_edge_3": "B07", "nir": "B08", "red_edge_4": "B8A", "water_vapour": "B09"},
    **{"swir_cirrus": "B10", "swir_1": "B11", "swir_2": "B12"},
}
#: At which level the images of a task were taken; those of these three are those of GEO-Bench 1.0.
LEVELS: Mapping[str, Level] = {
    **{name: facts.level for name, facts in TASKS.items()},
    **{"eurosat": "l1c", "eurosat-spatial": "l1c", "so2sat": "l1c"},
}
#: Reflectance × 10000 per unit of what is stored: as it is, or reflectance.
_UNITS = (1.0, 10_000.0)
#: The highest number of a picture of 8 bits.
_PICTURE = 255.0
_LEFT = "leave it out of `dataset.names`"


class Spec(Protocol):
    """What is read of a band's description there; statistics are in the unit of the images."""

    @property
    def sensor(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def source_name(self) -> str: ...

    @property
    def mean(self) -> float: ...

    @property
    def max(self) -> float: ...


@dataclass(frozen=True)
class Channels:
    """What is in the channels of a task's images.

    `bands`: the channel of every band of Sentinel-2; `unit`: reflectance × 10000 per unit of the images; `task`: its
    name, "" where it is not known; `level`: at which the images were taken, None where it is not known.
    """

    bands: Mapping[str, int]
    unit: float
    task: str = ""
    level: Level | None = None


def channels_of(specs: Sequence[Spec], tasks: Mapping[str, Sequence[Spec]]) -> Channels:
    """What is in the channels of images that `specs` describe. `tasks`: all bands of each task by its name.

    Raises `MMEarthError` when none is a band of Sentinel-2, when it cannot be told which is which, or when one cannot
    be the band that it is called.
    """
    task = next((name for name, whole in tasks.items() if _all_in(specs, whole)), "")
    # What is chosen of a task is told by the whole of it.
    whole = [each for each in tasks.get(task, specs) if each.sensor == "s2"]
    about = f"The task {task}" if task else "The task"
    unit = _unit(whole, about)
    mended = _mended(whole, unit, TASKS.get(task), about)
    _check(whole, mended, unit, about)
    found: dict[str, int] = {}
    for channel, each in enumerate(specs):
        band = _band(each, mended)
        if band in found:
            raise MMEarthError(
                f"{about} has two channels that are called {band}; choose one of them with `dataset.bands`."
            )
        if band:
            found[band] = channel
    if not found:
        raise MMEarthError(f"{about} has no band of Sentinel-2 that is known by its name; {_LEFT}.")
    return Channels(found, unit, task, LEVELS.get(task))


def _all_in(specs: Sequence[Spec], whole: Sequence[Spec]) -> bool:
    """Whether a task has every one of these bands, with these statistics."""
    there = {_identity(each) for each in whole}
    return all(_identity(each) in there for each in specs)


def _identity(spec: Spec) -> tuple[str, str, str, float, float]:
    return spec.sensor, spec.name, spec.source_name, spec.mean, spec.max


def _band(spec: Spec, mended: Mapping[str, str]) -> str:
    """The band that a channel holds, "" where it is none of Sentinel-2's that is known."""
    if spec.sensor != "s2":
        return ""
    if spec.source_name in LABELS:
        return mended.get(spec.source_name, LABELS[spec.source_name])
    return band_name(spec.source_name) or NAMES.get(spec.name, "")


def _unit(specs: Sequence[Spec], about: str) -> float:
    """Reflectance × 10000 per unit of the channels, by the middle one of their means."""
    if not specs:
        raise MMEarthError(f"{about} has no band of Sentinel-2; {_LEFT}.")
    middle = float(np.median([each.mean for each in specs]))
    for unit in _UNITS:
        if DARKEST <= middle * unit <= BRIGHTEST:
            return unit
    raise MMEarthError(
        f"{about} has bands of {middle:g} on average, which is neither reflectance nor reflectance × 10000; {_LEFT}."
    )


def _mended(specs: Sequence[Spec], unit: float, facts: Facts | None, about: str) -> Mapping[str, str]:
    """For labels of GEO-Bench 1.0 that are wrong in this task which band is there, "" for what is none.

    Of a task that is not known it may be any of those with wrong labels.
    """
    labelled = {each.source_name: each for each in specs if each.source_name in LABELS}
    for each in TASKS.values() if facts is None else (facts,):
        mended, sign = each.mended, each.sign
        if mended is None or sign is None or not mended.keys() & labelled.keys():
            continue
        if sign.wrong in labelled:
            if unit * getattr(labelled[sign.wrong], sign.statistic) < sign.limit:
                return mended
        elif facts is None:
            raise MMEarthError(
                f"{about} has bands that are labelled as those of GEO-Bench 1.0, whose labels are wrong in some tasks,"
                f" and lacks {sign.wrong!r}, by which that would be told; add this band to `dataset.bands`."
            )
    return {}


def _check(specs: Sequence[Spec], mended: Mapping[str, str], unit: float, about: str) -> None:
    """Raise `MMEarthError` when a band cannot be what it is called: the surface is bright, and cirrus is rare."""
    named = [(band, each) for each in specs if (band := _band(each, mended))]
    surface = [unit * each.mean for band, each in named if band not in ATMOSPHERE]
    for band, each in named:
        mean = unit * each.mean
        if not like_land(band, mean):
            raise MMEarthError(
                f"{about} has {mean:g} on average as its {band} in reflectance × 10000, where land has {DARKEST:g} to"
                f" {BRIGHTEST:g}; {_LEFT}."
            )
        if band not in ATMOSPHERE and unit * each.max <= _PICTURE:
            raise MMEarthError(
                f"{about} has at most {each.max:g} as its {band}, as pictures of 8 bits have, not Sentinel-2; {_LEFT}."
            )
        if band == "B10" and surface and mean >= min(surface):
            raise MMEarthError(
                f"{about} has a {band} that is brighter than another of its bands, though it sees little but cirrus:"
                f" its bands are not labelled rightly; {_LEFT}."
            )
