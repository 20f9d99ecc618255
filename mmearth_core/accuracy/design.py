"""How reference points were drawn: the strata of a sample of ours and their sizes, or the classes of the map."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.accuracy.comparison import Comparison, Points
from mmearth_core.accuracy.reference_sample import DESIGN_FIELDS
from mmearth_core.errors import MMEarthError
from mmearth_core.wording import left_out


@dataclass(frozen=True, eq=False)
class Design:
    """The stratum of each point (n,), where it is `known` (of the sample), hectares and names of all strata, and what
    that assumes, in sentences; whether the file `told` it."""

    stratum: NDArray[np.int64]
    known: NDArray[np.bool_]
    sizes: Mapping[int, float]
    names: Mapping[int, str]
    warnings: tuple[str, ...] = ()
    told: bool = True


def design_of(compared: Comparison, points: Points) -> Design:
    """The design that the points tell, else that of a random sample of the maps' classes.

    The points of samples that were drawn of each place by itself have the classes of each place for strata.
    Raises `MMEarthError` when they are of several samples whose strata may cover the same ground.
    """
    measured, names = compared.measured, compared.names
    told = _told(compared, points.feature)
    if told is None:
        extent = "" if len(measured.each) == 1 else " over all places together"
        return Design(
            points.mapped,
            np.ones(len(points.mapped), np.bool_),
            measured.hectares,
            names,
            (
                "The points carry no sampling design: intervals and areas hold only if they were drawn at random,"
                f" simply, systematically or by the classes of this map{extent} (mmearth sample makes such points).",
            ),
            told=False,
        )
    stratum, hectares, digest = told
    known = np.isfinite(stratum) & np.isfinite(hectares) & (hectares > 0)
    strata = np.where(known, stratum, 0).astype(np.int64)
    drawn_of = set(digest[known].tolist())
    of_places = {each.digest: number for number, each in enumerate(measured.each)}
    if drawn_of == {measured.digest}:
        known &= np.isin(strata, list(measured.hectares))
        return Design(strata, known, measured.hectares, names, _not_drawn(known))
    if len(drawn_of) == 1:
        sizes = dict(zip(strata[known].tolist(), hectares[known].tolist(), strict=True))
        another = "The sample was drawn from another map: its strata are used (Stehman 2014)."
        return Design(strata, known, sizes, names, (*_not_drawn(known), another))
    if not drawn_of <= set(of_places) or len(of_places) < len(measured.each) or measured.messages:
        raise MMEarthError(
            f"{compared.vector.path} has points of {len(drawn_of)} samples, drawn of different maps, whose strata may"
            " cover the same ground; give the points of one sample."
        )
    return _by_place(compared, strata, known, [of_places.get(each, -1) for each in digest.tolist()])


def _by_place(compared: Comparison, strata: NDArray[np.int64], known: NDArray[np.bool_], place: list[int]) -> Design:
    """A sample of each place: every class of every place is a stratum."""
    numbers: dict[tuple[int, int], int] = {}
    sizes, names = dict[int, float](), dict[int, str]()
    for index, areas in enumerate(compared.measured.each):
        for value, hectares in areas.hectares.items():
            number = numbers[index, value] = len(numbers) + 1
            sizes[number] = hectares
            names[number] = f"{compared.names[value]} of {compared.maps.names[index]}"
    pairs = zip(place, strata.tolist(), strict=True)
    found = np.array([numbers.get(pair, 0) for pair in pairs], np.int64)
    known = known & (found > 0)
    told = "Each place was sampled by itself: the strata are the classes of each place."
    return Design(found, known, sizes, names, (*_not_drawn(known), told))


def _told(
    compared: Comparison, feature: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]] | None:
    """(stratum, its hectares, the map's fingerprint) of each point of a file of `mmearth sample`; None of others."""
    told = compared.vector.beside
    if not set(DESIGN_FIELDS) <= set(told):
        return None
    stratum, hectares, digest = (told[name][feature] for name in DESIGN_FIELDS)
    if stratum.dtype.kind not in "iuf" or hectares.dtype.kind not in "iuf":
        return None
    if not (np.isfinite(stratum) & np.isfinite(hectares) & (hectares > 0)).any():
        return None
    return stratum.astype(np.float64), hectares.astype(np.float64), digest.astype(object)


def _not_drawn(known: NDArray[np.bool_]) -> tuple[str, ...]:
    if known.all():
        return ()
    return (f"{left_out(int((~known).sum()), 'point', 'not of the random sample (no stratum)', len(known))}.",)
