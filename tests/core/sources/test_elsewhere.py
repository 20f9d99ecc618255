"""Other people's embeddings through the command line and the live map, from fit to report, and from afar."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from foreign_embeddings import (
    HOLE,
    TRANSFORM,
    Fields,
    write_alphaearth,
    write_card,
    write_raster,
    write_tessera_npy,
    write_tessera_tif,
    write_tessera_zarr,
)
from rasterio.shutil import copy as copy_raster

from mmearth_core.cli.command import main
from mmearth_core.labelling.live import DrawnSamples, LiveSet, View
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Window
from mmearth_core.sources.embedding import open_embedding

ROOT = Path(__file__).parents[3]
FORMS = ("alphaearth", "south-up", "tessera tif", "tessera npy", "tessera zarr", "card")


def write(form: str, folder: Path, fields: Fields, name: str) -> Path:
    if form == "tessera npy":
        return write_tessera_npy(folder / name, fields)
    if form == "tessera zarr":
        return write_tessera_zarr(folder / f"{name}.zarr", fields) / "utm30" / "2024"
    path = folder / f"{name}.tif"
    if form == "tessera tif":
        return write_tessera_tif(path, fields)
    if form == "card":
        stored = np.rint(fields.vectors * 100 + 128).astype(np.uint8)
        stored[:, : HOLE[0], : HOLE[1]] = 0
        write_card(path, name="Lab", version="1", law="linear", scale=0.01, offset=-1.28, nodata=0, unit_norm=False)
        return write_raster(path, stored, [f"b{band}" for band in range(len(stored))])
    return write_alphaearth(path, fields, south_up=form == "south-up")


@pytest.fixture(scope="module")
def drawn() -> dict[int, Fields]:
    return {bands: Fields.drawn(bands) for bands in (64, 128)}


@pytest.fixture(scope="module", params=FORMS)
def place(request, tmp_path_factory, drawn) -> SimpleNamespace:
    """An embedding, polygons on it, and what `fit` and `classify` made of them."""
    folder = tmp_path_factory.mktemp("place")
    fields = drawn[128 if "tessera" in request.param else 64]
    embedding = write(request.param, folder, fields, "e")
    samples = fields.polygons(folder / "samples.gpkg")
    run("fit", embedding, samples, "-o", folder / "probe.json")
    run("classify", embedding, folder / "probe.json", "-o", folder / "map.tif", "--confidence", folder / "c.tif")
    return SimpleNamespace(form=request.param, folder=folder, fields=fields, embedding=embedding, samples=samples)


def run(*words: object) -> None:
    assert main([*map(str, words), "--quiet"]) == 0


def test_the_map_is_right_and_right_side_up(place):
    with rasterio.open(place.folder / "map.tif") as dataset:
        found, tags = dataset.read(1), dataset.tags(ns="MMEARTH")
        assert dataset.transform == TRANSFORM
        names = dataset.tags(1) or {}
    assert names is not None and "made_of" in tags
    empty = np.zeros(found.shape, bool)
    empty[: HOLE[0], : HOLE[1]] = True
    assert np.array_equal(found == 0, empty)
    # Which value is which class: by the most frequent truth under it; all but a few pixels must agree.
    right = sum(np.bincount(place.fields.truth[found == value]).max() for value in np.unique(found[~empty]))
    assert len(np.unique(found[~empty])) == 4 and right / (~empty).sum() > 0.98


def test_every_verb_takes_it(place, capsys):
    e, folder = place.embedding, place.folder
    run("similar", e, "--at", "501000,5799000", "-o", folder / "s.tif")
    run("cluster", e, "-k", 4, "-o", folder / "k.tif")
    run("suggest", e, folder / "probe.json", "-n", 5, "-o", folder / "n.gpkg")
    run("sample", folder / "map.tif", "-n", 40, "-o", folder / "r.gpkg")
    run("info", e)
    told = capsys.readouterr().out
    assert "embedding raster" in told and "law" in told
    with rasterio.open(folder / "s.tif") as dataset:
        alike = dataset.read(1)
    row, col = 100, 100
    same = place.fields.truth == place.fields.truth[row, col]
    same[: HOLE[0], : HOLE[1]] = False
    other = ~same
    other[: HOLE[0], : HOLE[1]] = False
    assert alike[row, col] == 254 and alike[same].mean() > alike[other].mean() + 40


def test_assess_and_report_tell_of_it(place):
    e, folder = place.embedding, place.folder
    run("assess", folder / "map.tif", place.samples)
    run("report", folder / "map.tif", "--embedding", e, "--samples", place.samples, "-o", folder / "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "What its numbers mean" in page
    if place.form in {"alphaearth", "south-up"}:
        assert "is produced by Google and Google DeepMind" in page


def test_the_live_map_is_the_final_one(place):
    meta, fids, wkb, columns = pyogrio.raw.read(place.samples, columns=["class"], return_fids=True)
    rows = [
        [int(f), c, shapely.to_wkb(shapely.from_wkb(w)).hex()] for f, c, w in zip(fids, columns[0], wkb, strict=True)
    ]
    samples = DrawnSamples.from_json({"crs": meta["crs"], "features": rows, "classes": []})
    live = LiveSet(place.embedding)
    grid = live.places[0].stack.grid
    view = View(grid.bounds, 10_000, 10_000)
    seen = live.preview(samples, view, place.folder / "live.tif", cancel=CancelToken())
    with rasterio.open(seen.path) as one, rasterio.open(place.folder / "map.tif") as other:
        assert np.array_equal(one.read(), other.read())
    if place.form != "card" and "tessera" not in place.form:
        assert live.places[0].view(grid.window, grid.shape)[0].stored[0].dtype == np.int8


def test_a_probe_of_another_embedding_is_refused_by_both_names(tmp_path, drawn, capsys):
    fields = drawn[128]
    old = write_tessera_tif(tmp_path / "old.tif", fields)
    new = write_tessera_tif(tmp_path / "new.tif", fields, TESSERA_DATASET_VERSION="1.1", TESSERA_DATASET_VARIANT="cam")
    run("fit", old, fields.polygons(tmp_path / "s.gpkg"), "-o", tmp_path / "p.json")
    assert main(["classify", str(new), str(tmp_path / "p.json"), "-o", str(tmp_path / "m.tif")]) == 1
    told = capsys.readouterr().err
    assert "TESSERA 1.1 cam (tessera/1.1/cam)" in told and "TESSERA 1.0 vultr (tessera/1.0/vultr)" in told
    assert not (tmp_path / "m.tif").exists()


def test_an_archive_is_read_as_it_is(tmp_path, drawn):
    path = write_alphaearth(tmp_path / "e.tif", drawn[64])
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.write(path, "deep/e.tif")
    inside, outside = open_embedding(f"/vsizip/{tmp_path}/e.zip/deep/e.tif"), open_embedding(path)
    with inside.reader() as one, outside.reader() as other:
        assert np.array_equal(one.read(inside.grid.window), other.read(outside.grid.window))


@pytest.fixture(scope="module")
def afar(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A folder and its address, served by another process: GDAL would wait for a thread of this one."""
    folder = tmp_path_factory.mktemp("afar")
    script = ROOT / "tests" / "material" / "range_server.py"
    server = subprocess.Popen([sys.executable, str(script), str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        yield SimpleNamespace(folder=folder, url=server.stdout.readline().strip())
    finally:
        server.terminate()
        server.wait()


def given(folder: Path) -> int:
    return json.loads((folder / "given.json").read_text(encoding="utf-8"))["bytes"]


@pytest.mark.parametrize("prefix", ["/vsicurl/", ""])
def test_from_afar_only_what_is_looked_at_is_fetched(afar, prefix):
    path = afar.folder / f"e{len(prefix)}.tif"
    write_alphaearth(path, Fields.drawn(height=640, width=640), cog=True, hole=False)
    size, before = path.stat().st_size, given(afar.folder)
    embedding = open_embedding(f"{prefix}{afar.url}/{path.name}")
    opened = given(afar.folder) - before
    assert str(embedding.path) == f"{prefix}{afar.url}/{path.name}"
    with embedding.reader() as reader:
        stored = reader.read(Window(300, 300, 60, 60))
    seen = given(afar.folder) - before
    with open_embedding(path).reader() as reader:
        assert np.array_equal(stored, reader.read(Window(300, 300, 60, 60)))
    assert opened < size / 20 and seen < size / 8


def test_what_a_file_names_afar_is_followed_when_it_is_trusted(afar, tmp_path, capsys):
    """A VRT and a card on disk, the numbers elsewhere."""
    stored = np.rint(Fields.drawn(48, 60, 60).vectors * 100).astype(np.int8)
    write_raster(afar.folder / "lab.tif", stored, [""] * 48)
    vrt = tmp_path / "lab.vrt"
    copy_raster(str(afar.folder / "lab.tif"), str(vrt), driver="VRT")
    text = re.sub(r'relativeToVRT="\d">[^<]*<', f'relativeToVRT="0">/vsicurl/{afar.url}/lab.tif<', vrt.read_text())
    vrt.write_text(text, encoding="utf-8")
    write_card(vrt, name="Lab", version="1", law="linear", scale=0.01, nodata=None, unit_norm=False)
    assert main(["info", str(vrt)]) == 1
    assert "--trust" in capsys.readouterr().err
    assert main(["info", str(vrt), "--trust"]) == 0
    assert "Lab 1" in capsys.readouterr().out
