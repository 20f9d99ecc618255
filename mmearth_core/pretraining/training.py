"""A run of `pretrain` from its first to its last step: data, method, loop and export put together."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from mmearth_core.embedding.model_writing import check_scenes
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import is_teacher
from mmearth_core.pretraining.checkpoints import Checkpoints, load_weights
from mmearth_core.pretraining.config import PretrainConfig, read_config
from mmearth_core.pretraining.distributed import Processes, processes
from mmearth_core.pretraining.labelled import read_labelled
from mmearth_core.pretraining.log import RunLog
from mmearth_core.pretraining.loop import Loop, Plan, uses_bf16
from mmearth_core.pretraining.methods.building import build_method, start_from
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.outcome import Trained, export, model_files, model_header
from mmearth_core.pretraining.run_data import RunData, TrainingBatches, open_data
from mmearth_core.pretraining.run_folder import RunFolder
from mmearth_core.pretraining.watching import EpochWatcher
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.tiles.reader import modalities_for
from mmearth_core.wording import counted


def train(
    config: str | Path,
    output: str | Path,
    changes: Sequence[str],
    *,
    overwrite: bool,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[tuple[Path, ...], Trained, int]:
    """Do or finish a run; the arguments and errors are those of `pretrain`.

    Returns the model files, what was learned from and how far, and the rank of this process.
    """
    settings = read_config(config, changes)
    folder = RunFolder(output)
    threads = torch.get_num_threads()
    try:
        if settings.threads:
            torch.set_num_threads(settings.threads)
        with processes() as group:
            return _run(settings, folder, overwrite, group, progress if group.first else Silent(), cancel)
    finally:
        folder.release()
        torch.set_num_threads(threads)


def _run(
    config: PretrainConfig,
    folder: RunFolder,
    overwrite: bool,
    group: Processes,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[tuple[Path, ...], Trained, int]:
    data = open_data(config.data, group, progress)
    plan = Plan.of(config.optimiser, len(data.train), group.world)
    _check_teachers(config, data)
    built = build_method(config, modalities_for(data.tiles))
    _check_tiles(config, data, built)
    data.tiles.require(built.crop)
    statistics = data.model_statistics(built.bands)
    begun = Trained(len(data.train), len(data.held), 0, 0, {})
    # What is wrong with these is better told now than after the training.
    check_scenes(config.export.calibrate, model_header(config, built.method.encoder, built.bands, statistics, begun))
    labelled = None
    if config.watch.labelled is not None:
        patch = built.method.encoder.architecture.patch
        labelled = read_labelled(config.watch.labelled, built.bands, statistics, patch)
    checkpoints = Checkpoints(folder.checkpoints, config.watch.keep)
    if config.init is not None and (overwrite or not checkpoints.steps()):
        progress.message(f"Starting from {start_from(config.init, built)}.")
    group.by_first(lambda: folder.start(config, overwrite=overwrite))
    device = group.device
    precision = "bf16" if uses_bf16(config, device) else "fp32"
    if not folder.card.is_file():
        step = max(checkpoints.steps(), default=0)
        group.by_first(lambda: folder.note_start(step, group.world, device.type, precision))
    _introduce(config, plan, data, built, progress)
    built.method.to(device)
    loop = Loop(
        config=config,
        plan=plan,
        method=built.method,
        batches=TrainingBatches(data, config, built.method.view, plan.tiles, group),
        watcher=EpochWatcher(config, built, data, folder, labelled, group),
        processes=group,
        checkpoints=checkpoints,
        open_log=lambda size, step: RunLog(folder.log, folder.events, size=size, step=step),
        progress=progress,
        cancel=cancel,
    )
    position = loop.run()
    step, validation = position.step, position.validation
    if config.export.checkpoint == "best" and position.best is not None:
        step, validation = position.best
    trained = replace(begun, steps=step, epochs=step // plan.steps_per_epoch, validation=validation)

    def write() -> None:
        """The model files and the card, unless an earlier start wrote them."""
        if not folder.card.is_file():
            if step != position.step:
                load_weights(checkpoints.path(step), built.method)
            encoder = built.method.export()
            header = model_header(config, encoder, built.bands, statistics, trained)
            export(folder, config, built.method, encoder, header, trained, progress=progress, cancel=cancel)

    group.by_first(write)
    files = tuple(model_files(folder, config))
    return files, replace(trained, steps=position.step), group.rank


def _check_teachers(config: PretrainConfig, data: RunData) -> None:
    """Refuse a run that names a teacher nobody has."""
    teachers = [name for name, modality in data.tiles.modalities.items() if modality.is_teacher]
    if unknown := [name for name in config.output_names if is_teacher(name) and name not in teachers]:
        raise MMEarthError(
            f"outputs: no dataset has {', '.join(unknown)}; choose of their teachers ({', '.join(teachers) or 'none'})."
        )


def _check_tiles(config: PretrainConfig, data: RunData, built: BuiltMethod) -> None:
    """Refuse a run that nothing could be learned in."""
    asked = built.method.outputs or tuple(each.name for each in built.method.view.shown) or ("sentinel2",)
    if not set(asked) & set(data.tiles.modalities):
        raise MMEarthError(
            f"No tile has any of {'the outputs' if built.method.outputs else 'what is learned from'}"
            f" ({', '.join(asked)}); choose of {', '.join(data.tiles.modalities)}, which they have."
        )
    if config.export.checkpoint == "best" and not len(data.held):
        raise MMEarthError("export.checkpoint is best, and no tile is held out to tell which that is; set it to last.")


def _introduce(config: PretrainConfig, plan: Plan, data: RunData, built: BuiltMethod, progress: Progress) -> None:
    """Say what the run will be, before it takes hours."""
    weights = sum(each.numel() for each in built.method.parameters())
    left_out = len(data.tiles) - len(data.train) - len(data.held)
    unknown = f" ({counted(left_out, 'further tile')} left out: of unknown place)" if left_out else ""
    progress.message(
        f"{len(data.train)} tiles to learn from, {len(data.held)} held out{unknown};"
        f" {plan.steps} steps of {config.optimiser.effective_batch} tiles in {plan.epochs} epochs;"
        f" {weights / 1e6:.2f} M weights."
    )
    progress.message(built.method.fidelity)
    if config.outputs != "all" and set(config.output_names) != set(built.method.outputs):
        progress.message(f"outputs is not used: {config.method} says itself what it learns from.")
    absent = [each.name for each in built.method.view.shown if each.name not in data.tiles.modalities]
    if absent:
        progress.message(f"No tile has {', '.join(absent)}; nothing is learned from what is not there.")
    if built.method.view.other_images:
        place = data.tiles.places.number[data.train]
        shared = int((np.bincount(place)[place] > 1).sum())
        progress.message(f"{shared} of the {len(place)} tiles to learn from have other images of their place.")
    for what in built.over_batch if plan.accumulation > 1 else ():
        progress.message(
            f"Each step adds up {plan.accumulation} batches; {what} sees {plan.tiles} tiles at a time, not"
            f" {config.optimiser.effective_batch}."
        )
