"""Teachers in tiles: written and read back, told missing, measured, joined, and refused where they contradict."""

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest
from taught_tiles import block_means, block_teacher, write_taught_tiles

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, SENTINEL2_STORED, nothing, target, teacher, valid
from mmearth_core.tiles.joined import JoinedTiles, pooled
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import dataset_statistics
from mmearth_core.tiles.synthetic import make_tile, write_synthetic_tiles
from mmearth_core.tiles.writer import TileWriter

NAME = "teacher_blocks"


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six tiles of 24 pixels, two of which lack the teacher."""
    return write_taught_tiles(tmp_path_factory.mktemp("taught") / "set", 6, without={1, 4})


def test_what_is_written_is_read_back_with_all_that_is_said_of_it(taught: Path) -> None:
    file = TileFile(taught)
    assert list(file.modalities) == ["sentinel2", "aster", "month", NAME]
    assert file.modalities[NAME] == block_teacher() and file.modalities["aster"] is MODALITIES["aster"]
    with pytest.raises(TypeError):
        file.modalities["aster"] = block_teacher()  # type: ignore[index]
    for number in range(6):
        raw = file.read(number, ["sentinel2", NAME])
        if number in (1, 4):
            assert np.isnan(raw[NAME]).all() and raw[NAME].shape == (2, 3, 3)
        else:
            bands = [SENTINEL2_STORED.index(band) for band in ("B04", "B08")]
            np.testing.assert_array_equal(raw[NAME], block_means(raw["sentinel2"][bands], 8))
    again = pickle.loads(pickle.dumps(file))  # noqa: S301
    assert repr(again.modalities) == repr(file.modalities)  # one NaN is not another


def test_the_statistics_are_those_of_the_cells_there_are(taught: Path) -> None:
    file = TileFile(taught)
    cells = np.stack([file.read(number, [NAME])[NAME] for number in (0, 2, 3, 5)]).astype(np.float64)
    for again in (False, True):
        found = dataset_statistics(file)
        mean, std = found.of(file.modalities[NAME], "l2a")
        assert mean == pytest.approx(cells.mean((0, 2, 3)), rel=1e-6)
        assert std == pytest.approx(cells.std((0, 2, 3)), rel=1e-5)
        assert found.counts[NAME].tolist() == [36, 36]
        if not again:
            file.beside("band_stats").unlink()  # measured from the tiles


def test_a_cell_is_missing_where_any_channel_is() -> None:
    modality = teacher("teacher_x", "int8", stride=8, scale=[0.5, 0.25])
    raw = np.array([[[3, -128], [5, 6]], [[1, 2], [-128, 4]]], np.int8)
    assert valid(modality, raw).tolist() == [[[True, False], [False, True]]] * 2
    found = target(modality, raw, np.float32([1, 2]), np.float32([2, 1]))
    np.testing.assert_array_equal(found, np.float32([[[1, np.nan], [np.nan, 2.5]], [[-1, np.nan], [np.nan, 2]]]))
    assert found.dtype == np.float32
    assert (modality.missing(16) == np.full((2, 2, 2), -128, np.int8)).all()
    assert nothing(modality, 16).shape == (2, 2, 2) and np.isnan(nothing(modality, 16)).all()
    halves = teacher("teacher_x", "float16", stride=8, scale=[1, 1])
    known = valid(halves, np.float16([[[1, np.nan]], [[np.inf, 2]]]))
    assert not known.any() and np.isnan(halves.missing(8)).all()


@pytest.mark.parametrize(
    ("name", "dtype", "stride", "scale", "says"),
    [
        ("galileo", "int8", 8, [1], "lower case letters"),
        ("teacher_Galileo", "int8", 8, [1], "lower case letters"),
        ("teacher_x", "uint8", 8, [1], "stored as uint8, not as int8, float16, float32"),
        ("teacher_x", "int8", 0, [1], "stride is 0"),
        ("teacher_x", "int8", 8, [1, 0], "scale is not a positive number"),
        ("teacher_x", "int8", 8, [], "scale is not a positive number"),
        ("teacher_x", "float32", 8, [0.5], "of which the scale must be 1"),
    ],
)
def test_what_no_teacher_can_be(name: str, dtype: str, stride: int, scale: list[float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        teacher(name, dtype, stride=stride, scale=scale)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stride": None}, "lacks the attribute stride"),
        ({"licence": None, "source": None}, "lacks the attribute licence, source"),
        ({"stride": 4}, r"is of shape \(6, 2, 3, 3\), which is not that of 6 tiles of 24 pixels.*stride of 4"),
        ({"stride": 5}, "stride of 5"),
        ({"scale": np.ones(3, np.float32)}, "3 channels"),
        ({"scale": np.full(2, np.nan)}, "scale is not a positive number"),
        ({"no_data": -1}, "no_data is -1, which in float32 must be nan"),
    ],
)
def test_attributes_that_contradict_the_array_are_refused(tmp_path: Path, change: dict, says: str) -> None:
    path = write_taught_tiles(tmp_path / "set", 6)
    with h5py.File(path, "r+") as file:
        for key, value in change.items():
            if value is None:
                del file[NAME].attrs[key]
            else:
                file[NAME].attrs[key] = value
    with pytest.raises(MMEarthError, match=rf"set\.h5: {NAME}.*{says}"):
        TileFile(path)


def test_the_writer_refuses_a_teacher_that_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="teacher_blocks: a stride of 7 pixels does not divide tiles of 24"):
        TileWriter(tmp_path / "set", 24, ["sentinel2"], teachers=[block_teacher(stride=7)])
    raw, info = make_tile(np.random.default_rng(0), size=24)
    says = r"teacher_blocks is float32 of shape \(2, 24, 24\); give float32 of \(2, 3, 3\)"
    with (
        TileWriter(tmp_path / "set", 24, ["sentinel2"], teachers=[block_teacher()]) as writer,
        pytest.raises(MMEarthError, match=says),
    ):
        writer.append("0", {"sentinel2": raw["sentinel2"], NAME: np.zeros((2, 24, 24), np.float32)}, info)


def test_tiles_of_another_teacher_are_made_again(tmp_path: Path) -> None:
    raw, info = make_tile(np.random.default_rng(0), size=24)
    for stride, kept in ((8, 0), (8, 1), (4, 0)):
        with TileWriter(tmp_path / "set", 24, ["sentinel2"], teachers=[block_teacher(stride=stride)]) as writer:
            assert len(writer) == kept
            if not kept:
                writer.append("0", {"sentinel2": raw["sentinel2"]}, info)


def test_datasets_with_and_without_a_teacher_are_read_as_one(taught: Path, tmp_path: Path) -> None:
    files = [TileFile(write_synthetic_tiles(tmp_path / "plain", 2, size=24)), TileFile(taught)]
    joined = JoinedTiles(files)
    assert list(joined.modalities) == [*MODALITIES, NAME]
    assert np.isnan(joined.read(1, [NAME])[NAME]).all() and joined.read(1, [NAME])[NAME].shape == (2, 3, 3)
    np.testing.assert_array_equal(joined.read(2, [NAME])[NAME], files[1].read(0, [NAME])[NAME])
    together = pooled(files, [dataset_statistics(file) for file in files])
    mean, std = dataset_statistics(files[1]).of(files[1].modalities[NAME], "l2a")
    np.testing.assert_allclose(together.values[NAME], (mean, std), rtol=1e-6)


def test_teachers_of_one_name_must_be_the_same(taught: Path, tmp_path: Path) -> None:
    first = TileFile(taught)
    other = TileFile(write_taught_tiles(tmp_path / "finer", 1, stride=4))
    with pytest.raises(
        MMEarthError, match=r"finer\.h5: teacher_blocks has .*stride of 4, in the datasets before.*of 8"
    ):
        JoinedTiles([first, other])
    for name, scale in (("one", 0.5), ("two", 0.25)):
        raw, info = make_tile(np.random.default_rng(0), size=24)
        scaled = teacher(NAME, "int8", stride=8, scale=[scale, scale])
        with TileWriter(tmp_path / name, 24, ["sentinel2"], teachers=[scaled]) as writer:
            writer.append("0", {"sentinel2": raw["sentinel2"]}, info)
            writer.finish()
    one, two = TileFile(tmp_path / "one"), TileFile(tmp_path / "two")
    with pytest.raises(MMEarthError, match=r"two\.h5: teacher_blocks is scaled otherwise"):
        JoinedTiles([one, two])
    with pytest.raises(MMEarthError, match=r"one\.h5: teacher_blocks has 2 channels of int8"):
        JoinedTiles([first, one])
