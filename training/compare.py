"""Compare encoders with each other and with the raw bands, from few labels, on places not used for training.

    python -m training.compare MODEL.onnx [MODEL.onnx …] --data DATA_FOLDER -o REPORT.md

Every method sees the same draws: 1, 5, 10 and 20 labels per class, tested on other blocks of one degree (EuroSAT, only
those held out of pretraining), other polygons (Aberystwyth) or other blocks of 280 m (the land cover of a TerraMind
site held out of pretraining). EuroSAT tiles are pooled over the tile, by the mean and by mean and standard deviation of
every band; scenes are judged pixel by pixel on the map that `mmearth embed` writes. The first model is compared with
the others draw by draw. REPORT.json holds every score, REPORT.svg the curves.
"""

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core import __version__
from mmearth_core.embedding.backends import open_backend
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.baselines import neighbourhood, pooled_mean, pooled_mean_and_spread
from mmearth_core.evaluation.curves import label_efficiency
from mmearth_core.evaluation.protocol import BASELINE_CLASSIFIERS, PROBES, SEEDS, Scores, best_of, evaluate
from mmearth_core.evaluation.tables import Table
from mmearth_core.files import check_output, write_json, write_text
from mmearth_core.processors import available_processors, processor_name
from training.judges import Pixels, Tiles, aberystwyth, eurosat, land_cover_sites

Features = Mapping[str, NDArray[np.floating]]
POOLINGS: Mapping[str, Callable[[NDArray[np.floating]], NDArray[np.float32]]] = {
    "mean": pooled_mean,
    "mean + spread": pooled_mean_and_spread,
}
RAW, AROUND = "raw bands", "raw bands 5×5"
BEST_RAW = "best of raw bands"


def features_of(
    tiles: Tiles, maps: NDArray[np.floating], scenes: Sequence[Pixels], rows: Sequence[NDArray[np.floating]]
) -> Features:
    """Features of every task: pooled maps of the tiles (n, k, H, W), and the labelled pixels (m, k) of every scene."""
    pooled = {f"{tiles.task.name}, {name}": pool(maps) for name, pool in POOLINGS.items()}
    return pooled | {scene.task.name: each for scene, each in zip(scenes, rows, strict=True)}


def baseline_features(tiles: Tiles, scenes: Sequence[Pixels]) -> Mapping[str, Features]:
    """The bands themselves, and their mean and spread in 5 × 5 pixels."""
    return {
        RAW: features_of(tiles, tiles.dn, scenes, [scene.at(scene.dn) for scene in scenes]),
        AROUND: features_of(
            tiles, neighbourhood(tiles.dn), scenes, [scene.at(neighbourhood(scene.dn)) for scene in scenes]
        ),
    }


def compare(models: Mapping[str, str], data: Path, *, seeds: int = SEEDS, say: Callable[[str], None] = print) -> Table:
    """Scores of all baselines and of `models` (label → name or file), and of the best of each, as `best` calls it."""
    # All of them first, so that a model that cannot be used is known at once.
    backends = {label: open_backend(model, "onnx") for label, model in models.items()}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tiles, scenes = eurosat(data), [aberystwyth(data), *land_cover_sites(data, folder)]
        features = {
            label: features_of(
                tiles,
                tiles.embedding(backend),
                scenes,
                [scene.embedding(models[label], folder) for scene in scenes],
            )
            for label, backend in backends.items()
        }
    baselines = baseline_features(tiles, scenes)
    tasks = {f"{tiles.task.name}, {pooling}": tiles.task for pooling in POOLINGS}
    tasks |= {scene.task.name: scene.task for scene in scenes}
    scores: dict[tuple[str, str], Scores] = {}
    for label, of_task in {**baselines, **features}.items():
        for name, classifier in (BASELINE_CLASSIFIERS if label in baselines else PROBES).items():
            for task, rows in of_task.items():
                found = scores[f"{label}, {name}", task] = evaluate(rows, tasks[task], classifier, seeds=seeds)
                say(f"{label}, {name}, {task}: {found}")
    methods = tuple(dict.fromkeys(method for method, _ in scores))
    for task in tasks:
        raw = [scores[f"{label}, {name}", task] for label in baselines for name in BASELINE_CLASSIFIERS]
        scores[BEST_RAW, task] = best_of(raw, "macro_f1")
        for label in models:
            scores[best(label), task] = best_of([scores[f"{label}, {name}", task] for name in PROBES], "macro_f1")
    return Table(methods, tuple(tasks), scores)


def best(label: str) -> str:
    """What the better probe of each number of labels is called."""
    return f"{label}, better probe"


def pairs(labels: Sequence[str]) -> list[tuple[str, str]]:
    """What is subtracted: the first model minus each other with the same probe, and minus the baselines."""
    first, *others = labels
    probes = [*(f", {name}" for name in PROBES), best("")]
    return [
        *((first + probe, other + probe) for other in others for probe in probes),
        *(
            (f"{first}, logistic", f"{band}, {name}")
            for band in (RAW, AROUND)
            for name in ("logistic", "random forest")
        ),
        (best(first), BEST_RAW),
    ]


def report(table: Table, labels: Sequence[str], facts: Sequence[str], picture: str) -> str:
    """The Markdown page."""
    return "\n".join(
        [
            "# Comparison on few labels",
            "",
            *facts,
            "",
            "Mean ± standard deviation over draws; the best of each column bold.",
            "",
            table.markdown("macro_f1"),
            f"Differences of the same draws, {labels[0]} minus others (in brackets: draws in which it is ahead); bold"
            " where the mean exceeds the standard deviation. Of all columns: of their mean in each draw. The baseline"
            " and the better probe are chosen after the fact, for each column.",
            "",
            table.differences(pairs(labels), "macro_f1"),
            table.markdown("accuracy"),
            f"![Label-efficiency curves]({picture})",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL", help="name or .onnx file; the first is the one to judge")
    parser.add_argument("--data", type=Path, required=True, help="folder of the development imagery")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the Markdown report to write")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="draws of labels (default: %(default)s)")
    arguments = parser.parse_args()
    models = {Path(model).stem if model.endswith(".onnx") else model: model for model in arguments.models}
    if len(models) < len(arguments.models):
        parser.error("two models have one name; rename a file")
    if arguments.seeds < 2:
        parser.error("--seeds must be at least 2: a spread is wanted")
    labels, output = list(models), arguments.output
    picture, numbers = output.with_suffix(".svg"), output.with_suffix(".json")
    start = time.monotonic()
    try:
        for path in (output, picture, numbers):
            check_output(path, overwrite=True)
        table = compare(models, arguments.data, seeds=arguments.seeds)
    except MMEarthError as error:
        sys.exit(str(error))
    facts = [
        f"    python -m training.compare {shlex.join(sys.argv[1:])}",
        "",
        f"mmearth {__version__}, {processor_name()} with {available_processors()} processors,"
        f" {time.monotonic() - start:.0f} s, {arguments.seeds} draws.",
        "",
        *(f"* {label}: model_id {open_backend(model, 'onnx').header.model_id}" for label, model in models.items()),
    ]
    shown = [f"{label}, logistic" for label in (*labels, RAW, AROUND)] + [f"{AROUND}, random forest"]
    write_text(output, report(table, labels, facts, picture.name))
    write_text(picture, label_efficiency(table, methods=shown))
    write_json(numbers, {"command": sys.argv[1:], **table.as_dict()})
    print(f"{output}, {picture} and {numbers} written")


if __name__ == "__main__":
    main()
