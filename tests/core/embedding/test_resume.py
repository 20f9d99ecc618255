"""Whatever ends a run: nothing half-done takes the output's name, finished tiles stay, the bytes come out the same."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil

from mmearth_core.embedding.engine import embed
from mmearth_core.embedding.running.journal import TileJournal, tiles_in
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken, Silent

#: Small tiles that see little around them: there is much to interrupt, and little to compute.
TILES = {"tile": 64, "halo": 16}
RUN = f"""
import sys
from mmearth_core.embedding.engine import embed
print(embed(scene=sys.argv[1], output=sys.argv[2], **{TILES}).pixels)
"""

#: Runs the command in forks of a process that has loaded everything, one for each line of input: the seconds after
#: which the fork is killed. Prints how each ended, as `os.waitpid` tells it.
FORKS = f"""
import os, signal, sys, time
import onnxruntime
from mmearth_core.embedding.engine import embed
for line in sys.stdin:
    child = os.fork()
    if not child:
        embed(scene=sys.argv[1], output=sys.argv[2], **{TILES})
        os._exit(0)
    deadline, ended = time.monotonic() + float(line), (0, 0)
    while ended == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.001)
        ended = os.waitpid(child, os.WNOHANG)
    if ended == (0, 0):
        os.kill(child, signal.SIGKILL)
        ended = os.waitpid(child, 0)
    print(ended[1], flush=True)
"""


@pytest.fixture(scope="module")
def small(make_scene) -> Path:
    return make_scene(190, 180)


@pytest.fixture(scope="module")
def expected(small, tmp_path_factory) -> bytes:
    """The bytes of an uninterrupted run."""
    output = tmp_path_factory.mktemp("expected") / "emb.tif"
    embed(scene=small, output=output, **TILES)
    assert not TileJournal.folder_of(output).exists()
    return output.read_bytes()


def start(scene: Path, output: Path, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(scene), str(output)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills")
def test_killed_at_half_a_dozen_random_moments(small, tmp_path):
    output = tmp_path / "emb.tif"
    forks = subprocess.Popen(
        [sys.executable, "-c", FORKS, str(small), str(output)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def run(seconds: float = 300) -> int:
        """How a run ends that is killed after so many seconds: 0, or the signal."""
        print(seconds, file=forks.stdin, flush=True)
        return int(forks.stdout.readline())

    assert run() == 0
    expected = output.read_bytes()
    output.unlink()
    began = time.monotonic()
    assert run() == 0
    duration = time.monotonic() - began
    assert output.read_bytes() == expected
    output.unlink()

    moments = np.random.default_rng(0)
    kept_work = killed = 0
    while killed < 6 or kept_work < 2:
        assert killed < 24, "no run was killed between two tiles"
        ended = run(moments.uniform(0.05, 0.95) * duration)
        assert ended in (0, signal.SIGKILL)
        killed += ended == signal.SIGKILL
        if output.exists():  # only ever whole
            assert output.read_bytes() == expected
            output.unlink()
        else:
            kept_work += bool(list(TileJournal.folder_of(output).glob("*.tile")))
    assert run() == 0
    assert output.read_bytes() == expected
    forks.stdin.close()
    assert forks.wait(30) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["emb.qml", "emb.stac.json", "emb.tif"]


def test_resuming_does_only_what_is_left(small, expected, tmp_path):
    output = tmp_path / "emb.tif"
    token = CancelToken()

    class CancelAfterThree(Silent):
        tiles = 0

        def advance(self, amount: int) -> None:
            self.tiles += amount > 0
            if self.tiles == 3:
                token.cancel()

    with pytest.raises(Cancelled, match=r"of 9 tiles kept in .*emb\.tif\.partial; run the same command again"):
        embed(scene=small, output=output, **TILES, progress=CancelAfterThree(), cancel=token)
    assert not output.exists()
    result = embed(scene=small, output=output, **TILES)
    assert 0 < result.pixels < 190 * 180
    assert output.read_bytes() == expected


def test_other_options_start_afresh_and_say_so(small, tmp_path):
    output = tmp_path / "emb.tif"
    journal = TileJournal(TileJournal.folder_of(output))
    journal.begin({"another": "job"})
    (journal.folder / "0.tile").write_bytes(b"rubbish")
    told: list[str] = []

    class Listen(Silent):
        def message(self, text: str) -> None:
            told.append(text)

    result = embed(scene=small, output=output, **TILES, progress=Listen())
    assert any("starting afresh" in text for text in told)
    assert result.pixels == 190 * 180


def test_equal_runs_at_once_are_all_right(small, expected, tmp_path):
    output = tmp_path / "emb.tif"
    runs = [start(small, output) for _ in range(3)]
    ended = [(*run.communicate(), run.returncode) for run in runs]
    assert [code for *_, code in ended] == [0, 0, 0], ended
    assert sorted(int(out) for out, *_ in ended) == [0, 0, 190 * 180]
    assert output.read_bytes() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["emb.qml", "emb.stac.json", "emb.tif"]


def test_another_run_to_the_same_output_is_refused_and_harms_nothing(small, tmp_path):
    """The first one is at work on another job: it holds the output and has a journal."""
    output = tmp_path / "emb.tif"
    journal = TileJournal(TileJournal.folder_of(output))
    script = "from mmearth_core.locks import one_writer\nimport sys\n"
    script += "with one_writer(sys.argv[1]): print(flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script, str(output)], **pipes) as first:
        assert first.stdout.readline()
        journal.begin({"another": "job"})
        with pytest.raises(MMEarthError, match=rf"emb\.tif is being written by process {first.pid} on"):
            embed(scene=small, output=output, **TILES)
        assert journal.matches({"another": "job"})
        first.communicate(b"\n")


def foreign_style(folder: Path) -> Path:
    (folder / "emb.qml").write_text("drawn by hand")
    return folder / "emb.qml"


def foreign_statistics(folder: Path) -> Path:
    (folder / "emb.tif.aux.xml").write_text("<PAMDataset/>")
    return folder / "emb.tif.aux.xml"


def foreign_mask(folder: Path) -> Path:
    (folder / "emb.tif.msk").write_text("of another raster")
    return folder / "emb.tif.msk"


@pytest.mark.parametrize("lay", [foreign_style, foreign_statistics, foreign_mask])
def test_what_somebody_laid_beside_is_not_replaced_unasked(small, tmp_path, lay):
    beside = lay(tmp_path)
    before = beside.read_bytes()
    options = {"scene": small, "output": tmp_path / "emb.tif", **TILES}
    with pytest.raises(MMEarthError, match=rf"{beside.name}, which belongs to emb\.tif, exists already"):
        embed(**options)
    assert [path.name for path in tmp_path.iterdir()] == [beside.name] and beside.read_bytes() == before
    embed(**options, overwrite=True)
    assert not beside.exists() or beside.read_bytes() != before


def test_the_item_that_was_read_is_never_replaced(small, tmp_path):
    with rasterio.open(small) as dataset:
        bands = {name.lower(): dataset.read(i + 1) for i, name in enumerate(dataset.descriptions)}
        profile = dataset.profile | {"count": 1}
    for name, values in bands.items():
        with rasterio.open(tmp_path / f"{name.upper()}.tif", "w", **profile) as dataset:
            dataset.write(values, 1)
    item = {"type": "Feature", "stac_version": "1.0.0", "id": "s", "properties": {"processing:level": "L2A"}}
    item["assets"] = {name: {"href": f"{name.upper()}.tif"} for name in bands}
    (tmp_path / "s.stac.json").write_text(json.dumps(item))
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir())
    options = {"scene": tmp_path / "s.stac.json", "output": tmp_path / "s.tif", "offset": 0.0, "scale": 1e-4}
    for overwrite in (False, True):
        with pytest.raises(MMEarthError, match=r"s\.stac\.json, which belongs to s\.tif, is an input of this command"):
            embed(**options, overwrite=overwrite)
    with pytest.raises(MMEarthError, match=r"B02\.tif is an input of this command"):
        embed(**options | {"output": tmp_path / "B02.tif"}, overwrite=True)
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.iterdir()) == before


def test_a_folder_of_somebody_elses_where_the_tiles_go_is_left_alone(small, tmp_path):
    (tmp_path / "emb.tif.partial").mkdir()
    (tmp_path / "emb.tif.partial" / "thesis").write_text("x")
    with pytest.raises(
        MMEarthError, match=r"emb\.tif\.partial, where the finished tiles are to go, holds thesis; move"
    ):
        embed(scene=small, output=tmp_path / "emb.tif", **TILES)
    assert [path.name for path in tmp_path.rglob("*")] == ["emb.tif.partial", "thesis"]


def test_a_scene_that_changes_while_it_is_embedded_leaves_nothing(small, tmp_path):
    scene = tmp_path / "scene.tif"
    shutil.copyfile(small, scene)

    class Rewriting(Silent):
        def advance(self, amount: int) -> None:
            if amount and scene.read_bytes() == small.read_bytes():
                with rasterio.open(scene, "r+") as dataset:
                    dataset.write(dataset.read() + 1)

    with pytest.raises(MMEarthError, match=r"scene\.tif changed while it was being read; nothing was written"):
        embed(scene=scene, output=tmp_path / "emb.tif", **TILES, progress=Rewriting())
    assert [path.name for path in tmp_path.iterdir()] == ["scene.tif"]


def test_a_mosaic_of_mosaics_over_other_images_is_another_scene(small, tmp_path):
    shutil.copyfile(small, tmp_path / "a.tif")
    for name, source in (("date.vrt", "a.tif"), ("mosaic.vrt", "date.vrt")):
        rasterio.shutil.copy(tmp_path / source, tmp_path / name, driver="VRT")
    options = {"scene": tmp_path / "mosaic.vrt", "output": tmp_path / "emb.tif", **TILES, "level": "l2a"}
    assert embed(**options).pixels == 190 * 180
    assert embed(**options).pixels == 0
    with rasterio.open(tmp_path / "a.tif", "r+") as dataset:
        dataset.write(dataset.read()[:, ::-1])
    with pytest.raises(MMEarthError, match="exists already"):
        embed(**options)
    assert embed(**options, overwrite=True).pixels == 190 * 180


def test_a_version_that_words_its_evidence_otherwise_goes_on(small, tmp_path):
    output, token = tmp_path / "emb.tif", CancelToken()
    options = {"scene": small, "output": output, **TILES, "level": "l2a"}

    class CancelAfterThree(Silent):
        tiles = 0

        def advance(self, amount: int) -> None:
            self.tiles += amount > 0
            if self.tiles == 3:
                token.cancel()

    with pytest.raises(Cancelled):
        embed(**options, progress=CancelAfterThree(), cancel=token)
    kept = TileJournal.folder_of(output) / "specification.json"
    written = kept.read_text()
    kept.write_text(written.replace("as given", "as given by --level"))
    assert kept.read_text() != written
    assert 0 < embed(**options).pixels < 190 * 180
    with rasterio.open(output, "r+") as dataset:
        tags = dataset.tags(ns="MMEARTH")
        dataset.update_tags(ns="MMEARTH", provenance=tags["provenance"].replace("as given", "as given by --level"))
    assert embed(**options).pixels == 0, "the embedding that is there is what is asked for"


def test_cancelling_inside_a_tile_takes_less_than_two_seconds(make_scene, tmp_path):
    """The scene is one tile that takes longer than that."""
    scene, token = make_scene(1000, 1000), CancelToken()
    cancelled = 0.0

    def later() -> None:
        nonlocal cancelled
        time.sleep(2.5)
        cancelled = time.monotonic()
        token.cancel()

    thread = threading.Thread(target=later)
    thread.start()
    with pytest.raises(Cancelled):
        embed(scene=scene, output=tmp_path / "emb.tif", tile=1000, cancel=token)
    assert time.monotonic() - cancelled < 2
    thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_an_interrupt_from_the_keyboard_keeps_the_tiles(make_scene, tmp_path):
    scene, output = make_scene(500, 500), tmp_path / "emb.tif"
    process = start(scene, output)
    folder = TileJournal.folder_of(output)
    while not list(folder.glob("*.tile")) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.wait()
    assert process.returncode != 0 and not output.exists()
    assert 0 < len(list(folder.glob("*.tile"))) < (-(-500 // 64)) ** 2


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files by the kernel")
def test_a_disk_that_refuses_keeps_what_is_done(small, expected, tmp_path):
    """The kernel refuses any file of more than 300 kB: tiles fit, the raster does not."""
    limit = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
"""
    output = tmp_path / "emb.tif"
    catching = RUN.replace("print(embed", "try:\n    print(embed").rstrip() + (
        "\nexcept Exception as error:\n    print(type(error).__name__, error); sys.exit(1)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", limit + catching, str(small), str(output)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1, process.stderr
    assert process.stdout.startswith("EnvironmentFailure") and "run the same command again" in process.stdout
    assert not output.exists() and not list(tmp_path.glob(".*"))
    assert len(list(TileJournal.folder_of(output).glob("*.tile"))) == 9
    assert embed(scene=small, output=output, **TILES).pixels == 0
    assert output.read_bytes() == expected


def swap(tiles: dict[int, Path]) -> None:
    """Two tiles of one size take each other's place."""
    first, second = tiles[0].read_bytes(), tiles[4].read_bytes()
    tiles[0].write_bytes(second)
    tiles[4].write_bytes(first)


@pytest.mark.parametrize(
    ("damage", "count"),
    [
        (lambda tiles: tiles[4].write_bytes(b""), 1),
        (swap, 2),
    ],
    ids=["emptied", "swapped"],
)
def test_a_damaged_tile_is_done_again(small, expected, tmp_path, damage, count):
    output = tmp_path / "emb.tif"
    token = CancelToken()

    class CancelAtWriting(Silent):
        def start(self, task: str, *_: object) -> None:
            if task == "Writing":
                token.cancel()

    with pytest.raises(Cancelled):
        embed(scene=small, output=output, **TILES, progress=CancelAtWriting(), cancel=token)
    tiles = tiles_in(TileJournal.folder_of(output))
    damage(tiles)
    told: list[str] = []

    class Listen(Silent):
        def message(self, text: str) -> None:
            told.append(text)

    again = embed(scene=small, output=output, **TILES, progress=Listen())
    assert again.pixels == count * 64 * 64
    assert any(f"{count} of the tiles in emb.tif.partial are damaged; they are computed again" in text for text in told)
    assert output.read_bytes() == expected


def test_an_output_that_cannot_take_its_name_keeps_the_tiles(small, tmp_path):
    output = tmp_path / "emb.tif"

    class Blocking(Silent):
        def finish(self) -> None:
            output.mkdir(exist_ok=True)

    with pytest.raises(EnvironmentFailure, match="is no plain file.*tiles kept"):
        embed(scene=small, output=output, **TILES, progress=Blocking())
    output.rmdir()
    assert embed(scene=small, output=output, **TILES).pixels == 0
