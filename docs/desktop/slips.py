"""What goes wrong on the way of the walk and is taken back: wrong clicks, undo, cancel.

Each is a part of a walk (`yield from`) that ends where it began, and an error when something else is true then: more or
fewer samples, files left behind, nothing said.
"""

from hands import MATERIAL, RIGHT, after, click, click_on_map, draw, drawn, find, open_tab, press, product, say
from qgis.core import Qgis, QgsGeometry, QgsPointXY, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLineEdit
from qgis.utils import iface

#: The column of the table of classes that has their names.
_NAME = 2


def cancel_the_embedding(plugin, dock):
    """Embed, and think better of it half-way; what is finished waits for the next time."""
    queue, summary = dock.embed.queue, find(dock, "embedSummary").text
    click(find(dock, "embedButton"))
    yield lambda: queue.running is not None and queue.running.job.kept > 0
    click(find(dock, "cancelEmbed"))
    yield lambda: queue.running is None
    expect(plugin.context.workspace.embedding is None, "a cancelled embedding is worked with")
    expect(not any(product(each) for each in QgsProject.instance().mapLayers().values()), "its preview stays")
    told(find(dock, "embedStatus").text())
    yield lambda: summary().count("\n") > 1  # how many tiles are done
    told(summary().splitlines()[-1])
    yield find(dock, "embedButton").isEnabled


def wrong_clicks(plugin, canvas, shape):
    """A polygon of one corner, and one beside the embedding; `shape` is a good one."""
    samples = plugin.context.workspace.samples
    click_on_map(canvas, shape.centroid().asPoint())
    click_on_map(canvas, shape.centroid().asPoint(), RIGHT)
    yield warned
    expect(samples.featureCount() == 0, "a polygon of one corner is a sample")
    press(canvas, Qt.Key.Key_Escape)
    dismiss()
    seen = canvas.extent()
    canvas.zoomByFactor(1.5)
    yield drawn(canvas)
    draw(canvas, 1, above(canvas, plugin.context.workspace.embedding))
    yield lambda: samples.featureCount() == 1
    yield warned
    dismiss()
    press(canvas, Qt.Key.Key_Z)
    yield lambda: samples.featureCount() == 0
    canvas.setExtent(seen)
    canvas.refresh()
    yield drawn(canvas)


def above(canvas, embedding):
    """A triangle that is seen and has nothing of the embedding below it."""
    low, high = embedding.extent().yMaximum(), canvas.extent().yMaximum()
    expect(high - low > 20 * canvas.mapUnitsPerPixel(), "nothing is seen above the embedding")
    x, y, side = embedding.extent().center().x(), (low + high) / 2, (high - low) / 4
    corners = [(x, y), (x + side, y), (x, y + side)]
    return QgsGeometry.fromPolygonXY([[QgsPointXY(*each) for each in (*corners, corners[0])]])


def map_of_one_class(dock):
    """*Make map* when there are samples of a single class."""
    dismiss()
    click(find(dock, "samplesMakeMap"))
    yield lambda: warned() and not dock.map.final_map.final_map.running
    no_map()
    dismiss()
    open_tab(dock.tabs, dock.samples)
    yield after(0.2)


def undo(plugin, dock, canvas, number, shape):
    """A polygon, the name of a class, and a class with all of its samples come back or go."""
    samples, table = plugin.context.workspace.samples, dock.samples.table
    count = samples.featureCount()
    draw(canvas, number, shape)
    yield lambda: samples.featureCount() == count + 1
    press(canvas, Qt.Key.Key_Z)
    yield lambda: samples.featureCount() == count
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    yield lambda: samples.featureCount() == count + 1
    press(canvas, Qt.Key.Key_Z)
    yield lambda: samples.featureCount() == count
    yield after(0.2)  # the table counts them

    row = number - 1
    before, of_it = table.classes, _of(samples, table.classes[row].name)
    view = dock.samples.classes.view
    middle = view.visualRect(table.index(row, _NAME)).center()
    click(view.viewport(), middle)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    editor = view.viewport().findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Rye 3")
    press(editor, Qt.Key.Key_Return)
    yield lambda: table.classes[row].name == "Rye 3"
    expect(_of(samples, "Rye 3") == of_it, "the samples of a renamed class have its old name")
    click(find(dock, "undoSamples"))
    yield lambda: table.classes == before
    expect(_of(samples, before[row].name) == of_it, "the samples keep a name that was taken back")

    yield lambda: table.count(row) == of_it
    click(find(dock, "removeClass"))
    yield lambda: len(table.classes) == len(before) - 1
    expect(samples.featureCount() == count - of_it, "the samples of a class that is gone stay")
    click(find(dock, "undoSamples"))
    yield lambda: table.classes == before
    expect(samples.featureCount() == count, "not all samples came back with their class")
    expect(table.current_class == before[row], "another class is drawn than before")
    canvas.setFocus()


def _of(samples, name):
    """How many samples are called so."""
    return sum(each["class"] == name for each in samples.getFeatures())


def cancel_the_map(dock):
    """The final map, and think better of it."""
    box = dock.map.final_map
    click(find(dock, "final_map_make"))
    yield find(dock, "final_map_cancel").isVisible
    yield after(0.1)
    click(find(dock, "final_map_cancel"))
    yield lambda: not box.final_map.running
    no_map()
    told(find(dock, "final_map_result").text())
    yield find(dock, "final_map_make").isEnabled


def no_map():
    """Neither in the project nor beside the scene, not in part either."""
    left = sorted(each.name for name in ("map", "model") for each in MATERIAL.glob(f"scene_{name}*"))
    expect(not left, f"left behind: {', '.join(left)}")
    expect(not any(product(each) == "map" for each in QgsProject.instance().mapLayers().values()), "there is a map")


def warned():
    """Whether a warning stands above the map."""
    item = iface.messageBar().currentItem()
    return item is not None and item.level() == Qgis.MessageLevel.Warning


def dismiss():
    """Close what stands above the map, as one reads it."""
    bar = iface.messageBar()
    while bar.currentItem() is not None:
        told(bar.currentItem().text())
        bar.popWidget()
        QApplication.processEvents()


def told(sentence):
    """Something is said that can be read in the protocol of the walk."""
    expect(sentence.strip(), "nothing is said")
    say(f"  “{sentence}”")


def expect(holds, otherwise):
    if not holds:
        raise AssertionError(otherwise)
