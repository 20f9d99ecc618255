"""Runs that learn from a teacher: it is learned, kept when going on, and refused where no dataset has it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from taught_tiles import TAUGHT, block_means, write_taught_tiles

pytest.importorskip("torch")

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.dataset import TileDataset
from mmearth_core.pretraining.log import read_log
from mmearth_core.pretraining.methods.views import MaskedView
from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.tiles.joined import JoinedTiles
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import dataset_statistics
from mmearth_core.tiles.synthetic import write_synthetic_tiles

Recipe = Callable[..., Path]
NAME = "teacher_blocks"
#: Two epochs of few steps on tiles of which every fourth lacks the teacher.
RUN = {"outputs": ["sentinel2", NAME], "mp_mae__others": "everywhere", "data__hold_out": 0.3}


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_taught_tiles(tmp_path_factory.mktemp("taught") / "set", 24, without=range(0, 24, 4)).parent


def train_lines(run: Path) -> list[dict]:
    return [line for line in read_log(run / "log.jsonl") if line["kind"] == "train"]


def test_cells_are_the_means_of_the_pixels_a_step_sees(taught: Path) -> None:
    """From the file through statistics, crop and turn: in DN again, a cell is the mean of its block of the image."""
    file = TileFile(taught)
    statistics = dataset_statistics(file)
    teacher = file.modalities[NAME]
    view = MaskedView((MODALITIES["sentinel2"], teacher), crop=16, jitter=False, band_drop=0.0)
    tiles = TileDataset(file, statistics, np.arange(24), view, 0)
    bands = [ENCODER_BANDS.index(band) for band in TAUGHT]
    for position in range(24):
        sample = tiles.view(position, 3)
        if position % 4 == 0:
            assert np.isnan(sample[NAME]).all() and sample[NAME].shape == (2, 2, 2)
            continue
        mean, std = (each[bands, None, None] for each in statistics.of(MODALITIES["sentinel2"], file.level(position)))
        pixels = sample["sentinel2"][bands] * std + mean
        mean, std = (each[:, None, None] for each in statistics.of(teacher, file.level(position)))
        np.testing.assert_allclose(sample[NAME] * std + mean, block_means(pixels, 8), rtol=1e-3)


def test_a_dataset_without_the_teacher_may_be_beside_one_with_it(taught: Path, tmp_path: Path) -> None:
    write_synthetic_tiles(tmp_path / "plain", 4, size=24)
    tiles = JoinedTiles([TileFile(tmp_path / "plain"), TileFile(taught)])
    statistics = dataset_statistics(tiles.files[1])
    view = MaskedView((tiles.modalities[NAME],), crop=24, flips=False)
    samples = TileDataset(tiles, statistics, np.arange(len(tiles)), view, 0)
    assert [bool(np.isfinite(samples.view(tile, 0)[NAME]).all()) for tile in (0, 3, 4, 5)] == [
        False,
        False,
        False,
        True,
    ]


def test_a_teacher_is_learned_and_going_on_changes_nothing(recipe: Recipe, taught: Path, tmp_path: Path) -> None:
    config = recipe(data__datasets=[str(taught)], watch__picture_epochs=6, optimiser__epochs=6, **RUN)
    pretrain(config=config, output=tmp_path / "whole")
    lines = train_lines(tmp_path / "whole")
    assert set(lines[0]["losses"]) == {"sentinel2", NAME}
    assert lines[-1]["losses"][NAME] < 0.9 * lines[0]["losses"][NAME]
    baseline = json.loads(next((tmp_path / "whole").rglob("baseline.json")).read_text())
    assert len(baseline["constants"][NAME]) == 2
    assert list((tmp_path / "whole" / "pictures").glob("*.png"))

    class Stopping(CancelToken):
        pass

    token = Stopping()

    class Watching(Silent):
        def advance(self, amount: int) -> None:  # noqa: ARG002
            if (tmp_path / "again" / "checkpoints").is_dir() and any((tmp_path / "again" / "checkpoints").iterdir()):
                token.cancel()

    with pytest.raises(Cancelled):
        pretrain(config=config, output=tmp_path / "again", progress=Watching(), cancel=token)
    pretrain(config=config, output=tmp_path / "again")
    again = train_lines(tmp_path / "again")
    assert [each["losses"] for each in again] == [each["losses"] for each in lines]


def test_a_teacher_that_no_dataset_has_is_refused_with_those_there_are(
    recipe: Recipe, taught: Path, invented_tiles: Path, tmp_path: Path
) -> None:
    config = recipe(data__datasets=[str(taught)], outputs=["sentinel2", "teacher_other"])
    with pytest.raises(
        MMEarthError, match="no dataset has teacher_other; choose of their teachers \\(teacher_blocks\\)"
    ):
        pretrain(config=config, output=tmp_path / "run")
    config = recipe(data__datasets=[str(invented_tiles)], outputs=[NAME])
    with pytest.raises(MMEarthError, match="no dataset has teacher_blocks; choose of their teachers \\(none\\)"):
        pretrain(config=config, output=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_does_not_go_on_with_another_teacher_of_the_same_name(
    recipe: Recipe, taught: Path, tmp_path: Path
) -> None:
    config = recipe(data__datasets=[str(taught)], **RUN | {"optimiser__epochs": 1})
    pretrain(config=config, output=tmp_path / "run")
    other = write_taught_tiles(tmp_path / "set", 24, stride=4, without=range(0, 24, 4)).parent
    config = recipe(data__datasets=[str(other)], **RUN | {"optimiser__epochs": 1})
    with pytest.raises(MMEarthError, match="is a run on other tiles"):
        pretrain(config=config, output=tmp_path / "run")
    config = recipe(data__datasets=[str(taught)], **RUN | {"outputs": ["sentinel2"], "optimiser__epochs": 1})
    with pytest.raises(MMEarthError, match="outputs"):
        pretrain(config=config, output=tmp_path / "run")
