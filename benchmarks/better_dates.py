"""What several dates are worth: macro-F1 of maps of one, two and four dates, voting or together, clear or clouded.

    python -m benchmarks.better_dates DATA_FOLDER -o TABLE.md [--half tuned] [--draws 10]

The scenes of `training.labelled_scenes` that have several dates: Belgium on 47 days (`tuned`), the Czech forest sites
in two Septembers (both halves). Draws, labels and tests are those of `benchmarks.better_maps`; each draw takes other
dates, at random, and every row of a draw the same ones, the first of them alone where there is one. Probes are those of
`mmearth fit`, with pixels that nobody labelled. Clouded: half of the places, others on each date, have no embedding
there; a pixel that no date sees counts as wrong.
"""

import argparse
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.better_maps import COUNTS, DRAWS, MOST_TESTED, samples_of, table
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


@dataclass(frozen=True)
class Row:
    """One line: how many dates, whether in one probe, and the share of places that clouds hide on each date."""

    name: str
    dates: int
    together: bool = False
    hidden: float = 0.0


ROWS = (
    Row("1 date", 1),
    Row("2 dates, voting", 2),
    Row("2 dates, together", 2, together=True),
    Row("4 dates, voting", 4),
    Row("4 dates, together", 4, together=True),
    Row("4 dates, voting, half of each clouded", 4, hidden=0.5),
)


def measure(scene: LabelledScene, draws: int) -> Iterator[tuple[str, int, float]]:
    """Row, labels and macro-F1 of every draw."""
    pool, bands = scene.pool[EMBEDDING], scene.pool[EMBEDDING][0].shape[1]
    judged = [scene.judged([each.maps[EMBEDDING][date] for each in scene.patches]) for date in range(len(pool))]
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        dates, spots = rng.permutation(len(pool)), rng.permutation(len(pool[0]))[:PIXELS]
        for drawn in draw(scene.task, COUNTS, seed):
            test = np.sort(rng.permutation(drawn.test)[:MOST_TESTED])
            for row in ROWS:
                if row.dates > len(pool):
                    continue
                chosen = dates[: row.dates]
                columns = Columns(tuple(Slot("", "", bands, 1 + number) for number in range(row.dates)))
                others = Unlabelled(np.concatenate([pool[date][spots] for date in chosen], axis=1), 0, seed)
                values = np.concatenate([judged[date] for date in chosen], axis=1)
                samples = samples_of(scene, values, drawn, columns)
                if row.hidden:
                    values, samples = _clouded(scene, values, drawn, columns, rng)
                with one_thread_each():
                    probe = taught_probe(samples, others, together=row.together, cancel=CancelToken())
                    found = probe.predict(values[test])
                label = scene.task.label[test]
                unseen = ~columns.present(values[test]).any(axis=1)
                found = np.where(unseen, (label + 1) % len(scene.classes), found)
                yield row.name, drawn.count, mean_f1(label, found, classes=len(scene.classes))


def _clouded(
    scene: LabelledScene, values: NDArray[np.float32], drawn: Draw, columns: Columns, rng: np.random.Generator
) -> tuple[NDArray[np.float32], Samples]:
    """Values, NaN where clouds hide half of the places, others on each date, and the samples that some date sees.

    Clouds are drawn until some date shows every class, without which there is no map.
    """
    places = np.unique(scene.task.group)
    while True:
        found = values.copy()
        for index in range(len(columns.slots)):
            hidden = np.isin(scene.task.group, rng.permutation(places)[: len(places) // 2])
            found[hidden, columns.of_slot(index)] = np.nan
        samples = samples_of(scene, found, drawn, columns)
        samples = samples.subset(columns.present(samples.values).any(axis=1))
        if len(np.unique(samples.label)) == len(scene.classes) and learnable(samples):
            return found, samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--half", choices=HALVES, default="tuned")
    parser.add_argument("--draws", type=int, default=DRAWS)
    arguments = parser.parse_args()
    half: Half = arguments.half
    start = time.monotonic()
    text = [f"    python -m benchmarks.better_dates {shlex.join(sys.argv[1:])}", ""]
    with tempfile.TemporaryDirectory() as scratch:
        for scene in labelled_scenes(arguments.data, Path(scratch), half, all_dates=True):
            if len(scene.pool[EMBEDDING]) < 2:
                continue
            scores: dict[tuple[str, int], list[float]] = {}
            for name, count, f1 in measure(scene, arguments.draws):
                scores.setdefault((name, count), []).append(f1)
            names = [row.name for row in ROWS if (row.name, COUNTS[0]) in scores]
            found = {key: np.array([each]) for key, each in scores.items()}
            text += [f"{scene.name}, {len(scene.pool[EMBEDDING])} dates:", "", table(found, names, names[0])]
            print(f"{scene.name}: {time.monotonic() - start:.0f} s")
    text.insert(2, f"mmearth {__version__}, {processor_name()} with {available_processors()} processors.\n")
    write_text(arguments.output, "\n".join(text))


if __name__ == "__main__":
    main()
