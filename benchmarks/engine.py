"""Speed and memory of `embed`: end to end against the raw network, and the peak on a whole Sentinel-2 scene.

    python benchmarks/engine.py speed  [--size 3000]      end to end ÷ (raw forward ÷ overlap), and where the rest goes
    python benchmarks/engine.py memory [--valid 2600]     peak of a 10980 × 10980 × 12 scene, default options
    python benchmarks/engine.py profile [--side 768] [--threads 1]
                                                          where the network's time goes, by ONNX Runtime's operators
    python benchmarks/engine.py apart [--side 768] [--repeats 5]
                                                          one tile on all processors, or one on each at once
    python benchmarks/engine.py pairs --against OLD.onnx [--side 1008] [--repeats 5] [--openvino bf16] [--scene FILE]
                                                          the default model and another export of it, in turn; the other
                                                          by OpenVINO (f32, bf16), which must be installed for it;
                                                          on noise or on a scene's upper left corner
    python benchmarks/engine.py straight [--size 3000] [--repeats 3]
                                                          `classify-scene` beside `embed` and `classify`, in turn

The scenes are synthetic; the work does not depend on what they show. In the memory run only a square of `--valid`
pixels holds data, which changes the time and not the peak. Prints the machine and the command.
"""

import argparse
import importlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.transform import from_origin

from mmearth_core.embedding.arrays import network_input
from mmearth_core.embedding.backends import open_backend
from mmearth_core.embedding.engine import embed
from mmearth_core.embedding.quantisation import quantise
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.encoder.model_file import read_header
from mmearth_core.encoder.onnx_backend import OnnxBackend
from mmearth_core.encoder.registry import local_file
from mmearth_core.encoder.session import INPUT, session_options
from mmearth_core.processors import available_processors, processor_name
from mmearth_core.raster.grid import Window
from mmearth_core.raster.scene import open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.vectors.writing import write_features

FULL_SCENE = 10_980


def make_scene(path: Path, side: int, valid: int) -> Path:
    """A 12-band scene with data in a square of `valid` pixels in its middle; the rest is sparse no-data."""
    profile = {
        "driver": "GTiff", "height": side, "width": side, "count": 12, "dtype": "uint16", "nodata": 0, "tiled": True,
        "blockxsize": 512, "blockysize": 512, "interleave": "band", "compress": "deflate", "zlevel": 1,
        "sparse_ok": True, "bigtiff": "if_safer", "crs": "EPSG:32632", "transform": from_origin(4e5, 5.8e6, 10, 10),
    }  # fmt: skip
    rng = np.random.default_rng(0)
    start = (side - valid) // 2 // 512 * 512
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.descriptions = ENCODER_BANDS
        dataset.update_tags(PROCESSING_LEVEL="L2A", SCALE="0.0001", BOA_ADD_OFFSET="0")
        for row in range(start, start + valid, 512):
            for col in range(start, start + valid, 512):
                height, width = min(512, start + valid - row), min(512, start + valid - col)
                level = rng.uniform(300, 4000, (12, 1, 1)) + rng.normal(0, 200, (12, height, width))
                block = np.clip(level, 100, 9000).astype(np.uint16)
                dataset.write(block, window=((row, row + height), (col, col + width)))
    return path


def machine() -> str:
    return (
        f"{processor_name()}, {available_processors()} cores, Python {platform.python_version()},"
        f" ONNX Runtime {onnxruntime.__version__}, load {os.getloadavg()[0]:.1f}"
    )


def raw_rate(side: int, repeats: int = 3) -> float:
    """Pixels per second of the network alone on one square of `side` pixels, the best of some runs."""
    backend = open_backend("default")
    pixels = noise(side)
    seconds = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        backend.run(pixels)
        seconds.append(time.perf_counter() - began)
    return side * side / min(seconds[1:])


def speed(size: int, folder: Path) -> None:
    scene = make_scene(folder / "scene.tif", size, size)
    before = raw_rate(1024)
    began, cpu = time.perf_counter(), time.process_time()
    result = embed(scene=scene, output=folder / "emb.tif")
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    raw = max(before, raw_rate(1024))
    rate, limit = size * size / seconds, raw / result.overlap
    network = size * size * result.overlap / raw
    print(f"scene {size} × {size} × 12, tile {result.tile} + 2 × {result.halo}, overlap {result.overlap:.3f}")
    print(f"raw network forward           {raw / 1e6:.3f} Mpx/s  ({raw / 1e4:.1f} km²/s)")
    print(f"raw ÷ overlap                 {limit / 1e6:.3f} Mpx/s")
    print(f"end to end, files included    {rate / 1e6:.3f} Mpx/s  ({rate / 1e4:.1f} km²/s), {cpu:.1f} CPU-s")
    print(f"end to end ÷ (raw ÷ overlap)  {rate / limit:.3f}")
    print(
        f"network {network:.1f} s of {seconds:.1f} s; the rest reads, quantises, keeps tiles, writes, builds overviews"
    )


def embedded_apart(scene: Path, output: Path, model: str = "default") -> tuple[float, resource.struct_rusage]:
    """`mmearth embed` in a process of its own: the seconds it took, and what it used."""
    return done_apart("embed", scene, "-o", output, "--model", model)


def done_apart(*typed: str | Path) -> tuple[float, resource.struct_rusage]:
    """A command in a process of its own: the seconds it took, and what it used."""
    words = [*map(str, typed), "--quiet"]
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "mmearth_core", *words])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{process.returncode} was the end of: mmearth {' '.join(words)}")
    return time.perf_counter() - began, used


def memory(valid: int, folder: Path) -> None:
    scene = make_scene(folder / "scene.tif", FULL_SCENE, valid)
    seconds, used = embedded_apart(scene, folder / "emb.tif")
    print(f"{FULL_SCENE} × {FULL_SCENE} × 12, {valid}² of it valid: {seconds:.0f} s")
    print(f"peak memory {used.ru_maxrss * 1024 / 1e9:.2f} GB")


def straight(size: int, repeats: int, folder: Path) -> None:
    scene, emb, probe, output = (folder / name for name in ("scene.tif", "emb.tif", "classes.json", "map.tif"))
    make_scene(scene, size, size)
    rng = np.random.default_rng(0)
    corners = np.array((4e5, 5.8e6 - 10 * size)) + rng.uniform(0, 10 * size - 300, (24, 2))
    boxes = shapely.box(*corners.T, *(corners + 300).T)
    names = np.array([f"class {number % 4}" for number in range(len(boxes))], object)
    samples = folder / "samples.gpkg"
    write_features(samples, shapely.to_wkb(boxes), "Polygon", CRS.from_epsg(32632), {"class": names})
    embedded_apart(scene, emb)
    done_apart("fit", emb, samples, "-o", probe)
    ways: dict[str, list[list[str | Path]]] = {
        "embed, classify": [["embed", scene, "-o", emb], ["classify", emb, probe, "-o", output]],
        "classify-scene": [["classify-scene", scene, probe, "-o", output]],
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(repeats):
        for way, commands in ways.items():
            emb.unlink(missing_ok=True)
            done = [done_apart(*command, "--overwrite") for command in commands]
            seconds[way].append(sum(took for took, _ in done))
            peak = max(used.ru_maxrss for _, used in done) * 1024 / 1e9
            written = sum(each.stat().st_size for each in (emb, output) if each.exists())
            print(f"{way:16s} {seconds[way][-1]:7.1f} s  {peak:.2f} GB of memory  {written / 1e6:.1f} MB written")
    for way, found in seconds.items():
        print(f"{way:16s} {statistics.median(found):7.1f} s, the middle of {repeats}; {size}² pixels")


def noise(side: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(1, len(ENCODER_BANDS), side, side)).astype(np.float32)


def profile(side: int, threads: int | None, folder: Path) -> None:
    options = session_options(threads)
    options.enable_profiling, options.profile_file_prefix = True, str(folder / "profile")
    path = local_file("default", suffixes=(".onnx",))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    for _ in range(2):
        session.run(None, {INPUT: noise(side)})
    events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    began = max(each["ts"] for each in events if each["name"] == "model_run")
    spent: Counter[str] = Counter()
    for each in events:
        # A scan's time is that of the operators inside it, which are told too.
        if each["name"].endswith("kernel_time") and each["ts"] >= began and each["args"]["op_name"] != "Scan":
            spent[each["args"]["op_name"]] += each["dur"]
    print(f"{side} × {side} pixels, {options.intra_op_num_threads} threads: {spent.total() / 1e6:.2f} s")
    for operator, duration in spent.most_common(12):
        print(f"{operator:24s} {duration / 1e3:8.0f} ms {duration / spent.total():6.1%}")


def apart(side: int, repeats: int) -> None:
    """The same network: one run on all processors, against as many runs of one thread as there are, at once."""
    path, processors = local_file("default", suffixes=(".onnx",)), available_processors()
    together, alone = OnnxBackend(path, threads=processors), OnnxBackend(path, threads=1)
    pixels = noise(side)
    together.run(pixels), alone.run(pixels)
    ratios = []
    with ThreadPoolExecutor(processors) as pool:
        for _ in range(repeats):
            began = time.perf_counter()
            for _ in range(processors):
                together.run(pixels)
            middle = time.perf_counter()
            list(pool.map(alone.run, [pixels] * processors))
            ratios.append((middle - began) / (time.perf_counter() - middle))
    print(
        f"{side} × {side}: {processors} runs of one thread at once are {statistics.median(ratios):.2f} times as fast"
        f" ({min(ratios):.2f} to {max(ratios):.2f}) as one after the other on {processors} threads"
    )


def by_openvino(path: Path, precision: str) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    openvino = importlib.import_module("openvino")
    choices = {"INFERENCE_NUM_THREADS": available_processors(), "INFERENCE_PRECISION_HINT": precision}
    request = openvino.Core().compile_model(path, "CPU", choices).create_infer_request()
    return lambda pixels: request.infer({0: pixels}).to_tuple()[0]


def corner(scene: Path, side: int, header: EncoderDescription) -> NDArray[np.float32]:
    """What the network takes of the upper left corner of a scene."""
    source = open_scene(scene, wanted=header.bands)
    with source.reader() as reader:
        dn, ground = reader.read(Window(0, 0, side, side))
    return network_input(dn, ground, source.bands, source.level, header)[None]


def pairs(other: Path, side: int, repeats: int, openvino: str | None, scene: Path | None) -> None:
    default = local_file("default", suffixes=(".onnx",))
    runs: list[Callable[[NDArray[np.float32]], NDArray[np.float32]]] = []
    for path in (other, default):
        began = time.perf_counter()
        runs.append(by_openvino(path, openvino) if openvino and path == other else open_backend(path).run)
        print(f"{path.name} loaded in {time.perf_counter() - began:.2f} s")
    header = read_header(default)
    pixels = noise(side) if scene is None else corner(scene, side, header)
    first, second = (run(pixels)[0] for run in runs)
    everywhere = np.ones(first.shape[1:], np.bool_)
    codes = [quantise(each, everywhere, header.scales, header.offsets).astype(np.int16) for each in (first, second)]
    steps = np.abs(codes[0] - codes[1])
    print(f"largest difference {np.abs(first - second).max():g}; of the codes {np.mean(steps > 0):.2%} are another,")
    print(f"{np.mean(steps > 1):.2%} by more than one step, by {steps.max()} at most")
    ratios = []
    for _ in range(repeats):
        seconds = []
        for run in runs:
            began = time.perf_counter()
            run(pixels)
            seconds.append(time.perf_counter() - began)
        ratios.append(seconds[0] / seconds[1])
    print(f"{side} × {side}: {statistics.median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "what", choices=("speed", "memory", "profile", "apart", "pairs", "straight"), nargs="?", default="speed"
    )
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--valid", type=int, default=2600)
    parser.add_argument("--side", type=int, default=768)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--openvino", choices=("f32", "bf16"))
    parser.add_argument("--scene", type=Path)
    arguments = parser.parse_args()
    print(machine())
    print("$ python", *sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.what == "speed":
            speed(arguments.size, Path(folder))
        elif arguments.what == "profile":
            profile(arguments.side, arguments.threads, Path(folder))
        elif arguments.what == "apart":
            apart(arguments.side, arguments.repeats)
        elif arguments.what == "pairs":
            pairs(arguments.against, arguments.side, arguments.repeats, arguments.openvino, arguments.scene)
        elif arguments.what == "straight":
            straight(arguments.size, arguments.repeats, Path(folder))
        else:
            memory(arguments.valid, Path(folder))


if __name__ == "__main__":
    main()
