"""The figures a run is watched by: constants to compare with, collapse, neighbours of labelled tiles."""

from pathlib import Path

import numpy as np
import pytest
import torch

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.model_file import Statistics
from mmearth_core.encoder.network import Encoder, randomise
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.labelled import read_labelled
from mmearth_core.pretraining.monitor import COLLAPSED, feature_spread, measure_constants, score_of
from mmearth_core.sentinel2 import ENCODER_BANDS, LEVELS, statistics

STATISTICS = {level: Statistics(*(tuple(part.tolist()) for part in statistics(level=level))) for level in LEVELS}


def test_the_best_constants_are_means_and_frequencies_of_what_there_is() -> None:
    nan = float("nan")
    batches = [
        {
            "month": torch.tensor([[1.0, nan], [3.0, nan]]),
            "aster": torch.tensor([[[[2.0, nan]], [[1.0, 1.0]]], [[[4.0, 6.0]], [[nan, nan]]]]),
            "dynamic_world": torch.tensor([[[0, 0]], [[0, -1]]]),
        },
        {
            "month": torch.tensor([[8.0, nan]]),
            "aster": torch.full((1, 2, 1, 2), nan),
            "dynamic_world": torch.tensor([[[3, -1]]]),
        },
    ]
    constants = measure_constants(batches, [MODALITIES[name] for name in ("month", "aster", "dynamic_world")])
    assert constants["month"] == [4.0, 0.0]
    assert constants["aster"] == [4.0, 1.0]
    shares = np.exp(constants["dynamic_world"])
    assert shares.sum() == pytest.approx(1)
    assert shares[0] == pytest.approx(3 * shares[3])
    assert (shares > 0).all()


def test_the_score_is_the_mean_ratio_over_what_has_values() -> None:
    losses = {"a": 1.0, "b": 3.0, "c": None, "d": 1.0}
    assert score_of(losses, {"a": 2.0, "b": 2.0, "c": 1.0, "d": None}) == 1.0
    assert score_of({"a": None}, {"a": None}) is None


def test_features_that_are_all_the_same_are_seen_as_collapsed() -> None:
    rng = np.random.default_rng(0)
    different = rng.normal(size=(20, 8)).astype(np.float32)
    assert feature_spread(different) > 0.5
    assert feature_spread(np.ones((20, 8), np.float32) + 1e-4 * different) < COLLAPSED
    assert feature_spread(np.zeros((20, 8), np.float32)) == 0


def labelled(path: Path, **changes: object) -> Path:
    """Bright and dark tiles of ten bands, five of each class in each of two places."""
    rng = np.random.default_rng(0)
    label = np.arange(20) % 2
    dn = rng.normal(1500 + 2000 * label[:, None, None, None], 100, (20, 10, 20, 24)).clip(1).astype(np.uint16)
    bands = [band for band in ENCODER_BANDS if band not in ("B01", "B09")]
    lonlat = np.array([(0.5, 50.5) if each < 10 else (9.5, 40.5) for each in range(20)])
    arrays = {"x": dn, "bands": np.array(bands), "level": np.array("L2A"), "label": np.array(["dark", "bright"])[label],
              "lonlat": lonlat} | changes  # fmt: skip
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path


def test_neighbours_tell_classes_apart_on_the_other_side_of_the_map(tmp_path: Path) -> None:
    encoder = Encoder(Architecture("atto", 8, 12)).eval()
    randomise(encoder, 0)
    tiles = read_labelled(labelled(tmp_path / "tiles.npz"), ENCODER_BANDS, STATISTICS, 8)
    assert tiles.images.shape == (20, 12, 16, 16)
    assert {tuple(tiles.half[:10]), tuple(tiles.half[10:])} == {(0,) * 10, (1,) * 10}
    assert tiles.accuracy(encoder) == {"knn-5": 1.0}
    mixed = labelled(tmp_path / "mixed.npz", label=np.random.default_rng(1).integers(2, size=20))
    assert read_labelled(mixed, ENCODER_BANDS, STATISTICS, 8).accuracy(encoder)["knn-5"] < 0.9


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": None}, "has no level"),
        ({"level": np.array("l1b")}, "level is l1b; give l1c or l2a"),
        ({"label": np.zeros(3)}, r"label has shape \(3,\)"),
        ({"level": np.array(["L2A"] * 3)}, r"level has shape \(3,\)"),
        ({"lonlat": np.zeros(20)}, r"lonlat has shape \(20,\)"),
        ({"x": np.zeros((10, 20, 24))}, r"x has shape \(10, 20, 24\)"),
        ({"x": np.ones((20, 10, 5, 9), np.uint16)}, "tiles have 5 × 9 pixels, a patch of the encoder has 8"),
        ({"lonlat": np.full((20, 2), 10.5)}, "all tiles fall into one half, as no place"),
        ({"bands": np.array(["red"] * 10)}, "tiles.npz"),
    ],
)
def test_labelled_tiles_that_lack_something_are_refused(tmp_path: Path, changes: dict, words: str) -> None:
    with pytest.raises(MMEarthError, match=words):
        read_labelled(labelled(tmp_path / "tiles.npz", **changes), ENCODER_BANDS, STATISTICS, 8)
    with pytest.raises(MMEarthError, match="No such file"):
        read_labelled(tmp_path / "none.npz", ENCODER_BANDS, STATISTICS, 8)


def test_files_that_hold_no_labelled_tiles_are_named(tmp_path: Path) -> None:
    """They ended a run with errors of numpy and zipfile."""
    whole = labelled(tmp_path / "whole.npz")
    array, cut, empty, spoilt = (tmp_path / name for name in ("array.npy", "cut.npz", "empty.npz", "spoilt.npz"))
    np.save(array, np.zeros((4, 10, 16, 16)))
    cut.write_bytes(whole.read_bytes()[:5000])
    empty.touch()
    content = bytearray(whole.read_bytes())
    content[3000:3100] = bytes(100)
    spoilt.write_bytes(content)
    for path in (array, cut, empty, spoilt):
        with pytest.raises(MMEarthError, match=rf"{path.name}.*\.npz"):
            read_labelled(path, ENCODER_BANDS, STATISTICS, 8)
