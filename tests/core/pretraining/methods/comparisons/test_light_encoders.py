"""Light encoders: what of a patch a token knows, and what it must not."""

import pytest

torch = pytest.importorskip("torch")

from mmearth_core.encoder.masking import VisiblePatches  # noqa: E402
from mmearth_core.modalities import MODALITIES  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.light_encoders import (  # noqa: E402
    LightEncoder,
    known_pixels,
    mostly,
    seen_pixels,
)

WHOLE = VisiblePatches(torch.zeros(2, 3, 3, dtype=torch.bool))


def made(name: str) -> tuple[LightEncoder, torch.Tensor]:
    """An encoder and values of two tiles of 3×3 patches of 8 px."""
    torch.manual_seed(0)
    modality = MODALITIES[name]
    classes = modality.kind == "classes"
    values = torch.randint(-1, modality.outputs, (2, 24, 24)) if classes else torch.randn(2, modality.outputs, 24, 24)
    return LightEncoder(modality, 8), values


@pytest.mark.parametrize("name", ["sentinel1", "aster", "dynamic_world", "canopy_height_eth", "esa_worldcover"])
@torch.no_grad()
def test_a_token_is_of_its_own_patch_and_has_length_one(name: str) -> None:
    encoder, values = made(name)
    tokens = encoder(values, WHOLE)
    assert tokens.shape == (18, 128) and torch.allclose(tokens.norm(dim=1), torch.ones(18), atol=1e-5)
    changed = values.clone()
    changed[0, ..., 8:16, 16:24] = 0
    same = (encoder(changed, WHOLE) == tokens).all(1)
    assert same.tolist() == [index != 5 for index in range(18)]  # row 1, column 2


@torch.no_grad()
def test_the_height_of_a_patch_does_not_tell_the_place_but_its_relief_and_slope_do() -> None:
    encoder, values = made("aster")
    values[:, 0] *= 0.02  # as heights differ inside a patch
    values[0, :, :3, :3] = torch.nan
    tokens = encoder(values, WHOLE)
    higher = values + torch.tensor([2.0, 0])[:, None, None]
    assert torch.allclose(encoder(higher, WHOLE), tokens, atol=1e-4)
    for steeper in (values * torch.tensor([3.0, 1])[:, None, None], values + torch.tensor([0, 2.0])[:, None, None]):
        assert not torch.allclose(encoder(steeper, WHOLE), tokens, atol=1e-2)


def test_what_has_no_value_is_told_from_an_average_one_and_sends_no_gradient() -> None:
    encoder, values = made("sentinel1")
    with torch.no_grad():
        values[0, 4:] = 0
        average = encoder(values, WHOLE)
        values[0, 4:] = torch.nan
    values.requires_grad_()
    tokens = encoder(values, WHOLE)
    assert not torch.allclose(tokens[:9], average[:9], atol=1e-2) and torch.equal(tokens[9:], average[9:])
    tokens.sum().backward()
    assert not values.grad[0, 4:].any() and values.grad[1].any()
    assert all(each.grad.isfinite().all() for each in encoder.parameters())


@torch.no_grad()
@pytest.mark.parametrize("name", ["sentinel1", "aster", "dynamic_world"])
def test_a_batch_without_a_value_gives_finite_tokens(name: str) -> None:
    encoder, values = made(name)
    values.fill_(-1 if name == "dynamic_world" else torch.nan)
    assert encoder(values, WHOLE).isfinite().all()
    assert not mostly(known_pixels(MODALITIES[name], values), WHOLE).any()


def test_half_of_a_patch_is_enough_in_one_channel() -> None:
    radar = torch.full((2, 8, 24, 24), torch.nan)
    radar[0, 4, :4, :8] = 1.0  # half a patch, one orbit and polarisation
    radar[0, 4, 8:11, :] = 1.0  # less than half
    known = mostly(known_pixels(MODALITIES["sentinel1"], radar), WHOLE)
    assert torch.nonzero(known).flatten().tolist() == [0]
    cover = torch.full((2, 24, 24), -1)
    cover[1, :, 16:] = 0
    assert torch.nonzero(mostly(known_pixels(MODALITIES["dynamic_world"], cover), WHOLE)).flatten().tolist() == [
        11,
        14,
        17,
    ]
    image = torch.zeros(1, 12, 8, 8)
    image[0, 3, 2, 1] = -0.1
    assert torch.nonzero(seen_pixels(image)).tolist() == [[0, 2, 1]]


def test_tokens_are_of_single_precision_under_autocast() -> None:
    encoder, values = made("sentinel1")
    with torch.autocast("cpu", torch.bfloat16):
        assert encoder(values, WHOLE).dtype == torch.float32
