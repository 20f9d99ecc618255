"""What several dates are worth: macro-F1 of maps of one, two and four dates, voting or together, clear or clouded.

    python -m benchmarks.better_dates DATA_FOLDER -o TABLE.md [--half tuned] [--model MODEL] [--draws 10]

The scenes of `training.labelled_scenes` that have several dates: Belgium on 47 days (`tuned`), the Czech forest sites
in two Septembers (both halves). Draws and labels are those of `benchmarks.better_maps`, tested on at most 20,000
pixels; each draw takes other dates, at random, and every row of a draw the same ones, the first of them alone where
there is one. Probes are those of `mmearth fit`, with pixels that nobody labelled. Clouded: on each date other clouds,
of some 300 m, hide half of the pixels, with their labels; a pixel that no date sees counts as wrong.
"""

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from benchmarks.better_maps import COUNTS, DRAWS, samples_of, table
from mmearth_core import __version__
from mmearth_core.evaluation.protocol import mean_f1
from mmearth_core.evaluation.splits import Draw, draw
from mmearth_core.files import write_text
from mmearth_core.labelling.fitting import taught_probe
from mmearth_core.labelling.probe import learnable
from mmearth_core.labelling.samples import Samples
from mmearth_core.processors import available_processors, one_thread_each, processor_name
from mmearth_core.progress import CancelToken
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.sources.unlabelled import PIXELS, Unlabelled
from training.halves import HALVES, Half
from training.labelled_scenes import EMBEDDING, LabelledScene, labelled_scenes

#: Pixels that are tested; standard deviation in pixels of what noise is smoothed by to make clouds of it.
MOST_TESTED, CLOUD = 20_000, 10


@dataclass(frozen=True)
class Row:
    """One line: how many dates, whether in one probe, and whether clouds hide half of the pixels on each date."""

    name: str
    dates: int
    together: bool = False
    clouded: bool = False


ROWS = (
    Row("1 date", 1),
    Row("1 date, half clouded", 1, clouded=True),
    Row("2 dates, voting", 2),
    Row("2 dates, together", 2, together=True),
    Row("2 dates, voting, half of each clouded", 2, clouded=True),
    Row("4 dates, voting", 4),
    Row("4 dates, together", 4, together=True),
    Row("4 dates, voting, half of each clouded", 4, clouded=True),
)


def measure(scene: LabelledScene, draws: int) -> Iterator[tuple[str, int, float, float]]:
    """Row, labels, macro-F1, and the share of tested pixels that some date sees, of every draw."""
    judged = [scene.judged([each.maps[EMBEDDING][date] for each in scene.patches]) for date in range(scene.dates)]
    bands = judged[0].shape[1]
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        dates, spots = rng.permutation(scene.dates), rng.permutation(scene.pool.valid.size)[:PIXELS]
        for drawn in draw(scene.task, COUNTS, seed):
            test = np.sort(rng.permutation(drawn.test)[:MOST_TESTED])
            label = scene.task.label[test]
            for row in ROWS:
                if row.dates > scene.dates:
                    continue
                chosen = dates[: row.dates]
                columns = Columns(tuple(Slot("", "", bands, 1 + number) for number in range(row.dates)))
                beside = np.concatenate([scene.anywhere(EMBEDDING, spots, date) for date in chosen], axis=1)
                values = np.concatenate([judged[date] for date in chosen], axis=1)
                samples = samples_of(scene, values, drawn, columns)
                if row.clouded:
                    values, samples = _clouded(scene, values, drawn, columns, rng)
                    hidden = rng.random((len(beside), row.dates)) < 0.5
                    beside[np.repeat(hidden, bands, axis=1)] = np.nan
                with one_thread_each():
                    others = Unlabelled(beside, 0, seed)
                    probe = taught_probe(samples, others, together=row.together, cancel=CancelToken())
                    found = probe.predict(values[test])
                seen = probe.seen(values[test])
                found = np.where(seen, found, (label + 1) % len(scene.classes))
                yield row.name, drawn.count, mean_f1(label, found, classes=len(scene.classes)), float(seen.mean())


def _clouded(
    scene: LabelledScene, values: NDArray[np.float32], drawn: Draw, columns: Columns, rng: np.random.Generator
) -> tuple[NDArray[np.float32], Samples]:
    """Values, NaN under clouds, which are others on each date, and the samples that some date sees.

    Clouds are drawn until all classes can be learned on some date, without which there is no map.
    """
    while True:
        found = values.copy()
        for index in range(len(columns.slots)):
            clouds = [gaussian_filter(rng.normal(size=each.label.shape), CLOUD) > 0 for each in scene.patches]
            found[scene.judged(clouds), columns.of_slot(index)] = np.nan
        samples = samples_of(scene, found, drawn, columns)
        samples = samples.subset(columns.present(samples.values).any(axis=1))
        if len(np.unique(samples.label)) == len(scene.classes) and learnable(samples):
            return found, samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--half", choices=HALVES, help="by default both")
    parser.add_argument("--model", default="default", help="name or file of the encoder")
    parser.add_argument("--draws", type=int, default=DRAWS)
    arguments = parser.parse_args()
    halves: Sequence[Half] = [arguments.half] if arguments.half else HALVES
    start = time.monotonic()
    text = [
        f"    python -m benchmarks.better_dates {shlex.join(sys.argv[1:])}\n",
        f"mmearth {__version__}, {processor_name()} with {available_processors()} processors.\n",
    ]
    with tempfile.TemporaryDirectory() as scratch:
        for scene in _scenes(arguments.data, Path(scratch), halves, arguments.model):
            scores: dict[tuple[str, int], list[float]] = {}
            shares: dict[str, list[float]] = {}
            for name, count, f1, seen in measure(scene, arguments.draws):
                scores.setdefault((name, count), []).append(f1)
                shares.setdefault(name, []).append(seen)
            found = {key: np.array([each]) for key, each in scores.items()}
            clouded = ", ".join(f"{name} {100 * np.mean(shares[name]):.0f} %" for name in shares if "clouded" in name)
            text += [f"{scene.name}, {scene.dates} dates:\n", table(found, list(shares), ROWS[0].name)]
            text += [f"Pixels that some date sees: {clouded}.\n"]
            print(f"{scene.name}: {time.monotonic() - start:.0f} s", flush=True)
    write_text(arguments.output, "\n".join(text))


def _scenes(data: Path, folder: Path, halves: Sequence[Half], model: str) -> Iterator[LabelledScene]:
    for half in halves:
        for scene in labelled_scenes(data, folder, half, model=model, all_dates=True):
            if scene.dates > 1:
                yield scene


if __name__ == "__main__":
    main()
