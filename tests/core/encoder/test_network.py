"""The encoder lies over its pixels, sees no further than it says, and computes what the paper's formulas say."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")

from mmearth_core.encoder.architecture import SIZES, Architecture  # noqa: E402
from mmearth_core.encoder.network import EmbeddingHead, Encoder, ResponseNorm, enlarge, randomise  # noqa: E402

pytestmark = pytest.mark.torch


def random_encoder(patch: int, stem: str = "mp_mae", channels: int = 12) -> Encoder:
    encoder = Encoder(Architecture("atto", patch, channels, stem)).eval()
    randomise(encoder, 0)
    encoder.set_grn("frozen")
    return encoder


@pytest.mark.parametrize(
    ("size", "patch", "parameters"), [("atto", 8, 3_389_320), ("atto", 16, 3_389_440), ("tiny", 8, 27_871_104)]
)
def test_parameters_are_those_of_the_published_encoders(size, patch, parameters):
    encoder = Encoder(Architecture(size, patch, 12))
    assert sum(p.numel() for p in encoder.parameters()) == parameters


@pytest.mark.parametrize("size", list(SIZES))
def test_every_size_can_be_built(size):
    with torch.device("meta"):
        encoder = Encoder(Architecture(size, 16, 12))
    assert [len(stage) for stage in encoder.stages] == list(SIZES[size][0])


@pytest.mark.parametrize("stem", ["mp_mae", "original"])
@pytest.mark.parametrize("patch", [8, 16, 32])
def test_maps_have_their_strides(patch, stem):
    encoder = random_encoder(patch, stem)
    with torch.no_grad():
        maps = encoder.forward_maps(torch.randn(2, 12, 2 * patch, 3 * patch))
    for channels, stride, found in zip((40, 80, 160, 320), encoder.architecture.strides, maps, strict=True):
        assert found.shape == (2, channels, 2 * patch // stride, 3 * patch // stride)


def test_sides_that_are_no_multiple_of_the_patch_are_refused():
    with pytest.raises(ValueError, match="multiples of 8"):
        random_encoder(8).forward_maps(torch.zeros(1, 12, 20, 16))


@pytest.mark.parametrize("position", [(0, 0), (7, 15), (21, 34), (40, 63)])
@pytest.mark.parametrize("patch", [8, 16, 32])
def test_an_impulse_peaks_in_the_stem_cell_that_holds_it(patch, position):
    """With kernels that are largest in their middle, one bright pixel is brightest in its own cell."""
    encoder = random_encoder(patch)
    with torch.no_grad():
        encoder.initial_conv[0].weight.copy_(torch.tensor([1.0, 2.0, 1.0]).outer(torch.tensor([1.0, 2.0, 1.0])))
        encoder.stem[0].weight.fill_(1)
        lit = torch.zeros(1, 12, 64, 64)
        lit[0, :, position[0], position[1]] = 1
        response = encoder.stem[0](encoder.initial_conv[0](lit)).sum(1)[0]
    stride = patch // 8
    assert divmod(int(response.argmax()), response.shape[1]) == (position[0] // stride, position[1] // stride)


@pytest.mark.parametrize("patch", [8, 16])
def test_nothing_reaches_beyond_the_exact_halo(patch):
    encoder = random_encoder(patch)
    halo = encoder.architecture.exact_halo
    head = EmbeddingHead(encoder.architecture, 2)
    with torch.no_grad():
        for weights in [head.pixels, *head.maps]:
            weights.normal_(generator=torch.Generator().manual_seed(1))
        x = torch.randn(1, 12, patch, 2 * halo, generator=torch.Generator().manual_seed(2))
        changed = x.clone()
        changed[..., :patch] += 100
        difference = (
            (head(x, encoder.forward_maps(x)) - head(changed, encoder.forward_maps(changed))).abs().amax((0, 1, 2))
        )
    assert (difference[patch + halo :] == 0).all()
    assert difference[: patch + halo // 2].max() > 0


def test_response_norm_follows_the_formula():
    x = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    norm = ResponseNorm(5)
    with torch.no_grad():
        norm.weight.normal_(generator=torch.Generator().manual_seed(1))
        norm.bias.normal_(generator=torch.Generator().manual_seed(2))
        for scope in ("sample", "batch"):
            norm.scope = scope
            for sample in range(2):
                seen = x if scope == "batch" else x[sample : sample + 1]
                response = torch.stack([(seen[..., c] ** 2).sum().sqrt() for c in range(5)])
                relative = response / response.mean()
                expected = norm.weight * (x[sample] * relative) + norm.bias + x[sample]
                torch.testing.assert_close(norm(x)[sample], expected, atol=1e-5, rtol=1e-5)


def test_frozen_response_norm_does_not_depend_on_the_tile():
    encoder = random_encoder(8)
    x = torch.randn(1, 12, 8, 400, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        whole, part = encoder.forward_maps(x)[0], encoder.forward_maps(x[..., :208])[0]
        encoder.set_grn("sample")
        loose = encoder.forward_maps(x[..., :208])[0] - encoder.forward_maps(x)[0][..., :208]
    torch.testing.assert_close(whole[..., :40], part[..., :40], atol=1e-5, rtol=1e-5)
    assert loose[..., :40].abs().max() > 1e-2


def test_enlarging_commutes_with_projecting():
    architecture = Architecture("atto", 16, 12)
    generator = torch.Generator().manual_seed(0)
    maps = [torch.randn(1, 6, 32 // s, 48 // s, generator=generator) for s in architecture.strides]
    matrix = torch.randn(3, 6, generator=generator)
    project = [torch.einsum("dc,nchw->ndhw", matrix, m) for m in maps]
    torch.testing.assert_close(
        enlarge(project, architecture),
        torch.einsum("dc,nchw->ndhw", matrix, enlarge(maps, architecture)),
        atol=1e-5,
        rtol=1e-5,
    )
