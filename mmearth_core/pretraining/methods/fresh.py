"""The encoder of a method before it has learned anything."""

import torch

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.network import Encoder, randomise
from mmearth_core.pretraining.methods.seeing import SeeingConfig
from mmearth_core.pretraining.methods.views import INPUT_BANDS


def fresh_encoder(config: SeeingConfig) -> Encoder:
    """Random filters that pass on what they are given at its own size, with blocks begun at 0.3 of that.

    Drawn from torch's generator. From there few tiles lead further than from the deviation of 0.02 of ConvNeXt V2. The
    published sparse code draws linear and depthwise weights with a deviation of 1, so that a block's output is hundreds
    of times its input and residual paths drown it. Raises ValueError when there is no such encoder.
    """
    encoder = Encoder(Architecture(config.size, config.patch, len(INPUT_BANDS[config.inputs]), config.stem))
    randomise(encoder, None)
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name.endswith("mlp.fc2.weight"):
                parameter.mul_(0.3)
    return encoder
