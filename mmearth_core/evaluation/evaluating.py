"""The verb `evaluate`: encoders judged on tasks of labelled tiles, beside the controls they have to beat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mmearth_core import __version__
from mmearth_core.encoder.registry import MODELS
from mmearth_core.encoder.weights import state
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.judging.cells import REVISION, Cells
from mmearth_core.evaluation.judging.reporting import JSON, PAGE, write_report
from mmearth_core.evaluation.judging.results import Results
from mmearth_core.evaluation.judging.running import Encoder, Plan, check_names, run
from mmearth_core.evaluation.tasks.opening import open_task
from mmearth_core.locks import one_writer
from mmearth_core.processors import available_processors, processor_name
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.scene import SceneOptions
from mmearth_core.wording import counted


@dataclass(frozen=True)
class EvaluateResult:
    """What came of it. `made` cells were computed, `kept` ones were there."""

    folder: Path
    results: Results
    made: int
    kept: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"folder": str(self.folder), "made": self.made, "kept": self.kept, **self.results.as_dict()}

    def __str__(self) -> str:
        done = f"{counted(self.made, 'cell')} computed, {self.kept} kept."
        return (
            f"{self.results.headline()}\n{done}\n{self.folder / PAGE}: the report; {JSON} beside it holds every figure."
        )


def evaluate(
    *,
    tasks: Sequence[str | Path],
    output: str | Path,
    models: Sequence[str] = (),
    protocols: Sequence[
        Literal["knn5", "linear", "segment-linear", "linear-paper", "finetune-paper", "finetune", "segment-unet"]
    ] = (),
    partitions: Sequence[float] = (1.0,),
    seeds: int = 1,
    features: Literal["embedding", "last-map"] = "embedding",
    epochs: int | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> EvaluateResult:
    """Judge encoders on labelled tiles: tables with intervals, controls and label-efficiency curves.

    In every table stand a random encoder of the same architecture, the bands' mean and spread in 5 × 5 pixels, the
    bands, and statistics of the tile, all with the same treatment. Where networks are trained, the random encoder is,
    and of controls without a network a linear layer by the same recipe; beside segment-unet these are judged by
    segment-linear, and named so. Each cell of a table is a file in the folder; what is there is not computed again.

    Args:
        tasks: Folders of GEO-Bench 1.0, .npz files of labelled tiles, or folders of labelled GeoTIFFs.
        output: Folder for cells, results.json, results.csv, report.html and report.md; made if need be.
        models: Names or files of models, or NAME=FILE; by default every model with a name that is on this machine.
        protocols: How they are judged; by default knn5 and linear, of pixels segment-linear. Each is for its kind of
            task and passes over others.
        partitions: Shares of the training labels, 0 to 1; GEO-Bench has 0.01, 0.02, 0.05, 0.1, 0.2, 0.5 and 1.
        seeds: How often what is drawn is drawn: places of the parts, labels of a share, random encoders.
        features: What of an encoder is judged while it is frozen: the bands of its embedding, by mean and spread over a
            tile, or the mean of its last map, as published comparisons do.
        epochs: Epochs of the protocols that train, instead of their own; the tables then name it with the protocol.
        level: Processing level of tiles that do not say it, l1c or l2a.
        offset: DN to add to tiles of GeoTIFFs that do not say it, 0 or -1000.
        scale: Reflectance per unit of GeoTIFFs that do not say it.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished cells are kept.

    Raises:
        MMEarthError: A task or a model cannot be used, or nothing is left to judge.
        EnvironmentFailure, Cancelled: The machine failed or it was cancelled; finished cells are kept.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if epochs is not None and epochs < 1:
        raise MMEarthError("`epochs` is below 1, so nothing would be trained; give 1 or more, or leave it out.")
    if seeds < 1 or not partitions or not all(0 < share <= 1 for share in partitions):
        raise MMEarthError(
            "`seeds` and `partitions` leave nothing to judge; give 1 seed or more, and shares of 0 to 1."
        )
    encoders = _encoders(models)
    options = SceneOptions(level=level, offset=offset, scale=scale)
    opened = [open_task(each, options=options) for each in tasks]
    if twice := [task.name for task in opened if sum(other.name == task.name for other in opened) > 1]:
        raise MMEarthError(f"Two tasks have the name {twice[0]}; rename one of their files or folders.")
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MMEarthError(f"Cannot make the folder {folder} ({error.strerror}); choose another.") from error
    plan = Plan(opened, encoders, protocols, sorted(set(partitions)), seeds, features, epochs)
    with one_writer(folder / JSON):
        cells = Cells(folder)
        found, notes = run(plan, cells, progress=progress, cancel=cancel)
        if not found:
            reasons = " ".join(notes)
            raise MMEarthError(f"Nothing was judged ({reasons}); choose other `protocols`, or other tasks.")
        facts = {
            "features": features,
            "machine": f"{processor_name()}, {counted(available_processors(), 'processor')}",
            "software": f"mmearth {__version__}, cells of revision {REVISION}",
        }
        results = Results(tuple(opened), tuple(found), facts, tuple(notes))
        write_report(results, folder)
    return EvaluateResult(folder, results, cells.made, cells.kept)


def _encoders(models: Sequence[str]) -> list[Encoder]:
    """The encoders that are asked for, or all with a name that are here. Raises `MMEarthError`."""
    if not models:
        return [Encoder(each.name, each.name) for each in MODELS if state(each) == "ready"]
    found: dict[str, str] = {}
    for text in models:
        label, equals, file = text.partition("=")
        name = label if equals else Path(text).stem if Path(text).suffix in {".onnx", ".safetensors", ".pth"} else text
        if name in found:
            raise MMEarthError(f"Two of the `models` have the name {name}; give one another: NAME={file or text}.")
        found[name] = file if equals else text
    check_names(found)
    return [Encoder(name, file) for name, file in found.items()]
