"""How a method comes to its weights: fresh ones drawn with a seed, or those of an earlier run or a model."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import torch

from mmearth_core.encoder.loading import load_encoder
from mmearth_core.encoder.registry import local_file
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, Modality
from mmearth_core.pretraining.checkpoints import WEIGHTS, load_weights
from mmearth_core.pretraining.config import PretrainConfig
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.registry import METHODS


def build_method(config: PretrainConfig, known: Mapping[str, Modality] = MODALITIES) -> BuiltMethod:
    """The method of a configuration, its weights drawn with the seed; `start_from` puts others into it.

    `known`: what its outputs may be, by name; teachers are known from the tiles.
    Raises `MMEarthError` when settings contradict each other.
    """
    module = import_module(METHODS[config.method].module)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        built: BuiltMethod = module.built(config.settings, config.output_names, known)
    return built


def start_from(start: str, built: BuiltMethod) -> None:
    """Put weights into a method: all of a checkpoint, ours or an official one, else the encoder of a model.

    Raises `MMEarthError` when they are not there or do not fit.
    """
    folder, method = Path(start), built.method
    if folder.is_dir():
        if not (folder / WEIGHTS).is_file():
            raise MMEarthError(f"init: {folder} is no checkpoint; give a folder RUN/checkpoints/step-…, or a model.")
        load_weights(folder, method)
        return
    path = local_file(start)
    if path.suffix == ".pth" and built.from_published is not None:
        built.from_published(path)
        return
    encoder = load_encoder(path)
    if encoder.architecture != method.encoder.architecture:
        raise MMEarthError(
            f"init: {start} is {encoder.architecture}, this configuration asks for {method.encoder.architecture}."
        )
    # A frozen response normalisation is a measurement of finished weights; training has none.
    weights = {name: value for name, value in encoder.state_dict().items() if not name.endswith("grn.scale")}
    method.encoder.load_state_dict(weights, strict=False)
