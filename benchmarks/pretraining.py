"""Speed and memory of pretraining on this machine, without a graphics card.

    python benchmarks/pretraining.py speed   [--threads 1] [--batch 32]   masked against masked-dense, whole step
    python benchmarks/pretraining.py scaling [--threads 1]                tiles per second by batch and loader workers
    python benchmarks/pretraining.py methods [--threads 1] [--batch 32]   whole step of every method beside MP-MAE's
    python benchmarks/pretraining.py memory                               peak per tile of a step

What is compared runs in turn in one process, round by round, and the least and the middle of the rounds are printed.
`masked_dense` is the same network as one would write it with ordinary convolutions, not a straw man: channels last,
only the products with the mask that are needed, response normalisation folded into the next layer as in ours.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.masking import forward_masked
from mmearth_core.encoder.network import GRN_EPS, Encoder, randomise
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.config import ScenesConfig, read_config
from mmearth_core.pretraining.dataset import TileDataset, make_loader
from mmearth_core.pretraining.methods.building import build_method
from mmearth_core.pretraining.methods.contract import PretrainMethod
from mmearth_core.pretraining.methods.mp_mae.method import MpMae, build
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.pretraining.methods.ns_mae.scenes.data import open_scenes
from mmearth_core.processors import available_processors, processor_name
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import dataset_statistics
from mmearth_core.tiles.synthetic import write_synthetic_tiles

GRID = 7
CONFIGS = Path(__file__).parents[1] / "training" / "configs" / "methods"


def masked_dense(encoder: Encoder, x: Tensor, masked: Tensor, grn: str) -> Tensor:
    """What `forward_masked` computes, with dense maps throughout: y = conv(x·m)·m."""

    def shown(side: int) -> Tensor:
        each = side // masked.shape[1]
        cells = masked.logical_not().repeat_interleave(each, 1).repeat_interleave(each, 2)
        return cells[:, None].to(x.dtype).contiguous(memory_format=torch.channels_last)

    x = x * shown(x.shape[2])
    x = encoder.stem(encoder.initial_conv(x))
    for index, stage in enumerate(encoder.stages):
        if index:
            x = encoder.downsample_layers[index - 1](x)
        mask = shown(x.shape[2])
        x = x * mask
        positions = (0, 1, 2) if grn == "batch" else (1, 2)
        for block in stage:
            norm, mlp = block.mlp.grn, block.mlp
            wide = mlp.act(mlp.fc1(block.norm(block.conv_dw(x).permute(0, 2, 3, 1))))
            squares = (wide * mask.permute(0, 2, 3, 1)).square().sum(positions, keepdim=True)
            response = squares.clamp(min=1e-30).sqrt()
            scale = norm.weight * response / (response.mean(-1, keepdim=True) + GRN_EPS) + 1
            bias = functional.linear(norm.bias, mlp.fc2.weight, mlp.fc2.bias)
            if grn == "batch":
                narrow = functional.linear(wide, mlp.fc2.weight * scale.flatten(), bias)
            else:
                narrow = functional.linear(wide * scale, mlp.fc2.weight, bias)
            x = x + narrow.permute(0, 3, 1, 2) * mask
    return x


def random_mask(batch: int, *, seed: int = 0) -> Tensor:
    """19 of 49 patches visible in each sample."""
    order = np.argsort(np.random.default_rng(seed).random((batch, GRID * GRID)), 1)
    return torch.from_numpy(order >= int(GRID * GRID * 0.4)).view(batch, GRID, GRID)


def random_batch(method: MpMae, batch: int) -> dict[str, Tensor]:
    """Views of noise: the work does not depend on what tiles show."""
    rng = np.random.default_rng(0)
    side = method.config.crop
    views = []
    for _ in range(batch):
        sample: dict[str, np.ndarray] = {}
        for modality in MODALITIES.values():
            sides = (side, side) if modality.level == "pixel" else ()
            if modality.kind == "classes":
                sample[modality.name] = rng.integers(0, modality.outputs, sides)
            else:
                sample[modality.name] = rng.standard_normal((modality.outputs, *sides), np.float32)
        views.append(method.view(sample, rng))
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def in_turn(tasks: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of every task in every round but the first."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for index in range(rounds + 1):
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            if index:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def backward(encoder: Encoder, forward: Callable[..., Tensor], *inputs: object) -> Callable[[], None]:
    def task() -> None:
        encoder.zero_grad()
        forward(encoder, *inputs).square().sum().backward()

    return task


def step_of(method: PretrainMethod, batch: dict[str, Tensor]) -> Callable[[], None]:
    optimiser = torch.optim.AdamW(method.parameters(), 1e-4)

    def task() -> None:
        optimiser.zero_grad()
        method(batch).objective.backward()
        optimiser.step()
        method.after_step(1, 2)

    return task


def speed(batch: int, rounds: int) -> None:
    for patch in (8, 16):
        encoder = Encoder(Architecture("atto", patch, 12))
        randomise(encoder, 0)
        dense = Encoder(encoder.architecture).to(memory_format=torch.channels_last)
        dense.load_state_dict(encoder.state_dict())
        images = torch.randn(batch, 12, GRID * patch, GRID * patch)
        masked = random_mask(batch)
        last = images.contiguous(memory_format=torch.channels_last)
        method = build(MpMaeConfig(patch=patch, crop=GRID * patch), list(MODALITIES))
        tasks: dict[str, Callable[[], object]] = {
            "masked encoder, GRN batch": backward(encoder, forward_masked, images, masked, "batch"),
            "masked-dense encoder, GRN batch": backward(dense, masked_dense, last, masked, "batch"),
            "masked encoder, GRN sample": backward(encoder, forward_masked, images, masked, "sample"),
            "masked-dense encoder, GRN sample": backward(dense, masked_dense, last, masked, "sample"),
            "whole step, all modalities, shared decoder": step_of(method, random_batch(method, batch)),
        }
        seconds = in_turn(tasks, rounds)
        print(f"atto, patch {patch}, {GRID * patch} px, batch {batch}, forward + backward: least / middle of {rounds}")
        for name, found in seconds.items():
            rate = batch / min(found)
            print(f"  {name:44s} {min(found):7.3f} s {statistics.median(found):7.3f} s {rate:7.1f} tiles/s")
        for scope in ("batch", "sample"):
            ours, rival = (seconds[f"{kind} encoder, GRN {scope}"] for kind in ("masked", "masked-dense"))
            by_round = [b / a for a, b in zip(ours, rival, strict=True)]
            print(
                f"  masked-dense ÷ masked, GRN {scope}: {min(rival) / min(ours):.2f} of the least,"
                f" {statistics.median(by_round):.2f} in the middle round"
            )


def scaling(steps: int, folder: Path) -> None:
    method = build(MpMaeConfig(), list(MODALITIES))
    print("whole step, atto, patch 8, by batch")
    for batch in (8, 16, 32, 64):
        seconds = in_turn({"step": step_of(method, random_batch(method, batch))}, 3)["step"]
        print(f"  batch {batch:3d}  {batch / min(seconds):6.1f} tiles/s")
    write_synthetic_tiles(folder / "tiles", 32 * steps)
    tiles = TileFile(folder / "tiles")
    dataset = TileDataset(tiles, dataset_statistics(tiles), np.arange(len(tiles)), method.view, 0)
    print(f"from a dataset of {len(tiles)} tiles of {tiles.size} px, batch 32, by loader workers")
    for workers in (0, 1, 2):
        loader = iter(make_loader(dataset, 32, workers))
        next(loader)
        began, waited, seen = time.perf_counter(), 0.0, 0
        while True:
            asked = time.perf_counter()
            batch_of_tiles = next(loader, None)
            waited += time.perf_counter() - asked
            if batch_of_tiles is None:
                break
            step_of(method, batch_of_tiles)()
            seen += 1
        seconds = time.perf_counter() - began
        print(
            f"  {workers} workers  {32 * seen / seconds:6.1f} tiles/s, {100 * waited / seconds:.1f} % waiting for data"
        )


def methods(batch: int, rounds: int, folder: Path) -> None:
    """The settings of training/configs/methods, on one batch of invented tiles of three dates, or of scenes."""
    written = write_synthetic_tiles(folder / "tiles", batch, dates=3, gaps=False)
    tiles, tasks = TileFile(written), {}
    for path in sorted(CONFIGS.glob("*.yaml")):
        config = read_config(path)
        built = build_method(config)
        if isinstance(config.data, ScenesConfig):
            scenes = open_scenes(config.data).views(np.arange(batch), built.method.view, 0)
            tasks[path.stem] = step_of(built.method, next(iter(make_loader(scenes, batch, 0))))
        elif built.method.view.shown or "sentinel2" in built.method.outputs:
            dataset = TileDataset(tiles, dataset_statistics(tiles), np.arange(batch), built.method.view, 0)
            tasks[path.stem] = step_of(built.method, next(iter(make_loader(dataset, batch, 0))))
    seconds = in_turn(tasks, rounds)
    print(f"whole step, atto, patch 8, batch {batch}: least and middle of {rounds} rounds")
    for name, each in seconds.items():
        ratio = min(each) / min(seconds["mp_mae"])
        print(f"  {name:12s} {min(each):6.2f} s {statistics.median(each):6.2f} s   {ratio:.2f} of MP-MAE's")


def memory() -> None:
    def peak(patch: int, batch: int) -> float:
        command = [sys.executable, __file__, "peak", "--patch", str(patch), "--batch", str(batch)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    for patch in (8, 16):
        few, many = peak(patch, 16), peak(patch, 80)
        print(
            f"atto, patch {patch}, {GRID * patch} px, all modalities: {(many - few) / 64:.1f} MB a tile,"
            f" {few - (many - few) / 4:.0f} MB besides (torch, weights, optimiser)"
        )


def one_peak(patch: int, batch: int) -> None:
    config = replace(MpMaeConfig(), patch=patch, crop=GRID * patch)
    method = build(config, list(MODALITIES))
    task = step_of(method, random_batch(method, batch))
    for _ in range(2):
        task()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def machine() -> str:
    return (
        f"{processor_name()}, {available_processors()} cores, Python {platform.python_version()},"
        f" torch {torch.__version__}, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "scaling", "methods", "memory", "peak"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--patch", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    if arguments.what == "peak":
        one_peak(arguments.patch, arguments.batch)
        return
    print(f"{machine()}\n$ python", *sys.argv)
    if arguments.what == "speed":
        speed(arguments.batch, arguments.rounds)
    elif arguments.what == "scaling":
        with tempfile.TemporaryDirectory() as folder:
            scaling(arguments.steps, Path(folder))
    elif arguments.what == "methods":
        with tempfile.TemporaryDirectory() as folder:
            methods(arguments.batch, arguments.rounds, Path(folder))
    else:
        memory()


if __name__ == "__main__":
    main()
