"""Two processes with half a batch each learn what one learns from all of it, though one of them lacks a modality."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from small_encoder import SMALL  # noqa: E402
from two_processes import run_two  # noqa: E402

from mmearth_core.modalities import MODALITIES  # noqa: E402
from mmearth_core.pretraining.dataset import TileDataset  # noqa: E402
from mmearth_core.pretraining.methods.contract import BuiltMethod  # noqa: E402
from mmearth_core.pretraining.methods.registry import METHODS  # noqa: E402
from mmearth_core.records import read  # noqa: E402
from mmearth_core.tiles.reader import TileFile  # noqa: E402
from mmearth_core.tiles.statistics import dataset_statistics  # noqa: E402
from mmearth_core.tiles.synthetic import write_synthetic_tiles  # noqa: E402

FUSED = {"width": 32, "depth": 1, "heads": 4}
#: What is tried: the method, its settings, and what the second half of a batch has no value of: names of the views, and
#: of which channels or images.
TRIED: dict[str, tuple[str, dict[str, Any], dict[str, slice]]] = {
    "softcon": ("softcon", {"queue": 4}, {"dynamic_world": slice(None), "dynamic_world_again": slice(None)}),
    "omnisat": ("omnisat", {**FUSED, "grn": "sample"}, {"sentinel1": slice(4, None)}),
    "a2_mae, dates": (
        "a2_mae",
        {**FUSED, "decoder_depth": 1, "images": 2},
        {"there": slice(1, None), "images_beside": slice(None), "sentinel2_beside": slice(None)},
    ),
    "a2_mae, sensors": ("a2_mae", {**FUSED, "decoder_depth": 1, "set": "sensors"}, {"sentinel1": slice(None)}),
    "ns_mae, tiles": (
        "ns_mae", {"instance": "tiles", "heights": [0, 40, 8]}, {"canopy_height_eth": slice(None)},
    ),
}  # fmt: skip
PROCESS = """
import sys, torch, torch.distributed as dist
from small_encoder import know_small
from test_processes import built_of
know_small()
rank, folder = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)
dist.init_process_group("gloo", init_method="file://" + folder + "/meeting", rank=rank, world_size=2)
for tried, one in torch.load(folder + "/one.pt", weights_only=True).items():
    method = built_of(tried).method
    method.load_state_dict(one["state"])
    losses = method({name: whole[2 * rank : 2 * rank + 2] for name, whole in one["batch"].items()})
    losses.objective.backward()
    gradients = {name: each.grad for name, each in method.named_parameters() if each.grad is not None}
    # As the loop does: processes that have gradients of other parameters than one another would not meet here.
    for name, gradient in gradients.items():
        dist.all_reduce(gradient)
        gradient /= 2
    means = {name: (part.total.item(), part.count.item()) for name, part in losses.parts.items()}
    found = {"objective": losses.objective.item(), "parts": means, "gradients": gradients}
    torch.save(found, f"{folder}/{tried}-{rank}.pt")
dist.destroy_process_group()
"""


def built_of(tried: str) -> BuiltMethod:
    from importlib import import_module

    name, settings, _ = TRIED[tried]
    asked = read(METHODS[name].settings, {"size": SMALL, "crop": 16, **settings}, "here")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return import_module(METHODS[name].module).built(asked, (), MODALITIES)


def batch_of(built: BuiltMethod, tiles: TileFile, lacking: dict[str, slice]) -> dict[str, Any]:
    """One image each of four places, the last two of which lack something."""
    dataset = TileDataset(tiles, dataset_statistics(tiles), np.arange(len(tiles)), built.method.view, 0)
    views = [dataset.view(2 * place, 0) for place in range(4)]
    batch = {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}
    for name, which in lacking.items():
        values = batch[name][2:, which]
        batch[name][2:, which] = {torch.bool: False, torch.int64: -1}.get(
            values.dtype, 0.0 if name == "images_beside" else torch.nan
        )
    return batch


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, small_encoder: None) -> tuple[dict[str, Any], Path]:  # noqa: ARG001
    """What one process learns of each, and the folder of what two did; these are started once, which takes longest."""
    folder = tmp_path_factory.mktemp("processes")
    tiles = TileFile(write_synthetic_tiles(folder / "tiles", 8, size=24, gaps=False, dates=2))
    one = {}
    for tried, (_, _, lacking) in TRIED.items():
        built = built_of(tried)
        batch, method = batch_of(built, tiles, lacking), built.method
        state = {name: each.clone() for name, each in method.state_dict().items()}
        losses = method(batch)
        losses.objective.backward()
        one[tried] = {
            "batch": batch,
            "state": state,
            "objective": losses.objective.item(),
            "parts": {name: (part.total.item(), part.count.item()) for name, part in losses.parts.items()},
            "gradients": {name: each.grad for name, each in method.named_parameters() if each.grad is not None},
        }
    torch.save(one, folder / "one.pt")
    run_two(PROCESS, folder, beside=Path(__file__).parent, timeout=400)
    return one, folder


@pytest.mark.parametrize("tried", TRIED)
def test_a_process_that_lacks_a_modality_learns_with_the_other_what_one_learns(
    learned: tuple[dict[str, Any], Path], tried: str
) -> None:
    one, folder = learned[0][tried], learned[1]
    assert all(count > 0 for _, count in one["parts"].values())
    for rank in range(2):
        found = torch.load(folder / f"{tried}-{rank}.pt", weights_only=True)
        assert found["objective"] == pytest.approx(one["objective"], rel=1e-5)
        for name, (total, count) in one["parts"].items():
            assert found["parts"][name] == (pytest.approx(total, rel=1e-4, abs=1e-6), count), name
        assert found["gradients"].keys() == one["gradients"].keys()
        for name, wanted in one["gradients"].items():
            error, size = (found["gradients"][name] - wanted).abs().max().item(), wanted.abs().max().item()
            assert error <= 1e-4 * size + 1e-7, (name, error, size)
