"""What of a scene is ground, found from samples of its raw values: before anything else is concluded from them.

Files often do not declare what they hold outside the swath. It is known by what no ground can be: a value beyond any
reflectance, one value in every band, or one and the same spectrum in very many pixels (0 less a dark object's). Pure:
no files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mmearth_core.raster.ground.rule import HIGHEST, LOWEST, Cause, GroundRule, is_ground

#: Fewer equal values than this are chance.
_REPEATED = 8
#: Of the pixels that have a constant in one band, so many have it in all, when it stands for nothing.
_ALL_BANDS = 0.9
#: One spectrum is fill from so many pixels on, in such a share of those looked at, when all that follow are so many
#: times rarer. No spectrum of real ground comes near, with 12 bands or 4, over the sea or land (a test looks for one):
#: the most frequent has 0.4 % of a tile, and bands repeated from 60 m pixels make 36 of one.
_FLAT_PIXELS, _FLAT_SHARE, _FLAT_GAP = 128, 0.005, 10
#: So many such spectra may be in one file: frames of several dates.
_FLAT_SPECTRA = 4
#: Values to which others are clamped, which many bands of dark water have at once; a spectrum is told by its others.
_CLAMPED = (0, 1)
#: Half of all reflectances are below this in any unit but their own.
_REFLECTANCE = 2.5
#: A band with a measurement in a smaller share of the ground is empty.
_EMPTY = 0.01
#: So many pixels around fill are mixed with it where a cubic kernel resampled it.
_KERNEL = 2
#: With a smaller share of complete pixels, values are judged by the bands that most pixels have.
_COMPLETE = 0.1


@dataclass(frozen=True)
class Survey:
    """What samples of a scene show: the `rule` by which to read it, and of its bands those that are `empty`.

    `warnings` say what is no ground though no file says so; without `any_ground` that is all there is.
    """

    rule: GroundRule
    any_ground: bool
    empty: tuple[str, ...]
    warnings: tuple[str, ...]


def survey(
    raw: NDArray[np.float32],
    bands: Sequence[str],
    needed: int,
    *,
    floating: bool,
    source: str,
    gain: float | None = None,
) -> Survey:
    """What of a scene is ground, by raw values (bands, n), NaN where the file declares them none.

    `floating`: whether the file holds floating-point numbers; `needed`: bands a pixel must have; `gain`: DN per raw
    unit, where it is known.
    """
    known = np.isfinite(raw) & (raw != 0)
    equal = known.all(0) & (raw == raw[0]).all(0)
    gain = gain or _gain(raw[:, ~equal][known[:, ~equal]], floating=floating)
    possible = known & (raw >= LOWEST / gain) & (raw <= HIGHEST / gain)
    constants, ceiling = _constants(raw, equal & possible.all(0), possible & ~equal)
    flat = _flat(raw[:, possible.any(0) & ~equal])
    spectra = (*((value,) * len(bands) for value in constants), *flat)
    rule = GroundRule(tuple(bands), needed, gain, constants=spectra, ceiling=ceiling)
    beyond = raw[known & ~possible]
    fills = _repeated(beyond)
    if fills and len(np.unique(beyond[~np.isin(beyond, fills)])) >= _REPEATED:
        rule = replace(rule, edge=_KERNEL)
    causes = judged(rule, raw)[1]
    ground = is_ground(causes)
    share = possible[:, ground].mean(1) if ground.any() else np.ones(len(bands))
    empty = tuple(name for name, seen in zip(bands, share, strict=True) if seen < _EMPTY)
    return Survey(rule, bool(ground.any()), empty, _told(causes, (*fills, *constants), flat, beyond.size > 0, source))


def judged(rule: GroundRule, raw: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """`raw` values (bands, n) as `rule` has them read: (dn, causes), the latter of shape (n,)."""
    dn = np.empty((len(raw), 1, raw.shape[1]), np.float32)
    for target, band in zip(dn, raw, strict=True):
        rule.measure(band[None], (), target)
    constant = rule.constant({name: band[None] for name, band in zip(rule.bands, raw, strict=True)})
    if constant is not None:
        dn[:, constant] = -np.inf
    causes = rule.judge(dn, None) if dn.size else np.zeros((1, 0), np.uint8)
    return dn[:, 0], causes[0]


def comparable(rule: GroundRule, raw: Mapping[str, NDArray[np.float32]]) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Bands and pixels by which scale, offset and level can be told: ground that is measured in all of these bands.

    All bands of the rule, unless hardly a pixel has them all.
    """
    names = rule.bands
    dn, causes = judged(rule, np.stack([raw[name] for name in names]))
    ground = is_ground(causes)
    complete = ground & (causes != Cause.INCOMPLETE)
    if complete.sum() >= _COMPLETE * ground.sum():
        return names, complete
    patterns, counts = np.unique(np.isfinite(dn[:, ground]), axis=1, return_counts=True)
    usual = patterns[:, counts.argmax()]
    return tuple(np.array(names)[usual].tolist()), ground & np.isfinite(dn[usual]).all(0)


def refined(rule: GroundRule, scale: float, offset: float) -> GroundRule:
    """The rule where the scale (reflectance per unit) and the offset (in DN) are decided."""
    return replace(rule, gain=scale * 10000, offset=offset)


def _gain(values: NDArray[np.float32], *, floating: bool) -> float:
    """DN per raw unit, roughly: of floating-point numbers those around 1 are reflectance, all else is taken as DN."""
    usual = np.abs(values[(values >= LOWEST) & (values <= HIGHEST)])
    return 1e4 if floating and usual.size and float(np.median(usual)) <= _REFLECTANCE else 1.0


def _constants(
    raw: NDArray[np.float32], equal: NDArray[np.bool_], varied: NDArray[np.bool_]
) -> tuple[tuple[float, ...], float | None]:
    """Possible values that stand for nothing in pixels where they are `equal` in all bands, and the ceiling, if any.

    `varied`: possible values (bands, n) of all other pixels. A fill value comes in all bands at once. Over what is too
    bright for the file, bands reach its ceiling one by one. A real value is now and then the same in all bands.
    """
    values, counts = np.unique(raw[0, equal], return_counts=True)
    constants, ceiling = [], None
    top = float(raw[varied].max()) if varied.any() else -np.inf
    for value, count in zip(values[counts >= _REPEATED], counts[counts >= _REPEATED], strict=True):
        has = raw == value
        if value >= top and count < _ALL_BANDS * has.any(0).sum():
            ceiling = float(value)
        elif count >= _ALL_BANDS * has.sum(1).min():
            constants.append(float(value))
    return tuple(constants), ceiling


def _flat(raw: NDArray[np.float32]) -> tuple[tuple[float, ...], ...]:
    """Spectra that stand for nothing, of values (bands, n): those that far more pixels share than ground ever does.

    Images of the means of segments have a few frequent spectra and ever rarer ones after them; fill stands alone. Where
    bands reach their highest or lowest value one by one, these are ends of what the file can hold, and no fill.
    """
    pixels = np.ascontiguousarray(raw[:, np.isfinite(raw).all(0)].T)
    if not len(pixels):
        return ()
    whole = pixels.view(np.dtype((np.void, pixels.dtype.itemsize * pixels.shape[1]))).ravel()
    _, first, counts = np.unique(whole, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[: _FLAT_SPECTRA + 1]
    often = counts[order]
    enough = often[:-1] >= max(_FLAT_PIXELS, _FLAT_SHARE * len(pixels))
    apart = np.flatnonzero(enough & (often[:-1] >= _FLAT_GAP * often[1:]))
    chosen = first[order[: apart[-1] + 1]] if apart.size else first[:0]
    found: list[tuple[float, ...]] = []
    for spectrum in pixels[chosen]:
        same = pixels == spectrum
        others = pixels[~same.all(1)]
        ends = (spectrum >= others.max(0)) | (spectrum <= others.min(0))
        one_by_one = 2 * ends.sum() > len(ends) and same.all(1).sum() < _ALL_BANDS * same[:, ends].any(1).sum()
        if np.count_nonzero(~np.isin(spectrum, _CLAMPED)) >= min(4, len(spectrum)) and not one_by_one:
            found.append(tuple(spectrum.tolist()))
    return tuple(found)


def _repeated(values: NDArray[np.float32]) -> tuple[float, ...]:
    """Values that make up a good part of some, most frequent first."""
    found, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    often = counts[order] >= max(_REPEATED, 0.05 * len(values))
    return tuple(found[order][often].tolist())


def _told(
    causes: NDArray[np.uint8],
    values: Sequence[float],
    flat: Sequence[Sequence[float]],
    beyond: bool,
    source: str,
) -> tuple[str, ...]:
    """What is said of pixels that are fill, with some of its `values`, or the `flat` spectra it has; `beyond`: some
    values no ground has."""
    share = float((causes == Cause.FILL).mean()) if causes.size else 0.0
    if share:
        written = ", ".join(map(_written, values[:3]))
        if flat:
            spectrum = ", ".join(map(_written, flat[0][:4])) + (", …" if len(flat[0]) > 4 else "")
            written = f"{f'{written}, and ' if written else ''}the same values of its bands ({spectrum})"
        written = written or ("values beyond any reflectance" if beyond else "one value in every band")
        return (
            f"{source} holds {written} in {100 * share:.3g} % of the pixels looked at and does not declare it as"
            " no-data; no ground is like that, so it is left out.",
        )
    if beyond:
        written = ", ".join(map(_written, values[:3])) or "values beyond any reflectance"
        return (
            f"{source} holds {written} in single bands and does not declare it as no-data; no ground is like that, so"
            " these bands are filled there.",
        )
    return ()


def _written(value: float) -> str:
    return f"{value:.0f}" if abs(value) < 1e7 and float(value).is_integer() else f"{value:.4g}"
