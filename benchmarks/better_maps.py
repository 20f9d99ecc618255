"""What makes a map of few labels better: macro-F1 of each step, on scenes that are labelled throughout.

    python -m benchmarks.better_maps DATA_FOLDER -o TABLE.md [--half reported] [--draws 10]

Every method sees the same draws (`evaluation.splits.draw`): 5 and 20 labelled pixels of each class from half of the
places (blocks of 280 m, fields, polygons, or sites within 0.1°), tested on the judged pixels of the other half, as many
of each class as there are, at most 20,000. Where labels cover the ground, pixels on structures of at most two pixels
width, or within two pixels of one, are scored once more by themselves. `training.labelled_scenes` says what the scenes
are and which half they are in: what is chosen is chosen on `tuned`, results are told of `reported`.

A row is features and a method; a method is `learn`, which makes of labelled pixels, and of pixels of the scene without
a label, a function from values to log-probabilities, and steps that change the probabilities of a patch. Add to `ROWS`.
"""

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core import __version__
from mmearth_core.evaluation.baselines import TREES
from mmearth_core.evaluation.logistic_lda import lda_probabilities
from mmearth_core.evaluation.protocol import mean_f1, spread
from mmearth_core.evaluation.splits import Draw, draw
from mmearth_core.evaluation.tables import markdown_table
from mmearth_core.files import write_json, write_text
from mmearth_core.labelling import regression
from mmearth_core.labelling.fitting import taught_probe
from mmearth_core.labelling.samples import Group, Samples
from mmearth_core.maps.legend import Legend
from mmearth_core.processors import available_processors, one_thread_each, processor_name
from mmearth_core.progress import CancelToken
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.sources.unlabelled import PIXELS, Unlabelled
from training.halves import HALVES, Half
from training.labelled_scenes import AROUND, EMBEDDING, RAW, LabelledScene, Patch, labelled_scenes

COUNTS, DRAWS, MOST_TESTED = (5, 20), 10, 20_000
#: A class is scored on thin structures where so many of its pixels are on or near them.
FEWEST_THIN = 20

#: Log-probabilities (n, classes) of values (n, bands).
Told = Callable[[NDArray[np.float32]], NDArray[np.floating]]
Learn = Callable[[Samples, Unlabelled], Told]
#: Probabilities (classes, H, W) of a patch, made of such.
Step = Callable[[NDArray[np.floating], Patch], NDArray[np.floating]]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    features: str
    learn: Learn
    steps: Sequence[Step] = ()


def logistic(samples: Samples, others: Unlabelled | None) -> Told:
    """The probe of `mmearth fit`."""
    probe = taught_probe(samples, others, cancel=CancelToken())
    return lambda values: np.log(np.maximum(probe.probabilities(values), 1e-30))


def labels_alone(samples: Samples, _: Unlabelled) -> Told:
    return logistic(samples, None)


def clarity_alone(samples: Samples, others: Unlabelled) -> Told:
    return logistic(samples, replace(others, prior="none"))


def shares_alone(samples: Samples, others: Unlabelled) -> Told:
    return _shared(logistic(samples, None), others)


def shares_to_the_end(samples: Samples, others: Unlabelled) -> Told:
    """As `shares_alone`, of expectation and maximisation until nothing changes."""
    return _shared(logistic(samples, None), others, rounds=500)


def with_lda(samples: Samples, _: Unlabelled) -> Told:
    """The mean of the probabilities of the probe and of linear discriminant analysis."""
    told = logistic(samples, None)

    def mean(values: NDArray[np.float32]) -> NDArray[np.floating]:
        return np.log((np.exp(told(values)) + lda_probabilities(samples.values, samples.label, values)) / 2 + 1e-30)

    return mean


def forest(samples: Samples, others: Unlabelled | None) -> Told:
    """A random forest, with class shares where pixels without a label are given; it has no entropy to make less."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - slow to load

    grown = RandomForestClassifier(TREES, random_state=0).fit(samples.values, samples.label)

    def told(values: NDArray[np.float32]) -> NDArray[np.floating]:
        return np.log(np.maximum(grown.predict_proba(values), 0.5 / TREES))

    return told if others is None else _shared(told, others)


def forest_alone(samples: Samples, _: Unlabelled) -> Told:
    return forest(samples, None)


def _shared(told: Told, others: Unlabelled, rounds: int = regression.ROUNDS) -> Told:
    logs = told(others.values)
    added = regression.shift(regression.class_shares(logs, rounds))
    return lambda values: told(values) + added


TODAY = "embedding, labels alone"
ROWS = (
    Row(TODAY, EMBEDDING, labels_alone),
    Row("… + entropy", EMBEDDING, clarity_alone),
    Row("… + class shares", EMBEDDING, shares_alone),
    Row("… + both: `mmearth fit`", EMBEDDING, logistic),
    Row("… + class shares, EM to the end", EMBEDDING, shares_to_the_end),
    Row("… mean with LDA", EMBEDDING, with_lda),
    Row("raw bands, logistic", RAW, labels_alone),
    Row("raw bands, logistic + both", RAW, logistic),
    Row("raw bands, forest", RAW, forest_alone),
    Row("raw bands, forest + class shares", RAW, forest),
    Row("raw bands 5×5, logistic", AROUND, labels_alone),
    Row("raw bands 5×5, logistic + both", AROUND, logistic),
    Row("raw bands 5×5, forest", AROUND, forest_alone),
    Row("raw bands 5×5, forest + class shares", AROUND, forest),
)


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


def tested(
    row: Row, told: Told, scene: LabelledScene, values: NDArray[np.float32], test: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The class of the judged pixels `test`."""
    if not row.steps:
        return told(values[test]).argmax(axis=1)
    maps = []
    for patch in scene.patches:
        of_patch = patch.maps[row.features][scene.date]
        logs = told(of_patch.reshape(len(of_patch), -1).T).T
        probabilities = np.exp(logs).reshape(-1, *of_patch.shape[1:])
        for step in row.steps:
            probabilities = step(probabilities, patch)
        maps.append(probabilities)
    return scene.judged(maps)[test].argmax(axis=1)


def measure(scene: LabelledScene, rows: Sequence[Row], draws: int) -> Iterator[tuple[str, int, int, float, float]]:
    """Row, labels, draw, macro-F1 of all and of thin structures (NaN where there are none)."""
    values = {name: scene.judged([each.maps[name][scene.date] for each in scene.patches]) for name in scene.pool}
    label = scene.task.label
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        spots = rng.permutation(len(scene.pool[EMBEDDING][scene.date]))[:PIXELS]
        for drawn in draw(scene.task, COUNTS, seed):
            test = np.sort(rng.permutation(drawn.test)[:MOST_TESTED])
            thin = scene.thin[test]
            often = np.bincount(label[test[thin]], minlength=len(scene.classes)) >= FEWEST_THIN
            thin &= often[label[test]]
            for row in rows:
                others = Unlabelled(scene.pool[row.features][scene.date][spots], 0, seed)
                samples = samples_of(scene, values[row.features], drawn)
                with one_thread_each():
                    found = tested(row, row.learn(samples, others), scene, values[row.features], test)
                score = partial(mean_f1, classes=len(scene.classes))
                on_thin = score(label[test[thin]], found[thin]) if often.sum() > 1 else float("nan")
                yield row.name, drawn.count, seed, score(label[test], found), on_thin


def table(scores: Mapping[tuple[str, int], NDArray[np.float64]], names: Sequence[str], first: str) -> str:
    """Rows are methods, columns numbers of labels: mean ± sd over draws, of the mean over scenes in each draw, and the
    difference to the first row with the draws in which it is above."""
    lines = []
    for name in names:
        cells = [name]
        for count in COUNTS:
            mine = np.nanmean(scores[name, count], axis=0)
            apart = mine - np.nanmean(scores[first, count], axis=0)
            cells += [spread(mine), "" if name == first else f"{apart.mean():+.3f} ({(apart > 0).sum()}/{len(apart)})"]
        lines.append(cells)
    return markdown_table(["", *(cell for n in COUNTS for cell in (f"{n} labels", "difference"))], lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a .md; all scores go into a .json beside it")
    parser.add_argument("--half", choices=HALVES, default="reported")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--rows", help="only rows that have this in their name, and the first")
    arguments = parser.parse_args()
    half: Half = arguments.half
    rows = [each for each in ROWS if each is ROWS[0] or not arguments.rows or arguments.rows in each.name]
    start, scores, thin, scenes = time.monotonic(), {}, {}, []
    with tempfile.TemporaryDirectory() as scratch:
        for scene in labelled_scenes(arguments.data, Path(scratch), half):
            scenes.append(scene.name)
            for name, count, _, f1, on_thin in measure(scene, rows, arguments.draws):
                scores.setdefault((name, count), {}).setdefault(scene.name, []).append(f1)
                thin.setdefault((name, count), {}).setdefault(scene.name, []).append(on_thin)
            print(f"{scene.name}: {time.monotonic() - start:.0f} s")
    names = [row.name for row in rows]
    text = [
        f"    python -m benchmarks.better_maps {shlex.join(sys.argv[1:])}",
        "",
        f"mmearth {__version__}, {processor_name()} with {available_processors()} processors,"
        f" {time.monotonic() - start:.0f} s. Half: {half} ({', '.join(scenes)}). {arguments.draws} draws.",
        "",
        "Macro-F1 of all scenes together:",
        "",
        table(_arrays(scores, scenes), names, names[0]),
        "On thin structures and within two pixels of one:",
        "",
        table(_arrays(thin, scenes), names, names[0]),
    ]
    for each in scenes:
        text += [f"{each}:", "", table(_arrays(scores, [each]), names, names[0])]
    write_text(arguments.output, "\n".join(text))
    plain = {f"{name}, {count} labels": found for (name, count), found in scores.items()}
    write_json(arguments.output.with_suffix(".json"), {"command": sys.argv[1:], "macro_f1": plain})


def _arrays(scores: Mapping, scenes: Sequence[str]) -> dict[tuple[str, int], NDArray[np.float64]]:
    """(scenes, draws) by row and number of labels, of scenes that have any."""
    made = {key: np.array([found[scene] for scene in scenes]) for key, found in scores.items()}
    return {key: found[~np.isnan(found).all(axis=1)] for key, found in made.items()}


if __name__ == "__main__":
    main()
