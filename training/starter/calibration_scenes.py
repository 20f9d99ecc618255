"""Write the scenes the starter and its controls are calibrated on: varied ones of both levels, none of a judged place.

    python -m training.starter.calibration_scenes DATA_FOLDER OUTPUT_FOLDER

All sites, pairs and whole scenes of the development imagery, but for the sites that `places.py` holds out: they are
judged on. Without labels, a scene only decides the projection and the frozen response norms. The EuroSAT tiles are left
out for their size: of 64 pixels, none is further from the border than the network looks.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np

from training.scenes_from_arrays import write_scenes
from training.starter.places import split_by_place


def write_calibration_scenes(data: Path, output: Path) -> list[Path]:
    """Write the scenes of the imagery in `data` into the folder `output`; all GeoTIFFs there, by name."""
    with np.load(data / "terramind_sites.npz") as sites:
        judged = split_by_place(sites["lonlat"])[1].tolist()
    write_scenes(data, output, without=judged)
    for path in data.glob("majortom_*.tif"):
        shutil.copyfile(path, output / path.name)
    return sorted(output.glob("*.tif"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    write_calibration_scenes(arguments.data, arguments.output)


if __name__ == "__main__":
    main()
