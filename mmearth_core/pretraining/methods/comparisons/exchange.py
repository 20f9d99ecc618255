"""Rows of one process among those of all, and which rows are of one place: what losses that compare rows share."""

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import functional

from mmearth_core.encoder.masking import sum_over_processes
from mmearth_core.pretraining.methods.contract import Batch


def rows_of_all_processes(rows: Tensor) -> tuple[Tensor, int]:
    """(k, n, D) of each process → (k, Σn, D) in the order of processes, and where this one's begin.

    Processes may have different n; all must call. Gradients pass back to the process that the rows are of.
    """
    before, after = _rows_of_others(rows.shape[1], rows.device)
    return sum_over_processes(functional.pad(rows, (0, 0, before, after))), before


def places_of(batch: Batch) -> Tensor:
    """The number of each tile's place, (N,) int64, the same in all processes; without "place" a tile is a place."""
    if "place" in batch:
        return batch["place"]
    masked = batch["masked"]
    before, _ = _rows_of_others(len(masked), masked.device)
    return torch.arange(before, before + len(masked), device=masked.device)


def _rows_of_others(own: int, device: torch.device) -> tuple[int, int]:
    """How many rows the processes before and after this one have, which has `own`."""
    if not dist.is_available() or not dist.is_initialized() or dist.get_world_size() == 1:
        return 0, 0
    rank = dist.get_rank()
    counts = torch.zeros(dist.get_world_size(), dtype=torch.int64, device=device)
    counts[rank] = own
    dist.all_reduce(counts)
    return int(counts[:rank].sum()), int(counts[rank + 1 :].sum())
