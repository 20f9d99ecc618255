"""A GeoTIFF takes its name only when all that was written can be read back, whatever GDAL says of a full disk."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.writer import check_raster, new_geotiff

GRID = Grid(512, 512, Affine(10, 0, 0, 0, -10, 0), CRS.from_epsg(32630))
#: Writes 16 noisy bands in strips that cut through blocks, under a limit on the size of files: what a full disk does.
LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
import numpy as np
from mmearth_core.errors import EnvironmentFailure
from tests_writer import GRID, noise, write
try:
    write(sys.argv[1])
except EnvironmentFailure as error:
    print(error)
    sys.exit(1)
"""


def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(1, 255, (16, 512, 512)).astype(np.uint8)


def write(path: str | Path) -> None:
    with new_geotiff(path, GRID, count=16, dtype="uint8", nodata=0) as dataset:
        for row in range(0, 512, 100):
            rows = (row, min(row + 100, 512))
            dataset.write(noise()[:, slice(*rows)], window=(rows, (0, 512)))


@pytest.mark.parametrize("name", ["a.png", "a.JPG", "a.gpkg", "a.json", "a.vrt", "a.img"])
def test_a_geotiff_is_not_called_as_another_format(tmp_path, name):
    with pytest.raises(MMEarthError, match=r"is to be a GeoTIFF.*let it end in \.tif"):
        check_raster(tmp_path / name)
    for plain in ("a.tif", "a.TIFF", "a", "a.v2"):
        check_raster(tmp_path / plain)


def test_what_is_written_is_there(tmp_path):
    write(tmp_path / "a.tif")
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert np.array_equal(dataset.read(), noise())
        assert dataset.overviews(1) == [2, 4]
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_the_bytes_are_the_same_every_time(tmp_path):
    """Compression runs in several threads."""
    for name in "abc":
        write(tmp_path / name)
    assert len({(tmp_path / name).read_bytes() for name in "abc"}) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files by the kernel")
@pytest.mark.parametrize("limit", [300_000, 4_000_000, 4_250_000, 5_000_000, 5_500_000])
def test_a_full_disk_never_leaves_a_file(tmp_path, limit):
    """Within the first blocks, near the end of the full resolution, and in the overviews: GDAL reports some only."""
    target = tmp_path / "a.tif"
    script = LIMITED.replace("tests_writer", Path(__file__).stem)
    process = subprocess.run(
        [sys.executable, "-c", script, str(target), str(limit)],
        cwd=Path(__file__).parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 1, process.stdout + process.stderr
    assert "make room" in process.stdout
    assert not list(tmp_path.iterdir())
