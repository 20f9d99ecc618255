"""One official-looking checkpoint and one small scene, converted and calibrated once for all tests with a model."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

#: The smallest side on which the halo of an encoder with patch size 8 can be measured.
SIDE = 2 * 160 + 64
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")


@pytest.fixture(scope="session")
def one_torch_thread():
    """torch on one thread: two threads wait for each other when other programs use the machine, many times longer."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def calibration_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fields of six spectra with texture, reflectance × 10000, and a slanted no-data edge."""
    rng = np.random.default_rng(7)
    rows, cols = np.mgrid[:SIDE, :SIDE]
    spectra = rng.uniform(300, 4500, (6, len(BANDS)))[(rows // 29 * 5 + cols // 43 * 3) % 6]
    shade = 1 + 0.2 * np.sin(rows / 31) * np.cos(cols / 47)
    dn = np.clip(np.moveaxis(spectra, 2, 0) * shade + rng.normal(0, 60, (len(BANDS), SIDE, SIDE)), 150, 9000)
    dn[:, cols + rows // 3 < 30] = 0
    path = tmp_path_factory.mktemp("calibration") / "scene.tif"
    profile = {
        "driver": "GTiff", "count": len(BANDS), "height": SIDE, "width": SIDE, "dtype": "uint16", "nodata": 0,
        "crs": "EPSG:32630", "transform": from_origin(400_000, 5_800_000, 10, 10),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(dn.astype(np.uint16))
        dataset.descriptions = BANDS
        dataset.update_tags(PROCESSING_LEVEL="L2A", SCALE="0.0001", BOA_ADD_OFFSET="0")
    return path


@pytest.fixture(scope="session")
def official_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as MMEarth publishes them, with random weights (made by the tests of its layout)."""
    torch = pytest.importorskip("torch")
    folder = str(Path(__file__).parent / "encoder")
    if folder not in sys.path:
        sys.path.append(folder)
    make_checkpoint = importlib.import_module("test_official").make_checkpoint
    path = tmp_path_factory.mktemp("official") / "official.pth"
    torch.save(make_checkpoint(8), path)
    return path


@pytest.fixture(scope="session")
def converted(calibration_scene, official_checkpoint, one_torch_thread, tmp_path_factory):  # noqa: ARG001
    """What `weights convert` makes of the checkpoint, calibrated on the scene: (its result, the folder)."""
    from mmearth_core.embedding.conversion import convert

    folder = tmp_path_factory.mktemp("converted")
    return convert(model=official_checkpoint, calibrate=[calibration_scene], output=folder, name="small"), folder


@pytest.fixture(scope="session")
def calibrated(converted):
    """The calibrated model in torch: (encoder, projection). Not to be changed."""
    from mmearth_core.encoder.loading import load_model

    return load_model(converted[1] / "small.safetensors")
