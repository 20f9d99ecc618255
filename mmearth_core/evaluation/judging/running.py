"""Judges every subject on every task by every protocol, cell by cell; what is in the folder is read instead.

Who cannot be judged on a task is named with the reason and left out; controls never are.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.backends import Backend, open_backend
from mmearth_core.encoder.architecture import Architecture
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.evaluation.judging.cells import Cell, Cells, Key
from mmearth_core.evaluation.judging.evidence import Evidence
from mmearth_core.evaluation.judging.frozen import Rows, Told, knn5, linear, segment_linear
from mmearth_core.evaluation.judging.protocols import (
    LAYER,
    PROTOCOLS,
    ProtocolName,
    layered,
    trains,
    usual,
)
from mmearth_core.evaluation.judging.subjects import (
    AROUND,
    RANDOM,
    RAW,
    STATISTICS,
    Features,
    OfModel,
    Subject,
    control,
)
from mmearth_core.evaluation.tasks.contract import Parts, TileTask
from mmearth_core.evaluation.trained.recipes import rate_of, recipe_of
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.wording import counted

if TYPE_CHECKING:
    from mmearth_core.encoder.model_file import ModelHeader
    from mmearth_core.encoder.network import Encoder as Network

#: Tiles that are read at once.
_AT_ONCE = 16


@dataclass(frozen=True)
class Encoder:
    """Who is judged: its name in the tables, and the name or file that it is opened by."""

    name: str
    model: str


@dataclass(frozen=True)
class Contender:
    """A row of the tables. `identity` is another for any other features; `make` gives it for a task and a seed.
    `network`: of a seed, to be trained; None for controls without one. `layer`: the size of encoder at whose rate a
    linear layer is trained on its features, None where none is. `protocols`: those it is judged by, of the asked."""

    name: str
    role: Literal["encoder", "control"]
    identity: str
    varies: bool
    make: Callable[[TileTask, int], Subject]
    network: Callable[[int], "tuple[Network, ModelHeader]"] | None = None
    layer: str | None = None
    protocols: frozenset[ProtocolName] = frozenset(PROTOCOLS)


@dataclass(frozen=True)
class Plan:
    """What is judged, and how: protocols by name (none: the usual ones of each task), shares of the training labels,
    how many seeds, what of an encoder is judged, and epochs of those that train where they are not their own."""

    tasks: Sequence[TileTask]
    encoders: Sequence[Encoder]
    protocols: Sequence[ProtocolName]
    shares: Sequence[float]
    seeds: int
    features: Features
    epochs: int | None = None

    def label(self, protocol: ProtocolName) -> str:
        """What a protocol is called in tables: with other epochs than its own it is another."""
        return f"{protocol}, {counted(self.epochs, 'epoch')}" if self.epochs and trains(protocol) else protocol

    def protocols_of(self, task: TileTask) -> list[ProtocolName]:
        return [each for each in self.protocols or usual(task.target) if task.target in PROTOCOLS[each].targets]


def run(plan: Plan, cells: Cells, *, progress: Progress, cancel: CancelToken) -> tuple[list[Cell], list[str]]:
    """All cells, and what was left out and why, in sentences."""
    found, notes = [], _not_for_any(plan)
    contenders = _contenders(plan)
    work = [(task, each) for task in plan.tasks for each in contenders]
    progress.start("Judging", len(work), "subjects")
    for task, each in work:
        memory: dict[int, _Seen] = {}
        try:
            for protocol, share, seed in _cells_of(plan, task, each):
                cancel.check()
                found.append(_cell(plan, cells, task, each, (protocol, share, seed), memory, cancel))
        except (Cancelled, EnvironmentFailure):
            raise
        except MMEarthError as error:
            if each.role == "control":
                raise
            notes.append(f"{each.name} was not judged on {task.name}: {error}")
        progress.advance(1)
    progress.finish()
    return found, notes


def _not_for_any(plan: Plan) -> list[str]:
    """Protocols that were asked for and fit no task."""
    asked = {task.target for task in plan.tasks}
    return [
        f"{name} judged nothing: no task asks for what it tells."
        for name in plan.protocols
        if not asked & set(PROTOCOLS[name].targets)
    ]


def _contenders(plan: Plan) -> list[Contender]:
    """The encoders, and the controls of all of them."""
    found, architectures = [], dict[Architecture, None]()
    for each in plan.encoders:
        identity, architecture, make = opened(each, plan.features)
        network = partial(_loaded, model=each.model)
        found.append(Contender(each.name, "encoder", identity, False, make, network))
        architectures[architecture or Architecture("atto", 8, len(ENCODER_BANDS))] = None
    for architecture in architectures or [Architecture("atto", 8, len(ENCODER_BANDS))]:
        size = f"{architecture.size} p{architecture.patch}"
        bands = "" if architecture.in_channels == len(ENCODER_BANDS) else f", {architecture.in_channels} bands"
        name = f"{RANDOM} ({size}{bands})"
        make_random = partial(_random, architecture=architecture, features=plan.features)
        network = partial(_random_network, architecture=architecture)
        found.append(Contender(name, "control", f"random {architecture}", True, make_random, network))
    frozen = frozenset(each for each in PROTOCOLS if not layered(each))
    for name in (AROUND, RAW, STATISTICS):
        make_control = partial(_control, name=name, features=plan.features)
        found.append(Contender(name, "control", name, False, make_control, protocols=frozen))
    return [*found, *_layers(plan.protocols, [each.size for each in architectures] or ["atto"])]


def _layers(protocols: Sequence[ProtocolName], sizes: Sequence[str]) -> Iterator[Contender]:
    """Controls whose features a linear layer is trained on, at the rate of every encoder beside them. They are pooled
    by their mean, as the last map of a network is that is trained."""
    for name in (AROUND, RAW, STATISTICS):
        told: set[tuple[ProtocolName, float]] = set()
        for size in dict.fromkeys(sizes):
            rates = {(each, rate_of(each, size)) for each in protocols if layered(each)} - told
            if rates:
                title = f"{name}, {LAYER}" + (f" at the rate of {size}" if told else "")
                make = partial(_control, name=name, features="last-map")
                asked = frozenset(each for each, _ in rates)
                yield Contender(title, "control", name, False, make, layer=size, protocols=asked)
            told |= rates


def opened(encoder: Encoder, features: Features) -> tuple[str, Architecture | None, Callable[[TileTask, int], Subject]]:
    """Identity, architecture (None of a network of others) and the maker of an encoder's features.

    Raises `MMEarthError` when it cannot be used.
    """
    if features == "last-map":
        from mmearth_core.encoder.loading import load_encoder  # noqa: PLC0415 - loads torch
        from mmearth_core.evaluation.trained.random_encoder import OfLastMap  # noqa: PLC0415 - loads torch

        loaded = load_encoder(encoder.model)
        return loaded.header.model_id, loaded.architecture, lambda task, _: OfLastMap(task, loaded, loaded.header)
    backend: Backend = open_backend(encoder.model)
    own = backend.header.architecture
    return (
        backend.header.model_id,
        own if isinstance(own, Architecture) else None,
        lambda task, _: OfModel(task, backend),
    )


def _control(task: TileTask, seed: int, *, name: str, features: Features) -> Subject:  # noqa: ARG001 - as all makers
    return control(name, features)


def _random(task: TileTask, seed: int, *, architecture: Architecture, features: Features) -> Subject:
    from mmearth_core.evaluation.trained.random_encoder import random_subject  # noqa: PLC0415 - loads torch

    return random_subject(task, architecture, seed, features)


def _loaded(_: int, *, model: str) -> "tuple[Network, ModelHeader]":
    """An encoder to be trained, a new one every time."""
    from mmearth_core.encoder.loading import load_encoder  # noqa: PLC0415 - loads torch

    encoder = load_encoder(model)
    return encoder, encoder.header


def _random_network(seed: int, *, architecture: Architecture) -> "tuple[Network, ModelHeader]":
    from mmearth_core.encoder.loading import official_header  # noqa: PLC0415 - loads torch
    from mmearth_core.evaluation.trained.random_encoder import random_encoder  # noqa: PLC0415 - loads torch

    encoder = random_encoder(architecture, seed)
    return encoder, official_header(f"random encoder of seed {seed}", encoder)


def _cells_of(plan: Plan, task: TileTask, each: Contender) -> Iterator[tuple[ProtocolName, float, int]]:
    """Protocol, share and seed of every cell: of what no seed changes, one."""
    for seed in range(plan.seeds):
        for protocol in plan.protocols_of(task):
            trained = trains(protocol) and (each.network or each.layer)
            for share in plan.shares if protocol in each.protocols else ():
                if seed == 0 or each.varies or task.varies(share) or trained:
                    yield protocol, share, seed


def _cell(
    plan: Plan,
    cells: Cells,
    task: TileTask,
    each: Contender,
    what: tuple[ProtocolName, float, int],
    memory: "dict[int, _Seen]",
    cancel: CancelToken,
) -> Cell:
    protocol, share, seed = what
    beside = PROTOCOLS[protocol].beside if each.network is None and each.layer is None else None
    name = each.name if beside is None else f"{each.name}, {beside}"
    label = plan.label(protocol)
    how = f"{label} {beside or each.layer or ''}"
    key = Key(task.identity, each.identity, plan.features, how, task.level, share, seed)

    def seen() -> _Seen:
        of_subject = seed if each.varies else 0
        if of_subject not in memory:
            memory.clear()  # of one seed after the other, so that one is kept
            memory[of_subject] = _Seen(task, each.make(task, of_subject))
        return memory[of_subject]

    def make() -> Cell:
        began = time.monotonic()
        parts = task.parts(share, seed)
        if trains(protocol) and each.network is not None:
            from mmearth_core.evaluation.trained.training import train  # noqa: PLC0415 - loads torch

            network, header = each.network(seed)
            recipe = recipe_of(protocol, task.name, network.architecture.size, share, plan.epochs)
            told = train(task, network, header, recipe, parts, seed, cancel)
        elif layered(protocol) and each.layer is not None:
            from mmearth_core.evaluation.trained.training import train_layer  # noqa: PLC0415 - loads torch

            recipe = recipe_of(protocol, task.name, each.layer, share, plan.epochs)
            told = train_layer(task, seen().pooled, recipe, parts, seed, cancel)
        else:
            told = _told(seen(), beside or protocol, parts, seed)
        truth = task.labels(parts.test)
        evidence = Evidence.of(task.target, len(task.classes), truth, told.labels)
        return Cell(
            task=task.name,
            subject=name,
            role=each.role,
            protocol=label,
            share=share,
            seed=seed,
            train=len(parts.train),
            valid=len(parts.valid),
            test=len(parts.test),
            target=task.target,
            classes=len(task.classes),
            seconds=round(time.monotonic() - began, 2),
            counts=evidence.counts.tolist(),
            facts=told.facts,
        )

    # A kept one may have been made under other names, which decide nothing.
    return replace(cells.cell(key, make), task=task.name, subject=name, role=each.role, protocol=label)


class _Seen:
    """A subject on a task; the pooled row of a tile is computed once, whatever asks for it."""

    def __init__(self, task: TileTask, subject: Subject) -> None:
        self.task, self.subject = task, subject
        self._rows: dict[int, NDArray[np.float32]] = {}

    def pooled(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        new = [row for row in rows.tolist() if row not in self._rows]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            found = self.subject.pooled(self.task.images(np.array(some, np.intp)))
            self._rows |= dict(zip(some, found, strict=True))
        return np.stack([self._rows[row] for row in rows.tolist()])

    def labelled(self, rows: NDArray[np.intp]) -> Rows:
        return Rows(self.pooled(rows), self.task.labels(rows))

    def maps(self, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """Features and labels of all pixels, a tile after the other."""
        for row in rows:
            one = np.array([row], np.intp)
            yield self.subject.maps(self.task.images(one)), self.task.labels(one)


def _told(seen: _Seen, protocol: ProtocolName, parts: Parts, seed: int) -> Told:
    """What a frozen protocol tells of the test tiles."""
    task = seen.task
    if protocol == "segment-linear":
        count = len(parts.train), len(parts.valid)
        train, valid, test = (partial(seen.maps, rows) for rows in (parts.train, parts.valid, parts.test))
        return segment_linear(train, valid, test, len(task.classes), seed, count)
    train_rows, test_features = seen.labelled(parts.train), seen.pooled(parts.test)
    if protocol == "knn5":
        return knn5(train_rows, test_features, task.target)
    return linear(train_rows, seen.labelled(parts.valid), test_features, task.target, len(task.classes))


def check_names(encoders: Mapping[str, str]) -> None:
    """Raise `MMEarthError` when an encoder has the name of a control."""
    for name in encoders:
        if name.partition(",")[0] in (AROUND, RAW, STATISTICS) or name.startswith(RANDOM):
            raise MMEarthError(f"{name} is the name of a control; give the encoder another name: NAME=FILE.")
