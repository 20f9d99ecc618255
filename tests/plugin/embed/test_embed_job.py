"""A layer becomes its embedding: once by computing, ever after out of the cache; and whatever happens meanwhile."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from embed_material import add_layer, crop, own_context, picture, record, strip_names, wait_until
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from qgis_plugin.core import layers
from qgis_plugin.core.embed.cache import EmbeddingCache
from qgis_plugin.core.embed.job import EmbedJob
from qgis_plugin.core.embed.request import EmbedOptions, EmbedRequest, View
from qgis_plugin.core.worker.pace import duration
from qgis_plugin.gui.embed.band_table import guess


class Watch:
    """Everything a job says."""

    def __init__(self, job):
        self.job = job
        self.stages, self.progress, self.ends = [], [], []
        job.stage.connect(self.stages.append)
        job.progressed.connect(self.progress.append)
        job.finished.connect(lambda layer: self.ends.append(("finished", layer)))
        job.failed.connect(lambda error: self.ends.append(("failed", error)))
        job.cancelled.connect(lambda: self.ends.append(("cancelled", None)))

    def end(self, seconds=120):
        wait_until(lambda: self.ends, seconds)
        assert len(self.ends) == 1
        return self.ends[0]


@pytest.fixture(scope="session")
def scene_file(material, tmp_path_factory):
    return crop(material / "scene.tif", tmp_path_factory.mktemp("embed") / "autumn.tif")


@pytest.fixture
def context(qgis_iface, client, tmp_path):
    with own_context(qgis_iface, client, tmp_path) as context:
        yield context


@pytest.fixture
def source(context, scene_file):
    return add_layer(scene_file, "Autumn scene")


def real_scene(name):
    path = Path(os.environ.get("MMEARTH_REALDATA") or Path(__file__).parents[4] / "shared" / "data") / name
    if not path.exists():
        pytest.skip(f"{path} is not there; MMEARTH_REALDATA names the folder of the development imagery")
    return path


def embed(context, layer, **options):
    job = EmbedJob(context, layer, EmbedOptions(**options))
    watch = Watch(job)
    job.start()
    return watch


def test_the_embedding_lies_above_its_source_and_is_in_work(context, source):
    other = QgsVectorLayer("Point?crs=EPSG:4326", "on top", "memory")
    QgsProject.instance().addMapLayer(other)
    watch = embed(context, source)
    kind, layer = watch.end()
    assert kind == "finished", watch.ends
    assert layer.name() == "Embedding" and layers.is_embedding(layer)
    assert layers.source_of(layer) is source and context.workspace.embedding is layer
    order = [each.name() for each in QgsProject.instance().layerTreeRoot().layerOrder()]
    assert order == ["on top", "Embedding", "Autumn scene"]
    group = QgsProject.instance().layerTreeRoot().findLayer(layer.id()).parent()
    assert group.name() == "Autumn scene" and layers.title_of(layer) == "Embedding – Autumn scene"
    assert layer.renderer().type() == "multibandcolor"
    stretch = layer.renderer().redContrastEnhancement()
    assert stretch.minimumValue() == pytest.approx(-stretch.maximumValue(), rel=1e-4)  # of the .qml: fixed, not fitted
    assert watch.progress[-1]["share"] == pytest.approx(1) and any("Mpx/s" in each["rate"] for each in watch.progress)
    shares = [each["share"] for each in watch.progress]
    assert shares == sorted(shares)
    path = Path(layers.path_of(layer))
    assert path.parent == context.settings.cache_folder
    assert sorted(each.name for each in path.parent.iterdir() if each.suffix != ".xml") == sorted(
        [path.name, f"{path.stem}.qml", f"{path.stem}.stac.json"]
    )


def test_the_second_time_it_comes_out_of_the_cache(context, source, scene_file, tmp_path, monkeypatch):
    first = Path(layers.path_of(embed(context, source).end()[1]))
    QgsProject.instance().clear()
    os.utime(first, (1e9, 1e9))
    copied = tmp_path / "renamed.tif"
    shutil.copy(scene_file, copied)
    again = QgsRasterLayer(str(copied), "Under another name")
    QgsProject.instance().addMapLayer(again)
    verbs = record(context.client, monkeypatch)
    began = time.monotonic()
    watch = embed(context, again)
    kind, layer = watch.end()
    assert time.monotonic() - began < 5
    assert kind == "finished" and watch.job.from_cache
    assert verbs == ["inspect"]
    assert Path(layers.path_of(layer)) == first and layer.name() == "Embedding"
    (entry,) = EmbeddingCache(first.parent, 20).entries()
    assert time.time() - entry.used < 60
    third = embed(context, again).end()[1]
    assert third is layer  # not a second time in the project


def test_finished_tiles_are_on_the_map_while_it_runs(context, source):
    seen, pictures = [], []
    watch = embed(context, source, tile=64)

    def look():
        layer = watch.job.preview_layer
        if layer is not None and (layer.id(), layer.source()) not in seen:
            seen.append((layer.id(), layer.source()))
            pictures.append(picture(layer))
            assert not [each for each in context.settings.cache_folder.glob("*.partial/*") if each.suffix == ".xml"]
            order = [each.name() for each in QgsProject.instance().layerTreeRoot().layerOrder()]
            assert order == ["Embedding, so far", "Autumn scene"]
            assert layer not in layers.embeddings()
        return watch.ends

    wait_until(look)
    kind, embedding = watch.ends[0]
    assert kind == "finished"
    assert len({identity for identity, _ in seen}) == 1 and len({path for _, path in seen}) > 1
    drawn = [sum(alpha == 255 for *_, alpha in each) for each in pictures]
    assert 0 < drawn[0] < drawn[-1]
    final = picture(embedding)
    near = [
        all(abs(a - b) <= 1 for a, b in zip(now, then, strict=True))
        for now, then in zip(pictures[-1], final, strict=True)
        if now[3] == 255
    ]
    assert sum(near) > 0.98 * len(near)  # but for rounding: it looks as the result will look
    assert not [each.name() for each in QgsProject.instance().mapLayers().values() if "so far" in each.name()]
    assert list(context.settings.cache_folder.glob("*.preview")) == []
    assert list(context.settings.cache_folder.glob("*.partial")) == []


def test_cancelled_work_is_gone_on_with(context, source):
    watch = embed(context, source, tile=64)
    wait_until(lambda: watch.job.preview_layer is not None or watch.ends)
    watch.job.cancel()
    assert watch.end()[0] == "cancelled"
    assert not watch.job.running and context.client.running() == []
    (entry,) = EmbeddingCache(context.settings.cache_folder, 20).entries()
    assert not entry.complete
    done = len(list(Path(f"{entry.path}.partial").glob("*.tile")))
    assert 0 < done < 16
    source.setName("Renamed meanwhile")
    watch = embed(context, source, tile=64)
    assert watch.end()[0] == "finished"
    assert f"Going on: {done} of 16 tiles are done." in watch.stages
    assert watch.progress[0]["share"] >= 0.9 * done / 16
    assert layers.path_of(watch.ends[0][1]) == str(entry.path)


def test_a_killed_worker_is_replaced_and_the_work_finished(context, source):
    told = []
    context.client.told.connect(told.append)
    watch = embed(context, source, tile=64)
    wait_until(lambda: watch.job.preview_layer is not None or watch.ends)
    os.kill(context.client.pid, signal.SIGKILL)
    assert watch.end()[0] == "finished", watch.ends
    assert told


def test_the_source_may_leave_while_it_runs(context, source):
    watch = embed(context, source, tile=64)
    wait_until(lambda: watch.job.preview_layer is not None or watch.ends)
    QgsProject.instance().removeMapLayer(source.id())
    kind, layer = watch.end()
    assert kind == "finished" and layer.name() == "Embedding"
    assert layers.source_of(layer) is None and QgsProject.instance().mapLayer(layer.id()) is layer


def test_a_preview_the_user_removes_stays_away(context, source):
    watch = embed(context, source, tile=64)
    wait_until(lambda: watch.job.preview_layer is not None or watch.ends)
    QgsProject.instance().removeMapLayer(watch.job.preview_layer.id())
    wait_until(lambda: watch.ends or watch.job.preview_layer is not None)
    assert watch.ends and watch.ends[0][0] == "finished"


def test_another_project_gets_no_layer_of_the_first(context, source):
    watch = embed(context, source, tile=64)
    wait_until(lambda: watch.progress or watch.ends)
    QgsProject.instance().clear()
    assert watch.end() == ("finished", None)
    assert QgsProject.instance().mapLayers() == {} and context.workspace.embedding is None
    assert EmbeddingCache(context.settings.cache_folder, 20).entries()[0].complete


def test_bands_without_names_are_asked_for(context, scene_file, tmp_path):
    layer = add_layer(strip_names(scene_file, tmp_path / "plain.tif"), "plain")
    watch = embed(context, layer)
    kind, error = watch.end()
    assert kind == "failed" and "plain.tif" in error.message and not watch.job.worth_another_try
    assert error.about[0] == "bands"
    assert not list(context.settings.cache_folder.glob("*")) if context.settings.cache_folder.exists() else True


def test_bands_named_by_hand_give_the_same_embedding(context):
    scene = real_scene("majortom_199U_1099R_20200223.tif")
    context.settings.cache_folder.mkdir()
    named = add_layer(scene, "named")
    extent, size = named.extent(), named.rasterUnitsPerPixelX()
    part = View(
        QgsRectangle(
            extent.xMinimum(), extent.yMinimum(), extent.xMinimum() + 96 * size, extent.yMinimum() + 64 * size
        ),
        named.crs(),
    )
    first = embed(context, named, area=part).end()[1]
    assert (first.width(), first.height()) == (96, 64)
    plain = add_layer(strip_names(scene, context.settings.cache_folder.parent / "plain.tif"), "plain")
    watch = embed(context, plain, area=part)
    assert watch.end()[0] == "failed"
    bands = tuple(guess([plain.bandName(band) for band in range(1, 13)])[0])
    watch = embed(context, plain, area=part, bands=bands)
    kind, second = watch.end()
    assert kind == "finished", watch.ends
    assert picture(second) == picture(first)


def test_what_is_no_file_is_refused_with_a_sentence(context):
    layer = QgsRasterLayer("type=xyz&url=http://127.0.0.1/{z}/{x}/{y}.png", "tiles", "wms")
    watch = embed(context, layer)
    assert watch.end()[1].message.startswith("“tiles” is not a raster file")


def test_a_folder_that_cannot_be_made_is_told_and_worth_another_try(context, source, tmp_path):
    (tmp_path / "occupied").write_text("a file")
    context.settings.cache_folder = tmp_path / "occupied"
    watch = embed(context, source)
    kind, error = watch.end()
    assert kind == "failed" and "cannot be made" in error.message and watch.job.worth_another_try


def test_a_chosen_file_is_written_instead(context, source, tmp_path):
    output = tmp_path / "mine.tif"
    kind, layer = embed(context, source, output=output).end()
    assert kind == "finished" and layers.path_of(layer) == str(output)
    assert EmbeddingCache(context.settings.cache_folder, 20).entries() == []
    kind, again = embed(context, source, output=output).end()
    assert kind == "finished" and layers.embeddings() == [again] and layers.path_of(again) == str(output)


def test_the_cache_stays_within_its_limit_but_for_what_is_in_use(context, source):
    cache = EmbeddingCache(context.settings.cache_folder, 20)
    cache.folder.mkdir()
    old = cache.folder / "old-0123456789ab.tif"
    old.write_bytes(b"x" * 1000)
    context.settings.cache_limit = 1e-6
    layer = embed(context, source).end()[1]
    assert not old.exists() and Path(layers.path_of(layer)).exists()


def test_a_damaged_entry_is_made_again(context, source):
    path = Path(layers.path_of(embed(context, source).end()[1]))
    QgsProject.instance().removeMapLayer(context.workspace.embedding.id())
    path.write_bytes(b"no raster")
    watch = embed(context, source)
    kind, layer = watch.end()
    assert kind == "finished" and layer.isValid() and not watch.job.from_cache


# --- areas ------------------------------------------------------------


def test_only_what_the_map_shows_is_embedded(context, source):
    extent, size = source.extent(), source.rasterUnitsPerPixelX()
    box = QgsRectangle(
        extent.xMinimum(), extent.yMaximum() - 64 * size, extent.xMinimum() + 96 * size, extent.yMaximum()
    )
    layer = embed(context, source, area=View(box, source.crs())).end()[1]
    assert (layer.width(), layer.height()) == (96, 64)
    assert layer.extent() == box


def test_a_map_that_shows_nothing_of_the_layer_is_told(context, source):
    beside = QgsRectangle(source.extent())
    beside.setXMinimum(source.extent().xMaximum() + 100)
    beside.setXMaximum(source.extent().xMaximum() + 900)
    for box in (beside, QgsRectangle()):
        kind, error = embed(context, source, area=View(box, source.crs())).end()
        assert kind == "failed"
        assert "nothing of Autumn" in error.message or "lies outside autumn.tif" in error.message


def test_only_selected_polygons_are_embedded(context, source):
    extent, size = source.extent(), source.rasterUnitsPerPixelX()
    polygons = QgsVectorLayer(f"Polygon?crs={source.crs().authid()}", "areas", "memory")
    for column in (0, 128):
        feature = QgsFeature()
        left = extent.xMinimum() + column * size
        box = QgsRectangle(left, extent.yMaximum() - 64 * size, left + 64 * size, extent.yMaximum())
        feature.setGeometry(QgsGeometry.fromRect(box))
        polygons.dataProvider().addFeature(feature)
    first = next(polygons.getFeatures())
    polygons.selectByIds([first.id()])
    layer = embed(context, source, area=polygons).end()[1]
    assert (layer.width(), layer.height()) == (64, 64)
    polygons.removeSelection()
    request = EmbedRequest(source, EmbedOptions(area=polygons))
    file = request.arguments["aoi"]
    assert QgsVectorLayer(file, "x", "ogr").featureCount() == 2
    del request
    assert not Path(file).exists()


def test_time_spans_read_well():
    assert [duration(x).replace("\xa0", " ") for x in (0.2, 40, 59.6, 200, 4800)] == [
        "1 s",
        "40 s",
        "1 min",
        "3 min",
        "1 h 20 min",
    ]
