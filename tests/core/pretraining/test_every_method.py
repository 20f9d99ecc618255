"""What holds of every method: runs go on exactly, processes learn as one, and the encoder does not know its method."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from small_encoder import ELSEWHERE

from mmearth_core.encoder.loading import load_encoder
from mmearth_core.errors import Cancelled
from mmearth_core.pretraining.config import PretrainConfig, read_config
from mmearth_core.pretraining.log import read_log
from mmearth_core.pretraining.loop import Loop
from mmearth_core.pretraining.methods.building import build_method, start_from
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.registry import METHODS
from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.progress import CancelToken
from mmearth_core.tiles.synthetic import write_synthetic_tiles

Recipe = Callable[..., Path]
CONFIGS = Path(__file__).parents[3] / "training" / "configs" / "methods"
#: What each method, or instance of one, is tried with, in its settings; the name of a configuration.
TRIED: dict[str, dict[str, Any]] = {
    "mp_mae": {"mp_mae__agreement": 1.0},
    "a2_mae": {"a2_mae__width": 32, "a2_mae__depth": 1, "a2_mae__decoder_depth": 1, "a2_mae__heads": 4},
    "omnisat": {"omnisat__width": 32, "omnisat__depth": 1, "omnisat__heads": 4, "omnisat__dates": 2},
    "ns_mae": {"ns_mae__voxel": 2.0, "ns_mae__width": 4, "ns_mae__rays": 16},
    "ns_mae_tiles": {"ns_mae__instance": "tiles", "ns_mae__crop": 16, "ns_mae__heights": [0, 40, 8]},
    "softcon": {"softcon__queue": 12},
}
#: The method of what is not called by its method's name.
METHOD_OF = {"ns_mae_tiles": "ns_mae"}
#: The methods that are tried on a generated world; their runs leave no model for rasters.
OF_SCENES = ("ns_mae",)
WORLD = {"scenes": 40, "image": [16, 24], "hold_out": 0.2, "workers": 0}


@pytest.fixture
def run_of(recipe: Recipe, dated: Path) -> Callable[..., Path]:
    """Writes the configuration of a method on tiles of several dates, or on a world."""

    def write(tried: str, **changes: object) -> Path:
        data = {"data": dict(WORLD)} if tried in OF_SCENES else {"data__datasets": [str(dated)]}
        return recipe(method=METHOD_OF.get(tried, tried), **data, **TRIED[tried], **changes)

    return write


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dated") / "dated"
    write_synthetic_tiles(folder, 48, size=24, dates=2)
    return folder


def without_clock(run: Path) -> list[dict]:
    return [
        {key: value for key, value in line.items() if key not in ("images_per_second", "waiting")}
        for line in read_log(run / "log.jsonl")
    ]


def numbers(values: dict, prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from numbers(value, f"{prefix}{key}/")
        elif isinstance(value, int | float):
            yield prefix + key, value


def test_every_method_is_tried() -> None:
    assert {METHOD_OF.get(tried, tried) for tried in TRIED} == METHODS.keys()
    assert {path.stem for path in CONFIGS.glob("*.yaml")} == TRIED.keys()


@pytest.mark.parametrize("tried", TRIED)
def test_a_configuration_of_each_method_is_ready_to_use(tried: str) -> None:
    config = read_config(CONFIGS / f"{tried}.yaml")
    method = METHOD_OF.get(tried, tried)
    assert config.method == method and config.settings.size == "atto"
    control = read_config(CONFIGS / "mp_mae.yaml")
    different = {each.split(".")[0].split(":")[0] for each in control.differences(config)}
    assert different <= {"method", "mp_mae", method, *(("data", "optimiser") if tried in OF_SCENES else ())}


def test_the_configurations_of_tiles_begin_with_one_encoder_bit_for_bit() -> None:
    """What is compared of methods is then what they make of it."""
    begun = {
        tried: build_method(read_config(CONFIGS / f"{tried}.yaml", ["seed=3"])).method.encoder.state_dict()
        for tried in TRIED
        if tried not in OF_SCENES
    }
    assert len(begun) == 5
    for tried, weights in begun.items():
        assert weights.keys() == begun["mp_mae"].keys()
        assert all(torch.equal(each, begun["mp_mae"][name]) for name, each in weights.items()), tried
    other = build_method(read_config(CONFIGS / "mp_mae.yaml", ["seed=4"])).method.encoder.state_dict()
    assert not torch.equal(other["stem.0.weight"], begun["mp_mae"]["stem.0.weight"])


@pytest.mark.parametrize("method", TRIED)
def test_a_run_that_is_cancelled_within_a_step_goes_on_exactly(
    run_of: Callable[..., Path], tmp_path: Path, method: str
) -> None:
    pictures = 0 if method in OF_SCENES else 2  # theirs take long, and are drawn by two processes below
    config = run_of(method, optimiser__effective_batch=8, watch__picture_epochs=pictures, watch__checkpoint_steps=99)
    pretrain(config=config, output=tmp_path / "whole")
    cancel, original, asked = CancelToken(), Loop._check, []

    def in_the_middle(self: Loop) -> None:
        """The second batch of the sixth step is not reached."""
        asked.append(self.position.step)
        if asked.count(5) == 2:
            cancel.cancel()
        original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Loop, "_check", in_the_middle)
        with pytest.raises(Cancelled, match="after step 5"):
            pretrain(config=config, output=tmp_path / "run", cancel=cancel)
    pretrain(config=config, output=tmp_path / "run")
    assert without_clock(tmp_path / "whole") == without_clock(tmp_path / "run")
    weights = [max((tmp_path / name / "checkpoints").iterdir()) / "weights.safetensors" for name in ("whole", "run")]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert list((tmp_path / "whole" / "pictures").glob("*-0002.png")) or not pictures


#: Pretrains by one configuration after the other, each into its folder; each time the processes meet at another port,
#: for where they have met before, they find what they told each other then.
EACH = """
import os, sys
from mmearth_core.cli.command import main
from small_encoder import know_small
know_small()
os.environ["TORCHELASTIC_USE_AGENT_STORE"] = "False"
for config, output, port in zip(sys.argv[1::3], sys.argv[2::3], sys.argv[3::3]):
    os.environ["MASTER_PORT"] = port
    assert main(["pretrain", config, "-o", output, "--quiet"]) == 0
"""


def test_two_processes_learn_what_one_learns(run_of: Callable[..., Path], tmp_path: Path) -> None:
    """One after the other in the same two processes, for their start takes longest; only they draw pictures."""
    common = {
        "optimiser__effective_batch": 8,
        "data__hold_out": 0.3,
        "watch__validation_tiles": 8,
        "watch__validate_epochs": 2,
        "watch__checkpoint_steps": 99,
    }
    asked: list[str] = []
    for method in TRIED:
        pretrain(config=run_of(method, optimiser__batch=8, **common), output=tmp_path / f"{method}-one")
        config = run_of(method, optimiser__batch=4, watch__picture_epochs=2, **common)
        config = config.rename(tmp_path / f"{method}.yaml")
        with socket.socket() as free:
            free.bind(("localhost", 0))
            asked += [str(config), str(tmp_path / f"{method}-two"), str(free.getsockname()[1])]
    (tmp_path / "each.py").write_text(EACH)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    shown = subprocess.run(
        [*command, str(tmp_path / "each.py"), *asked],
        env={**ELSEWHERE, "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("Process 1 is done.") == len(TRIED)
    for method in TRIED:
        assert list((tmp_path / f"{method}-two" / "pictures").glob("*.png")), method
        one, two = (without_clock(tmp_path / f"{method}-{name}") for name in ("one", "two"))
        assert len(one) == len(two) > 5, method
        assert one[-1]["kind"] == "validation", method
        assert (tmp_path / f"{method}-two" / "encoder.safetensors").is_file() or method in OF_SCENES, method
        near = {"rel": 1e-4, "abs": 1e-9} if method == "mp_mae" else {"rel": 1e-3, "abs": 1e-7}
        for a, b in zip(one, two, strict=True):
            found = dict(numbers(b))
            for key, value in numbers(a):
                assert found[key] == pytest.approx(value, **near), (method, a["step"], key)


def only_the_encoder_is_of(taken: dict[str, torch.Tensor], config: PretrainConfig, built: BuiltMethod) -> None:
    """A method has the encoder that was taken, and a teacher that begins as it does; all else is as it was drawn."""
    fresh, now = build_method(config).method.state_dict(), built.method.state_dict()
    teacher = "teacher.copies."
    for name, tensor in now.items():
        origin = name.removeprefix(teacher)
        expected = taken[origin] if origin.startswith("encoder.") else fresh[name]
        assert torch.equal(tensor, expected), name
        assert not name.startswith(teacher) or torch.equal(tensor, now[origin]), name
    assert built.name != "softcon" or any(name.startswith(f"{teacher}encoder.") for name in now)


@pytest.fixture(scope="module")
def first() -> dict[str, Path]:
    """Runs of mp_mae that another method goes on from, by what their encoder takes; made when they are asked for."""
    return {}


@pytest.mark.parametrize("method", [name for name in TRIED if name != "mp_mae"])
def test_a_run_begins_with_the_encoder_of_another_methods_run(
    run_of: Callable[..., Path],
    first: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    method: str,
) -> None:
    short = {"optimiser__epochs": 1, "optimiser__warmup_epochs": 0, "watch__validate_epochs": 0}
    inputs = "rgb" if method in OF_SCENES else "s2"
    if inputs not in first:
        first[inputs] = tmp_path_factory.mktemp("mp_mae") / "first"
        pretrain(config=run_of("mp_mae", mp_mae__inputs=inputs, **short), output=first[inputs])
    begun = first[inputs]
    config = read_config(run_of(method, init=str(begun)))
    built = build_method(config)
    told = start_from(str(begun), built)
    assert told.endswith("which was trained by mp_mae")
    state = max((begun / "checkpoints").iterdir()) / "weights.safetensors"
    only_the_encoder_is_of(load_file(state), config, built)
    if method not in OF_SCENES:
        model = begun / "encoder.safetensors"
        built = build_method(config)
        assert start_from(str(model), built) == "the encoder of encoder.safetensors"
        weights = load_encoder(model).state_dict()
        only_the_encoder_is_of({f"encoder.{name}": each for name, each in weights.items()}, config, built)
    pretrain(config=run_of(method, init=str(begun), **short), output=tmp_path / "second")
    card = (tmp_path / "second" / "README.md").read_text(encoding="utf-8")
    assert built.method.fidelity in card and "It started from first." in card
    if method in OF_SCENES:
        assert "nothing about Earth observation" in card and not (tmp_path / "second" / "encoder.safetensors").exists()
        return
    encoders = [load_encoder(run / "encoder.safetensors") for run in (begun, tmp_path / "second")]
    assert encoders[0].state_dict().keys() == encoders[1].state_dict().keys()
    assert encoders[0].architecture == encoders[1].architecture
