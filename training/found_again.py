"""What of embeddings finds the places of a series again on another date, and in how many directions they vary.

    python -m training.found_again MODEL … --data DATA [--half tuned|reported]

For each model the mean over pairs of dates of the share of places found again: by mean and spread of a tile, by each
alone, and by both less the mean over all places of their date, which takes away what a date does to all. And the
effective rank of the bands in single pixels, of every eighth row and column.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.backends import open_backend
from mmearth_core.evaluation.baselines import pooled_mean_and_spread
from mmearth_core.evaluation.retrieval import effective_rank, retrieval_accuracy
from training.dated_judges import Series, catalonia
from training.halves import HALVES

#: Rows and columns of a tile of which one pixel is taken.
_APART = 8
COLUMNS = ("found again", "by the mean", "by the spread", "less the date's mean", "effective rank")


def figures(series: Series, model: str) -> tuple[float, ...]:
    """Of a model's embeddings, as `COLUMNS` says."""
    backend = open_backend(model)
    maps = [np.stack([image.embedding(backend) for image in date]) for date in series.images]
    pooled = np.stack([pooled_mean_and_spread(each) for each in maps])
    middle = pooled.shape[2] // 2
    asked: list[NDArray[np.float32]] = [
        pooled, pooled[..., :middle], pooled[..., middle:], pooled - pooled.mean(axis=1, keepdims=True),
    ]  # fmt: skip
    pixels = np.concatenate(
        [np.moveaxis(each[..., ::_APART, ::_APART], 1, -1).reshape(-1, each.shape[1]) for each in maps]
    )
    return (*(float(retrieval_accuracy(each).mean()) for each in asked), effective_rank(pixels))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL", help="name or file of a calibrated model")
    parser.add_argument("--data", type=Path, required=True, help="folder of the development imagery")
    parser.add_argument("--half", choices=HALVES, default="tuned", help="of the places (default: %(default)s)")
    arguments = parser.parse_args()
    series = catalonia(arguments.data, arguments.half)
    print(f"| {series.name} | {' | '.join(COLUMNS)} |\n|---|{'--:|' * len(COLUMNS)}")
    for model in arguments.models:
        *shares, rank = figures(series, model)
        print(f"| {Path(model).stem} | {' | '.join(f'{each:.2f}' for each in shares)} | {rank:.1f} |", flush=True)


if __name__ == "__main__":
    main()
