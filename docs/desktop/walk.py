"""The way through the plugin in a real QGIS, with its pictures, as a newcomer goes it: by mouse and keyboard, with
whatever the plugin leaves on the screen. QGIS runs this file at its start (`--code`); see `hands`.
"""

import os
import shutil
import sys

sys.path.insert(0, os.environ["WALK_FOLDER"])
import slips
from hands import (
    CLASSES,
    MATERIAL,
    Walker,
    after,
    begin,
    click,
    click_on_map,
    draw,
    drawn,
    find,
    move,
    open_tab,
    picture,
    polygons,
    press,
    there_is,
)
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QScrollArea
from qgis.utils import iface


def walk():
    """Each `yield` waits until its condition holds."""
    plugin, window, canvas = begin()
    scene = iface.addRasterLayer(str(MATERIAL / "scene.tif"), "Sentinel-2 scene")
    QgsProject.instance().setCrs(scene.crs())
    # 2. First run: no Python is known yet.
    python = os.environ.pop("MMEARTH_PYTHON")
    plugin.toggle_dock(True)
    dock = plugin.dock
    dock.resize(390, dock.height())
    window.resizeDocks([dock], [390], Qt.Orientation.Horizontal)
    iface.setActiveLayer(scene)
    yield after(1)
    canvas.setExtent(scene.extent())
    canvas.refresh()
    yield drawn(canvas)
    picture("setup")
    os.environ["MMEARTH_PYTHON"] = python
    dock.choose_page()

    # 3. Embed layer.
    button = find(dock, "embedButton")
    yield button.isEnabled
    yield lambda: "×" in find(dock, "embedSummary").text()  # what the layer is
    yield drawn(canvas)
    picture("embed")
    yield from slips.cancel_the_embedding(plugin, dock)
    click(button)
    yield lambda: plugin.context.workspace.embedding is not None
    yield lambda: "×" in find(dock, "embedSummary").text()
    yield drawn(canvas)
    picture("embedding")

    # 4. Samples, drawn with the mouse, the classes chosen with number keys.
    click(find(dock, "drawSamples"))
    yield lambda: plugin.context.workspace.samples is not None
    yield drawn(canvas)
    wanted = polygons(MATERIAL / "samples.gpkg", canvas)
    yield from slips.wrong_clicks(plugin, canvas, wanted[0][1])
    for place, (number, shape) in enumerate(wanted):
        draw(canvas, number, shape)
        yield after(0.05)
        if place == 0:
            yield from slips.map_of_one_class(dock)
    yield from slips.undo(plugin, dock, canvas, *wanted[-1])
    yield drawn(canvas)
    count = plugin.context.workspace.samples.featureCount()
    if count < len(wanted):
        raise AssertionError(f"{count} samples of {len(wanted)} were drawn")
    picture("samples")

    # 5. The live map.
    open_tab(dock.tabs, dock.map)
    session = dock.map.session
    checks = []
    session.validated.connect(checks.append)
    click(find(dock, "liveSwitch"))
    yield lambda: session.layer is not None
    yield lambda: bool(checks)
    yield drawn(canvas)
    picture("live")
    click(find(dock, "swipe"))
    yield after(0.5)
    move(canvas, canvas.width() * 2 // 5, canvas.height() // 2)
    yield after(1)
    picture("swipe")
    click(find(dock, "swipe"))

    # 6. Where next.
    click(find(dock, "suggest"))
    places = find(dock, "suggestions")
    yield lambda: places.count() > 0
    yield drawn(canvas)
    yield after(1)
    picture("suggestions")
    before, left = plugin.context.workspace.samples.featureCount(), places.count()
    press(places, Qt.Key.Key_4)
    yield lambda: plugin.context.workspace.samples.featureCount() == before + 1 and places.count() == left - 1
    canvas.setExtent(scene.extent())
    canvas.refresh()
    yield drawn(canvas)

    # 7. Similar places.
    click(find(dock, "liveSwitch"))
    scroll_to(find(dock, "similarClear"))
    click(find(dock, "similarPick"))
    click_on_map(canvas, wanted[-1][1].centroid().asPoint())
    yield lambda: dock.map.similarity.layer is not None
    yield drawn(canvas)
    picture("similar")
    click(find(dock, "similarClear"))

    # 8. The final map.
    yield from slips.cancel_the_map(dock)
    click(find(dock, "final_map_make"))
    yield there_is("map")
    yield drawn(canvas)
    yield after(1)
    picture("map")

    # 9. Accuracy: a sample is drawn and some of it labelled; then with points that were labelled before.
    open_tab(dock.tabs, dock.accuracy)
    yield after(1)
    QTimer.singleShot(1500, lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return))
    click(find(dock, "accuracy_draw"))
    yield there_is("reference")
    yield drawn(canvas)
    click(find(dock, "labelling_start"))
    yield drawn(canvas)
    # Shortcuts go to the active window, and no window manager makes one here.
    QApplication.setActiveWindow(window)
    canvas.setFocus()
    done = find(dock, "labelling_progress")
    for number, key in enumerate((Qt.Key.Key_3, Qt.Key.Key_2, Qt.Key.Key_4), start=1):
        QTest.keyClick(canvas, key)
        yield lambda number=number: done.value() == number
    yield drawn(canvas)
    picture("labelling")
    click(find(dock, "labelling_start"))
    yield after(1)
    canvas.setExtent(scene.extent())
    canvas.refresh()
    yield drawn(canvas)
    names = dict(zip(CLASSES, (each.name for each in dock.samples.table.classes), strict=True))
    reference = labelled(MATERIAL / "reference.gpkg", names)
    QgsProject.instance().addMapLayer(reference)
    yield after(1)
    chooser = find(dock, "accuracy_reference")
    chooser.setFocus()
    QTest.keyClicks(chooser, reference.name())
    assess = find(dock, "accuracy_assess")
    yield assess.isEnabled
    click(assess)
    table = find(dock, "accuracy_table")
    yield lambda: table.isVisible() and table.rowCount() > 0
    yield after(1)
    picture("accuracy")
    yield after(0.5)


def scroll_to(widget):
    """As the wheel does."""
    parent = widget.parent()
    while not isinstance(parent, QScrollArea):
        parent = parent.parent()
    parent.ensureWidgetVisible(widget)


def labelled(path, names):
    """The reference points of another source, with the names of the classes that were drawn in QGIS' language."""
    own = shutil.copy(path, path.with_name("my_points.gpkg"))  # the example stays as it is
    layer = QgsVectorLayer(str(own), "GPS 2024", "ogr")
    index = layer.fields().indexOf("class")
    layer.startEditing()
    for feature in layer.getFeatures():
        layer.changeAttributeValue(feature.id(), index, names[feature["class"]])
    layer.commitChanges()
    return layer


walker = Walker(walk())
