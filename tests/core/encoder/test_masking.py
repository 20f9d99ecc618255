"""The masked encoder computes what a sparse network computes, and nothing hidden leaks into it.

The reference here is written the slow way: active coordinates in a dictionary, one loop per kernel offset, straight
from the meaning of a submanifold convolution, in numpy and float64.
"""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")

from torch import nn  # noqa: E402

from mmearth_core.encoder import masking  # noqa: E402
from mmearth_core.encoder.architecture import Architecture  # noqa: E402
from mmearth_core.encoder.masking import VisiblePatches, forward_masked  # noqa: E402
from mmearth_core.encoder.network import Encoder, randomise  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("one_torch_thread")]

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "pretraining.py"
Points = dict[tuple[int, int, int], np.ndarray]


def make_encoder(patch: int, stem: str = "mp_mae", seed: int = 0) -> Encoder:
    encoder = Encoder(Architecture("atto", patch, 12, stem))
    randomise(encoder, seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(0, 0.3, generator=generator)
    return encoder


def random_mask(samples: int, rows: int, columns: int, seed: int) -> torch.Tensor:
    masked = torch.rand(samples, rows, columns, generator=torch.Generator().manual_seed(seed)) < 0.6
    masked[:, rows // 2, columns // 2] = False
    return masked


def conv(points: Points, layer: nn.Conv2d, spacing: int) -> Points:
    """Each active output coordinate gathers its active neighbours; coordinates lie `spacing` pixels apart."""
    weight, bias = (t.detach().double().numpy() for t in (layer.weight, layer.bias))
    side, stride, depthwise = layer.kernel_size[0], layer.stride[0], layer.groups > 1
    first = -(side // 2) if stride == 1 else 0
    coarse = spacing * stride
    result = {}
    for n, r, c in {(n, r // coarse * coarse, c // coarse * coarse) for n, r, c in points}:
        total = bias.copy()
        for i in range(side):
            for j in range(side):
                source = points.get((n, r + (first + i) * spacing, c + (first + j) * spacing))
                if source is not None:
                    total += weight[:, 0, i, j] * source if depthwise else weight[:, :, i, j] @ source
        result[n, r, c] = total
    return result


def norm(points: Points, layer: nn.LayerNorm) -> Points:
    weight, bias = (t.detach().double().numpy() for t in (layer.weight, layer.bias))
    return {k: (v - v.mean()) / np.sqrt(v.var() + 1e-6) * weight + bias for k, v in points.items()}


def gelu(points: Points) -> Points:
    return {k: np.array([0.5 * x * (1 + math.erf(x / math.sqrt(2))) for x in v]) for k, v in points.items()}


def linear(points: Points, layer: nn.Linear) -> Points:
    weight, bias = (t.detach().double().numpy() for t in (layer.weight, layer.bias))
    return {k: weight @ v + bias for k, v in points.items()}


def block(points: Points, layer: nn.Module, spacing: int, grn: str) -> Points:
    wide = gelu(linear(norm(conv(points, layer.conv_dw, spacing), layer.norm), layer.mlp.fc1))
    gamma, beta = (t.detach().double().numpy() for t in (layer.mlp.grn.weight, layer.mlp.grn.bias))
    relative = {}
    for sample in {k[0] for k in wide}:
        response = np.sqrt(sum(np.square(v) for k, v in wide.items() if grn == "batch" or k[0] == sample))
        relative[sample] = response / (response.mean() + 1e-6)
    normed = {k: gamma * v * relative[k[0]] + beta + v for k, v in wide.items()}
    return {k: points[k] + v for k, v in linear(normed, layer.mlp.fc2).items()}


def slow_reference(encoder: Encoder, images: np.ndarray, masked: np.ndarray, grn: str) -> np.ndarray:
    patch = encoder.architecture.patch
    points: Points = {
        (n, r, c): images[n, :, r, c].astype(np.float64)
        for n, r, c in np.ndindex(images.shape[0], *images.shape[2:])
        if not masked[n, r // patch, c // patch]
    }
    if len(encoder.initial_conv):
        points = gelu(norm(conv(points, encoder.initial_conv[0], 1), encoder.initial_conv[1]))
    points = norm(conv(points, encoder.stem[0], 1), encoder.stem[1])
    spacing = patch // 8
    for index, stage in enumerate(encoder.stages):
        if index:
            down = encoder.downsample_layers[index - 1]
            points = conv(norm(points, down[0]), down[1], spacing)
            spacing *= 2
        for layer in stage:
            points = block(points, layer, spacing, grn)
    dense = np.zeros((len(images), encoder.architecture.channels[-1], *masked.shape[1:]))
    for (n, r, c), value in points.items():
        dense[n, :, r // patch, c // patch] = value
    return dense


@pytest.mark.parametrize("grn", ["batch", "sample"])
@pytest.mark.parametrize(("patch", "stem"), [(8, "mp_mae"), (16, "mp_mae"), (32, "original")])
def test_the_masked_forward_is_the_sparse_network(patch, stem, grn):
    encoder = make_encoder(patch, stem)
    # Samples with unequal numbers of visible patches, one at a corner, neighbours and lone ones.
    masked = random_mask(2, 3, 2, seed=patch)
    masked[0, 0, 0] = False
    images = torch.randn(2, 12, 3 * patch, 2 * patch, generator=torch.Generator().manual_seed(1))
    expected = slow_reference(encoder, images.numpy(), masked.numpy(), grn)
    with torch.no_grad():
        found = forward_masked(encoder, images, masked, grn).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


def load_masked_dense():
    spec = importlib.util.spec_from_file_location("benchmark_of_pretraining", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.masked_dense


@pytest.mark.parametrize("grn", ["batch", "sample"])
@pytest.mark.parametrize("patch", [8, 16])
def test_every_gradient_is_that_of_the_masked_dense_network(patch, grn):
    """Also that the benchmark's rival is the same network."""
    pytest.importorskip("h5py")
    encoder = make_encoder(patch)
    masked, images = random_mask(3, 4, 3, seed=2), torch.randn(3, 12, 4 * patch, 3 * patch)
    direction = torch.randn(3, 320, 4, 3)
    results = []
    for forward in (forward_masked, load_masked_dense()):
        image = images.clone().requires_grad_()
        out = forward(encoder, image, masked, grn)
        results.append([out, *torch.autograd.grad((out * direction).sum(), [image, *encoder.parameters()])])
    for ours, theirs in zip(*results, strict=True):
        assert float((ours - theirs).detach().abs().max()) <= 2e-5 * float(theirs.detach().abs().max()) + 1e-8


@pytest.mark.parametrize("nothing", [7.5, float("nan"), float("inf")])
def test_what_masked_pixels_hold_changes_nothing(nothing):
    encoder, masked = make_encoder(8), random_mask(2, 3, 3, seed=3)
    images = torch.randn(2, 12, 24, 24)
    hidden = masked.repeat_interleave(8, 1).repeat_interleave(8, 2)[:, None].expand_as(images)
    other = images.clone()
    other[hidden] = nothing
    with torch.no_grad():
        assert torch.equal(
            forward_masked(encoder, images, masked, "batch"), forward_masked(encoder, other, masked, "batch")
        )


def test_masked_pixels_get_no_gradient_and_visible_ones_do():
    encoder, masked = make_encoder(8), random_mask(2, 3, 3, seed=4)
    images = torch.randn(2, 12, 24, 24, requires_grad=True)
    forward_masked(encoder, images, masked, "batch").square().sum().backward()
    hidden = masked.repeat_interleave(8, 1).repeat_interleave(8, 2)
    touched = images.grad.abs().sum(1)
    assert (touched[hidden] == 0).all() and (touched[~hidden] > 0).all()


def test_gathering_and_scattering_pass_gradcheck():
    visible = VisiblePatches(random_mask(2, 3, 2, seed=5))
    dense = torch.randn(2, 6, 4, 3, dtype=torch.float64, requires_grad=True)
    patches = torch.randn(len(visible), 2, 2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(visible.gather, dense)
    assert torch.autograd.gradgradcheck(visible.gather, dense)
    assert torch.autograd.gradcheck(visible.scatter, patches)
    assert torch.equal(visible.gather(visible.scatter(patches)), patches)


@pytest.mark.parametrize("cells", [1, 2, 4, 8])
def test_the_depthwise_convolution_passes_gradcheck(cells):
    """With as many cells a patch as each stage has: the kernel reaches over one patch, several, or a part of one."""
    conv_dw = nn.Conv2d(2, 2, 7, padding=3, groups=2).double()
    masked = random_mask(2, 3, 2, seed=cells)
    visible = VisiblePatches(masked)
    patches = torch.randn(len(visible), cells, cells, 2, dtype=torch.float64, requires_grad=True)

    def run(patches, weight, bias):
        layer = nn.Conv2d(2, 2, 7, padding=3, groups=2).double()
        del layer.weight, layer.bias
        layer.weight, layer.bias = weight, bias
        return masking._depthwise(layer, patches, visible)

    inputs = (patches, conv_dw.weight.detach().requires_grad_(), conv_dw.bias.detach().requires_grad_())
    assert torch.autograd.gradcheck(run, inputs, fast_mode=cells > 2)


@pytest.mark.parametrize("grn", ["batch", "sample"])
def test_the_whole_masked_encoder_passes_gradcheck(grn):
    encoder, masked = make_encoder(8).double(), random_mask(2, 2, 2, seed=6)
    images = torch.randn(2, 12, 16, 16, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: forward_masked(encoder, x, masked, grn), images, fast_mode=True)


def test_a_silent_channel_gives_no_nan():
    encoder = make_encoder(8)
    with torch.no_grad():
        encoder.stages[0][0].mlp.fc1.weight[3] = 0
        encoder.stages[0][0].mlp.fc1.bias[3] = 0
    forward_masked(encoder, torch.randn(1, 12, 16, 16), random_mask(1, 2, 2, seed=7), "batch").sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in encoder.parameters())


def test_bfloat16_trains_to_nearly_the_same_gradients():
    encoder, masked, images = make_encoder(8), random_mask(2, 3, 3, seed=8), torch.randn(2, 12, 24, 24)
    gradients = []
    for enabled in (False, True):
        encoder.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            out = forward_masked(encoder, images, masked, "batch")
        out.float().square().mean().backward()
        gradients.append(torch.cat([parameter.grad.flatten() for parameter in encoder.parameters()]))
    assert float(torch.nn.functional.cosine_similarity(*gradients, dim=0)) > 0.99


def test_wrong_shapes_and_fully_masked_batches_are_refused():
    encoder = make_encoder(8)
    with pytest.raises(ValueError, match="does not fit images"):
        forward_masked(encoder, torch.zeros(1, 12, 16, 16), torch.zeros(1, 3, 2, dtype=torch.bool), "batch")
    with pytest.raises(ValueError, match="every patch of the batch is masked"):
        forward_masked(encoder, torch.zeros(1, 12, 16, 16), torch.ones(1, 2, 2, dtype=torch.bool), "batch")
