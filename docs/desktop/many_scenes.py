"""Several scenes in a real QGIS: a folder is embedded in a queue, worked on together and mapped, two dates compared.

    python3 docs/desktop/run.py PACKAGE.zip --python WORKER_PYTHON --walk many_scenes

The scenes are cut from that of `mmearth demo`: two dates of one half, and the other half.
"""

import os
import shutil
import sys

sys.path.insert(0, os.environ["WALK_FOLDER"])
from hands import MATERIAL, Walker, after, begin, click, draw, drawn, find, picture, polygons, there_is
from osgeo import gdal
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt


def scenes():
    """The folder of scenes."""
    folder = MATERIAL / "scenes"
    shutil.rmtree(folder, ignore_errors=True)  # maps of a walk before would be asked for
    folder.mkdir()
    source = gdal.Open(str(MATERIAL / "scene.tif"))
    half = source.RasterXSize // 2
    for name, left in (("west_20210401", 0), ("west_20220406", 0), ("east_20210401", half)):
        window = [left, 0, half, source.RasterYSize]
        gdal.Translate(str(folder / f"{name}.tif"), source, srcWin=window)
    later = gdal.Open(str(folder / "west_20220406.tif"), gdal.GA_Update)
    side = half // 3
    for number in range(1, later.RasterCount + 1):  # some of the land has become what lies beside it
        band = later.GetRasterBand(number)
        values = band.ReadAsArray()
        values[:side, :side] = values[-side:, -side:]
        band.WriteArray(values)
    return folder


def walk():
    plugin, window, canvas = begin()
    folder = scenes()
    plugin.toggle_dock(True)
    dock = plugin.dock
    window.resizeDocks([dock], [390], Qt.Orientation.Horizontal)
    yield lambda: plugin.client.greeting is not None
    click(find(dock, "scenesButton"))
    many = dock.scenes.window
    many.move(40, 120)
    many.add_folder(str(folder))
    QgsProject.instance().setCrs(many.scenes.rows()[0].layer.crs())
    canvas.zoomToFullExtent()
    yield drawn(canvas)
    yield after(1)
    for row in many.scenes.rows():
        many.scenes.set_day(row.layer, row.day)  # the scene of the example tells one day for all of its parts
    click(many.embed_button)
    yield lambda: plugin.dock.embed.queue.running is not None and plugin.dock.embed.queue.running.share > 0.1
    picture("scenes-queue", many)
    yield lambda: plugin.dock.embed.queue.running is None
    yield many.work_button.isEnabled
    click(many.work_button)
    yield lambda: plugin.context.workspace.working_set is not None
    yield after(1)
    picture("scenes", many)
    click(many.draw_button)
    many.hide()
    yield lambda: plugin.context.workspace.samples is not None
    yield drawn(canvas)
    for number, shape in polygons(MATERIAL / "samples.gpkg", canvas):
        draw(canvas, number, shape)
        yield after(0.05)
    click(find(dock, "samplesLive"))
    yield lambda: dock.map.session.layer is not None
    yield after(3)
    dock.tabs.setCurrentWidget(dock.map)
    yield after(1)
    click(find(dock, "final_map_make"))
    yield there_is("map")
    dock.map.live.switch.setChecked(False)
    yield drawn(canvas)
    picture("scenes-maps")
    many.show()
    click(many.change_button)
    many.hide()
    change = dock.scenes.change
    change.move(60, 110)
    rows = {row.name: row.kept.id() for row in many.scenes.rows()}
    change.before.setCurrentIndex(change.before.findData(rows["west_20210401"]))
    change.after.setCurrentIndex(change.after.findData(rows["west_20220406"]))
    click(change.run_button)
    yield lambda: not change.job.running
    yield drawn(canvas)
    picture("change", change)


walker = Walker(walk())
