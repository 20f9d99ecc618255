"""Dense embedding end to end beside the engines of others: the same scene, network, weights, tiles, bands and file.

    make peers                                     the environment that peers are installed in, once
    python -m benchmarks.peers [--scene FILE | --size 2048] [--repeats 3] [--engines NAME …] -o peers.json

Each engine runs in a process of its own, all in turn, `--repeats` times; medians are told. Twice: on contexts as peers
use them by default, 224 pixels of which 32 are cut off on each side, and on the contexts that `embed` chooses, with
the halo that the model needs. What each writes is held against what `embed` writes by default: the share of values,
96 pixels and more from the scene's border, that differ by more than one step. The limit is the processor's own:
matrices multiplied in float32 by torch in the same run, over the network's operations a pixel. Beside peers.json stands
peers.svg, the picture.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import torch
from matplotlib.figure import Figure
from torch.utils import benchmark

from benchmarks.engine import machine, make_scene
from benchmarks.peers.engines import ENGINES, Network
from mmearth_core.embedding.needs import default_tile
from mmearth_core.files import write_text
from mmearth_core.raster.grid import Window
from mmearth_core.reports.markdown import table_lines

#: Side of a context of peers, and pixels of it that are cut off on each side.
_PEERS = (224, 32)
_BORDER = 96


def limit(network: Network, threads: int) -> float:
    """Megapixels per second if the network were nothing but large products of matrices."""
    a, b = torch.randn(2048, 1024), torch.randn(1024, 1024)
    timer = benchmark.Timer("a @ b", globals={"a": a, "b": b}, num_threads=threads)
    return (
        2
        * a.shape[0]
        * a.shape[1]
        * b.shape[1]
        / timer.blocked_autorange(min_run_time=2).median
        / network.operations()
        / 1e6
    )


def chosen(network: Network, scene: Path) -> tuple[int, int]:
    """Side and halo of the contexts that `embed` chooses."""
    header = network.header
    with rasterio.open(scene) as source:
        whole = Window(0, 0, *source.shape)
    tile = default_tile((whole.height, whole.width), whole, header.architecture, header.halo, header.dimensions)
    return tile + 2 * header.halo, header.halo


def run(engine: str, scene: Path, output: Path, contexts: tuple[int, int], threads: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.peers.engines", engine, scene, output, *contexts]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run([str(each) for each in command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"engine": engine, "failed": done.stderr.strip().splitlines()[-1:]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def differing(one: Path, other: Path) -> float:
    """Share of inner values that are more than one step apart."""
    with rasterio.open(one) as first, rasterio.open(other) as second:
        inner = rasterio.windows.Window(_BORDER, _BORDER, first.width - 2 * _BORDER, first.height - 2 * _BORDER)
        apart = [
            np.abs(first.read(band, window=inner).astype(int) - second.read(band, window=inner)) > 1
            for band in range(1, first.count + 1)
        ]
    return float(np.mean(apart))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", type=Path)
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--engines", nargs="+", choices=tuple(ENGINES), default=tuple(ENGINES))
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    threads, network = len(os.sched_getaffinity(0)), Network()
    told: dict[str, Any] = {"machine": machine(), "command": ["python", "-m", "benchmarks.peers", *sys.argv[1:]]}
    told["versions"] = {name: version(name) for name in ("torch", "torchgeo", "terratorch", "omnicloudmask")}
    told["limit_mpx_s"] = limit(network, threads)
    with tempfile.TemporaryDirectory() as folder:
        scene = given.scene or make_scene(Path(folder) / "scene.tif", given.size, given.size)
        with rasterio.open(scene) as source:
            pixels = source.height * source.width
        runs: dict[tuple[str, tuple[int, int]], list[dict[str, Any]]] = {}
        for turn in range(given.repeats):
            for contexts in (chosen(network, scene), _PEERS):
                for engine in given.engines:
                    output = Path(folder) / f"{engine}-{contexts[0]}.tif"
                    output.unlink(missing_ok=True)
                    found = run(engine, scene, output, contexts, threads)
                    if not turn and "failed" not in found:
                        found["differing"] = differing(
                            Path(folder) / f"mmearth-{chosen(network, scene)[0]}.tif", output
                        )
                    runs.setdefault((engine, contexts), []).append(found)
                    print(engine, *contexts, found, flush=True)
        told["rows"] = [row(pixels, contexts, found) for (_, contexts), found in runs.items()]
    write_text(given.output, json.dumps(told, indent=1) + "\n")
    picture(told).savefig(given.output.with_suffix(".svg"), metadata={"Date": None})
    print(table(told))


def row(pixels: int, contexts: tuple[int, int], found: list[dict[str, Any]]) -> dict[str, Any]:
    described = {"engine": found[0]["engine"], "side": contexts[0], "halo": contexts[1]}
    if failed := next((each for each in found if "failed" in each), None):
        return {**described, **failed}
    told = ("seconds", "processor_seconds", "peak_gib")
    median = {key: statistics.median(each[key] for each in found) for key in told}
    rest = {"mpx_s": pixels / 1e6 / median["seconds"], "rounds": len(found), "differing": found[0]["differing"]}
    return {**described, **median, **rest}


def table(told: dict[str, Any]) -> str:
    head = ["engine", "context − halo", "Mpx/s", "of the limit", "processor s", "peak GiB", "> a step from `embed`"]
    rows = [
        [each["engine"], f"{each['side']} − 2 × {each['halo']}", *_figures(each, told["limit_mpx_s"])]
        for each in told["rows"]
    ]
    return "\n".join([told["machine"], "", f"limit: {told['limit_mpx_s']:.3f} Mpx/s", "", *table_lines(head, rows)])


def picture(told: dict[str, Any]) -> Figure:
    """Rates as bars, a panel for each contexts; the line is the limit."""
    rows = [each for each in told["rows"] if "failed" not in each]
    contexts = sorted({(each["side"], each["halo"]) for each in rows}, reverse=True)
    figure = Figure(figsize=(9, 0.6 + 0.35 * len(ENGINES)), layout="constrained")
    for axes, (side, halo) in zip(np.atleast_1d(figure.subplots(1, len(contexts), sharex=True)), contexts, strict=True):
        found = sorted((each["mpx_s"], each["engine"]) for each in rows if (each["side"], each["halo"]) == (side, halo))
        colours = ["C0" if name == "mmearth" else "0.7" for _, name in found]
        bars = axes.barh([name for _, name in found], [rate for rate, _ in found], color=colours)
        axes.bar_label(bars, fmt="%.3f", padding=3, fontsize=8)
        axes.axvline(told["limit_mpx_s"], color="0.3", linestyle=":")
        axes.set_title(f"contexts of {side} px, {halo} cut off on each side", fontsize=9)
        axes.set_xlabel("Mpx a second; dotted: the processor's limit", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _figures(each: dict[str, Any], limit_mpx_s: float) -> list[str]:
    if "failed" in each:
        return [f"failed: {' '.join(each['failed'])}", *[""] * 4]
    return [
        f"{each['mpx_s']:.3f}",
        f"{each['mpx_s'] / limit_mpx_s:.0%}",
        f"{each['processor_seconds']:.0f}",
        f"{each['peak_gib']:.2f}",
        f"{each['differing']:.2%}",
    ]


if __name__ == "__main__":
    main()
