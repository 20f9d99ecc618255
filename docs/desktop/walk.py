"""The way through the plugin in a real QGIS, with its pictures. QGIS runs this file at its start (`--code`).

Reads from the environment: WALK_MATERIAL (a folder with scene.tif, samples.gpkg, reference.gpkg), WALK_PICTURES (where
the pictures go), WALK_PREFIX (how their names begin). Ends QGIS with 0, or 1 and the reason on stderr.
"""

import os
import sys
import time
import traceback
from pathlib import Path

from qgis.core import (
    QgsContrastEnhancement,
    QgsCoordinateTransform,
    QgsMultiBandColorRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QDockWidget, QWidget
from qgis.utils import iface, plugins

NAME = "mmearth_few_shot_mapper"
MATERIAL, PICTURES = Path(os.environ["WALK_MATERIAL"]), Path(os.environ["WALK_PICTURES"])
PREFIX = os.environ.get("WALK_PREFIX", "qgis-")
WIDTH, HEIGHT = 1366, 768
PATIENCE = 300
LEFT = Qt.MouseButton.LeftButton


def walk():
    """Each `yield` waits until its condition holds."""
    plugin = plugins[NAME]
    window, canvas = iface.mainWindow(), iface.mapCanvas()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setGeometry(0, 0, WIDTH, HEIGHT)
    for name in ("Browser", "Browser2"):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    scene = QgsRasterLayer(str(MATERIAL / "scene.tif"), "Sentinel-2 scene")
    natural_colours(scene)
    QgsProject.instance().addMapLayer(scene)
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
    dock.tabs.setCurrentWidget(dock.embed)
    button = find(dock, "embedButton")
    yield button.isEnabled
    yield after(6)
    picture("embed")
    click(button)
    yield lambda: plugin.context.workspace.embedding is not None
    yield drawn(canvas)
    picture("embedding")

    # 4. Samples, drawn with the mouse, the classes chosen with number keys.
    dock.tabs.setCurrentWidget(dock.samples)
    layer = QgsProject.instance().mapLayer(plugin.context.workspace.embedding.id())
    QgsProject.instance().layerTreeRoot().findLayer(layer.id()).setItemVisibilityChecked(False)
    choose_preset(find(dock, "classPreset"))
    click(find(dock, "newSampleLayer"))
    yield lambda: plugin.context.workspace.samples is not None
    yield after(0.5)
    click(find(dock, "polygonTool"))
    wanted = polygons(MATERIAL / "samples.gpkg", canvas)
    for number, shape in wanted:
        draw(canvas, number, shape)
        yield after(0.05)
    yield drawn(canvas)
    count = plugin.context.workspace.samples.featureCount()
    if count < len(wanted):
        raise AssertionError(f"{count} samples of {len(wanted)} were drawn")
    picture("samples")

    # 5. The live map.
    dock.tabs.setCurrentWidget(dock.map)
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
    QTest.keyClick(places, Qt.Key.Key_4)
    yield lambda: plugin.context.workspace.samples.featureCount() == before + 1 and places.count() == left - 1
    canvas.setExtent(scene.extent())
    canvas.refresh()
    yield drawn(canvas)

    # 7. Similar places.
    click(find(dock, "liveSwitch"))
    find(dock, "suggestGroup").setCollapsed(True)
    click(find(dock, "similarPick"))
    at = on_canvas(canvas, wanted[-1][1].centroid().asPoint())
    QTest.mouseClick(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
    yield lambda: dock.map.similarity.layer is not None
    yield drawn(canvas)
    picture("similar")
    click(find(dock, "similarClear"))

    # 8. The final map.
    click(find(dock, "liveSwitch"))
    yield lambda: session.layer is not None
    click(find(dock, "liveSwitch"))
    find(dock, "liveGroup").setCollapsed(True)
    find(dock, "similarGroup").setCollapsed(True)
    find(dock, "final_map_file").setFilePath(str(MATERIAL / "land_cover.tif"))
    click(find(dock, "final_map_make"))
    yield lambda: any(product(each) == "map" for each in QgsProject.instance().mapLayers().values())
    yield drawn(canvas)
    yield after(1)
    picture("map")

    # 9. Accuracy: a sample is drawn and some of it labelled; then with points that were labelled before.
    dock.tabs.setCurrentWidget(dock.accuracy)
    yield after(1)
    QTimer.singleShot(1500, lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return))
    click(find(dock, "accuracy_draw"))
    yield lambda: any(product(each) == "reference" for each in QgsProject.instance().mapLayers().values())
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
    reference = labelled(MATERIAL / "reference.gpkg")
    QgsProject.instance().addMapLayer(reference)
    yield after(1)
    find(dock, "accuracy_reference").setLayer(reference)
    assess = find(dock, "accuracy_assess")
    yield assess.isEnabled
    click(assess)
    table = find(dock, "accuracy_table")
    yield lambda: table.isVisible() and table.rowCount() > 0
    yield after(1)
    picture("accuracy")
    yield after(0.5)


def find(parent, name):
    """The widget of that object name."""
    found = parent.findChild(QWidget, name)
    if found is None:
        raise AssertionError(f"there is no {name}")
    return found


def after(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def drawn(canvas):
    """When the canvas has nothing left to draw."""
    settled = after(0.8)
    return lambda: settled() and not canvas.isDrawing()


def click(button):
    button.window().raise_()
    QTest.mouseClick(button, LEFT)


def move(canvas, x, y):
    QTest.mouseMove(canvas.viewport(), QPoint(x - 20, y))
    QTest.mouseMove(canvas.viewport(), QPoint(x, y))


def on_canvas(canvas, point) -> QPoint:
    pixel = canvas.getCoordinateTransform().transform(point)
    return QPoint(round(pixel.x()), round(pixel.y()))


def polygons(path, canvas):
    """(number key, shape in the canvas' CRS) of the drawn examples; the keys are those of the classes."""
    from_file = QgsVectorLayer(f"{path}|layername=samples", "drawn before", "ogr")
    transform = QgsCoordinateTransform(from_file.crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance())
    keys = {name: key for key, name in enumerate(CLASSES, start=1)}
    found = []
    for feature in from_file.getFeatures():
        shape = feature.geometry()
        shape.transform(transform)
        found.append((keys[feature["class"]], shape))
    return found


#: The names of the example's classes in the preset of the plugin, in the order of its keys.
CLASSES = {
    "water": "water",
    "forest": "forest",
    "grassland": "grass",
    "crops": "crop",
    "built-up": "built",
    "bare soil": "bare",
}


def labelled(path):
    """The reference points with the names of the classes that were drawn."""
    layer = QgsVectorLayer(str(path), "reference points", "ogr")
    index = layer.fields().indexOf("class")
    layer.startEditing()
    for feature in layer.getFeatures():
        layer.changeAttributeValue(feature.id(), index, CLASSES.get(feature["class"], feature["class"]))
    layer.commitChanges()
    return layer


def draw(canvas, number, shape):
    """A polygon by clicks, finished with the right button."""
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_0 + number)
    ring = shape.asPolygon()[0] if not shape.isMultipart() else shape.asMultiPolygon()[0][0]
    for corner in ring[:-1]:
        at = on_canvas(canvas, corner)
        QTest.mouseMove(canvas.viewport(), at)
        QTest.mouseClick(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, at)


def choose_preset(combo: QComboBox):
    combo.setCurrentIndex(0)


def natural_colours(layer):
    renderer = QgsMultiBandColorRenderer(layer.dataProvider(), 4, 3, 2)
    for band, setter in ((4, "Red"), (3, "Green"), (2, "Blue")):
        stretch = QgsContrastEnhancement(layer.dataProvider().dataType(band))
        stretch.setContrastEnhancementAlgorithm(
            QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum
        )
        stretch.setMinimumValue(0)
        stretch.setMaximumValue(2800)
        getattr(renderer, f"set{setter}ContrastEnhancement")(stretch)
    layer.setRenderer(renderer)


def product(layer):
    return layer.customProperty("mmearth/product")


def picture(name):
    iface.mainWindow().repaint()
    QApplication.processEvents()
    path = PICTURES / f"{PREFIX}{name}.png"
    iface.mainWindow().grab().save(str(path))
    sys.stderr.write(f"picture {path.name}\n")
    sys.stderr.flush()


class Walker:
    """Goes from one step to the next when its condition holds."""

    def __init__(self):
        self._steps, self._condition, self._since = walk(), lambda: True, time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(50)

    def _look(self):
        self._timer.stop()
        try:
            if self._condition():
                self._condition, self._since = next(self._steps), time.monotonic()
            elif time.monotonic() - self._since > PATIENCE:
                raise AssertionError("a step took too long")
        except StopIteration:
            self._end(0)
        except Exception:  # noqa: BLE001 - whatever it is, it is shown, and QGIS must end
            traceback.print_exc()
            picture("failed")
            self._end(1)
        else:
            self._timer.start(50)

    def _end(self, code):
        QgsProject.instance().setDirty(False)
        sys.stderr.flush()
        os._exit(code)


walker = Walker() if NAME in plugins else os._exit(2)
