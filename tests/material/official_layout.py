"""A method of ours in the layout in which MP-MAE is published: the way back of what the package reads."""

import re

from torch import Tensor

from mmearth_core.encoder.architecture import Stem
from mmearth_core.encoder.official import BLOCK_NAMES
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.losses import UncertaintyWeights
from mmearth_core.pretraining.methods.mp_mae.method import MpMae


def to_official(method: MpMae) -> dict[str, Tensor]:
    """The state dict of the published code for a method: what a checkpoint holds under "model".

    With one decoder for all modalities, its tensors stand there once under each modality's name, as in published files.
    """
    outputs = [name for name in MODALITIES if name in method.outputs]
    decoder = method.decoder
    state = {"mask_token": decoder.mask_token.reshape(1, -1, 1, 1)}
    if isinstance(method.weights, UncertaintyWeights):
        order = [method.outputs.index(name) for name in outputs]
        state["loss_fn.log_vars"] = method.weights.log_vars[order]
    stem = method.encoder.architecture.stem
    for name, tensor in method.encoder.named_parameters():
        theirs, kernel = to_sparse(name, tensor, stem)
        state[theirs] = kernel
    state |= {f"proj.{name}": tensor for name, tensor in decoder.proj.named_parameters()}
    for modality in outputs:
        stack = decoder.stacks[modality if method.config.decoder == "separate" else "shared"]
        for name, tensor in stack.named_parameters():
            response_norm = ".grn." in name
            theirs = f"decoder_dict.{modality}.{block_to_theirs(name)}"
            state[theirs] = tensor.reshape(1, 1, 1, -1) if response_norm else tensor
    for modality in outputs:
        for name, tensor in decoder.heads[modality].named_parameters():
            convolution = MODALITIES[modality].level == "pixel" and name == "weight"
            state[f"pred_dict.{modality}.{name}"] = tensor[:, :, None, None] if convolution else tensor
    for name, tensor in decoder.norm.named_parameters():
        state[f"layer_norm_tmp.{name}"] = tensor
    return {name: tensor.detach().clone() for name, tensor in state.items()}


def block_to_theirs(name: str) -> str:
    """A name inside one of our ConvNeXt blocks as the published code names it."""
    for theirs, ours in BLOCK_NAMES:
        name = name.replace(ours, theirs)
    return name


def to_sparse(name: str, tensor: Tensor, stem: Stem) -> tuple[str, Tensor]:
    """One entry of our encoder in the sparse layout: the way back of `to_dense` and `to_ours`."""
    name = "encoder." + block_to_theirs(name)
    if stem == "original":
        name = name.replace("encoder.stem.", "encoder.stem_orig.")
    part, _, kind = name.rpartition(".")
    if ".grn." in name:
        return name, tensor.reshape(1, -1)
    if ".pwconv" in name:
        return f"{part}.linear.{kind}", tensor
    if tensor.ndim == 4:
        # Depthwise kernels have one input channel a group; no other convolution of the encoder has one.
        offsets = tensor.transpose(-1, -2).flatten(2)
        kernel = offsets[:, 0].T if tensor.shape[1] == 1 else offsets.permute(2, 1, 0)
        return f"{part}.kernel", kernel.contiguous()
    convolution = re.search(r"(initial_conv|stem|stem_orig)\.0$|downsample_layers\.\d\.1$|dwconv$", part)
    return (name, tensor.reshape(1, -1)) if convolution else (f"{part}.ln.{kind}", tensor)
