"""Two processes learn what one learns from their batches together."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mmearth_core.pretraining.log import read_log
from mmearth_core.pretraining.pretrain import pretrain


def numbers(values: dict, prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from numbers(value, f"{prefix}{key}/")
        elif isinstance(value, int | float) and key not in ("images_per_second", "waiting"):
            yield prefix + key, value


def test_two_processes_give_the_losses_of_one_with_the_doubled_batch(
    recipe: Callable[..., Path], tmp_path: Path
) -> None:
    common = {
        "optimiser__effective_batch": 8,
        "optimiser__epochs": 5,
        "watch__validate_epochs": 5,
        "data__hold_out": 0.3,
        "watch__validation_tiles": 4,
        "watch__picture_epochs": 5,
        "watch__checkpoint_steps": 99,
    }
    pretrain(config=recipe(optimiser__batch=8, **common), output=tmp_path / "one")
    config = recipe(optimiser__batch=4, **common)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command = [*torchrun, "-m", "mmearth_core", "pretrain", str(config), "-o", str(tmp_path / "two"), "--quiet"]
    shown = subprocess.run(
        command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False, timeout=200
    )
    assert shown.returncode == 0, shown.stderr
    assert "Process 1 is done." in shown.stdout
    one, two = (read_log(tmp_path / name / "log.jsonl") for name in ("one", "two"))
    assert len(one) == len(two) == 21
    assert one[-1]["kind"] == "validation"
    for a, b in zip(one, two, strict=True):
        found = dict(numbers(b))
        for key, value in numbers(a):
            assert found[key] == pytest.approx(value, rel=1e-4, abs=1e-9), (a["step"], key)
    assert (tmp_path / "two" / "encoder.safetensors").is_file()
    assert (tmp_path / "two" / "pictures" / "epoch-0005.png").is_file()
