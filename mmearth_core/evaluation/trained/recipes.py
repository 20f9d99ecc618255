"""How the protocols that train do it: every number of a recipe, without torch.

Those that end in -paper, and segment-unet, are what the published figures of MMEarth were made with (Nedungadi et al.
2024, arXiv 2405.02771, by the scripts of vishalned/MMEarth-train); docs/evaluate.md names every difference from these.
The scripts fine-tune with all labels of m-bigearthnet and m-so2sat alone; elsewhere it is done here at the batch and
rate of their linear probe.
"""

from dataclasses import dataclass, replace
from typing import Literal

from mmearth_core.evaluation.judging.protocols import TrainedName


@dataclass(frozen=True)
class Recipe:
    """AdamW with a cosine to `least_rate`, stepped with every update, after a linear warm-up.

    `still`: epochs, of all, in which the encoder does not learn. `batch`: tiles per update; a last batch that is not
    full is left out. `decay`: weight decay; `encoder_decay`: of the encoder, where it is another. `layer_decay`: factor
    of the learning rate from a layer to the one before; `layers`: how these are counted, "published" as the scripts do
    or "in order". `smoothing`: of labels. `drop_path`: of the last block, rising linearly; active while the encoder is
    still, too. `statistics`: by which pixels are normalised, the task's own or the model's. `norm`: of the encoder's
    responses, per tile, or as the model has it. `flips`: whether tiles are turned and mirrored. `keep`: the network of
    the last epoch, or that of the best on the validation tiles. `head`: linear on the mean of the last map, or a U-Net.
    """

    epochs: int
    still: int
    batch: int
    rate: float
    decay: float
    statistics: Literal["task", "model"]
    norm: Literal["sample", "model"]
    head: Literal["linear", "unet"] = "linear"
    warmup: int = 0
    encoder_decay: float | None = None
    layer_decay: float | None = None
    layers: Literal["published", "in order"] = "in order"
    smoothing: float = 0.0
    drop_path: float = 0.0
    flips: bool = False
    keep: Literal["last", "best"] = "last"
    least_rate: float = 1e-6


#: Rates are base rate · batch / 256, as published: 2e-4 for classes, 1e-2 for pixels.
_BASE_RATE = 2e-4
_PAPER = Recipe(100, 0, 1024, 8e-4, 0.3, "task", "sample", smoothing=0.2, drop_path=0.1)
_RECIPES: dict[TrainedName, Recipe] = {
    "linear-paper": replace(_PAPER, still=100),
    "finetune-paper": replace(_PAPER, layer_decay=0.9, layers="published"),
    "finetune": Recipe(
        *(50, 0, 64, 1e-3, 0.05, "model", "model"),
        warmup=5, layer_decay=0.75, smoothing=0.1, drop_path=0.1, flips=True, keep="best",
    ),
    "segment-unet": Recipe(
        200, 50, 32, 1.25e-3, 0.3, "task", "sample", head="unet", encoder_decay=0.0, drop_path=0.1
    ),
}  # fmt: skip
#: Rates with full batches of the sizes that have their own: base rates of 1e-2 and 1e-4.
_RATES: dict[tuple[TrainedName, str], float] = {("linear-paper", "tiny"): 4e-2, ("finetune-paper", "tiny"): 4e-4}
#: Tiles per update where only a share of the labels is used, and on the smallest task whatever is used of it.
_FEW, _FEWEST, _SMALLEST = 32, 8, "m-eurosat"


def recipe_of(name: TrainedName, task: str, size: str, share: float, epochs: int | None) -> Recipe:
    """The recipe for a task by its name, a `size` of encoder (`Architecture.size`) and a share of the task's labels;
    with `epochs`, that much shorter or longer.

    With fewer labels, and on m-eurosat always, the published batches are smaller and the rate is the same for every
    size: base rate 2e-4.
    """
    found = _RECIPES[name]
    if name in ("linear-paper", "finetune-paper"):
        if share < 1 or task == _SMALLEST:
            batch = _FEWEST if task == _SMALLEST else _FEW
            found = replace(found, batch=batch, rate=_BASE_RATE * batch / 256)
        else:
            found = replace(found, rate=rate_of(name, size))
    if epochs is not None:
        still = epochs if found.still == found.epochs else round(found.still * epochs / found.epochs)
        found = replace(found, epochs=epochs, still=still, warmup=min(found.warmup, epochs - 1))
    return found


def rate_of(name: TrainedName, size: str) -> float:
    """The rate of a recipe with full batches, for a size of encoder."""
    return _RATES.get((name, size), _RECIPES[name].rate)
