"""Labelled scenes: features and labels are of the same pixels, and no scene of one half is in the other."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from embedded_fields import write_vector
from packed_imagery import ORDER, painted, write_all

from mmearth_core.sentinel2 import ENCODER_BANDS
from training.labelled_scenes import AROUND, EMBEDDING, POOL, RAW, LabelledScene, labelled_scenes
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
    np.savez(folder / "terramind_sites.npz", id=names, lonlat=lonlat, LULC=covers[:, None], S2L2A=scenes)


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
    write_vector(folder / "aberystwyth_samples.gpkg", boxes, {"class": ["forest"] * 2 + ["water"] * 2})


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[LabelledScene]]:
    folder = tmp_path_factory.mktemp("imagery")
    write_all(folder)
    write_sites(folder)
    write_polygons(folder)
    scratch = tmp_path_factory.mktemp("scratch")
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
        assert len(raw) == len(each.task.label) == len(each.task.group) == len(each.thin)
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
                    EMBEDDING: dates, RAW: dates, AROUND: dates,
                }  # fmt: skip
                assert all(image.shape[1:] == patch.label.shape for of in patch.maps.values() for image in of)
                assert not (patch.label[~patch.valid] >= 0).any()
            assert {len(values) for of in each.pool.values() for values in of} == {len(each.pool[RAW][0])}
            assert 0 < len(each.pool[RAW][0]) <= POOL
            assert each.areal == (each.name != "Aberystwyth")
            assert set(each.task.label.tolist()) == set(range(len(each.classes)))


def test_a_road_is_thin_and_a_field_is_not(scenes: dict[str, list[LabelledScene]]) -> None:
    (site,) = (each for each in scenes["tuned"] if each.name == "Site site0")
    (patch,) = site.patches
    thin = np.zeros(patch.label.shape, bool)
    thin[patch.label >= 0] = site.thin
    assert thin[28:33, 14:34].all() and not thin[:26].any() and not thin[36:].any()
    assert not scenes["tuned"][0].thin.any(), "polygons that somebody drew have no structures"
