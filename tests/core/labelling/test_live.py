"""The live map: drawn samples give the probe and the pixels that `fit` and `classify` would give, in any view."""

import json
import resource
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Transformer
from rasterio.crs import CRS
from rasterio.warp import transform_bounds

from mmearth_core.embedding.product import new_embedding
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import fit, fit_samples
from mmearth_core.labelling.live import MOST_PIXELS, DrawnSamples, LiveSet, View
from mmearth_core.labelling.similarity import similar
from mmearth_core.maps.conventions import UNKNOWN_COLOUR
from mmearth_core.maps.smoothing import Smoothing
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.records import read as read_record
from mmearth_core.sources.unlabelled import USUAL, BesideLabels
from mmearth_core.worker.live_verbs import LiveVerbs

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
def live(scene: Any) -> LiveSet:
    return LiveSet(scene.path)


@pytest.mark.parametrize("smooth", ["none", "edges", "strong"])
def test_the_preview_is_the_final_map_of_the_same_samples(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path, smooth: Smoothing
) -> None:
    samples = DrawnSamples.from_json(drawn(sample_file))
    preview = live.preview(
        samples, whole(scene), tmp_path / "p.tif", confidence=tmp_path / "pc.tif", unknown=0.05, smooth=smooth,
        cancel=CancelToken(),
    )  # fmt: skip
    fit(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "m.json")
    classify(
        embedding=scene.path, model=tmp_path / "m.json", output=tmp_path / "m.tif", confidence=tmp_path / "c.tif",
        unknown=0.05, smooth=smooth,
    )  # fmt: skip
    np.testing.assert_array_equal(read(preview.path), read(tmp_path / "m.tif"))
    np.testing.assert_array_equal(read(preview.confidence), read(tmp_path / "c.tif"))
    assert sum(preview.pixels.values()) + preview.unknown + preview.nodata == scene.raster.grid.pixels
    assert preview.unknown > 0 and preview.nodata > 0


@pytest.mark.parametrize(("unlabelled", "prior"), [(0, "tempered"), (500, "none"), (500, "tempered")])
def test_the_preview_is_the_final_map_whatever_is_learned_beside_labels(
    unlabelled: int, prior: Any, live: LiveSet, scene: Any, few_samples: Path, tmp_path: Path
) -> None:
    samples, beside = DrawnSamples.from_json(drawn(few_samples)), BesideLabels(unlabelled, prior)
    live.preview(samples, whole(scene), tmp_path / "other.tif", cancel=CancelToken())
    preview = live.preview(samples, whole(scene), tmp_path / "p.tif", beside=beside, cancel=CancelToken())
    fit(
        embeddings=[scene.path], samples=[few_samples], output=tmp_path / "m.json", unlabelled=unlabelled, prior=prior
    )  # fmt: skip
    classify(embedding=scene.path, model=tmp_path / "m.json", output=tmp_path / "m.tif")
    np.testing.assert_array_equal(read(preview.path), read(tmp_path / "m.tif"))
    written = json.loads((tmp_path / "m.json").read_text())
    probe = live.probe(samples, CancelToken(), beside=beside)[0]
    assert written["members"][0]["coefficients"] == probe.members[0].coefficients.tolist()
    assert (written["unlabelled"] is None) == (probe.unlabelled is None) == (unlabelled == 0)


def test_a_model_written_from_drawn_samples_is_that_of_the_file(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples = live.samples(DrawnSamples.from_json(drawn(sample_file)), cancel=CancelToken())
    others = live.unlabelled(USUAL, CancelToken())
    fit_samples(samples, others, tmp_path / "drawn.json", progress=Silent(), cancel=CancelToken())
    fit(embeddings=[scene.path], samples=[sample_file], output=tmp_path / "file.json")
    for name in ("drawn", "file"):
        classify(embedding=scene.path, model=tmp_path / f"{name}.json", output=tmp_path / f"{name}.tif")
    np.testing.assert_array_equal(read(tmp_path / "drawn.tif"), read(tmp_path / "file.tif"))


def test_a_part_at_full_resolution_and_a_decimated_whole_show_pixels_of_the_map(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples, grid = DrawnSamples.from_json(drawn(sample_file)), scene.raster.grid
    full = read(live.preview(samples, whole(scene), tmp_path / "full.tif", cancel=CancelToken()).path)[0]
    x0, y1 = grid.transform * (20.4, 10.2)
    x1, y0 = grid.transform * (70.6, 41.0)
    part = live.preview(samples, View((x0, y0, x1, y1), 500, 500), tmp_path / "part.tif", cancel=CancelToken())
    np.testing.assert_array_equal(read(part.path)[0], full[10:41, 20:71])
    with rasterio.open(part.path) as dataset:
        assert dataset.transform * (0, 0) == grid.transform * (20, 10) and dataset.nodata == 0
    small = live.preview(
        samples, whole(scene, grid.width // 2, grid.height // 2), tmp_path / "small.tif", cancel=CancelToken()
    )
    # What is seen of it is not smoothed, for a pixel's neighbours are not in the view.
    assert not small.smoothed and part.smoothed
    plain = live.preview(samples, whole(scene), tmp_path / "plain.tif", smooth="none", cancel=CancelToken())
    assert not plain.smoothed and (read(plain.path)[0] != full).any()
    np.testing.assert_array_equal(read(small.path)[0], read(plain.path)[0][::2, ::2])
    with rasterio.open(small.path) as dataset:
        assert dataset.bounds == pytest.approx(grid.bounds)


def test_classes_keep_their_values_and_new_ones_get_free_ones(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples = DrawnSamples.from_json(drawn(sample_file, classes=CLASSES))
    preview = live.preview(samples, whole(scene), tmp_path / "p.tif", cancel=CancelToken())
    assert {c.name: c.value for c in preview.classes} == {"forest": 3, "water": 7, "grass": 1, "urban": 2}
    assert {c.name: c.colour for c in preview.classes}["water"] == (0, 0, 255)
    assert set(np.unique(read(preview.path))) == {0, 1, 2, 3, 7}


def test_another_crs_of_the_samples_takes_the_same_pixels(live: LiveSet, sample_file: Path) -> None:
    here = live.samples(DrawnSamples.from_json(drawn(sample_file)), cancel=CancelToken())
    there = live.samples(DrawnSamples.from_json(drawn(sample_file, crs="EPSG:4326")), cancel=CancelToken())
    # Which of many pixels are drawn depends on a shape's own coordinates; what it covers does not.
    assert {(g.fid, g.covered, g.taken) for g in here.groups} == {(g.fid, g.covered, g.taken) for g in there.groups}


def test_only_a_change_of_the_samples_refits(live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path) -> None:
    value = drawn(sample_file)
    first = live.preview(DrawnSamples.from_json(value), whole(scene), tmp_path / "1.tif", cancel=CancelToken())
    again = live.preview(DrawnSamples.from_json(value), whole(scene, 60, 60), tmp_path / "2.tif", cancel=CancelToken())
    value["features"] = value["features"][1:]
    fewer = live.preview(DrawnSamples.from_json(value), whole(scene), tmp_path / "3.tif", cancel=CancelToken())
    assert (first.refitted, again.refitted, fewer.refitted) == (True, False, True)


def test_a_view_beside_the_embedding_has_no_picture(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    west, south, east, north = scene.raster.grid.bounds
    beside = View((west - 9000, south, west - 8000, north), 100, 100)
    preview = live.preview(DrawnSamples.from_json(drawn(sample_file)), beside, tmp_path / "p.tif", cancel=CancelToken())
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
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(MMEarthError, match=sentence):
        samples = DrawnSamples.from_json(drawn(sample_file) | change)
        live.preview(samples, whole(scene), tmp_path / "p.tif", cancel=CancelToken())


def test_features_without_class_or_shape_are_skipped(live: LiveSet, sample_file: Path) -> None:
    value = drawn(sample_file)
    expected = len(live.samples(DrawnSamples.from_json(value), cancel=CancelToken()))
    value["features"] += [
        [901, None, value["features"][0][2]],
        [902, "  ", value["features"][0][2]],
        [903, "water", ""],
    ]
    samples = live.samples(DrawnSamples.from_json(value), cancel=CancelToken())
    assert len(samples) == expected and "2 features left out: without a class" in " ".join(samples.messages)


def test_similarity_of_a_view_is_that_of_the_verb(live: LiveSet, scene: Any, tmp_path: Path) -> None:
    at = scene.raster.grid.transform * (140.5, 133.5)
    similar(embedding=scene.path, output=tmp_path / "s.tif", at=at)
    path = live.similar(at, whole(scene), tmp_path / "p.tif", cancel=CancelToken())
    np.testing.assert_array_equal(read(path), read(tmp_path / "s.tif"))


def view(bounds: Any, width: Any = 100, height: Any = 100) -> View:
    return View(tuple(bounds), width, height)


@pytest.mark.parametrize(
    "value",
    [
        {"bounds": [float("nan"), 0, 1, 1], "width": 10, "height": 10},
        {"bounds": [0, 0, float("inf"), 1], "width": 10, "height": 10},
        {"bounds": [0, 0, 1], "width": 10, "height": 10},
        {"bounds": [0, 0, 1, 1], "width": float("nan"), "height": 10},
        {"bounds": [0, 0, 1, None], "width": 10, "height": 10},
        {"width": 10, "height": 10},
    ],
)
def test_a_view_that_is_none_is_told(value: dict[str, Any]) -> None:
    with pytest.raises(MMEarthError, match="view"):
        read_record(View, value, "The view")


def test_a_view_of_the_whole_world_shows_the_whole_embedding(scene: Any) -> None:
    grid = scene.raster.grid
    for far in (1e12, 1e300):
        window, shape = view((-far, -far, far, far)).on(grid)
        assert window == grid.window and shape == (1, 1)
    west, south, east, north = grid.bounds
    for beside in ((west + 1e12, south, east + 1e12, north), (west, south + 1e300, east, north + 1e300)):
        assert not view(beside).on(grid)[0]
    assert not view((west, south, west, south)).on(grid)[0]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:3035"])
def test_a_view_in_another_crs_is_of_the_same_pixels_and_as_fine(scene: Any, crs: str) -> None:
    grid = scene.raster.grid
    wanted = Window(100, 80, 90, 120)
    part = grid.crop(wanted).bounds
    there = transform_bounds(grid.crs, crs, *part)
    for size in (60, 480):
        window, shape = View(there, size, size, crs).on(grid)
        _, as_fine = View(part, size, size).on(grid)
        assert window.intersection(wanted) == wanted and window.pixels < 2 * wanted.pixels
        share = window.height / shape[0], wanted.height / as_fine[0]
        assert share[0] == pytest.approx(share[1], rel=0.4)


def test_a_view_is_bounded_whatever_size_it_is_asked_in(scene: Any) -> None:
    grid = Grid(20_000, 20_000, scene.raster.grid.transform, scene.raster.grid.crs)
    _, (height, width) = view(grid.bounds, 10**6, 10**6).on(grid)
    assert height == width == round(MOST_PIXELS**0.5)


def test_unknown_is_grey_in_the_preview_as_in_the_map(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    samples = DrawnSamples.from_json(drawn(sample_file))
    with rasterio.open(
        live.preview(samples, whole(scene), tmp_path / "p.tif", unknown=0.05, cancel=CancelToken()).path
    ) as dataset:
        assert dataset.colormap(1)[255] == (*UNKNOWN_COLOUR, 255)
    with pytest.raises(MMEarthError, match="is no share"):
        live.preview(samples, whole(scene), tmp_path / "p.tif", unknown=1.5, cancel=CancelToken())


def test_unknown_with_one_polygon_of_each_class(live: LiveSet, scene: Any, tmp_path: Path) -> None:
    shapes, names = scene.fields(1)
    rows = [[i, name, shapely.to_wkb(s).hex()] for i, (s, name) in enumerate(zip(shapes, names, strict=True))]
    samples = DrawnSamples.from_json({"crs": "EPSG:32630", "features": rows})
    preview = live.preview(samples, whole(scene), tmp_path / "p.tif", unknown=0.01, cancel=CancelToken())
    assert sum(preview.pixels.values()) + preview.unknown + preview.nodata == scene.raster.grid.pixels


@pytest.mark.parametrize("kind", [int, float, str])
def test_codes_keep_their_values_as_in_the_final_map(
    live: LiveSet, scene: Any, tmp_path: Path, write_vector: Any, kind: type
) -> None:
    shapes, names = scene.fields(3)
    codes = [{"water": 40, "forest": 7, "grass": 100, "urban": 3}[name] for name in names]
    saved = write_vector(tmp_path / "s.gpkg", list(shapes), {"class": [kind(code) for code in codes]})
    fit(embeddings=[scene.path], samples=[saved], output=tmp_path / "m.json")
    classify(embedding=scene.path, model=tmp_path / "m.json", output=tmp_path / "m.tif")
    rows = [[i, kind(c), shapely.to_wkb(s).hex()] for i, (s, c) in enumerate(zip(shapes, codes, strict=True), start=1)]
    samples = DrawnSamples.from_json({"crs": "EPSG:32630", "features": rows})
    preview = live.preview(samples, whole(scene), tmp_path / "p.tif", cancel=CancelToken())
    np.testing.assert_array_equal(read(preview.path), read(tmp_path / "m.tif"))
    assert {c.name: c.value for c in preview.classes} == {"3": 3, "7": 7, "40": 40, "100": 100}
    with rasterio.open(tmp_path / "m.tif") as final, rasterio.open(tmp_path / "p.tif") as shown:
        assert all(final.colormap(1)[code] == shown.colormap(1)[code] for code in codes)


def test_names_with_control_characters_are_those_of_the_file(live: LiveSet, sample_file: Path) -> None:
    value = drawn(sample_file, classes=[{"value": 7, "name": "open\x00\twater\x1b", "colour": "#0000ff"}])
    for row in value["features"]:
        row[1] = "open\x00\twater\x1b " if row[1] == "water" else row[1]
    samples = live.samples(DrawnSamples.from_json(value), cancel=CancelToken())
    assert {c.name: c.value for c in samples.legend.classes} == {"open water": 7, "forest": 1, "grass": 2, "urban": 3}


@pytest.mark.parametrize(
    "change",
    [
        {"features": [[1, "water"]]},
        {"features": [[1, "water", "no hexadecimal"]]},
        {"features": [["x", "water", ""]]},
        {"features": [[1, ["water"], ""]]},
        {"features": [[1, 2.5, ""]]},
        {"features": None},
        {"crs": None},
        {"classes": [{"value": 1, "name": "\x00", "colour": "#000000"}]},
    ],
)
def test_samples_of_another_form_are_told_in_a_sentence(sample_file: Path, change: dict[str, Any]) -> None:
    with pytest.raises(MMEarthError, match="samples|sample layer"):
        DrawnSamples.from_json(drawn(sample_file) | change)


def test_broken_shapes_are_skipped_and_invalid_ones_repaired(live: LiveSet, sample_file: Path) -> None:
    value = drawn(sample_file)
    bow = shapely.Polygon([(500_600, 5_799_000), (500_700, 5_798_900), (500_700, 5_799_000), (500_600, 5_798_900)])
    value["features"] += [
        [901, "water", "0103"],
        [902, "water", shapely.to_wkb(shapely.Polygon()).hex()],
        [903, "water", shapely.to_wkb(bow).hex()],
    ]
    told = " ".join(live.samples(DrawnSamples.from_json(value), cancel=CancelToken()).messages)
    assert "2 features left out: without a geometry" in told and "1 feature with an invalid outline repaired" in told


def test_messages_about_drawn_samples_are_sentences(live: LiveSet, sample_file: Path) -> None:
    value = drawn(sample_file)
    value["features"] = [row for row in value["features"] if row[1] == "water"]
    samples = live.samples(DrawnSamples.from_json(value), cancel=CancelToken())
    with pytest.raises(MMEarthError, match=r"^The sample layer has one class only \(water\)"):
        fit_samples(samples, None, Path("x.json"), progress=Silent(), cancel=CancelToken())
    far = drawn(sample_file) | {"crs": "EPSG:32730"}
    with pytest.raises(MMEarthError, match=r"^The sample layer lies in another place"):
        live.samples(DrawnSamples.from_json(far), cancel=CancelToken())


def test_the_file_is_not_held_open_between_requests(
    live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path
) -> None:
    """On Windows an open file can be neither replaced nor deleted."""
    live.preview(DrawnSamples.from_json(drawn(sample_file)), whole(scene), tmp_path / "p.tif", cancel=CancelToken())
    assert str(scene.path.resolve()) not in {str(p.resolve()) for p in Path("/proc/self/fd").iterdir() if p.exists()}


def test_samples_are_told_apart_by_a_short_key(sample_file: Path) -> None:
    value = drawn(sample_file)
    first, again = DrawnSamples.from_json(value), DrawnSamples.from_json(json.loads(json.dumps(value)))
    other = DrawnSamples.from_json(value | {"features": value["features"][1:]})
    assert first.key == again.key != other.key and len(first.key) == 64


def test_a_similarity_preview_can_be_cancelled(live: LiveSet, scene: Any, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        live.similar(scene.raster.grid.transform * (140.5, 133.5), whole(scene), tmp_path / "p.tif", cancel=cancel)
    assert not (tmp_path / "p.tif").exists()
    with pytest.raises(MMEarthError, match="place"):
        live.similar([float("nan"), 1], whole(scene), tmp_path / "p.tif", cancel=CancelToken())


def test_rotated_and_geographic_embeddings_are_seen(make_scene: Any, tmp_path: Path) -> None:
    for name, transform, crs in (
        ("rotated", Affine(8, 6, 500_000, 6, -8, 5_800_000), "EPSG:32630"),
        ("geographic", Affine(1e-4, 0, -3, 0, -1e-4, 52), "EPSG:4326"),
    ):
        made = make_scene(tmp_path / f"{name}.tif")
        raster = replace(made.raster, grid=Grid(300, 420, transform, CRS.from_string(crs)))
        with rasterio.open(made.path) as dataset:
            dn = dataset.read()
        with new_embedding(raster) as dataset:
            dataset.write(dn)
        rows = []
        for i, cell in enumerate([(3, 3), (4, 8), (6, 6), (7, 2), (5, 11), (8, 4)]):
            c, r = 30 * cell[1], 30 * cell[0]
            shape = shapely.Polygon([transform * xy for xy in ((c + 3, r + 3), (c + 27, r + 3), (c + 27, r + 27))])
            rows.append([i, str(made.truth[r + 15, c + 15]), shapely.to_wkb(shape).hex()])
        live = LiveSet(raster.path)
        samples = DrawnSamples.from_json({"crs": crs, "features": rows})
        full = live.preview(
            samples, View(raster.grid.bounds, 9999, 9999), tmp_path / f"{name}_full.tif", cancel=CancelToken()
        )
        at = [transform * xy for xy in ((100.5, 100.5), (130.5, 120.5))]
        bounds = [min(x for x, _ in at), min(y for _, y in at), max(x for x, _ in at), max(y for _, y in at)]
        part = live.preview(samples, view(bounds, 999, 999), tmp_path / f"{name}_part.tif", cancel=CancelToken())
        with rasterio.open(full.path) as whole_map, rasterio.open(part.path) as seen:
            col, row = ~transform * (seen.transform * (0, 0))
            expected = whole_map.read(1)[round(row) :, round(col) :][: seen.height, : seen.width]
            np.testing.assert_array_equal(seen.read(1), expected)
            assert seen.crs == whole_map.crs and seen.width >= 31 and seen.height >= 21


def test_three_lanes_at_once_get_what_each_would_get_alone(scene: Any, sample_file: Path, tmp_path: Path) -> None:
    value = drawn(sample_file)
    fewer = value | {"features": value["features"][:-4]}
    grid = scene.raster.grid
    views = [whole(scene), whole(scene, 100, 100), View((*grid.bounds[:2], *(grid.transform * (200, 40))), 500, 500)]

    def ask(live: LiveSet, number: int, folder: Path) -> Any:
        samples = DrawnSamples.from_json(fewer if number % 2 else value)
        path = live.preview(samples, views[number % 3], folder / f"{number}.tif", cancel=CancelToken()).path
        return (
            read(path),
            len(live.samples(samples, cancel=CancelToken())),
            live.probe(samples, cancel=CancelToken())[0].members[0].coefficients,
        )

    alone, together = tmp_path / "alone", tmp_path / "together"
    alone.mkdir()
    together.mkdir()
    expected = [ask(LiveSet(scene.path), number, alone) for number in range(6)]
    shared = LiveSet(scene.path)
    with ThreadPoolExecutor(3) as lanes:
        answers = list(lanes.map(lambda number: ask(shared, number % 6, together), range(6)))
    for (pixels, count, coefficients), (wanted, its_count, its_coefficients) in zip(answers, expected, strict=True):
        np.testing.assert_array_equal(pixels, wanted)
        assert count == its_count
        np.testing.assert_array_equal(coefficients, its_coefficients)


def test_a_full_disk_is_the_machines_failure(live: LiveSet, scene: Any, sample_file: Path, tmp_path: Path) -> None:
    samples = DrawnSamples.from_json(drawn(sample_file))
    live.probe(samples, cancel=CancelToken())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(EnvironmentFailure, match=r"p\.tif"):
            live.preview(samples, whole(scene), tmp_path / "p.tif", cancel=CancelToken())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())


def test_an_embedding_that_was_replaced_is_read_anew(make_scene: Any, sample_file: Path, tmp_path: Path) -> None:
    verbs, path = LiveVerbs(), tmp_path / "emb.tif"
    made = make_scene(path)
    arguments = {
        "embedding": str(path), "output": str(tmp_path / "p.tif"), "view": View(made.raster.grid.bounds, 999, 999),
        "samples": DrawnSamples.from_json(drawn(sample_file)),
    }  # fmt: skip
    before = read(verbs.preview(cancel=CancelToken(), **arguments).path)
    other = make_scene(tmp_path / "other.tif", seed=1)
    other.path.replace(path)
    after = read(verbs.preview(cancel=CancelToken(), **arguments).path)
    assert (before != after).any()
    path.unlink()
    with pytest.raises(MMEarthError, match="does not exist; give an embedding raster"):
        verbs.preview(cancel=CancelToken(), **arguments)


def test_thousands_of_samples_are_taken(live: LiveSet, scene: Any) -> None:
    grid, rng = scene.raster.grid, np.random.default_rng(0)
    rows, cols = rng.integers(0, grid.height, 3000), rng.integers(0, grid.width, 3000)
    features = [
        [i, str(scene.truth[r, c]), shapely.to_wkb(shapely.Point(*(grid.transform * (c + 0.5, r + 0.5)))).hex()]
        for i, (r, c) in enumerate(zip(rows.tolist(), cols.tolist(), strict=True))
        if scene.truth[r, c]
    ]
    samples = live.samples(DrawnSamples.from_json({"crs": "EPSG:32630", "features": features}), cancel=CancelToken())
    assert len(samples) > 2500 and len(samples.legend) == 4
