"""How much a pixel's embedding depends on the tile, with the response normalisation per sample and frozen.

    python benchmarks/response_norm.py SCENE [SCENE …]

For the seeded random encoder, calibrated on the scenes given. Every tile gets the exact halo, so what differs between
tile sizes is the response normalisation alone. Scenes should be at least 1024 × 1024 pixels. Differences to the result
of one tile of 1024 are in quantisation steps of the 64 bands. Needs torch.
"""

import argparse
import platform
import sys
from dataclasses import replace

import numpy as np
import torch

from mmearth_core.embedding.arrays import network_input
from mmearth_core.embedding.model_writing import read_chips
from mmearth_core.encoder.architecture import Architecture, GrnScope
from mmearth_core.encoder.calibration import calibrate
from mmearth_core.encoder.loading import official_header
from mmearth_core.encoder.network import EmbeddingModel, Encoder, randomise
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import TilePlan, Window
from mmearth_core.raster.scene import open_scene

SIDE = 1024
TILES = (128, 256, 512, 1024)
#: Tiles computed of each size, for the sake of time.
SOME = 8


def embed(model: EmbeddingModel, pixels: np.ndarray, tile: int) -> tuple[np.ndarray, np.ndarray]:
    """(64, SIDE, SIDE) of a picture (12, SIDE, SIDE), made tile by tile, and which pixels were: about `SOME` tiles."""
    architecture = model.encoder.architecture
    plan = list(TilePlan((SIDE, SIDE), Window(0, 0, SIDE, SIDE), tile, architecture.exact_halo, architecture.patch))
    result = np.zeros((len(model.encoder.header.scales), SIDE, SIDE), np.float32)
    computed = np.zeros((SIDE, SIDE), bool)
    # A step that is odd to the tiles of a row spreads them over the picture.
    for part in plan[:: max(1, len(plan) // SOME) | 1]:
        rows, cols = part.context.slices
        with torch.inference_mode():
            values = model(torch.from_numpy(pixels[None, :, rows, cols]))[0].numpy()
        result[:, *part.core.slices] = values[:, *part.core.relative_to(part.context).slices]
        computed[part.core.slices] = True
    return result, computed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="+")
    arguments = parser.parse_args()
    print(f"torch {torch.__version__}, Python {platform.python_version()}\n$ python", *sys.argv)
    encoder = Encoder(Architecture("atto", 8, 12)).eval()
    randomise(encoder, 0)
    header = replace(official_header("random", encoder), trained=False)
    chips, header = read_chips(arguments.scenes, header, Silent(), CancelToken())
    head, header = calibrate(encoder, header, chips, progress=Silent(), cancel=CancelToken())
    encoder.header = header
    model = EmbeddingModel(encoder, head)
    step = np.asarray(header.scales, np.float32)[:, None, None]
    print(f"{'scene':40s} {'response norm':14s} {'tile':>5s} {'mean':>8s} {'99.9 %':>8s} {'max':>8s}   steps")
    for path in arguments.scenes:
        scene = open_scene(path, wanted=header.bands)
        if min(scene.grid.shape) < SIDE // 2:
            continue
        with scene.reader() as reader:
            dn, valid = reader.read(Window(0, 0, SIDE, SIDE))
        pixels = network_input(dn, valid, scene.bands, scene.level, header)
        scopes: tuple[GrnScope, ...] = ("sample", "frozen")
        for scope in scopes:
            encoder.set_grn(scope)
            whole, _ = embed(model, pixels, SIDE)
            for tile in TILES[:-1]:
                found, computed = embed(model, pixels, tile)
                error = (np.abs(found - whole) / step)[:, valid & computed]
                print(
                    f"{scene.name[:40]:40s} {scope:14s} {tile:5d} {error.mean():8.3f}"
                    f" {np.quantile(error, 0.999):8.2f} {error.max():8.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
