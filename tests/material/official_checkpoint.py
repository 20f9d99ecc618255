"""A checkpoint as MMEarth publishes them, with random weights: names, shapes and wrapping of the real ones."""

import argparse
import re
from collections import OrderedDict

import numpy as np
import torch

PIXEL_HEADS = {
    "sentinel2": 12,
    "sentinel1": 8,
    "aster": 2,
    "dynamic_world": 9,
    "canopy_height_eth": 2,
    "esa_worldcover": 11,
}
IMAGE_HEADS = {"era5": 12, "lat": 2, "lon": 2, "biome": 14, "eco_region": 846, "month": 2}
DEPTHS, CHANNELS = (2, 2, 6, 2), (40, 80, 160, 320)


def encoder_shapes(patch: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}

    def conv(name: str, kernel: tuple[int, ...], out: int) -> None:
        shapes[f"{name}.kernel"], shapes[f"{name}.bias"] = kernel, (1, out)

    def norm(name: str, channels: int) -> None:
        shapes[f"{name}.ln.weight"] = shapes[f"{name}.ln.bias"] = (channels,)

    conv("encoder.initial_conv.0", (9, 12, 40), 40)
    norm("encoder.initial_conv.1", 40)
    conv("encoder.stem.0", ((patch // 8) ** 2, 40), 40)
    norm("encoder.stem.1", 40)
    for i in range(3):
        norm(f"encoder.downsample_layers.{i}.0", CHANNELS[i])
        conv(f"encoder.downsample_layers.{i}.1", (4, CHANNELS[i], CHANNELS[i + 1]), CHANNELS[i + 1])
    for i, (depth, c) in enumerate(zip(DEPTHS, CHANNELS, strict=True)):
        for j in range(depth):
            block = f"encoder.stages.{i}.{j}"
            conv(f"{block}.dwconv", (49, c), c)
            norm(f"{block}.norm", c)
            shapes[f"{block}.pwconv1.linear.weight"], shapes[f"{block}.pwconv1.linear.bias"] = (4 * c, c), (4 * c,)
            shapes[f"{block}.pwconv2.linear.weight"], shapes[f"{block}.pwconv2.linear.bias"] = (c, 4 * c), (c,)
            shapes[f"{block}.grn.gamma"] = shapes[f"{block}.grn.beta"] = (1, 4 * c)
    return shapes


def checkpoint_shapes(patch: int) -> dict[str, tuple[int, ...]]:
    shapes = {"mask_token": (1, 512, 1, 1), "loss_fn.log_vars": (12,)} | encoder_shapes(patch)
    shapes |= {
        "proj.weight": (512, 320, 1, 1),
        "proj.bias": (512,),
        "layer_norm_tmp.weight": (512,),
        "layer_norm_tmp.bias": (512,),
    }
    decoder = {
        "dwconv.weight": (512, 1, 7, 7), "dwconv.bias": (512,), "norm.weight": (512,), "norm.bias": (512,),
        "pwconv1.weight": (2048, 512), "pwconv1.bias": (2048,),
        "grn.gamma": (1, 1, 1, 2048), "grn.beta": (1, 1, 1, 2048),
        "pwconv2.weight": (512, 2048), "pwconv2.bias": (512,),
    }  # fmt: skip
    for name in [*PIXEL_HEADS, *IMAGE_HEADS]:
        shapes |= {f"decoder_dict.{name}.0.{key}": shape for key, shape in decoder.items()}
    for name, outputs in PIXEL_HEADS.items():
        shapes |= {
            f"pred_dict.{name}.weight": (patch**2 * outputs, 512, 1, 1),
            f"pred_dict.{name}.bias": (patch**2 * outputs,),
        }
    for name, outputs in IMAGE_HEADS.items():
        shapes |= {f"pred_dict.{name}.weight": (outputs, 512), f"pred_dict.{name}.bias": (outputs,)}
    return shapes


def make_checkpoint(patch: int, seed: int = 0) -> dict[str, object]:
    """A checkpoint as the reference's pretraining script saves it, with random encoder weights of a useful size."""
    generator = torch.Generator().manual_seed(seed)
    model: OrderedDict[str, torch.Tensor] = OrderedDict()
    shared: dict[str, torch.Tensor] = {}
    for name, shape in checkpoint_shapes(patch).items():
        decoder_part = re.match(r"decoder_dict\.\w+\.0\.(.*)", name)
        if decoder_part:  # one module under twelve names
            model[name] = shared.setdefault(decoder_part[1], torch.zeros(shape))
            continue
        if not name.startswith("encoder."):
            model[name] = torch.zeros(shape)
            continue
        values = torch.randn(shape, generator=generator)
        if name.endswith("kernel"):
            values *= (np.prod(shape[:-1])) ** -0.5
        elif "linear.weight" in name:
            values *= shape[1] ** -0.5
        elif name.endswith("ln.weight"):
            values = 1 + 0.1 * values
        else:
            values *= 0.3
        model[name] = values
    args = argparse.Namespace(model="convnextv2_atto", patch_size=patch, mask_ratio=0.6, sparse=True)
    return {
        "model": model,
        "optimizer": {"state": {}, "param_groups": [{"lr": 0.1}]},
        "epoch": 199,
        "scaler": {},
        "args": args,
    }
