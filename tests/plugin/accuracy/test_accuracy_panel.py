"""The Accuracy tab in QGIS: blind stratified samples, labels that are kept, figures of the command line, reports."""

import csv
import html
import json
from pathlib import Path
from time import thread_time

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QLocale, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QToolButton,
)

from qgis_plugin.core import layers
from qgis_plugin.core.accuracy import report_parts
from qgis_plugin.core.accuracy.reference_sample import HIDDEN_FIELDS, footprint, free_output
from qgis_plugin.core.accuracy.report_document import ReportDocument
from qgis_plugin.core.maps.final_map import CONFIDENCE, SAMPLES, SAMPLES_FIELD
from qgis_plugin.core.samples.class_keys import PAUSE
from qgis_plugin.gui.accuracy.panel import AccuracyPanel

NAMES = ["bare soil", "built-up", "crops", "forest", "grassland", "water"]


@pytest.fixture
def project(context, mapped):
    """Scene, embedding, samples and map in QGIS; returns the map's layer."""
    raster = QgsRasterLayer(str(mapped / "scene.tif"), "scene")
    made = QgsRasterLayer(str(mapped / "embedding.tif"), "embedding")
    drawn = QgsVectorLayer(str(mapped / "samples.gpkg"), "samples", "ogr")
    map_layer = QgsRasterLayer(str(mapped / "town_map.tif"), "town_map")
    QgsProject.instance().addMapLayers([raster, made, drawn, map_layer])
    layers.mark(made, "embedding", raster)
    layers.mark(map_layer, "map", made)
    map_layer.setCustomProperty(SAMPLES, drawn.id())
    map_layer.setCustomProperty(SAMPLES_FIELD, "class")
    map_layer.setCustomProperty(CONFIDENCE, str(mapped / "confidence.tif"))
    return map_layer


@pytest.fixture
def panel(context, project, qgis_canvas):
    canvas = context.iface.mapCanvas()
    canvas.window().show()
    canvas.setDestinationCrs(project.crs())
    canvas.setExtent(project.extent())
    panel = AccuracyPanel(context)
    panel.resize(380, 700)
    assert panel.map_layer is project  # the only map there is
    yield panel
    panel.close()
    panel.deleteLater()
    canvas.window().hide()


@pytest.fixture
def sample(panel, wait, tmp_path):
    """A drawn reference sample of 60 points; returns its layer."""
    panel._points.setValue(60)
    panel.draw_to(tmp_path / "reference.gpkg")
    wait(lambda: panel.reference_layer is not None and not panel._working.isVisibleTo(panel), 60, "the sample")
    return panel.reference_layer


def show(panel):
    panel.show()
    panel.activateWindow()
    assert QTest.qWaitForWindowActive(panel, 5000)


def key(widget, which):
    """Press a key while the focus is on a widget."""
    widget.window().activateWindow()
    assert QTest.qWaitForWindowActive(widget.window(), 5000)
    widget.setFocus()
    QTest.keyClick(widget, which)


def start(panel):
    """Start labelling; the worker is asked for the classes first."""
    press(panel, "labelling_start")
    for _ in range(600):
        if panel.labelling.labelling is not None:
            return
        QTest.qWait(100)
    pytest.fail("labelling did not start")


def press(panel, name):
    button = panel.findChild(QPushButton, name)
    assert button.isEnabled(), name
    button.click()


def text(panel, name):
    return panel.findChild(QLabel, name).text()


def label_all(layer, material, names):
    """Label every point with the generator's truth, through QGIS' edit buffer."""
    truth = QgsRasterLayer(str(material / "truth.tif"), "truth")
    by_value = {int(entry.value): entry.label for entry in truth.renderer().classes()}
    column = layer.fields().indexOf("class")
    layer.startEditing()
    for feature in layer.getFeatures():
        value, ok = truth.dataProvider().sample(feature.geometry().asPoint(), 1)
        name = by_value.get(int(value), "") if ok else ""
        if name in names:
            layer.changeAttributeValue(feature.id(), column, name)
    assert layer.commitChanges()


def test_a_map_that_was_moved_in_qgis_is_neither_sampled_nor_assessed(panel, project, monkeypatch):
    told = []
    monkeypatch.setattr(type(panel._context), "warn", lambda _, text: told.append(text))
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:32733"))
    panel.draw()
    panel.assess()
    assert len(told) == 2 and all("by its file and in EPSG:32733" in sentence for sentence in told)


def test_sample_is_stratified_and_blind(panel, sample, project, run_core, mapped, tmp_path):
    run_core("sample", mapped / "town_map.tif", "-o", tmp_path / "cli.gpkg", "--n", "60", "--quiet")
    theirs = QgsVectorLayer(str(tmp_path / "cli.gpkg"), "cli", "ogr")
    rows = [[(f.geometry().asWkt(), f["stratum"]) for f in layer.getFeatures()] for layer in (sample, theirs)]
    assert rows[0] == rows[1]
    assert len({stratum for _, stratum in rows[0]}) == len(NAMES)
    assert sample.customProperty(layers.PRODUCT) == "reference"
    assert layers.source_of(sample) is project
    # Told to the user: how many points each class got.
    assert "60 points" in text(panel, "accuracy_allocation")
    assert all(name in text(panel, "accuracy_allocation") for name in NAMES)
    # Not told to the interpreter: the class of a point.
    for layer in (sample, QgsVectorLayer(str(tmp_path / "reference.gpkg"), "again", "ogr")):
        fields = layer.fields()
        assert all(layer.editorWidgetSetup(fields.indexOf(name)).type() == "Hidden" for name in HIDDEN_FIELDS)
        hidden = {column.name for column in layer.attributeTableConfig().columns() if column.hidden}
        assert hidden >= set(HIDDEN_FIELDS)
        used = layer.renderer().usedAttributes(_render_context())
        assert set(used) <= {"class"}
        assert layer.displayExpression() == '"id"'
    choices = sample.editorWidgetSetup(sample.fields().indexOf("class")).config()["map"]
    assert [next(iter(choice)) for choice in choices] == NAMES


def test_labelling_by_keys(panel, sample, context, wait):
    canvas = context.iface.mapCanvas()
    show(panel)
    start(panel)
    labelling = panel.labelling.labelling
    names = NAMES
    assert text(panel, "labelling_place") == "<b>Point 1 of 60</b>"
    first = labelling.fid
    centre = sample.getFeature(first).geometry().asPoint()
    assert canvas.extent().center().distance(centre) < 1e-6 * canvas.extent().width() + 0.01
    assert canvas.scale() == pytest.approx(5000, rel=0.02)
    assert len(panel.labelling._bands) == 5

    key(panel.labelling.start_button, Qt.Key.Key_2)  # focus in the panel
    assert labelling.position == 1
    key(canvas, Qt.Key.Key_1)  # focus on the canvas
    assert labelling.position == 2
    press(panel, "labelling_skip")
    assert labelling.position == 3
    press(panel, "labelling_previous")
    press(panel, "labelling_previous")
    assert labelling.current_class == names[0]
    assert text(panel, "labelling_class") == names[0]
    press(panel, "labelling_clear")
    assert labelling.current_class == ""
    key(panel.labelling.start_button, Qt.Key.Key_3)
    assert labelling.position == 2  # the skipped one is open still
    bar = panel.findChild(QProgressBar, "labelling_progress")
    assert (bar.value(), bar.maximum()) == (2, 60)

    sample.undoStack().undo()
    assert labelling.labelled == 1
    sample.undoStack().redo()
    path = layers.path_of(sample)
    panel.close()  # as if the dock were closed in the middle of it
    assert not sample.isEditable()
    again = QgsVectorLayer(path, "again", "ogr")
    kept = {feature["id"]: feature["class"] for feature in again.getFeatures() if feature["class"]}
    assert sorted(kept.values()) == sorted([names[1], names[2]])
    assert panel.labelling._bands == []


def test_more_than_ten_classes_are_labelled_by_two_digits_as_samples_are(panel, sample, context, monkeypatch):
    show(panel)
    start(panel)
    box, names = panel.labelling, {f"class {number}": number for number in range(1, 13)}
    box.start(sample, "class", names, box._judged)
    labelling = box.labelling
    texts = [button.text() for button in box._classes.findChildren(QToolButton)]
    assert [each.split()[0] for each in texts[-3:]] == ["10", "11", "12"]
    told = []
    monkeypatch.setattr(type(context), "tell", lambda _, text, *_rest: told.append(text))

    def typed(*which):
        for each in which:
            key(box.start_button, each)

    typed(Qt.Key.Key_1)
    assert labelling.position == 0 and text(panel, "labelling_class") == "1_"
    typed(Qt.Key.Key_2)
    assert labelling.position == 1
    typed(Qt.Key.Key_0, Qt.Key.Key_5, Qt.Key.Key_7)  # of 7 there is no second digit
    assert labelling.position == 3
    typed(Qt.Key.Key_1)
    QTest.qWait(PAUSE + 200)  # it was the first class
    assert labelling.position == 4
    typed(Qt.Key.Key_1, Qt.Key.Key_N, Qt.Key.Key_2)  # what is begun is dropped when one goes on
    assert labelling.position == 6 and text(panel, "labelling_class") == "not labelled"
    typed(Qt.Key.Key_1, Qt.Key.Key_9)
    assert told == ["There is no class 19."] and labelling.position == 6
    for _ in range(4):
        press(panel, "labelling_previous")
    assert labelling.current_class == "class 7"
    typed(Qt.Key.Key_Delete)
    assert labelling.current_class == ""
    press(panel, "labelling_previous")
    assert labelling.current_class == "class 5"
    press(panel, "labelling_previous")
    assert labelling.current_class == "class 12"


def test_labels_are_written_as_one_goes(panel, sample):
    show(panel)
    start(panel)
    for _ in range(10):
        key(panel.labelling.start_button, Qt.Key.Key_1)
    assert sample.isEditable()
    assert not sample.isModified()
    again = QgsVectorLayer(layers.path_of(sample), "again", "ogr")
    assert sum(1 for feature in again.getFeatures() if feature["class"]) == 10
    press(panel, "labelling_start")
    assert not sample.isEditable()


def test_keys_rest_while_another_tab_is_shown(panel, sample, context):
    show(panel)
    start(panel)
    shortcuts = panel.labelling._shortcuts
    assert all(shortcut.isEnabled() for shortcut in shortcuts)
    panel.hide()
    assert not any(shortcut.isEnabled() for shortcut in shortcuts)
    panel.show()
    assert all(shortcut.isEnabled() for shortcut in shortcuts)
    panel.labelling.stop()
    assert panel.labelling._shortcuts == []


def test_maps_are_hidden_while_labelling(panel, sample, project, mapped):
    root = QgsProject.instance().layerTreeRoot()
    node = root.findLayer(project.id())
    others = [root.findLayer(layer.id()) for layer in QgsProject.instance().mapLayersByName("scene")]
    start(panel)
    assert not node.itemVisibilityChecked()
    assert all(other.itemVisibilityChecked() for other in others)
    live = QgsRasterLayer(str(mapped / "town_map.tif"), "live")
    layers.mark(live, "live", project)
    QgsProject.instance().addMapLayer(live)
    assert not root.findLayer(live.id()).itemVisibilityChecked()
    panel.findChild(QCheckBox, "labelling_blind").setChecked(False)
    assert node.itemVisibilityChecked()
    panel.findChild(QCheckBox, "labelling_blind").setChecked(True)
    assert not node.itemVisibilityChecked()
    press(panel, "labelling_start")
    assert node.itemVisibilityChecked()
    assert root.findLayer(live.id()).itemVisibilityChecked()


def test_missing_labels_are_told(panel, sample, wait):
    wait(lambda: "0 of 60" in text(panel, "accuracy_missing"), 20, "the count")
    needed = 2 * len(NAMES)
    assert f"at least {needed} more" in text(panel, "accuracy_missing")
    assert not panel.findChild(QPushButton, "accuracy_assess").isEnabled()
    show(panel)
    start(panel)
    for _ in range(needed):
        key(panel.labelling.start_button, Qt.Key.Key_1)
    wait(lambda: f"{needed} of 60" in text(panel, "accuracy_missing"), 20, "the count")
    assert panel.findChild(QPushButton, "accuracy_assess").isEnabled()


def test_assess_equals_the_command_line(panel, sample, wait, run_core, mapped):
    label_all(sample, mapped, NAMES)
    result = assess(panel, wait)
    lines = run_core("assess", mapped / "town_map.tif", layers.path_of(sample), "--json").splitlines()
    theirs = json.loads(lines[-1])["result"]
    assert result == theirs
    table = panel.findChild(QTableWidget, "accuracy_table")
    assert [table.horizontalHeaderItem(column).text() for column in range(4)] == [
        *("Class", "User's, %", "Producer's, %", "Area, ha"),
    ]
    assert table.item(0, 1).background().style() == Qt.BrushStyle.NoBrush
    counts = theirs["error_matrix"]["counts"]
    for row, entry in enumerate(theirs["classes"]):
        assert table.item(row, 0).text() == f"{entry['name']}\n{sum(line[row] for line in counts)} points"
        for column, key in ((1, "users_accuracy"), (2, "producers_accuracy")):
            value, below = table.item(row, column).text().split("\n")
            assert value == f"{100 * entry[key]['value']:.1f}"
            if below == "too few":
                assert entry[key]["high95"] - entry[key]["low95"] > 0.5
            else:
                low, high = map(float, below.split("–"))
                assert 0 <= low <= float(value) + 0.5 and float(value) - 0.5 <= high <= 100
                assert high - low <= 51, "an interval that says nothing"
        number, between = (each.replace(",", "") for each in table.item(row, 3).text().split("\n"))
        assert [float(each) for each in (*between.split("–"), number)] == pytest.approx(
            [entry["estimated_ha"][each] for each in ("low95", "high95", "value")], abs=0.51
        )
    assert f"{100 * theirs['overall_accuracy']['value']:.1f}\xa0% (" in text(panel, "accuracy_headline")


def test_the_matrix_is_shown_in_points_and_in_shares_of_the_area(panel, sample, wait, mapped):
    label_all(sample, mapped, NAMES)
    result = assess(panel, wait)
    matrix, size = panel.findChild(QTableWidget, "accuracy_matrix"), len(NAMES)

    def shown(row, column):
        cell = matrix.item(row, column).text()
        return 0 if cell == "·" else float(cell)

    counts, shares = result["error_matrix"]["counts"], result["error_matrix"]["proportions"]
    assert [[shown(row, column) for column in range(size)] for row in range(size)] == counts
    assert shown(size, size) == 60 and shown(0, size) == sum(counts[0])
    right, wrong = matrix.item(0, 0).background().color(), None
    for row, column in ((r, c) for r in range(size) for c in range(size) if r != c and counts[r][c]):
        wrong = matrix.item(row, column).background().color()
    assert right.green() > right.red() and (wrong is None or wrong.red() > wrong.green())
    panel._table.matrix.what.setCurrentIndex(1)
    assert shown(size, size) == 100
    assert shown(1, 1) == pytest.approx(100 * shares[1][1], abs=0.051)
    assert "% of the area" in matrix.item(1, 1).toolTip() and f"{counts[1][1]} points" in matrix.item(1, 1).toolTip()


def test_tables_are_handed_on_as_files_and_by_the_clipboard(panel, sample, wait, mapped, tmp_path):
    label_all(sample, mapped, NAMES)
    result = assess(panel, wait)
    panel._table.save_csv(tmp_path / "town.csv")
    with (tmp_path / "town.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == NAMES
    for row, entry in zip(rows, result["classes"], strict=True):
        for name in ("estimated_ha", "users_accuracy", "producers_accuracy"):
            for column, key in ((name, "value"), (f"{name}_low95", "low95"), (f"{name}_high95", "high95")):
                assert float(row[column]) == pytest.approx(entry[name][key], abs=1e-3)
    with (tmp_path / "town_matrix.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert head[1:] == NAMES and [list(map(int, line[1:])) for line in lines] == result["error_matrix"]["counts"]
    with (tmp_path / "town_matrix_ha.csv").open(encoding="utf-8-sig", newline="") as file:
        total = sum(float(cell) for line in list(csv.reader(file))[1:] for cell in line[1:])
    assert total == pytest.approx(result["covered_ha"], abs=0.01)
    press(panel, "accuracy_copy")
    pasted = QApplication.clipboard().text().splitlines()
    assert pasted[1].split("\t")[0] == NAMES[0] and pasted[len(NAMES) + 2].split("\t")[1:] == NAMES
    assert QApplication.clipboard().mimeData().html().count("<table") == 2
    told = []
    panel._table.told.connect(lambda *what: told.append(what))
    panel._table.save_csv(tmp_path / "nowhere" / "town.csv")
    assert not told[0][1] and "nowhere" in told[0][0]


def test_unsaved_edits_and_filters_count(panel, sample, wait, mapped):
    label_all(sample, mapped, NAMES)
    sample.setSubsetString('"id" <= 50')
    sample.startEditing()
    feature = next(sample.getFeatures())
    wrong = next(name for name in NAMES if name != feature["class"])
    sample.changeAttributeValue(feature.id(), sample.fields().indexOf("class"), wrong)
    result = assess(panel, wait)
    assert result["units"] == 50
    assert result["reference"] != layers.path_of(sample)
    names = [entry["name"] for entry in result["classes"]]
    assert sum(row[names.index(wrong)] for row in result["error_matrix"]["counts"]) == sum(
        1 for each in sample.getFeatures() if each["class"] == wrong
    )
    assert sample.isModified()
    assert f"not saved yet count: {sample.name()}" in text(panel, "accuracy_warnings")
    sample.rollBack()


def test_points_and_samples_that_were_never_saved_are_assessed_and_reported(
    panel, sample, project, wait, mapped, tmp_path
):
    label_all(sample, mapped, NAMES)
    samples = QgsProject.instance().mapLayer(project.customProperty(SAMPLES))
    for layer in (sample, samples):
        layer.startEditing()
        first = next(layer.getFeatures())
        shape = first.geometry()
        shape.translate(20, 20)
        new = QgsVectorLayerUtils.createFeature(layer, shape, {}, None)
        new.setAttribute("class", first["class"])
        assert layer.addFeature(new) and new.id() < 0
    result = assess(panel, wait)
    assert result["units"] == 60 and any("left out" in each for each in result["warnings"]), result["warnings"]
    done = []
    panel.assessment.reported.connect(done.append)
    panel.assessment.failed.connect(lambda *why: done.append(why))
    panel.save_report(tmp_path / "report.html")
    wait(lambda: done, 90, "the report")
    assert done == [str(tmp_path / "report.html")]
    for layer in (sample, samples):
        layer.rollBack()


def test_reference_points_lie_above_the_map(panel, project, mapped, tmp_path, wait):
    def order():
        return [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]

    points = QgsVectorLayer("Point?crs=EPSG:32632&field=class:string", "my points", "memory")
    QgsProject.instance().addMapLayer(points, False)
    QgsProject.instance().layerTreeRoot().addLayer(points)
    assert order()[-1] == "my points"
    panel._reference.setLayer(points)
    wait(lambda: order().index("my points") < order().index("town_map"), 5, "the points above the map")


def test_a_drawn_sample_lies_above_the_map_it_judges(panel, sample, project):
    order = [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]
    assert order.index("Reference points") < order.index("town_map")


def test_polygons_of_the_user(panel, wait, mapped, project):
    """A memory layer of the user's own, with the map's values in a field of numbers."""
    theirs = QgsVectorLayer(f"Polygon?crs={project.crs().authid()}&field=code:integer", "theirs", "memory")
    extent = project.extent()
    feature = QgsFeature(theirs.fields())
    feature["code"] = 1
    feature.setGeometry(QgsGeometry.fromRect(extent.buffered(-extent.width() / 4)))
    theirs.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(theirs)
    panel._reference.setLayer(theirs)
    assert panel.field == "code"
    result = assess(panel, wait)
    assert result["unit"] == "pixels"
    assert "Agreement" in text(panel, "accuracy_headline")
    assert any("no random sample" in warning for warning in result["warnings"])


def test_a_refusal_calls_the_field_as_the_form_does(panel, wait, project):
    theirs = QgsVectorLayer(f"Polygon?crs={project.crs().authid()}&field=class:string", "theirs", "memory")
    feature = QgsFeature(theirs.fields())
    feature["class"] = "lava"
    feature.setGeometry(QgsGeometry.fromRect(project.extent()))
    theirs.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(theirs)
    panel._reference.setLayer(theirs)
    refused = []
    panel.assessment.failed.connect(lambda _kind, sentence: refused.append(sentence))
    wait(lambda: panel.findChild(QPushButton, "accuracy_assess").isEnabled(), 30, "the count")
    press(panel, "accuracy_assess")
    wait(lambda: refused, 60, "the refusal")
    assert "lava" in refused[0] and "with “Class field”" in refused[0]


def test_numbers_are_labelled_by_value(panel, project):
    theirs = QgsVectorLayer(f"Point?crs={project.crs().authid()}&field=code:integer", "theirs", "memory")
    feature = QgsFeature(theirs.fields())
    feature.setGeometry(QgsGeometry.fromPointXY(project.extent().center()))
    theirs.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(theirs)
    panel._reference.setLayer(theirs)
    show(panel)
    start(panel)
    key(panel.labelling.start_button, Qt.Key.Key_2)
    name = NAMES[1]
    assert next(theirs.getFeatures())["code"] == NAMES.index(name) + 1
    assert panel.labelling.labelling.current_class == name


def test_the_training_samples_are_no_reference(panel, wait, project):
    panel._reference.setLayer(QgsProject.instance().mapLayersByName("samples")[0])
    assess(panel, wait)
    assert "no measure of its accuracy" in text(panel, "accuracy_warnings")


def test_reports(panel, sample, wait, mapped, tmp_path):
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    for name in ("report.html", "report.pdf"):
        done = []
        panel.assessment.reported.connect(done.append)
        panel.save_report(tmp_path / name)
        wait(lambda done=done: done, 90, name)
        assert Path(done[0]) == tmp_path / name
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in NAMES)
    assert page.count("data:image/png;base64,") >= 4
    assert "Error matrix" in page
    assert "Validation" in page
    document = (tmp_path / "report.pdf").read_bytes()
    assert document.startswith(b"%PDF")
    assert document.count(b"/Subtype /Image") + document.count(b"/Subtype/Image") >= 2


def test_the_document_says_what_the_page_says(panel, sample, wait, mapped, tmp_path, monkeypatch):
    """Each heading, each cell, each fact, in the words and numbers of the page; set beside QGIS' main thread."""
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    told, done = [], []
    write = ReportDocument._write
    monkeypatch.setattr(ReportDocument, "_write", lambda task, path: told.append(task._content) or write(task, path))
    panel.assessment.reported.connect(done.append)
    panel.save_report(tmp_path / "report.pdf")
    busy = thread_time()
    wait(lambda: done, 90, "the document")
    assert thread_time() - busy < 0.5, "the panel waits in steps; the sheets are not set on this thread"
    panel.save_report(tmp_path / "report.html")
    wait(lambda: len(done) == 2, 90, "the page")
    page = html.unescape((tmp_path / "report.html").read_text(encoding="utf-8"))
    kinds = []
    for section in told[0]["sections"]:
        assert section["heading"] in page
        for number, part in enumerate(section["parts"]):
            kinds.append(part["kind"])
            drawn = html.unescape(report_parts.part(part, (10, 10), number)).replace("\u200b", "")
            cells = [cell for row in part.get("rows", []) for cell in row] + part.get("header", [])
            cells += [text for pair in part.get("values", []) for text in pair] + part.get("sentences", [])
            cells += [part["heading"], part["caption"]] if part["kind"] == "figure" else []
            for cell in cells:
                assert cell in page and cell in drawn
    assert kinds.count("figure") >= 4 and kinds.count("matrix") == 2 and "Validation by place" in page


def test_reports_speak_the_users_language(panel, sample, wait, mapped, tmp_path, monkeypatch):
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    done = []
    panel.assessment.reported.connect(done.append)
    try:
        panel.save_report(tmp_path / "bericht.html")
    finally:
        QLocale.setDefault(before)
    wait(lambda: done, 90, "the page")
    page = (tmp_path / "bericht.html").read_text(encoding="utf-8")
    assert "Genauigkeit und Flächen" in page and 'lang="de"' in page
    total = panel.assessment.result["overall_accuracy"]["value"]
    assert f"{100 * total:.1f} %".replace(".", ",") in page


def test_reports_that_cannot_be_written(panel, sample, wait, mapped, tmp_path):
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    for name in ("report.html", "report.pdf"):
        failed = []
        panel.assessment.failed.connect(lambda *what, failed=failed: failed.append(what))
        panel.save_report(tmp_path / "nowhere" / name)
        wait(lambda failed=failed: failed, 60, name)
        assert "nowhere" in failed[0][1]
        assert not panel._working.isVisibleTo(panel)
        assert panel.findChild(QPushButton, "accuracy_report").isEnabled()


def test_cancelled_report_leaves_nothing(panel, sample, wait, mapped, tmp_path):
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    for name in ("report.html", "report.pdf"):
        failed = []
        panel.assessment.failed.connect(lambda *what, failed=failed: failed.append(what))
        panel.save_report(tmp_path / name)
        press(panel, "accuracy_cancel")
        wait(lambda failed=failed: failed, 60, name)
        assert failed[0][0] == "cancelled"
        assert not panel.assessment.running
        assert not (tmp_path / name).exists()


def test_map_removed_while_a_report_is_made(panel, sample, wait, mapped, project, tmp_path):
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    panel.save_report(tmp_path / "report.pdf")
    wait(lambda: panel.assessment.running, 60, "the drawing")
    QgsProject.instance().removeMapLayer(project.id())
    wait(lambda: not panel.assessment.running, 60, "the end")
    assert not panel.findChild(QPushButton, "accuracy_report").isEnabled()


def test_replacing_a_sample_is_asked(panel, sample, tmp_path):
    seen = []

    def refuse():
        question = QApplication.activeModalWidget()
        if isinstance(question, QMessageBox):
            seen.append(question.text())
            question.button(QMessageBox.StandardButton.No).click()

    QTimer.singleShot(300, refuse)
    assert not panel._may_replace(Path(layers.path_of(sample)))
    assert "lose the labels" in seen[0]
    assert free_output(tmp_path / "town_map.tif").name == "town_reference.gpkg"
    (tmp_path / "town_reference.gpkg").touch()
    assert free_output(tmp_path / "town_map.tif").name == "town_reference_2.gpkg"


def test_cancelled_drawing_leaves_nothing(panel, wait, tmp_path):
    panel.draw_to(tmp_path / "reference.gpkg")
    panel.cancel()
    wait(lambda: not panel._drawing.running, 60, "the end")
    assert not (tmp_path / "reference.gpkg").exists()
    assert panel.findChild(QPushButton, "accuracy_draw").isEnabled()


def test_another_map_drops_the_result(panel, sample, wait, mapped):
    label_all(sample, mapped, NAMES)
    assess(panel, wait)
    assert panel.findChild(QPushButton, "accuracy_report").isEnabled()
    panel._map.setLayer(None)
    assert not panel.findChild(QPushButton, "accuracy_report").isEnabled()
    assert not panel.findChild(QPushButton, "accuracy_draw").isEnabled()


def test_layer_removed_while_labelling(panel, sample, project):
    start(panel)
    QgsProject.instance().removeMapLayer(sample.id())
    assert panel.labelling.labelling is None
    assert panel.labelling._bands == []
    assert QgsProject.instance().layerTreeRoot().findLayer(project.id()).itemVisibilityChecked()


def test_embeddings_are_no_maps(panel):
    offered = {panel._map.layer(index).name() for index in range(panel._map.count()) if panel._map.layer(index)}
    assert "town_map" in offered
    assert "embedding" not in offered


def test_footprint_is_the_pixel(project):
    extent, size = project.extent(), project.rasterUnitsPerPixelX()
    point = extent.center()
    box = footprint(project, point).boundingBox()
    assert box.width() == pytest.approx(size)
    assert box.contains(point)
    assert (box.xMinimum() - extent.xMinimum()) / size == pytest.approx(
        round((box.xMinimum() - extent.xMinimum()) / size), abs=1e-6
    )


def assess(panel, wait):
    done = []
    panel.assessment.assessed.connect(done.append)
    wait(lambda: panel.findChild(QPushButton, "accuracy_assess").isEnabled(), 30, "the count")
    press(panel, "accuracy_assess")
    wait(lambda: done, 60, "the assessment")
    return done[0]


def _render_context():
    from qgis.core import QgsRenderContext

    return QgsRenderContext()


def test_long_names_of_classes_are_shortened_and_no_markup(panel, sample, project):
    name = "<b>wide</b> & " + "Gewächshausanlage" * 5
    panel.labelling._fill_classes({name: 1, "b": 2, "c": 3}, {})
    first = panel.labelling.findChild(QToolButton, "labelling_class_1")
    assert first.property("class_name") == name and "&lt;b&gt;" in first.toolTip()
    assert panel.labelling._classes.minimumSizeHint().width() < 390


def test_the_live_confidence_is_hidden_while_labelling_too(panel, sample, project, mapped):
    live = QgsRasterLayer(str(mapped / "confidence.tif"), "Live confidence")
    layers.mark(live, "live_confidence")
    QgsProject.instance().addMapLayer(live)
    start(panel)
    assert not QgsProject.instance().layerTreeRoot().findLayer(live.id()).itemVisibilityChecked()
    panel.labelling.stop()
    assert QgsProject.instance().layerTreeRoot().findLayer(live.id()).itemVisibilityChecked()
