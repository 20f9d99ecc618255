"""Checkpoints: what is put in comes out exactly, what is half written or damaged is never taken for one."""

import re
import shutil
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim import AdamW

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.pretraining.checkpoints import OPTIMISER, STATE, WEIGHTS, Checkpoints


def trained(steps: int) -> tuple[nn.Module, AdamW]:
    """A module of two layers after some steps, of which only the first ever has gradients."""
    torch.manual_seed(0)
    module = nn.ModuleDict({"used": nn.Linear(3, 2), "unused": nn.Linear(2, 2)})
    optimiser = AdamW(module.parameters(), lr=0.1)
    for step in range(steps):
        advance(module, optimiser, step)
    return module, optimiser


def advance(module: nn.Module, optimiser: AdamW, step: int) -> None:
    optimiser.zero_grad()
    module["used"](torch.full((4, 3), 1.0 + step)).square().sum().backward()
    optimiser.step()


def test_a_state_that_is_loaded_goes_on_as_the_one_that_was_saved(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=2)
    module, optimiser = trained(3)
    checkpoints.save(3, module, optimiser, {"position": [3, 0.1 + 0.2]}, best=None)
    other, other_optimiser = trained(1)
    assert checkpoints.load(3, other, other_optimiser) == {"position": [3, 0.1 + 0.2]}
    for step in (3, 4):
        advance(module, optimiser, step)
        advance(other, other_optimiser, step)
    for name, value in module.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_the_newest_and_the_best_are_kept(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=2)
    module, optimiser = trained(1)
    for step in (1, 2, 3, 4, 5):
        checkpoints.save(step, module, optimiser, {}, best=2 if step > 1 else None)
    assert checkpoints.steps() == [2, 4, 5]
    checkpoints.save(5, module, optimiser, {"again": True}, best=2)
    assert checkpoints.load(5, module, optimiser) == {"again": True}


def test_a_kill_while_a_step_is_noted_again_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=1)
    module, optimiser = trained(2)
    checkpoints.save(2, module, optimiser, {"closed": 0}, best=None)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("rename", "replace"):
        monkeypatch.setattr(Path, name, killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.save(2, module, optimiser, {"closed": 1}, best=2)
    monkeypatch.undo()
    assert checkpoints.steps() == [2]
    assert checkpoints.load(2, module, optimiser) == {"closed": 0}


def test_a_copy_under_another_name_is_none_of_the_runs(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=1)
    path = checkpoints.save(1, *trained(1), {}, best=None)
    shutil.copytree(path, checkpoints.folder / f"{path.name}-backup")
    assert checkpoints.steps() == [1]


def test_half_a_checkpoint_is_none(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=2)
    module, optimiser = trained(1)
    checkpoints.save(1, module, optimiser, {}, best=None)
    checkpoints.save(2, module, optimiser, {}, best=None)
    (checkpoints.path(2) / STATE).unlink()  # what a kill while deleting leaves
    (checkpoints.folder / ".step-00000003.tmp").mkdir()  # what a kill while writing leaves
    ((checkpoints.folder / ".step-00000003.tmp") / WEIGHTS).write_bytes(b"half")
    assert checkpoints.steps() == [1]
    checkpoints.save(3, module, optimiser, {}, best=None)
    assert checkpoints.steps() == [1, 3]


@pytest.mark.parametrize("name", [WEIGHTS, OPTIMISER, STATE])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, name: str) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=2)
    module, optimiser = trained(1)
    path = checkpoints.save(1, module, optimiser, {}, best=None)
    (path / name).write_bytes((path / name).read_bytes()[:-9])
    with pytest.raises(MMEarthError, match=f"{re.escape(str(path))} is damaged"):
        checkpoints.load(1, *trained(0))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=2)
    checkpoints.save(1, *trained(1), {}, best=None)
    other = nn.ModuleDict({"used": nn.Linear(3, 4), "unused": nn.Linear(2, 2)})
    with pytest.raises(MMEarthError, match="another network.*2 entries differ, the first is used.bias"):
        checkpoints.load(1, other, AdamW(other.parameters()))


def test_a_disk_that_refuses_keeps_the_earlier_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints", keep=2)
    module, optimiser = trained(1)
    checkpoints.save(1, module, optimiser, {}, best=None)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EnvironmentFailure, match="No space left on device"):
        checkpoints.save(2, module, optimiser, {}, best=None)
    assert checkpoints.steps() == [1]
