"""The table of samples as a newcomer meets it, with its pictures: open it by a key, sort, relabel, load a class set.

    python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON --walk sample_table

Ends with an error when a sample that is called otherwise than it is goes unnoticed, or the import brings nothing.
"""

import os
import sys

sys.path.insert(0, os.environ["WALK_FOLDER"])
from hands import (
    MATERIAL,
    PICTURES,
    PREFIX,
    Walker,
    after,
    click,
    draw,
    drawn,
    find,
    picture,
    polygons,
    press,
    read,
    ready_to_draw,
)
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import iface


def walk():
    plugin, window, canvas, dock = yield from ready_to_draw()
    for number, (key, shape) in enumerate(polygons(MATERIAL / "samples.gpkg", canvas)):
        draw(canvas, 2 if number == 0 else key, shape)  # the first is called otherwise than it is
        yield after(0.05)
    press(canvas, Qt.Key.Key_T)
    yield drawn(canvas)
    table, shown = find(window, "sampleTable"), find(window, "samplesState")
    yield lambda: "·" in shown.text() and "…" not in shown.text()  # some look like another class
    header = table.horizontalHeader()
    click(header.viewport(), QPoint(header.sectionViewportPosition(5) + header.sectionSize(5) // 2, 8))
    yield after(0.5)
    click(table.viewport(), table.visualRect(table.model().index(0, 0)).center())
    yield after(0.5)
    press(table, Qt.Key.Key_Return)
    yield drawn(canvas)
    picture("table")
    menu, button = dock.samples.classes.menu, find(dock, "classMenu")
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    yield after(0.5)
    menu.setActiveAction(menu.sets.menuAction())
    yield after(0.8)
    menu.sets.actions()[0].trigger()
    menu.close()
    yield after(1)

    # Polygons of another layer, with the words of their own field.
    iface.addVectorLayer(f"{MATERIAL / 'samples.gpkg'}|layername=samples", "Field survey", "ogr")
    yield drawn(canvas)
    QTimer.singleShot(1500, _import)
    dock.samples.import_samples()
    yield after(1)
    if plugin.context.workspace.samples.featureCount() < 80:
        raise AssertionError("the survey was not imported")


def _import():
    dialog = QApplication.activeModalWidget()
    dialog.grab().save(str(PICTURES / f"{PREFIX}import.png"))
    read()
    click(dialog.buttons.button(dialog.buttons.StandardButton.Ok))


walker = Walker(walk())
