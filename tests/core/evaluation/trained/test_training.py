"""Protocols that train: their numbers are the published ones, what is still stays so, and something is learned."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import mmearth_core
from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.loading import load_encoder, official_header
from mmearth_core.errors import Cancelled
from mmearth_core.evaluation.judging import running
from mmearth_core.evaluation.judging.evidence import Evidence
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.evaluation.tasks.opening import open_task
from mmearth_core.evaluation.trained.networks import Classifier, Layer, UNet, drop_paths
from mmearth_core.evaluation.trained.random_encoder import random_encoder, random_subject
from mmearth_core.evaluation.trained.recipes import Recipe, recipe_of
from mmearth_core.evaluation.trained.training import (
    layer_scale,
    measured,
    parameter_groups,
    rate_at,
    train,
    train_layer,
    turned,
)
from mmearth_core.progress import CancelToken

pytestmark = pytest.mark.torch
ATTO, TINY = Architecture("atto", 8, 12), Architecture("tiny", 8, 12)
BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B8A", "B08", "B09", "B11", "B12")
QUICK = Recipe(6, 0, 8, 1e-3, 0.05, "task", "sample")


def weights(module: torch.nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


@pytest.mark.parametrize(
    ("architecture", "classifier", "unet"),
    [(ATTO, 3_393_170, 4_183_190), (Architecture("atto", 16, 12), None, 4_183_310), (TINY, 27_880_330, 32_437_498)],
)
def test_the_networks_are_as_large_as_the_published_ones(
    architecture: Architecture, classifier: int | None, unet: int
) -> None:
    encoder = random_encoder(architecture, 0)
    norm = 2 * architecture.channels[-1]  # the published U-Net has one that it does not use
    assert weights(UNet(encoder, 10)) + norm == unet
    assert classifier is None or weights(Classifier(encoder, 10)) == classifier


@pytest.mark.parametrize("architecture", [ATTO, Architecture("atto", 16, 12), Architecture("atto", 32, 3, "original")])
def test_a_unet_tells_every_pixel(architecture: Architecture) -> None:
    network = UNet(random_encoder(architecture, 0), 3).eval()
    with torch.no_grad():
        assert network(torch.randn(1, architecture.in_channels, 64, 32)).shape == (1, 3, 64, 32)


def test_recipes_are_those_of_the_scripts() -> None:
    probe, tuned = (recipe_of(name, "m-bigearthnet", "atto", 1.0, None) for name in ("linear-paper", "finetune-paper"))
    for each in (probe, tuned):
        assert (each.epochs, each.batch, each.rate, each.decay, each.smoothing) == (100, 1024, 8e-4, 0.3, 0.2)
        assert (each.statistics, each.norm, each.keep, each.warmup, each.drop_path) == (
            "task",
            "sample",
            "last",
            0,
            0.1,
        )
    assert (probe.still, tuned.still, tuned.layer_decay) == (100, 0, 0.9)
    assert recipe_of("linear-paper", "m-so2sat", "atto", 0.05, None).rate == pytest.approx(2.5e-5)
    few = recipe_of("finetune-paper", "m-eurosat", "atto", 0.01, None)
    assert (few.batch, few.rate) == (8, pytest.approx(6.25e-6))
    unet = recipe_of("segment-unet", "m-cashew-plant", "atto", 0.5, None)
    assert (unet.epochs, unet.still, unet.batch, unet.rate, unet.encoder_decay) == (200, 50, 32, 1.25e-3, 0)
    assert (unet.drop_path, unet.smoothing) == (0.1, 0)
    assert recipe_of("segment-unet", "m-cashew-plant", "atto", 1.0, 4).still == 1
    assert recipe_of("linear-paper", "m-so2sat", "atto", 1.0, 3).still == 3


def test_tiny_encoders_have_rates_of_their_own_with_all_labels() -> None:
    for name, rate in (("linear-paper", 4e-2), ("finetune-paper", 4e-4)):
        tiny, nano = (recipe_of(name, "m-so2sat", size, 1.0, None) for size in ("tiny", "nano"))
        assert (tiny.rate, nano.rate, tiny.batch) == (rate, 8e-4, 1024)
        assert recipe_of(name, "m-so2sat", "tiny", 0.5, None) == recipe_of(name, "m-so2sat", "atto", 0.5, None)
    for name in ("finetune", "segment-unet"):
        assert recipe_of(name, "any", "tiny", 1.0, None) == recipe_of(name, "any", "atto", 1.0, None)


def test_eurosat_is_learned_eight_tiles_at_a_time_with_all_labels_too() -> None:
    for share in (0.01, 0.5, 1.0):
        recipe = recipe_of("linear-paper", "m-eurosat", "atto", share, None)
        assert (recipe.batch, recipe.rate, recipe.epochs) == (8, pytest.approx(6.25e-6), 100)
    # 2,000 tiles: by the batches of larger tasks it would learn 100 times in all.
    assert recipe.epochs * (2000 // recipe.batch) == 25_000


def test_every_head_begins_as_published() -> None:
    encoder = random_encoder(ATTO, 0)
    for network in (Classifier(encoder, 10), UNet(encoder, 10), Layer(20, 10)):
        assert network.head.weight.abs().max() < 1e-4, type(network)
        assert not network.head.bias.any()
    unet = UNet(encoder, 10)
    assert unet.upsample_layers[0].conv.weight.detach().std().item() == pytest.approx(0.02, rel=0.05)


def test_a_unet_of_the_original_stem_has_no_map_beside_the_pixels() -> None:
    unet = UNet(random_encoder(Architecture("atto", 32, 3, "original"), 0), 10)
    assert unet.initial_conv_upsample[0].in_channels == 40
    assert UNet(random_encoder(ATTO, 0), 10).initial_conv_upsample[0].in_channels == 80


def test_the_rate_falls_along_a_cosine_after_its_warm_up() -> None:
    recipe = recipe_of("finetune", "any", "atto", 1.0, None)
    rates = [rate_at(recipe, step, 500, 10) for step in range(500)]
    assert np.argmax(rates) == 49 or np.argmax(rates) == 50
    assert max(rates) == pytest.approx(1e-3) and rates[-1] < 1.1e-6
    assert rates[:50] == sorted(rates[:50]) and rates[50:] == sorted(rates[50:], reverse=True)


def test_layers_are_counted_as_published_or_in_order() -> None:
    paper, own = (recipe_of(name, "any", "atto", 1.0, None) for name in ("finetune-paper", "finetune"))
    # Twelve blocks: the head is 13, the first block 1.
    published = {
        "head.weight": 13,
        "encoder.stem.0.weight": 13,
        "encoder.stages.0.0.conv_dw.weight": 1,
        "encoder.stages.3.1.norm.weight": 12,
        "encoder.downsample_layers.0.1.weight": 1,
        "encoder.downsample_layers.2.1.weight": 5,
    }
    for name, layer in published.items():
        assert layer_scale(name, ATTO, paper) == pytest.approx(0.9 ** (13 - layer)), name
    assert layer_scale("encoder.stem.0.weight", ATTO, own) == pytest.approx(0.75**13)
    assert layer_scale("encoder.downsample_layers.0.1.weight", ATTO, own) == pytest.approx(0.75**10)


def test_biases_and_norms_are_not_decayed_nor_are_response_norms() -> None:
    network = Classifier(random_encoder(ATTO, 0), 2)
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    for name in ("finetune-paper", "finetune"):
        recipe = recipe_of(name, "any", "atto", 1.0, None)
        groups = parameter_groups(network, recipe)
        assert sum(len(group["params"]) for group in groups) == len(names)
        by_name = {names[id(each)]: group["weight_decay"] for group in groups for each in group["params"]}
        assert by_name["encoder.stages.0.0.mlp.fc1.weight"] == by_name["head.weight"] == recipe.decay
        assert by_name["encoder.stages.0.0.mlp.fc1.bias"] == by_name["norm.weight"] == 0
        assert by_name["encoder.stages.0.0.mlp.grn.weight"] == by_name["encoder.stages.0.0.mlp.grn.bias"] == 0


@pytest.fixture(name="task")
def task_fixture(tmp_path: Path) -> TileTask:
    """Tiles of two brightnesses, which any network learns."""
    rng = np.random.default_rng(0)
    label = np.arange(24) % 2
    x = (rng.normal(2000, 40, (24, 12, 16, 16)) * (1 + label)[:, None, None, None]).astype(np.uint16)
    split = np.array(["train"] * 16 + ["valid"] * 4 + ["test"] * 4)
    np.savez(tmp_path / "t.npz", x=x, bands=np.array(BANDS), label=label, level=np.array("l2a"), split=split)
    return open_task(tmp_path / "t.npz")


def trained(task: TileTask, recipe: Recipe, *, seed: int = 0, encoder: torch.nn.Module | None = None) -> tuple:
    encoder = random_encoder(ATTO, 0) if encoder is None else encoder
    told = train(task, encoder, official_header("r", encoder), recipe, task.parts(1.0, 0), seed, CancelToken())
    truth = task.labels(task.parts(1.0, 0).test)
    return Evidence.of(task.target, len(task.classes), truth, told.labels), told.facts, encoder


def test_a_class_that_shows_is_learned_and_a_seed_repeats_it(task: TileTask) -> None:
    evidence, facts, _ = trained(task, QUICK)
    assert evidence.metric("accuracy") == 1.0
    assert (facts["updates"], facts["batch"]) == (12, 8)
    again, _, _ = trained(task, QUICK)
    assert np.array_equal(again.counts, evidence.counts)


def test_a_still_encoder_stays_as_it_is_and_another_does_not(task: TileTask) -> None:
    for still, same in ((1, True), (0, False)):
        before = copy.deepcopy(random_encoder(ATTO, 0).state_dict())
        recipe = Recipe(1, still, 8, 1e-3, 0.3, "task", "sample", smoothing=0.2, drop_path=0.1)
        _, _, encoder = trained(task, recipe)
        after = encoder.state_dict()
        assert all(torch.equal(after[name], value) for name, value in before.items()) == same


def of_layer(task: TileTask, recipe: Recipe, seed: int = 0) -> tuple:
    parts = task.parts(1.0, 0)

    def features(rows: np.ndarray) -> np.ndarray:
        return task.images(rows).mean(axis=(2, 3))

    told = train_layer(task, features, recipe, parts, seed, CancelToken())
    return Evidence.of(task.target, len(task.classes), task.labels(parts.test), told.labels), told.facts


def test_a_layer_is_trained_on_features_by_the_recipe_of_a_network(task: TileTask) -> None:
    for name in ("linear-paper", "finetune-paper", "finetune"):
        recipe = recipe_of(name, "any", "atto", 1.0, 3)
        evidence, facts = of_layer(task, recipe)
        _, of_network, _ = trained(task, recipe)
        for fact in ("updates", "batch", "rate", "device"):
            assert facts[fact] == of_network[fact], (name, fact)
        assert evidence.metric("accuracy") == 1.0
        assert np.array_equal(of_layer(task, recipe)[0].counts, evidence.counts)
    assert 0 < of_network["validation"] <= 1 and facts["validation"] == 1.0


def test_a_layer_learns_as_long_as_its_recipe_says(task: TileTask) -> None:
    """With almost no rate nothing is learned, and what is told hangs on how the layer began."""
    still = Recipe(1, 0, 16, 1e-12, 0.0, "task", "sample", least_rate=0.0)
    told = {tuple(of_layer(task, still, seed)[0].counts[:, 1].tolist()) for seed in range(6)}
    assert len(told) > 1


def test_pixels_and_several_classes_are_learned_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    bright = rng.random((16, 2, 2)) < 0.5
    maps = np.kron(bright, np.ones((8, 8), int)).astype(np.int8)
    x = (rng.normal(2000, 40, (16, 12, 16, 16)) * (1 + maps)[:, None]).astype(np.uint16)
    split = np.array(["train"] * 8 + ["valid"] * 4 + ["test"] * 4)
    common = {"x": x, "bands": np.array(BANDS), "level": np.array("l2a"), "split": split}
    np.savez(tmp_path / "p.npz", label=np.where(np.arange(16)[None, :, None] < 15, maps, -1), **common)
    recipe = Recipe(12, 2, 4, 2e-3, 0.05, "task", "sample", head="unet", encoder_decay=0.0)
    evidence, _, _ = trained(open_task(tmp_path / "p.npz"), recipe)
    assert evidence.metric("mIoU") > 0.8
    assert evidence.counts.sum() == 4 * 16 * 15
    several = np.stack([bright.any(axis=(1, 2)), np.ones(16, bool), bright.all(axis=(1, 2))], axis=1)
    np.savez(tmp_path / "s.npz", label=several, **common)
    evidence, _, _ = trained(
        open_task(tmp_path / "s.npz"), Recipe(6, 0, 4, 1e-3, 0.05, "task", "sample", smoothing=0.2)
    )
    assert evidence.metric("micro F1") > 0.6


def test_statistics_are_of_what_was_measured(task: TileTask) -> None:
    found = measured(task, np.arange(24))
    images = task.images(np.arange(24))
    assert found.mean == pytest.approx(images.mean(axis=(0, 2, 3)), rel=1e-4)
    assert found.std == pytest.approx(images.std(axis=(0, 2, 3)), rel=1e-4)


def test_a_map_is_turned_with_its_tile() -> None:
    pixels = torch.randn(6, 3, 8, 8)
    moved, labels = turned(pixels.clone(), pixels[:, 0].clone(), np.random.default_rng(0), maps=True)
    assert torch.equal(moved[:, 0], labels)
    assert not torch.equal(moved, pixels)
    assert torch.equal(moved.flatten(1).sort().values, pixels.flatten(1).sort().values)


def test_the_last_block_is_left_out_most_often() -> None:
    encoder = random_encoder(ATTO, 0)
    drop_paths(encoder, 0.1)
    found = [getattr(block.drop_path, "drop_prob", 0.0) for stage in encoder.stages for block in stage]
    assert found[0] == 0 and found[-1] == pytest.approx(0.1) and found == sorted(found)


def test_a_training_stops_when_it_is_cancelled(task: TileTask) -> None:
    cancel = CancelToken()
    cancel.cancel()
    encoder = random_encoder(ATTO, 0)
    with pytest.raises(Cancelled):
        train(task, encoder, official_header("r", encoder), QUICK, task.parts(1.0, 0), 0, cancel)


def test_the_packaged_model_is_loaded_from_the_file_that_is_run() -> None:
    packed, stored = load_encoder("starter-atto-p8"), load_encoder(Path("training/starter/starter-atto-p8.safetensors"))
    assert packed.header.model_id == stored.header.model_id
    for name, value in stored.state_dict().items():
        assert torch.equal(packed.state_dict()[name], value), name


def test_the_verb_trains_and_names_epochs_that_are_not_the_protocols(task: TileTask, tmp_path: Path) -> None:
    protocols = ["linear-paper", "finetune"]
    result = mmearth_core.evaluate(tasks=[tmp_path / "t.npz"], output=tmp_path / "run", protocols=protocols, epochs=1)
    assert {(each.subject, each.protocol) for each in result.results.cells} == {
        (name, f"{protocol}, 1 epoch")
        for protocol in protocols
        for name in (
            *("starter-atto-p8", "random encoder (atto p8)"),
            *(f"{name}, linear layer" for name in ("raw bands 5×5", "raw bands", "image statistics")),
        )
    }
    # Every row of a table has learned as often, from as many tiles at a time, at the same rate.
    for protocol in protocols:
        mine = [each for each in result.results.cells if each.protocol == f"{protocol}, 1 epoch"]
        assert len({tuple(each.facts[fact] for fact in ("updates", "batch", "rate")) for each in mine}) == 1
    text = (tmp_path / "run" / "report.md").read_text("utf-8")
    assert "finetune, 1 epoch: all weights, 50 epochs" in text
    assert text.count("(here 1 epoch instead, warm-up") == 2
    assert text.count("Controls without a network: a linear layer on their features, by the same recipe.") == 2
    again = mmearth_core.evaluate(tasks=[tmp_path / "t.npz"], output=tmp_path / "run", protocols=protocols, epochs=1)
    assert (again.made, again.kept) == (0, 10)
    assert task.name == "t"


def test_controls_learn_anew_for_every_seed_as_networks_do(task: TileTask) -> None:
    plan = running.Plan([task], [], ["linear-paper", "linear"], [1.0], 2, "embedding")
    found = {each.name: list(running._cells_of(plan, task, each)) for each in running._contenders(plan)}
    trained, frozen = [[(name, 1.0, seed) for seed in range(2)] for name in plan.protocols]
    assert set(found["random encoder (atto p8)"]) == {*trained, *frozen}
    assert (found["raw bands, linear layer"], found["raw bands"]) == (trained, frozen[:1])


def test_a_control_has_a_row_for_every_rate_of_the_encoders_beside_it() -> None:
    def rows(protocols: list, sizes: list[str]) -> list[tuple]:
        found = running._layers(protocols, sizes)
        return [(each.name, each.layer, set(each.protocols)) for each in found if "bands 5" not in each.name]

    assert rows(["linear", "segment-unet"], ["atto"]) == []
    assert rows(["linear-paper"], ["tiny"]) == [
        ("raw bands, linear layer", "tiny", {"linear-paper"}),
        ("image statistics, linear layer", "tiny", {"linear-paper"}),
    ]
    assert rows(["linear-paper", "finetune", "linear"], ["atto", "nano", "tiny"]) == [
        ("raw bands, linear layer", "atto", {"linear-paper", "finetune"}),
        ("raw bands, linear layer at the rate of tiny", "tiny", {"linear-paper"}),
        ("image statistics, linear layer", "atto", {"linear-paper", "finetune"}),
        ("image statistics, linear layer at the rate of tiny", "tiny", {"linear-paper"}),
    ]


def test_rows_beside_a_unet_say_by_what_they_were_judged(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    maps = np.kron(rng.random((12, 2, 2)) < 0.5, np.ones((8, 8), int)).astype(np.int8)
    x = (rng.normal(2000, 40, (12, 12, 16, 16)) * (1 + maps)[:, None]).astype(np.uint16)
    split = np.array(["train"] * 6 + ["valid"] * 3 + ["test"] * 3)
    np.savez(tmp_path / "p.npz", x=x, bands=np.array(BANDS), label=maps, level=np.array("l2a"), split=split)
    given = {"tasks": [tmp_path / "p.npz"], "output": tmp_path / "run", "epochs": 1}
    result = mmearth_core.evaluate(protocols=["segment-unet"], **given)
    assert [each.subject for each in result.results.cells] == [
        *("starter-atto-p8", "random encoder (atto p8)"),
        *(f"{name}, segment-linear" for name in ("raw bands 5×5", "raw bands", "image statistics")),
    ]
    text = (tmp_path / "run" / "report.md").read_text("utf-8")
    assert "a row that was judged by another says by which" in text
    assert "judged by another protocol, as their rows say: segment-linear, logistic regression" in text
    assert "starter-atto-p8 − raw bands, segment-linear" in text


def test_a_random_encoder_sees_tiles_only_that_its_seed_learns_from(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(1000, 50, (10, len(BANDS), 8, 8)).astype(np.uint16)
    own = {"label": np.arange(10) % 2, "group": np.arange(10), "level": np.array("l2a"), "bands": np.array(BANDS)}
    np.savez(tmp_path / "tiles.npz", x=x, **own)
    task = open_task(tmp_path / "tiles.npz")
    seen: list[int] = []

    def images(rows: np.ndarray) -> np.ndarray:
        seen.extend(rows.tolist())
        return task.images(rows)

    for seed in range(3):
        seen.clear()
        random_subject(replace(task, images=images), ATTO, seed, "embedding")
        assert set(seen) == set(task.parts(1.0, seed).train.tolist()), seed
