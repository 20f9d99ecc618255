"""Published checkpoints load exactly: names, kernel order, alignment and response normalisation.

The reference here is written the slow way round: a dictionary of active coordinates and one loop per kernel offset,
straight from the sparse semantics, using the checkpoint's own kernels.
"""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm")

from official_checkpoint import CHANNELS, DEPTHS, checkpoint_shapes, encoder_shapes, make_checkpoint  # noqa: E402

from mmearth_core.encoder.loading import load_encoder  # noqa: E402
from mmearth_core.errors import MMEarthError  # noqa: E402

pytestmark = pytest.mark.torch

Points = dict[tuple[int, int, int], np.ndarray]


def sparse_conv(points: Points, kernel: np.ndarray, bias: np.ndarray, spacing: int, stride: int) -> Points:
    """Convolution on active coordinates (sample, row, column), which lie `spacing` pixels apart.

    Every output coordinate gathers its active neighbours. Odd kernels are centred, even ones begin at the coordinate;
    a Minkowski kernel lists its offsets with the row fastest; a two-dimensional one is depthwise.
    """
    side = round(len(kernel) ** 0.5)
    first = -(side // 2) if side % 2 else 0
    coarse = spacing * stride
    result = {}
    for n, r, c in {(n, r // coarse * coarse, c // coarse * coarse) for n, r, c in points}:
        total = bias.astype(np.float64)
        for i in range(side):
            for j in range(side):
                source = points.get((n, r + (first + i) * spacing, c + (first + j) * spacing))
                if source is not None:
                    weight = kernel[i + side * j]
                    total = total + (source * weight if kernel.ndim == 2 else source @ weight)
        result[n, r, c] = total
    return result


def layer_norm(points: Points, weights: dict[str, np.ndarray], name: str) -> Points:
    weight, bias = weights[f"{name}.ln.weight"], weights[f"{name}.ln.bias"]
    return {k: (v - v.mean()) / np.sqrt(v.var() + 1e-6) * weight + bias for k, v in points.items()}


def gelu(x: np.ndarray) -> np.ndarray:
    return np.array([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in x])


def block(points: Points, weights: dict[str, np.ndarray], name: str, spacing: int, grn: str) -> Points:
    def of(part: str) -> np.ndarray:
        return weights[f"{name}.{part}"]

    mixed = layer_norm(
        sparse_conv(points, of("dwconv.kernel"), of("dwconv.bias")[0], spacing, 1), weights, f"{name}.norm"
    )
    wide = {k: gelu(of("pwconv1.linear.weight") @ v + of("pwconv1.linear.bias")) for k, v in mixed.items()}
    relative = {}
    for sample in {k[0] for k in wide}:
        seen = [v for k, v in wide.items() if grn == "batch" or k[0] == sample]
        response = np.sqrt(np.sum(np.square(seen), axis=0))
        relative[sample] = response / (response.mean() + 1e-6)
    gamma, beta = of("grn.gamma")[0], of("grn.beta")[0]
    return {
        k: points[k] + of("pwconv2.linear.weight") @ (gamma * v * relative[k[0]] + beta + v) + of("pwconv2.linear.bias")
        for k, v in wide.items()
    }


def reference_maps(weights: dict[str, np.ndarray], images: np.ndarray, patch: int, grn: str) -> list[np.ndarray]:
    """The four stage maps (N, C, h, w) of the sparse encoder for fully visible images (N, 12, H, W)."""

    def conv(points: Points, name: str, spacing: int, stride: int) -> Points:
        return sparse_conv(
            points, weights[f"encoder.{name}.kernel"], weights[f"encoder.{name}.bias"][0], spacing, stride
        )

    samples, _, height, width = images.shape
    points: Points = {
        (n, r, c): images[n, :, r, c].astype(np.float64)
        for n, r, c in itertools.product(range(samples), range(height), range(width))
    }
    points = layer_norm(conv(points, "initial_conv.0", 1, 1), weights, "encoder.initial_conv.1")
    points = {k: gelu(v) for k, v in points.items()}
    points = layer_norm(conv(points, "stem.0", 1, patch // 8), weights, "encoder.stem.1")
    maps = []
    spacing = patch // 8
    for stage, depth in enumerate(DEPTHS):
        if stage:
            points = layer_norm(points, weights, f"encoder.downsample_layers.{stage - 1}.0")
            points = conv(points, f"downsample_layers.{stage - 1}.1", spacing, 2)
            spacing *= 2
        for j in range(depth):
            points = block(points, weights, f"encoder.stages.{stage}.{j}", spacing, grn)
        dense = np.zeros((samples, CHANNELS[stage], height // spacing, width // spacing))
        for (n, r, c), values in points.items():
            dense[n, :, r // spacing, c // spacing] = values
        maps.append(dense)
    return maps


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("official") / "checkpoint-199.pth"
    torch.save(make_checkpoint(8), path)
    return path


def test_the_generated_layout_is_the_published_one():
    shapes = checkpoint_shapes(8)
    assert len(shapes) == 290
    unique = {re.sub(r"decoder_dict\.\w+", "decoder_dict", name): shape for name, shape in shapes.items()}
    assert sum(int(np.prod(shape)) for shape in unique.values()) == 7_580_674
    assert sum(int(np.prod(shape)) for shape in encoder_shapes(16).values()) == 3_389_440


@pytest.mark.parametrize("grn", ["sample", "batch"])
def test_a_checkpoint_computes_what_the_sparse_network_computes(checkpoint, grn):
    encoder = load_encoder(checkpoint)
    assert encoder.grn == "sample"
    encoder.set_grn(grn)
    images = np.random.default_rng(0).normal(size=(2, 12, 16, 8)).astype(np.float32)
    stored = torch.load(checkpoint, weights_only=False)["model"]
    expected = reference_maps({k: v.numpy() for k, v in stored.items()}, images, 8, grn)
    with torch.no_grad():
        found = encoder.forward_maps(torch.from_numpy(images))
    for want, have in zip(expected, found, strict=True):
        np.testing.assert_allclose(have.numpy(), want, atol=2e-5 * np.abs(want).max())


def test_patch_16_is_aligned_as_well(tmp_path):
    path = tmp_path / "p16.pth"
    stored = make_checkpoint(16, seed=1)
    torch.save(stored, path)
    images = np.random.default_rng(1).normal(size=(1, 12, 16, 16)).astype(np.float32)
    expected = reference_maps({k: v.numpy() for k, v in stored["model"].items()}, images, 16, "sample")
    encoder = load_encoder(path)
    assert encoder.architecture.patch == 16
    with torch.no_grad():
        found = encoder.forward_maps(torch.from_numpy(images))
    for want, have in zip(expected, found, strict=True):
        np.testing.assert_allclose(have.numpy(), want, atol=2e-5 * np.abs(want).max())


def test_the_dense_layout_loads_to_the_same_encoder(checkpoint, tmp_path):
    dense = {}
    for stored_name, tensor in make_checkpoint(8)["model"].items():
        if not stored_name.startswith("encoder."):
            continue
        name = stored_name.removeprefix("encoder.").replace(".ln.", ".").replace(".linear.", ".")
        if name.endswith("kernel"):
            side = round(tensor.shape[0] ** 0.5)
            weight = torch.zeros(tensor.shape[-1], tensor.shape[1] if tensor.ndim == 3 else 1, side, side)
            for i, j in itertools.product(range(side), repeat=2):
                offset = tensor[i + side * j]
                weight[:, :, i, j] = offset.T if tensor.ndim == 3 else offset[:, None]
            dense[name.replace("kernel", "weight")] = weight
        elif ".grn." in name:
            dense[name] = tensor.reshape(1, 1, 1, -1)
        else:
            dense[name] = tensor.reshape(-1) if name.endswith("bias") else tensor
    dense |= {
        "norm.weight": torch.ones(320),
        "norm.bias": torch.zeros(320),
        "head.weight": torch.zeros(10, 320),
        "head.bias": torch.zeros(10),
    }
    torch.save(dense, tmp_path / "dense.pth")
    sparse, other = load_encoder(checkpoint).state_dict(), load_encoder(tmp_path / "dense.pth").state_dict()
    assert all(torch.equal(sparse[name], other[name]) for name in sparse)


def test_the_statistics_and_bands_come_with_the_weights(checkpoint):
    header = load_encoder(checkpoint).header
    assert header.bands == ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B8A", "B08", "B09", "B11", "B12")
    assert header.statistics["l2a"].mean[7] == pytest.approx(3149.5, abs=0.1)
    assert not header.calibrated


def test_missing_and_unexpected_entries_are_named_exactly(tmp_path):
    stored = make_checkpoint(8)
    del stored["model"]["encoder.stages.2.3.norm.ln.bias"]
    stored["model"]["encoder.stages.0.0.layer_scale"] = torch.zeros(3)
    stored["model"]["teacher.weight"] = torch.zeros(3)
    torch.save(stored, tmp_path / "odd.pth")
    with pytest.raises(MMEarthError) as caught:
        load_encoder(tmp_path / "odd.pth")
    assert "missing stages.2.3.norm.bias;" in str(caught.value)
    assert "unexpected teacher.weight, stages.0.0.layer_scale. Give the checkpoint" in str(caught.value)


class Payload:
    """What an attacker would put into a checkpoint: code that runs when it is unpickled."""

    def __reduce__(self):
        return (Path.touch, (Path("executed"),))


def test_a_file_that_would_run_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"model": {"x": torch.zeros(1)}, "extra": Payload()}, "evil.pth")
    with pytest.raises(MMEarthError, match="holds more than tensors and is refused") as told:
        load_encoder("evil.pth")
    assert "weights_only" not in str(told.value)  # torch's own advice is to load it all the same
    assert not Path("executed").exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04broken", b"\x80\x02.", b"\x80\x02}a."])
def test_a_damaged_file_is_said_to_be_damaged(tmp_path, content):
    (tmp_path / "bad.pth").write_bytes(content)
    with pytest.raises(MMEarthError, match=r"bad\.pth (is damaged|holds more than tensors)"):
        load_encoder(tmp_path / "bad.pth")
