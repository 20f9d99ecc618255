"""What runs a model: ONNX Runtime for everyone, torch where a GPU or training weights ask for it."""

from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mmearth_core.encoder.model_file import ModelHeader, header_from_metadata
from mmearth_core.encoder.registry import local_file
from mmearth_core.encoder.session import EMBEDDING, INPUT, LOAD_ERRORS, open_session
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError

BackendName = Literal["auto", "onnx", "torch"]
#: Model files that a backend runs, the preferred one first.
SUFFIXES: dict[BackendName, tuple[str, ...]] = {
    "onnx": (".onnx",),
    "torch": (".safetensors",),
    "auto": (".onnx", ".safetensors"),
}


class Backend(Protocol):
    """A loaded, calibrated model. `run` is called from one thread; `interrupt` from any.

    `batch_size`: tiles that are best computed together.
    """

    name: str
    header: ModelHeader
    batch_size: int

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised pixels (N, C, H, W) → embedding before quantisation (N, D, H, W).

        Raises `Cancelled` after `interrupt`, `EnvironmentFailure` when memory runs out.
        """

    def interrupt(self) -> None:
        """Make the current run and all later ones end at once with `Cancelled`."""


class OnnxBackend:
    """ONNX Runtime on the CPU."""

    name = "onnx"
    batch_size = 1

    def __init__(self, path: Path, threads: int | None = None) -> None:
        self._session = open_session(path, threads=threads)
        self.header = header_from_metadata(self._session.get_modelmeta().custom_metadata_map, path)
        found = [
            (value.name, value.shape[1:2]) for value in (*self._session.get_inputs(), *self._session.get_outputs())
        ]
        described = [(INPUT, [len(self.header.bands)]), (EMBEDDING, [len(self.header.scales)])]
        if found != described or not self.header.calibrated:
            raise MMEarthError(f"{path} is damaged (its network is not what it describes); fetch or convert it again.")
        self._options = onnxruntime.RunOptions()

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            result: NDArray[np.float32] = self._session.run([EMBEDDING], {INPUT: pixels}, self._options)[0]
        except LOAD_ERRORS as error:
            if self._options.terminate:
                raise Cancelled("Cancelled.") from error
            height, width = pixels.shape[2:]
            raise EnvironmentFailure(
                f"ONNX Runtime failed on {height} × {width} pixels ({str(error).splitlines()[0][:200]});"
                " if memory ran out, choose a smaller `tile`."
            ) from error
        return result

    def interrupt(self) -> None:
        self._options.terminate = True


def open_backend(model: str | Path, backend: BackendName = "auto", threads: int | None = None) -> Backend:
    """Load a model by registry name or path for inference.

    `auto` takes ONNX Runtime, unless the model is only there as `.safetensors`.
    Raises `MMEarthError` when the model is missing, damaged or not calibrated.
    """
    suffixes = SUFFIXES[backend]
    path = local_file(model, suffixes=suffixes)
    if path.suffix == ".pth":
        raise MMEarthError(f"{path} is an official checkpoint; run: mmearth weights convert {path} --calibrate SCENE")
    if path.suffix not in suffixes:
        raise MMEarthError(f"{path} cannot be run by the {backend} backend, which takes {suffixes[0]} files.")
    if path.suffix == ".onnx":
        return OnnxBackend(path, threads)
    from mmearth_core.embedding.torch_backend import TorchBackend  # noqa: PLC0415 - torch only where it is asked for

    return TorchBackend(path)
