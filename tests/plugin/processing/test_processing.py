"""The Processing algorithms with a real worker: what an analyst gets from the toolbox, a model or `qgis_process`."""

import json
import math
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from osgeo import gdal
from processing_feedback import Feedback
from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor, QIcon

from qgis_plugin import compat
from qgis_plugin.processing.algorithm import Algorithm

ROOT = Path(__file__).parents[3]
VERBS = (
    *("assess", "change", "classify", "cluster", "embed", "fit", "outline", "sample", "similar", "suggest", "tidy"),
    *("classify_scene", "working_set"),
)
#: What goes through several verbs.
CHAINS = ("map_folder",)
ICONS = (
    "icon",
    "embed",
    "samples",
    "map",
    "accuracy",
    "similar",
    "suggest",
    "swipe",
    "cluster",
    "outline",
    "report",
    "tidy",
    "change",
    "gather",
)


def corner(path, size=400):
    """The upper left corner of a raster, `size` metres wide and high, as (layer, rectangle)."""
    layer = QgsRasterLayer(str(path))
    extent = layer.extent()
    x, y = extent.xMinimum(), extent.yMaximum()
    return layer, QgsRectangle(x, y - size, x + size, y)


def values(layer, at):
    return [layer.dataProvider().sample(at, band)[0] for band in range(1, layer.bandCount() + 1)]


# What the toolbox shows


def test_the_toolbox_shows_every_verb_with_its_help_and_its_icon(provider):
    algorithms = {each.name(): each for each in provider.algorithms()}
    assert sorted(algorithms) == sorted((*VERBS, *CHAINS))
    for name, algorithm in algorithms.items():
        text = algorithm.shortHelpString()
        assert algorithm.id() == f"mmearth:{name}"
        assert algorithm.displayName() and algorithm.group() and len(algorithm.tags()) > 4
        assert "What comes out: " in text and "Tip: " in text
        assert Path(algorithm.svgIconPath()).is_file() and not algorithm.icon().isNull()
        for parameter in algorithm.parameterDefinitions():
            assert parameter.help() and parameter.help() in text, parameter.name()


def test_verb_and_algorithm_have_the_same_parameters(provider, worker_python):
    script = (
        "import inspect, json, mmearth_core\n"
        f"print(json.dumps({{v: list(inspect.signature(getattr(mmearth_core, v)).parameters) for v in {VERBS!r}}}))"
    )
    shown = subprocess.run([worker_python, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    without = {"overwrite", "progress", "cancel", "layer", "preview", "names"}  # names are the layers'
    for verb, arguments in json.loads(shown.stdout).items():
        ours = {"window": "extent", "bounds": "extent", "bounds_crs": "extent", "at_crs": "at"}
        if verb == "fit":
            ours["embeddings"] = "embedding"
        defined = {each.name().lower() for each in provider.algorithm(verb).parameterDefinitions()}
        assert {ours.get(name, name) for name in arguments} - without <= defined, verb


@pytest.mark.parametrize("name", ICONS)
@pytest.mark.usefixtures("qgis_app")
def test_an_icon_is_drawn_on_any_background(name):
    path = ROOT / "qgis_plugin" / "resources" / "icons" / f"{name}.svg"
    image = QIcon(str(path)).pixmap(16, 16).toImage()
    pixels = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
    inked = [pixel for pixel in pixels if pixel.alpha() > 128]
    assert 20 < len(inked) < 256
    # Neither black nor white alone: it can be seen on light and on dark.
    assert sum(50 < pixel.lightness() < 205 for pixel in inked) > len(inked) / 3


# Each algorithm once


def test_embed_writes_the_embedding_of_a_layer(run, scene, embedding, tmp_path):
    feedback = Feedback()
    results = run("embed", feedback, SCENE=str(scene), OUTPUT=str(tmp_path / "emb.tif"))
    assert results["OUTPUT"] == str(tmp_path / "emb.tif")
    assert results["VALID_PIXELS"] > 0 and results["MODEL_NAME"] and Path(results["ITEM"]).is_file()
    assert Path(results["OUTPUT"]).read_bytes() == Path(embedding).read_bytes()
    assert any("Level" in text for text in feedback.said)  # what the worker tells
    assert any(results["MODEL_NAME"] in text for text in feedback.said)  # and what came out


def test_embed_takes_an_extent_in_another_system_as_whole_pixels(run, scene, tmp_path):
    layer, wanted = corner(scene)
    inside = wanted.buffered(-12)
    west, south, east, north = (
        f(inside) for f in (QgsRectangle.xMinimum, QgsRectangle.yMinimum, QgsRectangle.xMaximum, QgsRectangle.yMaximum)
    )
    crs = layer.crs().authid()
    made = run("embed", SCENE=str(scene), OUTPUT="TEMPORARY_OUTPUT", EXTENT=f"{west},{east},{south},{north} [{crs}]")
    assert QgsRasterLayer(made["OUTPUT"]).extent() == wanted.buffered(-10)
    degrees = QgsCoordinateTransform(
        layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
    ).transformBoundingBox(wanted)
    text = f"{degrees.xMinimum()},{degrees.xMaximum()},{degrees.yMinimum()},{degrees.yMaximum()} [EPSG:4326]"
    made = run("embed", SCENE=str(scene), OUTPUT=str(tmp_path / "part.tif"), EXTENT=text, MODEL="default")
    found = QgsRasterLayer(made["OUTPUT"]).extent()
    assert found.contains(wanted) and found.width() <= wanted.width() + 60


def test_embed_counts_an_extent_in_the_files_own_grid(run, scene, tmp_path):
    """QGIS shows a rotated raster through a copy of another size. A file without a system has its layer's."""
    copy = gdal.Translate(str(tmp_path / "rotated.tif"), str(scene), srcWin=[0, 0, 120, 100])
    west, pixel, _, north, _, _ = copy.GetGeoTransform()
    reference = QgsCoordinateReferenceSystem(copy.GetProjection())
    turn = math.radians(-20)
    along, across = pixel * math.cos(turn), pixel * math.sin(turn)
    copy.SetGeoTransform((west, along, across, north, across, -along))
    copy.SetProjection("")
    del copy
    layer = QgsRasterLayer(str(tmp_path / "rotated.tif"), "rotated")
    layer.setCrs(reference)
    QgsProject.instance().addMapLayer(layer)
    middle = QgsPointXY(west + 60 * along + 50 * across, north + 60 * across - 50 * along)
    wanted = QgsRectangle(middle.x() - 200, middle.y() - 150, middle.x() + 200, middle.y() + 150)
    local = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=50 +lon_0=10 +ellps=GRS80 +units=m +no_defs")
    QgsApplication.createDatabase()
    local.saveAsUserCrs("Own system")
    box = QgsCoordinateTransform(reference, local, QgsProject.instance()).transformBoundingBox(wanted)
    text = f"{box.xMinimum()},{box.xMaximum()},{box.yMinimum()},{box.yMaximum()} [{local.authid()}]"
    made = run("embed", SCENE=layer.id(), OUTPUT=str(tmp_path / "part.tif"), EXTENT=text)
    found = QgsRasterLayer(made["OUTPUT"])
    assert found.crs() == reference and found.extent().contains(wanted)
    assert 1200 <= made["VALID_PIXELS"] < 3500  # of 12,000


def test_embed_leaves_out_what_is_not_in_the_selected_polygons(run, scene, tmp_path):
    raster, square = corner(scene)
    area = QgsVectorLayer(f"Polygon?crs={raster.crs().authid()}", "area", "memory")
    for rectangle in (square, raster.extent()):
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromRect(rectangle))
        area.dataProvider().addFeature(feature)
    area.select(1)
    QgsProject.instance().addMapLayer(area)
    selected = QgsProcessingFeatureSourceDefinition(area.id(), selectedFeaturesOnly=True)
    made = run("embed", SCENE=str(scene), OUTPUT=str(tmp_path / "part.tif"), AOI=selected)
    assert QgsRasterLayer(made["OUTPUT"]).extent() == square


def test_embed_takes_a_folder_of_bands_in_place_of_a_layer(run, scene, tmp_path, worker_python):
    folder = tmp_path / "bands"
    folder.mkdir()
    script = (
        "import sys, rasterio\n"
        "with rasterio.open(sys.argv[1]) as s:\n"
        "    tags = s.tags()\n"
        "    for i, name in enumerate(s.descriptions, 1):\n"
        "        with rasterio.open(f'{sys.argv[2]}/{name}.tif', 'w', driver='GTiff', width=64, height=64, count=1,"
        " dtype=s.dtypes[0], crs=s.crs, transform=s.transform, nodata=s.nodata) as d:\n"
        "            d.update_tags(**tags); d.set_band_description(1, name)\n"
        "            d.write(s.read(i, window=((0, 64), (0, 64))), 1)\n"
    )
    subprocess.run([worker_python, "-c", script, str(scene), str(folder)], check=True)
    made = run("embed", SCENE_FOLDER=str(folder), OUTPUT=str(tmp_path / "emb.tif"), LEVEL="l2a", OFFSET=0, SCALE=0.0001)
    assert QgsRasterLayer(made["OUTPUT"]).width() == 64


def test_fit_learns_classes_and_says_how_well(run, embedding, polygons, probe, tmp_path):
    feedback = Feedback()
    made = run("fit", feedback, EMBEDDING=str(embedding), SAMPLES=str(polygons), OUTPUT=str(tmp_path / "m.json"))
    assert 0.5 < made["ACCURACY"] <= 1 and made["CLASSES"] == len(made["CLASS_NAMES"].split(", "))
    assert Path(made["OUTPUT"]).read_bytes() == probe.read_bytes()
    assert any("F1" in text for text in feedback.said)


def test_fit_sees_unsaved_samples_filters_and_the_colours_on_the_map(run, embedding, polygons, tmp_path):
    layer = QgsVectorLayer(str(polygons), "samples")
    names = sorted(layer.uniqueValues(layer.fields().lookupField("class")))
    QgsProject.instance().addMapLayer(layer)
    layer.setSubsetString(f"\"class\" <> '{names[0]}'")
    shown = [
        QgsRendererCategory(name, QgsSymbol.defaultSymbol(layer.geometryType()), name) for name in ("new", *names[1:])
    ]
    for number, category in enumerate(shown):
        category.symbol().setColor(QColor(10 * number, 20, 30))
    layer.setRenderer(QgsCategorizedSymbolRenderer("class", shown))
    assert layer.startEditing()
    _, square = corner(embedding, 100)
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromRect(square))
    feature["class"] = "new"
    assert layer.addFeature(feature)
    made = run("fit", EMBEDDING=str(embedding), SAMPLES=layer.id(), OUTPUT=str(tmp_path / "m.json"))
    layer.rollBack()
    assert made["CLASS_NAMES"] == ", ".join(sorted([*names[1:], "new"]))
    classes = {each["name"]: each for each in json.loads(Path(made["OUTPUT"]).read_text())["classes"]}
    assert "#00141e" in json.dumps(classes["new"]).lower()


def test_fit_learns_from_selected_samples_and_from_several_scenes(run, embedding, polygons, tmp_path):
    layer = QgsVectorLayer(str(polygons), "samples")
    QgsProject.instance().addMapLayer(layer)
    everything = [feature.id() for feature in layer.getFeatures()]
    layer.selectByIds(everything[::2])
    selected = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    made = run("fit", EMBEDDING=str(embedding), SAMPLES=selected, OUTPUT=str(tmp_path / "some.json"))
    assert made["POLYGONS"] == len(everything[::2])
    pair = {"MORE_EMBEDDINGS": [str(embedding)], "MORE_SAMPLES": [layer.id()]}
    made = run("fit", EMBEDDING=str(embedding), SAMPLES=selected, OUTPUT=str(tmp_path / "all.json"), **pair)
    assert made["POLYGONS"] == len(everything) + len(everything[::2])


def test_classify_makes_the_map_and_its_confidence(run, embedding, probe, class_map, tmp_path):
    outputs = {"OUTPUT": str(tmp_path / "map.tif"), "CONFIDENCE": str(tmp_path / "conf.tif")}
    made = run("classify", EMBEDDING=str(embedding), MODEL=str(probe), **outputs)
    assert Path(made["OUTPUT"]).read_bytes() == class_map.read_bytes()
    assert QgsRasterLayer(made["CONFIDENCE"]).bandCount() == 2
    assert made["PIXELS"] > 0 and made["UNKNOWN_PIXELS"] == 0 and "%" in made["SHARES"]
    plain = run("classify", EMBEDDING=str(embedding), MODEL=str(probe), SMOOTH="none", OUTPUT=str(tmp_path / "n.tif"))
    assert Path(plain["OUTPUT"]).read_bytes() != class_map.read_bytes()
    made = run("classify", EMBEDDING=str(embedding), MODEL=str(probe), UNKNOWN=0.2, OUTPUT=str(tmp_path / "map.tif"))
    assert made["UNKNOWN_PIXELS"] > 0 and "CONFIDENCE" not in made


def test_a_scene_is_classified_at_once(run, refusal, scene, embedding, probe, tmp_path):
    """The map of embed and classify, of a part of the scene; no embedding is left."""
    extent, folder = QgsRasterLayer(str(scene)).extent(), tmp_path / "made"
    folder.mkdir()
    part = QgsRectangle(extent.xMinimum(), extent.yMinimum(), extent.center().x(), extent.center().y())
    emb = run("embed", SCENE=str(scene), EXTENT=part, OUTPUT=str(tmp_path / "emb.tif"))["OUTPUT"]
    two = run("classify", EMBEDDING=emb, MODEL=str(probe), UNKNOWN=0.1, OUTPUT=str(tmp_path / "two.tif"))
    asked = {"SCENE": str(scene), "EXTENT": part, "MODEL": str(probe), "UNKNOWN": 0.1}
    one = run("classify_scene", **asked, OUTPUT=str(folder / "one.tif"), CONFIDENCE=str(folder / "conf.tif"))
    pixels = [gdal.Open(made["OUTPUT"]).ReadAsArray() for made in (one, two)]
    assert pixels[0].shape == pixels[1].shape and (pixels[0] != pixels[1]).mean() < 2e-3
    assert one["UNKNOWN_PIXELS"] > 0 and "%" in one["SHARES"] and one["PIXELS"] > 0
    assert sorted(path.suffix for path in folder.iterdir()) == [".qml", ".qml", ".tif", ".tif", ".xml"]
    refused = refusal("classify_scene", SCENE=str(embedding), MODEL=str(probe), OUTPUT=str(tmp_path / "no.tif"))
    assert "is an embedding already" in refused


def test_similar_compares_with_a_place_or_with_features(run, embedding, polygons, tmp_path):
    layer = QgsRasterLayer(str(embedding))
    at = layer.extent().center()
    made = run(
        "similar",
        EMBEDDING=str(embedding),
        AT=f"{at.x()},{at.y()} [{layer.crs().authid()}]",
        OUTPUT=str(tmp_path / "at.tif"),
    )
    found = QgsRasterLayer(made["OUTPUT"])
    assert made["PIXELS"] == 1 and values(found, at)[0] > 0.98
    made = run("similar", EMBEDDING=str(embedding), LIKE=str(polygons), OUTPUT=str(tmp_path / "like.tif"))
    assert made["PIXELS"] > 10 and QgsRasterLayer(made["OUTPUT"]).isValid()


def test_cluster_suggest_sample_assess_and_outline(run, embedding, polygons, probe, class_map, material, tmp_path):
    made = run("cluster", EMBEDDING=str(embedding), K=4, OUTPUT=str(tmp_path / "clusters.tif"))
    assert made["SHARES"].count("%") == 4

    made = run(
        "suggest",
        EMBEDDING=str(embedding),
        MODEL=str(probe),
        N=5,
        SAMPLES=str(polygons),
        OUTPUT=str(tmp_path / "next.gpkg"),
    )
    assert made["POINTS"] == QgsVectorLayer(made["OUTPUT"]).featureCount() == 5

    made = run("sample", MAP=str(class_map), N=80, SEED=1, MIN_PER_CLASS=5, OUTPUT=str(tmp_path / "points.gpkg"))
    assert made["POINTS"] == 80
    points = QgsVectorLayer(made["OUTPUT"], "points")
    QgsProject.instance().addMapLayer(points)
    truth = QgsRasterLayer(str(material / "truth.tif"))
    map_names = json.loads(probe.read_text())["classes"]
    assert points.startEditing()
    field = points.fields().lookupField("class")
    names = {each["value"]: each["name"] for each in map_names}
    for feature in points.getFeatures():
        value = int(values(truth, feature.geometry().asPoint())[0])
        points.changeAttributeValue(feature.id(), field, names[min(names, key=lambda each: abs(each - value))])
    made = run(
        "assess",
        MAP=str(class_map),
        REFERENCE=points.id(),  # not saved
        REPORT=str(tmp_path / "report.html"),
        OUTPUT=str(tmp_path / "report.json"),
    )
    points.rollBack()
    assert made["UNIT"] == "points" and made["UNITS"] == 80
    assert 0 <= made["ACCURACY_LOW"] <= made["ACCURACY"] <= made["ACCURACY_HIGH"] <= 1
    figures = json.loads(Path(made["OUTPUT"]).read_text())
    assert figures["overall_accuracy"]["value"] == made["ACCURACY"]
    assert not any("no sampling design" in each for each in figures["warnings"])
    assert "<html" in Path(made["REPORT"]).read_text()

    made = run("tidy", MAP=str(class_map), MIN_AREA="0.2; water=0.05", KEEP="forest", OUTPUT=str(tmp_path / "tidy.tif"))
    assert made["FILLED"] > 0 and "−" in made["CHANGED"] and "forest" not in made["CHANGED"]

    later = shutil.copy(embedding, tmp_path / "later.tif")
    dataset = gdal.Open(str(later), gdal.GA_Update)  # turned round: other land, as if everything had moved
    dataset.WriteArray(dataset.ReadAsArray()[:, ::-1, :].copy())
    del dataset  # which writes it
    written = {"OUTPUT": tmp_path / "c.tif", "DISTANCE": tmp_path / "d.tif", "MATRIX": tmp_path / "m.csv"}
    pair = {"BEFORE": str(embedding), "AFTER": str(later), "MODEL": str(probe)}
    made = run("change", **pair, SURE=0.4, **{name: str(path) for name, path in written.items()})
    assert made["CHANGED_HA"] > 0 and made["UNCHANGED_HA"] > 0 and " → " in made["CHANGES"]
    assert all(path.is_file() for path in written.values())

    made = run("outline", RASTER=str(class_map), MIN_PIXELS=9, OUTPUT=str(tmp_path / "areas.gpkg"))
    assert made["POLYGONS"] == QgsVectorLayer(made["OUTPUT"]).featureCount() > 0


# How Processing uses them


@pytest.mark.usefixtures("provider")
def test_results_come_with_their_style_and_say_what_they_are(embedding, probe, tmp_path, monkeypatch):
    processing = pytest.importorskip("processing")
    # Newer ones want a real layer tree, or none: the stand-in for the window has neither.
    monkeypatch.setattr("processing.gui.Postprocessing.iface", None, raising=False)
    made = processing.runAndLoadResults(
        "mmearth:classify",
        {"EMBEDDING": str(embedding), "MODEL": str(probe), "OUTPUT": str(tmp_path / "map.tif")},
    )
    layer = next(each for each in QgsProject.instance().mapLayers().values() if each.type() == each.RasterLayer)
    assert layer.customProperty("mmearth/product") == "map" and layer.renderer().type() == "paletted"
    labels = [each.label for each in layer.renderer().classes()]
    assert labels == [each["name"] for each in json.loads(probe.read_text())["classes"]]
    assert made["OUTPUT"]
    (step,) = layer.metadata().history()
    assert "embedding.tif" in step and "model.json" in step, step


@pytest.mark.usefixtures("provider")
def test_a_model_goes_from_scene_to_map(scene, polygons, class_map, tmp_path):
    model = QgsProcessingModelAlgorithm("map", "test")
    model.initAlgorithm()
    for parameter in (
        QgsProcessingParameterRasterLayer("scene", "Scene"),
        QgsProcessingParameterFeatureSource("samples", "Samples"),
    ):
        model.addModelParameter(parameter, QgsProcessingModelParameter(parameter.name()))
    given = QgsProcessingModelChildParameterSource.fromModelParameter
    made = QgsProcessingModelChildParameterSource.fromChildOutput
    chain = {
        "embed": {"SCENE": given("scene")},
        "fit": {"EMBEDDING": made("embed", "OUTPUT"), "SAMPLES": given("samples")},
        "classify": {"EMBEDDING": made("embed", "OUTPUT"), "MODEL": made("fit", "OUTPUT")},
    }
    for verb, sources in chain.items():
        child = QgsProcessingModelChildAlgorithm(f"mmearth:{verb}")
        child.setChildId(verb)
        for name, source in sources.items():
            child.addParameterSources(name, [source])
        if verb == "classify":
            output = QgsProcessingModelOutput("map")
            output.setChildId(verb)
            output.setChildOutputName("OUTPUT")
            child.setModelOutputs({"map": output})
        model.addChildAlgorithm(child)
    context, feedback = QgsProcessingContext(), Feedback()
    context.setProject(QgsProject.instance())
    parameters = {"scene": str(scene), "samples": str(polygons), "classify:map": str(tmp_path / "map.tif")}
    results, fine = model.run(parameters, context, feedback)
    assert fine, feedback.errors
    assert Path(results["classify:map"]).read_bytes() == class_map.read_bytes()


#: What looks for layers, by which QGIS crashes where one is added or removed at that moment.
LOOKING = (
    *("parameterAsRasterLayer", "parameterAsVectorLayer", "parameterAsLayerList", "parameterAsCrs"),
    *("parameterAsExtent", "parameterAsExtentCrs", "parameterAsPoint", "parameterAsPointCrs"),
)


@pytest.fixture
def apart(provider, wait, monkeypatch):
    """Runs a verb as the toolbox does, in another thread, where it must not look for layers; (results, context)."""

    def guarded(look):
        def looked(self, *given):
            assert threading.current_thread() is threading.main_thread(), "layers are looked for in another thread"
            return look(self, *given)

        return looked

    for name in LOOKING:
        monkeypatch.setattr(Algorithm, name, guarded(getattr(Algorithm, name)))

    def run(verb, **parameters):
        context, feedback, ended = QgsProcessingContext(), Feedback(), []
        context.setProject(QgsProject.instance())
        task = QgsProcessingAlgRunnerTask(provider.algorithm(verb).create(), parameters, context, feedback)
        task.executed.connect(lambda *outcome: ended.append(outcome))
        QgsApplication.taskManager().addTask(task)
        wait(lambda: ended, 60, "the end of the algorithm")
        fine, results = ended[0]
        assert fine, feedback.errors
        return results, context

    return run


def test_an_algorithm_runs_beside_the_main_thread(apart, scene):
    _, square = corner(scene)
    text = f"{square.xMinimum()},{square.xMaximum()},{square.yMinimum()},{square.yMaximum()}"
    output = QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", QgsProject.instance())
    results, context = apart("embed", SCENE=str(scene), EXTENT=text, OUTPUT=output)
    details = context.layersToLoadOnCompletion()
    assert list(details) == [results["OUTPUT"]]
    layer = QgsProcessingUtils.mapLayerFromString(results["OUTPUT"], context)
    details[results["OUTPUT"]].postProcessor().postProcessLayer(layer, context, Feedback())
    assert layer.customProperty("mmearth/product") == "embedding"
    assert layer.renderer().type() == "multibandcolor"


def test_places_names_and_samples_are_known_before_another_thread_computes(apart, embedding, polygons, tmp_path):
    middle = QgsRasterLayer(str(embedding)).extent().center()
    place, output = f"{middle.x()},{middle.y()}", str(tmp_path / "similar.tif")
    results, _ = apart("similar", EMBEDDING=str(embedding), AT=place, OUTPUT=output)
    assert results["PIXELS"] == 1
    gathered = {"EMBEDDINGS": [str(embedding)], "SAMPLES": [str(polygons)], "OUTPUT": str(tmp_path / "set.json")}
    results, _ = apart("working_set", **gathered)
    assert results["PLACES"] == 1
    fitted = {"EMBEDDING": str(embedding), "SAMPLES": str(polygons), "OUTPUT": str(tmp_path / "model.json")}
    results, _ = apart("fit", **fitted)
    assert results["CLASSES"] == 6


def test_a_cancelled_embedding_ends_quietly_and_goes_on_later(run, scene, tmp_path):
    output = tmp_path / "emb.tif"
    parameters = {"SCENE": str(scene), "OUTPUT": str(output), "TILE": 64}
    feedback = Feedback(until=5)
    assert run("embed", feedback, **parameters) == {}
    assert feedback.isCanceled() and not feedback.errors
    assert not output.exists() and output.with_name("emb.tif.partial").is_dir()
    later = Feedback()
    run("embed", later, **parameters)
    assert any("Going on" in text for text in later.said)
    assert output.exists() and not output.with_name("emb.tif.partial").exists()


# What is refused


def test_what_cannot_work_is_refused_in_a_sentence(refusal, scene, embedding, polygons, class_map, tmp_path):
    scene, embedding, samples, written = str(scene), str(embedding), str(polygons), str(tmp_path / "out.tif")
    assert "What to embed is not said" in refusal("embed", OUTPUT=written)
    assert "What to embed is not said" in refusal("embed", SCENE=scene, SCENE_FILE=scene, OUTPUT=written)
    assert "What to embed is not said" in refusal("embed", SCENE_FOLDER=str(tmp_path), SCENE_FILE=scene, OUTPUT=written)
    assert "too few bands (1)" in refusal("embed", SCENE=str(class_map), OUTPUT=written)
    assert "is an embedding already" in refusal("embed", SCENE=embedding, OUTPUT=written)
    assert "2 are named" in refusal("embed", SCENE=scene, BANDS="B02, B03", OUTPUT=written)
    assert "no mask" in refusal("embed", SCENE=scene, MASK_VALUES="3,8", OUTPUT=written)
    assert "numbers or ranges" in refusal("embed", SCENE=scene, MASK=scene, MASK_VALUES="cloud", OUTPUT=written)
    assert "no mask" in refusal("embed", SCENE=scene, MASK_BITS="1", OUTPUT=written)
    both = {"MASK": scene, "MASK_VALUES": "1", "MASK_BITS": "1"}
    assert "twice" in refusal("embed", SCENE=scene, **both, OUTPUT=written)
    assert "halo" in refusal("embed", SCENE=scene, HALO="wide", OUTPUT=written)
    assert refusal("embed", SCENE=scene, HALO="exact", MASK=scene, MASK_VALUES="3, 40-100", OUTPUT=written) == ""
    assert "not an embedding" in refusal("fit", EMBEDDING=scene, SAMPLES=samples, OUTPUT=str(tmp_path / "m.json"))
    fit = {"EMBEDDING": embedding, "SAMPLES": samples, "OUTPUT": str(tmp_path / "m.json")}
    assert "no field “kind”; it has fid, class" in refusal("fit", FIELD="kind", **fit)
    assert "Further embeddings: 1, layers of their samples: 0" in refusal("fit", MORE_EMBEDDINGS=[embedding], **fit)
    assert "a place or features" in refusal("similar", EMBEDDING=embedding, OUTPUT=written)
    for verb in ("classify", "suggest", "cluster", "similar"):
        given = {"MODEL": str(tmp_path / "m.json"), "AT": "0,0", "OUTPUT": "TEMPORARY_OUTPUT"}
        assert "not an embedding" in refusal(verb, EMBEDDING=scene, **given)


def test_an_output_that_is_no_file_of_its_own_is_refused(refusal, class_map):
    outline = {"RASTER": str(class_map)}
    assert "disk-based" in refusal("outline", OUTPUT="memory:", **outline)
    assert ".kml" in refusal("outline", OUTPUT="areas.kml", **outline)
    database = "ogr:dbname='/tmp/x.gpkg' table=\"t\" (geom)"
    assert "a file of its own" in refusal("outline", OUTPUT=database, **outline)
    assert "a file of its own" in refusal("outline", OUTPUT=QgsProcessingOutputLayerDefinition(database), **outline)
    assert refusal("outline", OUTPUT="TEMPORARY_OUTPUT", **outline) == ""


def test_a_raster_that_is_no_file_is_refused(refusal):
    memory = "<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:9/${z}/${x}/${y}.png</ServerUrl></Service>"
    memory += "<DataWindow><UpperLeftX>0</UpperLeftX><UpperLeftY>1</UpperLeftY><LowerRightX>1</LowerRightX>"
    memory += "<LowerRightY>0</LowerRightY><SizeX>64</SizeX><SizeY>64</SizeY></DataWindow><BandsCount>4</BandsCount>"
    memory += "<BlockSizeX>64</BlockSizeX><BlockSizeY>64</BlockSizeY></GDAL_WMS>"
    layer = QgsRasterLayer(memory, "online")
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    assert "“online” is not a raster file" in refusal("embed", SCENE=layer.id(), OUTPUT="TEMPORARY_OUTPUT")


def test_the_worker_s_sentence_is_shown_as_it_is(failure, embedding, probe, scene, tmp_path):
    damaged = tmp_path / "probe.json"
    damaged.write_text("{}")
    out = str(tmp_path / "out.tif")
    assert failure("classify", EMBEDDING=str(embedding), MODEL=str(damaged), OUTPUT=out).startswith(f"{damaged} is not")
    outside = "0,100,0,100"
    assert "outside scene.tif" in failure("embed", SCENE=str(scene), EXTENT=outside, OUTPUT=out)
    assert not list(tmp_path.glob("out*"))
    missing = str(tmp_path / "nowhere" / "out.tif")
    assert "nowhere" in failure("classify", EMBEDDING=str(embedding), MODEL=str(probe), OUTPUT=missing)


def test_without_python_the_sentence_says_what_to_do(settings, monkeypatch, scene, tmp_path):
    from qgis_plugin.core.worker.client import WorkerClient
    from qgis_plugin.processing.embed import Embed

    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    client = WorkerClient(settings)
    embed = Embed(lambda: client).create()
    ready, sentence = embed.canExecute()
    assert not ready and "MMEARTH_PYTHON" in sentence and "dock" in sentence
    feedback = Feedback()
    _, fine = embed.run({"SCENE": str(scene), "OUTPUT": str(tmp_path / "x.tif")}, QgsProcessingContext(), feedback)
    assert not fine and feedback.errors[0] == sentence


# Without a desktop


def test_qgis_process_goes_from_scene_to_map(scene, polygons, class_map, worker_python, tmp_path):
    # Debian's wrapper adds an option that the program behind it does not know.
    program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
    if program is None:
        pytest.skip("qgis_process is not installed")
    plugins = tmp_path / "data" / "QGIS" / "QGIS3" / "profiles" / "default" / "python" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "mmearth_few_shot_mapper").symlink_to(ROOT / "qgis_plugin")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "MMEARTH_PYTHON": worker_python,
        "QT_QPA_PLATFORM": "offscreen",
    }
    for name in ("PYTHONPATH", "QGIS_CUSTOM_CONFIG_PATH"):
        environment.pop(name, None)

    def qgis(*words):
        outcome = subprocess.run(
            [program, *words], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout

    def algorithm(verb, **parameters):
        return qgis("run", f"mmearth:{verb}", "--", *(f"{name}={value}" for name, value in parameters.items()))

    qgis("plugins", "enable", "mmearth_few_shot_mapper")
    emb, model, made = (tmp_path / name for name in ("emb.tif", "model.json", "map.tif"))
    assert "Mpx embedded" in algorithm("embed", SCENE=scene, OUTPUT=emb)
    assert "ACCURACY" in algorithm("fit", EMBEDDING=emb, SAMPLES=polygons, OUTPUT=model)
    algorithm("classify", EMBEDDING=emb, MODEL=model, OUTPUT=made)
    assert made.read_bytes() == class_map.read_bytes()


def test_a_failure_calls_parameters_as_the_dialog_does(provider, monkeypatch):
    from qgis_plugin.core.worker.request import WorkerError

    class Client:
        def call(self, *_):
            text = "Name `bands`, or a smaller `bounds`; see `level=l1c` and `other`."
            raise WorkerError("input", text, about=("bands", "bounds"))

    algorithm = provider.algorithm("embed").create()
    monkeypatch.setattr(algorithm, "_get_client", Client)
    with pytest.raises(QgsProcessingException) as caught:
        algorithm.ask("embed", {}, Feedback())
    assert str(caught.value) == "Name “Bands”, or a smaller “Extent”; see “Processing level” = l1c and other."


def test_commands_in_sentences_are_the_algorithms_of_the_toolbox(provider):
    from qgis_plugin.core.worker.wording import in_toolbox, titles, told, worded

    assert titles() == {verb.replace("_", "-"): provider.algorithm(verb).displayName() for verb in VERBS}
    text = (
        "/a b/s.tif is a Sentinel-2 scene, and an embedding raster is wanted here; make one with: mmearth embed s.tif"
    )
    assert in_toolbox(f"{text} -o EMB.tif").endswith("make one with: “Embed layer”")
    assert worded("m.json does not exist; make a probe with: mmearth fit.").endswith("with: “Fit classes to samples”.")
    said = ["use others, best the points of mmearth sample.", "run: mmearth weights convert X --calibrate SCENE"]
    assert told({"warnings": said, "units": 3}) == {
        "warnings": ["use others, best the points of “Draw reference sample”.", said[1]],
        "units": 3,
    }


def test_what_the_worker_says_on_the_way_names_parameters_too(client, provider):
    from qgis_plugin.core.worker.client import _report

    feedback = Feedback()
    labels = provider.algorithm("embed").create()._labels()
    _report({"event": "message", "text": "Offset 0; pass `offset=-1000` if that is wrong."}, feedback, labels)
    assert feedback.said == ["Offset 0; pass “Offset” = -1000 if that is wrong."]


def beside(folder, name, source, moved):
    """A VRT in a folder of its own whose source lies in another one."""
    (folder / "elsewhere").mkdir()
    shutil.copy(source, folder / "elsewhere" / moved)
    (folder / "here").mkdir()
    path = folder / "here" / name
    options = gdal.BuildVRTOptions(resolution="highest")
    assert gdal.BuildVRT(str(path), str(folder / "elsewhere" / moved), options=options) is not None
    return path


def test_every_algorithm_offers_to_follow_what_its_input_refers_to(provider):
    for verb in VERBS:
        trust = provider.algorithm(verb).parameterDefinition("TRUST")
        assert trust is not None and trust.defaultValue() is False, verb
        assert trust.flags() & compat.ADVANCED, verb


def test_a_map_whose_pixels_lie_elsewhere_is_refused_by_the_parameter_and_read_with_it(
    run, failure, class_map, tmp_path
):
    path = str(beside(tmp_path, "map.vrt", class_map, "map.tif"))
    told = failure("outline", RASTER=path, OUTPUT=str(tmp_path / "map.gpkg"))
    assert "“Follow what the input refers to”" in told, told
    results = run("outline", RASTER=path, OUTPUT=str(tmp_path / "map.gpkg"), TRUST=True)
    assert QgsVectorLayer(results["OUTPUT"], "", "ogr").featureCount() > 0


def test_fit_takes_the_distance_between_places(run, embedding, polygons, tmp_path):
    feedback = Feedback()
    where = {"EMBEDDING": str(embedding), "SAMPLES": str(polygons), "OUTPUT": str(tmp_path / "probe.json")}
    run("fit", feedback, BLOCK=120.0, **where)
    assert "Samples within 120 m of each other count as one place." in "\n".join(feedback.said)
