"""A country of real imagery: crops of one scene over two UTM zones, on a cluster in which everything dies once."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("distributed")

import rasterio
import shapely
from affine import Affine
from embedded_fields import write_vector
from pyproj import Transformer
from rasterio.crs import CRS
from rasterio.warp import Resampling, reproject

from mmearth_core.country.collecting import collect
from mmearth_core.country.plan_file import read_plan
from mmearth_core.country.planning import plan
from mmearth_core.country.running import run
from mmearth_core.country.status import status
from mmearth_core.embedding.engine import embed
from mmearth_core.labelling.fitting import fit

SIDE, PATIENCE = 256, 300.0
EAST, WEST = CRS.from_epsg(32648), CRS.from_epsg(32647)
#: Where crops begin in the eastern zone, and in what of the western one is made of the same pixels: row, column.
EASTERN, WESTERN = ((0, 0), (0, 128), (128, 0), (128, 128)), ((0, 0), (0, 128), (128, 128))


def write(path: Path, values: np.ndarray, transform: Affine, crs: CRS, like: rasterio.DatasetReader) -> None:
    profile = {**like.profile, "height": values.shape[1], "width": values.shape[2], "transform": transform, "crs": crs}
    with rasterio.open(path, "w", **profile) as made:
        made.write(values)
        made.descriptions = like.descriptions
        made.update_tags(**{name: text for name, text in like.tags().items() if name != "AREA_OR_POINT"})


def write_crops(scene: Path, folder: Path) -> list[Path]:
    """The scene laid over 102° E, where the zones meet, in crops of which neighbours share half."""
    north = 1_980_000
    x, _ = Transformer.from_crs(4326, EAST, always_xy=True).transform(102.0, 17.9)
    with rasterio.open(scene) as dataset:
        pixels = dataset.read()
        laid = Affine(10, 0, round(x / 80) * 80 - 8 * 560, 0, -10, north)
        to_west = Transformer.from_crs(EAST, WEST, always_xy=True)
        left, top = to_west.transform(*(laid * (160, 200)))
        western = Affine(10, 0, round(left / 80) * 80, 0, -10, round(top / 80) * 80)
        there = np.zeros((dataset.count, 384, 384), np.uint16)
        reproject(
            pixels, there, src_transform=laid, src_crs=EAST, dst_transform=western, dst_crs=WEST,
            resampling=Resampling.nearest, src_nodata=0, dst_nodata=0,
        )  # fmt: skip
        made = []
        here = 200, 416
        for name, spots, source, transform, crs in (
            ("east", EASTERN, pixels[:, here[0] :, here[1] :], laid * Affine.translation(here[1], here[0]), EAST),
            ("west", WESTERN, there, western, WEST),
        ):
            for number, (row, col) in enumerate(spots):
                made.append(folder / f"{name}{number}.tif")
                crop = source[:, row : row + SIDE, col : col + SIDE]
                write(made[-1], crop, transform * Affine.translation(col, row), crs, dataset)
    return made


def write_samples(folder: Path, scene: Path) -> Path:
    """Boxes of two classes, by how green they are."""
    with rasterio.open(scene) as dataset:
        red, near = (dataset.read(dataset.descriptions.index(name) + 1).astype(float) for name in ("B04", "B08"))
        spots = [(row, col) for row in range(16, SIDE, 32) for col in range(16, SIDE, 32)]
        green = [((near - red) / (near + red))[row - 3 : row + 3, col - 3 : col + 3].mean() for row, col in spots]
        middles = [dataset.transform * (col, row) for row, col in spots]
    names = ["green" if each > np.median(green) else "other" for each in green]
    boxes = [shapely.box(x - 30, y - 30, x + 30, y + 30) for x, y in middles]
    return write_vector(folder / "samples.gpkg", boxes, {"class": names}, crs=EAST.to_string())


class Cluster:
    """A scheduler and workers, processes of their own, at an address that stays."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address, self._folder = f"tcp://127.0.0.1:{self.port}", folder
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, workers: int) -> None:
        dask, nowhere = str(Path(sys.executable).with_name("dask")), subprocess.DEVNULL
        head = [dask, "scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        worker = [dask, "worker", self.address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        worker += ["--local-directory", str(self._folder)]
        self._running = [subprocess.Popen(each, stdout=nowhere, stderr=nowhere) for each in (head, *[worker] * workers)]

    def stop(self) -> None:
        for each in self._running:
            each.kill()
            each.wait()


def at_work(output: Path) -> list[int]:
    """The processes that say they are at a scene."""
    found = []
    for beat in (output / "running").glob("*.json"):
        try:
            found.append(json.loads(beat.read_text())["process"])
        except (OSError, ValueError):
            continue
    return found


def wait_for(what: Callable[[], object], process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.05)


def outputs(folder: Path) -> dict[str, bytes]:
    kinds = ("embeddings", "maps", "confidence")
    return {f"{kind}/{path.name}": path.read_bytes() for kind in kinds for path in (folder / kind).glob("*.tif")}


@pytest.mark.realdata
def test_a_worker_and_the_scheduler_die_and_every_output_is_there_once(realdata: Path, tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    scenes = write_crops(realdata / "majortom_199U_1099R_20200223.tif", tmp_path / "scenes")
    planned = plan(scenes=[tmp_path / "scenes"], output=tmp_path / "plan.parquet")
    rows = read_plan(planned.path).rows
    assert {row.id for row in rows} == {path.stem for path in scenes} and len(rows) == 7
    assert sum(not row.whole for row in rows) >= 2, "zones are cut at the meridian, across the pixels"
    embed(scene=scenes[0], output=tmp_path / "east0.tif")
    samples = write_samples(tmp_path, scenes[0])
    fit(embeddings=[tmp_path / "east0.tif"], samples=[samples], output=tmp_path / "probe.json")
    damaged = next(path for path in scenes if path.stem == "east3")
    damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 3])
    asked = {"plan": planned.path, "steps": "embed,classify", "probe": tmp_path / "probe.json"}
    serial = run(**asked, output=tmp_path / "serial", workers=1)
    assert len(serial.done) == 6 and list(serial.failed) == ["east3"]

    output = tmp_path / "out"
    there = run(**asked, output=output, shard="6/7").done
    assert len(there) == 1
    before = (output / "maps" / f"{there[0]}.tif").stat().st_mtime_ns
    cluster = Cluster(tmp_path)
    command = [sys.executable, "-m", "mmearth_core", "run", str(planned.path), "-o", str(output), "--json"]
    command += ["--steps", "embed,classify", "--probe", str(asked["probe"]), "--scheduler", cluster.address]
    cluster.start(workers=2)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: at_work(output), process)
        os.kill(at_work(output)[0], signal.SIGKILL)  # a worker in the middle of its task
        wait_for(lambda: len(list((output / "items").glob("*.json"))) > 1, process)
        cluster.stop()
        cluster.start(workers=1)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        cluster.stop()
    assert process.returncode == 0, err
    assert "The scheduler is gone" in out and "Traceback" not in err, (out, err)
    result = json.loads(out.splitlines()[-1])["result"]
    assert sorted([*result["done"], *result["there"]]) == sorted(serial.done) and there[0] in result["there"]
    assert list(result["failed"]) == ["east3"] and "east3.tif" in result["failed"]["east3"]
    assert outputs(output) == outputs(tmp_path / "serial") and len(outputs(output)) == 3 * 6
    assert (output / "maps" / f"{there[0]}.tif").stat().st_mtime_ns == before
    told = status(output=output)
    assert len(told.done) == 6 and list(told.failed) == ["east3"] and not told.gone
    made = collect(output=output)
    assert made.mosaics["maps"] == ("maps-32647.vrt", "maps-32648.vrt") and made.missing == ("east3",)
    own = sum(row.own_km2 for row in rows if row.id != "east3")
    assert sum(made.hectares.values()) == pytest.approx(100 * own, rel=5e-3)
