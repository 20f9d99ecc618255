"""The generated world of NS-MAE: what its sensors see, by hand."""

import numpy as np
import pytest

from mmearth_core.pretraining.methods.ns_mae.scenes.world import (
    CLEAR,
    EXTENT,
    MAST,
    REACH,
    SKY,
    Cameras,
    Scene,
    cast,
    lidar_directions,
    scene,
)


def one_box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Scene:
    return Scene(np.array([[low, high]]), np.array([[1.0, 0.0, 0.0]]), np.array([[0.2] * 3, [0.4] * 3]))


def test_one_box_and_one_beam_by_hand() -> None:
    """From (16, 16, 3) along (0.8, 0, 0.6): a box that begins at x = 20 is met at z = 6, after 5 m."""
    beam = np.array([[0.8, 0.0, 0.6], [0.8, 0.0, -0.6], [0.0, 1.0, 0.0], [0.6, 0.0, 0.8]])
    hits = cast(one_box((20, 14, 0), (24, 18, 7)), beam)
    assert hits.distance[:2] == pytest.approx([5.0, 5.0]) and np.isinf(hits.distance[2:]).all()
    assert hits.colour[0] == pytest.approx([0.65, 0, 0]) and hits.colour[2] == pytest.approx(SKY)
    lower = cast(one_box((22, 14, 0), (24, 18, 7)), beam)
    # The second beam comes to the ground at (20, 16), a square of even number, before the box.
    assert lower.distance[1] == pytest.approx(5.0) and lower.colour[1] == pytest.approx([0.2] * 3)


def test_the_nearer_box_hides_the_other_and_the_ground_ends_with_the_world() -> None:
    boxes = np.array([[[25, 10, 0], [27, 22, 6]], [[20, 10, 0], [22, 22, 6]]], np.float64)
    shown = Scene(boxes, np.array([[1.0, 0, 0], [0, 1.0, 0]]), np.zeros((2, 3)))
    hits = cast(shown, np.array([[1.0, 0, 0], [-np.cos(0.1), 0, -np.sin(0.1)], [-np.cos(0.5), 0, -np.sin(0.5)]]))
    assert hits.distance[0] == pytest.approx(4) and hits.colour[0] == pytest.approx([0, 0.65, 0])
    # 3 m down at 0.1 rad is 29.9 m away, beyond the border at 16 m; at 0.5 rad it is 5.5 m away.
    assert np.isinf(hits.distance[1]) and hits.distance[2] == pytest.approx(3 / np.sin(0.5))


def test_a_scene_follows_from_seed_and_number_alone() -> None:
    first, again = scene(3, 7), scene(3, 7)
    assert np.array_equal(first.boxes, again.boxes) and np.array_equal(first.colours, again.colours)
    assert not np.array_equal(first.colours, scene(3, 8).colours) and not np.array_equal(
        first.ground, scene(4, 7).ground
    )
    counts = set()
    for number in range(60):
        boxes = scene(0, number).boxes
        counts.add(len(boxes))
        assert (boxes >= 0).all() and (boxes[:, 1] <= EXTENT).all() and (boxes[:, 1] > boxes[:, 0]).all()
        away = np.maximum(boxes[:, 0, :2] - MAST[:2], MAST[:2] - boxes[:, 1, :2]).max(1)
        assert (away >= CLEAR).all()
        covered = sum(np.prod(high[:2] - low[:2]) for low, high in boxes)
        assert scene(0, number).footprint((320, 320)).mean() * 32**2 == pytest.approx(covered, rel=0.1)
    assert min(counts) >= 3 and max(counts) == 12


def test_labels_are_of_cells_from_above_by_rows_and_columns() -> None:
    inside = one_box((20, 2, 0), (23, 4, 5)).footprint((32, 32))
    assert inside.sum() == 6 and inside[2:4, 20:23].all()


def test_four_cameras_of_ninety_degrees_see_all_around_and_each_direction_in_its_pixel() -> None:
    cameras = Cameras(64, 96)
    directions = cameras.directions()
    assert directions.shape == (4, 64, 96, 3) and np.allclose(np.linalg.norm(directions, axis=-1), 1)
    # The middle of the first looks along x; its left border towards larger y, its rows downwards.
    assert directions[0, 31:33, 47:49].mean((0, 1)) == pytest.approx([1, 0, 0], abs=1e-3)
    assert directions[0, 32, 0, 1] > 0.7 > directions[0, 32, 95, 1] and directions[0, 0, 48, 2] > 0.5
    wanted = np.stack(np.meshgrid(np.arange(4), np.arange(64), np.arange(96), indexing="ij"), -1)
    assert np.array_equal(cameras.pixels(directions.reshape(-1, 3)), wanted.reshape(-1, 3))
    assert cameras.directions_at(8)[2, 3, 5] == pytest.approx(
        directions[2, 24:32, 40:48].mean((0, 1)) / np.linalg.norm(directions[2, 24:32, 40:48].mean((0, 1))), abs=2e-3
    )


def test_what_the_lidar_measures_is_where_the_cameras_see_it() -> None:
    cameras, shown = Cameras(64, 96), scene(0, 1)
    assert lidar_directions().shape == (32 * 360, 3)
    distances = cast(shown, lidar_directions()).distance
    assert np.nanmax(np.where(np.isfinite(distances), distances, np.nan)) < REACH
    depth = cameras.depths(distances)
    exact = cast(shown, cameras.directions().reshape(-1, 3)).distance.reshape(depth.shape)
    known = np.isfinite(depth)
    assert 0.2 < known.mean() < 0.6
    # Beams do not pass through the centres of pixels: at the borders of boxes they may meet another thing.
    with np.errstate(invalid="ignore"):
        assert (np.abs(depth - exact)[known] < 0.05 * exact[known] + 0.1).mean() > 0.9


def test_images_show_the_colours_of_what_is_met() -> None:
    images = Cameras(64, 96).images(one_box((20, 14, 0), (24, 18, 5)))
    assert images.shape == (4, 3, 64, 96) and images.dtype == np.uint8
    assert images[0, :, 32, 48].tolist() == [round(0.65 * 255), 0, 0]
    assert images[1, :, 0, 48].tolist() == [round(each * 255) for each in SKY]
