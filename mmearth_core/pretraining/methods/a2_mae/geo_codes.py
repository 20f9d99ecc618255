"""Where a patch lies, as numbers for a transformer: GeoSOT's bits, directions on the sphere, metres on the ground.

GeoSOT as A²-MAE uses it (Zhang et al. 2024, arXiv 2406.08079, and its code): a sign, degrees, minutes, seconds and
parts of 1/2048 second of one angle in 32 bits. That code reads eight such integers of an image without saying of what;
that they are latitude and longitude of its four corners is a presumption. Arrays only.
"""

import numpy as np
from numpy.typing import NDArray

#: Metres of a degree of latitude.
_DEGREE = 111_320.0
#: Bits of a code: sign, degrees, minutes, seconds, parts of a second.
_DEGREES, _MINUTES, _SECONDS, _PARTS = 8, 6, 6, 11
#: Octaves of the directions on the sphere: 2·3·10 numbers and the three themselves, of 64 one stays 0.
_OCTAVES = 10
PUBLISHED, SPHERE = 256, 64


def geosot(angle: float) -> int:
    """The 32 bits of an angle in degrees, −180 … 180: 10.5 → 87 818 240."""
    parts = round(abs(angle) * 3600 * (1 << _PARTS))
    seconds, part = divmod(parts, 1 << _PARTS)
    minutes, second = divmod(seconds, 60)
    degree, minute = divmod(minutes, 60)
    code = degree << _MINUTES | minute
    code = (code << _SECONDS | second) << _PARTS | part
    return (1 << 31 if angle < 0 else 0) | code


def corner_bits(lonlat: NDArray[np.float64], metres: float) -> NDArray[np.float32]:
    """The bits of latitude and longitude of the corners of a square around a place: (256,) of 0 and 1.

    That the published numbers are of the corners is presumed.

    `lonlat` (2,) in degrees, the centre; `metres`, the square's side.
    """
    lon, lat = (float(each) for each in lonlat)
    up = metres / 2 / _DEGREE
    right = up / max(np.cos(np.radians(lat)), 1e-6)
    corners = [(lat + up * row, lon + right * column) for row in (1, -1) for column in (-1, 1)]
    codes = [geosot((angle + 180) % 360 - 180) for corner in corners for angle in corner]
    bits = np.array(codes, np.uint32)[:, None] >> np.arange(31, -1, -1, dtype=np.uint32) & 1
    return bits.ravel().astype(np.float32)


def sphere_code(lonlat: NDArray[np.float64]) -> NDArray[np.float32]:
    """Sines and cosines, in octaves, of the direction from the globe's centre: (64,). Neighbours have like codes."""
    lon, lat = np.radians(lonlat)
    direction = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    angles = direction[:, None] * np.pi * 2.0 ** np.arange(_OCTAVES)
    code = np.concatenate([direction, np.sin(angles).ravel(), np.cos(angles).ravel(), [0.0]])
    return code.astype(np.float32)


def ground_code(side: int, metres: float, width: int) -> NDArray[np.float32]:
    """Sinusoids of where each patch of a grid of `side`² lies on the ground: (side², `width`).

    `metres`: side of a patch. What is told apart is metres from the image's corner to the patch's centre, in units of
    80 m, a patch of 8 pixels of 10 m: the k-th patch of 20 m pixels has the code of 10 m pixels' place 2k + ½.
    """
    centres = (np.arange(side) + 0.5) * metres / 80
    rate = np.exp(np.arange(width // 4) * (-np.log(10_000.0) / (width // 4)))
    angle = centres[:, None] * rate
    line = np.concatenate([np.sin(angle), np.cos(angle)], 1)
    return np.concatenate([line.repeat(side, 0), np.tile(line, (side, 1))], 1).astype(np.float32)
