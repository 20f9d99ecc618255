"""TESSERA: GeoTIFFs, tiles of arrays and Zarr stores are one embedding; another dataset of it is another."""

import json

import numpy as np
import pytest
from foreign_embeddings import (
    HOLE,
    TRANSFORM,
    Fields,
    write_raster,
    write_tessera_npy,
    write_tessera_tif,
    write_tessera_zarr,
)
from rasterio.warp import transform as warp

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Window
from mmearth_core.sources.elsewhere.recognition import foreign_embedding
from mmearth_core.sources.elsewhere.tessera import Dataset

V1 = "tessera/1.0/vultr"


@pytest.fixture(scope="module")
def fields() -> Fields:
    return Fields.drawn(bands=128, height=90, width=120)


def read(path, window=None, shape=None):
    embedding = foreign_embedding(path)
    with embedding.reader() as reader:
        return embedding, reader.read(window or embedding.grid.window, shape)


@pytest.mark.parametrize("form", ["tif", "npy", "npy per band", "zarr"])
def test_all_forms_give_the_same_vectors(tmp_path, fields, form):
    if form == "tif":
        path, error = write_tessera_tif(tmp_path / "t.tif", fields), 0.0
    elif form == "zarr":
        path, error = write_tessera_zarr(tmp_path / "t.zarr", fields) / "utm30" / "2024", 0.01
    else:
        path, error = write_tessera_npy(tmp_path / "t", fields, per_band=form.endswith("band")), 0.01
    embedding, stored = read(path)
    assert embedding.block == {"tif": (256, 256), "zarr": (32, 32)}.get(form, (1, 1))
    assert embedding.identity == V1 and embedding.grid.transform == TRANSFORM and len(embedding.bands) == 128
    there = embedding.valid(stored)
    assert there.sum() == there.size - HOLE[0] * HOLE[1] and np.isfinite(stored).all()
    assert np.abs(embedding.decode(stored) - 3 * fields.vectors)[:, there].max() <= error
    part = Window(20, 30, 40, 50)
    assert np.array_equal(read(path, part)[1], stored[:, 20:60, 30:80])
    assert read(path, part, (20, 25))[1].shape == (128, 20, 25)


def test_versions_and_variants_are_not_interchangeable(tmp_path, fields):
    first = foreign_embedding(write_tessera_tif(tmp_path / "a.tif", fields))
    same = foreign_embedding(write_tessera_tif(tmp_path / "b.tif", fields, TESSERA_YEAR="2019"))
    newer = foreign_embedding(write_tessera_tif(tmp_path / "c.tif", fields, TESSERA_DATASET_VERSION="1.1"))
    part = foreign_embedding(write_tessera_tif(tmp_path / "d.tif", Fields(fields.vectors[:16], fields.truth)))
    assert first.identity == same.identity == V1
    assert len({first.identity, newer.identity, part.identity}) == 3
    assert Dataset.of("v1") == Dataset.of("1.0", "vultr") == Dataset.of("1")
    assert Dataset.of("v1.1-cam") == Dataset.of("1.1", "cam") != Dataset.of("1.1")


def test_a_dataset_is_never_guessed(tmp_path, fields):
    names = [f"Tessera_Band_{band}" for band in range(128)]
    with pytest.raises(MMEarthError, match=r"does not say of which dataset of TESSERA .*TESSERA_DATASET_VERSION"):
        foreign_embedding(write_raster(tmp_path / "t.tif", fields.vectors, names))
    with pytest.raises(MMEarthError, match=r"which dataset .*tessera_metadata\.json"):
        foreign_embedding(write_tessera_npy(tmp_path / "t", fields, version=None))


def test_a_tile_needs_its_place_and_its_scales(tmp_path, fields):
    path = write_tessera_npy(tmp_path / "t", fields)
    mask = tmp_path / "t" / "global_0.1_degree_tiff_all" / "grid_0.15_52.05.tiff"
    write_raster(mask, np.ones((1, 9, 9), np.uint8), ["land"])
    with pytest.raises(MMEarthError, match="is not the land mask"):
        foreign_embedding(path)
    mask.unlink()
    with pytest.raises(MMEarthError, match=r"does not say where it lies: its land mask grid_0\.15_52\.05\.tiff"):
        foreign_embedding(path)
    (path.parent / "grid_0.15_52.05_scales.npy").unlink()
    with pytest.raises(MMEarthError, match=r"_scales\.npy does not exist"):
        foreign_embedding(path)


def test_an_array_with_objects_is_not_unpickled(tmp_path):
    np.save(tmp_path / "grid_1_1.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(MMEarthError, match="cannot be read as an array"):
        foreign_embedding(tmp_path / "grid_1_1.npy")


def test_zones_and_years_of_a_store_are_asked_for(tmp_path, fields):
    store = write_tessera_zarr(tmp_path / "t.zarr", fields, zones=("utm30", "utm31"))
    with pytest.raises(MMEarthError, match=r"2 UTM zones \(utm30, utm31\); name one"):
        foreign_embedding(store)
    with pytest.raises(MMEarthError, match=r"has the years 2023, 2024; name one as in: .*utm30/2024"):
        foreign_embedding(store / "utm30")
    with pytest.raises(MMEarthError, match=r"has the years 2023, 2024"):
        foreign_embedding(store / "utm30" / "2020")
    with pytest.raises(MMEarthError, match="utm99"):
        foreign_embedding(store / "utm99" / "2024")
    before, after = (read(store / "utm30" / year)[1] for year in ("2023", "2024"))
    assert np.array_equal(before[:, ::-1], after)
    one = write_tessera_zarr(tmp_path / "one.zarr", fields, years=(2024,))
    assert np.array_equal(read(one)[1], after)


def test_a_store_below_the_equator_lies_below_the_equator(tmp_path, fields):
    store = write_tessera_zarr(tmp_path / "t.zarr", fields, years=(2024,), south=True)
    grid = foreign_embedding(store).grid
    west, _, _, north = grid.bounds
    _, latitudes = warp(grid.crs, "EPSG:4326", [west], [north])
    assert -19 < latitudes[0] < -17


def test_a_store_of_other_arrays_is_told(tmp_path):
    zarr = pytest.importorskip("zarr")

    root = zarr.open_group(str(tmp_path / "x.zarr"), mode="w")
    with pytest.raises(MMEarthError, match=r"x\.zarr"):
        foreign_embedding(tmp_path / "x.zarr")
    root.attrs.update({"geoemb:model": "https://geotessera.org/model/v1", "proj:code": "EPSG:32630"})
    root.create_array("embeddings", shape=(8, 8, 128), dtype="float32", chunks=(8, 8, 128))
    root.create_array("scales", shape=(8, 8), dtype="float32", chunks=(8, 8))
    with pytest.raises(MMEarthError, match="TESSERA, which has int8"):
        foreign_embedding(tmp_path / "x.zarr")


def test_metadata_beside_a_tile_must_be_metadata(tmp_path, fields):
    path = write_tessera_npy(tmp_path / "t", fields)
    (tmp_path / "t" / "tessera_metadata.json").write_text(json.dumps({"version": 1}), encoding="utf-8")
    with pytest.raises(MMEarthError, match="tessera_metadata.json, dataset_version: it is needed here"):
        foreign_embedding(path)
