"""The backend everyone has: ONNX Runtime on the CPU. Without torch."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.encoder.model_file import read_onnx
from mmearth_core.encoder.session import EMBEDDING, INPUT, Network, open_session
from mmearth_core.errors import MMEarthError


class OnnxBackend:
    """A calibrated model in ONNX Runtime: a `Backend` of the engine."""

    name = "onnx"
    batch_size = 1

    def __init__(self, path: Path, threads: int | None = None) -> None:
        self.header, content, _ = read_onnx(path)
        session = open_session(path, content, threads=threads)
        found = [(value.name, value.shape[1:2]) for value in (*session.get_inputs(), *session.get_outputs())]
        described = [(INPUT, [len(self.header.bands)]), (EMBEDDING, [len(self.header.scales)])]
        if found != described or not self.header.calibrated:
            raise MMEarthError(f"{path} is damaged (its network is not what it describes); fetch or convert it again.")
        self._network = Network(session, INPUT, EMBEDDING)

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._network.run(pixels)

    def interrupt(self) -> None:
        self._network.interrupt()
