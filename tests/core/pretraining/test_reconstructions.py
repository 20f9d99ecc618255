"""The picture of a run: what was hidden is hidden, class colours are the known ones, what has no value is no value."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from mmearth_core.pretraining.reconstructions import _FOOT, _GAP, _GROUP_GAP, _HEAD, _SIDE, Example, write_picture
from mmearth_core.sentinel2 import ENCODER_BANDS

PAIRS = ["sentinel2", "sentinel1", "aster", "dynamic_world", "canopy_height_eth", "esa_worldcover"]


def example(rng: np.random.Generator) -> Example:
    """A tile of 16 px: only its first patch is visible; class maps are water on the left, built on the right."""
    masked = np.ones((2, 2), bool)
    masked[0, 0] = False
    image = rng.normal(size=(12, 16, 16)).astype(np.float32)
    left = np.arange(16)[None, :] < 8
    truth: dict[str, np.ndarray] = {
        "sentinel2": image,
        "sentinel1": rng.normal(size=(8, 16, 16)).astype(np.float32),
        "aster": np.full((2, 16, 16), np.nan, np.float32),
        "canopy_height_eth": np.where(left, 0, 1) * np.ones((2, 16, 16), np.float32),
        "dynamic_world": np.where(left, 0, 6) * np.ones((16, 16), np.int64),
        "esa_worldcover": np.where(left, 7, -1) * np.ones((16, 16), np.int64),
    }
    predicted = {name: np.zeros((classes, 16, 16), np.float32) for name, classes in
                 {"sentinel2": 12, "sentinel1": 8, "aster": 2, "canopy_height_eth": 2}.items()}  # fmt: skip
    predicted["dynamic_world"] = np.eye(9, dtype=np.float32)[truth["dynamic_world"]].transpose(2, 0, 1)
    predicted["esa_worldcover"] = np.eye(11, dtype=np.float32)[np.zeros((16, 16), int)].transpose(2, 0, 1)
    return Example(image, masked, ENCODER_BANDS, truth, predicted)


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """The second tile's row of a picture, cut into its fourteen images (side, side, 3), 0 … 255."""
    path = tmp_path_factory.mktemp("pictures") / "picture.png"
    rng = np.random.default_rng(0)
    write_picture(path, [example(rng), example(rng)], "two tiles")
    picture = np.round(imread(path)[..., :3] * 255).astype(int)
    assert picture.shape[0] == _HEAD + 2 * (_SIDE + _GAP) + _FOOT
    assert (picture[:_HEAD] < 128).any(), "no words above the columns"
    row = picture[_HEAD + _SIDE + _GAP :][:_SIDE]
    lefts = [_GROUP_GAP + pair * (2 * _SIDE + _GAP + _GROUP_GAP) + one * (_SIDE + _GAP)
             for pair in range(7) for one in range(2)]  # fmt: skip
    assert picture.shape[1] == lefts[-1] + _SIDE + _GROUP_GAP
    return [row[:, left : left + _SIDE] for left in lefts]


def pair(columns: list[np.ndarray], name: str) -> list[np.ndarray]:
    start = 2 + 2 * PAIRS.index(name)
    return columns[start : start + 2]


def test_only_visible_patches_show(columns: list[np.ndarray]) -> None:
    whole, shown = columns[:2]
    half = _SIDE // 2
    assert (shown[:half, :half] == whole[:half, :half]).all()
    assert (shown[half:] == 140).all()
    assert (shown[:half, half:] == 140).all()
    assert whole.std() > 20


def test_classes_have_the_colours_of_their_maps(columns: list[np.ndarray]) -> None:
    truth, prediction = pair(columns, "dynamic_world")
    assert (truth[:, : _SIDE // 2] == (0x41, 0x9B, 0xDF)).all()  # water
    assert (truth[:, _SIDE // 2 :] == (0xC4, 0x28, 0x1B)).all()  # built
    assert (prediction == truth).all()
    assert (pair(columns, "esa_worldcover")[1] == (0, 0x64, 0)).all()  # trees everywhere


def test_places_without_a_value_are_striped(columns: list[np.ndarray]) -> None:
    truth = pair(columns, "esa_worldcover")[0]
    assert (truth[:, : _SIDE // 2] == (0, 0x64, 0xC8)).all()  # permanent water
    for striped in (truth[:, _SIDE // 2 :], pair(columns, "aster")[0]):
        assert len(np.unique(striped)) == 2
        assert (striped[..., 0] == striped[..., 1]).all()


def test_height_is_greener_the_taller(columns: list[np.ndarray]) -> None:
    truth, _ = pair(columns, "canopy_height_eth")
    assert truth[:, 0, 0].mean() > truth[:, -1, 0].mean() + 100


def test_a_teacher_is_shown_as_colours_of_its_cells(tmp_path: Path) -> None:
    """The same features have the same colour in truth and prediction; cells without any are striped."""
    rng = np.random.default_rng(0)
    kinds = rng.standard_normal((4, 16)).astype(np.float32)
    cells = np.arange(64).reshape(8, 8) % 4
    truth = kinds[cells].transpose(2, 0, 1)
    predicted = np.roll(truth, 1, axis=2)
    truth = np.where(np.arange(8)[:, None] == 7, np.float32(np.nan), truth)
    nothing = np.full_like(truth, np.nan)
    shown = [
        Example(example(rng).image, example(rng).masked, ENCODER_BANDS, {"teacher_x": each}, {"teacher_x": predicted})
        for each in (truth, nothing)
    ]
    write_picture(tmp_path / "picture.png", shown, "two tiles")
    picture = np.round(imread(tmp_path / "picture.png")[..., :3] * 255).astype(int)
    left = _GROUP_GAP + 2 * _SIDE + _GAP + _GROUP_GAP
    row = picture[_HEAD:][:_SIDE]
    one, other = row[:, left : left + _SIDE], row[:, left + _SIDE + _GAP :][:, :_SIDE]
    step = _SIDE // 8
    colours = one[step // 2, step // 2 :: step]
    assert len(np.unique(colours, axis=0)) == 4
    assert (one[:step, :step] == one[0, 0]).all(), "a cell has one colour"
    assert (other[step // 2, step // 2 + step :: step] == colours[:-1]).all()
    assert len(np.unique(one[-step:].reshape(-1, 3), axis=0)) == 2
    below = picture[_HEAD + _SIDE + _GAP :][:_SIDE, left : left + _SIDE]
    assert len(np.unique(below.reshape(-1, 3), axis=0)) == 2
