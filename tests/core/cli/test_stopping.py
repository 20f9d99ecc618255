"""A command ends when it is asked to, with one sentence and the right code, whatever it is at and whoever listens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rasterio
from rasterio.transform import from_origin

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and devices of Linux")
COMMAND = [sys.executable, "-m", "mmearth_core"]
BANDS = ("B02", "B03", "B04", "B08")

#: Seconds in which Ctrl-C is heard on a busy machine; how soon on an idle one, `benchmarks/reliability.py` measures.
PROMPT = 10


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scene without a valid pixel, which takes minutes to be sure of."""
    path = tmp_path_factory.mktemp("endless") / "scene.tif"
    profile = {"driver": "GTiff", "count": 4, "height": 200_000, "width": 200_000, "dtype": "uint16", "nodata": 0}
    place = {"crs": "EPSG:32630", "transform": from_origin(400_000, 5_800_000, 10, 10)}
    with rasterio.open(
        path, "w", **profile, **place, sparse_ok=True, tiled=True, blockxsize=1024, blockysize=1024
    ) as dataset:
        dataset.descriptions = BANDS
    return path


def interrupted(words: list[str], when: str | Path, times: int = 1) -> tuple[int, float, str]:
    """Exit code, seconds from Ctrl-C to the end, last line said; `when`: a library is loaded, or a file open."""
    with subprocess.Popen([*COMMAND, *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        if isinstance(when, Path):
            files = Path(f"/proc/{process.pid}/fd")
            while not any(each.resolve() == when for each in files.iterdir()):
                time.sleep(0.1)
            time.sleep(1)
        else:
            maps = Path(f"/proc/{process.pid}/maps")
            while process.poll() is None and when not in maps.read_text():
                time.sleep(0.01)
        began = time.monotonic()
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        said = process.communicate(timeout=60)[1]
        return process.returncode, time.monotonic() - began, said.strip().splitlines()[-1]


def test_ctrl_c_ends_a_look_that_takes_minutes(endless: Path, tmp_path: Path) -> None:
    words = ["embed", str(endless), "-o", str(tmp_path / "emb.tif"), "--level", "l2a", "--offset", "0"]
    code, seconds, said = interrupted(words, endless)
    assert (code, said) == (130, f"mmearth: Cancelled. Resume with: mmearth {' '.join(words)}") and seconds < PROMPT
    assert not list(tmp_path.iterdir())
    code, seconds, said = interrupted(words, endless, times=2)
    assert (code, said) == (130, "mmearth: cancelled.") and seconds < PROMPT


def test_ctrl_c_while_libraries_are_loaded(endless: Path, tmp_path: Path) -> None:
    for library in ("_multiarray_umath", "rasterio/_base"):
        code, seconds, said = interrupted(["embed", str(endless), "-o", str(tmp_path / "emb.tif")], library)
        assert code == 130 and "ancelled" in said and seconds < PROMPT


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["embed", "--help"], ["weights", "list"],
                                   ["weights", "list", "--json"]])  # fmt: skip
def test_a_full_device_is_told_in_a_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1 and ended.stderr.count("\n") == 1
    assert "cannot be written (No space left on device)" in ended.stderr and "internal" not in ended.stderr


def test_closed_streams_are_never_mistaken_for_files(tmp_path: Path) -> None:
    """A file opened under the number of a closed stream would get what is printed."""
    script = (
        "import os, sys\nfor n in (0, 1, 2): os.close(n)\nos.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    words = [sys.executable, "-c", script, "-m", "mmearth_core", "weights", "list"]
    assert subprocess.run(words, check=False).returncode == 0
    check = "from mmearth_core.cli.streams import make_sound; make_sound(); f = open(sys.argv[1], 'w'); print('told')"
    check += "; print(f.fileno(), file=f)"
    subprocess.run([sys.executable, "-c", script, "-c", f"import sys; {check}", str(tmp_path / "f")], check=True)
    assert int((tmp_path / "f").read_text()) > 2


def test_an_error_channel_that_is_full_stops_nothing() -> None:
    with Path(os.devnull).open("w") as null, Path("/dev/full").open("w") as full:
        assert subprocess.run([*COMMAND, "weights", "list"], stdout=null, stderr=full, check=False).returncode == 0
