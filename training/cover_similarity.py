"""Whether tiles whose land cover is alike have encodings that are alike: SoftCon's own measure, on tiles of the Earth.

    python -m training.cover_similarity MODEL [NAME=FILE,FILE …] --tiles FOLDER

Each model is a name or a file; several files under one name are trainings of one recipe, of which mean and standard
deviation are told. Judged on the tiles of FOLDER that a pretraining holds out (by default as that of the starter does)
and whose land cover is known for half of the tile at least: Spearman's rank correlation, over pairs of tiles of
different places, of the cosine of two encodings, and of the similarity S of what Dynamic World says, as `softcon`
takes it. An encoding is the mean over the tile of the encoder's last map, less the mean of all judged tiles. Beside
them stand random encoders, and the tile's mean of each band.

**Circular** for an encoder that was guided by land cover or predicted it: that it orders tiles by these covers is what
it was taught, and no sign of what it is good for.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from torch.nn import functional

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.loading import load_encoder, official_header
from mmearth_core.encoder.network import Encoder
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.judging.subjects import RANDOM
from mmearth_core.evaluation.protocol import over_trainings
from mmearth_core.evaluation.trained.random_encoder import random_encoder
from mmearth_core.modalities import MODALITIES, NO_CLASS, SENTINEL2_STORED, target, valid
from mmearth_core.pretraining.methods.comparisons.soft_targets import (
    label_similarity,
    label_vectors,
    similarity_figures,
)
from mmearth_core.pretraining.methods.labels import LabelKind, LabelsConfig
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.tiles.holdout import split
from mmearth_core.tiles.reader import TileFile
from training.compare import models_of

#: Random encoders, as large as the starter, given bands by the published statistics, as are the means of bands.
RANDOM_SEEDS, RANDOM_ARCHITECTURE = 3, Architecture("atto", 8, 12)
BANDS = "band means"
KINDS: Sequence[LabelKind] = ("fraction", "multihot")
_COVERS = MODALITIES["dynamic_world"]
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Judged:
    """Tiles that are judged on: `dn` of the twelve bands (n, 12, H, W) and where they are `valid` (n, H, W), each
    one's `level`; `counts` (n, classes), pixels of each cover; and the number of its `place` (n,)."""

    dn: NDArray[np.float32]
    valid: NDArray[np.bool_]
    level: tuple[str, ...]
    counts: NDArray[np.int64]
    place: NDArray[np.int64]

    @property
    def pairs(self) -> NDArray[np.bool_]:
        """Which pairs count, each once: (n, n) bool, of different places."""
        return np.triu(self.place[:, None] != self.place)

    def similarity(self, kind: LabelKind) -> NDArray[np.float32]:
        """S of all pairs of tiles, (n, n), by the shares of covers, or by which there are."""
        pixels = torch.full((len(self.counts),), self.valid[0].size)
        labels, _ = label_vectors(torch.from_numpy(self.counts), pixels, kind, LabelsConfig().min_fraction)
        found: NDArray[np.float32] = label_similarity(labels, labels).numpy()
        return found

    def normalised(self, encoder: Encoder) -> NDArray[np.float32]:
        """What an encoder takes of them, (n, C, H, W). Raises `MMEarthError` where it lacks statistics of a level."""
        header = encoder.header
        if header is None or not {*self.level} <= header.statistics.keys():
            raise MMEarthError("The encoder lacks statistics of a processing level of the tiles; give another.")
        return np.stack(
            [
                header.statistics[level].normalised(dn, there, present=ENCODER_BANDS, wanted=header.bands)
                for dn, there, level in zip(self.dn, self.valid, self.level, strict=True)
            ]
        )


def judged_tiles(tiles: TileFile, *, share: float, block_degrees: float, seed: int) -> Judged:
    """The tiles that are held out and labelled. Raises `MMEarthError` when there are too few to compare."""
    if _COVERS.name not in tiles.modalities:
        raise MMEarthError(f"{tiles.path} has no {_COVERS.name}; give tiles that have a land cover.")
    _, held = split(tiles.lonlat, share=share, block_degrees=block_degrees, seed=seed, learn_unplaced=True)
    sentinel2 = MODALITIES["sentinel2"]
    kept = [SENTINEL2_STORED.index(band) for band in ENCODER_BANDS]
    dn, there, counts, chosen = [], [], [], []
    for tile in held.tolist():
        raw = tiles.read(tile, ["sentinel2", _COVERS.name])
        measured = valid(sentinel2, raw["sentinel2"])[kept]
        covers = np.where(measured.any(0), target(_COVERS, raw[_COVERS.name], None, None), NO_CLASS)
        count = np.bincount(covers[covers >= 0], minlength=_COVERS.outputs)
        if 2 * count.sum() < covers.size:
            continue
        dn.append(np.where(measured, raw["sentinel2"][kept], np.nan).astype(np.float32))
        there.append(measured.any(0))
        counts.append(count)
        chosen.append(tile)
    if len(set(tiles.places.number[chosen].tolist())) < 3:
        raise MMEarthError(f"{tiles.path}: of what is held out too few tiles have a land cover to compare; give more.")
    return Judged(
        np.stack(dn),
        np.stack(there),
        tuple(tiles.level(tile) for tile in chosen),
        np.stack(counts),
        tiles.places.number[chosen].astype(np.int64),
    )


def encodings(encoder: Encoder, judged: Judged) -> NDArray[np.float32]:
    """The mean of the encoder's last map over each tile, (n, channels)."""
    images = torch.from_numpy(judged.normalised(encoder))
    with torch.inference_mode():
        found = [encoder.forward_maps(each)[-1].mean((2, 3)) for each in images.split(_BATCH)]
    pooled: NDArray[np.float32] = torch.cat(found).numpy()
    return pooled


def band_means(judged: Judged, encoder: Encoder) -> NDArray[np.float32]:
    """The mean of each band over each tile, normalised as for an encoder: (n, bands)."""
    means: NDArray[np.float32] = judged.normalised(encoder).mean((2, 3))
    return means


def rank_correlation(features: NDArray[np.floating], judged: Judged, kind: LabelKind) -> float:
    """Spearman's, over the pairs that count, of cosines of features (n, d) less their mean and S."""
    centred = torch.from_numpy(features - features.mean(0))
    rows = functional.normalize(centred).numpy()
    return float(spearmanr((rows @ rows.T)[judged.pairs], judged.similarity(kind)[judged.pairs]).statistic)


def control(seed: int) -> Encoder:
    """An encoder that has learned nothing, with usual statistics."""
    encoder = random_encoder(RANDOM_ARCHITECTURE, seed)
    encoder.header = official_header(f"random-{seed}", encoder)
    return encoder


def report(judged: Judged, features: Mapping[str, Sequence[NDArray[np.floating]]]) -> str:
    """What the tiles are, and a row for each representation, in Markdown."""
    lines = [
        f"{len(judged.place)} labelled tiles of {len(set(judged.place.tolist()))} places that were held out,"
        f" {judged.pairs.sum()} pairs of different places."
    ]
    for kind in KINDS:
        told = similarity_figures(torch.from_numpy(judged.similarity(kind)), torch.from_numpy(judged.pairs))
        mean, alike = (told[name].mean.item() for name in ("similarity", "alike"))
        lines.append(f"Labels by {kind}: mean S {mean:.2f}, S > 0.99 in {alike:.0%} of the pairs.")
    lines += [
        "Circular for an encoder that was guided by land cover, or predicted it.",
        "",
        f"| Spearman of cosine and S, circular | {' | '.join(KINDS)} |",
        f"|---|{'--:|' * len(KINDS)}",
    ]
    for name, trainings in features.items():
        cells = [_cell([rank_correlation(each, judged, kind) for each in trainings]) for kind in KINDS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: Sequence[float]) -> str:
    return f"{over_trainings(found)} ({len(found)})" if len(found) > 1 else over_trainings(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL", help="name, file or NAME=FILE,FILE")
    parser.add_argument("--tiles", type=Path, required=True, help="folder of tiles with dynamic_world")
    parser.add_argument("--hold-out", type=float, default=0.3, help="share that was held out (default: %(default)s)")
    parser.add_argument("--block-degrees", type=float, default=1.0, help="side of a block (default: %(default)s)")
    parser.add_argument("--hold-out-seed", type=int, default=8, help="that it was drawn by (default: %(default)s)")
    given = parser.parse_args(arguments)
    try:
        judged = judged_tiles(
            TileFile(given.tiles), share=given.hold_out, block_degrees=given.block_degrees, seed=given.hold_out_seed
        )
        features: dict[str, list[NDArray[np.float32]]] = {
            Path(name).stem: [encodings(load_encoder(file), judged) for file in files]
            for name, files in models_of(given.models).items()
        }
    except MMEarthError as error:
        sys.exit(str(error))
    features[RANDOM] = [encodings(control(seed), judged) for seed in range(RANDOM_SEEDS)]
    features[BANDS] = [band_means(judged, control(0))]
    print(report(judged, features))


if __name__ == "__main__":
    main()
