"""Compare encoders with each other and with the bands, from few labels, on places not used for training.

    python -m training.compare MODEL [MODEL …] --data DATA_FOLDER -o REPORT.md

A MODEL is a name, a .onnx file, or NAME=FILE,FILE,FILE: several trainings of one encoder from other seeds, whose scores
are averaged draw by draw and whose spread has a table of its own. Beside them stand, always: the bands, their mean and
spread in 5 × 5 pixels, the same of whitened bands, and random encoders (--random, or made here in some minutes).

Every method sees the same draws: 1, 5, 10 and 20 labels per class, tested on other places. Whole tiles, pooled by the
mean and by mean and standard deviation of every band; pixels of polygons, tested on other polygons; and other pixels,
tested in other blocks each have a table (`training.judges`, `training.dated_judges`). Where there are several dates,
labels are of one and tests of another, and `catalonia` asks whether a place is found again. Where the imagery comes
with what a published network says of tiles, that has its rows too. The report begins with one table of everything; the
first model is compared with the others draw by draw. REPORT.json holds every score, REPORT.jsonl a line for each
training, of which `training.summary` makes one table of several comparisons, REPORT-KIND.svg the curves.

--half says what is judged on: `tuned`, by which choices may be made (EuroSAT, Aberystwyth, the TerraMind site, Belgium
and one half of the others), `reported`, the other halves, that results are to be told of (`training.halves`), or both.
With --kept a comparison that was cut off goes on, and one more model costs its own scores only.
"""

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core import __version__
from mmearth_core.embedding.backends import open_backend
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.baselines import Whitening, neighbourhood
from mmearth_core.evaluation.curves import label_efficiency
from mmearth_core.evaluation.judging.subjects import AROUND, RANDOM, RAW
from mmearth_core.evaluation.protocol import (
    BASELINE_CLASSIFIERS,
    PROBES,
    SEEDS,
    Classifier,
    Scores,
    averaged,
    best_of,
    evaluate,
    of_trainings,
)
from mmearth_core.evaluation.retrieval import retrieval_accuracy
from mmearth_core.evaluation.tables import Table
from mmearth_core.files import check_output, write_json, write_text
from mmearth_core.processors import available_processors, processor_name
from training.comparison import BASELINES, BEST_BANDS, KINDS, WHITENED, Comparison, best, report
from training.dated_judges import DatedPixels, Series, bark_beetle, belgium, catalonia
from training.halves import HALVES, Half
from training.judges import BandChange, Features, Kind, Pixels, Tiles, aberystwyth, eurosat, land_cover_sites
from training.kept_scores import KeptScores
from training.summary import Judged, Training, joined, lines_of

Judge = Tiles | Pixels | DatedPixels

#: Random encoders that are made where none is given, and the fewest draws that a report may have.
RANDOM_SEEDS, FEWEST_DRAWS = 3, 10


def judges_of(data: Path, folder: Path, half: Half) -> tuple[list[Judge], list[Series]]:
    """All judges of a half; scenes that have to be files are written into `folder`."""
    forest, series = bark_beetle(data, half), [catalonia(data, half)]
    if half == "tuned":
        return [eurosat(data), aberystwyth(data), *land_cover_sites(data, folder), belgium(data), forest], series
    return [forest], series


def band_changes(judge: Judge | Series) -> Mapping[str, BandChange]:
    """What is made of the bands, by the name of the baseline. Whitening is that of the judge's own pixels."""
    whitening = Whitening.of(judge.band_pixels())
    return {RAW: lambda bands: bands, AROUND: neighbourhood, WHITENED: lambda bands: neighbourhood(whitening(bands))}


def classifiers_of(label: str) -> Mapping[str, Classifier]:
    """What features are judged by: bands as they are by a forest too, which splits one band at a time."""
    return BASELINE_CLASSIFIERS if label in (RAW, AROUND) else PROBES


def check_models(models: Mapping[str, Sequence[str]]) -> None:
    """Open all, so that one that cannot be used is known before any work; raises `MMEarthError`."""
    for files in models.values():
        for model in files:
            open_backend(model, "onnx")


def encoded(judge: Judge, model: str, folder: Path) -> Features:
    """Features of every task of a judge by a model; a scene's are those that `mmearth embed` writes."""
    if isinstance(judge, Pixels):
        return {judge.task.name: judge.embedding(model, folder)}
    return judge.of_backend(open_backend(model, "onnx"))


def published(judge: Judge) -> Mapping[str, Features]:
    """Features of every task of a judge by published networks, where they are known."""
    return judge.of_published() if isinstance(judge, Tiles) else {}


def compare(
    models: Mapping[str, Sequence[str]],
    data: Path,
    *,
    halves: Sequence[Half] = ("tuned",),
    seeds: int = SEEDS,
    kept: Path | None = None,
    say: Callable[[str], None] = print,
) -> Comparison:
    """Scores of all baselines and of `models` (label → names or files of its trainings) on the judges of some halves.

    The best of the bands and of each model's probes, chosen for each number of labels, have rows of their own. What is
    in the folder `kept` is not computed again.
    """
    check_models(models)
    known = KeptScores(kept, data, seeds)
    scores: dict[tuple[str, str], list[Scores]] = {}
    kinds: dict[str, Kind] = {}
    each_training: list[Training] = []
    found_again: dict[tuple[str, str], NDArray[np.float64]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for half in halves:
            judges, series = judges_of(data, folder, half)
            for judge in judges:
                kinds |= dict.fromkeys(judge.tasks, judge.kind)
                name_of_all = "; ".join([half, *judge.tasks])
                for label, trainings in _features(judge, models, folder).items():
                    probes = classifiers_of(label)
                    found = [
                        known.scores(name_of_all, method, partial(_judged, judge, make, probes, seeds))
                        for method, make in trainings
                    ]
                    for (method, _), scored in zip(trainings, found, strict=True):
                        judged = [
                            Judged.of(judge.kind, half, task, probe, each) for (probe, task), each in scored.items()
                        ]
                        each_training.append(Training(label, method, judged, {}))
                    for probe in probes:
                        for name in judge.tasks:
                            scores[f"{label}, {probe}", name] = [each[probe, name] for each in found]
                            say(f"{label}, {probe}, {name}: {averaged(scores[f'{label}, {probe}', name])}")
            for each in series:
                for label, named in _shown(each, models).items():
                    shares = [known.shares(each.name, method, partial(_found, make)) for method, make in named]
                    found_again[label, each.name] = np.stack(shares)
                    each_training += [
                        Training(label, method, [], {each.name: round(float(share.mean()), 5)})
                        for (method, _), share in zip(named, shares, strict=True)
                    ]
    by_kind = {kind: tuple(name for name, its in kinds.items() if its == kind) for kind in KINDS}
    return Comparison(
        {kind: _table(scores, tasks, models) for kind, tasks in by_kind.items() if tasks},
        {kind: _of_trainings(scores, tasks) for kind, tasks in by_kind.items() if tasks},
        found_again,
        joined(each_training),
    )


#: What tells a training from all others, and its features of a judge's tasks or of a series.
_Named = tuple[str, Callable[[], Any]]


def _features(judge: Judge, models: Mapping[str, Sequence[str]], folder: Path) -> dict[str, list[_Named]]:
    """The trainings of every method, by its label."""
    found: dict[str, list[_Named]] = {
        label: [(label, partial(judge.of_bands, change))] for label, change in band_changes(judge).items()
    }
    found |= {label: [(label, partial(dict, each))] for label, each in published(judge).items()}
    for label, files in models.items():
        told = [open_backend(model, "onnx").header.model_id for model in files]
        found[label] = [(name, partial(encoded, judge, file, folder)) for name, file in zip(told, files, strict=True)]
    return found


def _shown(series: Series, models: Mapping[str, Sequence[str]]) -> dict[str, list[_Named]]:
    """What is found again, by the label of what made it: features of a series by the bands and by every training."""
    found = {label: [(label, partial(series.of_bands, change))] for label, change in band_changes(series).items()}
    for label, files in models.items():
        backends = [open_backend(model, "onnx") for model in files]
        found[label] = [(each.header.model_id, partial(series.of_backend, each)) for each in backends]
    return found


def _judged(
    judge: Judge, make: Callable[[], Features], probes: Mapping[str, Classifier], seeds: int
) -> dict[tuple[str, str], Scores]:
    """The scores of features by (probe, task)."""
    features = make()
    return {
        (probe, name): evaluate(features[name], task, classifier, seeds=seeds)
        for probe, classifier in probes.items()
        for name, task in judge.tasks.items()
    }


def _found(features: Callable[[], Any]) -> NDArray[np.float64]:
    return retrieval_accuracy(features())


def _table(
    scores: Mapping[tuple[str, str], Sequence[Scores]], tasks: tuple[str, ...], labels: Mapping[str, Any]
) -> Table:
    """Scores of some tasks, averaged over trainings, with the best of the bands and of each model's probes."""
    chosen = {key: averaged(found) for key, found in scores.items() if key[1] in tasks}
    methods = tuple(dict.fromkeys(method for method, _ in chosen))
    for task in tasks:
        bands = [chosen[f"{label}, {name}", task] for label in BASELINES for name in classifiers_of(label)]
        chosen[BEST_BANDS, task] = best_of(bands, "macro_f1")
        for label in labels:
            chosen[best(label), task] = best_of([chosen[f"{label}, {name}", task] for name in PROBES], "macro_f1")
    return Table(methods, tasks, chosen)


def _of_trainings(scores: Mapping[tuple[str, str], Sequence[Scores]], tasks: tuple[str, ...]) -> Table:
    """What has several trainings, a column for each of them."""
    chosen = {key: of_trainings(found) for key, found in scores.items() if key[1] in tasks and len(found) > 1}
    return Table(tuple(dict.fromkeys(method for method, _ in chosen)), tasks, chosen)


def models_of(texts: Sequence[str]) -> dict[str, list[str]]:
    """Label → names or files, of NAME=FILE,FILE and single names or files; no label may come twice."""
    found: dict[str, list[str]] = {}
    for text in texts:
        label, equals, files = text.partition("=")
        trainings = files.split(",") if equals else [text]
        label = label if equals else Path(text).stem if text.endswith(".onnx") else text
        if label in found or label in (*BASELINES, RANDOM):
            raise MMEarthError(f"Two models have the name {label}; give one another: NAME={trainings[0]}.")
        if not all(trainings):
            raise MMEarthError(f"{text} names a model without a file; expected NAME=FILE,FILE.")
        found[label] = trainings
    return found


def random_encoders(data: Path, folder: Path) -> list[str]:
    """Make `RANDOM_SEEDS` random encoders in `folder`, calibrated on the scenes of the starter; minutes each."""
    from training.random_control import write_random  # noqa: PLC0415 - needs torch, and only where none is given
    from training.starter.calibration_scenes import write_calibration_scenes  # noqa: PLC0415

    scenes = write_calibration_scenes(data, folder)
    for seed in range(RANDOM_SEEDS):
        write_random(folder, scenes, name=f"random-{seed}", seed=seed)
    return [str(folder / f"random-{seed}.onnx") for seed in range(RANDOM_SEEDS)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL", help="name, .onnx file or NAME=FILE,FILE; the first is"
                        " the one to judge")  # fmt: skip
    parser.add_argument("--data", type=Path, required=True, help="folder of the development imagery")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the Markdown report to write")
    parser.add_argument("--half", choices=[*HALVES, "both"], default="tuned", help="judged on (default: %(default)s)")
    parser.add_argument("--random", metavar="FILE,FILE", help="random encoders (default: made here)")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws of labels (default: %(default)s)")
    parser.add_argument("--kept", type=Path, metavar="FOLDER", help="folder of scores that are not computed again")
    arguments = parser.parse_args()
    if arguments.seeds < FEWEST_DRAWS:
        parser.error(f"--seeds must be at least {FEWEST_DRAWS}: a spread is wanted")
    halves = HALVES if arguments.half == "both" else (arguments.half,)
    output = arguments.output
    pictures = {kind: output.with_name(f"{output.stem}-{kind}.svg") for kind in KINDS}
    numbers, told = output.with_suffix(".json"), output.with_suffix(".jsonl")
    start = time.monotonic()
    try:
        models = models_of(arguments.models)
        check_models(models)
        for path in (output, numbers, told, *pictures.values()):
            check_output(path, overwrite=True)
        with tempfile.TemporaryDirectory() as scratch:
            given = arguments.random
            models[RANDOM] = given.split(",") if given else random_encoders(arguments.data, Path(scratch))
            facts = _facts(models, arguments.seeds, halves)
            found = compare(models, arguments.data, halves=halves, seeds=arguments.seeds, kept=arguments.kept)
    except MMEarthError as error:
        sys.exit(str(error))
    facts[2] += f", {time.monotonic() - start:.0f} s."
    shown = [f"{label}, logistic" for label in (*models, *BASELINES)] + [f"{AROUND}, random forest"]
    write_text(output, report(found, list(models), facts, {kind: path.name for kind, path in pictures.items()}))
    for kind, table in found.tables.items():
        write_text(pictures[kind], label_efficiency(table, methods=shown))
    write_text(told, lines_of(found.each))
    write_json(numbers, {"command": sys.argv[1:], **_plain(found)})
    print(f"{output} and {numbers} written")


def _facts(models: Mapping[str, Sequence[str]], seeds: int, halves: Sequence[Half]) -> list[str]:
    """What was run, on what, and on which models."""
    return [
        f"    python -m training.compare {shlex.join(sys.argv[1:])}",
        "",
        f"mmearth {__version__}, {processor_name()} with {available_processors()} processors, {seeds} draws, judges:"
        f" {' and '.join(halves)}",
        "",
        *(
            f"* {label}: model_id {', '.join(open_backend(model, 'onnx').header.model_id for model in files)}"
            for label, files in models.items()
        ),
    ]


def _plain(found: Comparison) -> dict[str, Any]:
    """Every score, as plain values."""
    return {
        "kinds": {kind: table.as_dict() for kind, table in found.tables.items()},
        "trainings": {kind: table.as_dict() for kind, table in found.trainings.items() if table.methods},
        "found_again": [
            {"method": method, "series": series, "accuracy": shares.tolist()}
            for (method, series), shares in found.found_again.items()
        ],
    }


if __name__ == "__main__":
    main()
