"""What a step sees: the same whatever the workers, the processes and the place where a run was resumed."""

import os
import pickle
import re
import shutil
import signal
from pathlib import Path

import h5py
import numpy as np
import pytest

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.modalities import MODALITIES, NO_CLASS, target
from mmearth_core.pretraining.methods.contract import View
from mmearth_core.pretraining.methods.seeing import LooksConfig
from mmearth_core.pretraining.methods.views import MaskedView
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import DatasetStatistics, dataset_statistics
from mmearth_core.tiles.synthetic import write_synthetic_tiles
from mmearth_core.tiles.writer import METADATA

torch = pytest.importorskip("torch")

from mmearth_core.pretraining.dataset import TileDataset, make_loader  # noqa: E402


class Shown(View):
    """Shows the modalities it is told to."""

    def __init__(self, *names: str) -> None:
        self._shown = tuple(MODALITIES[name] for name in names)

    @property
    def shown(self):
        return self._shown


class Corner(Shown):
    """A random corner of the image, the land cover there, and the generator's next number."""

    def __call__(self, sample, rng):
        row, col = rng.integers(0, 8, 2)
        return {
            "image": np.nan_to_num(sample["sentinel2"][:, row : row + 8, col : col + 8]),
            "esa_worldcover": sample["esa_worldcover"][row : row + 8, col : col + 8],
            "biome": sample["biome"],
            "lot": np.float64(rng.random()),
        }


class Whole(Shown):
    def __call__(self, sample, rng):  # noqa: ARG002
        return dict(sample)


class Deadly(View):
    """Kills the process that asks for it, unless it is the one that made it."""

    def __init__(self) -> None:
        self.safe = os.getpid()

    def __call__(self, sample, rng):  # noqa: ARG002
        if os.getpid() != self.safe:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"image": sample["sentinel2"]}


def dataset(path: Path, view: View | None = None, seed: int = 3) -> TileDataset:
    """All tiles but the first two."""
    file, view = TileFile(path), view or Corner("esa_worldcover", "biome")
    return TileDataset(file, dataset_statistics(file), np.arange(2, len(file)), view, seed)


def steps(tiles: TileDataset, batch: int = 6, workers: int = 0, epoch: int = 1, **options):
    tiles.set_epoch(epoch)
    return list(make_loader(tiles, batch, workers, **options))


def same(first, second) -> bool:
    return len(first) == len(second) and all(
        one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)
        for one, other in zip(first, second, strict=True)
    )


@pytest.mark.parametrize(("workers", "context"), [(1, "fork"), (2, "fork"), (1, "spawn")])
def test_workers_change_nothing(invented_tiles: Path, workers: int, context: str) -> None:
    tiles = dataset(invented_tiles)
    assert same(steps(tiles), steps(tiles, workers=workers, context=context))


def test_a_view_depends_on_seed_epoch_and_tile_alone(invented_tiles: Path) -> None:
    tiles = dataset(invented_tiles)
    tiles.set_epoch(4)
    for position in (0, 17):
        assert tiles[position]["lot"] == tiles.view(position, 4)["lot"]
        rng = np.random.default_rng([3, 4, position + 2])
        rng.integers(0, 8, 2)
        assert tiles[position]["lot"] == rng.random()
    lots = {
        float(dataset(invented_tiles, seed=seed).view(position, epoch)["lot"])
        for seed in (3, 4) for epoch in (0, 1) for position in (0, 1)
    }  # fmt: skip
    assert len(lots) == 8


def test_an_epoch_sees_every_tile_once_in_an_order_of_its_own(invented_tiles: Path) -> None:
    tiles = dataset(invented_tiles)
    orders = [tiles.order(epoch) for epoch in (0, 1, 0)]
    assert sorted(orders[0]) == list(range(38)) and sorted(orders[1]) == list(range(38))
    assert np.array_equal(orders[0], orders[2]) and not np.array_equal(orders[0], orders[1])
    found = steps(tiles, batch=6)
    lots = torch.cat([batch["lot"] for batch in found])
    assert len(found) == 6 and len(set(lots.tolist())) == 36  # two tiles are left over
    assert lots.tolist() == [tiles.view(int(position), 1)["lot"] for position in orders[1][:36]]


def test_the_order_is_not_drawn_from_the_numbers_of_a_view(invented_tiles: Path) -> None:
    """A generator of (seed, epoch) is that of (seed, epoch, 0): numpy pads with zeros."""
    tiles = dataset(invented_tiles)
    assert not np.array_equal(tiles.order(1), np.random.default_rng([3, 1, 0]).permutation(38))


@pytest.mark.parametrize("world", [2, 3])
def test_processes_share_the_same_steps(invented_tiles: Path, world: int) -> None:
    tiles = dataset(invented_tiles)
    parts = [steps(tiles, rank=rank, world=world) for rank in range(world)]
    joined = [{key: torch.cat([each[key] for each in batch]) for key in batch[0]} for batch in zip(*parts, strict=True)]
    assert same(steps(tiles), joined)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_resumed_epoch_goes_on_without_reading_what_it_skips(
    invented_tiles: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    tiles = dataset(invented_tiles)
    expected = steps(tiles)
    read: list[int] = []
    original = TileFile.read

    def reading(self, index, names):
        read.append(index)
        return original(self, index, names)

    monkeypatch.setattr(TileFile, "read", reading)
    loader = make_loader(tiles, 6, workers, start_step=4)
    assert len(loader) == 2
    assert same(list(loader), expected[4:])
    if not workers:
        assert len(read) == 12
    assert len(loader) == 6  # the next epoch begins at its beginning
    assert same(list(loader), expected)


def test_workers_that_stay_follow_the_epoch(invented_tiles: Path) -> None:
    tiles = dataset(invented_tiles)
    loader = make_loader(tiles, 6, 2)
    for epoch in (0, 5):
        tiles.set_epoch(epoch)
        assert same(list(loader), steps(tiles, epoch=epoch))


def test_a_sample_holds_the_targets_of_the_outputs_and_always_the_image(invented_tiles: Path) -> None:
    file = TileFile(invented_tiles)
    statistics = dataset_statistics(file)
    sample = dataset(invented_tiles, Whole(*MODALITIES)).sample(9)
    raw = file.read(9, MODALITIES)
    assert list(sample) == list(MODALITIES)
    for name, modality in MODALITIES.items():
        expected = target(modality, raw[name], *statistics.of(modality, file.level(9)))
        np.testing.assert_array_equal(sample[name], expected)
    assert list(dataset(invented_tiles, Whole("lat")).sample(9)) == ["sentinel2", "lat"]


@pytest.mark.parametrize(("inputs", "bands"), [("s2", range(12)), ("rgb", [1, 2, 3])])
def test_jitter_is_a_gain_and_noise_in_reflectance_whatever_the_statistics(invented_tiles: Path, inputs, bands) -> None:
    """It took every input to be normalised by the package's own statistics."""
    mean, std = np.linspace(4000, 9000, 12, dtype=np.float32), np.linspace(300, 900, 12, dtype=np.float32)
    numbers = DatasetStatistics({"sentinel2_l1c": (mean, std), "sentinel2_l2a": (mean, std)})
    looks = []
    for jitter in (False, True):
        view = MaskedView((MODALITIES["sentinel2"],), inputs, 24, 8, flips=False, jitter=jitter, band_drop=0.0)
        tiles = TileDataset(TileFile(invented_tiles), numbers, np.arange(40), view, 0)
        looks.append([tiles.view(position, 0) for position in range(40)])
    for plain, jittered in zip(*looks, strict=True):
        known = np.isfinite(plain["sentinel2"]).all(axis=0)
        before, after = (view["image"][:, known] * std[bands, None] + mean[bands, None] for view in (plain, jittered))
        gain = np.sum(before * after) / np.sum(before**2)
        noise = after - gain * before
        assert abs(gain - 1) < 0.3
        assert np.abs(noise.mean(axis=1)).max() < 6, "DN: no shift of a band"
        assert noise.std(axis=1) == pytest.approx(np.full(len(bands), 20), rel=0.25)


class Asking(Shown):
    """The whole sample; other images of the place for a share of the tiles."""

    places = True

    def __init__(self, share: float) -> None:
        super().__init__("lat")
        self.share = share

    @property
    def other_images(self) -> float:
        return self.share

    def __call__(self, sample, rng):
        other = sample.get("sentinel2_other")
        shown = {"sentinel2_other": np.zeros(0) if other is None else other, "has": np.array(other is not None)}
        return {**sample, **shown, "lot": np.float64(rng.random())}


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven places of three images of 24 px; of the last but two."""
    folder = tmp_path_factory.mktemp("dated") / "dated"
    return write_synthetic_tiles(folder, 20, size=24, modalities=["sentinel2", "lat"], dates=3)


def test_the_other_image_is_one_of_the_same_place_normalised_for_its_own_level(dated: Path) -> None:
    file = TileFile(dated)
    assert len(set(file.levels.tolist())) == 2
    statistics = dataset_statistics(file)
    tiles = TileDataset(file, statistics, np.arange(20), Asking(1.0), 0)
    chosen = set()
    for tile in range(20):
        for epoch in range(12):
            view = tiles.view(tile, epoch)
            assert view["place"] == file.places.number[tile] and view["place"].dtype == np.int64
            same = []
            for other in file.companions(tile):
                raw, level = file.read(int(other), ["sentinel2"])["sentinel2"], file.level(int(other))
                expected = target(MODALITIES["sentinel2"], raw, *statistics.of(MODALITIES["sentinel2"], level))
                if np.array_equal(view["sentinel2_other"], expected, equal_nan=True):
                    same.append(int(other))
            assert len(same) == 1 and same[0] // 3 == tile // 3
            chosen.add((tile, same[0]))
    assert len(chosen) == 6 * 6 + 2


def test_other_images_are_of_the_datasets_own_tiles_only(dated: Path) -> None:
    """Never one that is held out, be it at the same place."""
    file = TileFile(dated)
    own = np.array([0, 2, 3, 7, 8])
    tiles = TileDataset(file, dataset_statistics(file), own, Asking(1.0), 0)
    for epoch in range(5):
        views = [tiles.view(position, epoch) for position in range(5)]
        assert [bool(view["has"]) for view in views] == [True, True, False, True, True]
        for at, partner in ((0, 1), (3, 4)):
            assert np.array_equal(views[at]["sentinel2_other"], views[partner]["sentinel2"], equal_nan=True)


def test_other_images_come_with_their_probability_and_change_no_other_lot(dated: Path) -> None:
    file = TileFile(dated)
    often, never = (
        TileDataset(file, dataset_statistics(file), np.arange(20), Asking(share), 0) for share in (0.3, 0.0)
    )
    views = [(often.view(tile, epoch), never.view(tile, epoch)) for tile in range(20) for epoch in range(10)]
    assert 0.2 < np.mean([one["has"] for one, _ in views]) < 0.4
    assert not any(other["has"] for _, other in views)
    assert all(one["lot"] == other["lot"] for one, other in views)


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_workers_change_nothing_of_looks_at_other_images(dated: Path, context: str) -> None:
    settings = LooksConfig(dates=0.7, scale=1.4)
    view = MaskedView((MODALITIES["lat"],), "s2", 16, 8, second=True, looks=settings, paired=True, places=True)
    tiles = dataset(dated, view)
    expected = steps(tiles)
    assert {"image_again", "cells", "place"} <= expected[0].keys()
    assert expected[0]["place"].shape == (6,) and expected[0]["place"].dtype == torch.int64
    assert same(expected, steps(dataset(dated, view), workers=1, context=context))


def test_an_output_the_file_lacks_has_no_value(tmp_path: Path) -> None:
    path = write_synthetic_tiles(tmp_path / "set", 6, size=16, modalities=["sentinel2"])
    whole = dataset(path, Whole(*MODALITIES))
    batch = next(iter(make_loader(whole, 2, 0)))
    assert batch["sentinel1"].shape == (2, 8, 16, 16) and batch["sentinel1"].isnan().all()
    assert batch["era5"].shape == (2, 12) and batch["era5"].isnan().all()
    assert (batch["esa_worldcover"] == NO_CLASS).all() and batch["esa_worldcover"].shape == (2, 16, 16)
    assert batch["eco_region"].tolist() == [NO_CLASS] * 2 and batch["eco_region"].dtype == torch.int64


def test_a_dataset_pickles_without_its_open_file(invented_tiles: Path) -> None:
    tiles = dataset(invented_tiles)
    before = tiles[5]
    again = pickle.loads(pickle.dumps(tiles))  # noqa: S301
    assert all(np.array_equal(before[key], again[5][key]) for key in before)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_tile_stops_with_one_sentence(invented_tiles: Path, tmp_path: Path, workers: int) -> None:
    folder = Path(shutil.copytree(invented_tiles, tmp_path / "invented"))
    with h5py.File(folder / "invented.h5") as file:
        where = file["sentinel2"].id.get_chunk_info_by_coord((5, 0, 0, 0))
    with (folder / "invented.h5").open("r+b") as file:
        file.seek(where.byte_offset)
        file.write(b"\xff" * (where.size // 2))
    with pytest.raises(MMEarthError, match="sentinel2 of tile 5 cannot be read") as raised:
        steps(dataset(folder), batch=38, workers=workers)
    assert "Traceback" not in str(raised.value)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_that_dies_is_a_failure_of_the_machine(invented_tiles: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="A process that loads tiles died.*fewer workers"):
        steps(dataset(invented_tiles, Deadly()), workers=1)


@pytest.mark.parametrize(
    ("batch", "options", "says"),
    [
        (5, {"world": 2}, "cannot be shared evenly by 2 processes"),
        (39, {}, "38 tiles do not make one step of 39"),
        (6, {"start_step": 7}, "Step 7 is beyond the 6 steps"),
    ],
)
def test_steps_that_cannot_be_are_refused(invented_tiles: Path, batch: int, options, says: str) -> None:
    with pytest.raises(MMEarthError, match=says):
        make_loader(dataset(invented_tiles), batch, 0, **options)


def resident() -> int:
    """Memory of this process in kB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1])


class SmallView(View):
    """A corner of the image, and the memory of the process that made it."""

    def __call__(self, sample, rng):  # noqa: ARG002
        return {"image": sample["sentinel2"][:, :8, :8], "resident": np.int64(resident())}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read as on Linux")
def test_a_file_of_a_million_tiles_is_read_in_little_memory(tmp_path: Path) -> None:
    count = 1_200_000
    path = tmp_path / "giant.h5"
    with h5py.File(path, "w", libver="latest") as file:  # chunks that were never written take no room
        file.create_dataset("sentinel2", (count, 13, 64, 64), "uint16", chunks=(1, 13, 64, 64), compression="gzip")
        file.create_dataset("metadata", (count,), METADATA, fillvalue=np.array((b"0", b"l2a"), METADATA))
        file["sentinel2"][7] = 3
    before = resident()
    tiles = TileFile(path)
    million = TileDataset(tiles, dataset_statistics(tiles), np.arange(count), SmallView(), 0)
    loader = make_loader(million, 16, 2)
    assert len(loader) == count // 16
    batches = iter(loader)
    seen = [next(batches) for _ in range(4)]
    assert resident() - before < 100_000, "kB: not even a Python object for each tile"
    assert max(int(batch["resident"].max()) for batch in seen) - before < 100_000
    assert len(pickle.dumps(million)) < 12 * count
    assert tiles.read(7, ["sentinel2"])["sentinel2"].max() == 3
