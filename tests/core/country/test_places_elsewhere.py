"""Scenes that a server has, and outputs in object storage: a real S3 server, and files fetched over HTTP."""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("obstore")
pytest.importorskip("moto")

import rasterio
from affine import Affine
from land import write_land
from rasterio.crs import CRS
from stac_catalogue import NAMES, item, served

from mmearth_core.country.plan_file import read_plan
from mmearth_core.country.planning import plan
from mmearth_core.country.running import run
from mmearth_core.country.stores import Bucket, Folder, Store, store_at
from mmearth_core.embedding.engine import embed
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.raster.grid import Grid

GRID = Grid(300, 300, Affine(10, 0, 500_000, 0, -10, 5_200_000), CRS.from_epsg(32632))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server of its own process with a bucket; the environment names it."""
    port, folder = free_port(), tmp_path_factory.mktemp("s3")
    with (folder / "log").open("w") as log:
        command = [Path(sys.executable).with_name("moto_server"), "-p", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    told = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ALLOW_HTTP": "true", "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        for _ in range(200):
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{port}/country", method="PUT")
                urllib.request.urlopen(request, timeout=1).close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.1)
        yield "s3://country/run"
        server.terminate()
        server.wait(10)


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_a_store_keeps_what_it_is_given(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store: Store = store_at(tmp_path / "out" if kind == "folder" else request.getfixturevalue("s3") + "/store")
    assert isinstance(store, Folder if kind == "folder" else Bucket)
    assert store.read("a/b.json") is None and list(store.names("a")) == []
    store.write("a/b.json", b"1")
    store.write("a/b.json", b"22")
    (tmp_path / "big").write_bytes(bytes(range(256)) * 50_000)
    store.upload(tmp_path / "big", "a/big.bin")
    store.write("c.txt", b"3")
    assert store.read("a/b.json") == b"22" and store.read("a/big.bin") == bytes(range(256)) * 50_000
    assert sorted(store.names("a")) == ["a/b.json", "a/big.bin"]
    store.delete("a/b.json")
    store.delete("a/b.json")
    assert store.read("a/b.json") is None
    told = store.gdal_path("a/big.bin")
    assert told == (str(tmp_path / "out/a/big.bin") if kind == "folder" else "/vsis3/country/run/store/a/big.bin")


def test_a_bucket_that_is_not_there_is_a_failure_of_the_environment(s3: str) -> None:
    with pytest.raises(EnvironmentFailure, match="Could not write x to s3://other"):
        store_at(s3.replace("country", "other")).write("x", b"1")


def test_a_bucket_needs_a_folder_to_work_in_and_nothing_is_begun_without(s3: str, tmp_path: Path) -> None:
    write_land(tmp_path / "a.tif", GRID)
    plan(scenes=[tmp_path / "a.tif"], output=tmp_path / "p.parquet")
    with pytest.raises(MMEarthError, match="say with scratch="):
        run(plan=tmp_path / "p.parquet", output=f"{s3}/none", workers=1)
    assert store_at(f"{s3}/none").read("plan.parquet") is None


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server of single-band files, and their folder."""
    folder = tmp_path_factory.mktemp("archive")
    whole = write_land(folder / "whole.tif", GRID)
    place = folder / "S2A_one"
    place.mkdir()
    with rasterio.open(whole) as dataset:
        for key, (band, factor) in NAMES.items():
            if band in dataset.descriptions:
                values = dataset.read(dataset.descriptions.index(band) + 1)[::factor, ::factor]
                profile = {**dataset.profile, "count": 1, "width": values.shape[1], "height": values.shape[0]}
                profile["transform"] = GRID.transform * Affine.scale(factor)
                with rasterio.open(place / f"{key}.tif", "w", **profile) as one:
                    one.write(values, 1)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(RangeHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()


class RangeHandler(SimpleHTTPRequestHandler):
    """Parts of files, as object storage gives them; every third request breaks off."""

    asked = 0

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        told = self.headers.get("Range")
        if told is None or not path.is_file():
            super().do_GET()
            return
        first, last = (int(each) for each in told.removeprefix("bytes=").split("-"))
        content = path.read_bytes()
        part = content[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(content)}")
        self.send_header("Last-Modified", "Sat, 01 Jul 2023 10:00:00 GMT")
        self.end_headers()
        RangeHandler.asked += 1
        self.wfile.write(part[: len(part) // 2] if RangeHandler.asked % 3 == 0 else part)

    def log_message(self, *_: object) -> None: ...


def test_scenes_of_a_catalogue_are_fetched_embedded_and_put_into_a_bucket(
    archive: tuple[str, Path], s3: str, tmp_path: Path
) -> None:
    address, folder = archive
    told = item("S2A_one", GRID, files=address + "/{name}/{band}.tif")
    for key in list(told["assets"]):
        if key in NAMES and not (folder / "S2A_one" / f"{key}.tif").exists():
            del told["assets"][key]
    gone = json.loads(json.dumps(told).replace("S2A_one", "S2A_gone"))
    gone["properties"] |= {"datetime": "2023-07-09T10:10:00Z", "eo:cloud_cover": 9}
    gone["assets"]["blue"]["href"] = f"{address}/S2A_gone/blue.tif"
    with served([told, gone], tmp_path) as catalogue:
        plan(
            area="8.9,46.8,9.2,47.0", catalog=catalogue, dates="2023-07-01/2023-07-31", best_of=2,
            output=tmp_path / "p.parquet",
        )  # fmt: skip
    assert {row.id for row in read_plan(tmp_path / "p.parquet").rows} == {"S2A_one", "S2A_gone-look2"}
    result = run(plan=tmp_path / "p.parquet", output=s3, shard="0/1", scratch=tmp_path / "scratch", retries=0)
    assert result.done == ("S2A_one",) and "S2A_gone" in result.failed["S2A_gone-look2"]
    embed(scene=folder / "whole.tif", output=tmp_path / "e.tif")
    store = store_at(s3)
    (tmp_path / "got.tif").write_bytes(store.read("embeddings/S2A_one.tif") or b"")
    with rasterio.open(tmp_path / "got.tif") as got, rasterio.open(tmp_path / "e.tif") as expected:
        assert got.transform == expected.transform and (got.read() == 0).mean() == 0
        assert (got.read(8) != expected.read(8)).mean() < 0.5  # bands of 20 m are coarser there
    marked = json.loads(store.read("items/S2A_one.json") or b"")
    assert marked["assets"]["embeddings"]["href"] == "../embeddings/S2A_one.tif"
    assert sorted(store.names("failed")) == ["failed/S2A_gone-look2.json"]
    assert run(plan=tmp_path / "p.parquet", output=s3, shard="0/1", scratch=tmp_path / "scratch", retries=0).there == (
        "S2A_one",
    )
