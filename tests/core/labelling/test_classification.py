"""Classify: the map is the probe's, everywhere; bad input leaves nothing; a preview shows the final map."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling import streaming
from mmearth_core.labelling.classifying.classification import classify, classify_part
from mmearth_core.labelling.classifying.deciding import classify_block
from mmearth_core.labelling.fitting import fit
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import surrounded
from mmearth_core.maps.class_map import PLACES_TAG, ClassMap
from mmearth_core.maps.conventions import UNKNOWN
from mmearth_core.maps.smoothing import MARGIN, Smoothing, margin
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.stack import Stack
from mmearth_core.vectors.kept import in_pixels


@pytest.fixture(scope="module")
def model(scene: Any, few_samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.json"
    fit(embeddings=[scene.path], samples=[few_samples], output=path)
    return path


@pytest.fixture(scope="module")
def probe(model: Path) -> Probe:
    return load_probe(model)


@pytest.fixture(scope="module")
def dn(scene: Any) -> np.ndarray:
    with scene.raster.reader() as reader:
        whole: np.ndarray = reader.read(scene.raster.grid.window)
    return whole


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        data: np.ndarray = dataset.read()
    return data


def test_the_map_is_right_complete_and_named(scene: Any, model: Path, tmp_path: Path) -> None:
    result = classify(embedding=scene.path, model=model, output=tmp_path / "map.tif")
    opened = ClassMap.open(tmp_path / "map.tif")
    assert opened.grid == scene.raster.grid
    names = np.array(["-", *opened.legend.names])[read(tmp_path / "map.tif")[0]]
    truth = np.array(["-", "water", "forest", "grass", "urban"])[scene.truth]
    assert ((names == "-") == (scene.truth == 0)).all()
    assert (names == truth).mean() > 0.98
    assert result.pixels["water"] == (names == "water").sum() and result.nodata == (scene.truth == 0).sum()
    assert "water" in str(result) and "unknown" not in str(result)
    with rasterio.open(tmp_path / "map.tif") as dataset:
        assert dataset.tags(ns="MMEARTH")["training_digest"] == load_probe(model).training.digest
    assert len(in_pixels(opened.tags[PLACES_TAG], opened.grid, "it")) == load_probe(model).training.polygons
    assert [each.identity for each in opened.origins] == [scene.raster.model_id]


def test_the_map_is_the_argmax_of_the_probe(
    scene: Any, model: Path, probe: Probe, dn: np.ndarray, tmp_path: Path
) -> None:
    classify(embedding=scene.path, model=model, output=tmp_path / "map.tif", smooth="none")
    values = np.array(probe.legend.values)
    valid = scene.truth > 0
    expected = values[probe.predict(scene.raster.decode(dn[:, valid]).T)]
    assert (read(tmp_path / "map.tif")[0][valid] == expected).mean() > 0.9999  # equal but for rounding at ties


def test_a_preview_shows_the_final_map_at_any_window_and_zoom(
    scene: Any, model: Path, probe: Probe, dn: np.ndarray, tmp_path: Path
) -> None:
    classify(embedding=scene.path, model=model, output=tmp_path / "map.tif", unknown=0.05, smooth="none")
    final = read(tmp_path / "map.tif")[0]
    for window in (Window(0, 0, 1, 1), Window(37, 41, 113, 257), Window(299, 0, 1, 420)):
        rows, cols = window.slices
        found = classify_block(PixelProbe(probe, scene.stack), scene.pixels(dn[:, rows, cols]), unknown=0.05)[0]
        assert (found == final[rows, cols]).all()
    with scene.raster.reader() as reader, rasterio.open(tmp_path / "map.tif") as dataset:
        coarse = classify_block(
            PixelProbe(probe, scene.stack), scene.pixels(reader.read(Window(0, 0, 300, 420), (150, 210))), unknown=0.05
        )[0]
        assert (coarse == dataset.read(1, out_shape=(150, 210))).all()


@pytest.mark.parametrize("smooth", ["edges", "strong"])
def test_a_smoothed_map_does_not_depend_on_blocks(
    scene: Any, model: Path, probe: Probe, dn: np.ndarray, tmp_path: Path, smooth: Smoothing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    maps = []
    for number, shape in enumerate([(256, 256), (37, 61), (300, 420), (1, 420)]):
        monkeypatch.setattr(streaming, "block_windows", lambda grid, shape=shape, **_: list(grid.window.parts(*shape)))
        output, confidence = tmp_path / f"map{number}.tif", tmp_path / f"c{number}.tif"
        classify(
            embedding=scene.path, model=model, output=output, confidence=confidence, unknown=0.05, smooth=smooth
        )  # fmt: skip
        maps.append((read(output)[0], read(confidence)))
    plain = classify_block(PixelProbe(probe, scene.stack), scene.pixels(dn), unknown=0.05)[0]
    assert 0 < (maps[0][0] != plain).mean() < 0.05
    assert ((maps[0][0] == UNKNOWN) == (plain == UNKNOWN)).all() and ((maps[0][0] == 0) == (plain == 0)).all()
    for values, certainty in maps[1:]:
        np.testing.assert_array_equal(values, maps[0][0])
        np.testing.assert_array_equal(certainty, maps[0][1])
    for window in (Window(0, 0, 1, 1), Window(37, 41, 113, 257), Window(299, 0, 1, 420)):
        around = surrounded(window, MARGIN, scene.raster.grid)
        part = classify_block(
            PixelProbe(probe, scene.stack), scene.pixels(dn)[around.slices], window.relative_to(around),
            smooth=smooth, unknown=0.05,
        )[0]  # fmt: skip
        np.testing.assert_array_equal(part, maps[0][0][window.slices])


@pytest.mark.parametrize("smooth", ["none", "edges", "strong"])
def test_maps_of_parts_are_the_map_of_the_whole(
    scene: Any, model: Path, probe: Probe, dn: np.ndarray, tmp_path: Path, smooth: Smoothing
) -> None:
    """Parts that are cut at odd places and along a slope, each with what its smoothing looks at around it."""
    classify(embedding=scene.path, model=model, output=tmp_path / "m.tif", confidence=tmp_path / "c.tif", smooth=smooth)
    whole, certain = read(tmp_path / "m.tif")[0], read(tmp_path / "c.tif")
    rows, cols = np.mgrid[:300, :420]
    slope = rows + 2 * cols < 600
    found, sure, pixels = np.zeros_like(whole), np.zeros_like(certain), 0
    for number, (window, side) in enumerate(
        [(Window(0, 0, 300, 300), slope), (Window(0, 150, 131, 270), ~slope), (Window(131, 150, 169, 270), ~slope)]
    ):
        around = window.padded(margin(smooth)).intersection(scene.raster.grid.window)
        own = np.where(side, dn, 0)[:, *window.slices]
        stacks = []
        for name, place, values in (("a", around, dn[:, *around.slices]), ("o", window, own)):
            raster = replace(scene.raster, path=tmp_path / f"{name}{number}.tif", grid=scene.raster.grid.crop(place))
            with new_embedding(raster) as dataset:
                dataset.write(values)
            stacks.append(Stack.alone(EmbeddingRaster.open(raster.path)))
        result = classify_part(
            PixelProbe.of(probe, stacks[0])[0], stacks[1], model=model, output=tmp_path / "p.tif",
            confidence=tmp_path / "q.tif", smooth=smooth, progress=Silent(), cancel=CancelToken(),
        )  # fmt: skip
        assert ClassMap.open(tmp_path / "p.tif").grid == scene.raster.grid.crop(window)
        found[window.slices] += read(tmp_path / "p.tif")[0]
        sure[:, *window.slices] += read(tmp_path / "q.tif")
        pixels += sum(result.pixels.values())
    np.testing.assert_array_equal(found, whole)
    np.testing.assert_array_equal(sure, certain)
    assert pixels == (whole > 0).sum() and (found > 0).sum() == (scene.truth > 0).sum()


def test_a_smoothed_map_is_nearer_to_the_truth_says_so_and_is_surer(scene: Any, model: Path, tmp_path: Path) -> None:
    right, sure = {}, {}
    for smooth in ("none", "edges", "strong"):
        output, confidence = tmp_path / f"{smooth}.tif", tmp_path / f"{smooth}_c.tif"
        classify(embedding=scene.path, model=model, output=output, confidence=confidence, smooth=smooth)  # type: ignore[arg-type]
        opened = ClassMap.open(output)
        names = np.array(["-", *opened.legend.names])[read(output)[0]]
        right[smooth] = (names == np.array(["-", "water", "forest", "grass", "urban"])[scene.truth]).mean()
        sure[smooth] = read(confidence)[0][scene.truth > 0].mean() / 255
        assert opened.tags["smooth"] == smooth
    assert right["none"] < right["edges"] <= right["strong"]
    # Of the smoothed probabilities, and as sure as they are right, about.
    assert sure["edges"] != sure["none"] and abs(sure["edges"] - right["edges"]) < 0.1


def test_confidence_is_probability_and_margin(
    scene: Any, model: Path, probe: Probe, dn: np.ndarray, tmp_path: Path
) -> None:
    classify(
        embedding=scene.path, model=model, output=tmp_path / "map.tif", confidence=tmp_path / "conf.tif", smooth="none"
    )
    with rasterio.open(tmp_path / "conf.tif") as dataset:
        stored, scale, offset = dataset.read(), dataset.scales, dataset.offsets
        assert dataset.nodata == 0 and dataset.descriptions == ("probability", "margin")
    valid = scene.truth > 0
    assert ((stored == 0) == ~valid).all()
    pixels = scene.raster.decode(dn[:, valid]).T
    for band, expected in enumerate((probe.probabilities(pixels).max(axis=1), probe.margins(pixels))):
        assert np.abs(stored[band][valid] * scale[band] + offset[band] - expected).max() < 0.6 / 255
    plain = classify_block(PixelProbe(probe, scene.stack), scene.pixels(dn))[0]
    assert (classify_block(PixelProbe(probe, scene.stack), scene.pixels(dn), confidence=True)[0] == plain).all()
    assert (read(tmp_path / "map.tif")[0] == plain).all()


def test_what_is_unlike_every_sample_is_unknown(scene: Any, probe: Probe, dn: np.ndarray) -> None:
    strange = dn.copy()
    world = np.clip(np.random.default_rng(0).normal(128, 60, (64, 50, 50)), 1, 255).astype(np.uint8)
    strange[:, 100:150, 100:150] = world
    drawn = classify_block(PixelProbe(probe, scene.stack), scene.pixels(strange), unknown=0.01)[0]
    assert (drawn[100:150, 100:150] == UNKNOWN).mean() > 0.95
    known = (scene.truth > 0).copy()
    known[100:150, 100:150] = False
    assert (drawn[known] == UNKNOWN).mean() < 0.05
    # The statistic is the distance the probe's reach describes.
    z = probe.standardised(scene.raster.decode(strange[:, known]).T)
    distance = np.linalg.norm(z[:500, None] - probe.members[0].reach.centres, axis=2) / probe.members[0].reach.spread
    assert ((distance.min(axis=1) > probe.members[0].reach.limit(0.01)) == (drawn[known][:500] == UNKNOWN)).all()
    assert (drawn[scene.truth == 0] == 0).all()


def test_one_model_serves_several_scenes(model: Path, make_scene: Callable[..., Any], tmp_path: Path) -> None:
    other = make_scene(tmp_path / "other.tif", seed=8, height=90, width=120, shift=90_000)
    classify(embedding=other.path, model=model, output=tmp_path / "map.tif")
    names = np.array(["-", *ClassMap.open(tmp_path / "map.tif").legend.names])[read(tmp_path / "map.tif")[0]]
    truth = np.array(["-", "water", "forest", "grass", "urban"])[other.truth]
    assert (names == truth).mean() > 0.97


def test_same_input_gives_the_same_bytes_and_overwrite_is_asked(scene: Any, model: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        classify(embedding=scene.path, model=model, output=tmp_path / f"{name}.tif")
    assert (tmp_path / "one.tif").read_bytes() == (tmp_path / "two.tif").read_bytes()
    with pytest.raises(MMEarthError, match="exists already"):
        classify(embedding=scene.path, model=model, output=tmp_path / "one.tif")
    classify(embedding=scene.path, model=model, output=tmp_path / "one.tif", overwrite=True)


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("no embedding", "absent.tif does not exist"),
        ("no model", "absent.json does not exist"),
        ("not an embedding", "is a class map, and an embedding raster is wanted"),
        ("corrupt model", "it is not valid JSON"),
        ("other model", "fitted on"),
        ("truncated", "damaged|cannot be read"),
        ("no folder", "does not exist; create it"),
        ("same names", "both the map and its confidence"),
        ("share", "share of the training pixels"),
        ("cancel", "Cancelled"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    case: str, sentence: str, scene: Any, model: Path, make_scene: Callable[..., Any], tmp_path: Path
) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    out.mkdir()
    arguments: dict[str, Any] = {"embedding": scene.path, "model": model, "output": out / "map.tif"}
    arguments["confidence"] = out / "conf.tif"
    if case == "no embedding":
        arguments["embedding"] = inputs / "absent.tif"
    elif case == "no model":
        arguments["model"] = inputs / "absent.json"
    elif case == "not an embedding":
        classify(embedding=scene.path, model=model, output=inputs / "map.tif")
        arguments["embedding"] = inputs / "map.tif"
    elif case == "corrupt model":
        arguments["model"] = inputs / "model.json"
        (inputs / "model.json").write_text(model.read_text()[:500])
    elif case == "other model":
        arguments["embedding"] = make_scene(inputs / "o.tif", height=20, width=20, model_id="c" * 64).path
    elif case == "truncated":
        data = scene.path.read_bytes()
        arguments["embedding"] = inputs / "short.tif"
        (inputs / "short.tif").write_bytes(data[: len(data) // 2])
    elif case == "no folder":
        arguments["output"] = out / "x" / "map.tif"
    elif case == "same names":
        arguments["confidence"] = arguments["output"]
    elif case == "share":
        arguments["unknown"] = 1.5
    elif case == "cancel":
        arguments["cancel"] = CancelToken()
        arguments["cancel"].cancel()
    with pytest.raises(Cancelled if case == "cancel" else MMEarthError, match=sentence) as error:
        classify(**arguments)
    assert "\n" not in str(error.value)
    assert list(out.iterdir()) == []


@pytest.mark.realdata
def test_a_real_coast_becomes_a_map_whose_sea_is_water(realdata: Path, tmp_path: Path) -> None:
    """The ten bands of a real scene stand in for an embedding: real polygons, CRS, class mix and spatial texture."""
    with rasterio.open(realdata / "aberystwyth_s2_20210527.tif") as dataset:
        bands = dataset.read().astype(np.float32)
        grid = Grid(dataset.height, dataset.width, dataset.transform, dataset.crs)
    valid = bands.any(axis=0)
    logs = np.log(np.maximum(bands, 1))
    low, high = np.percentile(logs[:, valid], [0.5, 99.5], axis=1)[..., None, None]
    dn = np.clip(np.rint((logs - low) / (high - low) * 254) + 1, 1, 255).astype(np.uint8) * valid
    raster = EmbeddingRaster(tmp_path / "emb.tif", grid, "bands", "bands", (0.02,) * 10, (-2.55,) * 10, {})
    with new_embedding(raster) as dataset:
        dataset.write(dn)
    result = fit(
        embeddings=[raster.path], samples=[realdata / "aberystwyth_samples.gpkg"], output=tmp_path / "model.json"
    )
    assert result.validation.accuracy > 0.85  # ten bands without context: forest and grass mix
    assert result.validation.samples == 22 and json.loads((tmp_path / "model.json").read_text())["validation"]
    classify(embedding=raster.path, model=tmp_path / "model.json", output=tmp_path / "map.tif")
    opened = ClassMap.open(tmp_path / "map.tif")
    drawn = read(tmp_path / "map.tif")[0]
    water = next(each.value for each in opened.legend.classes if each.name == "water")
    sea = dn[:, : grid.height // 3, : grid.width // 8]  # Cardigan Bay fills the north-west of the scene
    sea_map = drawn[: grid.height // 3, : grid.width // 8]
    assert (sea_map[sea[0] > 0] == water).mean() > 0.99


def test_a_rotated_grid_is_kept(scene: Any, model: Path, dn: np.ndarray, tmp_path: Path) -> None:
    rotated = Affine(7, 7, 5e5, 7, -7, 58e5)
    raster = EmbeddingRaster(
        tmp_path / "r.tif",
        Grid(300, 420, rotated, CRS.from_epsg(32630)),
        scene.raster.model_name,
        scene.raster.model_id,
        scene.raster.scales,
        scene.raster.offsets,
        {},
    )
    with new_embedding(raster) as dataset:
        dataset.write(dn)
    classify(embedding=raster.path, model=model, output=tmp_path / "map.tif")
    assert ClassMap.open(tmp_path / "map.tif").grid.transform == rotated
