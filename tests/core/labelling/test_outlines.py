"""Outlines: polygons that hold exactly the pixels of their class, or those that reach a value."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.features import rasterize

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling.legend import Legend
from mmearth_core.labelling.maps import new_map
from mmearth_core.labelling.outlines import outline
from mmearth_core.labelling.similarity import similar
from mmearth_core.progress import CancelToken


@pytest.fixture
def land_cover(scene: Any, tmp_path: Path) -> Path:
    path = tmp_path / "map.tif"
    with new_map(path, Legend.numbered(["water", "forest", "grass", "urban"]), scene.raster.grid, tags={}) as dataset:
        dataset.write(scene.truth, 1)
    return path


def read(path: Path) -> Any:
    _, _, wkb, columns = pyogrio.raw.read(path, columns=["class", "pixels", "hectares"])
    return shapely.from_wkb(wkb), dict(zip(("class", "pixels", "hectares"), columns, strict=False))


def test_polygons_burnt_again_are_the_map(scene: Any, land_cover: Path, tmp_path: Path) -> None:
    result = outline(raster=land_cover, output=tmp_path / "o.gpkg")
    shapes, fields = read(tmp_path / "o.gpkg")
    assert result.polygons == len(shapes) > 4
    value = {"water": 1, "forest": 2, "grass": 3, "urban": 4}
    pairs = [(shape, value[name]) for shape, name in zip(shapes, fields["class"], strict=True)]
    grid = scene.raster.grid
    np.testing.assert_array_equal(rasterize(pairs, grid.shape, transform=grid.transform), scene.truth)
    assert fields["pixels"].sum() == (scene.truth > 0).sum()
    assert fields["hectares"].sum() == pytest.approx((scene.truth > 0).sum() / 100)


def test_what_reaches_a_value_in_the_rasters_own_units(scene: Any, tmp_path: Path) -> None:
    similar(embedding=scene.path, output=tmp_path / "s.tif", at=scene.raster.grid.transform * (140.5, 133.5))
    with rasterio.open(tmp_path / "s.tif") as dataset:
        dn = dataset.read(1)
        reached = (dn > 0) & (dn * dataset.scales[0] + dataset.offsets[0] >= 0.5)
    outline(raster=tmp_path / "s.tif", output=tmp_path / "o.gpkg", at_least=0.5)
    _, _, wkb, _ = pyogrio.raw.read(tmp_path / "o.gpkg")
    grid = scene.raster.grid
    burnt = rasterize([(s, 1) for s in shapely.from_wkb(wkb)], grid.shape, transform=grid.transform)
    np.testing.assert_array_equal(burnt.astype(bool), reached)
    assert 0 < reached.sum() < reached.size


def test_small_areas_are_left_out(land_cover: Path, tmp_path: Path) -> None:
    everything = outline(raster=land_cover, output=tmp_path / "all.gpkg").polygons
    large = outline(raster=land_cover, output=tmp_path / "large.gpkg", min_pixels=2000).polygons
    assert 0 < large < everything
    _, fields = read(tmp_path / "large.gpkg")
    assert fields["pixels"].min() >= 2000


def test_unusable_input_is_told(scene: Any, land_cover: Path, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="is an embedding"):
        outline(raster=scene.path, output=tmp_path / "o.gpkg", at_least=0.5)
    with pytest.raises(MMEarthError, match="no area of 1 or more pixels with a value of 9"):
        outline(raster=land_cover, output=tmp_path / "o.gpkg", at_least=9)
    with pytest.raises(MMEarthError, match=r"must end in \.gpkg"):
        outline(raster=land_cover, output=tmp_path / "o.csv")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        outline(raster=land_cover, output=tmp_path / "o.gpkg", cancel=cancel)
    assert not (tmp_path / "o.gpkg").exists()
