"""How many clicks the first map takes, from a raster that is loaded, and where QGIS freezes on the way.

    python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON --walk first_map

Prints what was pressed, without the corners of the polygons, and every time that the main thread computed for more than
200 ms at a stretch.
"""

import os
import sys

sys.path.insert(0, os.environ["WALK_FOLDER"])
from hands import (
    MATERIAL,
    Heartbeat,
    Walker,
    after,
    begin,
    click,
    counted,
    draw,
    drawn,
    find,
    polygons,
    say,
    there_is,
)
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QToolBar, QToolButton
from qgis.utils import iface


def walk():
    plugin, window, canvas = begin()
    scene = iface.addRasterLayer(str(MATERIAL / "scene.tif"), "Sentinel-2 scene")
    QgsProject.instance().setCrs(scene.crs())
    yield drawn(canvas)
    heart = Heartbeat()
    yield after(0.5)

    heart.during = "the dock opens"
    action = plugin._open_action
    buttons = (bar.widgetForAction(action) for bar in window.findChildren(QToolBar))
    click(next(each for each in buttons if isinstance(each, QToolButton)))
    yield lambda: plugin._dock is not None
    dock = plugin.dock
    yield dock.isVisible
    embed = find(dock, "embedButton")
    yield embed.isEnabled
    yield after(3)
    heart.during = "embedding"
    click(embed)
    yield lambda: plugin.context.workspace.embedding is not None
    yield drawn(canvas)
    heart.during = "a new sample layer"
    click(find(dock, "drawSamples"))
    yield lambda: plugin.context.workspace.samples is not None
    yield drawn(canvas)
    heart.during = "drawing"
    before = counted["keys"]
    for number, shape in polygons(MATERIAL / "samples.gpkg", canvas):
        draw(canvas, number, shape)
        yield after(0.05)
    keys, counted["keys"] = counted["keys"] - before, before
    heart.during = "the live map"
    click(find(dock, "samplesLive"))
    yield lambda: dock.map.session.layer is not None
    yield after(3)
    heart.during = "the map"
    click(find(dock, "samplesMakeMap"))
    yield there_is("map")
    yield drawn(canvas)
    samples = plugin.context.workspace.samples
    say(f"first map: {counted['clicks']} clicks and {counted['keys']} keys, the live map among them")
    say(f"drawing: {samples.featureCount()} polygons, a key for the class of each ({keys})")
    for during, seconds in heart.freezes:
        say(f"froze for {1000 * seconds:.0f} ms of processor time: {during}")
    if not heart.freezes:
        say("no freeze over 200 ms of processor time")


walker = Walker(walk())
