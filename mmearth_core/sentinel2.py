"""What Sentinel-2 bands are: wavelengths, statistics, how a missing one is filled, how all are normalised.

Pure: numpy only, no files. How files name them is the business of `band_names`.
Digital numbers (DN) are always reflectance × 10000 with the product's offset removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError

#: Processing levels: top-of-atmosphere (L1C) and surface reflectance (L2A).
Level = Literal["l1c", "l2a"]
LEVELS: tuple[Level, ...] = ("l1c", "l2a")


@dataclass(frozen=True)
class Band:
    """A band of the MultiSpectral Instrument: name, central wavelength in nm (S2A), ground sampling distance in m."""

    name: str
    wavelength: float
    gsd: int

    @property
    def swir(self) -> bool:
        """Short-wave infrared: beyond what the silicon detectors of the visible and near-infrared bands see."""
        return self.wavelength > 1500


_TABLE = (
    Band("B01", 442.7, 60),
    Band("B02", 492.4, 10),
    Band("B03", 559.8, 10),
    Band("B04", 664.6, 10),
    Band("B05", 704.1, 20),
    Band("B06", 740.5, 20),
    Band("B07", 782.8, 20),
    Band("B08", 832.8, 10),
    Band("B8A", 864.7, 20),
    Band("B09", 945.1, 60),
    Band("B10", 1373.5, 60),
    Band("B11", 1613.7, 20),
    Band("B12", 2202.4, 20),
)

#: The thirteen bands by name, in order of wavelength.
BANDS: Mapping[str, Band] = {band.name: band for band in _TABLE}

#: The bands of the 12-band encoder in the order of its channels: MMEarth stores B8A before B08.
ENCODER_BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B8A", "B08", "B09", "B11", "B12")

#: With fewer of the encoder's twelve bands measured than this, a warning is given, or an error.
FEW_BANDS, MINIMUM_BANDS = 8, 4

# Per-band mean and standard deviation over the MMEarth64 v001 tiles, in the order of ENCODER_BANDS.
_L1C_MEAN = (1864.8802, 1656.9923, 1561.2434, 1633.6041, 1846.6429, 2422.1355, 2706.1685, 2907.5097, 2620.4846, 974.4787, 2154.0574, 1464.8021)  # fmt: skip  # noqa: E501
_L1C_STD = (1520.0685, 1575.4240, 1474.3748, 1734.9207, 1697.1413, 1584.9598, 1577.9910, 1560.2252, 1519.2164, 823.3856, 1311.5886, 1140.1057)  # fmt: skip  # noqa: E501
_L2A_MEAN = (1349.3978, 1479.9522, 1720.3688, 1899.1849, 2253.9310, 2808.2002, 3003.4241, 3149.5365, 3110.8406, 3213.7636, 2399.0862, 1811.7986)  # fmt: skip  # noqa: E501
_L2A_STD = (2340.2916, 2375.8721, 2256.8998, 2354.1811, 2292.9957, 2033.2167, 1920.1736, 1816.6152, 1988.1938, 1947.9032, 1473.2248, 1390.6781)  # fmt: skip  # noqa: E501

#: level → band → (mean, standard deviation) in DN, of the images MMEarth encoders are pretrained on.
STATISTICS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "l1c": dict(zip(ENCODER_BANDS, zip(_L1C_MEAN, _L1C_STD, strict=True), strict=True)),
    "l2a": dict(zip(ENCODER_BANDS, zip(_L2A_MEAN, _L2A_STD, strict=True), strict=True)),
}


def statistics(
    *, level: Level, wanted: Sequence[str] = ENCODER_BANDS
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation in DN of the `wanted` bands at a processing level, each of shape (len(wanted),)."""
    values = np.array([STATISTICS[level][name] for name in wanted], np.float32)
    return values[:, 0], values[:, 1]


# --- filling missing bands ------------------------------------------------------------


def _weights(name: str, present: Sequence[str]) -> list[tuple[str, float]]:
    """(donor, weight) pairs giving one band from the present ones, in normalised space."""
    band = BANDS[name]
    if name in present:
        return [(name, 1.0)]
    donors = sorted((BANDS[other] for other in present), key=lambda other: other.wavelength)
    if band.swir:
        # Measured on 77 tiles: B11 from B12 has an RMSE of 0.26 std on L2A, from B8A and B12 of 0.54.
        donors = [donor for donor in donors if donor.swir]
        if not donors:
            return []
    below = [donor for donor in donors if donor.wavelength < band.wavelength]
    above = [donor for donor in donors if donor.wavelength > band.wavelength]
    if not below or not above:
        return [((above or below[::-1])[0].name, 1.0)]
    low, high = below[-1], above[0]
    share = (band.wavelength - low.wavelength) / (high.wavelength - low.wavelength)
    return [(low.name, 1 - share), (high.name, share)]


def fill_matrix(*, present: Sequence[str], wanted: Sequence[str]) -> NDArray[np.float32]:
    """Matrix of shape (len(wanted), len(present)) that gives all wanted bands from the present ones, normalised.

    A present band passes through. A missing one is linear in wavelength between its two neighbours among the present
    bands (a gap below the short-wave infrared may have its upper neighbour there: B09 is 0.89 B8A + 0.11 B11);
    outside their range it takes the nearest one. A SWIR band takes from SWIR only; without any it is 0, the mean.
    """
    matrix = np.zeros((len(wanted), len(present)), np.float32)
    for row, name in enumerate(wanted):
        for donor, weight in _weights(name, present):
            matrix[row, present.index(donor)] = weight
    return matrix


def fills(*, present: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """One readable statement per missing band: "B01 = B02", "B09 = 0.89 B8A + 0.11 B11", "B12 = mean"."""
    return tuple(
        f"{name} = "
        + (
            " + ".join(d if w == 1 else f"{w:.2f} {d}" for d, w in _weights(name, present))
            or "mean of the training data"
        )
        for name in wanted
        if name not in present
    )


def needed_bands(wanted: Sequence[str]) -> int:
    """How many of the `wanted` bands must be measured: all of fewer than eight (blue, green, red), four of twelve."""
    return len(wanted) if len(wanted) < FEW_BANDS else MINIMUM_BANDS


def check_bands(*, present: Sequence[str], wanted: Sequence[str], source: str = "the raster") -> tuple[str, ...]:
    """Warnings about the bands that are missing.

    Raises `MMEarthError` when there are too few (see `needed_bands`).
    """
    missing = [name for name in wanted if name not in present]
    needed = needed_bands(wanted)
    if len(present) < needed:
        found = ", ".join(present) or "none"
        raise MMEarthError(
            f"{source} has {len(present)} of the bands this model uses ({found}), at least {needed} of"
            f" {', '.join(wanted)} are needed; if its bands are not named, say what they are with `bands`."
        )
    if not missing:
        return ()
    filled = "; ".join(fills(present=present, wanted=wanted))
    if len(present) < FEW_BANDS:
        return (
            f"Only {len(present)} of {len(wanted)} bands are measured; the embedding will be less precise ({filled}).",
        )
    return ()


# --- normalisation ------------------------------------------------------------


def normalise(
    dn: NDArray[np.float32],
    valid: NDArray[np.bool_],
    *,
    present: Sequence[str],
    wanted: Sequence[str],
    mean: NDArray[np.float32],
    std: NDArray[np.float32],
) -> NDArray[np.float32]:
    """What the encoder is fed: (dn − mean) / std of every wanted band, missing ones filled, 0 where invalid.

    `dn` is (len(present), height, width) in reflectance × 10000 with the offset removed, NaN where a band of a valid
    pixel is not measured: it is filled there as if the whole band were missing. `valid` is (height, width), `mean` and
    `std` (len(wanted),). Returns float32 of shape (len(wanted), height, width).
    The only place where DN become network input: nothing else may scale, fill or mask.
    """
    out = np.empty((len(wanted), *dn.shape[1:]), np.float32)
    invalid = None if valid.all() else ~valid
    matrix = fill_matrix(present=present, wanted=wanted)
    for row, name in enumerate(wanted):
        if name in present:
            np.subtract(dn[present.index(name)], np.float32(mean[row]), out=out[row])
            out[row] /= np.float32(std[row])
            if invalid is not None:
                out[row][invalid] = 0
    for row, name in enumerate(wanted):
        if name not in present:
            out[row] = 0
            for donor, weight in zip(present, matrix[row], strict=True):
                if weight:
                    out[row] += weight * out[wanted.index(donor)]
    # The smallest of an array with a NaN is NaN.
    if dn.size and np.isnan(dn.min()):
        _fill_pixels(out, np.isfinite(dn), valid, present=present, wanted=wanted)
    return out


def _fill_pixels(
    out: NDArray[np.float32],
    measured: NDArray[np.bool_],
    valid: NDArray[np.bool_],
    *,
    present: Sequence[str],
    wanted: Sequence[str],
) -> None:
    """Fill normalised pixels (bands, height, width) that lack some of the present bands, from those they have."""
    lacking = ~measured.all(0) & valid
    values = out[:, lacking]
    patterns, kinds = np.unique(measured[:, lacking], axis=1, return_inverse=True)
    for kind, pattern in enumerate(patterns.T):
        known = [name for name, there in zip(present, pattern, strict=True) if there]
        of_kind = kinds.ravel() == kind
        donors = values[[wanted.index(name) for name in known]][:, of_kind]
        values[:, of_kind] = fill_matrix(present=known, wanted=wanted) @ donors
    out[:, lacking] = values
    out[:, ~valid] = 0
