"""A newcomer without data: the example, the tour of the first map, the guide and the sheet of keys.

    python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON --walk tour

The guide must be in the plugin: of a folder, `make guide` puts it there.
"""

import os
import sys

sys.path.insert(0, os.environ["WALK_FOLDER"])
from hands import PICTURES, PREFIX, Walker, after, begin, click, draw, drawn, find, open_tab, picture, polygons, read
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog

#: Samples that are drawn: enough for the third step, of two classes.
_DRAWN = 14


def shown(dialog):
    dialog.repaint()
    dialog.grab().save(str(PICTURES / f"{PREFIX}{dialog.objectName()}.png"))
    read()


def walk():
    plugin, window, canvas = begin()
    plugin.open_dock(True)
    yield lambda: plugin._dock is not None
    dock = plugin.dock
    dock.resize(390, dock.height())
    window.resizeDocks([dock], [390], Qt.Orientation.Horizontal)
    yield after(1)
    picture("tour-empty")
    click(find(dock, "tryExample"))
    yield lambda: dock.tour.step == 1
    yield find(dock, "embedButton").isEnabled
    yield lambda: "×" in find(dock, "embedSummary").text()
    yield drawn(canvas)
    picture("tour-1")
    click(find(dock, "embedButton"))
    yield lambda: dock.tour.step == 2
    yield drawn(canvas)
    picture("tour-2")
    click(find(dock, "drawSamples"))
    yield lambda: plugin.context.workspace.samples is not None
    yield drawn(canvas)
    picture("tour-2-draw")
    example = plugin.context.settings.cache_folder.parent / "example" / "samples.gpkg"
    for number, shape in polygons(example, canvas)[:_DRAWN]:
        draw(canvas, number, shape)
        yield after(0.05)
    yield lambda: dock.tour.step == 3
    yield drawn(canvas)
    picture("tour-3")
    click(find(dock, "samplesLive"))
    yield lambda: dock.tour.step == 4
    yield after(2)
    yield drawn(canvas)
    picture("tour-4")
    click(find(dock, "samplesMakeMap"))
    yield lambda: dock.tour.step == 5
    yield drawn(canvas)
    picture("tour-5")
    click(window.findChild(type(find(dock, "embedButton")), "tourNext"))
    open_tab(dock.tabs, dock.accuracy)
    dock.help.open_guide()
    dock.help.open_keys()
    yield after(1.5)
    for name in ("guideWindow", "keySheet"):
        shown(window.findChild(QDialog, name))


walker = Walker(walk())
