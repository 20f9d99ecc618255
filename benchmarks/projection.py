"""What the 64 bands keep: shares of pixels and maps, and the cost of projecting and quantising.

    python -m benchmarks.projection WEIGHTS.safetensors [--calibrate SCENE …] [--scene SCENE SAMPLES] [--data DATA]

Judged by the probe's kind of model (logistic regression, one scalar of scale, classes balanced, C by polygons left out)
on the demo's scene against its truth, and on a scene of yours by leaving out polygons. The projection is fitted on the
scenes to calibrate on, which should be none of those judged; without any, on the demo's scene of another seed. With
--data, the folder of the development imagery, whole EuroSAT tiles are judged too, by the projected maps, by each map as
it is and by what a published network says: mean and spread of a tile, each standardised, 1, 5 and 10 labels per class.
Raw bands (standardised each) stand beside it. The last of what is tried has bands of another block, the mean and spread
of whitened pixels in 5 × 5, taken from the maps'. Needs torch.
"""

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import rasterio
import sklearn
import torch
from scipy.fft import dct
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from mmearth_core.demonstration.synthetic_scene import make_scene
from mmearth_core.embedding.arrays import network_input
from mmearth_core.embedding.model_writing import read_chips
from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.encoder.calibration import PARTS, Part, features_at, fit_quantiser, principal_projection
from mmearth_core.encoder.loading import load_model
from mmearth_core.encoder.network import EmbeddingHead, Encoder
from mmearth_core.evaluation.baselines import Whitening, neighbourhood, pooled_mean_and_spread
from mmearth_core.evaluation.protocol import PROBES, evaluate
from mmearth_core.labelling.samples import Samples, read_samples
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Grid, TilePlan
from mmearth_core.raster.scene import open_scene
from mmearth_core.sources.stack import Stack
from training.judges import eurosat

#: Of what the encoder says (n, 12 + 600) and of the surroundings (n, 24).
Projection = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _parts(bands: tuple[int, ...], *variances: float) -> tuple[Part, ...]:
    return tuple(Part(count, variance) for count, variance in zip(bands, variances, strict=True))


#: Bands and variance of each part: the pixels, then the four maps.
TRIED = (
    PARTS,
    _parts((12, 12, 12, 12, 16), 4, 0.5, 0.5, 0.5, 0.5),
    _parts((12, 8, 8, 4, 32), 4, 1, 1, 0.5, 1),
    _parts((8, 4, 20, 20, 12), 4, 1, 2, 2, 1),
    _parts((12, 4, 18, 18, 12), 4, 0.5, 1, 1, 0.5),
    _parts((12, 0, 0, 0, 0), 1, 1, 1, 1, 1),
    _parts((12, 40, 80, 160, 320), 4, 0.5, 0.5, 0.5, 0.5),
)
#: Bands of the maps when there are some of the surroundings, and those.
BESIDE = _parts((12, 2, 14, 14, 10), 4, 0.5, 0.5, 0.5, 0.5)
SURROUNDINGS = Part(12, 0.5)
STRENGTHS = (3, 30, 300)


class Surroundings:
    """Mean and spread of whitened pixels in 5 × 5, turned to a few bands as the maps are."""

    def __init__(self, chips: Sequence[tuple[torch.Tensor, torch.Tensor, torch.Tensor]], pixels: np.ndarray) -> None:
        """`chips`: normalised pixels (C, H, W) and rows and columns (n,) of those that are sampled; `pixels` (n, C)."""
        self.whitening = Whitening.of(pixels)
        sampled = [self.around(each.numpy())[:, rows, cols].T for each, rows, cols in chips]
        sample = np.concatenate(sampled).astype(np.float64)
        self.middle = sample.mean(0)
        strengths, directions = np.linalg.eigh(np.cov(sample.T))
        axes = dct(np.eye(SURROUNDINGS.bands), norm="ortho") @ directions[:, ::-1].T[: SURROUNDINGS.bands]
        self.axes = axes * (SURROUNDINGS.variance / strengths.sum()) ** 0.5

    def around(self, pixels: np.ndarray) -> np.ndarray:
        """(…, C, H, W) → (…, 2 C, H, W)."""
        return neighbourhood(self.whitening(pixels))

    def bands(self, around: np.ndarray) -> np.ndarray:
        """(…, 2 C) → (…, bands)."""
        return (around - self.middle) @ self.axes.T

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """(n, C, H, W) → (n, bands, H, W)."""
        return np.moveaxis(self.bands(np.moveaxis(self.around(pixels), 1, -1)), -1, 1).astype(np.float32)


def features(
    encoder: Encoder, around: Surroundings, path: Path, rows: np.ndarray, cols: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(n, 12 + 600) of the encoder and (n, 24) of the surroundings at pixels of a scene, tile by tile with the exact
    halo."""
    scene, architecture = open_scene(path, wanted=encoder.header.bands), encoder.architecture
    result = np.empty((len(rows), architecture.in_channels + sum(architecture.channels)), np.float32)
    beside = np.empty((len(rows), 2 * architecture.in_channels), np.float32)
    plan = TilePlan(scene.grid.shape, scene.grid.window, 256, architecture.exact_halo, architecture.patch)
    with scene.reader() as reader:
        for tile in plan:
            core = tile.core
            here = (rows >= core.row) & (rows < core.row_end) & (cols >= core.col) & (cols < core.col_end)
            if here.any():
                pixels = network_input(*reader.read(tile.context), scene.bands, scene.level, encoder.header)
                at = [torch.from_numpy(v[here] - o) for v, o in ((rows, tile.context.row), (cols, tile.context.col))]
                result[here] = features_at(encoder, torch.from_numpy(pixels), *at).numpy()
                beside[here] = around.around(pixels)[:, at[0], at[1]].T
    return result, beside


def read_polygons(scene: Path, samples: Path) -> Samples:
    """The pixels of the polygons that `fit` would take; the embedding's values are not needed for that."""
    with rasterio.open(scene) as dataset, tempfile.TemporaryDirectory() as folder:
        grid = Grid(dataset.height, dataset.width, dataset.transform, dataset.crs)
        raster = EmbeddingRaster(Path(folder) / "any.tif", grid, "any", "any", (1.0,), (-127.5,), {})
        with new_embedding(raster) as output:
            output.write(np.full((1, *grid.shape), 128, np.uint8))
        return read_samples(Stack.alone(raster), samples, cancel=CancelToken())


def folds(label: np.ndarray, group: np.ndarray, count: int = 5) -> np.ndarray:
    """A fold for every pixel; the polygons of each class are dealt out in turn."""
    fold = np.zeros(len(label), int)
    for value in np.unique(label):
        polygons = np.random.default_rng(0).permutation(np.unique(group[label == value]))
        for place, polygon in enumerate(polygons):
            fold[group == polygon] = place % count
    return fold


def predict(x: np.ndarray, samples: tuple[np.ndarray, np.ndarray], target: np.ndarray, *, whiten: bool) -> np.ndarray:
    """Labels of `target` by a probe on `x`, its strength chosen by polygons left out."""
    label, group = samples
    scale = x.std(0) + 1e-9 if whiten else np.sqrt(x.var(0).mean())
    z, z_target = (x - x.mean(0)) / scale, (target - x.mean(0)) / scale
    weight = 1 / (np.bincount(label)[label] * len(np.unique(label)))

    def fitted(rows: np.ndarray, strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=300).fit(z[rows], label[rows], sample_weight=weight[rows])

    fold, right = folds(label, group), dict.fromkeys(STRENGTHS, 0.0)
    for strength in STRENGTHS:
        for k in np.unique(fold):
            found = fitted(fold != k, strength).predict(z[fold == k])
            right[strength] += float(weight[fold == k][found == label[fold == k]].sum())
    return fitted(np.ones(len(label), bool), max(right, key=right.__getitem__)).predict(z_target)


class Judge:
    """A scene with polygons, and where there is a truth pixels to be predicted."""

    def __init__(
        self, encoder: Encoder, around: Surroundings, scene: Path, samples: Path, truth: Path | None = None
    ) -> None:
        found = read_polygons(scene, samples)
        self.label, self.group = np.asarray(found.label), np.asarray(found.group)
        self.x = features(encoder, around, scene, found.position[:, 0], found.position[:, 1])
        self.truth = None
        if truth is not None:
            with rasterio.open(truth) as dataset:
                classes = dataset.read(1)
            rows, cols = np.nonzero(classes)
            chosen = np.random.default_rng(0).permutation(len(rows))[:20_000]
            self.truth = classes[rows[chosen], cols[chosen]]
            self.target = features(encoder, around, scene, rows[chosen], cols[chosen])
            # Class values of the truth by majority among the polygons' pixels, whatever the two name them.
            at = classes[found.position[:, 0], found.position[:, 1]]
            self.values = np.array([np.bincount(at[self.label == k]).argmax() for k in np.unique(self.label)])

    def accuracy(self, project: Projection, *, whiten: bool = False) -> float:
        x = project(*self.x)
        if self.truth is not None:
            found = predict(x, (self.label, self.group), project(*self.target), whiten=whiten)
            return float(np.mean(self.values[found] == self.truth))
        fold, right = folds(self.label, self.group, 4), []
        for k in np.unique(fold):
            train, test = fold != k, fold == k
            found = predict(x[train], (self.label[train], self.group[train]), x[test], whiten=whiten)
            right += [
                (found[self.group[test] == g] == self.label[test][self.group[test] == g]).mean()
                for g in np.unique(self.group[test])
            ]
        return float(np.mean(right))


class TileJudge:
    """The EuroSAT tiles, with their maps computed once: pixels first, then the encoder's four."""

    def __init__(self, encoder: Encoder, data: Path) -> None:
        self.tiles = eurosat(data)
        pixels = torch.from_numpy(self.tiles.pixels(encoder.header))
        with torch.inference_mode():
            runs = [encoder.forward_maps(some) for some in pixels.split(32)]
        self.maps = [pixels, *(torch.cat(maps) for maps in zip(*runs, strict=True))]

    def projected(self, head: EmbeddingHead) -> np.ndarray:
        with torch.inference_mode():
            return np.asarray(head(self.maps[0], self.maps[1:]))

    def show(self, name: str, maps: np.ndarray) -> None:
        scores = evaluate(pooled_mean_and_spread(maps), self.tiles.task, PROBES["logistic, each standardised"])
        print(f"{name:48s}", " / ".join(f"{share:.3f}" for share in scores.accuracy.mean(1)[:3]), flush=True)


def show_tiles(encoder: Encoder, around: Surroundings, data: Path, values: torch.Tensor) -> None:
    """Print what is told of whole tiles."""
    judge = TileJudge(encoder, data)
    print("share of tiles told right, 1 / 5 / 10 labels")
    for name, maps in judge.tiles.published.items():
        judge.show(name, maps)
    for name, each in zip(("pixels", *(f"map {number}" for number in range(4))), judge.maps, strict=True):
        judge.show(f"{name} as it is", each.numpy())
    for parts in TRIED:
        head, _ = principal_projection(values, encoder.architecture, parts, encoder.readout)
        judge.show(named(parts), judge.projected(head))
    head, _ = principal_projection(values, encoder.architecture, BESIDE, encoder.readout)
    maps = [judge.projected(head), around.maps(judge.maps[0].numpy())]
    judge.show(named((*BESIDE, SURROUNDINGS)), np.concatenate(maps, axis=1))


def named(parts: Sequence[Part]) -> str:
    return ", ".join(f"{part.bands}×{part.variance:g}" for part in parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--calibrate", nargs="*", default=[])
    parser.add_argument("--scene", nargs=2, type=Path, metavar=("SCENE", "SAMPLES"))
    parser.add_argument("--data", type=Path, help="folder of the development imagery, for the tiles")
    arguments = parser.parse_args()
    print(
        f"torch {torch.__version__}, scikit-learn {sklearn.__version__}, Python {platform.python_version()}\n$ python",
        *sys.argv,
    )
    encoder, _ = load_model(arguments.weights)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1, user_api="blas"):
        for name in ("demo", "other"):
            (Path(folder) / name).mkdir()
        demo = make_scene(Path(folder) / "demo")
        scenes = arguments.calibrate or [make_scene(Path(folder) / "other", seed=1).scene]
        chips, _ = read_chips(scenes, encoder.header, Silent(), CancelToken())
        draw = np.random.default_rng(0)
        sampled = []
        for chip in chips:
            rows, cols = np.nonzero(chip.valid.numpy())
            chosen = torch.from_numpy(draw.permutation(len(rows))[:4096])
            sampled.append((chip.pixels, torch.from_numpy(rows)[chosen], torch.from_numpy(cols)[chosen]))
        values = torch.cat([features_at(encoder, *each) for each in sampled]).double()
        channels = encoder.architecture.in_channels
        around = Surroundings(sampled, values[:, :channels].numpy())
        judges = {"demo": Judge(encoder, around, demo.scene, demo.samples, demo.truth)}
        if arguments.scene:
            judges[arguments.scene[0].stem[:16]] = Judge(encoder, around, *arguments.scene)
        if arguments.data:
            show_tiles(encoder, around, arguments.data, values)

        def show(name: str, project: Projection, *, whiten: bool = False) -> None:
            figures = [judge.accuracy(project, whiten=whiten) for judge in judges.values()]
            print(f"{name:48s}", *(f"{figure:16.3f}" for figure in figures), flush=True)

        print(f"{'share of pixels judged right':48s}", *(f"{name:>16s}" for name in judges))
        show("raw bands, each standardised", lambda x, _: x[:, :channels], whiten=True)
        for parts in (*TRIED, BESIDE):
            head, explained = principal_projection(values, encoder.architecture, parts, encoder.readout)
            matrix = torch.cat([head.pixels, *head.maps], 1).detach().numpy().T
            bias = head.bias.detach().numpy()
            steps = fit_quantiser(values.numpy() @ matrix + bias)

            def exact(x: np.ndarray, _: np.ndarray, matrix: np.ndarray = matrix, bias: np.ndarray = bias) -> np.ndarray:
                return x @ matrix + bias

            def stored(
                x: np.ndarray, beside: np.ndarray, exact: Projection = exact, steps: np.ndarray = steps
            ) -> np.ndarray:
                return (np.clip(np.floor(exact(x, beside) / steps + 128), 1, 255) - 127.5) * steps

            def both(x: np.ndarray, beside: np.ndarray, exact: Projection = exact) -> np.ndarray:
                return np.concatenate([exact(x, beside), around.bands(beside)], axis=1)

            if parts is BESIDE:
                show(f"{named((*parts, SURROUNDINGS))}, float32", both)
                continue
            show(f"{named(parts)}, float32", exact)
            show(f"{named(parts)}, uint8 ({100 * explained:.0f} % of var.)", stored)


if __name__ == "__main__":
    main()
