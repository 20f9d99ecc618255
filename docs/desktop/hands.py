"""Mouse, keyboard and eyes for what is walked in a real QGIS: clicks are counted, freezes are noticed.

A walk is a generator; each `yield` waits until its condition holds. Reads from the environment: WALK_MATERIAL (a folder
with scene.tif, samples.gpkg, reference.gpkg), WALK_PICTURES (where the pictures go), WALK_PREFIX (how their names
begin), WALK_SIZE (of the window, "1366x768"). Ends QGIS with 0, or 1 and the reason on stderr: what went wrong, or
which texts on the pictures cannot be read.
"""

import faulthandler
import functools
import os
import sys
import time
import traceback
from pathlib import Path

import legible
from qgis.core import QgsApplication, QgsCoordinateTransform, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QWidget
from qgis.utils import iface, plugins

NAME = "mmearth_few_shot_mapper"
MATERIAL, PICTURES = Path(os.environ["WALK_MATERIAL"]), Path(os.environ["WALK_PICTURES"])
PREFIX = os.environ.get("WALK_PREFIX", "qgis-")
WIDTH, HEIGHT = map(int, os.environ.get("WALK_SIZE", "1366x768").split("x"))
PATIENCE = 150
#: Seconds that a step itself may take: a dialog that nobody answers would keep the walk for good.
_STUCK = 60
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_NO = Qt.KeyboardModifier.NoModifier

#: What was pressed so far, without the corners of what is drawn.
counted = {"clicks": 0, "keys": 0}

#: What could not be read on the pictures so far.
unread = set()


def begin():
    """A window of its size, without what QGIS opens on the left beside the layers. Returns plugin, window, canvas."""
    window = iface.mainWindow()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setGeometry(0, 0, WIDTH, HEIGHT)
    for name in ("Browser", "Browser2"):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    return plugins[NAME], window, iface.mapCanvas()


def ready_to_draw():
    """The demo's scene, its embedding and an empty layer of samples. Returns plugin, window, canvas, dock."""
    plugin, window, canvas = begin()
    scene = iface.addRasterLayer(str(MATERIAL / "scene.tif"), "Sentinel-2 scene")
    QgsProject.instance().setCrs(scene.crs())
    yield drawn(canvas)
    plugin.toggle_dock(True)
    dock = plugin.dock
    window.resizeDocks([dock], [390], Qt.Orientation.Horizontal)
    yield drawn(canvas)
    yield find(dock, "embedButton").isEnabled
    click(find(dock, "embedButton"))
    yield lambda: plugin.context.workspace.embedding is not None
    yield drawn(canvas)
    click(find(dock, "drawSamples"))
    yield lambda: plugin.context.workspace.samples is not None
    yield drawn(canvas)
    return plugin, window, canvas, dock


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


def click(widget, at=None):
    """A click on a widget that can be seen and pressed."""
    if not widget.isVisible() or not widget.isEnabled():
        raise AssertionError(f"{widget.objectName()} cannot be pressed")
    counted["clicks"] += 1
    widget.window().raise_()
    if at is None:
        QTest.mouseClick(widget, LEFT)
    else:
        QTest.mouseClick(widget, LEFT, _NO, at)


def open_tab(tabs, panel):
    """A click on the title of a panel."""
    bar = tabs.tabBar()
    click(bar, bar.tabRect(tabs.indexOf(panel)).center())


def press(widget, key):
    counted["keys"] += 1
    QTest.keyClick(widget, key)


def move(canvas, x, y):
    QTest.mouseMove(canvas.viewport(), QPoint(x - 20, y))
    QTest.mouseMove(canvas.viewport(), QPoint(x, y))


def on_canvas(canvas, point) -> QPoint:
    pixel = canvas.getCoordinateTransform().transform(point)
    return QPoint(round(pixel.x()), round(pixel.y()))


def click_on_map(canvas, point, button=LEFT):
    """A click at a place, which is part of drawing and not counted."""
    QTest.mouseMove(canvas.viewport(), on_canvas(canvas, point))
    QTest.mouseClick(canvas.viewport(), button, _NO, on_canvas(canvas, point))


def draw(canvas, number, shape):
    """A polygon by clicks, its class by the number key, finished with the right button."""
    press(canvas, Qt.Key.Key_0 + number)
    ring = shape.asPolygon()[0] if not shape.isMultipart() else shape.asMultiPolygon()[0][0]
    for corner in ring[:-1]:
        click_on_map(canvas, corner)
    click_on_map(canvas, ring[-1], RIGHT)


#: The names of the example's classes in the preset of the plugin, in the order of its keys.
CLASSES = {
    "water": "water",
    "forest": "forest",
    "grassland": "grass",
    "crops": "crop",
    "built-up": "built",
    "bare soil": "bare",
}


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


def product(layer):
    return layer.customProperty("mmearth/product")


def there_is(kind):
    """Whether the project has a product of ours."""
    return lambda: any(product(each) == kind for each in QgsProject.instance().mapLayers().values())


def picture(name, window=None):
    """What the main window shows, with another window of ours in front of it; and a look whether it can be read."""
    shoot(name, window)
    read()


def shoot(name, window=None):
    """The picture alone."""
    main = iface.mainWindow()
    main.repaint()
    QApplication.processEvents()
    path = PICTURES / f"{PREFIX}{name}.png"
    shown = main.grab()
    if window is not None:
        painter = QPainter(shown)
        painter.drawPixmap(main.mapFromGlobal(window.mapToGlobal(QPoint(0, 0))), window.grab())
        painter.end()
    shown.save(str(path))
    say(f"picture {path.name}")


def read():
    """Look for texts of the plugin that cannot be read now; each is told once."""
    for fault in legible.faults(NAME, _catalogue()):
        if fault not in unread:
            unread.add(fault)
            say(f"cannot be read: {fault}")


@functools.lru_cache(maxsize=1)
def _catalogue():
    name = f"mmearth_{QgsApplication.locale()[:2]}.ts"
    path = Path(os.environ["WALK_FOLDER"]).parents[1] / "qgis_plugin" / "i18n" / name
    return legible.Catalogue(path) if path.exists() else None


def say(text):
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class Heartbeat:
    """Notices when the main thread computes for long without looking at its events. `during`: what was going on."""

    def __init__(self, longest=0.2):
        self.freezes, self.during, self._longest = [], "start", longest
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(10)

    def _beat(self):
        now = time.thread_time()
        if now - self._last > self._longest:
            self.freezes.append((self.during, now - self._last))
        self._last = now


class Walker:
    """Goes from one step to the next when its condition holds."""

    def __init__(self, steps):
        self._steps, self._condition, self._since = steps, lambda: True, time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(50)

    def _look(self):
        self._timer.stop()
        faulthandler.dump_traceback_later(_STUCK, exit=True, file=sys.__stderr__)
        try:
            if self._condition():
                self._condition, self._since = next(self._steps), time.monotonic()
            elif time.monotonic() - self._since > PATIENCE:
                raise AssertionError("a step took too long")
        except StopIteration:
            self._end(1 if unread else 0)
        except Exception:  # noqa: BLE001 - whatever it is, it is shown, and QGIS must end
            traceback.print_exc()
            shoot("failed")
            self._end(1)
        else:
            self._timer.start(50)
        faulthandler.cancel_dump_traceback_later()

    def _end(self, code):
        QgsProject.instance().setDirty(False)
        sys.stderr.flush()
        os._exit(code)
