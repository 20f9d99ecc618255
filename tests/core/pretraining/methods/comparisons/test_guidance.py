"""Guidance by land cover: whose labels count, which pairs are compared, and that similarity is learned."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pretraining_steps import visible_cells  # noqa: E402
from torch.nn import functional  # noqa: E402

from mmearth_core.encoder.masking import VisiblePatches  # noqa: E402
from mmearth_core.pretraining.methods.comparisons import guidance as module  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.guidance import Guidance  # noqa: E402
from mmearth_core.pretraining.methods.labels import LabelsConfig  # noqa: E402

BOTH = ("tile", "patches")


def make(*terms: str, kind: str = "fraction", form: str = "bce") -> Guidance:
    torch.manual_seed(0)
    return Guidance(10, LabelsConfig(kind=kind), terms or BOTH, form, 0.2)


def make_batch(tiles: int = 4) -> dict[str, torch.Tensor]:
    """Tiles of 3×3 patches, four visible, with one to three covers a tile in blocks of a patch."""
    rng = torch.Generator().manual_seed(0)
    order = torch.rand(tiles, 9, generator=rng).argsort(1)
    covers = torch.arange(tiles)[:, None, None] + torch.randint(3, (tiles, 3, 3), generator=rng)
    return {
        "masked": (order >= 4).view(tiles, 3, 3),
        "image": torch.randn(tiles, 12, 24, 24, generator=rng),
        "dynamic_world": (covers % 9).repeat_interleave(8, 1).repeat_interleave(8, 2),
    }


def encoded(batch: dict[str, torch.Tensor]) -> torch.Tensor:
    made = torch.randn(len(batch["masked"]), 10, 3, 3, generator=torch.Generator().manual_seed(1))
    return torch.where(batch["masked"][:, None], 0, made).requires_grad_()


@torch.no_grad()
def test_both_terms_by_hand() -> None:
    """Squared error of max(cosine, 0) and the cosine of the covers under what is visible."""
    method, batch = make(form="mse"), make_batch()
    seen, visible = encoded(batch), ~batch["masked"]
    found = method(*visible_cells(seen, batch["masked"]), batch)
    rows, labels, tiles = [], [], []
    for tile in range(4):
        cells = seen[tile].permute(1, 2, 0)[visible[tile]]
        covers = functional.one_hot(batch["dynamic_world"][tile, ::8, ::8][visible[tile]], 9).double()
        rows += [*cells, cells.mean(0)]
        labels += [*covers, covers.mean(0)]
        tiles += [tile] * 5
    for term, chosen in (("tile", range(4, 20, 5)), ("patches", [i for i in range(20) if i % 5 != 4])):
        z = {i: method.terms[term].head(rows[i][None])[0].double() for i in chosen}
        pairs = [(i, j) for i in chosen for j in chosen if tiles[i] != tiles[j]]
        wanted = [float(functional.cosine_similarity(labels[i], labels[j], 0)) for i, j in pairs]
        errors = [(max(float(z[i] @ z[j]), 0) - s) ** 2 for (i, j), s in zip(pairs, wanted, strict=True)]
        assert found[f"guidance_{term}"].mean.item() == pytest.approx(np.mean(errors), rel=1e-4)
        assert found[f"guidance_{term}"].count.item() == len(pairs)
        assert found[f"guidance_{term}_similarity"].mean.item() == pytest.approx(np.mean(wanted), rel=1e-4)
        assert found[f"guidance_{term}_alike"].mean.item() == pytest.approx(np.mean(np.array(wanted) > 0.99))


def test_unlabelled_and_unseen_members_count_for_nothing_and_get_no_gradient() -> None:
    """The first tile has no label; of the second one patch has half of it, another is a hole of Sentinel-2's."""
    method, batch = make(), make_batch()
    batch["dynamic_world"][0] = -1
    half, hole = torch.nonzero(~batch["masked"][1])[:2].tolist()
    batch["dynamic_world"][1, 8 * half[0] : 8 * half[0] + 4, 8 * half[1] : 8 * half[1] + 8] = -1
    batch["image"][1, :, 8 * hole[0] : 8 * hole[0] + 8, 8 * hole[1] : 8 * hole[1] + 8] = 0
    seen = encoded(batch)
    found = method(*visible_cells(seen, batch["masked"]), batch)
    assert found["guidance_tile"].count.item() == 3 * 2
    assert found["guidance_patches"].count.item() == 2 * (3 * 4 + 3 * 4 + 4 * 4)
    found["guidance_tile"].mean.backward()
    assert seen.grad.flatten(1).any(1).tolist() == [False, True, True, True]
    seen.grad = None
    method(*visible_cells(seen, batch["masked"]), batch)["guidance_patches"].mean.backward()
    counted = ~batch["masked"]
    counted[0] = counted[1, hole[0], hole[1]] = False
    assert (seen.grad.abs().sum(1) > 0).equal(counted)


def test_without_any_label_nothing_counts() -> None:
    method, batch = make(), make_batch()
    batch["dynamic_world"].fill_(-1)
    found, constants = (
        method(*visible_cells(encoded(batch), batch["masked"]), batch),
        method.constants(VisiblePatches(batch["masked"]), batch),
    )
    assert all(part.count.item() == 0 and part.mean.item() == 0 for part in (*found.values(), *constants.values()))
    sum(part.total for part in found.values()).backward()


@torch.no_grad()
def test_of_many_patches_some_are_compared_the_same_at_every_start(monkeypatch) -> None:
    monkeypatch.setitem(module._MOST, "patches", 7)
    batch = make_batch()
    torch.manual_seed(1)
    first = make("patches")(*visible_cells(encoded(batch), batch["masked"]), batch)["guidance_patches"]
    state = torch.get_rng_state()
    again = make("patches")(*visible_cells(encoded(batch), batch["masked"]), batch)["guidance_patches"]
    assert torch.equal(first.total, again.total) and 0 < first.count <= 7 * 6
    make("patches")
    assert torch.equal(state, torch.get_rng_state())  # nothing is drawn from the common generator


@pytest.mark.parametrize("form", ["bce", "mse", "sce"])
def test_constants_count_what_losses_count(form) -> None:
    method, batch = make(form=form), make_batch()
    batch["dynamic_world"][0, :20] = -1
    losses, constants = (
        method(*visible_cells(encoded(batch), batch["masked"]), batch),
        method.constants(VisiblePatches(batch["masked"]), batch),
    )
    assert constants.keys() == {"guidance_tile", "guidance_patches"}
    for name, constant in constants.items():
        assert constant.count.item() == losses[name].count.item() > 0 and constant.mean > 0


def test_likeness_of_what_is_pooled_comes_to_follow_that_of_its_covers() -> None:
    method, batch = make(), make_batch(12)
    seen = encoded(batch)
    optimiser = torch.optim.AdamW(method.parameters(), 2e-3)
    for _ in range(60):
        optimiser.zero_grad()
        found = method(*visible_cells(seen, batch["masked"]), batch)
        (found["guidance_tile"].mean + found["guidance_patches"].mean).backward()
        optimiser.step()
    constants = method.constants(VisiblePatches(batch["masked"]), batch)
    for name, constant in constants.items():
        assert found[name].mean < 0.95 * constant.mean, name
