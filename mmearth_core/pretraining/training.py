"""A run of `pretrain` from its first to its last step: data, method, loop and export put together."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from mmearth_core.embedding.model_writing import check_scenes
from mmearth_core.pretraining.checkpoints import Checkpoints, load_weights
from mmearth_core.pretraining.config import PretrainConfig, ScenesConfig, read_config
from mmearth_core.pretraining.distributed import Processes, processes
from mmearth_core.pretraining.labelled import read_labelled
from mmearth_core.pretraining.log import RunLog
from mmearth_core.pretraining.loop import Loop, Plan, uses_bf16
from mmearth_core.pretraining.methods.building import build_method, start_from
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.ns_mae.scenes.data import open_scenes
from mmearth_core.pretraining.outcome import Trained, export, export_card, model_files, model_header
from mmearth_core.pretraining.run_data import RunData, TrainingBatches, open_tiles
from mmearth_core.pretraining.run_folder import RunFolder
from mmearth_core.pretraining.watching import EpochWatcher
from mmearth_core.progress import CancelToken, Progress, Silent
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
    data: RunData
    if isinstance(config.data, ScenesConfig):
        data = open_scenes(config.data)
    else:
        data = open_tiles(config.data, group, progress)
        data.check_teachers(config)
    plan = Plan.of(config.optimiser, len(data.train), group.world, data.noun)
    built = build_method(config, data.known)
    data.check(config, built)
    statistics = data.model_statistics(built.bands)
    begun = Trained(len(data.train), len(data.held), 0, 0, {}, data.noun)
    labelled = None
    if statistics is not None:
        # What is wrong with these is better told now than after the training.
        header = model_header(config, built.method.encoder, built.bands, statistics, begun)
        check_scenes(config.export.calibrate, header)
    if statistics is not None and config.watch.labelled is not None:
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
            if statistics is None:
                export_card(folder, config, built.method, trained)
                return
            encoder = built.method.export()
            header = model_header(config, encoder, built.bands, statistics, trained)
            export(folder, config, built.method, encoder, header, trained, progress=progress, cancel=cancel)

    group.by_first(write)
    files = (folder.card,) if statistics is None else tuple(model_files(folder, config))
    return files, replace(trained, steps=position.step), group.rank


def _introduce(config: PretrainConfig, plan: Plan, data: RunData, built: BuiltMethod, progress: Progress) -> None:
    """Say what the run will be, before it takes hours."""
    weights = sum(each.numel() for each in built.method.parameters())
    progress.message(
        f"{counted(len(data.train), data.noun)} to learn from, {len(data.held)} held out;"
        f" {plan.steps} steps of {counted(config.optimiser.effective_batch, data.noun)} in {plan.epochs} epochs;"
        f" {weights / 1e6:.2f} M weights."
    )
    progress.message(built.method.fidelity)
    for remark in data.remarks(config, built):
        progress.message(remark)
    for what in built.over_batch if plan.accumulation > 1 else ():
        progress.message(
            f"Each step adds up {plan.accumulation} batches; {what} sees {counted(plan.tiles, data.noun)} at a time,"
            f" not {config.optimiser.effective_batch}."
        )
