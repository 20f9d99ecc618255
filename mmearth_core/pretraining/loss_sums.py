"""Sums of losses over steps or batches, as plain numbers that a checkpoint can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import torch

from mmearth_core.pretraining.methods.contract import Losses


@dataclass
class LossWindow:
    """What was lost since the last line of the log: sums and counts of each part, and the objective of each step."""

    steps: int = 0
    objective: float = 0.0
    gradient: float = 0.0
    totals: dict[str, float] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)

    def add(self, numbers: "StepNumbers", gradient: float = 0.0) -> None:
        """One further step."""
        self.steps += 1
        self.objective += numbers.objective
        self.gradient += gradient
        for name, (total, count) in numbers.parts.items():
            self.totals[name] = self.totals.get(name, 0.0) + total
            self.counts[name] = self.counts.get(name, 0.0) + count

    @property
    def losses(self) -> dict[str, float | None]:
        """The mean of each part over all that counted; None where nothing did."""
        return {name: self.totals[name] / count if count else None for name, count in self.counts.items()}


@dataclass(frozen=True)
class StepNumbers:
    """The losses of one step as Python numbers: the objective and (sum, count) of each part."""

    objective: float
    parts: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, batches: list[Losses]) -> Self:
        """Of the batches of one step, in one transfer from the device."""
        names = list(batches[0].parts)
        values = [
            value.detach().double()
            for losses in batches
            for value in (losses.objective, *(v for n in names for v in (losses.parts[n].total, losses.parts[n].count)))
        ]
        table = torch.stack(values).reshape(len(batches), -1)
        objective, *sums = torch.cat([table[:, :1].mean(0), table[:, 1:].sum(0)]).tolist()
        return cls(objective, {name: (sums[2 * i], sums[2 * i + 1]) for i, name in enumerate(names)})
