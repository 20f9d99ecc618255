"""Reads the packed tiles of the development imagery. Only reads: the files are made elsewhere and never written here.

A file is an .npz whose pixels, `xz` or `xz_SITE`, are uint8 (N, 2, bands, H, W): low and high byte of differences along
rows and columns, which compress better than pixels. A difference d is stored as 2d, or as −2d − 1 where it is negative.
"""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PACKED = "xz"


def load(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a packed file by name; pixels as `x` or `x_SITE`, uint16 (N, bands, H, W).

    Raises `ValueError` when the file is none of these.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no .npz of packed tiles ({error})") from error
    pixels = [name for name in arrays if name == _PACKED or name.startswith(f"{_PACKED}_")]
    if not pixels:
        raise ValueError(f"{path} holds no packed tiles ({_PACKED})")
    for name in pixels:
        stored = arrays.pop(name)
        if stored.dtype != np.uint8 or stored.ndim != 5 or stored.shape[1] != 2:
            raise ValueError(f"{path}: {name} is {stored.dtype} {stored.shape}, not uint8 (N, 2, bands, H, W)")
        arrays["x" + name.removeprefix(_PACKED)] = unpacked(stored)
    return arrays


def unpacked(stored: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Pixels, uint16 (N, bands, H, W), of bytes of their differences, (N, 2, bands, H, W)."""
    code = stored[:, 0] | stored[:, 1].astype(np.uint16) << 8
    difference = np.where(code & 1, ~(code >> 1), code >> 1)
    # Sums are modulo 2¹⁶, as the differences are.
    pixels: NDArray[np.uint16] = difference.cumsum(axis=2, dtype=np.uint16).cumsum(axis=3, dtype=np.uint16)
    return pixels
