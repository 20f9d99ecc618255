"""How well boxes of a generated world are found from above with few labels, after NS-MAE and from scratch.

    python -m training.bev_segmentation -o FOLDER [--seeds 0 1 2] [--starts scratch image all] [--sensors …] [--steps N]

The seed system of NS-MAE at toy size. It says nothing about Earth observation. Networks start from scratch, from
NS-MAE, and from NS-MAE with the image term alone, which is what the settings that were released train; they learn from
1, 5, 10 and 100 % of 300 labelled scenes of another world, from cameras, LiDAR or both, equal steps each, and are
judged by the intersection over union of cells of 1 m on 50 further scenes.

Pretraining goes on where it was interrupted. Every training that is done is a line of FOLDER/results.jsonl and is not
done again, so that parts (--seeds, --starts, …) may run one after the other, or beside each other for different seeds.
Every pretraining has a line there too: what each of its terms loses on scenes that were held out, over what the best
constants lose on them. FOLDER/results.md holds the tables of all there is. --quick tries everything at the size of a
test and means nothing; --estimate says how long everything takes on one core, from two steps of each kind.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import yaml
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.evaluation.protocol import over_trainings
from mmearth_core.files import write_text
from mmearth_core.pretraining.checkpoints import WEIGHTS, Checkpoints
from mmearth_core.pretraining.config import PretrainConfig, ScenesConfig, read_config
from mmearth_core.pretraining.log import read_log
from mmearth_core.pretraining.methods.ns_mae.scenes.data import SceneDataset, measured
from mmearth_core.pretraining.methods.ns_mae.scenes.method import NsMaeScenes
from mmearth_core.pretraining.methods.ns_mae.scenes.network import SceneNetwork, Sensors
from mmearth_core.pretraining.methods.ns_mae.scenes.view import SceneView
from mmearth_core.pretraining.methods.ns_mae.scenes.world import Cameras
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig, TermsConfig
from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.pretraining.run_folder import RunFolder
from mmearth_core.processors import processor_name

CONFIG = Path(__file__).parent / "configs" / "methods" / "ns_mae.yaml"
Start = Literal["scratch", "image", "all"]
STARTS: Sequence[Start] = ("scratch", "image", "all")
SENSORS: Sequence[Sensors] = ("camera", "lidar", "both")
#: Percent of the labelled scenes.
LABELS = (1, 5, 10, 100)
NAMES = {"scratch": "from scratch", "image": "NS-MAE, image term only", "all": "NS-MAE"}
#: Labelled scenes and those that are judged by are of another world than those that were pretrained on.
_WORLD = 1_000_003
#: A cell in a box weighs so much more in the loss than another, since few are.
_BOX_WEIGHT = 4.0


@dataclass(frozen=True)
class Study:
    """How large everything is. `changes`: settings of the pretraining; the rest is of the labelling."""

    changes: Sequence[str] = (
        "data.image=[32, 48]", "optimiser.epochs=10", "watch.picture_epochs=5", "watch.validate_epochs=5",
    )  # fmt: skip
    labelled: int = 300
    judged: int = 50
    steps: int = 100
    batch: int = 4
    rate: float = 1e-3


QUICK = Study(
    changes=(
        "data.scenes=10", "data.image=[16, 24]", "data.workers=0", "ns_mae.voxel=2", "ns_mae.width=4", "ns_mae.rays=16",
        "optimiser.epochs=1", "optimiser.warmup_epochs=0", "optimiser.batch=4", "optimiser.effective_batch=4",
        "watch.validate_epochs=1", "watch.picture_epochs=0",
    ),
    labelled=100, judged=2, steps=1, batch=2,
)  # fmt: skip


@dataclass(frozen=True)
class Training:
    """One training on labels, and what came of it: `iou`, and `seconds` of the processor."""

    start: Start
    sensors: Sensors
    percent: int
    seed: int
    iou: float = field(default=np.nan, compare=False)
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Pretrained:
    """What a pretraining came to: of each term its loss on held-out scenes over that of the best constant there."""

    start: Start
    seed: int
    held_out: Mapping[str, float] = field(default_factory=dict, compare=False)


class Segmenter(SceneNetwork):
    """Which cells of 1 m are in a box: logits (N, 32, 32) from the volume of a scene."""

    def __init__(self, config: NsMaeConfig, levels: int) -> None:
        super().__init__(config)
        self.head = nn.Sequential(
            nn.Conv2d(config.width * levels, 32, 3, padding=1), nn.GELU(), nn.Conv2d(32, 1, 3, padding=1)
        )

    def forward(self, batch: dict[str, Tensor], sensors: Sensors) -> Tensor:
        logits = self.head(self.volume(batch, sensors).flatten(1, 2))
        shape = batch["boxes"].shape[-2:]
        enlarged: Tensor = functional.interpolate(logits, shape, mode="bilinear", align_corners=False)[:, 0]
        return enlarged


def pretrained(study: Study, start: Start, seed: int, folder: Path) -> Path | None:
    """The weights of a pretraining, which is done or finished if need be; None from scratch."""
    if start == "scratch":
        return None
    only_image = ["ns_mae.terms={image: 1.0, depth: 0.0, bev: 0.0}"] if start == "image" else []
    run = run_of(folder, start, seed)
    changes = [*study.changes, *only_image, f"seed={seed}", f"export.name={run.name}"]
    pretrain(config=CONFIG, output=run, set=changes)
    states = Checkpoints(RunFolder(run).checkpoints, keep=1)
    return states.path(states.steps()[-1]) / WEIGHTS


def run_of(folder: Path, start: Start, seed: int) -> Path:
    """The folder of a pretraining."""
    return folder / f"{start}-{seed}"


def held_out(run: Path) -> dict[str, float]:
    """What each term loses on held-out scenes at the end of a run, over what the best constants lose there.

    Below 1 is better than a constant. A term that has no weight in the run is judged too, and was not learned.
    """
    found = [line for line in read_log(RunFolder(run).log) if line["kind"] == "validation"][-1]
    return {name: loss / found["constant"][name] for name, loss in found["losses"].items()}


def labelled(study: Study, world: ScenesConfig, view: SceneView) -> tuple[SceneDataset, SceneDataset]:
    """Whole views of the labelled scenes, and of those that are judged by."""
    numbers = np.arange(study.labelled + study.judged)
    parts = numbers[: study.labelled], numbers[study.labelled :]
    first, second = (SceneDataset(world, part, view, 0) for part in parts)
    return first, second


def batch_of(scenes: SceneDataset, positions: Iterable[int]) -> dict[str, Tensor]:
    views = [scenes.view(int(each), 0) for each in positions]
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def train(
    task: Training, study: Study, config: NsMaeConfig, weights: Path | None, scenes: tuple[SceneDataset, SceneDataset]
) -> float:
    """Train on some labels and judge: the intersection over union of all cells of the scenes that are judged by."""
    learned, judged = scenes
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(task.seed)
        network = Segmenter(config, round(8 / config.voxel))
    if weights is not None:
        found = load_file(weights)
        own = [name for name in network.state_dict() if not name.startswith("head.")]
        network.load_state_dict(network.state_dict() | {name: found[name] for name in own})
    rng = np.random.default_rng([task.seed, task.percent])
    chosen = np.random.default_rng(task.seed).permutation(len(learned))[: max(1, len(learned) * task.percent // 100)]
    optimiser = torch.optim.AdamW(network.parameters(), study.rate, weight_decay=0.05)
    warmup = max(1, study.steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / warmup) * 0.5 * (1 + np.cos(np.pi * step / study.steps))
    )
    for _ in range(study.steps):
        batch = batch_of(learned, rng.choice(chosen, study.batch, replace=len(chosen) < study.batch))
        loss = functional.binary_cross_entropy_with_logits(
            network(batch, task.sensors), batch["boxes"].float(), pos_weight=torch.tensor(_BOX_WEIGHT)
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
    both = either = 0
    with torch.no_grad():
        for first in range(0, len(judged), study.batch):
            batch = batch_of(judged, range(first, min(first + study.batch, len(judged))))
            said, true = network(batch, task.sensors) > 0, batch["boxes"]
            both, either = both + int((said & true).sum()), either + int((said | true).sum())
    return both / max(1, either)


def estimate(study: Study, run: PretrainConfig, scenes: tuple[SceneDataset, SceneDataset], count: int) -> str:
    """How long steps take, and all of it for `count` seeds, in time of one processor."""
    config: NsMaeConfig = run.settings
    batch = batch_of(scenes[0], range(study.batch))
    method, network = NsMaeScenes(config), Segmenter(config, round(8 / config.voxel))
    view = SceneView.of(config)
    rng = np.random.default_rng(0)
    samples = [measured(0, each, Cameras(*scenes[0].world.image)) for each in range(study.batch)]
    views = [view(sample, rng) for sample in samples]
    hidden = {name: torch.from_numpy(np.stack([each[name] for each in views])) for name in views[0]}

    def seconds(loss: Callable[[], Tensor]) -> float:
        """Of a scene, in the second of two steps."""
        for _ in range(2):
            began = time.process_time()
            loss().backward()
        return (time.process_time() - began) / study.batch

    of_scene = seconds(lambda: method(hidden).objective)
    of_label = {each: seconds(lambda each=each: network(batch, each).sum()) for each in SENSORS}
    pretraining = (
        of_scene * run.data.scenes * (1 - run.data.hold_out) * run.optimiser.epochs * count * (len(STARTS) - 1)
    )
    # Judging takes a third of a step.
    scenes_seen = (study.steps * study.batch + study.judged / 3) * len(LABELS) * len(STARTS) * count
    labels = sum(of_label.values()) * scenes_seen
    each = ", ".join(f"{name} {value:.3f}" for name, value in of_label.items())
    return (
        f"{of_scene:.3f} s a scene in pretraining, with labels {each} s; {count} seeds take {pretraining / 3600:.1f} h"
        f" of pretraining and {labels / 3600:.1f} h with labels, on one core ({processor_name()})."
    )


def table(done: Sequence[Training]) -> str:
    """Mean and standard deviation over seeds, as Markdown."""
    lines = [
        "| sensors | start | " + " | ".join(f"{percent} %" for percent in LABELS) + " |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for sensors, start in product(SENSORS, STARTS):
        cells = []
        for percent in LABELS:
            found = [each.iou for each in done if (each.sensors, each.start, each.percent) == (sensors, start, percent)]
            cells.append(_cell(found))
        lines.append(f"| {sensors} | {NAMES[start]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def held_out_table(done: Sequence[Pretrained]) -> str:
    """Mean and standard deviation over seeds of each term's loss over a constant's, as Markdown."""
    names = list(TermsConfig.__dataclass_fields__)
    lines = [f"| pretraining | {' | '.join(names)} |", f"|---|{'--:|' * len(names)}"]
    for start in STARTS[1:]:
        found = [each.held_out for each in done if each.start == start]
        lines.append(f"| {NAMES[start]} | {' | '.join(_cell([each[name] for each in found]) for name in names)} |")
    return "\n".join(lines)


def _cell(found: Sequence[float]) -> str:
    return f"{over_trainings(found)} ({len(found)})" if found else "–"


def results(folder: Path) -> list[Training]:
    """The trainings with labels that are done; a line that was broken off does not count."""
    return [Training(**line) for line in _lines(folder) if "held_out" not in line]


def pretrainings(folder: Path) -> list[Pretrained]:
    """The pretrainings of which it is known what they came to."""
    return [Pretrained(**line) for line in _lines(folder) if "held_out" in line]


def _lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / "results.jsonl"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = []
    for line in text.splitlines():
        with suppress(ValueError):  # it was broken off
            found.append(json.loads(line))
    return found


def keep(folder: Path, task: Training | Pretrained) -> None:
    """Add what is done, on a line of its own."""
    path = folder / "results.jsonl"
    broken = path.is_file() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * broken + json.dumps(asdict(task)) + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--starts", choices=STARTS, nargs="+", default=STARTS)
    parser.add_argument("--sensors", choices=SENSORS, nargs="+", default=SENSORS)
    parser.add_argument("--labels", type=int, choices=LABELS, nargs="+", default=LABELS, help="percent")
    parser.add_argument("--steps", type=int, help=f"of each training with labels (default: {Study.steps})")
    parser.add_argument("--estimate", action="store_true", help="say how long it takes, and do nothing")
    parser.add_argument("--quick", action="store_true", help="the size of a test; the numbers mean nothing")
    given: Any = parser.parse_args(arguments)
    study = QUICK if given.quick else Study()
    study = replace(study, steps=given.steps or study.steps)
    run = read_config(CONFIG, study.changes)
    if not isinstance(run.data, ScenesConfig):
        raise TypeError(f"{CONFIG} is not of scenes")
    config: NsMaeConfig = run.settings
    world = ScenesConfig(study.labelled + study.judged, _WORLD, run.data.image)
    scenes = labelled(study, world, SceneView.of(config).whole())
    if given.estimate:
        torch.set_num_threads(1)
        print(estimate(study, run, scenes, len(given.seeds)))
        return
    given.output.mkdir(parents=True, exist_ok=True)
    _same_study(given.output / "study.yaml", study)
    for seed, start in product(given.seeds, given.starts):
        tasks = [Training(start, sensors, percent, seed) for sensors, percent in product(given.sensors, given.labels)]
        known = start == "scratch" or Pretrained(start, seed) in pretrainings(given.output)
        if known and all(task in results(given.output) for task in tasks):
            continue
        weights = pretrained(study, start, seed, given.output)
        if not known:
            keep(given.output, Pretrained(start, seed, held_out(run_of(given.output, start, seed))))
        for task in tasks:
            if task in results(given.output):
                continue
            began = time.process_time()
            iou = train(task, study, config, weights, scenes)
            done = replace(task, iou=iou, seconds=round(time.process_time() - began, 1))
            keep(given.output, done)
            print(done, flush=True)
    text = (
        f"# Boxes from above (IoU), a toy world\n\n{table(results(given.output))}\n\n"
        "What pretraining loses on held-out scenes, over what the best constants lose there (below 1 is better); by the"
        f" image term alone the other two are not learned:\n\n{held_out_table(pretrainings(given.output))}\n"
    )
    write_text(given.output / "results.md", text)
    print(text)


def _same_study(path: Path, study: Study) -> None:
    """Keep how large everything is; refuse a folder of another size, whose lines would stand in one table."""
    text = yaml.safe_dump({**asdict(study), "changes": list(study.changes)})
    if path.is_file() and path.read_text(encoding="utf-8") != text:
        raise SystemExit(f"{path.parent} holds results of another size; choose another folder.")
    write_text(path, text)


if __name__ == "__main__":
    main()
