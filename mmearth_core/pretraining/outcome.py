"""What a finished run leaves for others: the plain encoder as a model file, calibrated if asked for, and its card.

The model knows its bands and statistics, and nothing of the method that trained it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmearth_core.embedding.model_writing import write_model
from mmearth_core.encoder.model_file import ModelHeader, Statistics
from mmearth_core.encoder.network import Encoder
from mmearth_core.files import write_text
from mmearth_core.pretraining.config import PretrainConfig, ScenesConfig
from mmearth_core.pretraining.methods.contract import PretrainMethod
from mmearth_core.pretraining.run_folder import RunFolder
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.wording import counted


@dataclass(frozen=True)
class Trained:
    """What was learned from: training and hold-out tiles, steps and epochs done, and how the hold-out was predicted.
    `noun`: what a tile is called."""

    tiles: int
    hold_out: int
    steps: int
    epochs: int
    validation: Mapping[str, Any]
    noun: str = "tile"


def model_header(
    config: PretrainConfig,
    encoder: Encoder,
    bands: tuple[str, ...],
    statistics: dict[str, Statistics],
    trained: Trained,
) -> ModelHeader:
    """What the model of a run says of itself, before calibration."""
    architecture = encoder.architecture
    return ModelHeader(
        name=config.export.name,
        model_id="",
        size=architecture.size,
        patch=architecture.patch,
        bands=bands,
        statistics=statistics,
        stem=architecture.stem,
        grn=encoder.grn,
        scales=(),
        source=f"mmearth pretrain, {config.method}, {trained.steps} steps on {trained.tiles} tiles",
        licence=config.export.licence,
    )


def export(
    folder: RunFolder,
    config: PretrainConfig,
    method: PretrainMethod,
    encoder: Encoder,
    header: ModelHeader,
    trained: Trained,
    *,
    progress: Progress,
    cancel: CancelToken,
) -> None:
    """Write the model files of a run's encoder and the model card."""
    header, _ = write_model(
        encoder, header, config.export.calibrate, folder.path, overwrite=True, progress=progress, cancel=cancel
    )
    write_text(folder.card, model_card(config, method, header, trained))


def model_files(folder: RunFolder, config: PretrainConfig) -> list[Path]:
    """The model files a run leaves: always the torch form, the form that `embed` runs if it was calibrated."""
    suffixes = (".safetensors", ".onnx") if config.export.calibrate else (".safetensors",)
    return [folder.path / f"{config.export.name}{suffix}" for suffix in suffixes]


def model_card(config: PretrainConfig, method: PretrainMethod, header: ModelHeader, trained: Trained) -> str:
    """A card in Markdown: what the model is, what it learned from and how, how well, and what it is not."""
    use = (
        f"`mmearth embed SCENE --model {header.name}.onnx -o EMB.tif`"
        if header.calibrated
        else f"Calibrate it first: `mmearth weights convert {header.name}.safetensors --calibrate SCENE …`"
    )
    lines = [
        f"# {header.name}",
        "",
        f"A ConvNeXt V2 encoder ({header.size}, patch {header.patch}) for the Sentinel-2 bands"
        f" {', '.join(header.bands)}, pretrained with {config.method} by `mmearth pretrain`.",
        "",
        f"- Model id: `{header.model_id}`",
        *_what_was_done(config, method, trained),
        f"- Licence: {header.licence or 'not stated'}",
        "",
        "## Use",
        "",
        use,
        "",
        "## Losses on the hold-out",
        "",
        *validation_table(trained.validation, "| "),
        "",
        "## Limits",
        "",
        f"It has seen {trained.tiles} tiles. What is rare or absent among them it does not know; try it on your own"
        " samples before relying on it. Losses say how well hidden parts are predicted, not how good a map will be.",
        "",
    ]
    return "\n".join(lines)


def export_card(folder: RunFolder, config: PretrainConfig, method: PretrainMethod, trained: Trained) -> None:
    """Write the card of a run on a generated world, which leaves its states and no model for rasters."""
    lines = [
        f"# {config.export.name}",
        "",
        f"A network pretrained with {config.method} by `mmearth pretrain` on a toy world of generated scenes. **It says"
        " nothing about Earth observation**, and no raster can be embedded with it; `checkpoints` holds its states.",
        "",
        *_what_was_done(config, method, trained),
        f"- Licence: {config.export.licence or 'not stated'}",
        "",
        "## Losses on the hold-out",
        "",
        *validation_table(trained.validation, "| "),
        "",
    ]
    write_text(folder.card, "\n".join(lines))


def _what_was_done(config: PretrainConfig, method: PretrainMethod, trained: Trained) -> list[str]:
    """Lines of a card: data, method and training."""
    optimiser, data = config.optimiser, config.data
    of, further = counted(trained.tiles, trained.noun), counted(trained.hold_out, f"further {trained.noun}")
    if isinstance(data, ScenesConfig):
        learned = [f"- Learned from: {of} of the generated world {data.seed}; {further} held out."]
    else:
        datasets = ", ".join(Path(each).name for each in data.datasets)
        learned = [
            f"- Learned from: {of} of {datasets}; {further}, in other {data.block_degrees:g}° blocks of the globe, held"
            " out.",
            f"- Statistics of the input: {data.statistics}",
        ]
    start = [f"- It started from {Path(config.init).name}."] if config.init else []
    return [
        *learned,
        *start,
        f"- Method: {method.fidelity}",
        f"- Predicted: {', '.join(method.outputs) or 'no modality'}",
        f"- Training: {trained.epochs} epochs, {trained.steps} steps of"
        f" {counted(optimiser.effective_batch, trained.noun)}, AdamW,"
        f" peak learning rate {optimiser.peak_learning_rate:.3g}, weight decay {optimiser.weight_decay:g}, seed"
        f" {config.seed}",
    ]


def validation_table(validation: Mapping[str, Any], style: str = "") -> list[str]:
    """Lines of a table: each modality's loss, that of the best constant, and their ratio. As Markdown if asked."""
    if not validation.get("losses"):
        return ["Nothing was held out."]
    rows = [("modality", "loss", "constant", "ratio")]
    for name, loss in validation["losses"].items():
        constant = validation["constant"].get(name)
        if loss is None or constant is None:
            rows.append((name, "–", "–", "–"))
        else:
            rows.append((name, f"{loss:.4f}", f"{constant:.4f}", f"{loss / constant:.3f}" if constant else "–"))
    if style:
        return [f"| {' | '.join(rows[0])} |", "|---|--:|--:|--:|", *(f"| {' | '.join(row)} |" for row in rows[1:])]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
