"""The development imagery as tiles: at its place, of its level, with what belongs to it."""

from pathlib import Path

import numpy as np
import pytest

from mmearth_core.encoder.model_file import read_header
from mmearth_core.encoder.registry import find
from mmearth_core.modalities import SENTINEL2_STORED
from mmearth_core.pretraining.config import read_config
from mmearth_core.tiles.build.build_tiles import BuildResult
from mmearth_core.tiles.reader import TileFile
from training.scenes_from_arrays import Place, pair_place
from training.starter.places import BLOCK_DEGREES, SEED, SHARE, split_by_place

RECIPE = Path(__file__).parents[2] / "training" / "starter" / "starter-atto-p8.yaml"


def test_the_packaged_model_is_that_of_the_recipe_and_was_judged_on_what_the_recipe_holds_out() -> None:
    config, model = read_config(RECIPE), find("default")
    settings = config.settings
    assert (config.export.name, settings.size, settings.patch, settings.crop, config.output_names) == (
        model.name, model.size, model.patch, model.crop, model.outputs,
    )  # fmt: skip
    assert (config.data.hold_out, config.data.block_degrees, config.data.hold_out_seed) == (SHARE, BLOCK_DEGREES, SEED)
    steps = config.optimiser.epochs * (1650 // config.optimiser.effective_batch)
    header = read_header(model.file(".onnx"))
    assert header.source == f"mmearth pretrain, mp_mae, {steps} steps on 1650 tiles"
    assert read_header(RECIPE.with_suffix(".safetensors")).model_id == header.model_id


@pytest.mark.parametrize(
    ("name", "place"),
    [("33UUP", (32633, 300000, 5400000)), ("30UVD", (32630, 399960, 5900040)), ("43RCP", (32643, 300000, 3400020))],
)
def test_the_corner_of_a_sentinel_2_tile(name: str, place: tuple[int, int, int]) -> None:
    assert Place.of_tile(name) == Place(*place)


def test_a_patch_lies_where_column_and_row_of_its_name_say() -> None:
    names = ["BEN_S2_S2A_X_87_48", "BEN_S1_S1A_IW_33UUP_87_48", "BEN_S1_S1A_IW_29SND_7_48"]
    assert pair_place(names[0], names, (120, 120)) == Place(32633, 300000 + 87 * 1200, 5400000 - 48 * 1200)


def test_a_place_is_on_the_same_side_whatever_else_is_split() -> None:
    places = np.random.default_rng(0).uniform([-10, 35], [30, 60], (300, 2))
    learned, held = split_by_place(places)
    assert abs(len(held) / 300 - SHARE) < 0.08
    assert sorted([*learned, *held]) == list(range(300))
    again, _ = split_by_place(places[::-1][:200])
    assert {299 - index for index in again} == {index for index in learned if index >= 100}


def test_few_places_are_on_the_sides_that_they_are_on_among_many() -> None:
    """Of places that were all to be learned from, one used to be held out, and one alone could not be asked for."""
    places = np.random.default_rng(0).uniform([-10, 35], [30, 60], (300, 2))
    learned, held = split_by_place(places)
    for some in (learned[:3], learned[:1], held[:3], held[:1], [*learned[:2], *held[:2]]):
        parts = split_by_place(places[some])
        assert [np.asarray(some)[part].tolist() for part in parts] == [
            [index for index in some if index in side] for side in (learned, held)
        ]
    assert [len(part) for part in split_by_place(np.array([[np.nan, 5.0]]))] == [0, 0]


@pytest.mark.realdata
def test_tiles_of_the_development_imagery(starter_tiles: tuple[BuildResult, Path]) -> None:
    result, folder = starter_tiles
    assert (result.tiles, result.coverage["sentinel1"].tiles, result.coverage["aster"].tiles) == (238, 114, 90)
    file = TileFile(folder)
    names, levels = file.names, file.levels
    assert sum(name.startswith(("terramind-", "bigearthnet-")) for name in names.tolist()) == 114
    blue, cirrus = (SENTINEL2_STORED.index(band) for band in ("B02", "B10"))
    for index, name in enumerate(names.tolist()):
        if not name.startswith(("terramind-", "bigearthnet-")):
            continue
        stored = file.read(index, ["sentinel2"])["sentinel2"]
        assert levels[index] == ("l1c" if "-l1c_" in name else "l2a")
        if levels[index] == "l1c":
            assert 0 < np.median(stored[cirrus]) < 100, f"{name}: an offset of 1000 was left"
        elif "609U" not in name and "20180204" not in name:
            assert np.percentile(stored[blue], 1) < 900, f"{name}: an offset of 1000 was left"
            assert not stored[cirrus].any()
    snow = next(index for index, name in enumerate(names) if "609U_541L_3_0-l2a" in name)
    tile = file.read(snow, ["dynamic_world", "month"])
    assert np.unique(tile["dynamic_world"]).tolist() == [9]
    np.testing.assert_allclose(np.degrees(np.arctan2(*tile["month"])), 30, atol=1e-3)
    np.testing.assert_allclose(file.lonlat[snow], (-83.95, 54.78), atol=0.03)


@pytest.mark.realdata
def test_tiles_of_a_whole_scene_lie_apart(starter_tiles: tuple[BuildResult, Path]) -> None:
    file = TileFile(starter_tiles[1])
    lonlat = file.lonlat[[name.startswith("majortom") for name in file.names.tolist()]]
    assert len(lonlat) == 64
    metres = np.radians(lonlat - lonlat[0]) * 6_371_000 * [np.cos(np.radians(lonlat[0, 1])), 1]
    distance = np.hypot(*(metres[:, None] - metres[None]).transpose(2, 0, 1)) + np.diag(np.full(64, np.inf))
    np.testing.assert_allclose(distance.min(axis=1), 1280, rtol=0.02)
