"""The report: one page that needs nothing else, shows what was measured and admits what was not."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.io import MemoryFile

from mmearth_core.accuracy.estimators import Estimate, Share
from mmearth_core.accuracy.summary import AccuracyReport, ClassAccuracy
from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.samples import Group
from mmearth_core.labelling.validation import Validation, Verdict
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.tidying import tidy
from mmearth_core.maps.together import MapsTogether
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.writer import new_geotiff
from mmearth_core.reports.sections import UNTRAINED, write_report

LEGEND = Legend.numbered(["water", "trees & <shrubs>"], [(0, 0, 200), (0, 120, 0)])


@pytest.fixture
def land_cover(scene, tmp_path):
    """A map of 300 × 420 pixels on the grid of the embedding: left half water, right half trees."""
    values = np.where(np.arange(scene.raster.grid.width) < 210, 1, 2).astype(np.uint8)
    with new_map(tmp_path / "map.tif", LEGEND, scene.raster.grid, tags={}) as dataset:
        dataset.write(np.broadcast_to(values, scene.raster.grid.shape), 1)
    return ClassMap.open(tmp_path / "map.tif")


@pytest.fixture
def accuracy(land_cover):
    return AccuracyReport(
        map=land_cover.path,
        reference=land_cover.path.with_name("points.gpkg"),
        unit="points",
        classes=(
            ClassAccuracy(
                1,
                LEGEND.names[0],
                630.0,
                Estimate(600.0, 20.0, (561.0, 640.0)),
                Share(0.9, 0.02, (0.85, 0.935)),
                Share(0.95, 0.01, (0.3, 1.0)),
            ),
            ClassAccuracy(
                2,
                LEGEND.names[1],
                630.0,
                Estimate(660.0, 20.0, (620.0, 699.0)),
                Share(0.8, 0.03, (0.73, 0.85)),
                Share(None, None),
            ),
        ),
        counts=np.array([[45, 5], [10, 40]]),
        proportions=None,
        overall=Share(0.8512, 0.02, (0.81, 0.889)),
        covered_ha=1260.0,
        warnings=("Seven points lie <outside> the map.",),
    )


@pytest.fixture
def validation():
    counts = np.array([[90, 10], [10, 90]])
    doubt = Verdict(Group(Path("polygons.gpkg"), 12, 0, 10, 10), "water", "trees & <shrubs>", 0.25)
    places = np.array([4, 4])
    return Validation(LEGEND, counts, counts / 100 * 4, places, places, 8, 9, 40, 640, 8, True, (doubt,))


class _Page(HTMLParser):
    """Text, tags and pictures of a page; complains about tags left open."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.pictures, self.text = [], [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in {"meta", "img", "path"}:
            self.open.append(tag)
        if tag == "img":
            kind, data = dict(attrs)["src"].split(",", 1)
            assert kind == "data:image/png;base64"
            self.pictures.append(base64.b64decode(data, validate=True))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data + "\n"


def read(path):
    html = path.read_text(encoding="utf-8")
    return html, _Page(html)


def test_page_needs_no_script_no_network_and_no_other_file(land_cover, scene, accuracy, tmp_path):
    path = write_report(
        tmp_path / "report.html",
        title="Map",
        maps=MapsTogether.alone(land_cover),
        embeddings=[scene.raster],
        accuracy=accuracy,
        progress=Silent(),
        cancel=CancelToken(),
    )
    html, page = read(path)
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", html)
    assert "http" not in re.sub(r"base64,[^\"]*", "", html)
    assert "url(" not in html
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("report")] == ["report.html"]


def test_text_of_users_cannot_become_markup(land_cover, accuracy, validation, tmp_path):
    evil = '<script>alert("1")</script>'
    path = write_report(
        tmp_path / "report.html",
        title=evil,
        maps=MapsTogether.alone(land_cover),
        accuracy=accuracy,
        validation=validation,
        notes=[evil],
        parameters={evil: evil},
        progress=Silent(),
        cancel=CancelToken(),
    )
    html, page = read(path)
    assert "<script" not in html
    assert page.text.count(evil) >= 4
    assert "trees & <shrubs>" in page.text
    assert "Seven points lie <outside> the map." in page.text


def test_accuracy_is_shown_with_its_interval(land_cover, accuracy, tmp_path):
    _, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            accuracy=accuracy,
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    assert "85.1 %" in page.text
    assert "81.0–88.9" in page.text
    assert "90.0 % (85.0–93.5)" in page.text
    assert "95.0 % (too few)" in page.text
    assert "600 (561–640)" in page.text
    # What is not estimable is a dash, never a zero.
    assert page.text.split("\ntrees & <shrubs>\n")[1].startswith("45\n80.0 % (73.0–85.0)\n–")


def test_without_accuracy_areas_are_called_mapped(land_cover, tmp_path):
    _, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    assert "\n630\n" in page.text
    assert "not corrected for the map's errors" in page.text
    assert "overall accuracy" not in page.text
    assert "Error matrix" not in page.text
    assert len(page.pictures) == 1


def test_validation_names_the_doubtful_polygon(land_cover, validation, tmp_path):
    _, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            validation=validation,
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    assert "8 places of 9 samples, each left out in turn; samples within 40 m" in page.text
    assert "sees 640 m around a pixel, farther than the 40 m" in page.text
    assert "polygons.gpkg, feature 12" in page.text
    assert "90.0 %" in page.text


def test_validation_that_is_impossible_says_so(land_cover, tmp_path):
    nothing = np.zeros((2, 2))
    single = Validation(
        LEGEND, nothing.astype(int), nothing, np.array([1, 1]), np.zeros(2, int), 0, 0, 40, 640, 0, True, ()
    )
    _, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            validation=single,
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    assert "impossible, no class has samples in two places" in page.text
    assert not re.search(r"\bnan\b", page.text.lower())


@pytest.mark.parametrize(("trained", "said"), [(False, True), (True, False), (None, False)])
def test_untrained_encoder_is_admitted(land_cover, tmp_path, trained, said):
    provenance = {} if trained is None else {"trained": trained}
    raster = EmbeddingRaster(tmp_path / "e.tif", land_cover.grid, "m", "a" * 64, (1.0,) * 3, (-127.5,) * 3, provenance)
    with new_embedding(raster) as dataset:
        dataset.write(np.full((3, *land_cover.grid.shape), 7, np.uint8))
    _, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            embeddings=[raster],
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    assert (UNTRAINED in page.text) == said


def test_pictures_show_the_rasters(land_cover, scene, sample_file, tmp_path):
    grid = land_cover.grid
    with new_geotiff(
        tmp_path / "s.tif", grid, count=3, dtype="uint16", nodata=0, descriptions=["B02", "B03", "B04"]
    ) as dataset:
        dataset.write(np.random.default_rng(0).integers(1, 3000, (3, *grid.shape)).astype(np.uint16))
    with new_geotiff(tmp_path / "c.tif", grid, count=1, dtype="float32", nodata=-1) as dataset:
        dataset.write(np.full((1, *grid.shape), 0.5, np.float32))
    path = write_report(
        tmp_path / "report.html",
        title="Map",
        maps=MapsTogether.alone(land_cover),
        scene=tmp_path / "s.tif",
        samples=sample_file,
        embeddings=[scene.raster],
        confidences=[tmp_path / "c.tif"],
        progress=Silent(),
        cancel=CancelToken(),
    )
    html, page = read(path)
    assert len(page.pictures) == 4
    for png in page.pictures:
        with MemoryFile(png) as memory, memory.open() as picture:
            assert (picture.height, picture.width) == grid.shape
    assert "24 training samples" in page.text
    assert f'viewBox="0 0 {grid.width} {grid.height}"' in html
    assert html.count("<path") == 48


def test_outlines_lie_where_the_polygons_are(land_cover, tmp_path, write_vector):
    grid = land_cover.grid
    corners = [grid.transform * corner for corner in ((100, 50), (120, 50), (120, 80), (100, 80))]
    samples = write_vector(tmp_path / "one.gpkg", [shapely.Polygon(corners)], {"class": ["water"]})
    with new_geotiff(
        tmp_path / "s.tif", grid, count=3, dtype="uint16", nodata=0, descriptions=["B02", "B03", "B04"]
    ) as dataset:
        dataset.write(np.ones((3, *grid.shape), np.uint16))
    path = write_report(
        tmp_path / "report.html",
        title="Map",
        maps=MapsTogether.alone(land_cover),
        scene=tmp_path / "s.tif",
        samples=samples,
        progress=Silent(),
        cancel=CancelToken(),
    )
    drawn = re.search(r'<path d="([^"]*)"', path.read_text(encoding="utf-8"))[1]
    points = np.array([pair.split() for pair in re.split("[ML]", drawn.rstrip("Z")) if pair], float)
    assert points.min(0).tolist() == [100, 50]
    assert points.max(0).tolist() == [120, 80]


def test_refuses_to_replace_a_report(land_cover, tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(MMEarthError, match="exists already"):
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            progress=Silent(),
            cancel=CancelToken(),
        )
    assert (tmp_path / "report.html").read_text() == "mine"


def test_scene_without_red_green_blue_is_a_clear_error(land_cover, tmp_path):
    with rasterio.open(
        tmp_path / "s.tif", "w", driver="GTiff", width=9, height=9, count=1, dtype="uint8", crs="EPSG:32630"
    ) as dataset:
        dataset.write(np.ones((1, 9, 9), np.uint8))
    with pytest.raises(MMEarthError, match="natural colours"):
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            scene=tmp_path / "s.tif",
            progress=Silent(),
            cancel=CancelToken(),
        )
    assert not (tmp_path / "report.html").exists()


def test_provenance_tells_how_the_scene_was_read(land_cover, tmp_path):
    provenance = {
        "scene": "S2.tif",
        "level": "l2a",
        "offset": -1000.0,
        "fills": [],
        "evidence": ["Level L2A by its name.", "Offset by the baseline."],
        "aoi": "0103" * 5000,
    }
    raster = EmbeddingRaster(tmp_path / "e.tif", land_cover.grid, "m", "b" * 64, (1.0,) * 3, (-127.5,) * 3, provenance)
    with new_embedding(raster) as dataset:
        dataset.write(np.full((3, *land_cover.grid.shape), 7, np.uint8))
    html, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(land_cover),
            embeddings=[raster],
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    for told in ("b" * 64, "S2.tif", "-1000", "none", "Level L2A by its name. Offset by the baseline."):
        assert f"{told}\n" in page.text
    assert "01030103" not in html


def test_provenance_tells_how_the_map_was_smoothed_and_tidied(scene, tmp_path):
    values = np.ones(scene.raster.grid.shape, np.uint8)
    values[:, 210:], values[50, 50] = 2, 2
    with new_map(tmp_path / "map.tif", LEGEND, scene.raster.grid, tags={"smooth": "edges"}) as dataset:
        dataset.write(values, 1)
    tidy(map=tmp_path / "map.tif", output=tmp_path / "tidy.tif", min_area=["0.2"], keep=[])
    tidy(map=tmp_path / "tidy.tif", output=tmp_path / "again.tif", majority=3, keep=[LEGEND.names[0]])
    _, page = read(
        write_report(
            tmp_path / "report.html",
            title="Map",
            maps=MapsTogether.alone(ClassMap.open(tmp_path / "again.tif")),
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    name = LEGEND.names
    assert "edges: neighbours count where no edge lies between\n" in page.text
    assert (
        f"areas below 0.2 ha filled by their neighbours (1 areas). Pixels: {name[0]} lost 0, won 1; {name[1]}"
        in page.text
    )
    assert (
        f"majority of 3 × 3 pixels; areas below 0.1 ha filled by their neighbours (0 areas); {name[0]} kept."
        in page.text
    )
