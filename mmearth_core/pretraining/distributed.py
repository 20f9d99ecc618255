"""Several processes that train as one: who this process is, and the few words the processes exchange.

`torchrun` starts the processes and tells each its rank. Losses are summed over processes by the methods themselves
(`encoder.masking.sum_over_processes`); here gradients are. They are exchanged once per step, after the last
micro-batch, in one message: the networks are small, and a modality that no process has a value for keeps no gradient.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from mmearth_core.errors import MMEarthError

Result = TypeVar("Result")


@dataclass(frozen=True)
class Processes:
    """This process among those of the run: `rank` of `world`, and the device it computes on."""

    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this process writes files and talks to the user."""
        return self.rank == 0

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process; all must ask at the same point."""
        if self.world == 1:
            return flag
        flags = torch.tensor(int(flag), device=self.device)
        dist.all_reduce(flags, dist.ReduceOp.MAX)
        return bool(flags)

    def by_first(self, work: Callable[[], Result]) -> Result | None:
        """Do `work` in the first process while the others wait; an error there ends them too."""
        error: MMEarthError | None = None
        result = None
        if self.first:
            try:
                result = work()
            except MMEarthError as caught:
                error = caught
        if self.any(error is not None):
            raise error or MMEarthError("The first process stopped the run; see its message for why.")
        return result

    def share_weights(self, module: nn.Module) -> None:
        """Give every process the weights of the first."""
        if self.world > 1:
            for tensor in [*module.parameters(), *module.buffers()]:
                dist.broadcast(tensor.data, 0)

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace each gradient by its mean over the processes.

        Losses are summed over processes with gradients passed back to all, so every process holds the gradient of
        all processes' losses: P times that of one, and the mean over processes is that of the whole batch.
        """
        gradients: list[Tensor] = [each.grad for each in parameters if each.grad is not None]
        if self.world == 1 or not gradients:
            return
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        dist.all_reduce(flat)
        flat /= self.world
        for gradient, part in zip(gradients, torch.split(flat, [each.numel() for each in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))


@contextmanager
def processes() -> Iterator[Processes]:
    """The processes that torchrun started, joined while inside; this process alone without torchrun."""
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if world == 1:
        yield Processes(0, 1, device)
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(rank, world, device)
    finally:
        dist.destroy_process_group()
