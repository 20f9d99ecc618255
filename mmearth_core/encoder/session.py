"""Opening and running an exported model with ONNX Runtime, with errors a user can act on."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as native

from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.processors import available_processors

#: Names of the graph's input and output (see `onnx_graph`).
INPUT, EMBEDDING = "pixels", "embedding"

#: What ONNX Runtime raises for a file it cannot use.
LOAD_ERRORS = (
    native.Fail,
    native.InvalidArgument,
    native.InvalidGraph,
    native.InvalidProtobuf,
    native.NoSuchFile,
    native.NotImplemented,
    native.RuntimeException,
)


def session_options(threads: int | None = None) -> onnxruntime.SessionOptions:
    """How a model is run; `threads` defaults to the processors this process may use."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or available_processors()
    options.log_severity_level = 3
    # The arena keeps its peak for ever and a pattern plans for the largest tile: both would double the memory.
    options.enable_mem_pattern = False
    # Idle threads sleep: readers and the writer need the processors too.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def open_session(path: Path, content: bytes, *, threads: int | None = None) -> onnxruntime.InferenceSession:
    """An inference session of a file's content on the CPU.

    Raises `MMEarthError` when the file is damaged or needs a newer ONNX Runtime.
    """
    options = session_options(threads)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"], enable_fallback=0)
    except (*LOAD_ERRORS, UnicodeDecodeError) as error:  # the last: a damaged text in an error of theirs
        reason = str(error).splitlines()[0][:200]
        raise MMEarthError(f"{path} is damaged or not an ONNX model ({reason}); fetch or convert it again.") from error


class Network:
    """One output of an open session, as a function of its input. `run` from one thread, `interrupt` from any."""

    def __init__(self, session: onnxruntime.InferenceSession, entry: str, output: str) -> None:
        self._session, self._entry, self._output = session, entry, output
        self._options = onnxruntime.RunOptions()

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Raises `Cancelled` after `interrupt`, `EnvironmentFailure` when it fails, as it does when memory runs out."""
        try:
            result: NDArray[np.float32] = self._session.run([self._output], {self._entry: pixels}, self._options)[0]
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
        """Make the current run and all later ones end at once with `Cancelled`."""
        self._options.terminate = True
