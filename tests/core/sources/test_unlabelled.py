"""Pixels without a label: the same ones each time, from few blocks, from everywhere that has an embedding."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.transform import from_origin

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.stack import Stack
from mmearth_core.sources.unlabelled import BLOCKS, FEWEST_BLOCKS, TIMES, BesideLabels, _spread, draw_unlabelled


@dataclass
class Ground:
    """An embedding of two bands that say row and column; only where `there` says so."""

    height: int
    width: int
    there: Any = None
    block: tuple[int, int] = (256, 256)
    windows: list[Window] = field(default_factory=list)

    @property
    def grid(self) -> Grid:
        return Grid(self.height, self.width, from_origin(0, 0, 10, 10), CRS.from_epsg(32630))

    bands = ("row", "column")
    path, name, identity, halo = Path("ground.tif"), "ground", "ground", None

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *exc: object) -> None: ...

    def reader(self) -> "Ground":
        return self

    def read(self, window: Window, shape: Any = None) -> np.ndarray:
        assert shape is None
        self.windows.append(window)
        rows, cols = np.mgrid[window.row : window.row_end, window.col : window.col_end]
        valid = np.ones(rows.shape, bool) if self.there is None else self.there(rows, cols)
        return np.where(valid, np.stack([rows, cols]), -1)

    def valid(self, stored: np.ndarray) -> np.ndarray:
        return stored[0] >= 0

    def decode(self, stored: np.ndarray) -> np.ndarray:
        return stored.astype(np.float32)


def drawn(*grounds: Any, n: int = 2000, seed: int = 0) -> Any:
    return draw_unlabelled([Stack.alone(each) for each in grounds], BesideLabels(n), seed=seed, cancel=CancelToken())


def test_pixels_are_the_same_each_time_and_each_comes_once() -> None:
    one, two, other = drawn(Ground(700, 900)), drawn(Ground(700, 900)), drawn(Ground(700, 900), seed=1)
    assert np.array_equal(one.values, two.values) and one.digest == two.digest != other.digest
    assert len(one) == len(np.unique(one.values, axis=0)) == 2000


def test_all_of_a_small_scene_is_equally_likely() -> None:
    values = drawn(Ground(300, 600)).values  # blocks of 256: the narrow ones get their share, no more
    assert (values[:, 0] >= 256).mean() == pytest.approx(44 / 300, abs=0.03)
    assert (values[:, 1] >= 512).mean() == pytest.approx(88 / 600, abs=0.03)
    assert len(drawn(Ground(30, 20))) == 600


def test_few_blocks_of_a_large_scene_are_read() -> None:
    large = Ground(100_000, 100_000)
    found = drawn(large)
    assert len(found) == 2000 and found.blocks == BLOCKS == len(set(large.windows))
    rows, cols = (np.array([getattr(w, side) for w in large.windows]) for side in ("row", "col"))
    assert rows.std() > 15_000 < cols.std()


@pytest.mark.parametrize(("block", "read"), [((1024, 1024), (1024, 1024)), ((1, 20_000), (3, 20_000))])
def test_blocks_are_read_as_the_file_stores_them(block: Any, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = Ground(20_000, 20_000, block=block)
    monkeypatch.setattr("mmearth_core.sources.unlabelled.NUMBERS", 6 * read[0] * read[1] * 2)
    found = drawn(ground)
    assert len(found) == 2000 and found.blocks == 6 == len(ground.windows)
    for window in ground.windows:
        assert (window.row % read[0], window.col % read[1]) == (0, 0)
        assert (window.height, window.width) == (min(read[0], 20_000 - window.row), min(read[1], 20_000 - window.col))
    assert found.digest == drawn(Ground(20_000, 20_000, block=block)).digest
    monkeypatch.setattr("mmearth_core.sources.unlabelled.NUMBERS", 1)
    assert drawn(ground).blocks == FEWEST_BLOCKS


def test_few_blocks_lie_apart() -> None:
    near = []
    for seed in range(8):
        ground = Ground(20_000, 20_000, block=(5000, 5000))  # of which no more than a part is read
        assert drawn(ground, seed=seed).blocks == BLOCKS / 2, "all there are"
        first = np.array([(w.row, w.col) for w in _spread(ground.grid, (1024, 1024), 4, seed)]) / 20_000
        apart = np.abs(first[:, None] - first).max(axis=2)[np.triu_indices(4, 1)]
        near.append(apart.min())
    assert np.mean(near) > 0.25, "four blocks are about in four quarters; at random 0.19"


def test_empty_blocks_are_passed_over_but_not_for_ever() -> None:
    half = Ground(20_000, 20_000, lambda rows, cols: rows + cols < 20_000)
    assert drawn(half).blocks == BLOCKS and len(half.windows) > BLOCKS
    nothing = Ground(20_000, 20_000, lambda rows, cols: rows < 0 * cols)
    assert drawn(nothing) is None and len(nothing.windows) == BLOCKS * TIMES


def test_no_pixel_without_an_embedding_is_drawn() -> None:
    values = drawn(Ground(600, 600, lambda rows, cols: (rows + cols) % 7 == 0)).values
    assert len(values) == 2000 and (values.sum(axis=1) % 7 == 0).all()


def test_scenes_share_the_pixels_by_their_size() -> None:
    found = drawn(Ground(300, 300), Ground(600, 600, lambda rows, _: rows >= 300), n=1000)
    assert len(found) == 1000 and (found.values[:, 0] >= 300).sum() == 800
    # Two scenes of one size do not give the same places.
    twins = drawn(Ground(2000, 2000), Ground(2000, 2000)).values
    assert len(np.unique(twins, axis=0)) > 1900


def test_none_are_drawn_when_none_are_wanted_and_nonsense_is_refused() -> None:
    ground = Ground(300, 300)
    assert drawn(ground, n=0) is None and not ground.windows
    for number in (-1, 10**6):
        with pytest.raises(MMEarthError, match=rf"unlabelled={number} is no number of pixels"):
            drawn(ground, n=number)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        draw_unlabelled([Stack.alone(ground)], cancel=token)
