"""Make the control: a seeded, calibrated random encoder, in the form of a model file.

    python training/random_control.py FOLDER SCENE [SCENE …]

The scenes decide the projection and the quantiser only; use varied ones of both processing levels. The weights are
those of seed 0 whatever the scenes.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from mmearth_core.embedding.conversion import ConvertResult
from mmearth_core.embedding.model_writing import write_model
from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.loading import official_header
from mmearth_core.encoder.network import Encoder, randomise
from mmearth_core.progress import CancelToken, Silent

NAME, SEED = "random-atto-p8", 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("scenes", nargs="+")
    arguments = parser.parse_args()
    encoder = Encoder(Architecture("atto", 8, 12)).eval()
    randomise(encoder, SEED)
    header = replace(
        official_header(NAME, encoder), trained=False, source=f"random weights of seed {SEED}", licence="MIT"
    )
    result = ConvertResult(
        *write_model(
            encoder,
            header,
            arguments.scenes,
            arguments.folder,
            overwrite=True,
            progress=Silent(),
            cancel=CancelToken(),
        )
    )
    print(result)


if __name__ == "__main__":
    main()
