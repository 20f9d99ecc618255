"""What mapped change is worth where the truth is known in part: forest before and after a year of bark beetles.

    MMEARTH_REALDATA=../shared/data python benchmarks/change.py [--sites 40]

Sites of `barkbeetle_czechia_dev.npz`, September 2019 and September 2020, are embedded with the default model. Labels
are of 2020: open land, forest, damaged forest. A probe learns from `LABELS` pixels of each class of every second site,
in its image of 2020; the other sites report. Nothing is tuned. What is open is known of 2022 only, so some of it was
forest in 2020: the classes are hard to tell, as they often are.

In one year forest may be damaged or felled, and nothing else is likely: forest does not grow on open land, and damaged
forest does not recover. So of what is mapped as change, "impossible" is what became forest, and open land that became
damaged: errors, all of them. "found" is the share of the pixels damaged in 2020 that are mapped as forest → damaged; it
cannot reach 100, for some were damaged in 2019. "right" is the share of the mapped forest → damaged that the labels of
2020 call damaged.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import rasterio
import shapely
from rasterio.transform import from_origin

import mmearth_core
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.processors import processor_name

#: Pixels of each class that are learned of a site, smallest side of a site.
LABELS, SIDE = 10, 60
CLASSES = ("open", "forest", "damaged")
WORSE = "forest → damaged"
#: What does not happen in a year.
IMPOSSIBLE = ("open → forest", "damaged → forest", "open → damaged")
WAYS: dict[str, dict[str, Any]] = {
    "smooth none": {"smooth": "none"},
    "smooth edges (default)": {},
    "smooth strong": {"smooth": "strong"},
    "edges, sure 0.5": {"sure": 0.5},
    "edges, sure 0.6": {"sure": 0.6},
    "edges, sure 0.7": {"sure": 0.7},
    "edges, sure 0.8": {"sure": 0.8},
    "edges, sure 0.9": {"sure": 0.9},
}


def scene(path: Path, dn: np.ndarray, bands: list[str], number: int) -> Path:
    """One date of a site as a GeoTIFF, each site in a place of its own."""
    profile: Any = {"driver": "GTiff", "count": len(bands), "height": dn.shape[1], "width": dn.shape[2]}
    place = from_origin(400_000 + 5_000 * number, 5_500_000, 10, 10)
    with rasterio.open(path, "w", dtype="uint16", nodata=0, crs="EPSG:32633", transform=place, **profile) as dataset:
        dataset.write(dn.astype(np.uint16))
        dataset.descriptions = tuple(bands)
        dataset.update_tags(PROCESSING_LEVEL="L2A", SCALE="0.0001", BOA_ADD_OFFSET="0")
    return path


def samples(path: Path, like: Path, truth: np.ndarray, rng: np.random.Generator) -> Path:
    """Points of every class of a site."""
    rows, names = [], []
    for number, name in enumerate(CLASSES, start=1):
        found = np.argwhere(truth == number)
        rows.append(rng.permutation(found)[:LABELS])
        names += [name] * len(rows[-1])
    with rasterio.open(like) as dataset:
        at = np.concatenate(rows)
        points = shapely.points(*(dataset.transform * (at[:, 1] + 0.5, at[:, 0] + 0.5)))
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(points),
            field_data=[np.array(names, object)],
            fields=["class"],
            geometry_type="Point",
            crs=dataset.crs.to_string(),
        )
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=40, help="so many of the sites, learned from or reported, at most")
    options = parser.parse_args()
    print(f"machine: {processor_name()}; command: {' '.join(sys.argv)}", flush=True)
    folder = Path(os.environ.get("MMEARTH_REALDATA", "../shared/data"))
    sys.path.insert(0, str(folder))
    from readpack import load  # noqa: PLC0415 - comes with the data

    pack = load(folder / "barkbeetle_czechia_dev.npz")
    names = [key[2:] for key in pack if key.startswith("x_") and min(pack[key].shape[2:]) >= SIDE][: options.sites]
    bands = [str(band) for band in pack["order"]]
    with tempfile.TemporaryDirectory() as place:
        work, embedded = Path(place), {}
        learned: list[tuple[Path, Path]] = []
        for number, name in enumerate(names):
            truth = np.where(pack[f"damage_{name}"] > 0, 3, np.where(pack[f"forest_{name}"] > 0, 2, 1))
            for date in (0, 1):
                path = scene(work / f"{name}-{date}.tif", pack[f"x_{name}"][date], bands, number)
                embedded[name, date] = work / f"{name}-{date}-emb.tif"
                mmearth_core.embed(scene=[path], output=embedded[name, date])
            if number % 2 == 0:
                rng = np.random.default_rng(number)
                learned.append((embedded[name, 1], samples(work / f"{name}.gpkg", embedded[name, 1], truth, rng)))
            else:
                np.save(work / f"{name}.npy", truth)
        reported, model = names[1::2], work / "classes.json"
        fitted = mmearth_core.fit(embeddings=[e for e, _ in learned], samples=[s for _, s in learned], output=model)
        print(f"{len(learned)} sites learned from, {len(reported)} reported; the probe says:\n{fitted}\n")
        print("| % | mapped change | impossible, of it | found | right | unsure |\n|---|--:|--:|--:|--:|--:|")
        for way, chosen in WAYS.items():
            counts = sum((judged(work, name, embedded, model, chosen) for name in reported), Counter())
            print(f"| {way} | {' | '.join(f'{each:.1f}' for each in figures(counts))} |", flush=True)
        print(f"\ndamaged in 2020: {100 * counts['damaged'] / counts['land']:.1f} % of the land")


def judged(
    work: Path, name: str, embedded: dict[tuple[str, int], Path], model: Path, chosen: dict[str, Any]
) -> Counter[str]:
    """Pixels of a site, by what they are in the map of change."""
    before, after, output = embedded[name, 0], embedded[name, 1], work / "change.tif"
    mmearth_core.change(before=before, after=after, model=model, output=output, overwrite=True, **chosen)
    opened, truth = ClassMap.open(output), np.load(work / f"{name}.npy")
    values = opened.read(opened.grid.window)
    called = {each.name: each.value for each in opened.legend.classes}
    land, worse = values > 0, values == called.get(WORSE, -1)
    found = {
        "land": land,
        "changed": (values > 1) & (values < 255),
        "impossible": np.isin(values, [value for name, value in called.items() if name in IMPOSSIBLE]),
        "worse": worse,
        "right": worse & (truth == 3),
        "damaged": land & (truth == 3),
        "unsure": values == 255,
    }
    return Counter({key: int(where.sum()) for key, where in found.items()})


def figures(counts: Counter[str]) -> list[float]:
    """The columns of the table, in per cent."""
    shares = (
        ("changed", "land"),
        ("impossible", "changed"),
        ("right", "damaged"),
        ("right", "worse"),
        ("unsure", "land"),
    )
    return [100 * counts[part] / max(1, counts[whole]) for part, whole in shares]


if __name__ == "__main__":
    main()
