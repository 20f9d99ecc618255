"""Streaming: every pixel once, in raster order, bounded, stoppable; damage is said in a sentence."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling.streaming import block_windows, transform_blocks
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.stack import Stack


def nothing(_dn: np.ndarray, _window: Window) -> int:
    return 0


def discard(_window: Window, _result: int) -> None: ...


class Counter(Silent):
    total = done = 0

    def start(self, _task: str, total: int, _unit: str, area_per_unit: float | None = None) -> None:
        self.total, self.area = total, area_per_unit

    def advance(self, amount: int) -> None:
        self.done += amount


@given(st.integers(1, 1500), st.integers(1, 3000), st.sampled_from([1, 3, 64, 400]))
def test_windows_cover_every_pixel_once_in_raster_order(height: int, width: int, bands: int) -> None:
    windows = block_windows(Grid(height, width, Affine.identity(), CRS.from_epsg(32630)), numbers=bands)
    count = np.zeros((height, width), np.uint8)
    for window in windows:
        count[window.slices] += 1
        assert window.row % 256 == 0 and window.col % 256 == 0
    assert (count == 1).all()
    assert windows == sorted(windows)


def test_results_arrive_in_order_and_equal_a_plain_read(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmearth_core.labelling.streaming.WINDOW_NUMBERS", 1)  # one block per window
    out = np.zeros(scene.truth.shape, np.uint8)
    order: list[Window] = []
    main = threading.get_ident()

    def function(dn: np.ndarray, window: Window) -> np.ndarray:
        time.sleep(0.05 if window.row == 0 and window.col == 0 else 0)  # the first is the last to be ready
        return dn.stored[0][7]

    def write(window: Window, result: np.ndarray) -> None:
        assert threading.get_ident() == main
        order.append(window)
        out[window.slices] = result

    progress = Counter()
    transform_blocks(scene.stack, function, write, progress=progress, task="test", cancel=CancelToken())
    with scene.raster.reader() as reader:
        assert (reader.read(scene.raster.grid.window)[7] == out).all()
    assert order == sorted(order) and len(order) > 2
    assert progress.done == progress.total == out.size
    assert progress.area == pytest.approx(100)


def test_few_windows_are_in_flight(
    make_scene: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmearth_core.labelling.streaming.WINDOW_NUMBERS", 1)
    monkeypatch.setattr("mmearth_core.labelling.streaming.available_processors", lambda: 2)
    wide = make_scene(tmp_path / "w.tif", height=10, width=256 * 12, bands=2)
    started, lock, ahead = [], threading.Lock(), []

    def function(_dn: np.ndarray, window: Window) -> int:
        with lock:
            started.append(window)
        return 0

    def write(_window: Window, _result: int) -> None:
        time.sleep(0.02)  # a slow disk must not make finished windows pile up
        ahead.append(len(started))

    transform_blocks(wide.stack, function, write, progress=Silent(), task="test", cancel=CancelToken())
    assert len(ahead) == 12
    assert all(begun - written <= 4 for written, begun in enumerate(ahead))


def test_cancel_stops_it_and_errors_pass_through(scene: Any) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        transform_blocks(scene.stack, nothing, discard, progress=Silent(), cancel=token, task="t")

    def broken(_dn: np.ndarray, _window: Window) -> int:
        raise MMEarthError("from the function")

    with pytest.raises(MMEarthError, match="from the function"):
        transform_blocks(scene.stack, broken, discard, progress=Silent(), task="t", cancel=CancelToken())


def test_a_truncated_embedding_is_named(scene: Any, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tif"
    data = scene.path.read_bytes()
    damaged.write_bytes(data)
    raster = EmbeddingRaster.open(damaged)
    damaged.write_bytes(data[:4000] + b"\x07" * (len(data) - 4000))
    with pytest.raises(MMEarthError, match=r"damaged\.tif"):
        transform_blocks(Stack.alone(raster), nothing, discard, progress=Silent(), task="t", cancel=CancelToken())


def test_pixel_area_is_in_square_metres_or_unknown() -> None:
    feet = CRS.from_epsg(2225)  # US survey feet
    assert Grid(1, 1, Affine(10, 0, 0, 0, -10, 0), feet).pixel_area == pytest.approx(100 * 0.3048006**2)
    assert Grid(1, 1, Affine(0.1, 0, 0, 0, -0.1, 0), CRS.from_epsg(4326)).pixel_area is None


def test_an_embedding_that_changes_while_it_is_read_is_an_error(scene: Any) -> None:
    class Touching(Counter):
        def advance(self, amount: int) -> None:
            super().advance(amount)
            scene.path.touch()

    with pytest.raises(MMEarthError, match=r"changed while it was being read; nothing was written"):
        transform_blocks(scene.stack, nothing, discard, progress=Touching(), cancel=CancelToken(), task="t")
