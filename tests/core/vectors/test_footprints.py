"""What a feature covers: the same pixels whatever it is drawn with, and nothing for what is not there."""

import numpy as np
import shapely
from affine import Affine

from mmearth_core.raster.grid import Grid, Window
from mmearth_core.vectors.footprints import covered, members, ready, touching

GRID = Grid(20, 30, Affine.identity(), None)


def test_only_features_that_reach_the_raster_count():
    shapes = [shapely.box(28, 18, 40, 40), shapely.box(31, 0, 40, 5), shapely.Point(), None, shapely.Point(np.inf, 1)]
    assert touching(np.array(shapes, object), GRID).tolist() == [True, False, False, False, False]


def test_crossed_outlines_are_repaired_and_specks_stand_for_their_pixel():
    bow = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    speck = shapely.box(10.6, 3.6, 10.8, 3.8)
    shapes = ready(np.array([bow, speck], object))
    mask = covered(shapes, GRID.window)
    assert mask[3, 10]
    inside, outside = [(1, 0), (2, 0), (1, 3), (2, 3)], [(0, 1), (0, 2), (3, 1), (3, 2)]
    assert all(mask[pixel] for pixel in inside)
    assert not any(mask[pixel] for pixel in outside)


def test_windows_see_their_part_of_the_whole():
    shapes = ready(np.array([shapely.Point(9, 9).buffer(7), shapely.LineString([(2, 18), (27, 1)])], object))
    tree = shapely.STRtree(shapes)
    whole = covered(shapes, GRID.window)
    for window in (Window(0, 0, 10, 10), Window(3, 12, 9, 18), Window(15, 20, 5, 10)):
        assert np.array_equal(covered(shapes[members(tree, window)], window), whole[window.slices])
