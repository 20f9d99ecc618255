"""How long from an edit to the repainted map, in QGIS: median of 30 edits.

    QT_QPA_PLATFORM=offscreen .venv-qgis/bin/python benchmarks/live_loop.py --python .venv/bin/python

A real canvas of 1000 × 600 pixels, the real worker, an embedding of 2000 × 2000 pixels in 64 bands (that of a synthetic
scene, made by the packaged model), 6 classes. An edit adds one polygon to the sample layer; the clock stops when the
canvas has drawn the new map. Beside it the times the worker reports, and those of panning.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SIDE, EDITS = 2000, 30
MAKE = """
import sys
from pathlib import Path
from mmearth_core.demonstration.synthetic_scene import make_scene
from mmearth_core.processors import processor_name
make_scene(Path(sys.argv[1]), size=(1998, 2004), seed=1)
print(processor_name())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=os.environ.get("MMEARTH_PYTHON", str(ROOT / ".venv" / "bin" / "python")))
    parser.add_argument("--keep", type=Path, help="folder for scene and embedding; used again when they are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["MMEARTH_PYTHON"] = options.python
        os.environ["MMEARTH_HOME"] = str(Path(scratch) / "home")
        machine = prepare(options.python, folder)
        measure(folder, machine)


def prepare(python: str, folder: Path) -> str:
    """Scene and embedding, unless they are there; the processor's name."""
    machine = subprocess.run([python, "-c", MAKE, str(folder)], check=True, cwd=ROOT, capture_output=True, text=True)
    if not (folder / "embedding.tif").exists():
        command = [python, "-m", "mmearth_core", "embed", folder / "scene.tif", "-o", folder / "embedding.tif"]
        subprocess.run([str(word) for word in [*command, "--quiet"]], check=True, cwd=ROOT)
    return machine.stdout.strip().splitlines()[-1]


def measure(folder: Path, machine: str) -> None:
    from qgis.core import (
        Qgis,
        QgsApplication,
        QgsFeature,
        QgsGeometry,
        QgsPointXY,
        QgsProject,
        QgsRasterLayer,
        QgsVectorLayer,
    )
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtCore import QCoreApplication, QEventLoop

    application = QgsApplication([], True)
    application.initQgis()
    from qgis_plugin.core.maps.live_session import EDIT_PAUSE, LiveSession
    from qgis_plugin.core.samples.sample_layer import open_classes
    from qgis_plugin.core.worker.client import WorkerClient
    from qgis_plugin.core.workspace import Workspace
    from qgis_plugin.settings import Settings

    class Context:
        client = WorkerClient(Settings())
        workspace = Workspace()

    canvas = QgsMapCanvas()
    canvas.resize(1000, 600)
    canvas.show()
    raster = QgsRasterLayer(str(folder / "embedding.tif"), "embedding")
    samples = QgsVectorLayer(f"{folder / 'samples.gpkg'}|layername=samples", "samples", "ogr")
    QgsProject.instance().addMapLayers([raster, samples], True)
    Context.client.call("info", {"file": str(folder / "embedding.tif")})  # starts the worker, which greets
    open_classes(samples, "class", Context.client.greeting.classes)
    canvas.setDestinationCrs(raster.crs())
    centre = raster.extent().center()
    canvas.setExtent(canvas.extent().fromCenterAndSize(QgsPointXY(centre), 10_000, 6_000))
    context = Context()
    context.workspace.embedding = raster
    context.workspace.set_samples(samples, "class")
    session = LiveSession(context, canvas)
    results, drawn = [], []
    session.repainted.connect(results.append)
    canvas.mapCanvasRefreshed.connect(lambda: drawn.append(time.monotonic()))

    def until(condition, seconds=120.0):
        end = time.monotonic() + seconds
        while not condition():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            if time.monotonic() > end:
                raise SystemExit("the map did not come")

    def timed(change) -> float:
        """Seconds from a change until its map is on the canvas."""
        before, start = len(results), time.monotonic()
        change()
        until(lambda: len(results) > before)
        canvas.setLayers([samples, session.layer])
        canvas.refresh()
        shown = len(drawn)
        until(lambda: len(drawn) > shown and not canvas.isDrawing())
        return drawn[-1] - start

    def edit(number: int):
        x, y = centre.x() + 90 * (number % 10) - 3000, centre.y() + 210 * (number // 10) + 900
        feature = QgsFeature(samples.fields())
        feature.setGeometry(QgsGeometry.fromPolygonXY([[QgsPointXY(x + dx, y + dy) for dx, dy in SQUARE]]))
        feature["class"] = names[number % len(names)]
        samples.beginEditCommand("add")
        samples.addFeature(feature)
        samples.endEditCommand()

    names = sorted({feature["class"] for feature in samples.getFeatures()})
    samples.startEditing()
    session.start()
    until(lambda: session.layer is not None)
    until(lambda: session._check is None and not session._check_timer.isActive())
    edits = [timed(lambda number=number: edit(number)) for number in range(EDITS)]
    worker = [result["seconds"]["total"] for result in results[-EDITS:]]
    pans = [timed(lambda step=step: pan(canvas, 400 if step % 2 else -400)) for step in range(10)]
    print(
        f"{machine}, {os.cpu_count()} processors, QGIS {Qgis.QGIS_VERSION}, {SIDE} × {SIDE} × 64, {len(names)} classes,"
    )
    print(f"{samples.featureCount()} polygons at the end, view 1000 × 600, pause after an edit {EDIT_PAUSE} ms")
    print(f"{'':28}{'median':>9}{'slowest':>9}")
    for name, values in (("edit → repainted", edits), ("  of that in the worker", worker), ("pan → repainted", pans)):
        print(f"{name:28}{statistics.median(values):8.3f}s{max(values):8.3f}s")
    samples.rollBack()
    session.close()
    context.client.stop()
    sys.stdout.flush()
    os._exit(0)


SQUARE = ((0, 0), (60, 0), (60, 60), (0, 60), (0, 0))


def pan(canvas, metres: float) -> None:
    extent = canvas.extent()
    extent.setXMinimum(extent.xMinimum() + metres)
    extent.setXMaximum(extent.xMaximum() + metres)
    canvas.setExtent(extent)


if __name__ == "__main__":
    main()
