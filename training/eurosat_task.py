"""Make a task of the EuroSAT tiles for `mmearth evaluate`: tested only on places that no encoder of ours has seen.

    python -m training.eurosat_task DATA_FOLDER -o eurosat.npz

Test tiles are those of the held-out blocks (`training.starter.places`), of which no pretraining had a tile. Of the
others, which a pretraining may have seen without labels, whole blocks are chosen by, and the rest is learned from.
"""

import argparse
from pathlib import Path

import numpy as np

from mmearth_core.files import atomic_path, check_output
from mmearth_core.tiles.holdout import lots
from training.starter.places import BLOCK_DEGREES, split_by_place

#: Share of the blocks that are not held out by which settings are chosen, and the seed they are drawn with.
CHOSEN_BY, SEED = 0.25, 1


def write_task(data: Path, output: Path) -> dict[str, int]:
    """Write the task; how many tiles each part has."""
    with np.load(data / "eurosat_ms_dev.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in ("x", "label", "lonlat", "bands")}
    places = arrays["lonlat"].astype(np.float64)
    split = np.where(lots(places, block_degrees=BLOCK_DEGREES, seed=SEED) < CHOSEN_BY, "valid", "train")
    split[split_by_place(places)[1]] = "test"
    with atomic_path(output) as temporary, temporary.open("wb") as made:
        np.savez(made, split=split, level=np.array("l1c"), **arrays)
    return {str(name): int(count) for name, count in zip(*np.unique(split, return_counts=True), strict=True)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    print(write_task(arguments.data, check_output(arguments.output)))


if __name__ == "__main__":
    main()
