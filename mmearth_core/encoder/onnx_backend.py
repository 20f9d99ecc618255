"""The backend everyone has: ONNX Runtime on the CPU. Without torch."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mmearth_core.encoder.model_file import read_onnx
from mmearth_core.encoder.session import EMBEDDING, INPUT, LOAD_ERRORS, open_session
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError


class OnnxBackend:
    """A calibrated model in ONNX Runtime: a `Backend` of the engine."""

    name = "onnx"
    batch_size = 1

    def __init__(self, path: Path, threads: int | None = None) -> None:
        self.header, content = read_onnx(path)
        self._session = open_session(path, content, threads=threads)
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
