"""Pictures of an unfinished embedding: what GDAL reads in them is what the raster will hold."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from mmearth_core.embedding.engine import embed
from mmearth_core.errors import Cancelled
from mmearth_core.progress import CancelToken, Silent


class Watching(Silent):
    """Keeps what each picture showed, and cancels after some."""

    def __init__(self, cancel: CancelToken | None = None) -> None:
        self.paths: list[Path] = []
        self.shown: np.ndarray | None = None
        self.cancel = cancel

    def partial(self, path: Path) -> None:
        self.paths.append(path)
        with rasterio.open(path) as picture:
            self.shown, self.place = picture.read(), (picture.transform, picture.crs)
        if self.cancel is not None:
            self.cancel.cancel()


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr("mmearth_core.embedding.running.preview._INTERVAL", 0)


def same_as_the_raster(watching: Watching, output: Path) -> None:
    with rasterio.open(output) as dataset:
        whole, place = dataset.read((1, 2, 3)), (dataset.transform, dataset.crs)
    assert watching.shown is not None and watching.shown.shape == whole.shape and watching.place == place
    np.testing.assert_array_equal(watching.shown, whole)


@pytest.mark.parametrize("name", ["emb", "a & b < c", "d'accord", "Ångström 東京"])
def test_of_a_window_in_folders_of_any_name(scene, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    watching = Watching()
    embed(
        scene=scene, output=folder / f"{name}.tif", tile=64, halo=16, window=(90, 30, 100, 70), preview=folder / "look",
        progress=watching,
    )  # fmt: skip
    same_as_the_raster(watching, folder / f"{name}.tif")


def test_of_an_area_of_interest(scene, tmp_path):
    area = shapely.Polygon([(401_000, 5_799_500), (402_000, 5_799_400), (401_500, 5_798_600)])
    pyogrio.raw.write(
        tmp_path / "aoi.gpkg", shapely.to_wkb([area]), [], [], geometry_type="Polygon", crs="EPSG:32630", driver="GPKG"
    )
    watching = Watching()
    embed(
        scene=scene, output=tmp_path / "emb.tif", tile=64, halo=16, aoi=tmp_path / "aoi.gpkg",
        preview=tmp_path / "look", progress=watching,
    )  # fmt: skip
    same_as_the_raster(watching, tmp_path / "emb.tif")


def test_a_resumed_run_never_rewrites_a_picture_that_is_being_looked_at(scene, tmp_path):
    cancel = CancelToken()
    first = Watching(cancel)
    options = {"scene": scene, "output": tmp_path / "emb.tif", "tile": 64, "halo": 16, "preview": tmp_path / "look"}
    with pytest.raises(Cancelled):
        embed(**options, progress=first, cancel=cancel)
    second = Watching()
    embed(**options, progress=second)
    assert first.paths and second.paths and not set(first.paths) & set(second.paths)
    same_as_the_raster(second, tmp_path / "emb.tif")
