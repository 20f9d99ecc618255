"""What smoothing is worth: macro-F1 of real maps from few labels, thin structures apart, and lines that must survive.

    MMEARTH_REALDATA=../shared/data python benchmarks/smoothing.py [--half tuned|reported] [--labels 20] [--draws 5]

Sites: land cover of `terramind_sites.npz` and damage in `barkbeetle_czechia_dev.npz` (open land, forest, damaged
forest), embedded with the default model. Every second site is "tuned" on, for the strengths in
`mmearth_core.maps.smoothing`; the other half reports. A draw takes `labels` pixels of each class at random; what is
within two pixels of them is not judged.

"thin" are the pixels of the reference that an opening of their class with 3 × 3 pixels removes. As such references
hold few rivers and roads, lines are drawn as well: rows of one and of two pixels' width through the inside of one class
get embeddings of pixels of another class that were told right; "line" is the share of them that still is.

Compared are what `classify` offers, a 5 × 5 mean of the probabilities, and a mean field of 8 neighbours in 5 rounds
with contrast from the embedding (the local form of Krähenbühl & Koltun 2011, NeurIPS).
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from mmearth_core import embed_array
from mmearth_core.labelling.probe import Probe, fit_probe
from mmearth_core.labelling.samples import Group, Samples
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.smoothing import smoothed
from mmearth_core.processors import processor_name
from mmearth_core.sources.slots import Columns, Slot

#: Fewest pixels of a class that is learned, and of thin ones that are judged; smallest side of a site.
FEWEST, FEWEST_THIN, SIDE = 80, 20, 60
BANDS = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]

Scores = NDArray[np.float32]


def sites(folder: Path, half: str) -> Iterator[tuple[str, Scores, NDArray[np.int64]]]:
    """(name, embedding (bands, height, width), class (height, width), 0 none)."""
    start = 0 if half == "tuned" else 1
    with np.load(folder / "terramind_sites.npz", allow_pickle=False) as data:
        for site in (1, 2) if half == "tuned" else (0, 4):  # 3 is snow alone
            # Site 2 carries the +1000 of newer products.
            dn = data["S2L2A"][site].astype(np.float32) - (1000 if site == 2 else 0)
            values = embed_array(dn=np.maximum(dn, 1), bands=BANDS, level="l2a")
            yield f"terramind {site}", values, data["LULC"][site, 0].astype(np.int64)
    sys.path.insert(0, str(folder))
    from readpack import load  # noqa: PLC0415 - comes with the data

    pack = load(folder / "barkbeetle_czechia_dev.npz")
    names = [key[2:] for key in pack if key.startswith("x_") and min(pack[key].shape[2:]) >= SIDE]
    for name in names[start::2]:
        after = pack[f"x_{name}"][1].astype(np.float32)
        values = embed_array(dn=after, bands=[str(band) for band in pack["order"]], level="l2a")
        truth = np.where(pack[f"damage_{name}"] > 0, 3, np.where(pack[f"forest_{name}"] > 0, 2, 1))
        yield f"beetle {name}", values, np.where(np.isfinite(values[0]), truth, 0).astype(np.int64)


def fitted(values: Scores, truth: NDArray[np.int64], classes: list[int], chosen: NDArray[np.intp]) -> Probe:
    """A probe of single pixels, given by their place in the flat image, each a polygon of its own."""
    label = np.searchsorted(classes, truth.ravel()[chosen])
    return fit_probe(
        Samples(
            values=values.reshape(len(values), -1)[:, chosen].T.copy(),
            label=label,
            group=np.arange(len(chosen)),
            position=np.zeros((len(chosen), 2), np.intp),
            legend=Legend.numbered([str(each) for each in classes]),
            groups=tuple(Group(Path(), number, int(each), 0, 0) for number, each in enumerate(label)),
            shapes=shapely.points(np.arange(len(chosen)) * 0.01, 0.0),
            pixel_size=10.0,
            sight=640.0,
            codes={},
            messages=(),
            columns=Columns((Slot("", "", len(values)),)),
        )
    )


def box(probabilities: Scores, valid: NDArray[np.bool_]) -> Scores:
    """The mean of 5 × 5 pixels."""
    weight = ndimage.uniform_filter(valid.astype(np.float32), 5, mode="constant")
    total = ndimage.uniform_filter(probabilities * valid, (0, 5, 5), mode="constant")
    return total / np.maximum(weight, 1e-6)


def mean_field(probabilities: Scores, z: Scores, valid: NDArray[np.bool_], weight: float, contrast: float) -> Scores:
    """Five rounds of a mean field with 8 neighbours; `z` is the standardised embedding."""
    logs, field = np.log(np.maximum(probabilities, 1e-6)), probabilities
    height, width = valid.shape
    pairs = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = slice(0, height - down), slice(max(0, -right), width - max(0, right))
        there = slice(down, height), slice(max(0, right), width - max(0, -right))
        unlike = np.square(z[:, *here] - z[:, *there]).sum(axis=0) / (2 * contrast**2)
        near = weight / np.hypot(down, right) * np.exp(-unlike)
        pairs.append((here, there, np.where(valid[here] & valid[there], near, 0)))
    for _ in range(5):
        energy = logs.copy()
        for here, there, near in pairs:
            energy[:, *here] += near * field[:, *there]
            energy[:, *there] += near * field[:, *here]
        field = np.exp(energy - energy.max(axis=0))
        field /= field.sum(axis=0)
    return field


def maps(probe: Probe, values: Scores, valid: NDArray[np.bool_]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """(way, index of the class (height, width)) of every way to make a map."""
    known = np.where(valid, values, 0)
    (member,) = probe.members
    weights, _, bias = (each.astype(np.float32) for each in member.folded)
    scores = np.einsum("cb,bhw->chw", weights, known) + bias[:, None, None]
    across, level = (each.astype(np.float32) for each in member.guide)
    guide = np.einsum("kb,bhw->khw", across, known) + level[:, None, None]
    for smooth in ("none", "edges", "strong"):
        yield smooth, np.argmax(smoothed(scores, guide, valid, smooth), axis=0)
    probabilities = np.exp(scores - scores.max(axis=0))
    probabilities = np.where(valid, probabilities / probabilities.sum(axis=0), 0).astype(np.float32)
    yield "5 × 5 mean", np.argmax(box(probabilities, valid), axis=0)
    z = (known - member.centre[:, None, None].astype(np.float32)) / np.float32(member.scale)
    yield "mean field", np.argmax(mean_field(probabilities, z, valid, 1.0, 8.0), axis=0)


def macro_f1(truth: NDArray[np.int64], found: NDArray[np.int64], classes: list[int]) -> float:
    """Mean F1 of the classes."""
    scores = []
    for each in classes:
        right = ((truth == each) & (found == each)).sum()
        scores.append(2 * right / max(1, (truth == each).sum() + (found == each).sum()))
    return float(np.mean(scores)) if scores else float("nan")


def thin_places(truth: NDArray[np.int64]) -> NDArray[np.bool_]:
    """What is no part of 3 × 3 pixels of its class."""
    thin = np.zeros(truth.shape, bool)
    for each in np.unique(truth[truth > 0]):
        mine = np.pad(truth == each, 2, mode="edge")
        thin |= (mine & ~ndimage.binary_opening(mine, np.ones((3, 3))))[2:-2, 2:-2]
    return thin


def lines(
    values: Scores, truth: NDArray[np.int64], right: NDArray[np.bool_], classes: list[int], width: int
) -> Iterator[tuple[int, Scores, NDArray[np.bool_], NDArray[np.int64]]]:
    """(class of the lines, embedding with them, where they are, class around)."""
    rng = np.random.default_rng(1)
    middle = np.ones((3, 3))
    rows = np.zeros(truth.shape, bool)
    for row in range(8, truth.shape[0] - 8, 16):
        rows[row : row + width] = True
    for each in classes:
        source = np.argwhere(right & (truth == each) & ndimage.binary_erosion(truth == each, middle, border_value=1))
        place = np.zeros(truth.shape, bool)
        for other in classes:
            if other != each:
                place |= ndimage.binary_erosion(truth == other, middle, iterations=4)
        place &= rows
        if len(source) >= 20 and place.sum() >= 60:
            taken = source[rng.integers(0, len(source), place.sum())]
            drawn = values.copy()
            drawn[:, place] = values[:, taken[:, 0], taken[:, 1]]
            yield each, drawn, place, np.where(place, truth, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["tuned", "reported"], default="reported")
    parser.add_argument("--labels", type=int, default=20)
    parser.add_argument("--draws", type=int, default=5)
    options = parser.parse_args()
    print(f"machine: {processor_name()}; command: {' '.join(sys.argv)}", flush=True)
    folder = Path(os.environ.get("MMEARTH_REALDATA", "../shared/data"))
    judged: dict[str, list[tuple[float, float]]] = {}
    kept: dict[str, dict[int, list[float]]] = {}
    count = 0
    for number, (_, values, truth) in enumerate(sites(folder, options.half)):
        valid = np.isfinite(values[0])
        classes = [int(c) for c in np.unique(truth[valid]) if c > 0 and (truth[valid] == c).sum() >= FEWEST]
        if len(classes) < 2:
            continue
        count += 1
        table, thin = np.array(classes), thin_places(truth)
        learned = valid & np.isin(truth, classes)
        for draw in range(options.draws):
            rng = np.random.default_rng([number, draw])
            chosen = np.concatenate(
                [
                    rng.choice(np.flatnonzero((learned & (truth == each)).ravel()), options.labels, replace=False)
                    for each in classes
                ]
            )
            probe = fitted(values, truth, classes, chosen)
            near = np.zeros(truth.shape, bool)
            near.ravel()[chosen] = True
            rest = learned & ~ndimage.binary_dilation(near, np.ones((5, 5)))
            few = rest & thin
            thin_classes = [each for each in classes if (truth[few] == each).sum() >= FEWEST_THIN]
            right = np.zeros(truth.shape, bool)
            for way, index in maps(probe, values, valid):
                found = table[index]
                right = right if way != "none" else (found == truth) & valid
                scores = macro_f1(truth[rest], found[rest], classes), macro_f1(truth[few], found[few], thin_classes)
                judged.setdefault(way, []).append(scores)
            for width in (1, 2):
                for each, drawn, place, around in lines(values, truth, right, classes, width):
                    for way, index in maps(probe, drawn, valid):
                        for other in classes:
                            of = place & (around == other)
                            if of.sum() >= 30:
                                share = float((table[index][of] == each).mean())
                                kept.setdefault(way, {}).setdefault(width, []).append(share)
    print(f"{options.half}: {count} sites, {options.labels} labels a class, {options.draws} draws; ± is one standard")
    print(
        "deviation of the gain over draws and sites; of lines the mean, and the tenth percentile over pairs of classes"
    )
    print("| way | macro-F1 | gain | thin: macro-F1 | gain | 1 px line | 2 px line |\n|---|--:|--:|--:|--:|--:|--:|")
    plain = np.array(judged["none"])
    for way, scores in judged.items():
        gain, mean = np.array(scores) - plain, np.nanmean(np.array(scores), axis=0)
        gains = [f"{np.nanmean(g):+.3f} ± {np.nanstd(g):.3f}" for g in gain.T]
        line = [f"{np.mean(kept[way][w]):.2f} ({np.quantile(kept[way][w], 0.1):.2f})" for w in (1, 2)]
        print(f"| {way} | {mean[0]:.3f} | {gains[0]} | {mean[1]:.3f} | {gains[1]} | {line[0]} | {line[1]} |")


if __name__ == "__main__":
    main()
