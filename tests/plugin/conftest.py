"""What the tests of the plugin share: a real worker, a real scene, its real embedding."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

#: Written by the core's own generator: 360 × 300 pixels of a synthetic landscape, and polygons with a class.
_MAKE = """
import sys
from pathlib import Path
from mmearth_core.demonstration.synthetic_scene import make_scene
make_scene(Path(sys.argv[1]), size=(300, 360), seed=3)
"""


def wait_for(condition, seconds=60.0, what="a condition"):
    """Let QGIS work until something holds."""
    from qgis.PyQt.QtCore import QCoreApplication, QEventLoop

    end = time.monotonic() + seconds
    while not condition():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        QCoreApplication.sendPostedEvents(None, 52)  # deferred deletes
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come about within {seconds:g} s")
        time.sleep(0.01)


@pytest.fixture(scope="session")
def wait():
    return wait_for


#: Prints where a Python finds the core, and where its packages lie.
_ASK = "import json, sysconfig, mmearth_core; print(json.dumps([mmearth_core.__file__, sysconfig.get_path('purelib')]))"


@pytest.fixture(scope="session")
def worker_python(tmp_path_factory):
    """The Python of the worker, with the core of this checkout: the worker keeps no PYTHONPATH."""
    path = os.environ.get("MMEARTH_PYTHON") or str(ROOT / ".venv" / "bin" / "python")
    if not Path(path).exists():
        pytest.fail(f"{path} is not there; make env makes it, or name the worker's Python in MMEARTH_PYTHON")
    folder = tmp_path_factory.mktemp("worker")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ask = subprocess.run([path, "-c", _ASK], check=True, capture_output=True, text=True, cwd=folder, env=kept)
    core, packages = json.loads(ask.stdout)
    if ROOT not in Path(core).parents:
        path = _with_this_core(path, packages, folder / "python")
    os.environ["MMEARTH_PYTHON"] = path
    return path


def _with_this_core(python, packages, folder):
    """A Python that has another's packages and the core of this checkout."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    own = next(folder.glob("lib/python*/site-packages"))
    (own / "checkout.pth").write_text(f"{ROOT}\nimport site; site.addsitedir({packages!r})\n", encoding="utf-8")
    return str(folder / "bin" / "python")


#: Runs commands, one a line as JSON, with what is loaded once; answers with the exit code and what was printed.
_COMMANDS = """
import contextlib, io, json, os, sys
from mmearth_core.cli.command import main
for line in sys.stdin:
    words, os.environ["MMEARTH_HOME"] = json.loads(line)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = main(words)
    print(json.dumps([code, printed.getvalue()]), flush=True)
"""


@pytest.fixture(scope="session")
def run_core(worker_python, tmp_path_factory):
    """Runs `mmearth …` in the worker's Python."""
    home = str(tmp_path_factory.mktemp("home"))
    command, pipe = [worker_python, "-c", _COMMANDS], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:

        def run(*arguments):
            words = [list(map(str, arguments)), os.environ.get("MMEARTH_HOME", home)]
            print(json.dumps(words), file=process.stdin, flush=True)
            code, printed = json.loads(process.stdout.readline())
            assert code == 0, arguments
            return printed

        yield run
        process.stdin.close()


@pytest.fixture(scope="session")
def material(worker_python, run_core, tmp_path_factory):
    """A folder with scene.tif, samples.gpkg, truth.tif and embedding.tif."""
    folder = tmp_path_factory.mktemp("material")
    subprocess.run([worker_python, "-c", _MAKE, str(folder)], check=True, cwd=ROOT)
    run_core("embed", folder / "scene.tif", "-o", folder / "embedding.tif", "--quiet")
    return folder


@pytest.fixture(scope="session")
def mapped(material, run_core, tmp_path_factory):
    """The material and what the command line makes of it: model.json, town_map.tif and confidence.tif."""
    folder = tmp_path_factory.mktemp("mapped") / "town"
    shutil.copytree(material, folder)
    run_core("fit", folder / "embedding.tif", folder / "samples.gpkg", "-o", folder / "model.json", "--quiet")
    run_core(
        *("classify", folder / "embedding.tif", folder / "model.json", "-o", folder / "town_map.tif", "--quiet"),
        *("--confidence", folder / "confidence.tif"),
    )
    return folder


@pytest.fixture
def probe(mapped):
    return mapped / "model.json"


@pytest.fixture
def class_map(mapped):
    return mapped / "town_map.tif"


@pytest.fixture
def scene(material):
    return material / "scene.tif"


@pytest.fixture
def embedding(material):
    return material / "embedding.tif"


@pytest.fixture
def polygons(material):
    return material / "samples.gpkg"


@pytest.fixture(scope="session")
def rules():
    """What classes are like, by a worker that was there before."""
    from fake_greeting import GREETING

    from qgis_plugin.core.worker.greeting import Greeting

    return Greeting.of(GREETING).classes


@pytest.fixture
def workbench(context, rules, embedding, polygons, shown_canvas, tmp_path):
    """An embedding and samples (a copy) in the project and in work, the canvas on them; the context."""
    from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

    from qgis_plugin.core.samples.sample_layer import open_classes

    raster = QgsRasterLayer(str(embedding), "embedding")
    copy = tmp_path / "samples.gpkg"
    copy.write_bytes(polygons.read_bytes())
    samples = QgsVectorLayer(f"{copy}|layername=samples", "samples", "ogr")
    assert raster.isValid() and samples.isValid()
    QgsProject.instance().addMapLayers([raster, samples])
    open_classes(samples, "class", rules)
    shown_canvas.setDestinationCrs(raster.crs())
    shown_canvas.setLayers([samples, raster])
    shown_canvas.setExtent(raster.extent())
    context.workspace.embedding = raster
    context.workspace.set_samples(samples, "class")
    return context


@pytest.fixture
def two_dates(context, embedding, tmp_path):
    """(a working set of a place on two dates, its layers in the project); a cloud lies over the west of the second."""
    import numpy as np
    from osgeo import gdal
    from qgis.core import QgsProject, QgsRasterLayer

    days = {"2021-04-01": tmp_path / "field_20210401.tif", "2021-07-01": tmp_path / "field_20210701.tif"}
    for path in days.values():
        shutil.copy(embedding, path)
    clouded = gdal.Open(str(days["2021-07-01"]), gdal.GA_Update)
    for number in range(clouded.RasterCount):
        clouded.GetRasterBand(number + 1).WriteArray(np.zeros((clouded.RasterYSize, 40), np.uint8))
    del clouded
    dates = [QgsRasterLayer(str(path), path.stem) for path in days.values()]
    QgsProject.instance().addMapLayers(dates)
    output = str(tmp_path / "two_dates.json")
    made = {"embeddings": [str(path) for path in days.values()], "dates": list(days), "output": output}
    context.client.call("working_set", made)
    return output, dates


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """Settings and cache of a test are its own."""
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path / "home"))


@pytest.fixture
def settings(qgis_app):
    from fake_greeting import GREETING
    from qgis.core import QgsSettings

    from qgis_plugin.settings import PREFIX, Settings

    QgsSettings().remove(PREFIX)
    settings = Settings()
    settings.greeting = json.dumps(GREETING)
    yield settings
    QgsSettings().remove(PREFIX)


@pytest.fixture(scope="session")
def client(qgis_app, worker_python):
    """One worker for all tests, as for one QGIS."""
    from qgis_plugin.core.worker.client import WorkerClient
    from qgis_plugin.settings import Settings

    client = WorkerClient(Settings())
    yield client
    client.stop()


@pytest.fixture
def context(qgis_iface, client, settings, qgis_new_project):
    from qgis_plugin.context import Context
    from qgis_plugin.core.workspace import Workspace

    workspace = Workspace()
    yield Context(qgis_iface, client, settings, workspace)
    workspace.close()


@pytest.fixture(autouse=True)
def no_error_in_slots(monkeypatch):
    """An exception in a slot fails the test, instead of ending the process as PyQt does by default."""
    raised = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: raised.append(error))
    yield
    for _, error, _trace in raised:
        raise error


@pytest.fixture
def shown_canvas(qgis_canvas):
    """The canvas at 600 × 500 pixels, as in a window."""
    from qgis.PyQt.QtCore import QCoreApplication

    parent = qgis_canvas.parentWidget()
    if parent is not None:
        parent.resize(600, 500)
        parent.show()
    qgis_canvas.resize(600, 500)
    qgis_canvas.show()
    QCoreApplication.processEvents()
    assert 590 <= qgis_canvas.mapSettings().outputSize().width() <= 600
    return qgis_canvas
