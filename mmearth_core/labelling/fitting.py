"""The verb `fit`: embeddings and samples in, a probe and the validation that says how far to trust it out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.labelling.class_values import alike_names, moved_codes
from mmearth_core.labelling.places import find_places
from mmearth_core.labelling.probe import Probe, fit_probe
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.labelling.samples import Samples, merge_samples, read_samples
from mmearth_core.labelling.validation import Validation, choose_strengths, cross_validate
from mmearth_core.locks import sole_writer
from mmearth_core.processors import one_thread_each
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.sources.embedding import described
from mmearth_core.sources.layers import without_value
from mmearth_core.sources.slots import Columns
from mmearth_core.sources.stack import Stack, with_columns_of_all
from mmearth_core.sources.unlabelled import PIXELS, BesideLabels, Prior, Unlabelled, draw_unlabelled
from mmearth_core.sources.working_set import SampleLayer, working_set_of
from mmearth_core.vectors.kept import packed
from mmearth_core.wording import counted

#: How several dates decide together.
Dates = Literal["vote", "together"]


@dataclass(frozen=True, eq=False)
class FitResult:
    """A fitted probe, where it was written, its validation, and what was left out; `str()` is the report."""

    path: Path
    model: Probe
    validation: Validation
    messages: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "path": str(self.path),
            "probe": self.model.as_dict(),
            "validation": self.validation.as_dict(),
            "messages": list(self.messages),
        }

    def __str__(self) -> str:
        training = self.model.training
        return "\n".join(
            [
                f"{self.path}: {len(self.model.legend)} classes from {counted(training.pixels, 'pixel')} of"
                f" {counted(training.polygons, 'sample')}, on {self._learned_from()}",
                *self._learned_beside(),
                *self.messages,
                "",
                str(self.validation),
            ]
        )

    def _learned_beside(self) -> list[str]:
        """What pixels without a label told."""
        learned, names = self.model.unlabelled, self.model.legend.names
        if learned is None:
            return []
        pixels, blocks = counted(learned.pixels, "pixel"), counted(learned.blocks, "block")
        line = f"{pixels} without a label of {blocks} helped"
        if learned.shares is None:
            return [f"{line}."]
        shares = (f"{name} {100 * share:.0f} %" for name, share in zip(names, learned.shares, strict=True))
        return [f"{line}; they seem to be {', '.join(shares)}."]

    def _learned_from(self) -> str:
        slots = self.model.columns.slots
        models = ", ".join(dict.fromkeys(described(slot.name, slot.identity) for slot in slots))
        dates = [str(slots[index]) for member in self.model.members for index in member.slots]
        return models + (f" of {', '.join(dates)}" if len(dates) > 1 else "")


@sole_writer("output")
def fit(
    *,
    embeddings: Sequence[str | Path],
    samples: Sequence[str | Path] = (),
    output: str | Path,
    field: str = "class",
    layer: str | None = None,
    dates: Dates = "vote",
    unlabelled: int = PIXELS,
    prior: Prior = "tempered",
    block: float | None = None,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> FitResult:
    """Fit a probe on the labelled pixels of one or several scenes, validate it by places, and write it as JSON.

    The same input and seed give the same file.

    Args:
        embeddings: Embedding rasters of one model, or working sets, whose places have dates, layers and samples.
        samples: Vector file of polygons, lines or points with a class (any CRS), one for each embedding, in the same
            order; each lies on its embedding. None for working sets that name their samples.
        output: The probe to write (JSON).
        field: Attribute that holds the class: text, or numbers, of which 1 … 254 are the values of the map too.
        layer: Layer of the vector files; by default their only one.
        dates: How several dates decide together: each with a probe of its own, which vote, or with all bands in one
            probe, at pixels that every date has.
        unlabelled: Pixels without a label to learn from as well, drawn from all embeddings together; 0 for none.
        prior: What to make of how many of them each class has: tempered lets common classes win doubtful pixels, a
            little; none treats all classes alike. Without such pixels it is none.
        block: Metres within which samples count as one place, which validation never has in training and test at once;
            by default what the model sees around a pixel, less where that would leave too few places.
        seed: Start of the random numbers; the same seed gives the same result.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable; nothing is written then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if not 0 <= seed < 2**32:
        raise MMEarthError(f"`seed={seed}` is out of range; choose 0 … {2**32 - 1}.")
    output = check_output(output, overwrite=overwrite, inputs=(*embeddings, *samples))
    layers = [SampleLayer(str(path), layer, field) for path in samples]
    labelled, others = read_places(
        embeddings, layers, BesideLabels(unlabelled, prior), seed=seed, progress=progress, cancel=cancel
    )
    return fit_samples(labelled, others, output, block=block, seed=seed, dates=dates, progress=progress, cancel=cancel)


def read_places(
    embeddings: Sequence[str | Path],
    samples: Sequence[SampleLayer],
    beside: BesideLabels,
    *,
    seed: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[Samples, Unlabelled | None]:
    """The labelled pixels of embeddings or working sets, with their own samples and those given to each, and pixels
    without a label. Raises `MMEarthError` as `fit`."""
    places = _places(embeddings, samples)
    stacks, messages = with_columns_of_all([stack for stack, _ in places])
    for message in messages:
        progress.message(message)
    parts = [
        read_samples(stack, each.file, field=each.field, layer=each.layer, seed=seed, cancel=cancel)
        for stack, (_, layers) in zip(stacks, places, strict=True)
        for each in layers
    ]
    return merge_samples(parts), draw_unlabelled(stacks, beside, seed=seed, cancel=cancel)


def _places(embeddings: Sequence[str | Path], samples: Sequence[SampleLayer]) -> list[tuple[Stack, list[SampleLayer]]]:
    """Every place and its samples. Raises `MMEarthError` when some embedding has none."""
    if not embeddings or len(samples) not in (0, len(embeddings)):
        raise MMEarthError(
            f"There are {counted(len(embeddings), 'embedding')} and {counted(len(samples), 'file')} of samples; give"
            " each"
            " embedding its samples."
        )
    places: list[tuple[Stack, list[SampleLayer]]] = []
    for number, path in enumerate(embeddings):
        given = [samples[number]] if samples else []
        found = [(place, [*place.samples, *given]) for place in working_set_of(path).places]
        if not any(named for _, named in found):
            raise MMEarthError(f"{path} has no samples; give each embedding a vector file with samples.")
        places += [(Stack.of(place), named) for place, named in found]
    return places


def fit_samples(
    samples: Samples,
    unlabelled: Unlabelled | None,
    output: Path,
    *,
    block: float | None = None,
    seed: int = 0,
    dates: Dates = "vote",
    progress: Progress,
    cancel: CancelToken,
) -> FitResult:
    """As `fit`, of samples and other pixels at hand; `output` was checked by the caller."""
    if len(samples.legend) < 2:
        paths = ", ".join(sorted({str(group.path) for group in samples.groups}))
        raise MMEarthError(f"{paths} has one class only ({samples.legend.names[0]}); label at least two classes.")
    messages = (*samples.messages, *moved_codes(samples.legend, samples.codes), *alike_names(samples.legend.names))
    together = dates == "together"
    model = taught_probe(samples, unlabelled, seed=seed, together=together, cancel=cancel)
    messages = (*messages, *what_counts(samples, model))  # told with the result, once
    validation = cross_validate(
        samples, unlabelled=unlabelled, block=block, seed=seed, together=together, progress=progress, cancel=cancel
    )
    model = replace(model, training=replace(model.training, places=packed(samples.shapes)))
    save_probe(output, model, validation=validation.as_dict())
    return FitResult(output, model, validation, messages)


def taught_probe(
    samples: Samples,
    unlabelled: Unlabelled | None,
    *,
    seed: int = 0,
    together: bool = False,
    cancel: CancelToken,
) -> Probe:
    """The probe that maps are made with, live and final."""
    with one_thread_each():  # so that sums round the same way wherever it is fitted
        chosen = choose_strengths(samples, find_places(samples), seed=seed, together=together, cancel=cancel)
        return fit_probe(samples, strengths=chosen, unlabelled=unlabelled, together=together)


def what_counts(samples: Samples, model: Probe) -> list[str]:
    """What the probe does not look at, and why, and where a layer that it looks at says nothing."""
    members = [(member.slots, member.classes) for member in model.members]
    messages = what_dates_say(samples.columns, model.legend.names, members)
    if samples.columns.layers and not model.layers:
        messages.append(
            f"layers left out ({', '.join(samples.columns.layers)}): on places left out in turn, the embedding alone"
            " does better"
        )
    for layer in model.layers:
        values = samples.values[:, samples.columns.of_layers][:, samples.columns.layers.index(layer.name)]
        if without := int((~np.isfinite(values)).sum()):
            messages.append(without_value(layer, without, len(samples), "labelled pixels"))
    return messages


def what_dates_say(
    columns: Columns, names: Sequence[str], members: Sequence[tuple[Sequence[int], Sequence[int]]]
) -> list[str]:
    """Which dates are left out, and of which classes one says nothing: of the slots and classes (by index) of each
    member of a probe."""
    used = {index for slots, _ in members for index in slots}
    clouded = [str(slot) for index, slot in enumerate(columns.slots) if index not in used]
    messages = [f"{', '.join(clouded)} left out: fewer than two classes have a clear sample there"] if clouded else []
    for slots, classes in members:
        lacking = [name for index, name in enumerate(names) if index not in classes]
        if lacking:
            when = ", ".join(str(columns.slots[index]) for index in slots)
            messages.append(f"{when} says nothing of {', '.join(lacking)}: no sample of it is clear there")
    return messages
