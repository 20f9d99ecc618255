"""What the tests of embedding share: settings of their own, a small layer, one without band names, and waiting."""

import time
from contextlib import contextmanager

from osgeo import gdal
from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QSize
from qgis.PyQt.QtGui import QColor

from qgis_plugin.context import Context
from qgis_plugin.core.workspace import Workspace
from qgis_plugin.settings import Settings

#: Sides of the layer in pixels.
SIDE = 256


class OwnSettings(Settings):
    """Settings of one test: QGIS' own are shared with whatever else runs at the same time."""

    def __init__(self):
        self.values = {}

    def _get(self, key, default, kind):
        return kind(self.values.get(key, default))

    def _set(self, key, value):
        self.values[key] = value


@contextmanager
def own_context(iface, client, folder):
    """A context with an empty project, an empty cache in `folder` and the worker of all tests, which idles again at the
    end: its start takes longer than most of them."""
    QgsProject.instance().clear()
    settings = OwnSettings()
    settings.cache_folder = folder / "cache"
    context = Context(iface, client, settings, Workspace())
    yield context
    for job in client.running():
        job.cancel()
    wait_until(lambda: not client.running())
    QgsProject.instance().clear()
    context.workspace.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def crop(scene, path):
    """The upper left corner of a scene, with its band names."""
    gdal.Translate(str(path), str(scene), srcWin=[0, 0, SIDE, SIDE])
    return path


def strip_names(scene, path):
    """A copy whose bands have no names."""
    gdal.Translate(str(path), str(scene))
    copy = gdal.Open(str(path), gdal.GA_Update)
    for band in range(1, copy.RasterCount + 1):
        copy.GetRasterBand(band).SetDescription("")
    copy.FlushCache()
    return path


def add_layer(path, name):
    """A raster in the project."""
    layer = QgsRasterLayer(str(path), name)
    assert layer.isValid()
    return QgsProject.instance().addMapLayer(layer)


def picture(layer, side=64):
    """How a layer is drawn, as (red, green, blue, alpha) of side × side pixels of its extent."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(side, side))
    settings.setBackgroundColor(QColor(0, 0, 0, 0))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    return [image.pixelColor(x, y).getRgb() for y in range(side) for x in range(side)]


def wait_until(condition, seconds=120):
    """Let QGIS work until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        QCoreApplication.processEvents()
        time.sleep(0.005)


def record(client, monkeypatch):
    """The verbs that are submitted from now on, until the test ends."""
    verbs, submit = [], client.submit

    def recording(verb, *values, **names):
        verbs.append(verb)
        return submit(verb, *values, **names)

    monkeypatch.setattr(client, "submit", recording)
    return verbs
