"""What each pretraining method is for, measured on invented tiles where it can be shown, beside a control.

    python -m training.method_merits softcon -o merits.jsonl [--seeds 3] [--steps 200] [--tiles 400]
    python -m training.method_merits table merits.jsonl

softcon   rank correlation of encodings with land cover between tiles of other places, with the label term and without
omnisat   how often a patch of other places is found by what another sensor shows of it, beside chance; R² of canopy
          height from the frozen encoder; with the contrast and without
a2_mae    error on hidden patches of a date, by the rule of masks, and how much of it is copied from other dates; land
          cover told from the frozen encoder at places not learned from, on all dates and in a season not learned from
ns_mae    on tiles where trees and buildings lean in the radar: R² of canopy height as it is rendered, beside as MP-MAE
          predicts it by a head of its own; R² of canopy height, and forest and built-up land told, from the frozen
          encoder, beside those and MP-MAE on the image alone

Invented tiles show that a method does what it says. They say nothing of the ground. Results are appended line by line;
what is there already is not trained again, so the same command goes on.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, r2_score

from mmearth_core.encoder.masking import VisiblePatches, forward_masked
from mmearth_core.evaluation.protocol import over_trainings
from mmearth_core.modalities import MODALITIES, WORLDCOVER
from mmearth_core.pretraining.config import PretrainConfig, read_config
from mmearth_core.pretraining.dataset import TileDataset, make_loader
from mmearth_core.pretraining.methods.building import build_method, start_from
from mmearth_core.pretraining.methods.comparisons.projection import directions
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.views import MaskedView
from mmearth_core.pretraining.pretrain import pretrain
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import dataset_statistics
from mmearth_core.tiles.synthetic import write_synthetic_tiles

CONFIGS = Path(__file__).parent / "configs" / "methods"
#: Small tiles: sixteen patches each.
SIZE, CROP, BATCH = 40, 32, 16
#: MP-MAE in place of another method, with as much hidden as `ns_mae` hides.
_BESIDE = (
    "method=mp_mae", f"mp_mae.crop={CROP}", "mp_mae.mask_ratio=0.5", "mp_mae.jitter=true", "mp_mae.others=everywhere",
)  # fmt: skip
#: What is trained of each method, by name: changes of its configuration.
ARMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "softcon": {"labels": (), "none": ("softcon.weight=0", "softcon.patches=0")},
    "omnisat": {"contrast": (), "none": ("omnisat.contrast=0",)},
    "a2_mae": {rule: (f"a2_mae.rule={rule}",) for rule in ("source", "own", "same")},
    "ns_mae": {
        "rendered": (),
        "direct": (*_BESIDE, "outputs=[sentinel2, sentinel1, canopy_height_eth]"),
        "image": (*_BESIDE, "outputs=[sentinel2]"),
    },
}
#: What the tiles of a method are, beside the usual, and the configuration of one that is not called by its name.
TILES: Mapping[str, Mapping[str, Any]] = {"a2_mae": {"dates": 4}, "ns_mae": {"structure": True}}
RECIPES = {"ns_mae": "ns_mae_tiles"}
#: The tiles that are learned from and those that are judged are of different seeds, so of different places.
LEARNED, JUDGED = 1, 2


def config_of(method: str, tiles: Path, seed: int, steps: int, changes: tuple[str, ...]) -> PretrainConfig:
    count = len(TileFile(tiles))
    epochs = -(-steps // (count // BATCH))
    common = (
        f"data.datasets=[{tiles}]", "data.hold_out=0", "data.workers=0", "data.statistics=dataset", f"seed={seed}",
        f"optimiser.epochs={epochs}", "optimiser.warmup_epochs=1", f"optimiser.batch={BATCH}",
        f"optimiser.effective_batch={BATCH}", "watch.validate_epochs=0", "watch.picture_epochs=0",
        "threads=1",
    )  # fmt: skip
    own = () if "method=mp_mae" in changes else (f"{method}.crop={CROP}",)
    return read_config(CONFIGS / f"{RECIPES.get(method, method)}.yaml", (*common, *own, *changes))


def trained(config: PretrainConfig, run: Path) -> BuiltMethod:
    """The method after its run."""
    file = run.with_suffix(".yaml")
    file.write_text(config.to_yaml(), encoding="utf-8")
    pretrain(config=file, output=run)
    built = build_method(config)
    start_from(str(run), built)
    built.method.eval()
    return built


def batches_of(built: BuiltMethod, tiles: TileFile, size: int) -> Iterator[dict[str, torch.Tensor]]:
    dataset = TileDataset(tiles, dataset_statistics(tiles), np.arange(len(tiles)), built.plain_view, 0)
    yield from make_loader(dataset, size, 0)


@torch.no_grad()
def judged_softcon(built: BuiltMethod, tiles: TileFile, reference: BuiltMethod) -> dict[str, float]:
    """Of pairs of held-out tiles: Spearman's rank correlation of cosine and similarity of land cover.

    `reference` has the labels, which an arm without them does not look at.
    """
    method: Any = built.method
    labelled: Any = reference.method
    wanted, cosines = [], []
    for batch in batches_of(reference, tiles, min(64, len(tiles))):
        seen = forward_masked(method.encoder, batch["image"], batch["masked"], method.config.grn)
        student, teacher = method._student(seen, batch), method._taught(batch)
        encoded = method.encoder.forward_maps(batch["image"])[-1].mean((2, 3))
        labels, known = labelled._labels(batch, "")
        pairs = known[:, None] & known & (batch["place"][:, None] != batch["place"])
        similar = torch.nn.functional.normalize(labels) @ torch.nn.functional.normalize(labels).mT
        wanted.append(similar[pairs])
        centred = torch.nn.functional.normalize(encoded - encoded.mean(0))
        cosines.append(torch.stack([(student @ teacher.mT)[pairs], (centred @ centred.mT)[pairs]]))
    similar, both = torch.cat(wanted).numpy(), torch.cat(cosines, 1).numpy()
    return {
        "spearman_head": float(spearmanr(similar, both[0]).statistic),
        "spearman_encoder": float(spearmanr(similar, both[1]).statistic),
    }


@torch.no_grad()
def judged_omnisat(built: BuiltMethod, tiles: TileFile, reference: BuiltMethod) -> dict[str, float]:  # noqa: ARG001
    """The share of patches whose token another sensor's is nearest to, of those of a batch of tiles, and R²."""
    method: Any = built.method
    hits: dict[str, list[float]] = {}
    chance = []
    for batch in batches_of(built, tiles, min(64, len(tiles))):
        whole = torch.zeros_like(batch["masked"])
        tokens, known, _ = method._tokens(batch, whole)
        tokens = directions(tokens).flatten(0, 1)
        known = known.flatten(0, 1)
        for at, sensor in enumerate(method.sensors[1:], 1):
            both = known[:, 0] & known[:, at]
            ours, theirs = tokens[both, 0], tokens[both, at]
            found = (ours @ theirs.mT).argmax(1) == torch.arange(len(ours))
            hits.setdefault(f"found_{sensor.name}", []).append(found.float().mean().item())
            chance.append(1 / len(ours))
    shares = {name: float(np.mean(each)) for name, each in hits.items()}
    return {**shares, "chance": float(np.mean(chance)), "canopy_r2": canopy_r2(built, tiles)}


@torch.no_grad()
def judged_a2_mae(built: BuiltMethod, tiles: TileFile, reference: BuiltMethod) -> dict[str, float]:
    """Errors on hidden patches under the masks of the reference rule, and under its own; and land cover.

    Under "own" masks some hidden patches are shown by another date: there is something to copy.
    """
    method: Any = built.method
    sums: dict[str, list[float]] = {}
    for rule, view in (("own", reference.plain_view), ("itself", built.plain_view)):
        seen = BuiltMethod("a2_mae", built.method, built.bands, built.crop, view)
        for batch in batches_of(seen, tiles, min(32, len(tiles))):
            for name, part in method(batch).parts.items():
                if part.count:
                    sums.setdefault(f"{rule}_{name}", []).append(part.mean.item())
    means = {name: float(np.mean(each)) for name, each in sums.items()}
    covers = patch_table(built, tiles, "esa_worldcover")
    return {
        "error_own_masks": means["own_sentinel2"],
        "error_itself": means["itself_sentinel2"],
        "copying": means["own_shown_nowhere"] - means["own_shown_elsewhere"],
        "cover_f1": cover_f1(covers),
        "cover_f1_other_season": cover_f1_other_season(covers, seasons(tiles)),
    }


@torch.no_grad()
def judged_ns_mae(built: BuiltMethod, tiles: TileFile, reference: BuiltMethod) -> dict[str, float]:  # noqa: ARG001
    """R² of canopy heights of pixels as the method says them, if it does, and what the frozen encoder tells."""
    figures, name = {}, "canopy_height_eth"
    if name in built.method.outputs:
        said, known = [], []
        for batch in batches_of(built, tiles, min(32, len(tiles))):
            said.append(built.method.reconstruct(batch)[name][:, 0].flatten())
            known.append(batch[name][:, 0].flatten())
        heights, there = torch.cat(known), torch.isfinite(torch.cat(known))
        figures["height_r2"] = float(r2_score(heights[there], torch.cat(said)[there]))
    return {
        **figures,
        "canopy_r2": canopy_r2(built, tiles),
        "forest_built_f1": cover_f1(
            patch_table(built, tiles, "esa_worldcover"),
            (WORLDCOVER.index("tree cover"), WORLDCOVER.index("built-up")),
        ),
    }


class Patches(NamedTuple):
    """Patches of whole images: `features` of each from the frozen encoder, `values` of its pixels as stored (patches,
    pixels), the number of its `tile`, and of the tile's `place`, in the order in which places are met."""

    features: NDArray[Any]
    values: NDArray[Any]
    tile: NDArray[np.int64]
    place: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> "Patches":
        """Some of them."""
        return Patches(*(each[chosen] for each in self))


def patch_table(built: BuiltMethod, tiles: TileFile, name: str) -> Patches:
    """The patches of all tiles that make whole batches, with what `name` says of each."""
    method = built.method
    patch = method.encoder.architecture.patch
    view = MaskedView(
        (MODALITIES[name],), crop=CROP, patch=patch, mask_ratios=(0.0,), flips=False, jitter=False, band_drop=0.0
    )
    dataset = TileDataset(tiles, dataset_statistics(tiles), np.arange(len(tiles)), view, 0)
    # Batches come in an order by lot, which is not that of the tiles.
    order = dataset.order(dataset.epoch)
    encoder, features, values, of = method.export(), [], [], []
    for at, batch in enumerate(make_loader(dataset, min(32, len(tiles)), 0)):
        with torch.no_grad():
            encoded = encoder.forward_maps(batch["image"])[-1]
        whole = VisiblePatches(batch["masked"])
        shown = batch[name]
        images = shown.permute(0, 2, 3, 1)[..., :1] if shown.ndim == 4 else shown[..., None]
        features.append(encoded.flatten(2).transpose(1, 2).flatten(0, 1).numpy())
        values.append(whole.gather(images).flatten(1).numpy())
        of.append(order[(whole.sample + at * len(shown)).numpy()])
    tile = np.concatenate(of)
    number = tiles.places.number[tile]
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    return Patches(np.concatenate(features), np.concatenate(values), tile, np.argsort(np.argsort(first))[which])


def canopy_r2(built: BuiltMethod, tiles: TileFile) -> float:
    """R² of the mean canopy height of patches: ridge on half of the judged places, told on the other half."""
    found = patch_table(built, tiles, "canopy_height_eth")
    found = found.of(np.isfinite(found.values).mean(1) > 0.5)
    heights, learn = np.nanmean(found.values, 1), found.place % 2 == 0
    scaled = _scaled(found.features, learn)
    return float(Ridge(100.0).fit(scaled[learn], heights[learn]).score(scaled[~learn], heights[~learn]))


def cover_f1(found: Patches, covers_told: Sequence[int] | None = None) -> float:
    """Macro F1 of the commonest cover of patches, or of some covers: learned at half of the places, told at the rest,
    on all dates of either."""
    found, covers = _covered(found)
    learn = _learned(found)
    return _f1(covers[~learn], _told(found.features, covers, learn, ~learn), covers_told)


def cover_f1_other_season(found: Patches, season: NDArray[np.int64]) -> float:
    """The same on a date not seen: what is told of the images of a `season`, which is given for each tile, is learned
    from those of the other seasons, at other places. Of all seasons together."""
    found, covers = _covered(found)
    learn, when = _learned(found), season[found.tile]
    true, said = [], []
    for each in np.unique(when[~learn]):
        elsewhere, judged = learn & (when != each), ~learn & (when == each)
        true.append(covers[judged])
        said.append(_told(found.features, covers, elsewhere, judged))
    return _f1(np.concatenate(true), np.concatenate(said))


def seasons(tiles: TileFile) -> NDArray[np.int64]:
    """The season of each tile's image, (N,): winter 0, from December on in the north and from June on in the south,
    spring 1, summer 2, autumn 3."""
    days = np.datetime64("2000-01-01") + tiles.days.astype("timedelta64[D]")
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    found: NDArray[np.int64] = ((month + 1 + 6 * (tiles.lonlat[:, 1] < 0)) % 12) // 3
    return found


def _covered(found: Patches) -> tuple[Patches, NDArray[np.int64]]:
    """The patches that have a cover, and the commonest one of each."""
    most = np.array(
        [np.bincount(row[row >= 0], minlength=11).argmax() if (row >= 0).any() else -1 for row in found.values]
    )
    return found.of(most >= 0), most[most >= 0]


def _learned(found: Patches) -> NDArray[np.bool_]:
    """Which patches are of the half of the places that is learned from."""
    half: NDArray[np.bool_] = found.place < found.place.max() // 2
    return half


def _scaled(features: NDArray[Any], learn: NDArray[np.bool_]) -> NDArray[Any]:
    """Features less the mean and over the deviation of those that are learned from."""
    scaled: NDArray[Any] = (features - features[learn].mean(0)) / (features[learn].std(0) + 1e-6)
    return scaled


def _told(
    features: NDArray[Any], covers: NDArray[np.int64], learn: NDArray[np.bool_], judged: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What logistic regression says of the covers of the judged patches."""
    scaled = _scaled(features, learn)
    said: NDArray[np.int64] = (
        LogisticRegression(C=0.1, max_iter=300).fit(scaled[learn], covers[learn]).predict(scaled[judged])
    )
    return said


def _f1(true: NDArray[np.int64], said: NDArray[np.int64], labels: Sequence[int] | None = None) -> float:
    return float(f1_score(true, said, labels=None if labels is None else list(labels), average="macro"))


#: What a line is of, beside its figures.
_TOLD = ("method", "arm", "seed", "steps", "tiles")
JUDGES = {"softcon": judged_softcon, "omnisat": judged_omnisat, "a2_mae": judged_a2_mae, "ns_mae": judged_ns_mae}


def measure(method: str, output: Path, seeds: int, steps: int, count: int) -> None:
    """Train and judge each arm and seed that `output` lacks, and append a line for each."""
    done = {(line["method"], line["arm"], line["seed"]) for line in lines_of(output) if line["steps"] == steps}
    with tempfile.TemporaryDirectory() as folder:
        learned, judged = (
            write_synthetic_tiles(Path(folder) / name, count, size=SIZE, seed=seed, gaps=False, **TILES.get(method, {}))
            for name, seed in (("learned", LEARNED), ("judged", JUDGED))
        )
        for arm, changes in ARMS[method].items():
            for seed in range(seeds):
                if (method, arm, seed) in done:
                    continue
                config = config_of(method, learned.parent, seed, steps, changes)
                built = trained(config, Path(folder) / f"{arm}-{seed}")
                plain = ("a2_mae.rule=own",) if method == "a2_mae" else ()
                reference = build_method(config_of(method, learned.parent, seed, steps, plain))
                figures = JUDGES[method](built, TileFile(judged), reference)
                line = {"method": method, "arm": arm, "seed": seed, "steps": steps, "tiles": count, **figures}
                with output.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(line, flush=True)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def table(path: Path) -> str:
    """Mean ± sample deviation over seeds of each figure, in Markdown."""
    rows = lines_of(path)
    text = []
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        figures = list(dict.fromkeys(key for row in mine for key in row if key not in _TOLD))
        text += [f"| {method} | {' | '.join(figures)} |", f"|---|{'--:|' * len(figures)}"]
        for arm in dict.fromkeys(row["arm"] for row in mine):
            found = [row for row in mine if row["arm"] == arm]
            cells = [_cell([row[key] for row in found if key in row]) for key in figures]
            text.append(f"| {arm} ({len(found)} seeds) | {' | '.join(cells)} |")
        text.append("")
    return "\n".join(text)


def _cell(values: list[float]) -> str:
    return over_trainings(values) if values else "–"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=(*ARMS, "table"))
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--tiles", type=int, default=400)
    given = parser.parse_args(arguments)
    path = given.output or given.file
    if path is None:
        parser.error("give the file of results: -o merits.jsonl")
    if given.method == "table":
        print(table(path))
    else:
        measure(given.method, path, given.seeds, given.steps, given.tiles)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
