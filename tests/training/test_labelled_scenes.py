"""Labelled scenes: features and labels are of the same pixels, and no scene of one half is in the other."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from embedded_fields import write_vector
from packed_imagery import ORDER, painted, write_all

from mmearth_core.sentinel2 import ENCODER_BANDS
from training.labelled_scenes import (
    AROUND,
    BLOCK,
    EMBEDDING,
    LAYERED,
    POOL,
    RAW,
    WHITENED,
    LabelledScene,
    labelled_scenes,
)
from training.scenes_from_arrays import Place, write

SIDE = 48


def write_sites(folder: Path) -> None:
    """Five sites: water, trees, crops and built-up side by side, a road one pixel wide; the third has few classes."""
    cover = np.repeat([[1, 2, 4, 5]], SIDE, axis=0).repeat(SIDE // 4, axis=1)
    cover[30, 12:36] = 5
    covers = np.stack([cover, cover, cover, cover, np.minimum(cover, 2)])
    scenes = np.stack([painted(each, 400 + number) for number, each in enumerate(covers)])
    scenes[2] += 1000  # as that site's products have it
    lonlat = np.array([[10.0 + number, 50.0] for number in range(5)])
    names = np.array([f"site{number}" for number in range(5)])
    radar = np.stack([-covers, -covers - 6.5], axis=1).astype(np.float32)
    np.savez(
        folder / "terramind_sites.npz",
        id=names, lonlat=lonlat, LULC=covers[:, None], S2L2A=scenes, DEM=10 * covers[:, None], S1RTC=radar,
    )  # fmt: skip


def write_polygons(folder: Path) -> None:
    """A scene of two halves with two polygons in each."""
    place = Place(32630, 400_000, 5_800_000)
    surface = np.repeat([[6, 7]], SIDE, axis=0).repeat(SIDE // 2, axis=1)
    write(folder / "aberystwyth_s2_20210527.tif", painted(surface, 500), "L2A", 0, place)
    boxes = [
        shapely.box(400_000 + x, 5_800_000 - y - 100, 400_000 + x + 80, 5_800_000 - y)
        for x in (100, 300)
        for y in (80, 300)
    ]
    with rasterio.open(folder / "aberystwyth_s2_20210527.tif") as dataset:
        profile = {**dataset.profile, "count": 1, "dtype": "float32", "nodata": -9999}
    with rasterio.open(folder / "aberystwyth_srtm.tif", "w", **profile) as dataset:
        dataset.write(np.where(surface == 6, 60, -9999).astype(np.float32), 1)
    write_vector(folder / "aberystwyth_samples.gpkg", boxes, {"class": ["forest"] * 2 + ["water"] * 2})


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[LabelledScene]]:
    folder = tmp_path_factory.mktemp("imagery")
    write_all(folder)
    write_sites(folder)
    write_polygons(folder)
    scratch = tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr("training.labelled_scenes.BELGIAN_DATE", 2)
        return {
            "tuned": list(labelled_scenes(folder, scratch, "tuned", all_dates=True)),
            "reported": list(labelled_scenes(folder, scratch, "reported")),
        }


def test_each_half_has_its_scenes(scenes: dict[str, list[LabelledScene]]) -> None:
    assert [each.name for each in scenes["tuned"]] == [
        "Aberystwyth", "Belgium", "Site site0", "Czechia, damage (tuned)", "Czechia, forest (tuned)",
    ]  # fmt: skip
    # The last site has too few classes.
    assert [each.name for each in scenes["reported"]] == [
        "Site site2", "Czechia, damage (reported)", "Czechia, forest (reported)",
    ]  # fmt: skip
    assert all(each.half == half for half, found in scenes.items() for each in found)
    pixels = {
        half: {patch.maps[RAW][-1].tobytes() for each in found for patch in each.patches}
        for half, found in scenes.items()
    }
    assert not pixels["tuned"] & pixels["reported"]


def test_a_label_is_that_of_the_pixel_whose_features_it_has(scenes: dict[str, list[LabelledScene]]) -> None:
    spectra = np.random.default_rng(99).uniform(500, 4000, (10, 12))[:, [ORDER.index(band) for band in ENCODER_BANDS]]
    surfaces = {
        "Aberystwyth": (6, 7), "Site site0": (1, 2, 4, 5), "Site site2": (1, 2, 4, 5),
        "Czechia, forest (reported)": (0, 1, 2),
    }  # fmt: skip
    for each in (each for found in scenes.values() for each in found if each.name in surfaces):
        raw = each.judged([patch.maps[RAW][0 if "site" in each.name else -1] for patch in each.patches])
        assert len(raw) == len(each.task.label) == len(each.task.group)
        near = np.abs(raw[:, None] - spectra[list(surfaces[each.name])]).sum(axis=2).argmin(axis=1)
        # In the damaged forest the surface is another one.
        assert (near == each.task.label).mean() > (0.6 if "Czechia" in each.name else 0.999), each.name
        embedding = each.judged([patch.maps[EMBEDDING][-1] for patch in each.patches])
        assert embedding.shape == (len(raw), 64) and np.isfinite(embedding).all()


def test_dates_patches_and_pools_fit_each_other(scenes: dict[str, list[LabelledScene]]) -> None:
    for half, found in scenes.items():
        for each in found:
            dates = {"Belgium": 5}.get(each.name, 2 if "Czechia" in each.name and half == "tuned" else 1)
            for patch in each.patches:
                assert {name: len(of_dates) for name, of_dates in patch.maps.items()} == {
                    EMBEDDING: dates, RAW: dates, AROUND: dates, WHITENED: dates,
                }  # fmt: skip
                assert all(image.shape[1:] == patch.label.shape for of in patch.maps.values() for image in of)
                assert not (patch.label[~patch.valid] >= 0).any()
            pixels = each.pool.valid.size
            assert {values.shape[1:] for of in each.pool.maps.values() for values in of} == {(1, pixels)}
            assert 0 < pixels <= POOL and each.pool.valid.all() and each.dates == dates
            assert each.areal == (each.name != "Aberystwyth")
            assert set(each.task.label.tolist()) == set(range(len(each.classes)))


def test_a_road_is_thin_and_a_field_is_not(scenes: dict[str, list[LabelledScene]]) -> None:
    (site,) = (each for each in scenes["tuned"] if each.name == "Site site0")
    (patch,) = site.patches
    (thin,) = site.thin
    assert thin.shape == patch.label.shape
    assert thin[28:33, 14:34].all() and not thin[:26].any() and not thin[36:].any()
    assert not any(thin.any() for thin in scenes["tuned"][0].thin), "polygons that somebody drew have no structures"


def test_layers_are_those_of_the_pixel(scenes: dict[str, list[LabelledScene]]) -> None:
    found = {each.name: each for each in (*scenes["tuned"], *scenes["reported"])}
    site, belgium, polygons = found["Site site2"], found["Belgium"], found["Aberystwyth"]
    assert site.layers == belgium.layers == ("height", "VV", "VH") and polygons.layers == ("height",)
    codes = np.array([1, 2, 4, 5])[site.patches[0].label]
    assert (site.patches[0].layers == np.stack([10 * codes, -codes, -codes - 6.5])).all()
    (fields,) = belgium.patches
    judged = fields.label >= 0
    assert (fields.layers[0] == 10 * (fields.label + 1))[judged].all()
    assert (fields.layers[1] == -fields.label - 1 - 2)[judged].all(), "radar of the date that stands for all"
    for patch in polygons.patches:
        assert np.isnan(patch.layers[0][patch.label == 1]).all() and (patch.layers[0][patch.label == 0] == 60).all()
    assert all(not each.layers and not len(each.patches[0].layers) for each in found.values() if "Czech" in each.name)
    values = site.patches[0].features(LAYERED, 0)
    assert len(values) == 67 and (values[64:] == site.patches[0].layers).all()
    spots = np.arange(50)
    pooled = site.anywhere(LAYERED, spots)
    assert pooled.shape == (50, 67) and (pooled[:, :64] == site.anywhere(EMBEDDING, spots)).all()


def test_whitened_bands_have_no_scale_and_lie_where_the_others_do(scenes: dict[str, list[LabelledScene]]) -> None:
    (site,) = (each for each in scenes["reported"] if each.name == "Site site2")
    (patch,) = site.patches
    plain, white = patch.maps[AROUND][0], patch.maps[WHITENED][0]
    assert plain.shape == white.shape
    bands = len(plain) // 2
    assert plain[:bands].std() > 100 and white[:bands].std() < 5
    # Where bands are one surface, so are whitened ones: means of pixels of a class are near each other.
    for label in range(4):
        mine = white[:bands, patch.label == label]
        assert mine.std(axis=1).mean() < white[:bands].std(axis=(1, 2)).mean()


def test_few_blocks_are_few_blocks(scenes: dict[str, list[LabelledScene]]) -> None:
    (site,) = (each for each in scenes["reported"] if each.name == "Site site2")
    (patch,) = site.patches
    every = {tuple(values) for values in site.in_blocks(RAW, 1, 10_000, 3).tolist()}
    assert len(every) <= BLOCK * BLOCK
    blocks = {
        (row // BLOCK, col // BLOCK)
        for row in range(SIDE)
        for col in range(SIDE)
        if tuple(patch.maps[RAW][0][:, row, col].tolist()) in every
    }
    assert len(blocks) == 1
    assert len(site.in_blocks(RAW, 2, 100, 3)) == 100
    assert (site.in_blocks(RAW, 2, 100, 3) == site.in_blocks(RAW, 2, 100, 3)).all()
