"""Small single-band files for the tests of layouts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from small_products import values


@pytest.fixture
def band_file() -> Callable[..., Path]:
    def write(path: Path, band: str, *, resolution: int = 10, data: np.ndarray | None = None, **profile: Any) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = values(band, resolution // 10) if data is None else data
        data = data if data.ndim == 3 else data[None]
        place = {"crs": "EPSG:32632", "transform": Affine(resolution, 0, 600000, 0, -resolution, 5000040)}
        lossless = {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES"} if path.suffix == ".jp2" else {}
        names = profile.pop("names", None)
        options = place | lossless | profile
        count, height, width = data.shape
        with rasterio.open(path, "w", count=count, height=height, width=width, dtype=data.dtype, **options) as dataset:
            dataset.write(data)
            if names is not None:
                dataset.descriptions = names
        return path

    return write
