"""What tests of several rooms share: an official-looking checkpoint, calibrated once, and an embedding of fields."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from embedded_fields import Scene, make_scene, write_vector
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
    from official_checkpoint import make_checkpoint

    path = tmp_path_factory.mktemp("official") / "official.pth"
    torch.save(make_checkpoint(8), path)
    return path


@pytest.fixture(scope="session")
def converted(calibration_scene, official_checkpoint, one_torch_thread, tmp_path_factory):  # noqa: ARG001
    """What `weights convert` makes of the checkpoint, calibrated on the scene: (its result, the folder)."""
    from mmearth_core.embedding.conversion import weights_convert

    folder = tmp_path_factory.mktemp("converted")
    result = weights_convert(model=official_checkpoint, calibrate=[calibration_scene], output=folder, name="small")
    return result, folder


@pytest.fixture(scope="session")
def calibrated(converted):
    """The calibrated model in torch: (encoder, projection). Not to be changed."""
    from mmearth_core.encoder.loading import load_model

    return load_model(converted[1] / "small.safetensors")


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The synthetic raster; tests must not change it."""
    return make_scene(tmp_path_factory.mktemp("scene") / "emb.tif")


@pytest.fixture(scope="session")
def sample_file(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six fields of each class as polygons with a `class` field, in the raster's CRS."""
    shapes, names = scene.fields(6)
    return write_vector(tmp_path_factory.mktemp("samples") / "samples.gpkg", list(shapes), {"class": list(names)})


@pytest.fixture(scope="session")
def few_samples(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two fields of each class: enough to fit and validate in an instant."""
    shapes, names = scene.fields(2)
    return write_vector(tmp_path_factory.mktemp("few") / "few.gpkg", list(shapes), {"class": list(names)})


@pytest.fixture(name="make_scene")
def make_scene_fixture() -> Callable[..., Scene]:
    return make_scene


@pytest.fixture(name="write_vector")
def write_vector_fixture() -> Callable[..., Path]:
    return write_vector


@pytest.fixture(scope="session")
def invented_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 tiles of 24 px with gaps, all modalities."""
    from mmearth_core.tiles.synthetic import write_synthetic_tiles

    folder = tmp_path_factory.mktemp("tiles") / "invented"
    write_synthetic_tiles(folder, 40, size=24)
    return folder
