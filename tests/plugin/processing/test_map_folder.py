"""A folder of scenes becomes a folder of maps, with a real worker: what fails is told, what is embedded is kept."""

import shutil
from pathlib import Path

import pytest
from osgeo import gdal
from processing_feedback import Feedback
from qgis.core import QgsProcessingContext, QgsProject, QgsRasterLayer


@pytest.fixture(scope="session")
def folder(material, tmp_path_factory):
    """A scene, an embedding, a scene whose bands nobody knows, a height model and a text."""
    folder = tmp_path_factory.mktemp("folder_of_scenes")
    scene = str(material / "scene.tif")
    gdal.Translate(str(folder / "april.tif"), scene, srcWin=[0, 0, 200, 160])
    shutil.copy(material / "embedding.tif", folder / "embedded.tif")
    gdal.Translate(str(folder / "heights.tif"), scene, srcWin=[0, 0, 200, 160], bandList=[1])
    gdal.Translate(str(folder / "unknown.tif"), scene, srcWin=[0, 0, 200, 160])
    unnamed = gdal.Open(str(folder / "unknown.tif"), gdal.GA_Update)
    for band in range(1, unnamed.RasterCount + 1):
        unnamed.GetRasterBand(band).SetDescription("")
    del unnamed
    (folder / "notes.txt").write_text("no scene")
    return folder


@pytest.fixture
def model(probe):
    return str(probe)


def test_all_scenes_are_mapped_and_failures_told(run, folder, model, tmp_path):
    feedback, context = Feedback(), QgsProcessingContext()
    asked = {"FOLDER": str(folder), "MODEL": model, "OUTPUT": str(tmp_path / "maps"), "CONFIDENCE": True}
    made = run("map_folder", feedback, context, **asked)
    assert [Path(each).name for each in made["MAPS"]] == ["april_map.tif", "embedded_map.tif"]
    assert (made["MAPPED"], made["FAILED"]) == (2, 1) and made["FAILURES"].startswith("unknown.tif: ")
    assert "“Bands”" in made["FAILURES"] or "bands" in made["FAILURES"]
    assert any("no scenes: heights.tif" in text for text in feedback.said)
    assert (tmp_path / "maps" / "april_confidence.tif").is_file()
    assert set(context.layersToLoadOnCompletion()) == set(made["MAPS"])
    assert QgsRasterLayer(made["MAPS"][0]).renderer().type() == "paletted"

    # Once more: what is embedded is kept.
    kept = tmp_path / "maps" / "embeddings" / "april.tif"
    state = kept.stat().st_ino, kept.stat().st_mtime_ns
    again = run("map_folder", Feedback(), **{**asked, "LOAD": False})
    assert again["MAPPED"] == 2 and (kept.stat().st_ino, kept.stat().st_mtime_ns) == state

    # Another scene of that name is embedded anew.
    other = tmp_path / "other"
    other.mkdir()
    gdal.Translate(str(other / "april.tif"), str(folder / "april.tif"), srcWin=[0, 0, 150, 150])
    run("map_folder", Feedback(), **{**asked, "FOLDER": str(other)})
    assert QgsRasterLayer(str(kept)).width() == 150


def test_maps_alone(run, folder, model, tmp_path):
    """Without the embeddings; a map that is done is kept, another is made anew."""
    asked = {"FOLDER": str(folder), "MODEL": model, "OUTPUT": str(tmp_path / "maps"), "EMBEDDINGS": False}
    made = run("map_folder", Feedback(), **asked)
    assert [Path(each).name for each in made["MAPS"]] == ["april_map.tif", "embedded_map.tif"]
    assert not (tmp_path / "maps" / "embeddings").exists()
    april = tmp_path / "maps" / "april_map.tif"
    state, before = april.stat(), gdal.Open(str(april)).ReadAsArray()
    assert run("map_folder", Feedback(), **asked)["MAPPED"] == 2
    assert (april.stat().st_ino, april.stat().st_mtime_ns) == (state.st_ino, state.st_mtime_ns)
    assert run("map_folder", Feedback(), **asked, SMOOTH="none")["MAPPED"] == 2
    assert (gdal.Open(str(april)).ReadAsArray() != before).any()


def test_what_is_stopped_goes_on(run, folder, model, provider, tmp_path):
    feedback = Feedback()
    feedback.progressChanged.connect(lambda percent: feedback.cancel() if percent > 12.6 else None)  # april is embedded
    asked = {"FOLDER": str(folder), "MODEL": model, "OUTPUT": str(tmp_path / "maps")}
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    results, _ = provider.algorithm("map_folder").create().run(asked, context, feedback)
    assert "MAPS" not in results and any("again with the same folders" in text for text in feedback.said)
    assert run("map_folder", Feedback(), **asked)["MAPPED"] == 2


def test_what_holds_no_scene_is_refused(refusal, failure, folder, model, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    output = str(tmp_path / "maps")
    assert "holds no raster" in refusal("map_folder", FOLDER=str(empty), MODEL=model, OUTPUT=output)
    assert "cannot go into" in refusal("map_folder", FOLDER=str(folder), MODEL=model, OUTPUT=str(folder))
    shutil.copy(folder / "heights.tif", empty)
    sentence = failure("map_folder", FOLDER=str(empty), MODEL=model, OUTPUT=output)
    assert "No scene was mapped" in sentence


def test_a_model_that_needs_more_than_a_scene_is_refused_before_anything_is_embedded(
    material, run_core, failure, folder, tmp_path
):
    """What several dates taught maps single scenes only where dates vote and a scene is of such a time of the year."""
    named = []
    for day in ("2021-03-01", "2021-09-01"):
        shutil.copy(material / "embedding.tif", tmp_path / f"field_{day}.tif")
        named.append(tmp_path / f"field_{day}.tif")
    days = ["--dates", "2021-03-01", "--dates", "2021-09-01"]
    run_core("working-set", *named, *days, "-o", tmp_path / "set.json", "--quiet")
    output = tmp_path / "maps"
    said = {}
    for way in ("together", "vote"):
        model = tmp_path / f"{way}.json"
        run_core("fit", tmp_path / "set.json", material / "samples.gpkg", "-o", model, "--dates", way, "--quiet")
        said[way] = failure("map_folder", FOLDER=str(folder), MODEL=str(model), OUTPUT=str(output))
    assert "several dates of a place at once (1 March, 1 September)" in said["together"]
    assert "within 45 days of the year" in said["vote"]  # the scenes are of May
    assert not list(output.rglob("*.tif"))
    text = tmp_path / "set.json"
    assert "no model of classes" in failure("map_folder", FOLDER=str(folder), MODEL=str(text), OUTPUT=str(output))


def test_layers_that_taught_are_named():
    from qgis_plugin.core.scenes.single_scenes import why_not_one_by_one

    assert "extra layers too (heights, slope)" in why_not_one_by_one({"layers": {"heights": 1.0, "slope": 1.0}})
    assert why_not_one_by_one({"dates": ["1 March", "1 May"], "dates together": False}) == why_not_one_by_one({}) == ""
