"""What maps are taught by a teacher: each loss by hand, what is unknown teaches nothing, what an export is told."""

import math

import pytest

torch = pytest.importorskip("torch")

from pretraining_steps import descend  # noqa: E402

from mmearth_core.encoder.masking import VisiblePatches  # noqa: E402
from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.modalities import MODALITIES, teacher  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.projection import directions  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.teaching import TERMS, Teaching  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.method import build  # noqa: E402
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig  # noqa: E402
from mmearth_core.records import read  # noqa: E402

FINE, COARSE = (teacher(f"teacher_{n}", "int8", stride=n, scale=[1.0] * 3) for n in (4, 8))
#: Two tiles of 2 × 2 patches of 8 px, of which one each is hidden.
MASKED = torch.tensor([[[False, False], [False, True]], [[True, False], [False, False]]])
VISIBLE = VisiblePatches(MASKED)


def teaching(taught=COARSE, stages=(3,), terms=TERMS) -> Teaching:
    torch.manual_seed(0)
    return Teaching(dict.fromkeys(stages, 6), [taught], terms, 0.5)


def maps_and_batch(taught=COARSE) -> tuple[list[torch.Tensor], dict[str, torch.Tensor]]:
    rng = torch.Generator().manual_seed(1)
    maps = [torch.randn(6, side, side, 6, generator=rng) for side in (8, 4, 2, 1)]
    side = 16 // taught.stride
    return maps, {"masked": MASKED, taught.name: torch.randn(2, 3, side, side, generator=rng)}


def said_and_wanted(method: Teaching, maps: list[torch.Tensor], batch: dict[str, torch.Tensor], name: str):
    """What is read of each visible patch of the last map, and what the teacher says there."""
    said = method.heads[f"{name}_3"](maps[3][:, 0, 0])
    wanted = batch[name].permute(0, 2, 3, 1)[~MASKED]
    return said, wanted


@torch.no_grad()
def test_the_losses_by_hand():
    method = teaching()
    maps, batch = maps_and_batch()
    losses = method(VISIBLE, maps, batch)
    said, wanted = said_and_wanted(method, maps, batch, COARSE.name)
    wrong = (said - wanted).abs()
    values = torch.where(wrong < 1, wrong.square() / 2, wrong - 0.5)
    assert losses["teacher_8_3_values"].mean.item() == pytest.approx(values.mean().item(), rel=1e-5)
    ours, theirs, tile, terms = directions(said), directions(wanted), [0, 0, 0, 1, 1, 1], []
    for one, other in ((ours, theirs), (theirs, ours)):
        for row in range(6):
            apart = [row, *(each for each in range(6) if tile[each] != tile[row])]
            likeness = torch.exp(other[apart] @ one[row] / 0.5)
            terms.append(-torch.log(likeness[0] / likeness.sum()))
    assert losses["teacher_8_3_patches"].mean.item() == pytest.approx(torch.stack(terms).mean().item(), rel=1e-5)
    looks = []
    for rows in (said, wanted):
        parts = rows.view(2, 3, 3)
        spread = (parts.var(1, unbiased=False) + 1e-4).sqrt()
        looks.append(directions(torch.cat([parts.mean(1), spread], 1)))
    cosines = looks[0] @ looks[1].T / 0.5
    partner = torch.arange(2)
    both = torch.nn.functional.cross_entropy(cosines, partner) + torch.nn.functional.cross_entropy(cosines.T, partner)
    assert losses["teacher_8_3_tiles"].mean.item() == pytest.approx(both.item() / 2, rel=1e-5)


@torch.no_grad()
def test_a_finer_teacher_and_finer_maps_are_averaged_over_patches():
    method = teaching(FINE, stages=(1, 3), terms=("values",))
    maps, batch = maps_and_batch(FINE)
    losses = method(VISIBLE, maps, batch)
    means = {FINE.name: batch[FINE.name].view(2, 3, 2, 2, 2, 2).mean((3, 5))}
    _, wanted = said_and_wanted(method, maps, means, FINE.name)
    for stage in (1, 3):
        said = method.heads[f"teacher_4_{stage}"](maps[stage].mean((1, 2)))
        lost = torch.nn.functional.smooth_l1_loss(said, wanted)
        assert losses[f"teacher_4_{stage}_values"].mean.item() == pytest.approx(lost.item(), rel=1e-5)


def test_a_patch_with_an_unknown_cell_teaches_nothing():
    method = teaching()
    maps, batch = maps_and_batch()
    batch[COARSE.name][0, 1, 0, 1] = torch.nan  # the second visible patch of the first tile
    last = maps[3].requires_grad_()
    losses = method(VISIBLE, [*maps[:3], last], batch)
    sum(part.mean for part in losses.values()).backward()
    assert not last.grad[1].any() and all(last.grad[row].any() for row in (0, 2, 3, 4, 5))
    assert losses["teacher_8_3_values"].count.item() == 5 * 3 and losses["teacher_8_3_patches"].count.item() == 10


def test_tiles_without_the_teacher_teach_nothing():
    method = teaching()
    maps, batch = maps_and_batch()
    batch[COARSE.name][1] = torch.nan
    losses = method(VISIBLE, maps, batch)
    # One place alone has nothing to be told from; one tile alone is told from nothing, at no loss.
    assert losses["teacher_8_3_patches"].count.item() == 0
    assert losses["teacher_8_3_tiles"].mean.item() == 0
    batch[COARSE.name][:] = torch.nan
    losses = method(VISIBLE, maps, batch)
    assert all(part.count.item() == 0 and part.mean.item() == 0 for part in losses.values())


def test_images_of_one_place_are_not_told_from_one_another():
    method = teaching()
    maps, batch = maps_and_batch()
    losses = method(VISIBLE, maps, {**batch, "place": torch.tensor([4, 4])})
    assert losses["teacher_8_3_patches"].count.item() == 0 and losses["teacher_8_3_tiles"].mean.item() == 0


@torch.no_grad()
def test_the_constants_are_of_the_mean_and_of_all_alike():
    _, batch = maps_and_batch()
    constants = teaching(stages=(1, 3)).constants(VISIBLE, batch)
    _, wanted = said_and_wanted(teaching(), maps_and_batch()[0], batch, COARSE.name)
    lost = torch.nn.functional.smooth_l1_loss(torch.zeros_like(wanted), wanted)
    for stage in (1, 3):
        assert constants[f"teacher_8_{stage}_values"].mean.item() == pytest.approx(lost.item(), rel=1e-5)
        assert constants[f"teacher_8_{stage}_patches"].mean.item() == pytest.approx(math.log(4))
        assert constants[f"teacher_8_{stage}_tiles"].mean.item() == pytest.approx(math.log(2))


@torch.no_grad()
def test_the_readout_is_what_the_layer_reads():
    method = teaching()
    norm = method.heads["teacher_8_3"][0]
    norm.weight.uniform_(0.5, 2)
    norm.bias.uniform_(-1, 1)
    x, other = torch.randn(2, 6)
    other = (other - other.mean()) / other.std() * x.std() + 3  # of the same deviation, so that the constant falls out
    read_off = method.readout(3)
    assert read_off.shape == (3, 6) and not read_off.requires_grad
    wanted = method.heads["teacher_8_3"](x) - method.heads["teacher_8_3"](other)
    found = read_off @ (x - other) / (x.var(unbiased=False) + norm.eps).sqrt()
    assert torch.allclose(found, wanted, atol=1e-4)


def method_of(outputs=("sentinel2", "teacher_8"), **settings):
    torch.manual_seed(0)
    small = {"crop": 24, "decoder_width": 32, "weighting": "sum"}
    return build(read(MpMaeConfig, small | settings, "test"), outputs, {**MODALITIES, COARSE.name: COARSE})


def mp_mae_batch() -> dict[str, torch.Tensor]:
    rng = torch.Generator().manual_seed(3)
    images = {name: torch.randn(4, 12, 24, 24, generator=rng) for name in ("image", "sentinel2")}
    masked = torch.rand(4, 3, 3, generator=rng) < 0.5
    masked[3] = False
    return images | {"masked": masked, "teacher_8": torch.randn(4, 3, 3, 3, generator=rng)}


def test_teaching_is_added_to_an_objective_that_is_otherwise_the_same():
    asked = {"weight": 0.5, "values": 0.25, "finer": 0.2}
    plain, method, batch = method_of(), method_of(teaching=asked), mp_mae_batch()
    assert all(torch.equal(method.state_dict()[name], value) for name, value in plain.state_dict().items())
    losses = method(batch)
    weights = {"values": 0.25, "patches": 1.0, "tiles": 1.0}
    added = sum(
        0.5 * (1 if stage == 3 else 0.2) * share * losses.parts[f"teacher_8_{stage}_{term}"].mean.item()
        for stage in (1, 2, 3)
        for term, share in weights.items()
    )
    assert losses.objective.item() == pytest.approx(plain(batch).objective.item() + added, rel=1e-5)
    losses.objective.backward()
    assert method.encoder.stages[0][0].mlp.fc1.weight.grad.any()
    constant = method.constant_losses(batch, {"sentinel2": torch.zeros(12), "teacher_8": torch.zeros(3)})
    assert constant.keys() == losses.parts.keys()


def test_one_map_and_some_terms_only():
    method = method_of(teaching={"weight": 1.0, "finer": 0.0, "values": 0.0, "tiles": 0.0})
    assert [name for name in method(mp_mae_batch()).parts if name not in method.outputs] == ["teacher_8_3_patches"]


def test_an_order_is_learned_that_values_alone_do_not_tell():
    """Few steps on few tiles: patches are then told apart by what the teacher says of them."""
    method, batch = method_of(teaching={"weight": 1.0}), mp_mae_batch()
    found = [losses.parts["teacher_8_3_patches"].mean.item() for losses in descend(method, batch, 30, 3e-3)]
    constant = method.constant_losses(batch, {"sentinel2": torch.zeros(12), "teacher_8": torch.zeros(3)})
    assert found[-1] < 0.6 * constant["teacher_8_3_patches"].mean.item() < found[0]


def test_what_cannot_be_taught_is_refused():
    with pytest.raises(MMEarthError, match="no teacher is among the outputs"):
        method_of(["sentinel2"], teaching={"weight": 1.0})
    with pytest.raises(MMEarthError, match="nothing is taught"):
        method_of(teaching={"weight": 1.0, "values": 0, "patches": 0, "tiles": 0})
