"""The learning rate of every step: linear warm-up, then a cosine to zero. Pure numbers."""

import math
from dataclasses import dataclass


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
