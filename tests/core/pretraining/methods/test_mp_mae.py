"""MP-MAE as a whole: each modality's loss against one worked out by hand, constants, layouts, two processes."""

import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pretraining_steps import descend  # noqa: E402
from small_encoder import SMALL  # noqa: E402
from two_processes import run_two  # noqa: E402

from mmearth_core.encoder.masking import VisiblePatches, forward_masked  # noqa: E402
from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.modalities import MODALITIES, teacher  # noqa: E402
from mmearth_core.pretraining.methods.comparisons import guidance  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.agreement import info_nce  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.projection import pooled  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.built import built  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.method import MpMae, build  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig  # noqa: E402
from mmearth_core.records import read  # noqa: E402

QUICK = {"size": SMALL, "crop": 24, "decoder_width": 32, "flips": False, "band_drop": 0.0}
PIXEL = [name for name, modality in MODALITIES.items() if modality.level == "pixel"]


#: Both losses that compare patches, on all they can be on.
COMPARED = {
    "cross_sensor": {"weight": 0.5, "modalities": ["sentinel1", "aster", "dynamic_world"]},
    "guidance": {"weight": 0.3, "patches": 0.5},
}


def make_method(outputs=tuple(MODALITIES), **settings) -> MpMae:
    torch.manual_seed(0)
    return build(read(MpMaeConfig, QUICK | settings, "run.yaml"), outputs)


def make_batch(
    method: MpMae, tiles: int = 3, *, gaps: bool = True, seed: int = 0, places=(0, 1, 0, 2)
) -> dict[str, torch.Tensor]:
    """Views of noise, with holes in every modality and one tile that lacks all but the image."""
    rng = np.random.default_rng(seed)
    side, views = method.config.crop, []
    for tile in range(tiles):
        sample = {"place": np.array(places[tile % len(places)])}
        for modality in MODALITIES.values():
            sides = (side, side) if modality.level == "pixel" else ()
            missing = rng.random(sides) < (0.3 if gaps and tile else 0)
            if gaps and tile == tiles - 1 and modality.name != "sentinel2":
                missing = np.ones(sides, bool)
            if modality.kind == "classes":
                sample[modality.name] = np.where(missing, -1, rng.integers(0, modality.outputs, sides))
            else:
                values = rng.standard_normal((modality.outputs, *sides)).astype(np.float32)
                sample[modality.name] = np.where(missing, np.float32(np.nan), values)
        views.append(method.view(sample, rng))
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def patches_by_hand(method: MpMae, batch: dict[str, torch.Tensor], name: str):
    """The patches a modality is judged on: the hidden ones; of what is predicted everywhere, all."""
    patch = method.config.patch
    everywhere = name != "sentinel2" and method.config.others == "everywhere"
    chosen = torch.ones_like(batch["masked"]) if everywhere else batch["masked"]
    for n, i, j in torch.nonzero(chosen).tolist():
        yield n, (slice(i * patch, i * patch + patch), slice(j * patch, j * patch + patch))


@pytest.mark.parametrize("sharing", ["shared", "separate"])
@pytest.mark.parametrize("norm_pix", [True, False])
@pytest.mark.parametrize("others", ["masked", "everywhere"])
def test_each_loss_is_the_one_worked_out_by_hand(sharing, norm_pix, others):
    method = make_method(decoder=sharing, norm_pix=norm_pix, others=others)
    batch = make_batch(method)
    with torch.no_grad():
        losses, pictures = method(batch), method.reconstruct(batch)
        encoded = forward_masked(method.encoder, batch["image"], batch["masked"], "batch")
        images = method.decoder(encoded, batch["masked"], dict.fromkeys(PIXEL, VisiblePatches(~batch["masked"])))
    for name, modality in MODALITIES.items():
        terms = []
        if modality.level == "image":
            for predicted, wanted in zip(images[name].double(), batch[name], strict=True):
                if modality.kind == "classes":
                    terms += [-float(predicted.log_softmax(0)[wanted])] if wanted >= 0 else []
                else:
                    terms += [float((p - w) ** 2) for p, w in zip(predicted, wanted, strict=True) if not w.isnan()]
        else:
            for n, (rows, columns) in patches_by_hand(method, batch, name):
                predicted = pictures[name][n][:, rows, columns].double()
                wanted = batch[name][n][..., rows, columns]
                if modality.kind == "classes":
                    log_p = predicted.log_softmax(0)
                    for r, c in np.ndindex(*wanted.shape):
                        terms += [-float(log_p[wanted[r, c], r, c])] if wanted[r, c] >= 0 else []
                    continue
                errors = (predicted - wanted)[~wanted.isnan()]
                if name == "sentinel2" and norm_pix:
                    errors = errors / math.sqrt(float(np.var(wanted[~wanted.isnan()].double().numpy(), ddof=1)) + 1e-6)
                terms += (errors**2).tolist()
        part = losses.parts[name]
        assert float(part.count) == len(terms) > 0, name
        assert float(part.mean) == pytest.approx(np.mean(terms), rel=1e-5), name
    assert float(losses.objective) == pytest.approx(sum(float(part.mean) for part in losses.parts.values()), rel=1e-6)


def test_a_pixel_is_predicted_by_its_own_value_of_the_head():
    """Order inside a patch: row, column, channel, the channel fastest."""
    method = make_method(PIXEL, norm_pix=False)
    with torch.no_grad():
        for name in PIXEL:
            head = method.decoder.heads[name]
            head.weight.zero_()
            head.bias.copy_(torch.arange(len(head.bias)))
    pictures = method.reconstruct(make_batch(method))
    for name in PIXEL:
        outputs = MODALITIES[name].outputs
        r, c, channel = 5, 10, outputs - 1
        assert (pictures[name][:, channel, r, c] == (r * 8 + (c - 8)) * outputs + channel).all()


def test_a_shared_decoder_runs_once_for_all_modalities():
    method = make_method()
    runs = []
    method.decoder.stacks["shared"].register_forward_hook(lambda *_: runs.append(1))
    method(make_batch(method))
    assert len(runs) == 1


def test_reconstructions_take_scale_and_level_from_their_own_patch():
    """With a head that predicts 0, Sentinel-2 comes back as the mean of each patch over all bands."""
    method = make_method(["sentinel2"])
    with torch.no_grad():
        method.decoder.heads["sentinel2"].weight.zero_()
    batch = make_batch(method, gaps=False)
    batch["sentinel2"][0, :, :8, :8] = torch.nan
    picture = method.reconstruct(batch)["sentinel2"]
    assert picture[0, :, :8, :8].isnan().all() and picture[:, :, 8:].isfinite().all()
    mean = batch["sentinel2"][1, :, 8:16, 16:24].mean()
    assert torch.allclose(picture[1, :, 8:16, 16:24], mean.expand(12, 8, 8), atol=1e-5)


def test_constant_losses_are_those_of_predicting_means_and_frequencies():
    method = make_method(norm_pix=False)
    batch = make_batch(method, 6)
    constants = {name: 0.1 * torch.arange(modality.outputs) for name, modality in MODALITIES.items()}
    parts = method.constant_losses(batch, constants)
    with torch.no_grad():
        counts = {name: float(part.count) for name, part in method(batch).parts.items()}
    hidden = batch["masked"].repeat_interleave(8, 1).repeat_interleave(8, 2)
    for name, modality in MODALITIES.items():
        values = batch[name]
        if modality.level == "pixel":
            values = (values.movedim(1, -1) if values.ndim == 4 else values)[hidden]
        if modality.kind == "classes":
            expected = -float(constants[name].log_softmax(0)[values[values >= 0]].mean())
        else:
            expected = float((values - constants[name]).square().nanmean())
        assert float(parts[name].mean) == pytest.approx(expected, rel=1e-5), name
        assert float(parts[name].count) == counts[name]


@torch.no_grad()
def test_no_constant_predicts_normalised_patches_better_than_the_one_compared_with():
    method = make_method(["sentinel2"])
    batch = make_batch(method, 4)
    batch["sentinel2"] += torch.linspace(-3, 3, 12)[:, None, None]
    best = float(method.constant_losses(batch, {})["sentinel2"].mean)
    head = method.decoder.heads["sentinel2"]
    head.weight.zero_()
    tried = torch.stack([torch.linspace(-slope, slope, 12) for slope in torch.linspace(0, 2, 41)])
    losses = []
    for constant in tried:
        head.bias.copy_(constant.repeat(64))
        losses.append(float(method(batch).parts["sentinel2"].mean))
    assert losses[0] > 0.9 and best <= min(losses) < best + 0.01


def test_a_few_steps_learn_a_batch_by_heart():
    method = make_method()
    batch = make_batch(method, 4)
    objectives = [losses.objective.item() for losses in descend(method, batch, 12, 2e-3)]
    assert min(objectives[-3:]) < 0.9 * objectives[0]
    assert all(torch.isfinite(parameter).all() for parameter in method.parameters())


def test_a_modality_no_tile_has_moves_nothing():
    method = make_method(["sentinel2", "aster", "biome"])
    batch = make_batch(method)
    batch["aster"].fill_(torch.nan)
    batch["biome"].fill_(-1)
    losses = method(batch)
    losses.objective.backward()
    alone = losses.parts["sentinel2"].mean.item()
    assert losses.objective.item() == pytest.approx(alone)
    assert float(losses.parts["aster"].mean) == float(losses.parts["biome"].mean) == 0
    assert method.weights.log_vars.grad.tolist()[1:] == [0, 0]
    for name in ("aster", "biome"):
        assert not method.decoder.heads[name].weight.grad.any()


def test_the_number_of_parameters_is_the_published_one():
    def count(outputs, **settings):
        return sum(p.numel() for p in build(MpMaeConfig(**settings), outputs).parameters())

    assert count(tuple(MODALITIES)) == 7_580_674
    assert count(tuple(MODALITIES), patch=16, crop=112) == 11_914_618
    assert count(PIXEL) == 7_129_230
    assert count([name for name in MODALITIES if name not in PIXEL]) == 6_136_060
    assert count(["sentinel2"]) == 6_078_601


def test_matrices_and_kernels_decay_and_nothing_else():
    method = make_method()
    decayed = {name for name, parameter in method.named_parameters() if method.decayed(name, parameter)}
    assert "encoder.stages.0.0.mlp.fc1.weight" in decayed and "decoder.heads.era5.weight" in decayed
    assert "encoder.initial_conv.0.weight" in decayed and "decoder.proj.weight" in decayed
    for spared in (
        "weights.log_vars",
        "decoder.mask_token",
        "encoder.stages.0.0.mlp.grn.weight",
        "encoder.stem.1.weight",
    ):
        assert spared in dict(method.named_parameters()) and spared not in decayed
    assert not any(name.endswith("bias") for name in decayed)


@torch.no_grad()
def test_weightings():
    batch = make_batch(make_method())
    plain = make_method(weighting="sum")(batch)
    assert plain.objective.item() == pytest.approx(sum(float(part.mean) for part in plain.parts.values()), rel=1e-6)
    fixed = make_method(["sentinel2", "era5"], weighting={"sentinel2": 2.0, "era5": 0.5})(batch)
    parts = fixed.parts
    assert fixed.objective.item() == pytest.approx(2 * float(parts["sentinel2"].mean) + 0.5 * float(parts["era5"].mean))


TEACHERS = {
    f"teacher_{stride}": teacher(f"teacher_{stride}", "int8", stride=stride, scale=[1.0] * 5) for stride in (1, 4, 8)
}
TAUGHT = {**MODALITIES, **TEACHERS}


def taught_batch(method: MpMae) -> dict[str, torch.Tensor]:
    """Noise; the teachers miss some cells, and the last tile all of them."""
    rng = torch.Generator().manual_seed(1)
    crop, patch = method.config.crop, method.config.patch
    masked = torch.zeros(3, crop // patch, crop // patch, dtype=torch.bool)
    masked.view(3, -1)[:, ::2] = True
    batch = {"image": torch.randn(3, 12, crop, crop, generator=rng), "masked": masked}
    batch["sentinel2"] = torch.randn(3, 12, crop, crop, generator=rng)
    for name in TEACHERS:
        side = crop // TAUGHT[name].stride
        cells = torch.randn(3, 5, side, side, generator=rng)
        cells[:2] = torch.where(torch.rand(2, 1, side, side, generator=rng) < 0.3, torch.nan, cells[:2])
        cells[2] = torch.nan
        batch[name] = cells
    return batch


@pytest.mark.parametrize("others", ["masked", "everywhere"])
def test_a_teacher_is_judged_cell_by_cell_on_the_patches_the_others_are(others):
    torch.manual_seed(0)
    method = build(MpMaeConfig(**QUICK, others=others, weighting="sum"), ["sentinel2", *TEACHERS], TAUGHT)
    heads = method.decoder.heads
    assert [heads[name].out_features for name in TEACHERS] == [5 * 64, 5 * 4, 5]
    batch = taught_batch(method)
    with torch.no_grad():
        losses, predicted = method(batch), method.reconstruct(batch)
        constants = {"sentinel2": torch.zeros(12), **dict.fromkeys(TEACHERS, torch.arange(5.0))}
        constant = method.constant_losses(batch, constants)
    for name in TEACHERS:
        cells = method.config.patch // TAUGHT[name].stride
        assert predicted[name].shape == batch[name].shape
        judged = torch.ones_like(batch["masked"]) if others == "everywhere" else batch["masked"]
        judged = judged.repeat_interleave(cells, 1).repeat_interleave(cells, 2)[:, None] & batch[name].isfinite()
        if others == "everywhere":
            wrong = (predicted[name] - batch[name])[judged]
            assert float(losses.parts[name].mean) == pytest.approx(float(wrong.square().mean()), rel=1e-5)
        assert int(losses.parts[name].count) == int(judged.sum())
        wrong = (torch.arange(5.0).view(1, 5, 1, 1) - batch[name])[judged]
        assert float(constant[name].mean) == pytest.approx(float(wrong.square().mean()), rel=1e-5)


def test_tiles_without_a_teacher_send_no_gradient():
    torch.manual_seed(0)
    method = build(MpMaeConfig(**QUICK, others="everywhere"), ["sentinel2", *TEACHERS], TAUGHT)
    batch = taught_batch(method)
    for name in TEACHERS:
        batch[name] = torch.full_like(batch[name], torch.nan)
    losses = method(batch)
    losses.objective.backward()
    assert all(losses.parts[name].count == 0 for name in TEACHERS)
    for name in TEACHERS:
        assert not method.decoder.heads[name].weight.grad.any(), name
    assert method.weights.log_vars.grad[0] != 0 and not method.weights.log_vars.grad[1:].any()
    plain = build(MpMaeConfig(**QUICK, others="everywhere"), ["sentinel2"])
    plain.load_state_dict({n: method.state_dict()[n][: len(v)] for n, v in plain.state_dict().items()})
    assert float(plain(batch).objective.detach()) == pytest.approx(float(losses.objective.detach()), rel=1e-6)


def test_a_batch_in_which_one_tile_lacks_the_teacher_is_as_if_it_were_not_there():
    torch.manual_seed(0)
    method = build(MpMaeConfig(**QUICK, grn="sample", weighting="sum"), ["teacher_8"], TAUGHT)
    batch = taught_batch(method)
    with torch.no_grad():
        both = method(batch).parts["teacher_8"]
        two = method({name: each[:2] for name, each in batch.items()}).parts["teacher_8"]
    assert float(both.total) == pytest.approx(float(two.total), rel=1e-6) and int(both.count) == int(two.count)


def test_a_patch_is_made_of_whole_cells():
    known = {"teacher_x": teacher("teacher_x", "int8", stride=16, scale=[1.0])}
    with pytest.raises(MMEarthError, match="patch=8 is not made of whole cells of teacher_x, which are of 16 pixels"):
        build(MpMaeConfig(crop=64), ["teacher_x"], known)
    build(MpMaeConfig(patch=16, crop=64, decoder_width=32), ["teacher_x"], known)


@torch.no_grad()
@pytest.mark.parametrize("weighting", ["uncertainty", "sum", dict.fromkeys(MODALITIES, 0.3)])
def test_agreement_is_added_to_an_objective_that_is_otherwise_the_same(weighting):
    without, method = make_method(weighting=weighting), make_method(weighting=weighting, agreement=0.7)
    assert {name for name, _ in method.named_parameters()} - {name for name, _ in without.named_parameters()} == {
        f"agreement.layers.{layer}.{kind}" for layer in (0, 1, 3) for kind in ("weight", "bias")
    }
    assert all(torch.equal(tensor, method.state_dict()[name]) for name, tensor in without.state_dict().items())
    batch = make_batch(method)
    plain, losses = without(batch), method(batch)
    assert "agreement" not in plain.parts and "agreement" not in plain.weights
    assert losses.weights == {**plain.weights, "agreement": 0.7}
    assert all(torch.equal(losses.parts[name].total, plain.parts[name].total) for name in MODALITIES)
    part = losses.parts["agreement"]
    assert float(losses.objective) == pytest.approx(float(plain.objective + 0.7 * part.mean), rel=1e-6)
    looks = []
    for again in ("", "_again"):
        encoded = forward_masked(method.encoder, batch["image" + again], batch["masked" + again], "batch")
        looks.append(method.agreement(pooled(encoded, batch["masked" + again])))
    assert float(part.mean) == pytest.approx(float(info_nce(*looks, 0.2).mean), rel=1e-5) and float(part.count) == 6
    assert part.mean > 0 and not torch.allclose(*looks, atol=1e-2)


@pytest.mark.parametrize(("agreement", "looks"), [(0.0, 1), (0.5, 2)])
def test_each_look_is_encoded_once(agreement, looks):
    method, runs = make_method(agreement=agreement), []
    method.encoder.stem[0].register_forward_hook(lambda *_: runs.append(1))
    method(make_batch(method))
    assert len(runs) == looks


def gradients_of_looks(method: MpMae, part: str):
    """What a loss asks of the pixels of each look, and which of them are hidden."""
    batch = make_batch(method, 4, gaps=False)
    for again in ("", "_again"):
        batch["image" + again].requires_grad_()
    method(batch).parts[part].mean.backward()
    for again in ("", "_again"):
        hidden = batch["masked" + again].repeat_interleave(8, 1).repeat_interleave(8, 2)[:, None]
        yield batch["image" + again].grad, hidden.expand(-1, 12, -1, -1)


def test_agreement_is_learned_through_both_looks():
    method = make_method(["sentinel2"], agreement=1.0)
    for gradient, hidden in gradients_of_looks(method, "agreement"):
        assert (gradient[hidden] == 0).all() and (gradient[~hidden] != 0).float().mean() > 0.9
    assert method.encoder.stages[0][0].conv_dw.weight.grad.abs().sum() > 0
    assert method.decoder.proj.weight.grad is None or not method.decoder.proj.weight.grad.any()


def test_a_few_steps_of_agreement_tell_tiles_apart():
    method = make_method(["sentinel2"], agreement=1.0)
    batch = make_batch(method, 6, gaps=False)
    found = [losses.parts["agreement"].mean.item() for losses in descend(method, batch, 12, 2e-3)]
    constant = method.constant_losses(batch, {})["agreement"]
    assert constant.mean.item() == pytest.approx(math.log(6)) and constant.count.item() == 12
    assert found[-1] < 0.5 * math.log(6)


#: Two looks that differ in everything; the first and the third tile of a batch are images of one place.
DIFFERENT = {"agreement": 0.7, "patches": 0.4, "haze": 0.5, "looks": {"dates": 0.5, "scale": 1.5}}


@torch.no_grad()
def test_agreement_of_patches_is_added_to_an_objective_that_is_otherwise_the_same():
    without, method = (make_method(agreement=0.7, mask_ratio=0.3, **added) for added in ({}, {"patches": 0.4}))
    added = {name for name, _ in method.named_parameters()} - {name for name, _ in without.named_parameters()}
    assert added == {f"patches.layers.{layer}.{kind}" for layer in (0, 1, 3) for kind in ("weight", "bias")}
    assert all(torch.equal(tensor, method.state_dict()[name]) for name, tensor in without.state_dict().items())
    batch = make_batch(method, 4)
    plain, losses = without(batch), method(batch)
    assert losses.weights == {**plain.weights, "patches": 0.4}
    assert all(torch.equal(losses.parts[name].total, part.total) for name, part in plain.parts.items())
    part = losses.parts["patches"]
    assert float(losses.objective) == pytest.approx(float(plain.objective + 0.4 * part.mean), rel=1e-6)
    maps = [
        forward_masked(method.encoder, batch["image" + again], batch["masked" + again], "batch").flatten(2)
        for again in ("", "_again")
    ]
    rows = []
    for tile, patch in np.ndindex(4, 9):
        cell = int(batch["cells"].flatten(1)[tile, patch])
        if (
            cell >= 0
            and not batch["masked_again"].flatten(1)[tile, patch]
            and not batch["masked"].flatten(1)[tile, cell]
        ):
            rows.append((tile, cell, patch))
    assert len(rows) > 8
    first, second = (
        torch.nn.functional.normalize(method.patches.layers(torch.stack([each[row[0], :, row[at]] for row in rows])))
        for each, at in zip(maps, (1, 2), strict=True)
    )
    terms = []
    for ours, theirs in ((first, second), (second, first)):
        for at, row in enumerate(rows):
            others = [at, *(each for each, other in enumerate(rows) if other[0] != row[0])]
            terms.append(-float((theirs[others] @ ours[at] / 0.2).log_softmax(0)[0]))
    assert float(part.count) == len(terms) and float(part.mean) == pytest.approx(np.mean(terms), rel=1e-4)


@torch.no_grad()
def test_patches_may_agree_without_their_tiles():
    method = make_method(["sentinel2"], patches=0.4)
    losses = method(make_batch(method))
    assert method.agreement is None and list(losses.parts) == ["sentinel2", "patches"]
    assert losses.weights["patches"] == 0.4


@torch.no_grad()
def test_images_of_one_place_are_not_told_apart_where_looks_are_of_several_dates():
    # Of most patches visible, so that every tile has some that both looks show.
    outputs, seen = ["sentinel2"], {"mask_ratio": 0.3}
    method, usual = make_method(outputs, **seen, **DIFFERENT), make_method(outputs, **seen, agreement=0.7, patches=0.4)
    batch = make_batch(method, 4)
    assert batch["place"].tolist() == [0, 1, 0, 2]
    apart = {**batch, "place": torch.arange(4)}
    without = {name: views for name, views in batch.items() if name != "place"}
    for name in ("agreement", "patches"):
        losses = [float(usual(views).parts[name].mean) for views in (batch, apart, without)]
        assert losses[0] < losses[1] == losses[2], name
    constants = method.constant_losses(batch, {})
    assert constants["agreement"].mean.item() == pytest.approx((2 * math.log(3) + 2 * math.log(4)) / 4)
    assert "place" not in make_batch(usual)


def test_patches_of_looks_are_learned_through_both():
    method = make_method(["sentinel2"], **DIFFERENT)
    for gradient, hidden in gradients_of_looks(method, "patches"):
        assert (gradient[hidden] == 0).all() and (gradient != 0).any()
    assert method.patches.layers[1].weight.grad.any() and not method.agreement.layers[1].weight.grad.any()


def test_a_batch_whose_looks_share_no_patch_is_learned_from_all_the_same():
    method = make_method(["sentinel2"], **DIFFERENT)
    batch = make_batch(method, 4)
    batch["cells"].fill_(-1)
    losses = method(batch)
    losses.objective.backward()
    assert losses.parts["patches"].count.item() == 0 and torch.isfinite(losses.objective)
    assert method.constant_losses(batch, {})["patches"].count.item() == 0
    assert method.agreement.layers[1].weight.grad.any()


def test_a_tile_is_validated_by_looks_at_itself():
    view = built(read(MpMaeConfig, QUICK | DIFFERENT, "run.yaml"), ["sentinel2"], MODALITIES).plain_view
    assert view.other_images == 0 and view.places and view.paired and view.haze == 0 and view.looks.scale == 1


def compared_parts() -> set[str]:
    guided = {f"guidance_{term}{figure}" for term in ("tile", "patches") for figure in ("", "_similarity", "_alike")}
    return guided | {f"cross_sensor_{name}" for name in COMPARED["cross_sensor"]["modalities"]}


@torch.no_grad()
def test_what_is_compared_is_added_to_an_objective_that_is_otherwise_the_same():
    without, method = make_method(agreement=0.7), make_method(agreement=0.7, **COMPARED)
    assert all(torch.equal(tensor, method.state_dict()[name]) for name, tensor in without.state_dict().items())
    batch = make_batch(method, gaps=False)
    plain, losses = without(batch), method(batch)
    assert losses.parts.keys() - plain.parts.keys() == compared_parts()
    assert all(torch.equal(losses.parts[name].total, part.total) for name, part in plain.parts.items())
    added = dict.fromkeys((f"cross_sensor_{name}" for name in COMPARED["cross_sensor"]["modalities"]), 0.5)
    added |= {"guidance_tile": 0.3, "guidance_patches": 0.15}
    assert losses.weights == pytest.approx({**plain.weights, **added})
    objective = plain.objective + sum(weight * losses.parts[name].mean for name, weight in added.items())
    assert float(losses.objective) == pytest.approx(float(objective), rel=1e-6)
    assert all(losses.parts[name].count > 0 for name in compared_parts())


def test_settings_of_what_is_off_change_nothing():
    off = {"cross_sensor": {"weight": 0.0, "modalities": ["aster"]}, "guidance": {"kind": "multihot"}}
    one, other = make_method(), make_method(**off)
    assert one.view == other.view and one.state_dict().keys() == other.state_dict().keys()
    batch = make_batch(one)
    assert torch.equal(one(batch).objective, other(batch).objective)


def test_constants_of_what_is_compared_stand_beside_its_losses():
    method = make_method(["sentinel2"], **COMPARED)
    batch = make_batch(method, 4)
    losses, constants = method(batch), method.constant_losses(batch, {})
    # Mean similarities are figures to be watched: they have neither a weight nor a constant.
    figures = {f"guidance_{term}_{figure}" for term in ("tile", "patches") for figure in ("similarity", "alike")}
    assert losses.parts.keys() - constants.keys() == losses.parts.keys() - losses.weights.keys() == figures
    for name in constants.keys() - {"sentinel2"}:
        assert constants[name].count == losses.parts[name].count > 0 and constants[name].mean > 0


def test_what_is_compared_need_not_be_predicted():
    method = make_method(["sentinel2", "aster"], **COMPARED)
    assert [each.name for each in method.view.compared] == ["sentinel1", "dynamic_world"]
    assert not {"sentinel1", "dynamic_world"} & set(method.decoder.heads)
    assert make_batch(method).keys() == {"image", "masked", "sentinel2", "aster", "sentinel1", "dynamic_world"}


def test_a_modality_to_compare_with_that_no_tile_has_changes_no_gradient_at_all():
    both, one = (
        make_method(["sentinel2"], weighting="sum", cross_sensor={"weight": 0.5, "modalities": names})
        for names in (["sentinel1", "dynamic_world"], ["sentinel1"])
    )
    batch = make_batch(both, 4)
    batch["dynamic_world"].fill_(-1)
    losses = [method(batch) for method in (both, one)]
    assert torch.equal(losses[0].objective, losses[1].objective) and losses[1].parts["cross_sensor_sentinel1"].mean > 0
    for each in losses:
        each.objective.backward()
    found = dict(both.named_parameters())
    for name, parameter in one.named_parameters():
        assert torch.equal(found[name].grad, parameter.grad), name
    assert not any(each.grad.any() for each in both.cross_sensor.encoders["dynamic_world"].parameters())


def test_comparing_teaches_the_encoder_through_visible_patches_alone():
    method = make_method(["sentinel2"], weighting={"sentinel2": 0.0}, **COMPARED)
    batch = make_batch(method, 4, gaps=False)
    batch["image"].requires_grad_()
    method(batch).objective.backward()
    hidden = batch["masked"].repeat_interleave(8, 1).repeat_interleave(8, 2)[:, None].expand(-1, 12, -1, -1)
    gradient = batch["image"].grad
    assert (gradient[hidden] == 0).all() and (gradient[~hidden] != 0).float().mean() > 0.9
    assert method.encoder.stages[0][0].conv_dw.weight.grad.abs().sum() > 0


def test_what_is_compared_under_autocast_is_close_to_single_precision():
    method = make_method(["sentinel2"], agreement=1.0, **COMPARED)
    batch = make_batch(method, 4, gaps=False)
    plain = method(batch)
    with torch.autocast("cpu", torch.bfloat16):
        half = method(batch)
    half.objective.backward()
    for name in compared_parts():
        assert half.parts[name].mean.item() == pytest.approx(plain.parts[name].mean.item(), rel=0.1), name
    assert all(each.grad.isfinite().all() for each in method.parameters() if each.grad is not None)


def test_three_band_input_and_other_scopes_and_stems():
    for settings in ({"inputs": "rgb"}, {"grn": "sample"}, {"stem": "original", "patch": 16, "crop": 48}):
        method = make_method(["sentinel2"], **settings)
        method(make_batch(method)).objective.backward()
        assert method.encoder.stages[0][0].conv_dw.weight.grad.abs().sum() > 0


def test_the_export_is_a_plain_encoder():
    method = make_method()
    encoder = method.export()
    assert encoder.grn == "sample" and not encoder.training
    assert encoder.forward_maps(torch.zeros(1, 12, 16, 16))[-1].shape == (1, 32, 2, 2)
    assert torch.equal(encoder.stem[0].weight, method.encoder.stem[0].weight)


def test_impossible_settings_are_named():
    with pytest.raises(MMEarthError, match="clouds cannot be predicted; choose of sentinel2"):
        build(MpMaeConfig(), ["clouds"])
    with pytest.raises(MMEarthError, match="one weight to each output; check era5"):
        build(MpMaeConfig(weighting={"sentinel2": 1.0}), ["sentinel2", "era5"])
    for odd, words in (
        ({"agreement": -0.1}, "mp_mae.agreement: it must not be negative"),
        ({"temperature": 0.0}, "mp_mae.temperature: it must be positive"),
        ({"mask_ratio": 0.0}, "mp_mae.mask_ratio: it must be above 0"),
        ({"patches": -1.0}, "mp_mae.patches: it must not be negative"),
        ({"agreement": 1.0, "looks": {"dates": 1.5}}, "mp_mae.looks.dates: it must be from 0 to 1"),
        ({"agreement": 1.0, "looks": {"scale": 0.5}}, "mp_mae.looks.scale: it must be at least 1"),
        ({"looks": {"dates": 0.5}}, "mp_mae: looks are of the second look, which agreement or patches ask for"),
        ({"decoder_depth": 0}, "mp_mae.decoder_depth: it must be positive"),
        ({"weighting": {"sentinel2": -1}}, "mp_mae.weighting.sentinel2: it must not be negative"),
        (
            {"cross_sensor": {"modalities": ["sentinel2"]}},
            "mp_mae.cross_sensor.modalities.0.: it must be one of sentin",
        ),
        ({"cross_sensor": {"modalities": []}}, "mp_mae.cross_sensor.modalities: it must name at least one modality"),
        ({"cross_sensor": {"temperature": 0}}, "mp_mae.cross_sensor.temperature: it must be positive"),
        ({"guidance": {"source": "aster"}}, "mp_mae.guidance.source: it must be one of dynamic_world, esa_worldcover"),
        ({"guidance": {"form": "l1"}}, "mp_mae.guidance.form: expected bce or mse or sce"),
        ({"guidance": {"min_fraction": 0}}, "mp_mae.guidance.min_fraction: it must be above 0"),
        ({"guidance": {"weight": 1, "tile": 0, "patches": 0}}, "mp_mae.guidance: with tile and patches both 0 nothing"),
    ):
        with pytest.raises(MMEarthError, match=words):
            read(MpMaeConfig, odd, "run.yaml", under="mp_mae")
    with pytest.raises(MMEarthError, match="unknown encoder size 'mini'"):
        build(MpMaeConfig(size="mini"), ["sentinel2"])


PROCESS = """
import sys, torch, torch.distributed as dist
from mmearth_core.encoder.masking import sum_over_processes
from mmearth_core.pretraining.methods.mp_mae.method import build
from mmearth_core.pretraining.methods.comparisons import guidance
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.records import read
from small_encoder import SMALL, know_small
know_small()
guidance._MOST["patches"] = 5
rank, folder = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)
stored = torch.load(folder + "/one.pt", weights_only=True)
dist.init_process_group("gloo", init_method="file://" + folder + "/meeting", rank=rank, world_size=2)
x = torch.tensor([1.0 + rank, 5.0], requires_grad=True)
total = sum_over_processes(x * (rank + 1))
assert total.tolist() == [5.0, 15.0], total
total[0].square().backward()
# Each process descends its own copy of (Σ)²: 2 · 2·5 · (rank + 1).
assert x.grad.tolist() == [20.0 * (rank + 1), 0.0], x.grad
for expected in stored["runs"]:
    half = {name: whole[2 * rank : 2 * rank + 2] for name, whole in expected["batch"].items()}
    settings = {"size": SMALL, "crop": 24, "decoder_width": 32, **expected["settings"]}
    method = build(read(MpMaeConfig, settings, "here"), stored["outputs"])
    method.load_state_dict(expected["state"])
    losses = method(half)
    losses.objective.backward()
    for name, part in losses.parts.items():
        assert part.count.item() == expected["counts"][name], name
        assert abs(part.mean.item() - expected["means"][name]) <= 1e-5 * expected["means"][name], name
    assert abs(losses.objective.item() - expected["objective"]) <= 1e-5 * expected["objective"]
    for name, part in method.constant_losses(half, stored["constants"]).items():
        assert abs(part.mean.item() - expected["constants"][name]) <= 1e-5 * expected["constants"][name], name
    for name, parameter in method.named_parameters():
        gradient = parameter.grad.clone()
        dist.all_reduce(gradient)
        wanted = expected["gradients"][name]
        error, size = (gradient / 2 - wanted).abs().max().item(), wanted.abs().max().item()
        assert error <= 1e-4 * size + 1e-7, (expected["settings"], name, error, size)
# Left to the interpreter, the threads of the group may still run when it ends, which aborts the process.
dist.destroy_process_group()
"""


def test_two_processes_with_half_a_batch_each_learn_what_one_learns(tmp_path: Path, monkeypatch):
    """Averaged gradients, as distributed wrappers average them; the halves lack different shares of the modalities.

    Two tiles of one place are in different halves, and one half may have no pair of patches.
    """
    monkeypatch.setitem(guidance._MOST, "patches", 5)
    more = DIFFERENT | {"mask_ratio": 0.3}
    usual, paired = (make_batch(make_method(**settings), 4) for settings in ({"agreement": 1.0}, more))
    alone = {**paired, "cells": torch.cat([torch.full_like(paired["cells"][:2], -1), paired["cells"][2:]])}
    unplaced = {name: views for name, views in paired.items() if name != "place"}
    # Of what is compared one process has no elevation at all; elsewhere enough is seen to count.
    bare = {**paired, "aster": torch.cat([paired["aster"][:2], torch.full_like(paired["aster"][2:], torch.nan)])}
    bare["image"] = torch.where(bare["image"] == 0, 0.1, bare["image"])
    constants = {name: torch.zeros(modality.outputs) for name, modality in MODALITIES.items()}
    runs = []
    for settings, batch in (
        ({"grn": "batch"}, usual), ({"grn": "sample"}, usual), ({"agreement": 1.0}, usual),
        (DIFFERENT, paired), (DIFFERENT, alone), ({"patches": 1.0}, unplaced),
        ({**COMPARED, "weighting": "sum"}, bare),
    ):  # fmt: skip
        method = make_method(**settings)
        losses = method(batch)
        assert all(part.count > 0 for part in losses.parts.values())
        losses.objective.backward()
        run = {
            "settings": settings,
            "batch": batch,
            "state": method.state_dict(),
            "constants": {name: part.mean.item() for name, part in method.constant_losses(batch, constants).items()},
            "objective": losses.objective.item(),
            "means": {name: part.mean.item() for name, part in losses.parts.items()},
            "counts": {name: part.count.item() for name, part in losses.parts.items()},
            "gradients": {name: parameter.grad for name, parameter in method.named_parameters()},
        }
        runs.append(run)
    stored = {"outputs": list(MODALITIES), "constants": constants, "runs": runs}
    torch.save(stored, tmp_path / "one.pt")
    run_two(PROCESS, tmp_path, beside=Path(__file__).parent, timeout=200)
