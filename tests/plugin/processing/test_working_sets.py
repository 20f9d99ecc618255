"""Working sets in the toolbox with a real worker: gathered of layers, and taken where an embedding or a map is."""

import json
import shutil
from pathlib import Path

import pytest
from osgeo import gdal, ogr
from processing_feedback import Feedback
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsReferencedPointXY,
    QgsVectorLayer,
)


@pytest.fixture(scope="session")
def folder(material, tmp_path_factory):
    """Two dates of a place, another place far from it, heights and the samples."""
    folder = tmp_path_factory.mktemp("sets")
    for name in ("west_april", "west_july", "east"):
        shutil.copy(material / "embedding.tif", folder / f"{name}.tif")
    moved = gdal.Open(str(folder / "east.tif"), gdal.GA_Update)
    left, pixel, turn, top, *rest = moved.GetGeoTransform()
    moved.SetGeoTransform((left + 20_000, pixel, turn, top, *rest))
    del moved
    shutil.copy(folder / "east.tif", folder / "east_later.tif")
    heights = gdal.Translate(
        str(folder / "heights.tif"), str(folder / "west_july.tif"), bandList=[1], outputType=gdal.GDT_Float32
    )
    del heights
    shutil.copy(material / "samples.gpkg", folder / "samples.gpkg")
    return folder


@pytest.fixture
def gather(run, folder, tmp_path):
    """Gathers embeddings by their names; returns the working set in their folder."""

    def gather(name, *embeddings, **parameters):
        return run(
            "working_set",
            EMBEDDINGS=[str(folder / f"{each}.tif") for each in embeddings],
            OUTPUT=str(folder / f"{name}.json"),
            **parameters,
        )

    return gather


def test_layers_become_places_dates_and_layers(run, gather, folder):
    feedback = Feedback()
    made = run(
        "working_set",
        feedback,
        EMBEDDINGS=[str(folder / f"{each}.tif") for each in ("west_july", "west_april")],
        DATES="2021-07-12, 2021-04-01",
        LAYERS=[str(folder / "heights.tif")],
        SAMPLES=[str(folder / "samples.gpkg")],
        OUTPUT=str(folder / "gathered.json"),
    )
    assert made["PLACES"] == 1 and made["PLACE_NAMES"] == "west"
    (place,) = json.loads(Path(made["OUTPUT"]).read_text())["places"]
    assert [each["date"] for each in place["embeddings"]] == ["2021-04-01", "2021-07-12"]
    assert place["embeddings"][0]["embedding"] == "west_april.tif"
    assert place["layers"][0]["name"] == "heights" and place["samples"][0]["file"] == "samples.gpkg"
    assert any("2021-04-01, 2021-07-12; heights" in text for text in feedback.said)


def test_what_is_no_set_is_refused_in_a_sentence(run, refusal, gather, folder, probe, tmp_path):
    both = {"EMBEDDINGS": [str(folder / "west_july.tif"), str(folder / "east.tif")], "OUTPUT": str(tmp_path / "s.json")}
    assert "Embeddings: 2, dates: 1" in refusal("working_set", DATES="2021-04-01", **both)
    assert "is no date" in refusal("working_set", DATES="2021-04-01, May", **both)
    none = str(probe)
    fit = {"SAMPLES": str(folder / "samples.gpkg"), "OUTPUT": str(tmp_path / "m.json")}
    assert "either an embedding or a working set" in refusal("fit", **fit)
    assert "is not a working set" in refusal("fit", WORKING_SET=none, **fit)
    set_ = gather("both", "west_july", "east")["OUTPUT"]
    assert "choose a layer of samples" in refusal("fit", WORKING_SET=set_, OUTPUT=fit["OUTPUT"])
    of_one = {"OUTPUT": str(tmp_path / "m.tif")}
    for verb, more in (
        ("classify", {"WORKING_SET": set_, "MODEL": none}),
        ("cluster", {"WORKING_SET": set_}),
        ("similar", {"WORKING_SET": set_, "AT": "0,0"}),
        ("change", {"BEFORE_SET": set_, "AFTER_SET": set_, "MODEL": none}),
    ):
        assert "choose the folder of their maps" in refusal(verb, **more, **of_one)
    alone = str(folder / "east.tif")
    assert "A folder is for" in refusal("cluster", EMBEDDING=alone, FOLDER=str(tmp_path / "k"), **of_one)
    assert "What to compare is not said" in refusal("change", BEFORE=alone, MODEL=none, **of_one)
    assert "is not a working set" in refusal("change", BEFORE=alone, AFTER_SET=none, MODEL=none, **of_one)
    assert "either a map or a folder" in refusal("sample", OUTPUT=str(tmp_path / "p.gpkg"))
    assert "of a working set that is not named" in refusal("sample", MAPS=str(folder), OUTPUT=str(tmp_path / "p.gpkg"))


def test_samples_that_are_not_saved_cannot_be_gathered(refusal, folder, tmp_path):
    layer = QgsVectorLayer(str(folder / "samples.gpkg"), "drawn")
    QgsProject.instance().addMapLayer(layer)
    assert layer.startEditing()
    layer.deleteFeature(next(layer.getFeatures()).id())
    sentence = refusal(
        "working_set", EMBEDDINGS=[str(folder / "east.tif")], SAMPLES=[layer.id()], OUTPUT=str(tmp_path / "s.json")
    )
    layer.rollBack()
    assert "“drawn” has edits that are not saved" in sentence


def test_dates_vote_or_decide_together(run, gather, folder, embedding, tmp_path):
    dates = {"DATES": "2021-04-01,2021-07-12", "SAMPLES": [str(folder / "samples.gpkg")]}
    set_ = gather("dated", "west_april", "west_july", **dates)["OUTPUT"]
    for dates, members in (("vote", [[0], [1]]), ("together", [[0, 1]])):
        made = run("fit", WORKING_SET=set_, DATES=dates, OUTPUT=str(tmp_path / f"{dates}.json"))
        assert [each["slots"] for each in json.loads(Path(made["OUTPUT"]).read_text())["members"]] == members
    mapped = run("classify", WORKING_SET=set_, MODEL=str(tmp_path / "vote.json"), OUTPUT=str(tmp_path / "map.tif"))
    assert mapped["PIXELS"] > 0 and mapped["MAPS"] == [mapped["OUTPUT"]] and "FOLDER" not in mapped
    middle = QgsRasterLayer(str(embedding)).extent().center()
    found = run("similar", WORKING_SET=set_, AT=f"{middle.x()},{middle.y()}", OUTPUT=str(tmp_path / "s.tif"))
    layer = QgsRasterLayer(found["OUTPUT"])
    assert layer.dataProvider().sample(middle, 1)[0] == pytest.approx(1, abs=0.01)
    points = {"MODEL": str(tmp_path / "vote.json"), "OUTPUT": str(tmp_path / "next.gpkg")}
    assert run("suggest", WORKING_SET=set_, N=3, **points)["POINTS"] == 3


def test_a_map_says_where_its_layer_has_no_value(run, gather, folder, class_map, tmp_path):
    size = gdal.Open(str(class_map)).RasterXSize, gdal.Open(str(class_map)).RasterYSize
    part = {"outputType": gdal.GDT_Float32, "srcWin": [0, 0, size[0] * 3 // 4, size[1]]}
    gdal.Translate(str(folder / "part.tif"), str(class_map), **part)
    feedback = Feedback()
    set_ = gather("partly", "west_july", LAYERS=[str(folder / "part.tif")], SAMPLES=[str(folder / "samples.gpkg")])[
        "OUTPUT"
    ]
    model = run("fit", WORKING_SET=set_, OUTPUT=str(tmp_path / "m.json"))["OUTPUT"]
    made = run("classify", feedback, WORKING_SET=set_, MODEL=model, OUTPUT=str(tmp_path / "m.tif"))
    assert [said for said in feedback.said if "part has no value in " in said and "counts as its mean there" in said]
    assert "no value" not in made["SHARES"]


def test_places_are_mapped_sampled_and_assessed_together(run, gather, folder, tmp_path):
    set_ = gather("places", "west_july", "east", SAMPLES=[str(folder / "samples.gpkg")])["OUTPUT"]
    model = run("fit", WORKING_SET=set_, OUTPUT=str(tmp_path / "m.json"))["OUTPUT"]
    context = QgsProcessingContext()
    maps = run(
        "classify", context=context, WORKING_SET=set_, MODEL=model, OUTPUT="TEMPORARY_OUTPUT",
        CONFIDENCE=str(tmp_path / "c.tif"), FOLDER=str(tmp_path / "maps"),
    )  # fmt: skip
    assert [Path(each).name for each in maps["MAPS"]] == ["west_july.tif", "east.tif"] and "OUTPUT" not in maps
    assert all(Path(each).is_file() for each in maps["MAPS"]) and not context.layersToLoadOnCompletion()
    assert (tmp_path / "maps" / "confidence" / "east.tif").is_file() and not (tmp_path / "c.tif").exists()
    of_all = {"MAPS": str(tmp_path / "maps"), "WORKING_SET": set_}
    feedback = Feedback()
    drawn = run("sample", feedback, N=120, OUTPUT=str(tmp_path / "p.gpkg"), **of_all)
    assert drawn["POINTS"] == 120 and any("east" in text for text in feedback.said)
    label_as_mapped(tmp_path / "p.gpkg", maps["MAPS"])
    judged = run("assess", REFERENCE=str(tmp_path / "p.gpkg"), REPORT=str(tmp_path / "r.html"), **of_all)
    assert judged["ACCURACY"] == 1 and judged["UNITS"] == 120
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Map (east)" in page and "Map (west_july)" in page
    # One of them alone is half as many.
    one = run("sample", MAP=maps["MAPS"][0], N=60, OUTPUT=str(tmp_path / "one.gpkg"))
    assert one["POINTS"] == 60


def test_places_are_searched_grouped_and_compared_together(run, gather, folder, tmp_path):
    samples = {"SAMPLES": [str(folder / "samples.gpkg")]}
    set_ = gather("then", "west_april", "east", DATES="2018-04-01,2018-04-01", **samples)["OUTPUT"]
    model = run("fit", WORKING_SET=set_, OUTPUT=str(tmp_path / "m.json"))["OUTPUT"]
    wanted = ["west_april.tif", "east.tif"]
    grouped = run("cluster", WORKING_SET=set_, K=4, FOLDER=str(tmp_path / "k"))
    assert [Path(each).name for each in grouped["MAPS"]] == wanted and "OUTPUT" not in grouped
    east = QgsRasterLayer(str(folder / "east.tif"))
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    turn = QgsCoordinateTransform(east.crs(), degrees, QgsProject.instance())
    middle, there = east.extent().center(), turn.transform(east.extent().center())
    for number, at in enumerate((f"{there.x()},{there.y()} [EPSG:4326]", QgsReferencedPointXY(there, degrees))):
        found = run("similar", WORKING_SET=set_, AT=at, FOLDER=str(tmp_path / f"s{number}"))
        assert [Path(each).name for each in found["MAPS"]] == wanted and found["PIXELS"] == 1
        layer = QgsRasterLayer(found["MAPS"][1])
        assert layer.dataProvider().sample(middle, 1)[0] == pytest.approx(1, abs=0.01)
    points = run("suggest", WORKING_SET=set_, MODEL=model, N=500, OUTPUT=str(tmp_path / "next.gpkg"))["OUTPUT"]
    assert {each["place"] for each in QgsVectorLayer(points).getFeatures()} == {"west_april", "east"}
    now = gather("now", "west_july", "east_later", DATES="2021-04-01,2021-04-01")["OUTPUT"]
    changed = run(
        "change", BEFORE_SET=set_, AFTER_SET=now, MODEL=model, FOLDER=str(tmp_path / "c"), SMOOTH="none",
        DISTANCE=str(tmp_path / "d.tif"), MATRIX=str(tmp_path / "matrix.csv"),
    )  # fmt: skip
    assert [Path(each).name for each in changed["MAPS"]] == wanted and (tmp_path / "c/distance/east.tif").is_file()
    assert changed["CHANGED_HA"] == 0 and changed["UNCHANGED_HA"] > 0 and not (tmp_path / "d.tif").exists()
    assert (tmp_path / "matrix.csv").read_text().startswith('"before')


def label_as_mapped(points, maps):
    """Fill in what the map says."""
    layers = [QgsRasterLayer(each) for each in maps]
    names = {int(entry.value): entry.label for layer in layers for entry in layer.renderer().classes() if entry.label}
    source = ogr.Open(str(points), 1)
    for feature in (layer := source.GetLayer()):
        feature.SetField("class", names[feature.GetField("stratum")])
        layer.SetFeature(feature)


def test_the_maps_of_all_places_are_loaded(run, gather, folder, tmp_path):
    set_ = gather("loaded", "west_july", "east", SAMPLES=[str(folder / "samples.gpkg")])["OUTPUT"]
    model = run("fit", WORKING_SET=set_, OUTPUT=str(tmp_path / "m.json"))["OUTPUT"]
    context, project = QgsProcessingContext(), QgsProject.instance()
    wanted = QgsProcessingOutputLayerDefinition(str(tmp_path / "map.tif"), project)
    made = run(
        "classify", context=context, WORKING_SET=set_, MODEL=model, OUTPUT=wanted,
        CONFIDENCE=str(tmp_path / "c.tif"), FOLDER=str(tmp_path / "maps"),
    )  # fmt: skip
    loaded = context.layersToLoadOnCompletion()
    assert {path: details.name for path, details in loaded.items()} == {each: Path(each).stem for each in made["MAPS"]}
    context = QgsProcessingContext()
    middle = QgsRasterLayer(str(folder / "east.tif")).extent().center()
    wanted = QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", project)
    at = f"{middle.x()},{middle.y()}"
    found = run("similar", context=context, WORKING_SET=set_, AT=at, OUTPUT=wanted, FOLDER=str(tmp_path / "s"))
    loaded = context.layersToLoadOnCompletion()
    assert [loaded[path].name for path in found["MAPS"]] == ["west_july – Similarity", "east – Similarity"]
