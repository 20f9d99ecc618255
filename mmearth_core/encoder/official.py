"""The layouts in which MP-MAE weights are published, and the way from them to ours.

Sparse layout: a pretraining checkpoint of MMEarth-train (`encoder.*` with Minkowski kernels, beside decoder, heads and
loss). Dense layout: the same encoder with ordinary convolutions, as its classifier and UNet save it.
Names and shapes only; never runs anything stored in a file.
"""

import re

import torch
from torch import Tensor, nn

from mmearth_core.encoder.architecture import SIZES, Architecture, Stem

#: What a pretraining checkpoint holds beside the encoder.
_PRETRAINING_ONLY = re.compile(r"(mask_token|loss_fn\.log_vars|proj\.|decoder_dict\.|pred_dict\.|layer_norm_tmp\.)")
#: What downstream models of the reference hold beside the encoder.
_DOWNSTREAM_ONLY = re.compile(r"(norm|head|upsample_layers\.\d+|initial_conv_upsample)\.")

#: Names inside a ConvNeXt block: theirs, ours.
BLOCK_NAMES = (
    ("dwconv.", "conv_dw."),
    ("pwconv1.", "mlp.fc1."),
    ("pwconv2.", "mlp.fc2."),
    ("grn.gamma", "mlp.grn.weight"),
    ("grn.beta", "mlp.grn.bias"),
)


def to_dense(name: str, tensor: Tensor) -> tuple[str, Tensor]:
    """One entry of the sparse layout in the dense one.

    A Minkowski kernel has its offsets first, row offset fastest: W[o, c, h, w] = kernel[h + k·w, c, o], for depthwise
    ones W[c, 0, h, w] = kernel[h + k·w, c] (reference code `remap_checkpoint_keys`, checked numerically).
    """
    name = name.removeprefix("encoder.").replace(".ln.", ".").replace(".linear.", ".")
    if name.endswith(".kernel"):
        side = round(tensor.shape[0] ** 0.5)
        if tensor.ndim == 3:
            tensor = tensor.permute(2, 1, 0).reshape(tensor.shape[2], tensor.shape[1], side, side)
        else:
            tensor = tensor.permute(1, 0).reshape(tensor.shape[1], 1, side, side)
        return name.removesuffix("kernel") + "weight", tensor.transpose(-1, -2).contiguous()
    if ".grn." in name or name.endswith(".bias"):
        return name, tensor.reshape(-1)
    return name, tensor


def to_ours(name: str) -> str:
    """A dense-layout name of an encoder entry in our module."""
    if name.startswith("stages."):
        for theirs, ours in BLOCK_NAMES:
            name = name.replace(theirs, ours)
    elif name.startswith("stem_orig."):
        name = name.replace("stem_orig.", "stem.")
    return name


def encoder_tensors(state: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[str]]:
    """(our entries, names that belong to nothing known) of a sparse- or dense-layout state dict."""
    sparse = any(name.startswith("encoder.") for name in state)
    tensors: dict[str, Tensor] = {}
    unexpected: list[str] = []
    for name, tensor in state.items():
        if sparse and not name.startswith("encoder."):
            if not _PRETRAINING_ONLY.match(name):
                unexpected.append(name)
            continue
        dense_name, dense = to_dense(name, tensor)
        if not sparse and _DOWNSTREAM_ONLY.match(dense_name):
            continue
        tensors[to_ours(dense_name)] = dense
    return tensors, unexpected


def infer_architecture(tensors: dict[str, Tensor]) -> Architecture | None:
    """The architecture that entries in our naming belong to; None when they are not an encoder.

    The stride of a stem of the MP-MAE kind is the side of its kernel, so the patch size follows from the weights.
    """
    stem_conv = tensors.get("stem.0.weight")
    if stem_conv is None or stem_conv.ndim != 4:
        return None
    stem: Stem = "mp_mae" if "initial_conv.0.weight" in tensors else "original"
    first_conv = tensors.get("initial_conv.0.weight", stem_conv)
    depths = tuple(
        len({name.split(".")[2] for name in tensors if name.startswith(f"stages.{stage}.")}) for stage in range(4)
    )
    for size, (known_depths, channels) in SIZES.items():
        if known_depths == depths and channels[0] == stem_conv.shape[0]:
            patch = 8 * stem_conv.shape[-1]
            return Architecture(size, patch, first_conv.shape[1], stem) if patch in (8, 16, 32) else None
    return None


def load_tensors(module: nn.Module, tensors: dict[str, Tensor]) -> tuple[list[str], list[str]]:
    """Put the entries that fit into a module; returns (missing, unexpected) names. Shapes that differ are both.

    A frozen statistic that is absent is not missing: published weights have none.
    """
    own = module.state_dict()
    fitting = {name: tensor for name, tensor in tensors.items() if name in own and own[name].shape == tensor.shape}
    statistics = {name for name in own if name.endswith("grn.scale")}
    missing = sorted(own.keys() - fitting.keys() - statistics)
    unexpected = sorted(tensors.keys() - fitting.keys())
    with torch.no_grad():
        for name, tensor in fitting.items():
            own[name].copy_(tensor)
    return missing, unexpected
