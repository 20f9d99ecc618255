"""The network on a graphics card: how fast by precision, how near the card's limit, and how far from the processor.

    benchmarks/gpu.sh                                 all of it, on one card, in less than eight minutes
    python benchmarks/gpu.py [--device cpu] [--side 1024] [--scene-side 4096]

Of each precision: km² of pixels of 10 m a second from the card's memory to the card's memory; the same over what the
card would do if the network were nothing but large products of matrices in that precision, measured in the same run;
and how many of the codes that `embed` would write are another than the processor's in float32, and by how much at most.
Then `embed` from file to file on the card, as it is: float32.

**Nobody has run this on a card yet.** `embed` computes in float32 there until somebody has. Differences can be seen
without one (`--device cpu --side 128`): float16 gave another code at 1.3 % and by one step, bfloat16 at 12 % and by up
to seven.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.engine import machine, make_scene
from benchmarks.peers.engines import Network
from mmearth_core.embedding.engine import embed

#: Precisions: name → type of the autocast, None for float32; whether products may be in TF32.
PRECISIONS: dict[str, tuple[torch.dtype | None, bool]] = {
    "float32": (None, False),
    "tf32": (None, True),
    "float16": (torch.float16, False),
    "bfloat16": (torch.bfloat16, False),
}
SIDE, SECONDS = 2048, 3.0


def rate(task: Callable[[], object], device: torch.device) -> float:
    """Runs a second, after three that do not count."""

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize()

    for _ in range(3):
        task()
    wait()
    began, runs = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        task()
        wait()
        runs += 1
    return runs / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--scene-side", type=int, default=4096)
    given = parser.parse_args()
    device = torch.device(given.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        sys.exit("There is no card that torch can use; --device cpu tries everything without one, and means nothing.")
    card = torch.cuda.get_device_name() if device.type == "cuda" else "no card"
    print(f"{card}; torch {torch.__version__}; {machine()}")
    print("$ python", *sys.argv)
    precisions(Network(), given.side, device)
    if device.type != "cuda":
        return
    with tempfile.TemporaryDirectory() as name:
        scene = make_scene(Path(name) / "scene.tif", given.scene_side, given.scene_side)
        began = time.perf_counter()
        embed(scene=scene, output=Path(name) / "emb.tif", backend="torch")
        seconds = time.perf_counter() - began
        print(f"embed, {given.scene_side}² from file to file: {given.scene_side**2 / 1e4 / seconds:.1f} km²/s")


def precisions(network: Network, side: int, device: torch.device) -> None:
    """A row for each precision, plain and compiled."""
    pixels = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 12, side, side)).astype(np.float32))
    codes = network.codes(network(pixels)[0].numpy()).astype(int)
    operations = network.operations()
    model = network.model.to(device, memory_format=torch.channels_last)
    x = pixels.to(device, memory_format=torch.channels_last)
    a, b = (torch.randn(SIDE, SIDE, device=device) for _ in range(2))
    print(f"{'precision':22s} {'km²/s':>8s} {'of the limit':>13s} {'other codes':>12s} {'by at most':>11s}")
    for name, (kind, tf32) in PRECISIONS.items():
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        cast = contextlib.nullcontext() if kind is None else torch.autocast(device.type, kind)
        with torch.inference_mode(), cast:
            limit = rate(lambda: a @ b, device) * 2 * SIDE**3 / operations / 1e4
            for how, run in (("", model), (", compiled", torch.compile(model, dynamic=False))):
                if how and device.type != "cuda":
                    continue
                found = rate(lambda run=run: run(x), device) * side**2 / 1e4
                apart = np.abs(network.codes(run(x)[0].float().cpu().numpy()) - codes)
                print(
                    f"{name + how:22s} {found:8.1f} {found / limit:13.0%} {np.mean(apart > 0):12.2%} {apart.max():11d}"
                )
    model.to("cpu")


if __name__ == "__main__":
    main()
