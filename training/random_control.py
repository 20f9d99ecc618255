"""Make the control: a seeded, calibrated random encoder, in the form of a model file.

    python training/random_control.py FOLDER SCENE [SCENE …]

The scenes decide the projection and the quantiser only; use varied ones of both processing levels. The weights are
those of seed 0 whatever the scenes.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mmearth_core.embedding.conversion import ConvertResult
from mmearth_core.embedding.model_writing import write_model
from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.loading import official_header
from mmearth_core.evaluation.trained.random_encoder import random_encoder
from mmearth_core.progress import CancelToken, Silent

NAME, SEED = "random-atto-p8", 0
ARCHITECTURE = Architecture("atto", 8, 12)


def write_random(
    folder: Path,
    scenes: Sequence[str | Path],
    *,
    name: str = NAME,
    seed: int = SEED,
    architecture: Architecture = ARCHITECTURE,
) -> ConvertResult:
    """Write NAME.safetensors and NAME.onnx into `folder`: weights of `seed`, calibrated on `scenes`."""
    encoder = random_encoder(architecture, seed)
    header = replace(
        official_header(name, encoder), trained=False, source=f"random weights of seed {seed}", licence="MIT"
    )
    written = write_model(encoder, header, scenes, folder, overwrite=True, progress=Silent(), cancel=CancelToken())
    return ConvertResult(*written)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("scenes", nargs="+")
    arguments = parser.parse_args()
    print(write_random(arguments.folder, arguments.scenes))


if __name__ == "__main__":
    main()
