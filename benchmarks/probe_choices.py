"""What the probe's fixed choices are worth: one scale or whitening, C, the weight of a polygon, pixels per polygon.

    MMEARTH_REALDATA=../shared/data python benchmarks/probe_choices.py

Labelled patches of `eurosat_ms_dev.npz` stand in for polygons of ten classes: a few patches per class train, twelve
others test (mean share of their pixels right, so every polygon counts the same). Features imitate an embedding: log
reflectance and its mean and standard deviation around the pixel, in blocks of unit total variance, each rotated to
its principal axes.
"""

import os
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from scipy.ndimage import uniform_filter

from mmearth_core.labelling import probe as probing
from mmearth_core.labelling.samples import Group, Samples
from mmearth_core.maps.legend import Legend
from mmearth_core.sources.slots import Columns, Slot

REPEATS = 3


def load(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Embedding-like values (patches, pixels, bands), class of each patch."""
    with np.load(folder / "eurosat_ms_dev.npz", allow_pickle=False) as data:
        logs, names = np.log1p(data["x"].astype(np.float32)), data["label"]
    blocks = [logs]
    for size in (5, 15):
        mean = uniform_filter(logs, (1, 1, size, size))
        spread = np.sqrt(np.maximum(uniform_filter(logs**2, (1, 1, size, size)) - mean**2, 0))
        blocks += [mean, spread]
    parts = []
    for block in blocks:
        values = block[:, :, 8:56, 8:56].transpose(0, 2, 3, 1).reshape(-1, block.shape[1])
        values = values - values.mean(axis=0)
        values /= np.sqrt(values.var(axis=0).sum())
        parts.append(values @ np.linalg.eigh(np.cov(values[::50].T))[1][:, ::-1])
    features = np.concatenate(parts, axis=1)
    values = features.astype(np.float32)
    return values.reshape(len(names), -1, values.shape[1]), np.unique(names, return_inverse=True)[1]


def take(values: np.ndarray, label: np.ndarray, chosen: list[int], sizes: list[int]) -> Samples:
    """The first pixels of a fixed shuffle of every chosen patch, as one group each."""
    rng = np.random.default_rng(0)
    picks = [rng.permutation(values.shape[1])[:size] for size in sizes]
    group = np.repeat(np.arange(len(chosen)), sizes)
    return Samples(
        values=np.concatenate([values[patch][pick] for patch, pick in zip(chosen, picks, strict=True)]),
        label=label[chosen][group],
        group=group,
        position=np.zeros((len(group), 2), np.intp),
        legend=Legend.numbered([f"class {k}" for k in range(int(label.max()) + 1)]),
        groups=tuple(Group(Path(), patch, int(label[patch]), 0, 0) for patch in chosen),
        shapes=shapely.points(np.arange(len(chosen)) * 0.01, 0.0),  # each a place
        pixel_size=10.0,
        sight=640.0,
        codes={},
        messages=(),
        columns=Columns((Slot("benchmark", "benchmark", values.shape[2]),)),
    )


def whitened(samples: Samples) -> Samples:
    return replace(samples, values=samples.values / samples.values.std(axis=0))


def main() -> None:
    values, label = load(Path(os.environ.get("MMEARTH_REALDATA", "../shared/data")))
    print(f"machine: {platform.machine()}; share of right pixels per test polygon, mean of {REPEATS} draws")

    def measure(
        shots: int, size: Callable[[int], int], change: Callable[[Samples], Samples], regularisation: float
    ) -> float:
        shares = []
        for repeat in range(REPEATS):
            rng = np.random.default_rng(repeat)
            order = [rng.permutation(np.flatnonzero(label == k)) for k in range(int(label.max()) + 1)]
            train = [int(patch) for patches in order for patch in patches[:shots]]
            test = [int(patch) for patches in order for patch in patches[shots : shots + 12]]
            samples = change(take(values, label, train, [size(i) for i in range(len(train))]))
            probe = probing.fit_probe(samples, strengths=probing.Strengths(regularisation))
            shares += [(probe.predict(values[patch][::23]) == label[patch]).mean() for patch in test]
        return float(np.mean(shares))

    def same(samples: Samples) -> Samples:
        return samples

    def mixed(index: int) -> int:
        return (5, 50, 800)[index % 3]

    for shots in (2, 5):
        print(f"\n{shots} polygons per class")
        for name, change in (("one scale", same), ("whitened bands", whitened)):
            row = (f"C {c:g}: {measure(shots, lambda _: 50, change, c):.3f}" for c in (1, 3, 10, 30, 100, 1000))
            print(f"  {name:<15} {'   '.join(row)}")
        row = (f"{n} px: {measure(shots, lambda _, n=n: n, same, 30.0):.3f}" for n in (10, 50, 100, 200, 400))
        print(f"  {'pixels each':<15} {'   '.join(row)}")
        usual, cells = probing.ALIKE, []
        for alike in (0.0, 0.05, 0.2, 0.5, 1.0):
            probing.ALIKE = alike
            cells.append(f"ρ {alike:g}: {measure(shots, mixed, same, 30.0):.3f}")
        probing.ALIKE = usual
        print(f"  {'5/50/800 px':<15} {'   '.join(cells)}")


if __name__ == "__main__":
    main()
