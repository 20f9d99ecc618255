"""The verb `working-set`: embeddings, extra layers and samples are put into places, by where they lie."""

import datetime
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from mmearth_core import __version__
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.locks import sole_writer
from mmearth_core.raster.opening import is_local
from mmearth_core.sources.alignment import of_one_place
from mmearth_core.sources.embedding import Embedding, open_embedding
from mmearth_core.sources.stack import Stack
from mmearth_core.sources.working_set import (
    DatedEmbedding,
    ExtraLayer,
    PlaceOfWork,
    SampleLayer,
    WorkingSet,
    working_set_of,
    write_working_set,
)
from mmearth_core.vectors.footprints import touching
from mmearth_core.vectors.reading import read_vector
from mmearth_core.wording import counted

#: Words in the name of a file, how a date is written in one, and what is one whatever the embedding's own is.
_WORD = re.compile(r"[^_\-. ]+")
_DATES = ("%Y", "%m", "%d", "%Y%m%d", "%Y%m", "%m%d", "%y%m%d")
_DAY = re.compile(r"(19|20)\d{6}(T\d{6})?")


@dataclass(frozen=True)
class WorkingSetResult:
    """Where a working set was written, and what is in it. `left_out`: places that are not, told in `messages`, as what
    its layers lack; `warnings` say where it names files that lie elsewhere."""

    path: Path
    found: WorkingSet
    messages: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        places = [
            {
                "name": place.name,
                "embeddings": [
                    {"embedding": each.embedding, "date": each.date and each.date.isoformat()}
                    for each in place.embeddings
                ],
                "layers": [each.title for each in place.layers],
                "samples": [each.file for each in place.samples],
            }
            for place in self.found.places
        ]
        return {
            "path": str(self.path),
            "places": places,
            "messages": list(self.messages),
            "left_out": list(self.left_out),
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        lines = [f"{self.path}: {counted(len(self.found.places), 'place')}"]
        places = [f"  {place.name}: {place}" for place in self.found.places]
        return "\n".join([*lines, *places, *self.messages, *self.warnings])


@sole_writer("output")
def working_set(
    *,
    embeddings: Sequence[str | Path],
    output: str | Path,
    dates: Sequence[datetime.date | None] = (),
    names: Sequence[str] = (),
    layers: Sequence[str | Path] = (),
    samples: Sequence[str | Path] = (),
    field: str = "class",
    skip_places: bool = False,
    overwrite: bool = False,
) -> WorkingSetResult:
    """Put embeddings of dates and places together with layers and samples, as a small file that the other verbs take.

    Embeddings that share half of the smaller one are dates of one place. Names in the file are relative to it.

    Args:
        embeddings: Embedding rasters.
        output: The working set to write (JSON).
        dates: Day each image was taken, in the order of the embeddings; by default, and where it is none, what the item
            beside each tells.
        names: What each image is called, in the order of the embeddings; by default as its file. A place is called by
            what the names of its images begin with.
        layers: Rasters to learn from too, such as heights, slopes or radar in decibels, by their first band; each must
            reach into every place, or `skip_places` says to go on without those.
        samples: Vector files of samples; each belongs to the places it reaches into.
        field: Attribute of the samples that holds the class.
        skip_places: Leave out the places that one of the layers has no value in, and samples that lie in those alone.
        overwrite: Replace an output that exists.

    Raises:
        MMEarthError: An input is unusable, lies elsewhere, or is given twice, or two layers have one name.
    """
    path = check_output(output, overwrite=overwrite, inputs=(*embeddings, *layers, *samples))
    if path.suffix.lower() != ".json":
        raise MMEarthError(f"{path} is to be a working set and does not end in .json; let it end so.")
    if dates and len(dates) != len(embeddings):
        raise MMEarthError(
            f"There are {counted(len(embeddings), 'embedding')} and {counted(len(dates), 'date')}; give each its own"
            " with"
            " `dates`."
        )
    if names and len(names) != len(embeddings):
        raise MMEarthError(
            f"There are {counted(len(embeddings), 'embedding')} and {counted(len(names), 'name')}; give each its own"
            " with"
            " `names`."
        )
    _check_different(embeddings, layers)
    called = [_plain(name) for name in names] or [Path(each).stem for each in embeddings]
    told = [
        DatedEmbedding(str(name), day) if day else working_set_of(name).places[0].embeddings[0]
        for name, day in zip_longest(embeddings, dates)
    ]
    opened = [open_embedding(each.embedding) for each in told]
    extra = tuple(ExtraLayer(str(each)) for each in layers)
    groups = _together(opened)
    of_places = _names([[(called[index], told[index].date) for index in group] for group in groups])
    places = []
    for name, group in zip(of_places, groups, strict=True):
        days = sorted((told[index] for index in group), key=lambda each: (each.date is None, each.date or 0))
        places.append(PlaceOfWork(tuple(days), name, extra))
    stacks = [Stack.of(place) for place in places]
    told_layers = [SampleLayer(str(each), field=field) for each in samples]
    places = _with_samples(places, stacks, told_layers)
    covered = _covered(stacks, skip_places=skip_places)
    kept = [place for place, shares in zip(places, covered, strict=True) if all(shares)]
    left = tuple(place.name for place, shares in zip(places, covered, strict=True) if not all(shares))
    messages = [f"Left out, for a layer has no value there: {', '.join(left)}."] if left else []
    found = WorkingSet(tuple(kept))
    lost = [each.file for each in told_layers if not any(each in place.samples for place in kept)]
    if lost:
        messages.append(f"Samples left out with these places: {', '.join(lost)}.")
    messages += [*_partly(stacks, covered), *_days_that_count_more(kept)]
    write_working_set(path, found, software=f"mmearth {__version__}")
    folder = path.absolute().parent
    named = dict.fromkeys(name for place in found.places for name in place.named)
    far = [name for name in named if not (is_local(name) and Path(name).absolute().is_relative_to(folder))]
    warnings = []
    if far:
        warnings.append(
            f"Not beside or below {path.name}, so read only where what an input refers to is trusted: {', '.join(far)}."
        )
    return WorkingSetResult(path, found, tuple(messages), left, tuple(warnings))


def _check_different(embeddings: Sequence[str | Path], layers: Sequence[str | Path]) -> None:
    """Raise `MMEarthError` when an image is given twice, which would vote twice, or two layers have one name."""
    seen = set[str]()
    for each in embeddings:
        if (real := os.path.realpath(each) if is_local(str(each)) else str(each)) in seen:
            raise MMEarthError(f"{each} is given twice and would vote twice; give each embedding once.")
        seen.add(real)
    called: dict[str, str | Path] = {}
    for each in layers:
        title = ExtraLayer(str(each)).title
        if title in called:
            raise MMEarthError(f"Two layers have the name {title} ({called[title]}, {each}); rename one of the files.")
        called[title] = each


def _days_that_count_more(places: Sequence[PlaceOfWork]) -> list[str]:
    """What is to be said of places with several images of one day."""
    found = []
    for place in places:
        days = Counter(each.date for each in place.embeddings if each.date)
        found += [
            f"{place.name}: {number} images are of {day}, so that day votes {number} times."
            for day, number in days.items()
            if number > 1
        ]
    return found


def _together(embeddings: Sequence[Embedding]) -> list[list[int]]:
    """Indices of the embeddings of each place, in their order."""
    grids = [each.grid for each in embeddings]
    groups: list[list[int]] = []
    for index, grid in enumerate(grids):
        near = [group for group in groups if any(of_one_place(grid, grids[other]) for other in group)]
        for group in near[1:]:
            near[0].extend(group)
            groups.remove(group)
        if near:
            near[0].append(index)
            near[0].sort()
        else:
            groups.append([index])
    return groups


def _plain(name: str) -> str:
    """A name without what no file may be called."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", name).strip(" .") or "place"


def _names(groups: Sequence[Sequence[tuple[str, datetime.date | None]]]) -> list[str]:
    """What each place is called, by names and dates of its images: the words that the names begin with, without a date
    at their end, and a number where that is another's name too."""
    names: list[str] = []
    for dated in groups:
        first = dated[0][0]
        words = [[found[0] for found in _WORD.finditer(name)] for name, _ in dated]
        shared = list(takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False)))
        told = {day.strftime(form) for _, day in dated if day for form in _DATES}
        while len(shared) > 1 and (shared[-1][0] in told or _DAY.fullmatch(shared[-1][0])):
            shared.pop()
        ends = [found.end() for found in _WORD.finditer(first)]
        common = first[: ends[len(shared) - 1]].strip("_-. ") if shared else first
        name, number = common, 2
        while name in names:
            name, number = f"{common}-{number}", number + 1
        names.append(name)
    return names


def _covered(stacks: Sequence[Stack], *, skip_places: bool) -> list[list[float]]:
    """The share of each place, 0 … 1, that each of its layers has a value in. Raises `MMEarthError` when a place lacks
    a layer altogether and is not to be left out, or all would be."""
    shares = [_shares(stack) for stack in stacks]
    if not any(all(each) for each in shares):
        stack, layer = stacks[0], stacks[0].layers[shares[0].index(0)]
        raise MMEarthError(f"{layer.raster} has no value in {stack.name}; give a layer that covers it.")
    if not all(all(each) for each in shares) and not skip_places:
        lacking = [
            [layer.raster for layer, share in zip(stack.layers, each, strict=True) if not share]
            for stack, each in zip(stacks, shares, strict=True)
        ]
        where = "; ".join(
            f"{stack.name}: {', '.join(layers)}" for stack, layers in zip(stacks, lacking, strict=True) if layers
        )
        raise MMEarthError(
            f"Some places lack a value of a layer ({where}); give layers that cover them, or go on without these"
            " places with `skip_places`."
        )
    return shares


def _shares(stack: Stack) -> list[float]:
    """The share of what is embedded in a place, looked at from afar, that each layer has a value in."""
    if not stack.layers:
        return []
    shape = min(256, stack.grid.height), min(256, stack.grid.width)
    with stack.reader() as reader:
        pixels = reader.read(stack.grid.window, shape)
    seen = pixels.anywhere
    return [float(np.isfinite(layer[seen]).sum() / max(1, seen.sum())) for layer in pixels.layers]


def _partly(stacks: Sequence[Stack], covered: Sequence[Sequence[float]]) -> list[str]:
    """What is to be said of places that a layer covers in part."""
    return [
        f"{layer.raster} covers {100 * share:.1f} % of {stack.name}: beyond, it counts as its mean."
        for stack, shares in zip(stacks, covered, strict=True)
        if all(shares)
        for layer, share in zip(stack.layers, shares, strict=True)
        if round(share, 3) < 1
    ]


def _with_samples(
    places: Sequence[PlaceOfWork], stacks: Sequence[Stack], samples: Sequence[SampleLayer]
) -> list[PlaceOfWork]:
    found: list[list[SampleLayer]] = [[] for _ in places]
    for each in samples:
        here = []
        for number, stack in enumerate(stacks):
            vector = read_vector(each.file, field=each.field)
            if touching(vector.in_pixels(stack.grid), stack.grid).any():
                here.append(number)
        if not here:
            raise MMEarthError(f"{each.file} lies in none of the places; check its place and coordinate system.")
        for number in here:
            found[number].append(each)
    return [
        PlaceOfWork(place.embeddings, place.name, place.layers, tuple(mine))
        for place, mine in zip(places, found, strict=True)
    ]
