"""What runs a model: ONNX Runtime for everyone, torch where a GPU or training weights ask for it."""

from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.encoder.model_file import METADATA_KEY, read_header
from mmearth_core.encoder.registry import local_file
from mmearth_core.errors import MMEarthError

BackendName = Literal["auto", "onnx", "torch"]
#: Model files that a backend runs, the preferred one first.
SUFFIXES: dict[BackendName, tuple[str, ...]] = {
    "onnx": (".onnx",),
    "torch": (".safetensors", ".onnx"),
    "auto": (".onnx", ".safetensors"),
}


class Backend(Protocol):
    """A loaded, calibrated model. `run` is called from one thread; `interrupt` from any.

    `batch_size`: tiles that are best computed together.
    """

    name: str
    batch_size: int

    @property
    def header(self) -> EncoderDescription:
        """What the model takes and gives."""

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised pixels (N, C, H, W) → embedding before quantisation (N, D, H, W).

        Raises `Cancelled` after `interrupt`, `EnvironmentFailure` when memory runs out.
        """

    def interrupt(self) -> None:
        """Make the current run and all later ones end at once with `Cancelled`."""


def open_backend(model: str | Path, backend: BackendName = "auto") -> Backend:
    """Load a model by registry name or path for inference.

    `auto` takes ONNX Runtime, unless the model is only there as `.safetensors`.
    Raises `MMEarthError` when the model is missing, damaged or not calibrated, or of others and without a card.
    """
    suffixes = SUFFIXES[backend]
    path = local_file(model, suffixes=suffixes)
    if path.suffix == ".pth":
        raise MMEarthError(f"{path} is an official checkpoint; run: mmearth weights convert {path} --calibrate SCENE")
    if path.suffix not in suffixes:
        raise MMEarthError(f"{path} cannot be run by the {backend} backend; give a {suffixes[0]} file.")
    if path.suffix == ".onnx" and backend != "torch":
        if _is_foreign(path):
            from mmearth_core.encoder.foreign.backend import ForeignBackend  # noqa: PLC0415 - loads ONNX Runtime

            return ForeignBackend(path)
        from mmearth_core.encoder.onnx_backend import OnnxBackend  # noqa: PLC0415 - loads ONNX Runtime

        return OnnxBackend(path)
    from mmearth_core.encoder.torch_backend import TorchBackend  # noqa: PLC0415 - torch only where it is asked for

    return TorchBackend(path)


def header_of(path: Path) -> EncoderDescription:
    """What a model file takes and gives, ours or not; a network of others is tried for it.

    Raises `MMEarthError` as `open_backend`.
    """
    return open_backend(path).header if _is_foreign(path) else read_header(path)


def _is_foreign(path: Path) -> bool:
    """Whether a file is an ONNX model without a description of ours; a damaged one is not."""
    if path.suffix != ".onnx":
        return False
    from mmearth_core.encoder.onnx_file import metadata_of  # noqa: PLC0415 - only when needed

    try:
        return METADATA_KEY not in metadata_of(path.read_bytes())
    except (OSError, ValueError):
        return False
