"""The tool Segment and the window that compares classes, in a real QGIS: pictures of both.

python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON --walk tools [--dark] [--locale de]
"""

import os
import sys
import time

sys.path.insert(0, os.environ["WALK_FOLDER"])
from hands import (
    MATERIAL,
    Walker,
    after,
    click,
    click_on_map,
    draw,
    drawn,
    find,
    on_canvas,
    picture,
    polygons,
    press,
    ready_to_draw,
    say,
)
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import QApplication


def turn(canvas, at, notches):
    """Turn the wheel over a place of the canvas."""
    here = QPointF(at)
    there = QPointF(canvas.viewport().mapToGlobal(at))
    no, delta = Qt.KeyboardModifier.NoModifier, QPoint(0, 120 * notches)
    event = QWheelEvent(here, there, QPoint(), delta, Qt.MouseButton.NoButton, no, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(canvas.viewport(), event)


def walk():
    plugin, _, canvas, dock = yield from ready_to_draw()
    shapes = polygons(MATERIAL / "samples.gpkg", canvas)
    for number, shape in shapes[:-1]:
        draw(canvas, number, shape)
        yield after(0.05)
    click(find(dock, "segmentTool"))
    tool = dock.samples.tools["segment"]
    number, shape = shapes[-1]
    press(canvas, Qt.Key.Key_0 + number)
    place = shape.pointOnSurface().asPoint()
    seen = shape.boundingBox()
    seen.grow(canvas.extent().width() / 12)  # in whatever units
    canvas.setExtent(seen)
    canvas.refresh()
    yield drawn(canvas)
    clicked, outlined = time.monotonic(), []
    tool._grower.grown.connect(lambda _region: outlined.append(time.monotonic() - clicked))
    click_on_map(canvas, place)
    yield lambda: tool._region is not None and not tool._grower.busy
    say(f"outlined: {tool._region.pixels} pixels, {1000 * outlined[0]:.0f} ms after the click")
    for _ in range(4):
        turn(canvas, on_canvas(canvas, place), 1)
        yield lambda: not tool._grower.busy
        say(f"after a turn: {tool._region.pixels} pixels, {tool._region.bounded or 'not cut'}")
    yield drawn(canvas)
    picture("segment")
    number = plugin.context.workspace.samples.featureCount()
    click_on_map(canvas, place)
    yield lambda: plugin.context.workspace.samples.featureCount() == number + 1
    say("taken by a click inside")
    click(find(dock, "compareClasses"))
    plots = dock.samples.class_plots
    yield lambda: plots._result is not None
    for page, name in enumerate(("spectra", "embedding", "separability", "odd")):
        plots.pages.setCurrentIndex(page)
        yield after(0.5)
        picture(f"compare-{name}", plots)


walker = Walker(walk())
