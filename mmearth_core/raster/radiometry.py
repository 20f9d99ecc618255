"""Deciding what a raster's numbers mean: scale, offset and processing level. Pure: no files.

What the user says wins; then what the files say; then what the values allow. When that leaves more than one meaning,
the raster is refused with the option to pass: a wrong guess would quietly spoil every map made from it.
Thresholds come from Sentinel-2 tiles of both levels, with and without offset (tests/core/raster/test_radiometry.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import (
    LOWEST_OFFSET,
    OFFSET_BASELINE,
    PRODUCT_OFFSET,
    Metadata,
    Said,
    both,
    check_levels,
    check_offsets,
    level_by,
    listed,
    offset_before,
    offset_by,
)
from mmearth_core.sentinel2 import LEVELS, Level

#: Reflectance × 10000 is the unit of DN.
DN_PER_REFLECTANCE = 10000.0
#: Land and cloud are brighter than this in some band, in DN; the open sea and deep lakes may not be.
_DARKEST_LAND = 500

# All in DN. The offset is a floor: below FLOOR_ABSENT reflectance would be under −0.02 in at least 1 % of the pixels.
_FLOOR_ABSENT, _FLOOR_CONTRADICTS, _FLOOR_PRESENT = 800, 600, 950
# No ground, not even clear water, is that dark in every band.
_NOTHING = 50
# A band is "just above 1000" when its 0.1 % darkest pixels are.
_JUST_ABOVE = (950, 1250)
# Without metadata one band of each group must be: no cloud, haze or sand is that dark and that flat from blue to SWIR.
_SPREAD = ({"B02", "B03", "B04"}, {"B08", "B8A"}, {"B11"}, {"B12"})
# Cirrus band B10: the atmosphere absorbs nearly all of it, so it shows the offset alone.
_CIRRUS_WITHOUT, _CIRRUS_WITH = 500, (950, 1250)
# B09 / B8A over the brighter half: water vapour absorbs in L1C (measured ≤ 0.55), L2A is corrected (≥ 0.91).
_VAPOUR_L1C, _VAPOUR_L2A = 0.65, 0.80
# Blue over dense vegetation and clear water: haze lifts L1C above 680 DN; L2A reaches 690 over hazy or arid land.
_DARK_BLUE_L2A = 500
_MINIMUM_PIXELS = 100
# Near infrared of the brighter tenth of dense vegetation: over 2,000 real tiles it is at most 0.73. Of values that may
# be reflectance × 65535 those above the first limit are, those below the second are reflectance × 10000.
_BRIGHTEST_VEGETATION, _VEGETATION_IN_DN = 10000, 5500
# No half of a scene is that bright in the short-wave infrared: snow and cloud are dark there, sand reaches 0.6.
_BRIGHTEST_SWIR = 9000

Samples = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Radiometry:
    """DN = raw · scale · 10000 + offset, of processing level `level`; why, and what gives reason to doubt."""

    level: Level
    scale: float
    offset: float
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]


def decide(
    samples: Samples,
    metadata: Metadata,
    *,
    source: str,
    dtype: str,
    level: str = "auto",
    offset: str | float = "auto",
    scale: str | float = "auto",
) -> Radiometry:
    """Scale, offset and level of a raster.

    `samples` holds raw values of the same valid pixels per band (any recognised band, also B10); `dtype` is the
    raster's; `level`, `offset` (DN to add, −1000 or 0) and `scale` (reflectance per unit) are what the user passes.
    Raises `MMEarthError` when a decision is not certain, or when no reflectance looks like this.
    """
    decision = _Decision(source, metadata)
    found_scale = decision.scale(samples, dtype, scale)
    dn = {name: values * np.float32(found_scale * DN_PER_REFLECTANCE) for name, values in samples.items()}
    decision.check_plausible(dn)
    if scale == "auto":
        decision.check_brightness(dn)
    found_offset = decision.offset(dn, offset)
    dn = {name: values + np.float32(found_offset) for name, values in dn.items()}
    found_level = decision.level(dn, level)
    return Radiometry(found_level, found_scale, found_offset, tuple(decision.evidence), tuple(decision.warnings))


class _Decision:
    """Collects evidence and warnings while deciding, in the order scale, offset, level."""

    def __init__(self, source: str, metadata: Metadata) -> None:
        self.source = source
        self.metadata = metadata
        self.evidence: list[str] = []
        self.warnings: list[str] = []

    # scale

    def scale(self, samples: Samples, dtype: str, given: str | float) -> float:
        if given != "auto":
            value = float(given)
            if not 0 < value <= 1:
                raise MMEarthError(
                    f"`scale={given}` is no reflectance per unit; give a number above 0 and at most 1, such as 0.0001."
                )
            self.evidence.append(f"Scale {value:g} as given.")
            return value
        if dtype == "uint8":
            raise MMEarthError(
                f"{self.source} has 8-bit values: a picture, not reflectance; use the 16-bit product, or"
                f" pass `scale` if the values are reflectance in other units."
            )
        if len(self.metadata.scales) > 1:
            raise MMEarthError(f"{self.source}: contradictory scales ({listed(self.metadata.scales)}); pass `scale`.")
        top = max(float(np.percentile(values, 99)) for values in samples.values())
        if self.metadata.scales:
            said = self.metadata.scales[0]
            if np.issubdtype(np.dtype(dtype), np.floating) and said.value < 1 and top <= 2.5:
                self.evidence.append(
                    f"Scale 1: values up to {top:.3g} are reflectance already, {said.source} is applied."
                )
                return 1.0
            self.evidence.append(f"Scale {said.value:g} by {said.source}.")
            return said.value
        return self._scale_by_values(samples, top, np.issubdtype(np.dtype(dtype), np.floating))

    def _scale_by_values(self, samples: Samples, top: float, floating: bool) -> float:
        if floating and 0.01 < top <= 2.5:
            self.evidence.append(f"Scale 1: floating-point values up to {top:.3g} are reflectance.")
            return 1.0
        vegetation = _vegetation_nir(samples)
        if self.metadata.stretched and not floating:
            if vegetation is not None and vegetation > _BRIGHTEST_VEGETATION:
                self.evidence.append(
                    f"Scale 1/65535: vegetation has {vegetation:.0f} in the near infrared, and"
                    f" {self.metadata.stretched} is of the Copernicus Browser, which writes reflectance × 65535."
                )
                return 1 / 65535
            if vegetation is None or vegetation > _VEGETATION_IN_DN:
                raise MMEarthError(
                    f"{self.source}: {self.metadata.stretched} is of the Copernicus Browser, whose 16-bit values are"
                    f" reflectance × 65535, and the values do not show it; pass `scale` ({1 / 65535:.10f}, or 0.0001)."
                )
        # As × 1000 these would be brighter than cloud or snow; or nearly as bright, but coloured.
        if top > 2000 or (vegetation is not None and vegetation > 1000) or _bright_and_coloured(samples):
            self.evidence.append(f"Scale 0.0001: values up to {top:.0f} are reflectance × 10000.")
            return 1e-4
        # Up to 255 it may as well be an 8-bit picture in a 16-bit file.
        if vegetation is not None and 260 < top <= 1500 and vegetation <= 800:
            self.evidence.append(
                f"Scale 0.001: vegetation has {vegetation:.0f} in the near infrared, reflectance × 1000."
            )
            return 1e-3
        raise MMEarthError(
            f"{self.source}: values up to {top:.4g} may be dark reflectance × 10000, or in other units; pass `scale`"
            f" (0.0001 for reflectance × 10000, 0.001 for × 1000, 0.01 for percent)."
        )

    # plausibility

    def check_plausible(self, dn: Samples) -> None:
        medians = {name: float(np.median(values)) for name, values in dn.items()}
        brightest = max(medians, key=lambda name: medians[name])
        top = max(float(np.percentile(values, 99)) for values in dn.values())
        if medians[brightest] > 20000:
            raise MMEarthError(
                f"{self.source}: half of the pixels have a reflectance above {medians[brightest] / 1e4:.3g} in"
                f" {brightest}, which no surface has; check the file, or pass `scale`."
            )
        if top < 10:
            raise MMEarthError(
                f"{self.source}: reflectance stays below {max(top, 0) / 1e4:.2g} in every band, which is no daylight"
                f" image; check the file, or pass `scale`."
            )
        if top < _DARKEST_LAND:
            self.warnings.append(
                f"No band has a reflectance above {top / 1e4:.2g} in 99 % of the pixels: that is open water at most; if"
                f" there is land, check `scale`."
            )
        if min(medians.values()) < -1500:
            raise MMEarthError(
                f"{self.source}: half of the pixels are far below zero in a band; this is not"
                " reflectance: check the file, or pass `scale` and `offset`."
            )

    def check_brightness(self, dn: Samples) -> None:
        """Raises where a surface is too bright for reflectance × 10000: values are often stretched over 16 bits."""
        vegetation = _vegetation_nir(dn)
        swir = max((float(np.median(dn[name])) for name in ("B11", "B12") if name in dn), default=0.0)
        if vegetation is not None and vegetation > _BRIGHTEST_VEGETATION:
            what = f"vegetation would have a reflectance of {vegetation / 1e4:.3g} in the near infrared"
        elif swir > _BRIGHTEST_SWIR:
            what = f"half of the pixels would have a reflectance of {swir / 1e4:.3g} or more in the short-wave infrared"
        else:
            return
        raise MMEarthError(
            f"{self.source}: {what}, which no surface has, so the values are not what their scale says; pass `scale`"
            f" ({1 / 65535:.10f} for reflectance × 65535, as Sentinel Hub writes it in 16 bits), or use the product."
        )

    # offset

    def offset(self, dn: Samples, given: str | float) -> float:
        if given != "auto":
            value = float(given)
            if not LOWEST_OFFSET <= value <= 0:
                raise MMEarthError(f"`offset={given}`: it is what is added to the values, so pass -1000 or 0.")
            if -1 < value < 0:
                raise MMEarthError(
                    f"`offset={given}` is no digital number but a reflectance; pass"
                    f" `offset={value * DN_PER_REFLECTANCE:g}`, as the product's metadata have it."
                )
            self.evidence.append(f"Offset {both(value)} as given.")
            return value
        said = self.metadata.offsets
        check_offsets(self.source, self.metadata)
        floor_band = min(dn, key=lambda name: float(np.percentile(dn[name], 1)))
        floor = float(np.percentile(dn[floor_band], 1))
        darkest = f"the darkest 1 % of {floor_band} is {both(floor)}"
        if floor < _FLOOR_ABSENT:
            self._check_darkest(dn)
        if said:
            return self._said_offset(said[0], dn, floor, darkest)
        baseline = self.metadata.baselines[0] if self.metadata.baselines else None
        if baseline is not None and baseline.value < OFFSET_BASELINE:
            self.evidence.append(offset_before(baseline))
            return 0.0
        return self._offset_by_values(dn, floor, darkest, baseline)

    def _check_darkest(self, dn: Samples) -> None:
        """Raises where what is darkest is nothing in every band, and all else as bright as with the offset."""
        ground = np.max(list(dn.values()), axis=0) >= _NOTHING
        if ground.any() and min(float(np.percentile(values[ground], 1)) for values in dn.values()) >= _FLOOR_PRESENT:
            raise MMEarthError(
                f"{self.source}: {100 * (1 - ground.mean()):.3g} % of the pixels are nearly 0 in every band, all others"
                f" above {both(_FLOOR_PRESENT)}: undeclared fill that compression has blurred, beside values that"
                f" still carry the +1000 of products of baseline 04.00 and later? Declare the fill as no-data"
                f" (gdal_translate -a_nodata), or leave it out with `mask`, and pass `offset=-1000` or `offset=0`."
            )

    def _said_offset(self, said: Said[float], dn: Samples, floor: float, darkest: str) -> float:
        """Metadata is followed unless the values rule it out: catalogues are known to be wrong in both directions."""
        if said.value < 0 and floor < _FLOOR_CONTRADICTS:
            self.evidence.append(
                f"Offset 0: {said.source} says {both(said.value)}, but {darkest}, so it is removed already."
            )
            self.warnings.append(
                f"{said.source} says offset {both(said.value)}, but the values ({darkest}) show it is removed."
            )
            return 0.0
        if not self.metadata.authoritative:
            if said.value < 0 and floor < _FLOOR_PRESENT - 50:
                raise MMEarthError(
                    f"{self.source}: {said.source} says offset {both(said.value)}, but {darkest}; pass"
                    f" `offset=-1000` if it is still to be removed, or `offset=0`."
                )
            if said.value == 0 and floor >= _FLOOR_PRESENT and len(_just_above(dn)) >= min(4, len(dn)):
                raise MMEarthError(
                    f"{self.source}: {said.source} says the offset is removed, but the darkest values of several bands"
                    f" lie just above {both(1000)}, as they do with it; pass `offset=-1000` or `offset=0`."
                )
        self.evidence.append(offset_by(said))
        return said.value

    def _offset_by_values(self, dn: Samples, floor: float, darkest: str, baseline: Said[float] | None) -> float:
        if floor < _FLOOR_ABSENT:
            self.evidence.append(f"Offset 0: {darkest}, which the +1000 of baseline 04.00 and later would not allow.")
            return 0.0
        if "B10" in dn and np.any(dn["B10"] != 0):
            low, middle = np.percentile(dn["B10"], [1, 50])
            if _CIRRUS_WITH[0] <= low and middle <= _CIRRUS_WITH[1]:
                self.evidence.append(
                    f"Offset {both(PRODUCT_OFFSET)}: the cirrus band B10, nearly black by nature, is {middle:.0f}."
                )
                return PRODUCT_OFFSET
        close = _just_above(dn) if floor >= _FLOOR_PRESENT else set[str]()
        if baseline is not None and len(close) >= min(4, len(dn)):
            self.evidence.append(
                f"Offset {both(PRODUCT_OFFSET)}: baseline {baseline.value:05.2f} by {baseline.source} has it, and"
                f" {darkest}, just above {both(1000)}."
            )
            return PRODUCT_OFFSET
        if all(close & group for group in _SPREAD):
            self.evidence.append(
                f"Offset {both(PRODUCT_OFFSET)}: the darkest pixels of {', '.join(sorted(close))} are all just above"
                f" {both(1000)}; without it water and shadow would be darker."
            )
            return PRODUCT_OFFSET
        raise MMEarthError(
            f"{self.source}: cannot tell whether the values still carry the +1000 that products of baseline 04.00"
            f" (January 2022) and later have ({darkest}); pass `offset=-1000` if they do, `offset=0` if not."
        )

    # level

    def level(self, dn: Samples, given: str) -> Level:
        if given != "auto":
            if (level := next((each for each in LEVELS if each == given.lower()), None)) is None:
                raise MMEarthError(f"`level={given}`: use l1c (top of atmosphere), l2a (surface reflectance) or auto.")
            self.evidence.append(f"Level {level.upper()} as given.")
            return level
        said = self.metadata.levels
        check_levels(self.source, self.metadata)
        shown, why = self._level_by_values(dn)
        if said:
            self.evidence.append(level_by(said[0]))
            if shown is not None and shown != said[0].value:
                self.warnings.append(
                    f"{said[0].source} says {said[0].value.upper()}, but the values look like"
                    f" {shown.upper()} ({why}); pass `level` if the metadata is wrong."
                )
            return said[0].value
        if shown is None:
            raise MMEarthError(
                f"{self.source}: cannot tell whether it is top-of-atmosphere (L1C) or surface reflectance (L2A) {why};"
                f" pass `level=l1c` or `level=l2a`."
            )
        self.evidence.append(f"Level {shown.upper()}: {why}.")
        return shown

    @staticmethod
    def _level_by_values(dn: Samples) -> tuple[Level | None, str]:
        """The level the values show, and why; None when they do not show it."""
        if "B09" in dn and "B8A" in dn:
            bright = (dn["B8A"] >= np.median(dn["B8A"])) & (dn["B8A"] > 0)
            if bright.sum() >= _MINIMUM_PIXELS:
                ratio = float(np.median(dn["B09"][bright] / dn["B8A"][bright]))
                why = f"B09 is {ratio:.2f} of B8A, and water vapour dims it in L1C only"
                if ratio <= _VAPOUR_L1C:
                    return "l1c", why
                return ("l2a", why) if ratio >= _VAPOUR_L2A else (None, f"by its values ({why})")
        dark = _dark_blue(dn)
        if dark is not None and dark < _DARK_BLUE_L2A:
            return "l2a", f"blue over vegetation and clear water is {dark:.0f}, without the haze of L1C"
        return None, "by its values or metadata"


def _just_above(dn: Samples) -> set[str]:
    """Bands whose darkest pixels lie just above 1000."""
    return {n for n, v in dn.items() if _JUST_ABOVE[0] <= float(np.percentile(v, 0.1)) <= _JUST_ABOVE[1]}


def _bright_and_coloured(samples: Samples) -> bool:
    """Whether the visibly brightest pixels are, taken as × 1000, brighter than 0.5 and far from grey."""
    blue, red = samples.get("B02"), samples.get("B04")
    if blue is None or red is None:
        return False
    brighter = np.maximum(blue, red)
    limit = np.percentile(brighter, 95)
    bright = brighter >= limit
    share = float(np.median(np.minimum(blue, red)[bright] / np.maximum(brighter[bright], 1e-6)))
    return bool(limit > 500) and share < 0.6


def _vegetation_nir(samples: Samples) -> float | None:
    """The 90th percentile of near infrared over dense vegetation, in raw units."""
    nir = samples.get("B08", samples.get("B8A"))
    red = samples.get("B04")
    if nir is None or red is None:
        return None
    dense = (nir - red) > 0.5 * (nir + red)
    return float(np.percentile(nir[dense], 90)) if dense.sum() >= _MINIMUM_PIXELS else None


def _dark_blue(dn: Samples) -> float | None:
    """The lower of the median blue over dense vegetation and over clear water, in DN."""
    blue, red, nir, swir = (dn.get(name) for name in ("B02", "B04", "B08", "B12"))
    if blue is None or red is None or nir is None:
        return None
    targets = [(nir - red) > 0.5 * (nir + red)]
    if swir is not None:
        targets.append((nir < 500) & (swir < 200))
    medians = [float(np.median(blue[t])) for t in targets if t.sum() >= _MINIMUM_PIXELS]
    return min(medians) if medians else None
