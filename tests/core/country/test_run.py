"""`run`: every scene of a plan exactly once, whoever dies meanwhile; what cannot be done is listed and goes on."""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("distributed")

import pyogrio
import pyproj
import rasterio
import shapely
from affine import Affine
from embedded_fields import write_vector
from land import write_land
from pyarrow import parquet
from rasterio.crs import CRS

from mmearth_core.accuracy.assessment import assess
from mmearth_core.accuracy.reference_sample import sample
from mmearth_core.country import running, tasks
from mmearth_core.country.collecting import collect
from mmearth_core.country.plan_file import read_plan
from mmearth_core.country.planning import plan
from mmearth_core.country.running import run, shard_of
from mmearth_core.country.status import status
from mmearth_core.embedding.engine import embed, embed_extent
from mmearth_core.embedding.planning import Tiling
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import fit
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.raster.grid import Grid

HIGH, WIDE, STEP = 160, 300, 10


def grid(zone: int, left: int) -> Grid:
    origin = {32: 727_000, 33: 270_000}[zone]
    return Grid(HIGH, WIDE, Affine(STEP, 0, origin + STEP * left, 0, -STEP, 5_200_000), CRS.from_epsg(32600 + zone))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven scenes of two UTM zones, neighbours overlap; one of them is damaged after it was planned."""
    folder = tmp_path_factory.mktemp("country")
    (folder / "scenes").mkdir()
    for number, (zone, left) in enumerate(
        ((32, 0), (32, 120), (32, 240), (33, 900), (33, 1020), (33, 1140), (33, 1260))
    ):
        write_land(folder / "scenes" / f"s{number}.tif", grid(zone, left))
    plan(scenes=[folder / "scenes"], output=folder / "plan.parquet")
    broken = folder / "scenes" / "s5.tif"
    broken.write_bytes(broken.read_bytes()[:50_000])
    return folder


@pytest.fixture(scope="module")
def serial(planned: Path) -> Path:
    """What one process makes of the plan."""
    result = run(plan=planned / "plan.parquet", output=planned / "serial", workers=1)
    assert sorted(result.done) == ["s0", "s1", "s2", "s3", "s4", "s6"] and list(result.failed) == ["s5"]
    return planned / "serial"


def embeddings(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "embeddings").glob("*.tif")}


def test_a_worker_that_dies_a_scene_that_is_damaged_and_one_that_is_there(
    planned: Path, serial: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    shard = run(plan=planned / "plan.parquet", output=output, shard="0/7")
    assert len(shard.done) == 1
    there = output / "embeddings" / f"{shard.done[0]}.tif"
    before = there.stat().st_mtime_ns
    command = [
        sys.executable,
        "-m",
        "mmearth_core",
        "run",
        str(planned / "plan.parquet"),
        "-o",
        str(output),
        "--workers",
        "2",
    ]
    process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killed, seen = None, list[str]()
    while process.poll() is None:
        for beat in (output / "running").glob("*.json"):
            told = json.loads(beat.read_text() or "{}") if beat.exists() else {}
            if killed is None and told.get("process", os.getpid()) != os.getpid():
                os.kill(told["process"], signal.SIGKILL)
                killed = told["id"]
                seen = str(status(output=output)).splitlines()
        time.sleep(0.02)
    out, err = process.communicate()
    assert process.returncode == 0, err
    result = json.loads(out.splitlines()[-1])["result"]
    assert killed is not None and killed in (*result["done"], "s5")
    assert sorted([*result["done"], *result["there"]]) == ["s0", "s1", "s2", "s3", "s4", "s6"]
    assert list(result["there"]) == list(shard.done) and there.stat().st_mtime_ns == before
    assert embeddings(output) == embeddings(serial)
    assert seen[0].startswith(f"{output}: ") and " of 7 scenes done" in seen[0]
    assert any(f"  {killed}: " in line and f"on {platform.node()} since" in line for line in seen), seen
    told = status(output=output)
    assert len(told.done) == 6 and list(told.failed) == ["s5"] and not told.running and not told.gone
    assert told.done_megapixels < told.megapixels and json.dumps(told.as_dict())
    table = parquet.read_table(output / "failures.parquet").to_pydict()
    assert table["id"] == ["s5"] and "s5.tif" in table["reason"][0]
    assert not list((output / "running").iterdir()) and not [p for p in (output / ".work").iterdir() if p.is_dir()]
    # Mended, it is done by the same command, and what failed is no longer told.
    source = planned / "scenes" / "s5.tif"
    damaged = source.read_bytes()
    write_land(source, grid(33, 1140))
    try:
        again = run(plan=planned / "plan.parquet", output=output, workers=1)
    finally:
        source.write_bytes(damaged)
    assert again.done == ("s5",) and len(again.there) == 6 and not (output / "failures.parquet").exists()


def test_neighbours_have_no_seam(planned: Path, serial: Path, tmp_path: Path) -> None:
    """Both sides of the cut are, within a quantisation step, what a single scene of both would give there."""
    write_land(tmp_path / "both.tif", Grid(HIGH, 420, grid(32, 0).transform, grid(32, 0).crs))
    embed(scene=tmp_path / "both.tif", output=tmp_path / "emb.tif")
    with rasterio.open(tmp_path / "emb.tif") as one:
        whole, transform = one.read().astype(int), one.transform
    for name in ("s0", "s1"):
        with rasterio.open(serial / "embeddings" / f"{name}.tif") as part:
            values = part.read().astype(int)
            left = round((part.transform.c - transform.c) / STEP)
        inner = values[:, :, :-70] if name == "s1" else values  # the rest looks beyond what `both` shows
        expected = whole[:, :, left : left + inner.shape[2]]
        inner = inner[:, :, : expected.shape[2]]
        edge = inner[:, :, -60:] if name == "s0" else inner[:, :, :60]
        wanted = expected[:, :, -60:] if name == "s0" else expected[:, :, :60]
        assert np.abs(edge - wanted).max() <= 1, name
    widths = {row.id: (row.column, row.width) for row in read_plan(planned / "plan.parquet").rows}
    assert widths["s0"] == (0, 210) and widths["s1"] == (90, 120)


def test_shards_are_all_of_the_plan_once(planned: Path) -> None:
    made = read_plan(planned / "plan.parquet")
    parts = [shard_of(made, f"{index}/3") for index in range(3)]
    assert sorted(row.id for part in parts for row in part) == [row.id for row in made.rows]
    sums = [sum(row.megapixels for row in part) for part in parts]
    assert max(sums) - min(sums) <= max(row.megapixels for row in made.rows)
    for wrong in ("3/3", "1", "-1/3", "a/b"):
        with pytest.raises(MMEarthError, match="is no part of a plan"):
            shard_of(made, wrong)


def test_what_the_machine_fails_at_is_tried_again(
    planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def failing(scene: str, output: Path, **asked: Any) -> Any:
        calls.append(output.stem)
        if calls.count(calls[-1]) <= (2 if calls[-1] == "s0" else 9):
            raise EnvironmentFailure("The disk is full; make room.")
        return embed_extent(scene, output, **asked)

    monkeypatch.setattr(tasks, "embed_extent", failing)
    monkeypatch.setattr(running, "_PAUSE", 0.0)
    made = read_plan(planned / "plan.parquet")
    few = [row for row in made.rows if row.id in {"s0", "s1"}]
    monkeypatch.setattr(running, "shard_of", lambda *_: few)
    result = run(plan=planned / "plan.parquet", output=tmp_path / "o", shard="0/1", retries=2)
    assert result.done == ("s0",) and result.failed == {"s1": "The disk is full; make room."}
    assert calls.count("s0") == 3 and calls.count("s1") == 3


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"steps": "embed,classify"}, "Maps need classes"),
        ({"drop_embeddings": True}, "leaves nothing where there are no maps"),
        ({"workers": 2, "shard": "0/2"}, "exclude each other"),
        ({"plan": "nowhere.parquet"}, "does not exist"),
        ({"output": "ftp://host/x"}, "is no place that can be written to"),
    ],
)
def test_what_cannot_be_run_is_refused(asked: dict[str, Any], sentence: str, planned: Path, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match=sentence):
        run(**{"plan": planned / "plan.parquet", "output": tmp_path / "o", **asked})
    assert not (tmp_path / "o").exists()


def test_the_run_of_another_plan_is_not_mixed_in(planned: Path, serial: Path, tmp_path: Path) -> None:
    plan(scenes=[planned / "scenes" / "s0.tif"], output=tmp_path / "other.parquet")
    with pytest.raises(MMEarthError, match="holds the run of another plan"):
        run(plan=tmp_path / "other.parquet", output=serial, workers=1)


def test_a_worker_without_a_sign_of_life_is_gone(serial: Path, tmp_path: Path) -> None:
    shutil.copytree(serial, tmp_path / "run")
    (tmp_path / "run" / "items" / "s3.json").unlink()
    beat = {"id": "s3", "host": "far", "task": "Embedding", "done": 1, "total": 4, "since": "2026-01-01T00:00:00Z"}
    (tmp_path / "run" / "running" / "s3.json").write_text(json.dumps({**beat, "time": "2026-01-01T00:01:00Z"}))
    told = status(output=tmp_path / "run")
    assert told.gone == ("s3",) and "s3: no sign of life" in str(told) and told.left_seconds is None
    with pytest.raises(MMEarthError, match="is no run"):
        status(output=tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


@pytest.fixture(scope="module")
def mapped(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Maps of three neighbours of one zone and one of the other, without their embeddings."""
    folder = tmp_path_factory.mktemp("mapped")
    chosen = [planned / "scenes" / f"s{number}.tif" for number in (0, 1, 2, 3)]
    plan(scenes=chosen, output=folder / "plan.parquet")
    embed(scene=chosen[0], output=folder / "emb.tif")
    here = grid(32, 0)
    boxes, names = [], []
    for row in range(5):
        for col in range(6):
            x, y = here.transform * (43 * col + 20, 29 * row + 14)
            boxes.append(shapely.box(x - 80, y - 60, x + 80, y + 60))
            names.append(f"crop {(row * 5 + ((727_000 // 10 + 43 * col + 20) // 43) * 3) % 2}")
    write_vector(folder / "samples.gpkg", boxes, {"class": names}, crs="EPSG:32632")
    fit(embeddings=[folder / "emb.tif"], samples=[folder / "samples.gpkg"], output=folder / "probe.json")
    result = run(
        plan=folder / "plan.parquet", output=folder / "out", steps="embed,classify", probe=folder / "probe.json",
        drop_embeddings=True, workers=1,
    )  # fmt: skip
    assert len(result.done) == 4 and not (folder / "out" / "embeddings").exists()
    return folder


def test_a_run_becomes_a_collection_and_mosaics(mapped: Path) -> None:
    output = mapped / "out"
    made = collect(output=output, name="alps", licence="CC-BY-4.0")
    assert made.mosaics == {
        "maps": ("maps-32632.vrt", "maps-32633.vrt"),
        "confidence": ("confidence-32632.vrt", "confidence-32633.vrt"),
    }
    with rasterio.open(output / "maps-32632.vrt") as whole:
        assert whole.shape == (HIGH, 540) and whole.nodata == 0 and whole.colormap(1)[1][3] == 255
        together = whole.read(1)
        for name in ("s0", "s1", "s2"):
            with rasterio.open(output / "maps" / f"{name}.tif") as part:
                row, col = whole.index(*(part.transform * (0.5, 0.5)))
                np.testing.assert_array_equal(together[row : row + part.height, col : col + part.width], part.read(1))
    assert (together > 0).all()
    assert (output / "maps-32632.qml").read_bytes() == (output / "maps" / "s0.qml").read_bytes()
    told = json.loads((output / "collection.json").read_text())
    assert told["id"] == "alps" and told["license"] == "CC-BY-4.0" and "emb:type" not in told
    assert [link["href"] for link in told["links"] if link["rel"] == "item"] == [f"./items/s{n}.json" for n in range(4)]
    assert sum(made.hectares.values()) == pytest.approx(
        sum(row.own_km2 for row in read_plan(mapped / "plan.parquet").rows) * 100, rel=2e-3
    )
    table = (output / "areas.csv").read_text().splitlines()
    assert table[0] == "class,ha,share" and len(table) == 1 + len(made.hectares)


def test_a_mosaic_is_sampled_like_one_map(mapped: Path, tmp_path: Path) -> None:
    collect(output=mapped / "out")
    drawn = sample(map=mapped / "out" / "maps-32632.vrt", output=tmp_path / "p.gpkg", n=60)
    assert drawn.points == 60
    whole, one = (ClassMap.open(mapped / "out" / name) for name in ("maps-32632.vrt", "maps/s0.tif"))
    assert whole.legend == one.legend and one.legend.names == ("crop 0", "crop 1")


def test_the_mosaics_of_all_zones_are_sampled_and_judged_together(mapped: Path, tmp_path: Path) -> None:
    made = collect(output=mapped / "out")
    drawn = sample(map=mapped / "out", output=tmp_path / "p.gpkg", n=80)
    assert drawn.points == 80
    meta, _, shapes, values = pyogrio.raw.read(tmp_path / "p.gpkg", return_fids=True)
    fields = dict(zip(meta["fields"].tolist(), values, strict=True))
    zones = {name: rasterio.open(mapped / "out" / f"maps-{name}.vrt") for name in ("32632", "32633")}
    names = np.array(["", "crop 0", "crop 1"], object)
    lonlat = shapely.get_coordinates(shapely.from_wkb(shapes))
    moved = {
        z: pyproj.Transformer.from_crs(meta["crs"], f"EPSG:{z}", always_xy=True).transform(*lonlat.T) for z in zones
    }
    seen = {z: np.array([v[0] for v in zones[z].sample(np.column_stack(moved[z]))]) for z in zones}
    label = names[np.where(seen["32632"] > 0, seen["32632"], seen["32633"])]
    assert (label != "").all() and (seen["32633"] > 0).any() and (seen["32632"] > 0).any()
    fields["class"] = label
    pyogrio.raw.write(
        tmp_path / "r.gpkg", shapes, list(fields.values()), list(fields), geometry_type="Point", crs=meta["crs"]
    )
    judged = assess(map=mapped / "out", reference=tmp_path / "r.gpkg")
    assert judged.overall.value == 1 and judged.units == 80 and judged.places == ("32632", "32633")
    assert judged.covered_ha == pytest.approx(sum(made.hectares.values()), rel=1e-3)


def test_embeddings_of_a_run_are_a_collection_of_the_extension(serial: Path, tmp_path: Path) -> None:
    shutil.copytree(serial, tmp_path / "run")
    made = collect(output=tmp_path / "run")
    assert made.missing == ("s5",) and "not done yet, and so not in it: s5" in str(made)
    told = json.loads((tmp_path / "run" / "collection.json").read_text())
    assert told["emb:type"] == "pixel" and told["emb:dimensions"] == 64
    with rasterio.open(tmp_path / "run" / "embeddings-32633.vrt") as whole:
        assert whole.count == 64 and whole.descriptions[0] == "E00" and whole.scales[0] != 1
        shutil.rmtree(tmp_path / "run" / "items")
    with pytest.raises(MMEarthError, match="Nothing of the run"):
        collect(output=tmp_path / "run")


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        data: np.ndarray = dataset.read()
    return data


def test_maps_of_parts_and_of_neighbours_are_the_map_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two scenes that overlap, each cut into parts, mapped by a probe that is sure of nothing, so that smoothing
    decides much; with the exact halo, which leaves no step of quantisation between embeddings of one ground."""
    exact = partial(embed_extent, tiling=Tiling(halo="exact"))
    monkeypatch.setattr(tasks, "embed_extent", exact)
    (tmp_path / "scenes").mkdir()
    for name, left, width in (("whole.tif", 0, 560), ("scenes/a.tif", 0, 480), ("scenes/b.tif", 80, 480)):
        write_land(tmp_path / name, Grid(HIGH, width, grid(32, left).transform, grid(32, 0).crs))
    exact(tmp_path / "whole.tif", tmp_path / "emb.tif")
    rng, boxes = np.random.default_rng(1), []
    for row, col in np.ndindex(4, 8):
        x, y = grid(32, 0).transform * (66 * col + 20, 38 * row + 14)
        boxes.append(shapely.box(x - 80, y - 60, x + 80, y + 60))
    names = [f"crop {each}" for each in rng.integers(3, size=len(boxes))]
    write_vector(tmp_path / "samples.gpkg", boxes, {"class": names}, crs="EPSG:32632")
    probe = tmp_path / "probe.json"
    fit(embeddings=[tmp_path / "emb.tif"], samples=[tmp_path / "samples.gpkg"], output=probe)
    classify(embedding=tmp_path / "emb.tif", model=probe, output=tmp_path / "map.tif", confidence=tmp_path / "sure.tif")
    plan(scenes=[tmp_path / "scenes"], split=256, output=tmp_path / "p.parquet")
    made = run(plan=tmp_path / "p.parquet", output=tmp_path / "out", steps="embed,classify", probe=probe, workers=1)
    assert len(made.done) == 4
    collect(output=tmp_path / "out")
    for kind, one in (("maps", "map.tif"), ("confidence", "sure.tif"), ("embeddings", "emb.tif")):
        np.testing.assert_array_equal(read(tmp_path / "out" / f"{kind}-32632.vrt"), read(tmp_path / one), kind)
    for part in (tmp_path / "out" / "embeddings").glob("*.tif"):
        row = next(row for row in read_plan(tmp_path / "p.parquet").rows if row.id == part.stem)
        assert read(part).shape[1:] == (row.height, row.width), "no margin is written"


@pytest.mark.realdata
def test_parts_of_a_real_scene_are_mapped_without_a_seam(realdata: Path, tmp_path: Path) -> None:
    """With the halo by default: the encoder gives numbers of parts that may be a step away, and so one pixel in a
    million, of which two classes are as likely as each other, another class (benchmarks/country.py --parts)."""
    scene, here, high, wide = tmp_path / "scene.tif", tmp_path / "out", 340, 400
    with rasterio.open(realdata / "aberystwyth_s2_20210527.tif") as dataset:
        values = dataset.read(window=((360, 360 + high), (300, 300 + wide)))
        transform = dataset.transform * Affine.translation(300, 360)
        profile = {**dataset.profile, "height": high, "width": wide, "transform": transform}
        with rasterio.open(scene, "w", **profile) as made:
            made.write(values)
            made.descriptions = dataset.descriptions
            made.update_tags(**dataset.tags())
    embed(scene=scene, output=tmp_path / "emb.tif")
    fit(embeddings=[tmp_path / "emb.tif"], samples=[realdata / "aberystwyth_samples.gpkg"], output=tmp_path / "p.json")
    classify(embedding=tmp_path / "emb.tif", model=tmp_path / "p.json", output=tmp_path / "one.tif")
    plan(scenes=[scene], split=256, output=tmp_path / "p.parquet")
    run(plan=tmp_path / "p.parquet", output=here, steps="embed,classify", probe=tmp_path / "p.json", workers=1)
    collect(output=here)
    whole, parts = read(tmp_path / "emb.tif"), read(here / "embeddings-27700.vrt")
    steps = np.abs(whole.astype(int) - parts.astype(int)).max(axis=0)
    assert steps.max() <= 1
    apart = np.argwhere(read(tmp_path / "one.tif")[0] != read(here / "maps-27700.vrt")[0])
    assert len(apart) <= 2, f"{len(apart)} of {steps.size} pixels differ"
    for row, col in apart:
        assert steps[max(0, row - 2) : row + 3, max(0, col - 2) : col + 3].any(), "a step of quantisation is the reason"
