"""The folder that owns a pretraining run: what it was asked for, where it ran, what it logged, saved and made.

    RUN/config.yaml          the configuration with every setting resolved
    RUN/environment.json     versions, machine, code and command of every start; what has it is the folder of a run
    RUN/log.jsonl            the log, one JSON object a line; the same for TensorBoard in RUN/tensorboard
    RUN/baseline.json        what predicting constants would lose
    RUN/pictures             reconstructions of hold-out tiles
    RUN/checkpoints          states to go on from
    RUN/NAME.safetensors …   the encoder that was learned, and README.md, its card

Only these entries are ever removed or replaced, and only in a folder that a run made. While a process works on the run
it is the one writer of RUN/environment.json.
"""

import hashlib
import json
import platform
import shutil
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from mmearth_core import __version__
from mmearth_core.errors import MMEarthError, unwritable
from mmearth_core.files import write_json, write_text
from mmearth_core.locks import one_writer
from mmearth_core.pretraining.checkpoints import Checkpoints
from mmearth_core.pretraining.config import PretrainConfig, read_config
from mmearth_core.processors import available_processors, processor_name

_CONFIG, _ENVIRONMENT, _CARD = "config.yaml", "environment.json", "README.md"
_LIBRARIES = ("torch", "timm", "numpy", "h5py", "safetensors")
_PACKAGE = Path(__file__).parents[1]


class RunFolder:
    """Paths of a run, and the first and the next start of it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()
        self.log = self.path / "log.jsonl"
        self.events = self.path / "tensorboard"
        self.baseline = self.path / "baseline.json"
        self.pictures = self.path / "pictures"
        self.checkpoints = self.path / "checkpoints"
        self.card = self.path / _CARD
        self._held = ExitStack()

    def start(self, config: PretrainConfig, *, overwrite: bool) -> None:
        """Prepare the folder for a run, or for going on with the one that is there, and keep it to this process until
        `release`.

        Raises `MMEarthError` when the folder holds something else or a run of another configuration, `InUse` when
        another process works on it.
        """
        try:
            if self.path.exists() and not self.path.is_dir():
                raise MMEarthError(f"{self.path} is a file; give a folder for the run.")
            if not self._is_run() and self.path.exists() and any(self.path.iterdir()):
                raise MMEarthError(f"{self.path} is not empty and holds no run; choose another folder.")
            self.path.mkdir(parents=True, exist_ok=True)
            self._held.enter_context(one_writer(self.path / _ENVIRONMENT))
            known = self._is_run() and (self.path / _CONFIG).is_file()
            earlier = read_config(self.path / _CONFIG) if known else None
            kept = Checkpoints(self.checkpoints, config.watch.keep)
            # Where no state is kept there is nothing that a change could contradict.
            if earlier is not None and (overwrite or (not kept.steps() and config.differences(earlier))):
                self._clear(earlier.export.name)
                earlier = None
        except OSError as error:
            raise unwritable(self.path, error) from error
        if earlier is not None:
            self._check_same(config, earlier, kept)
            if config.export != earlier.export:
                self.card.unlink(missing_ok=True)
        if not self._is_run():
            write_json(self.path / _ENVIRONMENT, {"starts": []})
        if config != earlier:
            write_text(self.path / _CONFIG, config.to_yaml())

    def method(self) -> str | None:
        """The method of the run that is in the folder; None where there is none."""
        path = self.path / _CONFIG
        return read_config(path).method if self._is_run() and path.is_file() else None

    def release(self) -> None:
        """Let other processes work on the run."""
        self._held.close()

    def note_start(self, step: int, processes: int, device: str, precision: str) -> None:
        """Add this start of the run to `environment.json`: machine, versions, code, command."""
        start = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "step": step,
            "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
            "processes": processes,
            "device": torch.cuda.get_device_name() if device == "cuda" else device,
            "precision": precision,
            "threads": torch.get_num_threads(),
            "machine": {
                "system": platform.platform(),
                "processor": processor_name(),
                "processors": available_processors(),
            },
            "versions": {"mmearth": __version__, "python": platform.python_version()}
            | {name: metadata.version(name) for name in _LIBRARIES},
            "code": {"sha256": _code_digest()},
        }
        write_json(self.path / _ENVIRONMENT, {"starts": [*(self._starts() or ()), start]})

    def _is_run(self) -> bool:
        return self._starts() is not None

    def _starts(self) -> list[dict[str, Any]] | None:
        """The starts of the run; None where the folder is none of a run."""
        try:
            starts = json.loads((self.path / _ENVIRONMENT).read_text(encoding="utf-8"))["starts"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return starts if isinstance(starts, list) else None

    def _check_same(self, config: PretrainConfig, earlier: PretrainConfig, kept: Checkpoints) -> None:
        """Refuse to change what the steps that were done depend on."""
        different = config.differences(earlier)
        if different:
            more = f" and {len(different) - 1} more" if len(different) > 1 else ""
            raise MMEarthError(
                f"{self.path} holds a run of another configuration ({different[0]}{more}); choose another folder, or"
                " pass `overwrite=True` to start afresh. A schedule is not stretched: to train on from this run, give a"
                f" new folder and `set=init={kept.path(kept.steps()[-1])}`"
            )

    def _clear(self, made: str) -> None:
        """Remove what an earlier run made, of model files those named `made`."""
        for folder in (self.events, self.pictures, self.checkpoints):
            if folder.is_dir():
                shutil.rmtree(folder)
        models = [self.path / f"{made}{suffix}" for suffix in (".safetensors", ".onnx")]
        for file in (*models, self.log, self.baseline, self.card, self.path / _CONFIG, self.path / _ENVIRONMENT):
            file.unlink(missing_ok=True)


def _code_digest() -> str:
    """sha256 of the package's own source: tells a changed working copy from a release."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
