"""The live map: drawn samples give the probe and the pixels that `fit` and `classify` would give, in any view."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import Transformer

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.classification import classify
from mmearth_core.labelling.fitting import fit, fit_samples
from mmearth_core.labelling.live import DrawnSamples, LiveEmbedding, View
from mmearth_core.labelling.similarity import similar
from mmearth_core.progress import Silent

CLASSES = [
    {"value": 7, "name": "water", "colour": "#0000ff"},
    {"value": 3, "name": "forest", "colour": "#00ff00"},
    {"value": 9, "name": "never drawn", "colour": "#123456"},
]


def drawn(sample_file: Path, *, crs: str | None = None, classes: Any = ()) -> dict[str, Any]:
    """The samples of a file as a client sends them, in another CRS if need be."""
    meta, fids, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"], return_fids=True)
    shapes = shapely.from_wkb(wkb)
    if crs is not None:
        to = Transformer.from_crs(meta["crs"], crs, always_xy=True)
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(to.transform(*xy.T)))
    rows = [[int(f), c, shapely.to_wkb(s).hex()] for f, c, s in zip(fids, columns[0], shapes, strict=True)]
    return {"crs": crs or meta["crs"], "features": rows, "classes": list(classes)}


def whole(scene: Any, width: int = 10_000, height: int = 10_000) -> View:
    return View(scene.raster.grid.bounds, width, height)


def read(path: Path | None) -> Any:
    assert path is not None
    with rasterio.open(path) as dataset:
        return dataset.read()


@pytest.fixture
def live(scene: Any) -> LiveEmbedding:
    return LiveEmbedding(scene.path)


def test_the_preview_is_the_final_map_of_the_same_samples(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples = DrawnSamples.from_json(drawn(sample_file))
    preview = live.preview(samples, whole(scene), tmp_path / "p.tif", confidence=tmp_path / "pc.tif", unknown=0.05)
    fit(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "m.json")
    classify(
        embedding=scene.path, model=tmp_path / "m.json", output=tmp_path / "m.tif", confidence=tmp_path / "c.tif",
        unknown=0.05,
    )  # fmt: skip
    np.testing.assert_array_equal(read(preview.path), read(tmp_path / "m.tif"))
    np.testing.assert_array_equal(read(preview.confidence), read(tmp_path / "c.tif"))
    assert sum(preview.pixels.values()) + preview.unknown + preview.nodata == scene.raster.grid.pixels
    assert preview.unknown > 0 and preview.nodata > 0


def test_a_model_written_from_drawn_samples_is_that_of_the_file(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples = live.samples(DrawnSamples.from_json(drawn(sample_file)))
    fit_samples(samples, tmp_path / "drawn.json", progress=Silent())
    fit(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "file.json")
    for name in ("drawn", "file"):
        classify(embedding=scene.path, model=tmp_path / f"{name}.json", output=tmp_path / f"{name}.tif")
    np.testing.assert_array_equal(read(tmp_path / "drawn.tif"), read(tmp_path / "file.tif"))


def test_a_part_at_full_resolution_and_a_decimated_whole_show_pixels_of_the_map(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples, grid = DrawnSamples.from_json(drawn(sample_file)), scene.raster.grid
    full = read(live.preview(samples, whole(scene), tmp_path / "full.tif").path)[0]
    x0, y1 = grid.transform * (20.4, 10.2)
    x1, y0 = grid.transform * (70.6, 41.0)
    part = live.preview(samples, View((x0, y0, x1, y1), 500, 500), tmp_path / "part.tif")
    np.testing.assert_array_equal(read(part.path)[0], full[10:41, 20:71])
    with rasterio.open(part.path) as dataset:
        assert dataset.transform * (0, 0) == grid.transform * (20, 10) and dataset.nodata == 0
    small = live.preview(samples, whole(scene, grid.width // 2, grid.height // 2), tmp_path / "small.tif")
    np.testing.assert_array_equal(read(small.path)[0], full[::2, ::2])
    with rasterio.open(small.path) as dataset:
        assert dataset.bounds == pytest.approx(grid.bounds)


def test_classes_keep_their_values_and_new_ones_get_free_ones(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples = DrawnSamples.from_json(drawn(sample_file, classes=CLASSES))
    preview = live.preview(samples, whole(scene), tmp_path / "p.tif")
    assert {c.name: c.value for c in preview.classes} == {"forest": 3, "water": 7, "grass": 1, "urban": 2}
    assert {c.name: c.colour for c in preview.classes}["water"] == (0, 0, 255)
    assert set(np.unique(read(preview.path))) == {0, 1, 2, 3, 7}


def test_another_crs_of_the_samples_takes_the_same_pixels(live: LiveEmbedding, sample_file: Path) -> None:
    here = live.samples(DrawnSamples.from_json(drawn(sample_file)))
    there = live.samples(DrawnSamples.from_json(drawn(sample_file, crs="EPSG:4326")))
    # Which of many pixels are drawn depends on a shape's own coordinates; what it covers does not.
    assert {(g.fid, g.covered, g.taken) for g in here.groups} == {(g.fid, g.covered, g.taken) for g in there.groups}


def test_only_a_change_of_the_samples_refits(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    value = drawn(sample_file)
    first = live.preview(DrawnSamples.from_json(value), whole(scene), tmp_path / "1.tif")
    again = live.preview(DrawnSamples.from_json(value), whole(scene, 60, 60), tmp_path / "2.tif")
    value["features"] = value["features"][1:]
    fewer = live.preview(DrawnSamples.from_json(value), whole(scene), tmp_path / "3.tif")
    assert (first.refitted, again.refitted, fewer.refitted) == (True, False, True)


def test_a_view_beside_the_embedding_has_no_picture(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    west, south, east, north = scene.raster.grid.bounds
    beside = View((west - 9000, south, west - 8000, north), 100, 100)
    preview = live.preview(DrawnSamples.from_json(drawn(sample_file)), beside, tmp_path / "p.tif")
    assert preview.path is None and not list(tmp_path.iterdir()) and preview.classes and east > west


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"features": []}, "no sample yet"),
        ({"crs": "EPSG:0"}, "coordinate system that is not understood"),
        ({"classes": [{"value": 0, "name": "a", "colour": "#000000"}]}, "1 … 254"),
        ({"classes": [{"value": 1, "name": "a", "colour": "red"}]}, "is not a colour"),
        ({"classes": CLASSES[:1] * 2}, "unique"),
    ],
)
def test_unusable_samples_are_told_in_a_sentence(
    live: LiveEmbedding, scene: Any, sample_file: Path, tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(MMEarthError, match=sentence):
        samples = DrawnSamples.from_json(drawn(sample_file) | change)
        live.preview(samples, whole(scene), tmp_path / "p.tif")


def test_features_without_class_or_shape_are_skipped(live: LiveEmbedding, sample_file: Path) -> None:
    value = drawn(sample_file)
    expected = len(live.samples(DrawnSamples.from_json(value)))
    value["features"] += [
        [901, None, value["features"][0][2]],
        [902, "  ", value["features"][0][2]],
        [903, "water", ""],
    ]
    samples = live.samples(DrawnSamples.from_json(value))
    assert len(samples) == expected and "2 features without a class skipped" in " ".join(samples.messages)


def test_similarity_of_a_view_is_that_of_the_verb(live: LiveEmbedding, scene: Any, tmp_path: Path) -> None:
    at = scene.raster.grid.transform * (140.5, 133.5)
    similar(embedding=scene.path, output=tmp_path / "s.tif", at=at)
    path = live.similar(at, whole(scene), tmp_path / "p.tif")
    np.testing.assert_array_equal(read(path), read(tmp_path / "s.tif"))
