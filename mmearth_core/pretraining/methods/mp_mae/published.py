"""Whole pretraining checkpoints in the published layout: encoder, decoder, heads and loss weights.

The published code holds one decoder under the name of every modality. Beside names and shapes nothing is changed: a
method and its checkpoint compute the same. The way back is in tests/material/official_layout.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from mmearth_core.encoder.loading import check_fit, official_state
from mmearth_core.encoder.official import encoder_tensors, infer_architecture, load_tensors, to_ours
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.losses import UncertaintyWeights
from mmearth_core.pretraining.methods.mp_mae.method import MpMae, build
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.pretraining.methods.views import INPUT_BANDS

#: Patches along a side of the crop of every published configuration.
_GRID = 7


def load_official(path: Path) -> MpMae:
    """The method of an official pretraining checkpoint, decoder and loss weights included.

    Settings that weights do not tell are those of the published recipe: crops of 7×7 patches, a mask ratio of 0.6,
    normalised Sentinel-2 patches, response normalisation over the batch, no augmentation.
    Raises `MMEarthError` when the file is no such checkpoint, or lacks or adds entries (each is named).
    """
    state = official_state(path)
    config, outputs = _settings(state, path)
    method = build(config, outputs)
    _fill(method, state, path)
    return method


def start_from_official(method: MpMae, path: Path) -> None:
    """Put all of an official pretraining checkpoint into a method of the same networks and outputs.

    Raises `MMEarthError` when it is of others, or no such checkpoint.
    """
    state = official_state(path)
    config, outputs = _settings(state, path)
    wanted = method.config
    same = replace(
        wanted,
        **{
            name: getattr(config, name)
            for name in ("size", "patch", "stem", "inputs", "decoder_depth", "decoder_width")
        },
    )
    one_for_many = wanted.decoder == "shared" and config.decoder == "separate"
    if same != wanted or one_for_many or set(outputs) != set(method.outputs):
        raise MMEarthError(
            f"{path} is a {config.size} of patch {config.patch} for {config.inputs} that predicts {', '.join(outputs)}"
            f" with a {config.decoder} decoder of {config.decoder_depth} × {config.decoder_width}; ask for these to go"
            " on from it."
        )
    _fill(method, state, path)


def _settings(state: Mapping[str, Tensor], path: Path) -> tuple[MpMaeConfig, list[str]]:
    """The configuration and outputs a checkpoint's names and shapes belong to."""
    tensors, _ = encoder_tensors(dict(state))
    architecture = infer_architecture(tensors)
    named = {name.split(".")[1] for name in state if name.startswith("pred_dict.")}
    inputs = next((i for i, b in INPUT_BANDS.items() if architecture and len(b) == architecture.in_channels), None)
    decoder = any(name.startswith("decoder_dict.") for name in state)
    if architecture is None or inputs is None or not named or "proj.bias" not in state or not decoder:
        raise MMEarthError(
            f"{path} is no pretraining checkpoint of MP-MAE; use mmearth weights convert for an encoder."
        )
    if unknown := sorted(named - MODALITIES.keys()):
        raise MMEarthError(f"{path} predicts {', '.join(unknown)}, which is no modality of MMEarth; give another.")
    outputs = [name for name in MODALITIES if name in named]
    blocks = [{n.split(".", 2)[2]: t for n, t in state.items() if n.startswith(f"decoder_dict.{m}.")} for m in outputs]
    shared = all(b.keys() == blocks[0].keys() and all(torch.equal(b[n], blocks[0][n]) for n in b) for b in blocks)
    config = MpMaeConfig(
        size=architecture.size,
        patch=architecture.patch,
        stem=architecture.stem,
        inputs=inputs,
        crop=_GRID * architecture.patch,
        decoder="shared" if shared else "separate",
        decoder_depth=len({name.split(".")[0] for name in blocks[0]}),
        decoder_width=len(state["proj.bias"]),
        weighting="uncertainty" if "loss_fn.log_vars" in state else "sum",
        flips=False,
        jitter=False,
        band_drop=0.0,
    )
    return config, outputs


def _fill(method: MpMae, state: Mapping[str, Tensor], path: Path) -> None:
    """Put a checkpoint's tensors into a method; the first modality's copy of a shared decoder counts."""
    tensors, unexpected = encoder_tensors(dict(state))
    ours = {f"encoder.{name}": tensor for name, tensor in tensors.items()}
    outputs = [name for name in MODALITIES if name in method.outputs]
    for name, tensor in state.items():
        part, _, rest = name.partition(".")
        if part == "mask_token":
            ours["decoder.mask_token"] = tensor.reshape(-1)
        elif part == "loss_fn":
            if isinstance(method.weights, UncertaintyWeights) and len(tensor) == len(outputs):
                order = [outputs.index(output) for output in method.outputs]
                ours["weights.log_vars"] = tensor[order]
        elif part in ("proj", "layer_norm_tmp"):
            ours[f"decoder.{'norm' if part == 'layer_norm_tmp' else part}.{rest}"] = tensor
        elif part == "pred_dict":
            ours[f"decoder.heads.{rest}"] = tensor.flatten(1) if tensor.ndim == 4 else tensor
        elif part == "decoder_dict":
            modality, _, inside = rest.partition(".")
            stack = modality if method.config.decoder == "separate" else "shared"
            flat = tensor.reshape(-1) if ".grn." in inside else tensor
            ours.setdefault(f"decoder.stacks.{stack}." + to_ours(f"stages.{inside}").removeprefix("stages."), flat)
    missing, odd = load_tensors(method, ours)
    if missing == ["weights.log_vars"] and "loss_fn.log_vars" not in state:
        # Losses were added up plainly there; here their weights begin at 1.
        missing = []
    check_fit(path, missing, [*unexpected, *odd])
