"""A small dataset and a run small enough for a test, shared by the tests of the loop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from small_encoder import SMALL, know_small

from mmearth_core.encoder.architecture import SIZES


@pytest.fixture(scope="session", autouse=True)
def small_encoder() -> Iterator[None]:
    """Among the sizes of encoders is the small one."""
    know_small()
    yield
    del SIZES[SMALL]


@pytest.fixture(scope="session")
def on_cpu(one_torch_thread) -> Iterator[None]:  # noqa: ARG001
    """On one thread of the CPU, so that runs can be compared bit by bit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUDA_VISIBLE_DEVICES", "")
        yield


@pytest.fixture
def recipe(tmp_path: Path, invented_tiles: Path, on_cpu) -> Callable[..., Path]:  # noqa: ARG001
    """Writes the configuration of a run of seconds; keyword arguments replace settings (`optimiser__epochs=1`)."""

    def write(**changes: object) -> Path:
        values: dict[str, dict[str, object] | object] = {
            "data": {"datasets": [str(invented_tiles)], "workers": 0, "hold_out": 0.2},
            "mp_mae": {"size": SMALL, "crop": 16, "decoder_width": 16},
            "optimiser": {
                "epochs": 2, "warmup_epochs": 1, "batch": 4, "effective_batch": 4, "base_learning_rate": 1e-2,
            },
            "watch": {"log_steps": 1, "checkpoint_steps": 4, "picture_epochs": 0},
        }  # fmt: skip
        method = str(changes.get("method", "mp_mae"))
        values.setdefault(method, {"size": SMALL, "crop": 16})
        for key, value in changes.items():
            *groups, last = key.split("__")
            inner = values
            for group in groups:
                inner = inner.setdefault(group, {})
            inner[last] = value
        path = tmp_path / "recipe.yaml"
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return path

    return write
