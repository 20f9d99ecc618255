"""What the small bands of the tests of layouts hold."""

import numpy as np

SIDE = 48
BANDS = ("B02", "B03", "B04", "B08")


def values(band: str, factor: int = 1) -> np.ndarray:
    """Reflectance × 10000 that tells the bands apart."""
    rng = np.random.default_rng(int.from_bytes(band.encode(), "big"))
    return rng.integers(200, 4000, (SIDE // factor, SIDE // factor)).astype(np.uint16)
