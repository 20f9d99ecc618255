"""A teacher that is what its student was on average: a copy whose weights follow, and that no gradient reaches.

Mean teachers (Tarvainen & Valpola 2017, arXiv 1703.01780); the momentum rises to 1 along a cosine, as in BYOL (Grill et
al. 2020, arXiv 2006.07733). Exists only while pretraining; nothing of it is exported.
"""

import math
from copy import deepcopy

import torch
from torch import nn


class MovingTeacher(nn.Module):
    """Copies of some networks, by name: `teacher["encoder"]`."""

    def __init__(self, momentum: float, **students: nn.Module) -> None:
        super().__init__()
        self.momentum = momentum
        self.copies = nn.ModuleDict({name: deepcopy(student) for name, student in students.items()})
        self.copies.requires_grad_(False)

    def __getitem__(self, name: str) -> nn.Module:
        return self.copies[name]

    def begin_as(self, **students: nn.Module) -> None:
        """Take the weights that the students have now."""
        for name, student in students.items():
            self.copies[name].load_state_dict(student.state_dict())

    @torch.no_grad()
    def follow(self, step: int, steps: int, **students: nn.Module) -> None:
        """After the `step`-th of `steps`: t ← m·t + (1 − m)·s, of weights and buffers."""
        m = momentum_at(self.momentum, step, steps)
        for name, student in students.items():
            theirs = student.state_dict()
            for key, ours in self.copies[name].state_dict().items():
                ours.copy_(m * ours + (1 - m) * theirs[key])


def momentum_at(first: float, step: int, steps: int) -> float:
    """1 − (1 − `first`)·(cos(π·step/steps) + 1)/2: `first` at step 0, 1 at the last."""
    return 1 - (1 - first) * (math.cos(math.pi * step / steps) + 1) / 2
