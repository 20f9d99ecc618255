"""The log of a run: one JSON object a line, always, and the same numbers as TensorBoard events.

A run that goes on from a checkpoint first cuts the log back to where it was then, so no line appears twice.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmearth_core.errors import MMEarthError, unwritable


class RunLog:
    """Writes `log.jsonl` and, into `events`, TensorBoard files. Only one process of a run has one."""

    def __init__(self, path: Path, events: Path, *, size: int = 0, step: int = 0) -> None:
        """Go on behind the first `size` bytes, written up to `step`; what comes later is dropped."""
        self.path = path
        try:
            self._file = path.open("ab")
            if self._file.tell() < size:
                raise MMEarthError(f"{path} lost lines since the last checkpoint; restore it to go on with this run.")
            self._file.truncate(size)
            self._file.seek(size)  # cutting does not move the position, which `size` tells
        except OSError as error:
            raise unwritable(path, error) from error
        from torch.utils.tensorboard.writer import SummaryWriter  # noqa: PLC0415 - takes seconds to load

        self._writer = SummaryWriter(str(events), purge_step=step + 1 if step else None)

    def record(self, kind: str, step: int, values: Mapping[str, Any]) -> None:
        """Write one line: its kind ("train", "validation"), its step, and numbers, alone or in named groups."""
        line = json.dumps({"kind": kind, "step": step, **values}, allow_nan=False, ensure_ascii=False)
        try:
            self._file.write(line.encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise unwritable(self.path, error) from error
        for name, value in values.items():
            members = value.items() if isinstance(value, Mapping) else [("", value)]
            for member, number in members:
                if isinstance(number, int | float):
                    self._writer.add_scalar("/".join(filter(None, [kind, name, member])), number, step)

    def size(self) -> int:
        """Bytes written so far, all of them on the disk."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error
        self._writer.flush()
        return self._file.tell()

    def close(self) -> None:
        """Write out everything."""
        self._file.close()
        self._writer.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log, oldest first."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
