"""Reads the packed development imagery: files of 64 × 64 tiles, or of sites of any size, stored as differences.

    python -m training.packed_tiles FILE.npz [FILE.npz …]

says what is in each. Never writes one. How it is stored: of every image the difference of each row from the row above,
then of each column from the one to its left (both modulo 2¹⁶), is written as a number without sign (0, −1, 1, −2, 2 …
become 0, 1, 2, 3, 4 …), its low bytes first and then its high bytes: `xz` (N, 2, bands, H, W) uint8, or `xz_SITE`.
"""

import argparse
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError

#: What marks packed pixels: alone, or followed by `_` and the name of a site.
PACKED = "xz"


def read_packed(path: Path) -> Mapping[str, NDArray[Any]]:
    """Everything in a packed file by its name; pixels `x` or `x_SITE` are (N, bands, H, W) uint16.

    Pixels are reflectance × 10000 in the order of the bands in `order`; those that `bands` does not name are 0
    throughout and hold no measurement. Raises `MMEarthError` when the file is missing, damaged, or holds no packed
    pixels.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except FileNotFoundError:
        raise MMEarthError(f"{path} does not exist; give the folder of the development imagery.") from None
    except (OSError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise MMEarthError(f"Cannot read the packed tiles {path} ({error}); give a whole .npz.") from error
    packed = [name for name in found if name == PACKED or name.startswith(f"{PACKED}_")]
    if not packed:
        raise MMEarthError(f"{path} has no packed pixels, named {PACKED}; is it an ordinary .npz?")
    for name in packed:
        stored = found.pop(name)
        if stored.dtype != np.uint8 or stored.ndim != 5 or stored.shape[1] != 2:
            raise MMEarthError(
                f"{path}: {name} is {stored.dtype} of shape {stored.shape}; expected uint8 (N, 2, bands, H, W)."
            )
        found["x" + name.removeprefix(PACKED)] = unpacked(stored)
    return found


def unpacked(stored: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Pixels (N, bands, H, W) of their packed form (N, 2, bands, H, W)."""
    number = stored[:, 1].astype(np.uint16) * np.uint16(256) + stored[:, 0]
    # Even numbers are halves of themselves, odd ones the complement of their half: −1 is 65535.
    difference = np.where(number % 2 == 0, number // 2, ~(number // 2)).astype(np.uint16)
    pixels: NDArray[np.uint16] = difference.cumsum(axis=3, dtype=np.uint16).cumsum(axis=2, dtype=np.uint16)
    return pixels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    for path in parser.parse_args().files:
        print(path)
        for name, values in read_packed(path).items():
            print(f"  {name}: {values.dtype} {values.shape}")


if __name__ == "__main__":
    main()
