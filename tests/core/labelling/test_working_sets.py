"""Several dates, places and layers decide together, in the final map and in the live one."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
from embedded_fields import NAMES, Scene, make_scene

from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.errors import MMEarthError
from mmearth_core.inspection import info
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.clusters import cluster
from mmearth_core.labelling.fitting import fit
from mmearth_core.labelling.live import DrawnSamples, LiveSet, View
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.similarity import similar
from mmearth_core.labelling.streaming import block_windows
from mmearth_core.labelling.suggestions import suggest
from mmearth_core.maps.origins import origins_of
from mmearth_core.maps.smoothing import Smoothing
from mmearth_core.progress import CancelToken

DAYS = ("2020-04-10", "2020-07-12", "2020-10-02")


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read()


def another_date(scene: Scene, path: Path, seed: int, clouds: np.ndarray | None = None) -> Path:
    """The same land with other noise, 0 under clouds."""
    made = make_scene(path, noise=60, seed=seed)
    centres = np.random.default_rng(99).normal(128, 22, (len(NAMES), 64))
    rng = np.random.default_rng(seed)
    values = centres[np.maximum(scene.truth, 1) - 1] + rng.normal(0, 60, (*scene.truth.shape, 64))
    dn = np.moveaxis(np.clip(np.rint(values), 1, 255).astype(np.uint8), -1, 0)
    dn[:, scene.truth == 0] = 0
    if clouds is not None:
        dn[:, clouds] = 0
    with new_embedding(made.raster) as dataset:
        dataset.write(dn)
    return path


@pytest.fixture(scope="module")
def folder(scene: Any, sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three noisy dates of the scene, of which two have clouds, and the working sets of them."""
    folder = tmp_path_factory.mktemp("dates")
    rows, cols = np.mgrid[:300, :420]
    clouds = [None, cols < 130, (rows > 220) & (cols > 70)]
    dates = [another_date(scene, folder / f"d{i}.tif", i + 1, cloud) for i, cloud in enumerate(clouds)]
    (folder / "samples.gpkg").write_bytes(sample_file.read_bytes())
    named = [{"embedding": path.name, "date": day} for path, day in zip(dates, DAYS, strict=True)]
    for name, chosen in (("all", named), ("one", named[:1]), ("clouded", named[1:])):
        place = {"embeddings": chosen, "samples": [{"file": "samples.gpkg"}]}
        content = {"format": "mmearth-working-set", "format_version": 1, "places": [place]}
        (folder / f"{name}.json").write_text(json.dumps(content))
        fit(embeddings=[folder / f"{name}.json"], output=folder / f"{name}-p.json")
        classify(embedding=folder / f"{name}.json", model=folder / f"{name}-p.json", output=folder / f"{name}.tif")
    return folder


def share_right(folder: Path, name: str, scene: Any, where: np.ndarray | None = None) -> float:
    legend = np.array(["-", *load_probe(folder / f"{name}-p.json").legend.names])
    truth = np.array(["-", *NAMES])[scene.truth]
    land = (scene.truth > 0) if where is None else where
    return float((legend[read(folder / f"{name}.tif")[0]] == truth)[land].mean())


def test_more_dates_are_righter_and_clouds_leave_no_gap(scene: Any, folder: Path) -> None:
    one, three = share_right(folder, "one", scene), share_right(folder, "all", scene)
    assert three > one + 0.02
    assert ((read(folder / "all.tif")[0] == 0) == (scene.truth == 0)).all()
    rows, cols = np.mgrid[:300, :420]
    nowhere = (cols < 130) & (rows > 220) & (cols > 70)
    clouded = read(folder / "clouded.tif")[0]
    assert (clouded[nowhere] == 0).all() and (clouded[~nowhere & (scene.truth > 0)] > 0).all()


def test_the_probe_says_what_it_learned_from(folder: Path) -> None:
    probe = load_probe(folder / "all-p.json")
    assert [str(slot) for slot in probe.columns.slots] == ["10 April", "12 July", "2 October"]
    assert probe.as_dict()["dates"] == ["10 April", "12 July", "2 October"]
    assert len(probe.members) == 3


def test_a_map_tells_every_image_that_had_a_say(scene: Any, folder: Path, tmp_path: Path) -> None:
    x, y = scene.raster.grid.transform * (20.5, 100.5)  # under the cloud of one date
    similar(embedding=folder / "all.json", at=(x, y), output=tmp_path / "s.tif")
    for path, days in ((folder / "all.tif", DAYS), (folder / "one.tif", DAYS[:1]), (tmp_path / "s.tif", DAYS[::2])):
        with rasterio.open(path) as dataset:
            origins = origins_of(dataset.tags(ns="MMEARTH"), path)
        assert [str(each.date) for each in origins] == list(days)
        assert {each.identity for each in origins} == {scene.raster.identity}
    told = info(file=folder / "all.tif")
    assert [each["date"] for each in told.as_dict()["made of"]] == list(DAYS) and DAYS[2] in str(told)


def test_dates_together_are_one_probe_where_all_are_clear(folder: Path, tmp_path: Path) -> None:
    fit(embeddings=[folder / "all.json"], output=tmp_path / "p.json", dates="together")
    (member,) = load_probe(tmp_path / "p.json").members
    assert member.slots == (0, 1, 2) and member.bands == 192
    classify(embedding=folder / "all.json", model=tmp_path / "p.json", output=tmp_path / "m.tif", smooth="none")
    clear = np.logical_and.reduce([read(folder / f"d{i}.tif")[0] > 0 for i in range(3)])
    assert ((read(tmp_path / "m.tif")[0] > 0) == clear).all()
    # Where one of its dates is missing it could say nothing of any pixel.
    with pytest.raises(MMEarthError, match=r"no image for 12 July, 2 October, and the probe sees its dates together"):
        classify(embedding=folder / "one.json", model=tmp_path / "p.json", output=tmp_path / "none.tif")
    assert not (tmp_path / "none.tif").exists()
    assert load_probe(tmp_path / "p.json").as_dict()["dates together"]
    assert not load_probe(folder / "all-p.json").as_dict()["dates together"]
    assert "dates together" not in load_probe(folder / "one-p.json").as_dict()


def test_a_date_without_a_class_votes_among_the_others(scene: Any, folder: Path) -> None:
    forest = scene.truth == 2
    dn = read(folder / "d1.tif")
    dn[:, forest] = 0
    raster = EmbeddingRaster.open(folder / "d1.tif")
    with new_embedding(replace(raster, path=folder / "bare.tif")) as dataset:
        dataset.write(dn)
    content = json.loads((folder / "all.json").read_text())
    content["places"][0]["embeddings"] = [
        {"embedding": name, "date": day} for name, day in (("d0.tif", DAYS[0]), ("bare.tif", DAYS[1]))
    ]
    (folder / "bare.json").write_text(json.dumps(content))
    said = str(fit(embeddings=[folder / "bare.json"], output=folder / "bare-p.json"))
    assert "12 July says nothing of forest" in said
    probe = load_probe(folder / "bare-p.json")
    assert [len(member.classes) for member in probe.members] == [4, 3]
    classify(embedding=folder / "bare.json", model=folder / "bare-p.json", output=folder / "bare-m.tif")
    (folder / "bare-m-p.json").write_bytes((folder / "bare-p.json").read_bytes())
    assert share_right(folder, "bare-m", scene) > share_right(folder, "one", scene)


def test_an_image_of_another_year_stands_for_its_time_of_the_year(folder: Path, tmp_path: Path) -> None:
    content = json.loads((folder / "all.json").read_text())
    (place,) = content["places"]
    place["embeddings"] = [
        {"embedding": name, "date": day} for name, day in (("d1.tif", "2023-07-01"), ("d0.tif", "2023-04-20"))
    ]
    (folder / "later.json").write_text(json.dumps(content))
    said: list[str] = []

    class Listening:
        def __getattr__(self, name: str) -> Any:
            return said.append if name == "message" else lambda *_, **__: None

    listening: Any = Listening()
    classify(
        embedding=folder / "later.json", model=folder / "all-p.json", output=tmp_path / "m.tif", progress=listening
    )
    assert "20 April for 10 April; 1 July for 12 July" in said[0] and "no image for 2 October" in said[1]
    with pytest.raises(MMEarthError, match=r"d0\.tif has no date"):
        classify(embedding=folder / "d0.tif", model=folder / "all-p.json", output=tmp_path / "n.tif")
    assert not (tmp_path / "n.tif").exists()


def test_the_live_map_of_a_working_set_is_the_final_one(folder: Path, sample_file: Path, tmp_path: Path) -> None:
    samples = drawn(sample_file)
    live = LiveSet(folder / "all.json")
    grid = live.places[0].stack.grid
    for view in (
        View(grid.bounds, 999, 999),
        View((*(grid.transform * (90, 220)), *(grid.transform * (260, 100))), 500, 500),
    ):
        seen = live.preview(
            samples, view, tmp_path / "p.tif", confidence=tmp_path / "c.tif", unknown=0.05, cancel=CancelToken()
        )
        classify(
            embedding=folder / "all.json", model=folder / "all-p.json", output=tmp_path / "m.tif", unknown=0.05,
            confidence=tmp_path / "mc.tif", overwrite=True,
        )  # fmt: skip
        window, _ = view.on(grid)
        np.testing.assert_array_equal(read(seen.path)[0], read(tmp_path / "m.tif")[0][window.slices])
        np.testing.assert_array_equal(read(tmp_path / "c.tif"), read(tmp_path / "mc.tif")[:, *window.slices])


def test_the_other_verbs_take_a_working_set(scene: Any, folder: Path, tmp_path: Path) -> None:
    x, y = scene.raster.grid.transform * (250.5, 100.5)
    similar(embedding=folder / "all.json", at=(x, y), output=tmp_path / "s.tif")
    found = read(tmp_path / "s.tif")[0]
    same = (scene.truth == scene.truth[100, 250]) & (scene.truth > 0)
    assert found[100, 250] == 254 and found[same].mean() > found[~same & (scene.truth > 0)].mean() + 10
    assert ((found == 0) == (scene.truth == 0)).all()
    assert (
        suggest(embedding=folder / "all.json", model=folder / "all-p.json", output=tmp_path / "n.gpkg", n=5).points == 5
    )
    result = cluster(embedding=folder / "one.json", output=tmp_path / "k.tif", k=4)
    assert sum(result.pixels) == (scene.truth > 0).sum()


@pytest.fixture(scope="module")
def layered(scene: Any, folder: Path) -> Path:
    """Beside one noisy date a layer that tells the classes apart, one that hardly does, and one that is noise."""
    rng = np.random.default_rng(0)
    told = np.where(scene.truth > 0, scene.truth * 10.0 + rng.normal(0, 1, scene.truth.shape), -9999)
    noise = rng.normal(0, 1, scene.truth.shape)
    half = np.where(np.arange(scene.truth.shape[1]) < 210, told, -9999)  # beyond the middle there is none
    flat = np.full(scene.truth.shape, 7.0)
    layers = {"heights": told, "faint": scene.truth + 2 * noise, "noise": noise, "half": half, "flat": flat}
    for name, values in layers.items():
        with rasterio.open(
            folder / f"{name}.tif", "w", driver="GTiff", count=1, height=300, width=420, dtype="float32", nodata=-9999,
            crs=scene.raster.grid.crs, transform=scene.raster.grid.transform,
        ) as dataset:  # fmt: skip
            dataset.write(values.astype(np.float32), 1)
    for name in ("heights", "noise", "half", "flat"):
        content = json.loads((folder / "one.json").read_text())
        content["places"][0]["layers"] = [{"raster": f"{name}.tif"}]
        (folder / f"with-{name}.json").write_text(json.dumps(content))
    return folder


def test_a_layer_counts_where_it_helps_and_is_left_out_where_not(scene: Any, layered: Path, tmp_path: Path) -> None:
    fit(embeddings=[layered / "with-heights.json"], output=layered / "with-heights-p.json")
    classify(
        embedding=layered / "with-heights.json", model=layered / "with-heights-p.json",
        output=layered / "with-heights.tif",
    )  # fmt: skip
    assert share_right(layered, "with-heights", scene) > share_right(layered, "one", scene) + 0.02
    probe = load_probe(layered / "with-heights-p.json")
    (scale,) = probe.layers
    assert scale.name == "heights" and 20 < scale.mean < 30 and scale.weight > 0
    with pytest.raises(MMEarthError, match="no layer heights"):
        classify(embedding=layered / "one.json", model=layered / "with-heights-p.json", output=tmp_path / "m.tif")
    useless = fit(embeddings=[layered / "with-noise.json"], output=tmp_path / "n.json")
    if not useless.model.layers:
        assert "layers left out (noise)" in str(useless)


def drawn(sample_file: Path) -> DrawnSamples:
    meta, fids, wkb, columns = pyogrio.raw.read(sample_file, columns=["class"], return_fids=True)
    rows = [[int(f), c, bytes(w).hex()] for f, c, w in zip(fids, columns[0], wkb, strict=True)]
    return DrawnSamples.from_json({"crs": meta["crs"], "features": rows})


def test_what_lies_beyond_a_layer_is_told(scene: Any, layered: Path, sample_file: Path, tmp_path: Path) -> None:
    path = layered / "with-half.json"
    made = fit(embeddings=[path], output=tmp_path / "p.json")
    [layer] = made.model.layers
    beyond = f"counts as its mean there, {layer.mean:.4g}"
    assert any(
        re.fullmatch(rf"half has no value in [\d.]+ % of the labelled pixels and {beyond}", m) for m in made.messages
    )
    land = scene.truth > 0
    share = f"{100 * land[:, 210:].sum() / land.sum():.1f}"
    mapped = classify(embedding=path, model=tmp_path / "p.json", output=tmp_path / "m.tif")
    assert mapped.messages == (f"half has no value in {share} % of the pixels and {beyond}.",)
    assert str(mapped).endswith(f"! {mapped.messages[0]}")
    live, grid = LiveSet(path), scene.raster.grid
    west, north = grid.transform * (0, 0)
    for right, told in ((200, ()), (420, (f"half has no value in {share} % of the pixels in view and {beyond}",))):
        east, south = grid.transform * (right, 300)
        seen = live.preview(
            drawn(sample_file), View((west, south, east, north), 999, 999), tmp_path / "v.tif", cancel=CancelToken()
        )
        assert tuple(each for each in seen.messages if "in view" in each) == told
        assert set(made.messages) <= set(seen.messages)


def test_a_layer_that_says_nothing_is_in_no_ones_way(layered: Path, sample_file: Path, tmp_path: Path) -> None:
    """It is left out of the probe; the live map still reads it."""
    path = layered / "with-flat.json"
    fitted = fit(embeddings=[path], output=tmp_path / "p.json")
    assert not fitted.model.layers and any("layers left out (flat)" in message for message in fitted.messages)
    classify(embedding=path, model=tmp_path / "p.json", output=tmp_path / "m.tif")
    live = LiveSet(path)
    view = View(live.places[0].stack.grid.bounds, 999, 999)
    seen = live.preview(drawn(sample_file), view, tmp_path / "v.tif", cancel=CancelToken())
    np.testing.assert_array_equal(read(tmp_path / "v.tif"), read(tmp_path / "m.tif"))
    assert any("layers left out (flat)" in message for message in seen.messages)


@pytest.mark.parametrize("smooth", ["edges", "strong"])
def test_the_live_map_is_the_final_one_with_smoothing_dates_and_layers_at_once(
    layered: Path, sample_file: Path, tmp_path: Path, smooth: Smoothing
) -> None:
    content = json.loads((layered / "all.json").read_text())
    content["places"][0]["layers"] = [{"raster": "faint.tif"}]
    path = layered / f"everything-{smooth}.json"
    path.write_text(json.dumps(content))
    samples, live = drawn(sample_file), LiveSet(path)
    probe = fit(embeddings=[path], output=tmp_path / "p.json").model
    assert probe.layers and len(probe.members) == 3 and probe.unlabelled is not None
    made = {}
    for way in (smooth, "none"):
        options: dict[str, Any] = {"smooth": way, "unknown": 0.05, "confidence": tmp_path / f"{way}-c.tif"}
        classify(embedding=path, model=tmp_path / "p.json", output=tmp_path / f"{way}.tif", **options)
        made[way] = read(tmp_path / f"{way}.tif")[0]
    certain = read(tmp_path / f"{smooth}-c.tif")
    assert (certain != read(tmp_path / "none-c.tif")).mean() > 0.3 and (made[smooth] != made["none"]).any()
    grid = live.places[0].stack.grid
    assert len(block_windows(grid, numbers=live.places[0].stack.numbers)) > 2
    views = [View(grid.bounds, 999, 999)]
    # Across the corner of four blocks, along the edge of clouds, and a few pixels that smoothing reaches over.
    for left, top, right, bottom in ((240, 240, 272, 272), (120, 200, 140, 230), (254, 10, 258, 14)):
        views.append(View((*(grid.transform * (left, bottom)), *(grid.transform * (right, top))), 500, 500))
    for view in views:
        seen = live.preview(
            samples, view, tmp_path / "p.tif", confidence=tmp_path / "c.tif", unknown=0.05, smooth=smooth,
            cancel=CancelToken(),
        )  # fmt: skip
        window, _ = view.on(grid)
        assert seen.smoothed
        np.testing.assert_array_equal(read(tmp_path / "p.tif")[0], made[smooth][window.slices])
        np.testing.assert_array_equal(read(tmp_path / "c.tif"), certain[:, *window.slices])


def test_two_places_teach_one_probe_and_each_is_mapped(
    scene: Any, sample_file: Path, tmp_path: Path, make_scene: Any
) -> None:
    other = make_scene(tmp_path / "other.tif", seed=7, shift=9000)
    places = [
        {"name": "west", "embeddings": [{"embedding": str(scene.path)}], "samples": [{"file": str(sample_file)}]},
        {"name": "east", "embeddings": [{"embedding": str(other.path)}]},
    ]
    path = tmp_path / "two.json"
    path.write_text(json.dumps({"format": "mmearth-working-set", "format_version": 1, "places": places}))
    with pytest.raises(MMEarthError, match="refers to"):
        fit(embeddings=[path], output=tmp_path / "p.json")
    for each in places:
        each["embeddings"] = [{"embedding": f"{each['name']}.tif"}]
    (tmp_path / "west.tif").write_bytes(scene.path.read_bytes())
    (tmp_path / "east.tif").write_bytes(other.path.read_bytes())
    (tmp_path / "s.gpkg").write_bytes(sample_file.read_bytes())
    places[0]["samples"] = [{"file": "s.gpkg"}]
    path.write_text(json.dumps({"format": "mmearth-working-set", "format_version": 1, "places": places}))
    fit(embeddings=[path], output=tmp_path / "p.json")
    result = classify(embedding=path, model=tmp_path / "p.json", output=tmp_path / "maps")
    assert sorted(each.name for each in (tmp_path / "maps").glob("*.tif")) == ["east.tif", "west.tif"]
    legend = np.array(["-", *load_probe(tmp_path / "p.json").legend.names])
    for name, made in (("west", scene), ("east", other)):
        values = read(tmp_path / "maps" / f"{name}.tif")[0]
        assert (legend[values] == np.array(["-", *NAMES])[made.truth])[made.truth > 0].mean() > 0.95
    assert sum(result.pixels.values()) == sum((made.truth > 0).sum() for made in (scene, other))
