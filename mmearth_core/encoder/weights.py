"""The commands on models with a name: which there are, and how their official files come to this machine.

Never converts or runs a model; an official checkpoint is only parsed as tensors, and only when torch is there.
"""

import importlib.util
import json
import re
import zipfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.download import download, sha256_of
from mmearth_core.encoder.registry import MODELS, RegisteredModel, find, weights_folder
from mmearth_core.errors import MMEarthError, unwritable
from mmearth_core.files import write_json
from mmearth_core.locks import one_writer
from mmearth_core.progress import CancelToken, Progress, Silent

_PINS = "pinned.json"
#: What a model's files mean for a user, the most useful first.
_STATES = ((".onnx", "ready"), (".safetensors", "converted"), (".pth", "fetched"))


@dataclass(frozen=True)
class ModelList:
    """The models with a name and which of them are on this machine."""

    models: tuple[RegisteredModel, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"models": [asdict(model) | {"state": state(model)} for model in self.models]}

    def __str__(self) -> str:
        rows = [(model.name, f"{model.size} p{model.patch}", state(model), model.summary) for model in self.models]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, [*widths, 0], strict=True)) for row in rows]
        return "\n".join([*lines, "", f"Models on this machine are in {weights_folder()}."])


@dataclass(frozen=True)
class FetchResult:
    """An official checkpoint on this machine. `parsed`: its tensors were checked one by one (needs torch)."""

    name: str
    path: Path
    size: int
    sha256: str
    parsed: bool

    def __str__(self) -> str:
        checked = "" if self.parsed else " Its tensors were not checked, which needs torch."
        return (
            f"{self.name}: {self.path} ({self.size / 1e6:.0f} MB, sha256 {self.sha256}).{checked}\n"
            f"Make it ready for embed with: mmearth weights convert {self.name} --calibrate SCENE"
        )


def state(model: RegisteredModel) -> str:
    """What there is of a model on this machine: "ready", "converted", "fetched", or "" for nothing."""
    return next((word for suffix, word in _STATES if model.file(suffix).is_file()), "")


def weights_list() -> ModelList:
    """All models with a name: size, patch, what they were trained on, and whether they are on this machine."""
    return ModelList(MODELS)


def weights_fetch(
    *,
    model: str,
    sha256: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> FetchResult:
    """Download an official checkpoint, going on where an earlier attempt stopped.

    The first download is checked by its size, its archive's checksums and, with torch, by a strict parse; its sha256 is
    pinned then, which is said, and later downloads must have the same.

    Args:
        model: Name of a model, as mmearth weights list prints it.
        sha256: The digest that the file must have, 64 hexadecimal digits, where you know it from elsewhere.
        overwrite: Download again what is already there.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; what arrived is kept.

    Raises:
        MMEarthError: The name is unknown, or what the server sends is not the checkpoint.
        EnvironmentFailure, Cancelled: Network or disk failed, or it was cancelled; what arrived is kept.
    """
    known = find(model)
    if known.url is None:
        raise MMEarthError(f"{known.name} is part of the package, so there is nothing to fetch; use it by its name.")
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise MMEarthError(f"`sha256={sha256}` is no digest; give 64 hexadecimal digits, or leave it out.")
    path = known.file(".pth")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    with one_writer(path, _always, progress, cancel):
        digest = _fetched(known, known.url, sha256, overwrite=overwrite, progress=progress, cancel=cancel)
    return FetchResult(known.name, path, path.stat().st_size, digest, parsed=_torch_is_here())


def _always() -> bool:
    """Whoever writes a model's file fetches the same."""
    return True


def _fetched(
    known: RegisteredModel,
    url: str,
    sha256: str | None,
    *,
    overwrite: bool,
    progress: Progress,
    cancel: CancelToken,
) -> str:
    """Have the official file of a model, which is at `url`, checked and pinned; its digest."""
    path, check = known.file(".pth"), partial(_check, known)
    pin = sha256.lower() if sha256 is not None else known.sha256 or _read_pins().get(known.name)
    if path.is_file() and not overwrite:
        digest = sha256_of(path)
        if pin is not None and digest != pin:
            raise MMEarthError(
                f"{path} is not the file that is wanted, or changed since it was fetched (sha256 {digest}, wanted is"
                f" {pin}); fetch it with `overwrite=True`."
            )
        check(path)
    else:
        progress.message(f"Fetching {url}")
        digest = download(url=url, target=path, sha256=pin, check=check, progress=progress, cancel=cancel)
    if pin is None:
        progress.message(
            f"Nobody publishes a digest of {known.name}: what was fetched has sha256 {digest}, which it must have from"
            " now on; compare it where you know it from elsewhere, or give it as `sha256`."
        )
    with one_writer(weights_folder() / _PINS, _always, progress, cancel):  # other models are pinned meanwhile
        pins = _read_pins()
        if pins.get(known.name) != digest:
            write_json(weights_folder() / _PINS, dict(sorted((pins | {known.name: digest}).items())))
    return digest


def _check(model: RegisteredModel, path: Path) -> None:
    """Raise `MMEarthError` when a file is not this model's official checkpoint."""
    size, smallest = path.stat().st_size, _smallest_checkpoint(model.architecture)
    if size < smallest:
        raise MMEarthError(
            f"{path} has {size} bytes, too few for the {model.size} encoder of {model.name} (at least {smallest});"
            f" look at {model.url} with a browser."
        )
    _check_archive(path)
    if _torch_is_here():
        from mmearth_core.encoder.loading import load_encoder  # noqa: PLC0415 - loads torch, only when it is there

        found = load_encoder(path).architecture
        if found != model.architecture:
            raise MMEarthError(f"{path} holds a {found}, but {model.name} is a {model.architecture}; fetch it again.")


def _smallest_checkpoint(architecture: Architecture) -> int:
    """Bytes of the pointwise layers alone, two of C × 4C float32 values a block: every checkpoint has more."""
    return sum(depth * 2 * 4 * c * c * 4 for depth, c in zip(architecture.depths, architecture.channels, strict=True))


def _check_archive(path: Path) -> None:
    """Raise `MMEarthError` when a file is not a whole archive as torch writes it (zip with checksums)."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            whole = damaged is None and any(name.endswith("data.pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise MMEarthError(f"{path} is not a checkpoint of torch ({error}); fetch it again.") from error
    if not whole:
        raise MMEarthError(f"{path} is damaged or not a checkpoint of torch; fetch it again.")


def _torch_is_here() -> bool:
    return importlib.util.find_spec("torch") is not None


def _read_pins() -> dict[str, str]:
    """sha256 by model name, of the first download of each on this machine."""
    path = weights_folder() / _PINS
    try:
        pins = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise MMEarthError(
            f"{path} is damaged ({error}); remove it and the models beside it that you distrust."
        ) from error
    return {str(name): str(digest) for name, digest in pins.items()}
