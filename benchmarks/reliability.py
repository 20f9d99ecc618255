"""Reliability: what happens to the work when things go wrong, counted; and the peak memory of the verbs.

    python benchmarks/reliability.py [kill together twice disk replaced damaged interrupt memory]
                                     [--memory-sizes 1024 4096]

Every part runs the real command or worker in processes of its own, on a small synthetic scene whose embedding takes
some seconds, and compares bytes with those of an undisturbed run. Each row says of how many tries it held. `disk` needs
root on Linux, for it mounts a small file system of its own; elsewhere it is skipped, and says so. Exit code 1 when a
row does not hold everywhere. Prints the machine and the command.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from engine import machine, make_scene
from labelling import CLASSES, make_embedding, make_samples

from mmearth_core.labelling.probe import fit_probe
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.maps.class_map import new_map
from mmearth_core.maps.legend import Legend

COMMAND = [sys.executable, "-m", "mmearth_core"]
SIDE, TILE, HALO = 256, 64, 16
#: Seconds in which a process that was asked to end must have ended.
PATIENCE = 60

Row = tuple[str, int, int, str]
_PEAK = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def embedding(scene: Path, output: Path, halo: int = HALO) -> list[str]:
    sizes = ["--tile", str(TILE), "--halo", str(halo)]
    return [*COMMAND, "embed", str(scene), "-o", str(output), *sizes, "--quiet"]


def started(words: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said = process.communicate()[1].strip()
    return process.returncode, said


def ran(words: Sequence[str]) -> tuple[int, str]:
    return ended(started(words))


def until_tiles(process: subprocess.Popen[str], output: Path, tiles: int = 1) -> bool:
    """Wait until some tiles are finished; whether they are before the process ends."""
    while process.poll() is None:
        if len(list(journal(output).glob("*.tile"))) >= tiles:
            return True
        time.sleep(0.002)
    return False


def journal(output: Path) -> Path:
    return output.with_name(f"{output.name}.partial")


def nothing_half_done(output: Path) -> bool:
    """Whether neither the output nor what lies beside it is there, the work kept for later aside."""
    kept = {journal(output).name}
    return not [path.name for path in output.parent.iterdir() if path.name not in kept]


def one_sentence(said: str) -> bool:
    return said.startswith("mmearth: ") and "\n" not in said and "internal error" not in said


def fresh(folder: Path) -> Path:
    """An empty folder for one try, and the output in it."""
    return Path(tempfile.mkdtemp(dir=folder)) / "emb.tif"


class Undisturbed:
    """The scene, the bytes of its embedding when nothing happens, and the seconds that takes."""

    def __init__(self, folder: Path) -> None:
        self.scene = make_scene(folder / "scene.tif", SIDE, SIDE)
        output = fresh(folder)
        began = time.monotonic()
        assert ran(embedding(self.scene, output)) == (0, "")
        self.seconds = time.monotonic() - began
        self.expected = output.read_bytes()

    def right(self, output: Path) -> bool:
        return output.is_file() and output.read_bytes() == self.expected and not journal(output).exists()


def kill(it: Undisturbed, folder: Path, times: int = 20) -> Iterator[Row]:
    """SIGKILL at random moments, several times in a row, then the same command to its end."""
    moments, held, kept = np.random.default_rng(1), 0, 0
    for _ in range(times):
        output, whole = fresh(folder), True
        for _ in range(2):
            process = started(embedding(it.scene, output))
            try:
                process.wait(moments.uniform(0.1, 0.95) * it.seconds)
            except subprocess.TimeoutExpired:
                process.kill()
            ended(process)
            whole &= not output.exists() or it.right(output)
        kept += any(journal(output).glob("*.tile")) if journal(output).exists() else 0
        held += whole and (it.right(output) or (ran(embedding(it.scene, output)) == (0, "") and it.right(output)))
    yield "killed twice, then run to the end: byte-identical", held, times, f"{kept} had kept finished tiles"


def together(it: Undisturbed, folder: Path, workers: int = 8) -> Iterator[Row]:
    """As QGIS does it: workers, each asked for an embedding in one folder; every two of them for the same one."""
    cache = fresh(folder).parent
    outputs = [cache / f"emb{number // 2}.tif" for number in range(workers)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "mmearth_core.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for _ in outputs
    ]  # fmt: skip
    for process, output in zip(running, outputs, strict=True):
        arguments = {"scene": str(it.scene), "output": str(output), "tile": TILE, "halo": HALO}
        greeting = {"id": 1, "verb": "hello", "arguments": {"protocol": 1, "client": "reliability"}}
        for request in (greeting, {"id": 2, "verb": "embed", "arguments": arguments}):
            assert process.stdin is not None
            print(json.dumps(request), file=process.stdin, flush=True)
    answers = []
    for process in running:
        assert process.stdout is not None
        events = (json.loads(line) for line in process.stdout)
        answers.append(next(e["event"] for e in events if e.get("id") == 2 and e["event"] in ("result", "error")))
    for process in running:
        process.communicate('{"verb": "quit"}\n')
    held = sum(answer == "result" and it.right(output) for answer, output in zip(answers, outputs, strict=True))
    yield f"{workers} workers at once in one folder, two for each output", held, workers, "all answered with a result"


def twice(it: Undisturbed, folder: Path, times: int = 8) -> Iterator[Row]:
    """The same command twice at once; then two different ones for one output."""
    held = 0
    for _ in range(times):
        output = fresh(folder)
        both = [started(embedding(it.scene, output)) for _ in range(2)]
        held += [ended(process)[0] for process in both] == [0, 0] and it.right(output)
    yield "the same embedding asked for twice at once: both right", held, times, ""
    held = 0
    for _ in range(times):
        output = fresh(folder)
        first = started(embedding(it.scene, output))
        until_tiles(first, output)
        first.send_signal(signal.SIGSTOP)  # so that it is there long enough
        code, said = ran(embedding(it.scene, output, 2 * HALO))
        first.send_signal(signal.SIGCONT)
        told = code == 1 and one_sentence(said) and f"is being written by process {first.pid} on" in said
        held += ended(first)[0] == 0 and told and it.right(output)
    yield "another embedding for an output being written: told who writes, the first one right", held, times, ""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(place)], check=True)  # noqa: S607
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)  # noqa: S607


def fill(disk: Path, left: int) -> Path:
    """Fill a disk but for so many bytes."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        while (size := shutil.disk_usage(disk).free - left) > 0:
            with suppress(OSError):  # somebody was faster
                os.posix_fallocate(file.fileno(), 0, size)
                break
    return filler


def disk(it: Undisturbed, folder: Path, times: int = 8) -> Iterator[Row]:
    """The disk fills while tiles are being finished; room is made, and the same command goes on."""
    if sys.platform != "linux" or os.geteuid() != 0:
        yield "disk full (skipped: needs root on Linux)", 0, 0, ""
        return
    held = 0
    for number in range(times):
        with small_disk(folder) as place:
            output = place / "emb.tif"
            process = started(embedding(it.scene, output))
            full = until_tiles(process, output, 1 + number)
            filler = fill(place, 40_000 * number)
            code, said = ended(process)
            filler.unlink()
            told = full and code == 1 and one_sentence(said) and "Resume with: mmearth embed" in said
            held += told and nothing_half_done(output) and ran(embedding(it.scene, output))[0] == 0 and it.right(output)
    yield "disk filled while embedding: told, resumed, byte-identical", held, times, ""
    raster = make_embedding(folder / "disk.tif", 512).path
    save_probe(folder / "disk.json", fit_probe(make_samples()))
    words = [*COMMAND, "classify", str(raster), str(folder / "disk.json"), "--quiet", "-o"]
    assert ran([*words, str(folder / "map.tif"), "--confidence", str(folder / "confidence.tif")])[0] == 0
    whole = {name: (folder / name).read_bytes() for name in ("map.tif", "confidence.tif")}
    held = full = 0
    for number in range(times):
        with small_disk(folder) as place:
            fill(place, sum(map(len, whole.values())) * number // (times - 2))
            code, said = ran([*words, str(place / "map.tif"), "--confidence", str(place / "confidence.tif")])
            left = {path.name: path for path in place.iterdir() if path.name != "filler"}
            full += code == 1
            # GDAL prints lines of its own before ours.
            told = code == 1 and one_sentence(said.splitlines()[-1]) and not left
            held += told or (code == 0 and all(left[name].read_bytes() == whole[name] for name in whole))
    yield "disk with little room while classifying: told and nothing left, or whole", held, times, f"{full} were full"


def replaced(it: Undisturbed, folder: Path, times: int = 8) -> Iterator[Row]:
    """The scene is overwritten in place, or another is moved to its name, while it is embedded."""
    other = make_scene(folder / "other.tif", SIDE, SIDE - 64)
    scene, held = folder / "changing.tif", 0
    for number in range(times):
        shutil.copyfile(it.scene, scene)
        output = fresh(folder)
        process = started(embedding(scene, output))
        begun = until_tiles(process, output, 1 + number)
        if number % 2:
            shutil.copyfile(other, folder / "new.tif")
            (folder / "new.tif").replace(scene)
        else:
            shutil.copyfile(other, scene)
        code, said = ended(process)
        held += begun and code == 1 and one_sentence(said) and nothing_half_done(output)
    yield (
        "scene replaced while it is embedded: told, nothing written",
        held,
        times,
        "in turn overwritten in place, and another moved to its name",
    )


def damaged(it: Undisturbed, folder: Path) -> Iterator[Row]:
    """Finished tiles are damaged between two runs."""
    begun = fresh(folder)
    process = started(embedding(it.scene, begun))
    until_tiles(process, begun, 6)
    process.kill()
    ended(process)

    def flip(tiles: list[Path]) -> None:
        for tile in tiles:
            content = bytearray(tile.read_bytes())
            content[len(content) // 2] ^= 1
            tile.write_bytes(content)

    def swap(tiles: list[Path]) -> None:
        one, other = tiles[0].read_bytes(), tiles[1].read_bytes()
        tiles[0].write_bytes(other)
        tiles[1].write_bytes(one)

    ways: dict[str, Callable[[list[Path]], object]] = {
        "emptied": lambda tiles: [tile.write_bytes(b"") for tile in tiles],
        "halved": lambda tiles: [os.truncate(tile, tile.stat().st_size // 2) for tile in tiles],
        "a bit": flip,
        "swapped": swap,
        "zeroed": lambda tiles: [tile.write_bytes(bytes(tile.stat().st_size)) for tile in tiles],
        "longer": lambda tiles: [tile.write_bytes(tile.read_bytes() + b"x") for tile in tiles],
        "gone": lambda tiles: [tile.unlink() for tile in tiles],
        "random": lambda tiles: [
            tile.write_bytes(np.random.default_rng(0).bytes(tile.stat().st_size)) for tile in tiles
        ],
    }
    held = 0
    for way in ways.values():
        output = fresh(folder)
        shutil.copytree(journal(begun), journal(output))
        way(sorted(journal(output).glob("*.tile"))[:3])
        held += ran(embedding(it.scene, output))[0] == 0 and it.right(output)
    yield f"finished tiles {', '.join(ways)}: byte-identical", held, len(ways), ""


def interrupt(it: Undisturbed, folder: Path, times: int = 30) -> Iterator[Row]:
    """Ctrl-C at random moments, from the very start on."""
    moments, held, raw, slowest = np.random.default_rng(2), 0, 0, 0.0
    for _ in range(times):
        output = fresh(folder)
        process = started(embedding(it.scene, output))
        time.sleep(moments.uniform(0.0, it.seconds))
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        code, said = ended(process)
        slowest = max(slowest, time.monotonic() - began)
        raw += code == -signal.SIGINT
        stopped = code in (130, -signal.SIGINT) and nothing_half_done(output)
        held += (stopped or it.right(output)) and "internal" not in said
    figure = f"slowest {slowest:.2f} s; {raw} of them ended by Python itself, as it starts or ends"
    yield "Ctrl-C at a random moment: over, nothing half done, or all of it", held, times, figure


def peak(words: Sequence[str]) -> tuple[int, float]:
    """Exit code, and the peak of resident memory in MB, of a command."""
    # Started by a small process, for a child's peak begins with the size of its parent.
    small = [sys.executable, "-I", "-S", "-c", _PEAK, *COMMAND, *words, "--quiet"]
    done = subprocess.run(small, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, int(done.stdout.split()[-1]) * 1024 / 1e6


def make_map(path: Path, like: Path, side: int) -> None:
    """A class map of patches of 8 pixels, as busy as a real one."""
    from mmearth_core.embedding.product import EmbeddingRaster  # noqa: PLC0415

    rng = np.random.default_rng(3)
    legend = Legend.numbered([f"class {k}" for k in range(CLASSES)])
    with new_map(path, legend, EmbeddingRaster.open(like).grid, tags={}) as dataset:
        for row in range(0, side, 256):
            height = min(256, side - row)
            patches = np.kron(rng.integers(1, CLASSES + 1, (32, side // 8 + 1)), np.ones((8, 8), int)).astype(np.uint8)
            dataset.write(patches[:height, :side], 1, window=((row, row + height), (0, side)))


def memory(sizes: Sequence[int], folder: Path) -> Iterator[Row]:
    """Peak memory of each verb; of a scene for `embed` a square of 1024 pixels holds data, the rest is read too."""
    save_probe(folder / "probe.json", fit_probe(make_samples()))
    for side in sizes:
        place = Path(tempfile.mkdtemp(dir=folder))
        scene = make_scene(place / "scene.tif", side, 1024)
        raster = make_embedding(place / "made.tif", side).path
        make_map(place / "busy.tif", raster, side)
        names = ("emb.tif", "map.tif", "polygons.gpkg", "points.gpkg", "busy.tif")
        emb, map_, polygons, points, busy = (str(place / name) for name in names)
        verbs = {
            "embed": ["embed", str(scene), "-o", emb],
            "classify": ["classify", str(raster), str(folder / "probe.json"), "-o", map_],
            "outline": ["outline", busy, "-o", polygons],
            "sample": ["sample", busy, "-n", "300", "-o", points],
            "assess": ["assess", busy, points, "--field", "stratum"],
        }
        for verb, words in verbs.items():
            code, used = peak(words)
            yield f"{verb}, {side} × {side}", int(code == 0), 1, f"{used:.0f} MB"
        shutil.rmtree(place)


PARTS: dict[str, Callable[[Undisturbed, Path], Iterator[Row]]] = {
    part.__name__: part for part in (kill, together, twice, disk, replaced, damaged, interrupt)
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}, memory; all of them by default")
    parser.add_argument("--memory-sizes", type=int, nargs="+", default=[1024, 4096])
    given = parser.parse_args()
    parts = given.parts or [*PARTS, "memory"]
    if unknown := set(parts) - {*PARTS, "memory"}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    print(f"{machine()}, {time.strftime('%Y-%m-%d')}")
    print("$ python", *sys.argv, flush=True)
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        it = Undisturbed(folder) if set(parts) - {"memory"} else None
        if it is not None:
            print(f"scene {SIDE} × {SIDE} × 12, {(SIDE // TILE) ** 2} tiles, {it.seconds:.1f} s undisturbed")
        print("\n| what | held | |\n|---|---|---|")
        for part in parts:
            rows = memory(given.memory_sizes, folder) if it is None or part == "memory" else PARTS[part](it, folder)
            for what, held, times, figure in rows:
                print(f"| {what} | {held} of {times} | {figure} |", flush=True)
                failed |= held != times
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
