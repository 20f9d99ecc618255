"""The torch backend: for GPUs."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mmearth_core.encoder.loading import load_model
from mmearth_core.encoder.network import EmbeddingModel
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError


class TorchBackend:
    """torch on CUDA, Apple's MPS or the CPU, whichever is there first."""

    name = "torch"
    batch_size = 1

    def __init__(self, path: Path) -> None:
        encoder, head = load_model(path)
        if head is None:
            raise MMEarthError(
                f"{path} is not calibrated; run: mmearth weights convert {path} --calibrate SCENE"
                f" -o {path.parent} --overwrite"
            )
        self.header = encoder.header
        if torch.cuda.is_available():
            self._device = torch.device("cuda")
        else:
            self._device = torch.device("mps" if torch.backends.mps.is_available() else "cpu")
        self._model = EmbeddingModel(encoder, head).to(self._device).eval()
        self._interrupted = False
        for module in self._model.modules():
            module.register_forward_pre_hook(self._check)

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised pixels (N, C, H, W) → embedding before quantisation (N, D, H, W)."""
        try:
            with torch.inference_mode():
                result: NDArray[np.float32] = self._model(torch.from_numpy(pixels).to(self._device)).cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise EnvironmentFailure("The GPU's memory does not hold a tile; choose a smaller `tile`.") from error
        return result

    def interrupt(self) -> None:
        """Make the current run end before its next layer."""
        self._interrupted = True

    def _check(self, *_: object) -> None:
        if self._interrupted:
            raise Cancelled("Cancelled.")
