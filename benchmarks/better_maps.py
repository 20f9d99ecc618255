"""What makes a map of few labels better: macro-F1 of each step and of all, on scenes that are labelled throughout.

    python -m benchmarks.better_maps DATA_FOLDER -o TABLE.md [--half tuned] [--model MODEL] [--draws 10]

Every method sees the same draws (`evaluation.splits.draw`): 5 and 20 labelled pixels of each class from half of the
places (blocks of 280 m, fields, polygons, or sites within 0.1°), tested on the judged pixels of the other half, in
patches of about 60,000 pixels drawn anew each time. Where labels cover the ground, pixels on structures of at most two
pixels width, or within two pixels of one, are scored once more by themselves; as there are few, lines are drawn too
(`benchmarks.map_making.lines`). `training.labelled_scenes` says what the scenes are and which half they are in: what is
chosen is chosen on `tuned`, results are told of `reported`.

A row is features, a way to learn and a way to smooth (`benchmarks.map_making.methods`). Add to `ROWS`.
"""

import argparse
import shlex
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.map_making.lines import WIDTHS, kept, lines
from benchmarks.map_making.methods import (
    Guided,
    Learn,
    Smooth,
    box,
    clarity_alone,
    forest,
    labels_alone,
    like_classify,
    logistic,
    mean_field,
    with_lda,
)
from mmearth_core import __version__
from mmearth_core.evaluation.protocol import mean_f1, spread
from mmearth_core.evaluation.splits import Draw, draw
from mmearth_core.evaluation.tables import markdown_table
from mmearth_core.files import write_json, write_text
from mmearth_core.labelling.probe import fit_probe
from mmearth_core.labelling.regression import ROUNDS, class_shares, shift
from mmearth_core.labelling.samples import Group, Samples
from mmearth_core.maps.legend import Legend
from mmearth_core.processors import available_processors, one_thread_each, processor_name
from mmearth_core.records import plain
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.sources.unlabelled import PIXELS, Unlabelled
from training.halves import HALVES, Half
from training.labelled_scenes import AROUND, EMBEDDING, LAYERED, RAW, WHITENED, LabelledScene, labelled_scenes

COUNTS, DRAWS, MOST_PREDICTED = (5, 20), 10, 60_000
#: A class is scored on thin structures where so many of its pixels are on or near them.
FEWEST_THIN = 20


@dataclass(frozen=True)
class Row:
    """One line of the table. `shares`: rounds in which shares of classes are found that a way to learn does not know.
    `blocks`: pixels without a label come from so many blocks of the scene only."""

    name: str
    learn: Learn
    smooth: Smooth | None = None
    features: str = EMBEDDING
    shares: int = 0
    blocks: int | None = None


EDGES, STRONG = like_classify("edges"), like_classify("strong")
ROWS = (
    Row("today: labels alone", labels_alone),
    Row("+ entropy", clarity_alone),
    Row("+ class shares", labels_alone, shares=ROUNDS),
    Row("+ smooth edges", labels_alone, EDGES),
    Row("+ smooth strong", labels_alone, STRONG),
    Row("+ layers, where there are", labels_alone, features=LAYERED),
    Row("+ entropy and class shares: `fit`", logistic),
    Row("+ all of it: `fit` and `classify`", logistic, EDGES),
    Row("… with layers, where there are", logistic, EDGES, LAYERED),
    Row("… smooth strong instead", logistic, STRONG),
    Row("… 5 × 5 mean instead", logistic, box),
    Row("… mean field instead", logistic, mean_field),
    Row("`fit`, pixels of 2 blocks only", logistic, blocks=2),
    Row("`fit`, pixels of 4 blocks only", logistic, blocks=4),
    Row("`fit`, pixels of 8 blocks only", logistic, blocks=8),
    Row("class shares, EM to the end", labels_alone, shares=500),
    Row("mean with LDA", with_lda),
    Row("raw bands, logistic", labels_alone, features=RAW),
    Row("raw bands, logistic, treated the same", logistic, EDGES, RAW),
    Row("raw bands, forest", forest, features=RAW),
    Row("raw bands, forest, treated the same", forest, EDGES, RAW, ROUNDS),
    Row("whitened 5×5, logistic", labels_alone, features=WHITENED),
    Row("whitened 5×5, logistic, treated the same", logistic, EDGES, WHITENED),
    Row("whitened 5×5, forest", forest, features=WHITENED),
    Row("whitened 5×5, forest, treated the same", forest, EDGES, WHITENED, ROUNDS),
    Row("raw bands 5×5, forest", forest, features=AROUND),
    Row("raw bands 5×5, forest, treated the same", forest, EDGES, AROUND, ROUNDS),
)


@dataclass(frozen=True)
class Score:
    """What a row made of a draw: macro-F1 of all and on thin structures, and the share of drawn lines of each of
    `WIDTHS` that was kept, of each pair of classes. NaN, or none, where there is nothing to judge."""

    row: str
    count: int
    seed: int
    f1: float
    thin: float
    kept: tuple[list[float], ...]


def samples_of(
    scene: LabelledScene, features: NDArray[np.float32], drawn: Draw, columns: Columns | None = None
) -> Samples:
    """Labelled pixels as `fit` takes them: each a sample, those of one place side by side. `columns` of the features,
    by default one slot of them all."""
    label, place = scene.task.label[drawn.train], scene.task.group[drawn.train]
    return Samples(
        values=features[drawn.train],
        label=label,
        group=np.arange(len(label)),
        position=np.zeros((len(label), 2), np.intp),
        legend=Legend.numbered(scene.classes),
        groups=tuple(Group(Path(), i, int(k), 1, 1) for i, k in enumerate(label)),
        shapes=shapely.points(place * 0.02, np.zeros(len(place))),
        pixel_size=10.0,
        sight=640.0,
        codes={},
        messages=(),
        columns=columns or Columns((Slot("", "", features.shape[1]),)),
    )


class Judge:
    """A draw of a scene: some patches with places that are tested, and what rows make of them."""

    def __init__(self, scene: LabelledScene, drawn: Draw, seed: int) -> None:
        self._scene, self._drawn, self._seed = scene, drawn, seed
        tested = np.zeros(len(scene.task), bool)
        tested[drawn.test] = True
        counts = [int((patch.label >= 0).sum()) for patch in scene.patches]
        parts = np.split(tested, np.cumsum(counts)[:-1])
        order = np.random.default_rng(seed).permutation([i for i, part in enumerate(parts) if part.any()])
        pixels = np.cumsum([scene.patches[i].valid.size for i in order])
        self._chosen = np.sort(order[: 1 + int((pixels < MOST_PREDICTED).sum())]).tolist()
        self._truth = []
        for index in self._chosen:
            truth = np.full(scene.patches[index].label.shape, -1, np.intp)
            truth[scene.patches[index].label >= 0] = np.where(parts[index], scene.task.label[_rows(counts, index)], -1)
            self._truth.append(truth)
        self._learned: dict[tuple[Learn, str, int | None], tuple[NDArray[np.floating], list[Guided]]] = {}

    @cached_property
    def _thin(self) -> NDArray[np.bool_]:
        """Of all pixels (n,), those that are scored as thin: of classes that have enough of them."""
        truth = _flat(self._truth)
        thin = _flat([self._scene.thin[index] for index in self._chosen]) & (truth >= 0)
        often = np.bincount(truth[thin], minlength=len(self._scene.classes)) >= FEWEST_THIN
        return thin & often[truth] if often.sum() > 1 else np.zeros(len(thin), bool)

    def score(self, row: Row) -> Score:
        patches = self._told(row)
        smooth = row.smooth or (lambda patch: patch.logs)
        found, truth = _flat([smooth(patch).argmax(axis=0) for patch in patches]), _flat(self._truth)
        f1 = [
            mean_f1(truth[there], found[there], len(self._scene.classes)) if there.any() else float("nan")
            for there in (truth >= 0, self._thin)
        ]
        return Score(row.name, self._drawn.count, self._seed, *f1, self._lines(row, patches))

    def _lines(self, row: Row, patches: list[Guided]) -> tuple[list[float], ...]:
        if row.smooth is None or not self._scene.areal:
            return tuple([] for _ in WIDTHS)
        truth = [self._scene.patches[index].label for index in self._chosen]
        classes = len(self._scene.classes)
        return tuple(
            kept(patches, truth, list(lines(patches, truth, classes, width, self._seed)), row.smooth, classes)
            for width in WIDTHS
        )

    def _told(self, row: Row) -> list[Guided]:
        """What a row tells of each patch before it is smoothed."""
        others, patches = self._learned_by(row)
        if not row.shares:
            return patches
        added = shift(class_shares(others, row.shares)).astype(np.float32)[:, None, None]
        return [replace(patch, logs=patch.logs + added) for patch in patches]

    def _learned_by(self, row: Row) -> tuple[NDArray[np.floating], list[Guided]]:
        """What a way to learn tells of pixels without a label, and of each patch, once for all rows that share it."""
        scene = self._scene
        layered = row.features == LAYERED and bool(scene.layers)
        features = row.features if layered or row.features != LAYERED else EMBEDDING
        key = row.learn, features, row.blocks
        if key not in self._learned:
            whole = scene.judged([patch.features(features, scene.date) for patch in scene.patches])
            bands = whole.shape[1] - (len(scene.layers) if layered else 0)
            columns = Columns((Slot("", "", bands),), scene.layers if layered else ())
            samples = samples_of(scene, whole, self._drawn, columns)
            others = self._others(features, row.blocks)
            told, (member,) = row.learn(samples, others), fit_probe(samples).members
            across, level = (each.astype(np.float32) for each in member.guide)
            patches = []
            for index in self._chosen:
                patch = scene.patches[index]
                values = patch.features(features, scene.date).reshape(len(columns), -1).T
                values = np.where(patch.valid.reshape(-1, 1), values, np.float32(0))
                maps = (
                    told(values),
                    values[:, :bands] @ across.T + level,
                    (values[:, :bands] - member.centre.astype(np.float32)) / np.float32(member.scale),
                )
                rows = [np.ascontiguousarray(m.T, np.float32).reshape(-1, *patch.valid.shape) for m in maps]
                patches.append(Guided(*rows, patch.valid))
            self._learned[key] = told(others.values), patches
        return self._learned[key]

    def _others(self, features: str, blocks: int | None) -> Unlabelled:
        if blocks is not None:
            return Unlabelled(self._scene.in_blocks(features, blocks, PIXELS, self._seed), blocks, self._seed)
        spots = np.random.default_rng(self._seed).permutation(self._scene.pool.valid.size)[:PIXELS]
        return Unlabelled(self._scene.anywhere(features, spots), 0, self._seed)


def _rows(counts: Sequence[int], index: int) -> slice:
    start = sum(counts[:index])
    return slice(start, start + counts[index])


def _flat(maps: Sequence[NDArray]) -> NDArray:
    return np.concatenate([each.ravel() for each in maps])


def measure(scene: LabelledScene, rows: Sequence[Row], draws: int) -> Iterator[Score]:
    """The scores of all rows in all draws."""

    def of_seed(seed: int) -> list[Score]:
        found = []
        for drawn in draw(scene.task, COUNTS, seed):
            judge = Judge(scene, drawn, seed)
            found += [judge.score(row) for row in rows]
        return found

    assert scene.task.classes and scene.thin  # made before threads share them
    # Forests of several threads take away each other's filters, and then warn of every tree.
    warnings.filterwarnings("ignore", message=".*sklearn.utils.parallel.delayed")
    with one_thread_each(), ThreadPoolExecutor(available_processors()) as pool:
        for found in pool.map(of_seed, range(draws)):
            yield from found


def table(scores: Mapping[tuple[str, int], NDArray[np.float64]], names: Sequence[str], first: str) -> str:
    """Rows are methods, columns numbers of labels: mean ± sd over draws, of the mean over scenes in each draw, and the
    difference to the first row with the draws in which it is above. `scores` (scenes, draws)."""
    lines = []
    for name in names:
        cells = [name]
        for count in COUNTS:
            mine = np.nanmean(scores[name, count], axis=0)
            apart = mine - np.nanmean(scores[first, count], axis=0)
            cells += [spread(mine), "" if name == first else f"{apart.mean():+.3f} ({(apart > 0).sum()}/{len(apart)})"]
        lines.append(cells)
    return markdown_table(["", *(cell for n in COUNTS for cell in (f"{n} labels", "difference"))], lines)


def table_of_lines(scores: Sequence[Score], names: Sequence[str]) -> str:
    """Share of the pixels of drawn lines that smoothing keeps: the mean over pairs of classes, and the worst tenth."""
    lines = []
    for name in names:
        cells = [name]
        for count in COUNTS:
            for turn in range(len(WIDTHS)):
                shares = [share for s in scores if (s.row, s.count) == (name, count) for share in s.kept[turn]]
                cells.append(f"{np.mean(shares):.2f} ({np.quantile(shares, 0.1):.2f})" if shares else "–")
        if any(cell != "–" for cell in cells[1:]):
            lines.append(cells)
    head = [f"{count} labels, {width} px" for count in COUNTS for width in WIDTHS]
    return markdown_table(["", *head], lines)


def told_of_half(half: Half, scores: Mapping[str, Sequence[Score]], names: Sequence[str]) -> list[str]:
    """The tables of a half; `scores` by scene."""

    def arrays(of: str, scenes: Sequence[str]) -> dict[tuple[str, int], NDArray[np.float64]]:
        made = {}
        for key in ((name, count) for name in names for count in COUNTS):
            found = [[getattr(s, of) for s in scores[scene] if (s.row, s.count) == key] for scene in scenes]
            values = np.array(found, np.float64)
            made[key] = values[~np.isnan(values).all(axis=1)]
        return made

    scenes = list(scores)
    text = [
        f"## Half: {half}",
        "",
        f"{', '.join(scenes)}. Macro-F1 of all scenes together:",
        "",
        table(arrays("f1", scenes), names, names[0]),
        "On thin structures and within two pixels of one:",
        "",
        table(arrays("thin", scenes), names, names[0]),
        "Lines of one and two pixels' width, the share of their pixels that smoothing keeps (worst tenth of pairs):",
        "",
        table_of_lines([each for found in scores.values() for each in found], names),
    ]
    for scene in scenes:
        text += [f"{scene}:", "", table(arrays("f1", [scene]), names, names[0])]
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a .md; all scores go into a .json beside it")
    parser.add_argument("--half", choices=HALVES, help="by default both, each with its tables")
    parser.add_argument("--model", default="default", help="name or file of the encoder")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--rows", help="only rows that have this in their name, and the first")
    arguments = parser.parse_args()
    rows = [each for each in ROWS if each is ROWS[0] or not arguments.rows or arguments.rows in each.name]
    start, text, scores_of = time.monotonic(), [], {}
    halves: Sequence[Half] = [arguments.half] if arguments.half else HALVES
    with tempfile.TemporaryDirectory() as scratch:
        for half in halves:
            scores: dict[str, list[Score]] = {}
            for scene in labelled_scenes(arguments.data, Path(scratch), half, model=arguments.model):
                scores[scene.name] = list(measure(scene, rows, arguments.draws))
                print(f"{scene.name}: {time.monotonic() - start:.0f} s", flush=True)
            text += told_of_half(half, scores, [row.name for row in rows])
            scores_of[half] = scores
    head = [
        f"    python -m benchmarks.better_maps {shlex.join(sys.argv[1:])}",
        "",
        f"mmearth {__version__}, {processor_name()} with {available_processors()} processors,"
        f" {time.monotonic() - start:.0f} s. {arguments.draws} draws.",
        "",
    ]
    write_text(arguments.output, "\n".join(head + text))
    write_json(arguments.output.with_suffix(".json"), {"command": sys.argv[1:], "scores": plain(scores_of)})


if __name__ == "__main__":
    main()
