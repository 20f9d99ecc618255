"""The verb `separability`: how well the classes of some samples can be told apart, two by two."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output, write_text
from mmearth_core.labelling.comparing.comparison import Comparison, compare
from mmearth_core.labelling.fitting import Dates, read_places
from mmearth_core.labelling.samples import Samples
from mmearth_core.locks import sole_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.sources.stack import Stack
from mmearth_core.sources.unlabelled import BesideLabels
from mmearth_core.sources.working_set import SampleLayer
from mmearth_core.wording import counted

#: Pairs of classes below this are mixed up easily, those above it hardly ever (Richards 2013, ch. 10).
MIXED, APART = 1.0, 1.9


@dataclass(frozen=True, eq=False)
class SeparabilityResult:
    """The comparison of the classes, and where its table is, if it was written."""

    comparison: Comparison
    path: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        found = self.comparison
        return {
            "classes": [each.name for each in found.classes],
            "samples": found.samples,
            "pixels": found.pixels,
            "separability": found.separability,
            "told_on": found.told_on,
            "odd": found.odd,
            "messages": found.messages,
            "path": self.path,
        }

    def __str__(self) -> str:
        found = self.comparison
        names, count = [each.name for each in found.classes], len(found.classes)
        wide = max(len(name) for name in names)
        lines = ["Jeffries-Matusita distance (0: the same, 2: never mixed up):"]
        columns = [max(7, len(name)) for name in names]
        lines.append(f"  {'':{wide}}  " + "  ".join(f"{name:>{w}}" for name, w in zip(names, columns, strict=True)))
        for row in range(count):
            cells = ["" if col == row else _told(found, row, col) for col in range(row + 1)]
            told = "  ".join(f"{cell:>{w}}" for cell, w in zip(cells, columns, strict=False))
            lines.append(f"  {names[row]:{wide}}  {told}".rstrip())
        if found.told_on is not None:
            lines.append("Each date votes; the distance is that of the date that tells the two apart best.")
        for each in found.odd:
            part = f", part {each.part}" if each.part else ""
            like = "unlike the others" if each.nearest == each.label else f"more like {each.nearest}"
            off = f"{each.distance:.1f} standard deviations off" + (f" on {each.date}" if each.date else "")
            lines.append(f"Feature {each.fid}{part} ({each.label}): {like}, {off}.")
        if self.path is not None:
            lines.append(f"{counted(count, 'class')} in {self.path}.")
        return "\n".join([*lines, *found.messages])


@sole_writer("output")
def separability(
    *,
    embeddings: Sequence[str | Path],
    samples: Sequence[str | Path] = (),
    output: str | Path | None = None,
    field: str = "class",
    layer: str | None = None,
    dates: Dates = "vote",
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SeparabilityResult:
    """Say how well the classes of some samples can be told apart on their embedding, two by two, and which samples are
    unlike the others of their class.

    The Jeffries–Matusita distance of two classes is 0 where they are the same and 2 where they are never mixed up;
    below 1 a map will mix them up. It takes them for normally distributed, so validation (fit) has the last word. A
    class with fewer than two samples is too few.

    Args:
        embeddings: Embedding rasters of one model, or working sets.
        samples: Vector file of polygons, lines or points with a class (any CRS), one for each embedding, in the same
            order. None for working sets that name their samples.
        output: A table to write, too (CSV).
        field: Attribute that holds the class.
        layer: Layer of the vector files; by default their only one.
        dates: How several dates decide together, as in fit: each by itself, of which the one counts that tells two
            classes apart best, or all in one.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable, or there is one class only; nothing is written then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = None
    if output is not None:
        path = check_output(output, overwrite=overwrite, inputs=(*embeddings, *samples))
    layers = [SampleLayer(str(each), layer, field) for each in samples]
    labelled, _ = read_places(embeddings, layers, BesideLabels(0, "none"), progress=progress, cancel=cancel)
    found = compare(labelled, bands=band_names(labelled, None), dates=dates)
    if len(found.classes) < 2:
        raise MMEarthError(f"There is one class only ({found.classes[0].name}); label at least two classes.")
    if path is not None:
        write_text(path, _table(found))
    return SeparabilityResult(found, path)


def band_names(samples: Samples, stack: Stack | None) -> tuple[str, ...]:
    """What the columns of the embedding are called: the bands of each image, with its date where there are several."""
    slots = samples.columns.slots
    names = []
    for index, slot in enumerate(slots):
        image = None if stack is None else stack.images[index]
        of_slot = image.bands if image is not None else [f"E{number:02d}" for number in range(slot.bands)]
        names += [name if len(slots) == 1 else f"{name}, {slot}" for name in of_slot]
    return tuple(names)


def _told(found: Comparison, row: int, col: int) -> str:
    value = found.separability[row, col]
    return "too few" if np.isnan(value) else f"{value:.2f}"


def _table(found: Comparison) -> str:
    """The matrix as CSV: a row and a column for each class; empty on the diagonal, `too few` where that is so."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["class", *(each.name for each in found.classes), "samples", "pixels"])
    for row, each in enumerate(found.classes):
        cells = ["" if col == row else _told(found, row, col) for col in range(len(found.classes))]
        writer.writerow([each.name, *cells, found.samples[row], found.pixels[row]])
    return text.getvalue()
