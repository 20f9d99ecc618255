"""The training loop: steps of a method on batches, on one device or several processes, resumable at every step.

Knows the method, the data and the schedule by what it is handed; draws no random number. Everything that decides the
next step is in the weights, the optimiser and `Position`, so a run that is killed and started again goes on exactly.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.optim import AdamW

from mmearth_core.errors import GO_ON, Cancelled, MMEarthError
from mmearth_core.pretraining.checkpoints import Checkpoints
from mmearth_core.pretraining.config import OptimiserConfig, PretrainConfig
from mmearth_core.pretraining.distributed import Processes
from mmearth_core.pretraining.log import RunLog
from mmearth_core.pretraining.loss_sums import LossWindow, StepNumbers
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.progress import CancelToken, Progress


@dataclass(frozen=True)
class Schedule:
    """Learning rates of a run of `steps` optimiser steps, the first `warmup` of them rising to `peak`.

    Per step, not per epoch, as the published recipe does; but the first step already learns (rate peak / warmup),
    while there its rate is 0.
    """

    steps: int
    warmup: int
    peak: float

    def __call__(self, step: int) -> float:
        """The learning rate of step 0 … steps − 1."""
        if step < self.warmup:
            return self.peak * (step + 1) / self.warmup
        return self.peak * 0.5 * (1 + math.cos(math.pi * (step - self.warmup) / max(1, self.steps - self.warmup)))


@dataclass(frozen=True)
class Plan:
    """How long a run is: epochs of `steps_per_epoch` steps of `accumulation` batches of `tiles` tiles each, where
    `tiles` counts those of all processes; `noun`: what a tile is called."""

    epochs: int
    steps_per_epoch: int
    accumulation: int
    tiles: int
    schedule: Schedule
    noun: str = "tile"

    @property
    def steps(self) -> int:
        return self.epochs * self.steps_per_epoch

    @classmethod
    def of(cls, config: OptimiserConfig, tiles: int, world: int, noun: str = "tile") -> "Plan":
        """The plan for a number of training tiles. Raises `MMEarthError` when they are too few for one step."""
        batch = config.batch * world
        if config.effective_batch % batch:
            raise MMEarthError(
                f"optimiser.effective_batch {config.effective_batch} is not a multiple of optimiser.batch"
                f" {config.batch} times {world} processes; change one of them."
            )
        per_epoch = tiles // config.effective_batch
        if not per_epoch:
            raise MMEarthError(
                f"There are {tiles} {noun}s to learn from, fewer than one step takes"
                f" (optimiser.effective_batch {config.effective_batch}); lower it, or give more {noun}s."
            )
        steps = config.epochs * per_epoch
        warmup = round(config.warmup_epochs * per_epoch)
        schedule = Schedule(steps, warmup, config.peak_learning_rate)
        return cls(config.epochs, per_epoch, config.effective_batch // batch, batch, schedule, noun)


@dataclass
class Position:
    """How far a run is, beside weights and optimiser: all of it is in every checkpoint.

    `closed`: the last epoch whose validation and picture are done. `best`: step and figures of the best validation.
    """

    step: int = 0
    closed: int = 0
    best: tuple[int, dict[str, Any]] | None = None
    validation: dict[str, Any] = field(default_factory=dict)
    window: LossWindow = field(default_factory=LossWindow)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Position":
        best, window = values["best"], LossWindow(**values["window"])
        return cls(**{**values, "best": best and (best[0], best[1]), "window": window})


class Watcher(Protocol):
    """What happens at the end of an epoch."""

    def validate(self, check: Callable[[], None]) -> dict[str, Any]:
        """Losses on the hold-out, and "score": lower is better. `check` raises when the run is to stop.

        Raises `MMEarthError` when the encoder collapsed.
        """

    def picture(self, epoch: int) -> None:
        """Write a picture."""


#: Batches of an epoch (from 0), beginning with a certain one.
Batches = Callable[[int, int], Iterator[Batch]]


@dataclass
class Loop:
    """One run of training."""

    config: PretrainConfig
    plan: Plan
    method: PretrainMethod
    batches: Batches
    watcher: Watcher
    processes: Processes
    checkpoints: Checkpoints
    #: The log of the first process; the others have none.
    open_log: Callable[[int, int], RunLog]
    progress: Progress
    cancel: CancelToken
    log: RunLog | None = None
    position: Position = field(default_factory=Position)

    def __post_init__(self) -> None:
        self.optimiser = make_optimiser(self.method, self.config.optimiser)
        #: The step whose present state is on disk.
        self._saved: int | None = None
        self._warned = False
        self._clock = _Clock()

    def run(self) -> Position:
        """Train to the end, from where the newest checkpoint is.

        Raises `Cancelled` (the state is saved), and `MMEarthError` when the objective is no number or the encoder
        collapsed (the last good state stays).
        """
        size = self._resume()
        if self.position.closed == self.plan.epochs:
            return self.position
        if self.processes.first:
            self.log = self.open_log(size, self.position.step)
        try:
            self._train()
        except Cancelled as error:
            self._save()
            raise Cancelled(f"Stopped after step {self.position.step} of {self.plan.steps}{GO_ON}") from error
        finally:
            if self.log is not None:
                self.log.close()
        return self.position

    def _resume(self) -> int:
        """Load the newest checkpoint, if there is one; returns the length of the log then."""
        steps = self.checkpoints.steps()
        if not steps:
            self.processes.share_weights(self.method)
            return 0
        state = self.checkpoints.load(steps[-1], self.method, self.optimiser)
        self.position = Position.from_dict(state["position"])
        self._saved = steps[-1]
        self.progress.message(f"Going on after step {self.position.step} of {self.plan.steps}.")
        return int(state["log_bytes"])

    def _train(self) -> None:
        plan, position = self.plan, self.position
        self.progress.start("Training", plan.steps * plan.tiles * plan.accumulation, f"{plan.noun}s")
        self.progress.advance(position.step * plan.tiles * plan.accumulation)
        while True:
            if position.step // plan.steps_per_epoch > position.closed:
                self._close_epoch(position.step // plan.steps_per_epoch)
            if position.step == plan.steps:
                break
            epoch, within = divmod(position.step, plan.steps_per_epoch)
            batches = self.batches(epoch, within * plan.accumulation)
            for _ in range(within, plan.steps_per_epoch):
                self._step(batches)
        self.progress.finish()
        self._save()

    def _step(self, batches: Iterator[Batch]) -> None:
        """One step of the optimiser, from `accumulation` batches; nothing changes if it is interrupted."""
        config, position = self.config.optimiser, self.position
        self.method.train()
        self.optimiser.zero_grad(set_to_none=True)
        losses: list[Losses] = []
        for _ in range(self.plan.accumulation):
            self._check()
            batch = self._clock.wait_for(batches)
            with self._autocast():
                found = self.method(self._on_device(batch))
            if found.objective.requires_grad:  # it does not where no tile has any value of the outputs
                (found.objective / self.plan.accumulation).backward()
            losses.append(_without_graph(found))
        parameters = [each for each in self.method.parameters() if each.grad is not None]
        self.processes.average_gradients(parameters)
        numbers = StepNumbers.of(losses)
        gradient = float(torch.nn.utils.get_total_norm([each.grad for each in parameters if each.grad is not None]))
        self._stop_unless_finite(numbers, gradient)
        if config.clip is not None:
            torch.nn.utils.clip_grads_with_norm_(parameters, config.clip, torch.tensor(gradient))
        rate = self.plan.schedule(position.step)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        position.step += 1
        self.method.after_step(position.step, self.plan.steps)
        position.window.add(numbers, gradient)
        self._clock.tiles += self.plan.tiles * self.plan.accumulation
        self.progress.advance(self.plan.tiles * self.plan.accumulation)
        if position.step % self.config.watch.log_steps == 0 or position.step == self.plan.steps:
            self._log_training(rate, losses[-1].weights)
        if position.step % self.config.watch.checkpoint_steps == 0:
            self._save()

    def _close_epoch(self, epoch: int) -> None:
        """Validate and picture the epoch that ended, if it is the turn of it, and keep the best."""
        watch, position = self.config.watch, self.position
        last = epoch == self.plan.epochs
        if watch.validate_epochs and (epoch % watch.validate_epochs == 0 or last):
            found = self.watcher.validate(self._check)
            if not all(math.isfinite(value) for value in _numbers(found)):
                raise self._failure("losses on the hold-out are no numbers")
            if self.log is not None:
                self.log.record("validation", position.step, {"epoch": epoch, **found})
            position.validation = {"epoch": epoch, **found}
            self._tell(epoch, found)
        if watch.picture_epochs and (epoch % watch.picture_epochs == 0 or last):
            self.watcher.picture(epoch)
        position.closed = epoch
        self._saved = None
        score = position.validation.get("score")
        if position.validation.get("epoch") != epoch or score is None:
            return
        if position.best is None or score < position.best[1]["score"]:
            position.best = (position.step, position.validation)
            self._save()

    def _log_training(self, rate: float, weights: Any) -> None:
        position, window = self.position, self.position.window
        speed, waiting = self._clock.restart()
        if self.log is not None:
            values = {
                "epoch": position.step / self.plan.steps_per_epoch,
                "learning_rate": rate,
                "objective": window.objective / window.steps,
                "gradient_norm": window.gradient / window.steps,
                "losses": window.losses,
                "weights": dict(weights),
                "images_per_second": speed,
                "waiting": waiting,
            }
            self.log.record("train", position.step, values)
        position.window = LossWindow()

    def _tell(self, epoch: int, found: dict[str, Any]) -> None:
        """Say in one line how a validation went; warn when a constant would do as well."""
        score = found.get("score")
        if score is None:
            return
        extra = "".join(f", {name} {value:.3f}" for name, value in found.get("monitor", {}).items())
        self.progress.message(f"Epoch {epoch}: hold-out losses are {score:.3f} of a constant's, on average{extra}.")
        if score >= 1 and epoch > max(1, self.config.optimiser.warmup_epochs) and not self._warned:
            self._warned = True
            self.progress.message(
                "Warning: after the warm-up the hold-out is predicted no better than by constants, on average."
            )

    def _check(self) -> None:
        if self.processes.any(self.cancel.cancelled):
            raise Cancelled("Cancelled.")

    def _save(self) -> None:
        """Write a checkpoint, unless this very state is on disk."""
        position = self.position
        if self._saved == position.step:
            return
        if not all(bool(torch.isfinite(each).all()) for each in self.method.parameters()):
            raise self._failure("weights are no numbers any more")
        self.processes.by_first(self._write_checkpoint)
        self._saved = position.step

    def _write_checkpoint(self) -> None:
        position = self.position
        size = self.log.size() if self.log is not None else 0
        state = {"position": asdict(position), "log_bytes": size}
        best = None if position.best is None else position.best[0]
        self.checkpoints.save(position.step, self.method, self.optimiser, state, best)

    def _stop_unless_finite(self, numbers: StepNumbers, gradient: float) -> None:
        broken = [name for name, (total, _) in numbers.parts.items() if not math.isfinite(total)]
        if broken or not math.isfinite(numbers.objective):
            raise self._failure(f"the loss is no number ({', '.join(broken) or 'objective'})")
        if not math.isfinite(gradient):
            raise self._failure("the gradient is no number")

    def _failure(self, what: str) -> MMEarthError:
        """Why the run stops, and from where another one may go on."""
        steps = self.checkpoints.steps()
        kept = f"`set=init={self.checkpoints.path(steps[-1])}`" if steps else "other settings"
        return MMEarthError(
            f"Stopped at step {self.position.step + 1}: {what}. The same command would meet the same tiles again, so"
            f" lower optimiser.base_learning_rate or set optimiser.clip, and start a new run with {kept}."
        )

    def _autocast(self) -> AbstractContextManager[Any]:
        if not uses_bf16(self.config, self.processes.device):
            return nullcontext()
        return torch.autocast(self.processes.device.type, torch.bfloat16)

    def _on_device(self, batch: Batch) -> dict[str, Tensor]:
        return {name: tensor.to(self.processes.device, non_blocking=True) for name, tensor in batch.items()}


def _numbers(found: Mapping[str, Any]) -> Iterator[float]:
    """All figures of a validation."""
    for value in found.values():
        if isinstance(value, Mapping):
            yield from _numbers(value)
        elif value is not None:
            yield value


def _without_graph(losses: Losses) -> Losses:
    """The same numbers, without what the backward pass needed."""
    parts = {name: LossSum(part.total.detach(), part.count.detach()) for name, part in losses.parts.items()}
    return Losses(losses.objective.detach(), parts, losses.weights)


class _Clock:
    """Tiles per second, and the share of the time spent waiting for them, since the last line of the log."""

    def __init__(self) -> None:
        self.tiles = 0
        self._waited = 0.0
        self._since = time.perf_counter()

    def wait_for(self, batches: Iterator[Batch]) -> Batch:
        """The next batch."""
        began = time.perf_counter()
        batch = next(batches)
        self._waited += time.perf_counter() - began
        return batch

    def restart(self) -> tuple[float, float]:
        """(tiles per second, share of waiting) since the last call."""
        elapsed = time.perf_counter() - self._since
        found = self.tiles / elapsed, self._waited / elapsed
        self.tiles, self._waited, self._since = 0, 0.0, time.perf_counter()
        return found


def make_optimiser(method: PretrainMethod, config: OptimiserConfig) -> AdamW:
    """AdamW in two groups: what the method wants decayed, and the rest."""
    groups: dict[bool, list[torch.nn.Parameter]] = {True: [], False: []}
    for name, parameter in method.named_parameters():
        if parameter.requires_grad:
            groups[method.decayed(name, parameter)].append(parameter)
    return AdamW(
        [
            {"params": members, "weight_decay": config.weight_decay if decayed else 0.0}
            for decayed, members in groups.items()
        ],
        lr=config.peak_learning_rate,
        betas=config.betas,
    )


def uses_bf16(config: PretrainConfig, device: torch.device) -> bool:
    """Whether the networks compute in bfloat16: when asked to, or by themselves on a GPU that can."""
    if config.precision == "auto":
        return device.type == "cuda" and torch.cuda.is_bf16_supported()
    return config.precision == "bf16"
