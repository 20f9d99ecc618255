"""States of a run on disk, each whole or absent, from which it goes on exactly.

`checkpoints/step-00001200/` holds `weights.safetensors`, `optimiser.safetensors` and `state.json`. A state is written
under another name, flushed to the disk and renamed, so a process killed at any moment leaves the earlier ones. Nothing
here is pickled, and no random state is kept: what is drawn in a run follows from its seed, epoch and tile alone.
"""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import AdamW

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.files import flush, write_json

WEIGHTS, OPTIMISER, STATE = "weights.safetensors", "optimiser.safetensors", "state.json"
_PREFIX = "step-"
_NAME = re.compile(rf"{_PREFIX}\d{{8,}}")
#: What AdamW remembers of a parameter.
_REMEMBERED = ("step", "exp_avg", "exp_avg_sq")


class Checkpoints:
    """The states of one run: the newest `keep` of them, and the best one."""

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder = folder
        self._keep = keep

    def path(self, step: int) -> Path:
        """Where the state after a step is or would be."""
        return self.folder / f"{_PREFIX}{step:08d}"

    def steps(self) -> list[int]:
        """Steps whose states are on disk, oldest first."""
        names = (path.parent.name for path in self.folder.glob(f"*/{STATE}"))
        return sorted(int(name.removeprefix(_PREFIX)) for name in names if _NAME.fullmatch(name))

    def save(self, step: int, module: nn.Module, optimiser: AdamW, state: Mapping[str, Any], best: int | None) -> Path:
        """Write the state after a step, then remove those that are neither among the newest nor the `best` step's.

        Of a step that is there already the weights are the same; only `state` is replaced. Raises `EnvironmentFailure`
        when the disk refuses; earlier states stay.
        """
        target = self.path(step)
        try:
            if (target / STATE).is_file():
                write_json(target / STATE, state)
            else:
                self._write(target, module, optimiser, state)
            kept = {*self.steps()[-self._keep :], step, best}
            for other in set(self.steps()) - kept:
                _remove(self.path(other))
        except (OSError, SafetensorError) as error:
            reason = getattr(error, "strerror", None) or error
            raise EnvironmentFailure(
                f"Cannot write the checkpoint {target} ({reason}); free some space and run the same command again."
            ) from error
        return target

    def _write(self, target: Path, module: nn.Module, optimiser: AdamW, state: Mapping[str, Any]) -> None:
        """A whole state under its name, or nothing."""
        temporary = self.folder / f".{target.name}.tmp"
        self.folder.mkdir(exist_ok=True)
        _remove(temporary)
        temporary.mkdir()
        save_file(_on_cpu(module.state_dict()), temporary / WEIGHTS)
        save_file(_on_cpu(_optimiser_tensors(module, optimiser)), temporary / OPTIMISER)
        write_json(temporary / STATE, state)
        for name in (WEIGHTS, OPTIMISER, STATE):
            flush(temporary / name)
        flush(temporary)
        _remove(target)
        temporary.rename(target)
        flush(self.folder)

    def load(self, step: int, module: nn.Module, optimiser: AdamW) -> dict[str, Any]:
        """Put a state into a module and its optimiser; returns what was given to `save` as `state`.

        Raises `MMEarthError` when it is damaged or of another network.
        """
        path = self.path(step)
        state: dict[str, Any]
        try:
            state = json.loads((path / STATE).read_text(encoding="utf-8"))
            remembered = load_file(path / OPTIMISER)
        except (OSError, ValueError, SafetensorError) as error:
            raise MMEarthError(f"The checkpoint {path} is damaged ({error}); remove it to go on earlier.") from error
        load_weights(path, module)
        _restore(module, optimiser, remembered)
        return state


def load_weights(path: Path, module: nn.Module, *, under: str = "") -> None:
    """Put the weights of a checkpoint folder into a module: all of them, or those whose names begin with `under`.

    Raises `MMEarthError` when they are damaged, or not those of this network (one entry is named).
    """
    try:
        tensors = load_file(path / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise MMEarthError(f"The checkpoint {path} is damaged ({error}); remove it to go on earlier.") from error
    tensors = {name.removeprefix(under): value for name, value in tensors.items() if name.startswith(under)}
    own = module.state_dict()
    wrong = [name for name in sorted(own.keys() | tensors.keys()) if _shape(own, name) != _shape(tensors, name)]
    if wrong:
        raise MMEarthError(
            f"The checkpoint {path} is of another network ({len(wrong)} entries differ, the first is {wrong[0]});"
            " use the configuration it was made with."
        )
    module.load_state_dict(tensors)


def _shape(tensors: Mapping[str, Tensor], name: str) -> torch.Size | None:
    return tensors[name].shape if name in tensors else None


def _optimiser_tensors(module: nn.Module, optimiser: AdamW) -> dict[str, Tensor]:
    """What the optimiser remembers, as `exp_avg/NAME`. A parameter that never had a gradient has no entries."""
    return {
        f"{kind}/{name}": optimiser.state[parameter][kind]
        for name, parameter in module.named_parameters()
        if parameter in optimiser.state
        for kind in _REMEMBERED
    }


def _restore(module: nn.Module, optimiser: AdamW, remembered: Mapping[str, Tensor]) -> None:
    parameters = dict(module.named_parameters())
    optimiser.state.clear()
    for key, tensor in remembered.items():
        kind, _, name = key.partition("/")
        parameter = parameters[name]
        # The count of steps lives on the CPU, as AdamW itself keeps it.
        optimiser.state[parameter][kind] = tensor if kind == "step" else tensor.to(parameter.device)


def _on_cpu(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _remove(folder: Path) -> None:
    """Delete a state, its `state.json` first: what is half deleted is no state any more."""
    (folder / STATE).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)
