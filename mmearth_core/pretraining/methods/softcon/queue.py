"""What a teacher said of the tiles of earlier steps: a ring of rows that is part of a run's state."""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Said(NamedTuple):
    """What was said of n looks: `rows` (n, D) of length 1; `labels` (n, classes) of what they showed, where `known`
    (n,) bool; `places` (n,) int64, the number of each one's place."""

    rows: Tensor
    labels: Tensor
    known: Tensor
    places: Tensor

    def followed_by(self, other: "Said") -> "Said":
        """Both, one after the other."""
        return Said(*(torch.cat(pair) for pair in zip(self, other, strict=True)))


class Queue(nn.Module):
    """The newest `length` of what was said, oldest first, the same in all processes.

    What is added counts from the next `commit` on, so that a step sees what steps before it said and nothing of its own
    batches, and leaves nothing behind when it is broken off.
    """

    rows: Tensor
    labels: Tensor
    known: Tensor
    places: Tensor
    filled: Tensor

    def __init__(self, length: int, width: int, classes: int) -> None:
        super().__init__()
        self.length = length
        self.register_buffer("rows", torch.zeros(length, width))
        self.register_buffer("labels", torch.zeros(length, classes))
        self.register_buffer("known", torch.zeros(length, dtype=torch.bool))
        self.register_buffer("places", torch.zeros(length, dtype=torch.int64))
        self.register_buffer("filled", torch.zeros((), dtype=torch.int64))
        self._added: list[Said] = []

    def said(self) -> Said:
        """What is in it."""
        begin = self.length - int(self.filled)
        return Said(*(each[begin:] for each in self._buffers_of_rows()))

    def add(self, said: Said) -> None:
        """Keep what was said, of all processes, until `commit`."""
        self._added.append(Said(*(each.detach() for each in said)))

    def commit(self) -> None:
        """Take in what was added, and drop what is then too old."""
        for said in self._added:
            for kept, new in zip(self._buffers_of_rows(), said, strict=True):
                kept.copy_(torch.cat([kept, new.to(kept.dtype)])[len(new) :])
            self.filled.copy_((self.filled + len(said.rows)).clamp(max=self.length))
        self._added.clear()

    def _buffers_of_rows(self) -> tuple[Tensor, ...]:
        return self.rows, self.labels, self.known, self.places
