"""The live map follows the pencil, in a real QGIS: a picture after each polygon, which become one that moves.

    python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON --walk following

Prints how long the map took to follow, from the last click of a polygon to its pixels on the screen.
"""

import os
import statistics
import sys
import time

sys.path.insert(0, os.environ["WALK_FOLDER"])
from hands import MATERIAL, Walker, after, click, draw, drawn, find, open_tab, polygons, read, ready_to_draw, say, shoot

#: How many polygons of each class are drawn.
EACH = 3


def in_turn(drawings):
    """Some polygons of each class, one class after the other, those that lie farthest apart first."""
    by_class = {}
    for key, shape in drawings:
        by_class.setdefault(key, []).append(shape)
    chosen = {}
    for key, shapes in by_class.items():
        chosen[key] = [shapes.pop(0)]
        while shapes and len(chosen[key]) < EACH:
            farthest = max(shapes, key=lambda shape: min(shape.distance(other) for other in chosen[key]))
            chosen[key].append(farthest)
            shapes.remove(farthest)
    return [(key, shapes[number]) for number in range(EACH) for key, shapes in chosen.items() if number < len(shapes)]


def walk():
    _, _, canvas, dock = yield from ready_to_draw()
    session = dock.map.session
    shown, took = [], []
    session.repainted.connect(lambda _told: shown.append(time.monotonic()))
    for number, (key, shape) in enumerate(in_turn(polygons(MATERIAL / "samples.gpkg", canvas))):
        before, clicked = len(shown), time.monotonic()
        draw(canvas, key, shape)
        if number == 1:  # two classes: there is something to tell apart
            open_tab(dock.tabs, dock.map)
            click(find(dock, "liveSwitch"))
        if number > 0:
            yield lambda before=before: len(shown) > before
        if number > 1:
            took.append(shown[-1] - clicked)
        yield drawn(canvas)
        yield after(1)  # the panel says what validation found
        shoot(f"following-{number:02}")
    read()
    say(f"the map followed within {1000 * statistics.median(took):.0f} ms, at most {1000 * max(took):.0f} ms")


walker = Walker(walk())
