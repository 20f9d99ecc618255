"""The verb `pretrain`: a configuration and a folder become a trained encoder. Says what it takes and what it made."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.wording import counted


@dataclass(frozen=True)
class PretrainResult:
    """A finished run: its folder, the model files it wrote, or its card where it leaves no model, how many tiles it
    learned from, or of whatever the `noun` is, and its last validation."""

    folder: Path
    files: tuple[Path, ...]
    tiles: int
    steps: int
    validation: dict[str, Any]
    rank: int = 0
    noun: str = "tile"

    def __str__(self) -> str:
        if self.rank:
            return f"Process {self.rank} is done."
        from mmearth_core.pretraining.outcome import validation_table  # noqa: PLC0415 - loads torch

        files = " and ".join(str(path) for path in self.files)
        table = "\n".join(validation_table(self.validation))
        return f"{self.steps} steps on {counted(self.tiles, self.noun)}: {files}.\n\n{table}"


def pretrain(
    *,
    config: str | Path,
    output: str | Path,
    set: Sequence[str] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> PretrainResult:
    """Pretrain an encoder on tiles as a configuration says; the run folder holds everything it makes.

    The same command goes on with an interrupted run exactly where it was; a finished run is left as it is. Started by
    torchrun, several processes train together.

    Args:
        config: YAML file with the settings of the run.
        output: Folder of the run.
        set: Settings that replace those of the file, as optimiser.epochs=3.
        overwrite: Remove the run that is in the folder and start afresh.
        progress: Receives progress; silent by default.
        cancel: Set it to stop after the present step.

    Raises:
        MMEarthError: The configuration or data cannot be used, or training broke down (the last good state is kept).
        EnvironmentFailure: The machine failed; the run can go on from its last checkpoint.
        Cancelled: `cancel` was set; the run can go on from where it was.
    """
    from mmearth_core.pretraining.training import train  # noqa: PLC0415 - loads torch

    files, learned, rank = train(
        config, output, set, overwrite=overwrite, progress=progress or Silent(), cancel=cancel or CancelToken()
    )
    return PretrainResult(
        Path(output).absolute(), files, learned.tiles, learned.steps, dict(learned.validation), rank, learned.noun
    )
