"""A small Sentinel-2-like scene on disk and a model that can be embedded with."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")

SceneMaker = Callable[..., Path]


def reflectance(height: int, width: int, bands: int, seed: int = 0) -> np.ndarray:
    """Smooth fields with sharp borders and texture, uint16 reflectance × 10000, (bands, height, width)."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:height, :width]
    fields = (rows // 37 * 7 + cols // 53 * 3) % 5
    spectra = rng.uniform(200, 4500, (5, bands))
    smooth = 1 + 0.2 * np.sin(rows / 40 + rng.uniform(0, 6)) * np.cos(cols / 55)
    dn = np.moveaxis(spectra[fields], 2, 0) * smooth + rng.normal(0, 60, (bands, height, width))
    return np.clip(dn, 150, 9000).astype(np.uint16)


@pytest.fixture(scope="session")
def make_scene(tmp_path_factory: pytest.TempPathFactory) -> SceneMaker:
    """Write a scene: `make_scene(height, width, name=…, edit=function of the array, **profile)`."""

    def make(
        height: int = 300, width: int = 280, *, name: str = "scene.tif", edit=None, bands=BANDS, **profile
    ) -> Path:
        path = tmp_path_factory.mktemp("scene") / name
        dn = reflectance(height, width, len(bands))
        if edit is not None:
            dn = edit(dn)
        profile = {
            "driver": "GTiff", "count": len(dn), "height": height, "width": width, "dtype": dn.dtype, "nodata": 0,
            "crs": "EPSG:32630", "transform": from_origin(400_000, 5_800_000, 10, 10), "tiled": True,
            "blockxsize": 256, "blockysize": 256,
        } | profile  # fmt: skip
        with rasterio.open(path, "w", **profile) as dataset:
            dataset.write(dn)
            dataset.descriptions = tuple(bands)
            dataset.update_tags(PROCESSING_LEVEL="L2A", SCALE="0.0001", BOA_ADD_OFFSET="0")
        return path

    return make


@pytest.fixture(scope="session")
def scene(make_scene: SceneMaker) -> Path:
    """300 × 280 pixels with a slanted no-data edge and a hole of one pixel."""

    def cut(dn: np.ndarray) -> np.ndarray:
        rows, cols = np.mgrid[: dn.shape[1], : dn.shape[2]]
        dn[:, cols + rows // 3 < 40] = 0
        dn[:, 150, 200] = 0
        return dn

    return make_scene(edit=cut)
