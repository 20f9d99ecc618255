"""What an embedding is going to be: told before anything is computed, and told apart by what decides its values."""

import shutil

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from mmearth_core.embedding.engine import embed
from mmearth_core.embedding.forecast import Forecast, inspect
from mmearth_core.encoder.model_file import read_header
from mmearth_core.encoder.registry import local_file
from mmearth_core.records import grouped


def look(**flat) -> Forecast:
    """As another program asks."""
    return inspect(**grouped(inspect, flat, "inspect"))


def test_the_same_content_and_choices_have_the_same_key(scene, tmp_path):
    key = look(scene=scene).job.key
    copy = tmp_path / "another name.tif"
    shutil.copy(scene, copy)
    for same in (
        {"scene": copy}, {"scene": scene, "tile": 64}, {"scene": scene, "offset": 0}, {"scene": scene, "offset": 0.0},
        {"scene": scene, "level": "l2a"}, {"scene": scene, "backend": "onnx"}, {"scene": [str(scene)]},
        {"scene": scene, "window": [0, 0, 280, 300]}, {"scene": scene, "model": local_file("default")},
        {"scene": scene, "scale": 0.0001},
    ):  # fmt: skip
        assert look(**same).job.key == key, same


def test_whatever_changes_the_embedding_changes_the_key(scene, make_scene, tmp_path):
    area = shapely.Polygon([(401_000, 5_799_500), (402_000, 5_799_400), (401_500, 5_798_600)])
    pyogrio.raw.write(
        tmp_path / "aoi.gpkg", shapely.to_wkb([area]), [], [], geometry_type="Polygon", crs="EPSG:32630", driver="GPKG"
    )
    with rasterio.open(scene) as dataset:
        profile, some = dataset.profile, dataset.read(1) % 2
    with rasterio.open(tmp_path / "mask.tif", "w", **profile | {"count": 1, "dtype": "uint8"}) as dataset:
        dataset.write(some.astype(np.uint8), 1)
    mask = {"mask": tmp_path / "mask.tif"}
    other_halo = read_header(local_file("default")).halo + 8
    others = [
        {}, {"window": (0, 0, 280, 299)}, {"halo": other_halo}, {"offset": -1000}, {"level": "l1c"},
        {"aoi": tmp_path / "aoi.gpkg"}, mask, mask | {"mask_values": [0]},
        {"bands": ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B12", "B11"]},
    ]  # fmt: skip
    keys = [look(scene=scene, **other).job.key for other in others]
    keys.append(look(scene=make_scene(300, 280, edit=lambda dn: dn + 1)).job.key)
    assert len(set(keys)) == len(keys)


def test_what_is_told_is_what_embed_does(scene, tmp_path):
    told = look(scene=scene, tile=64, window=(90, 30, 100, 70)).as_dict()
    embed(scene=scene, output=tmp_path / "emb.tif", tile=64, window=(90, 30, 100, 70))
    with rasterio.open(tmp_path / "emb.tif") as dataset:
        assert told["bounds"] == pytest.approx(dataset.bounds)
        assert (told["width"], told["height"], told["pixels"]) == (dataset.width, dataset.height, 7000)
    assert told["area"] == pytest.approx(700_000, rel=1e-3) and told["level"] == "l2a" and told["model"]["trained"]


def test_the_area_is_that_on_the_ground_in_any_system(make_scene):
    """Web Mercator stretches a square kilometre at 50° north to 2.4."""
    web = make_scene(64, 64, crs="EPSG:3857", transform=from_origin(1_000_000, 6_446_275, 15.557, 15.557))
    degrees = make_scene(64, 64, crs="EPSG:4326", transform=from_origin(9, 50, 10 / 71_700, 10 / 111_229))
    for scene in (web, degrees):
        assert look(scene=scene).as_dict()["area"] == pytest.approx(64 * 64 * 100, rel=0.01)
