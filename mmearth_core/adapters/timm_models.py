"""Every model with a name as a model of timm: import this module, then `timm.create_model("mmearth_starter_atto_p8")`.

torchgeo's tasks make their backbones by that call, so they take these names too, those of pixels as
"tu-mmearth_starter_atto_p8". Weights are those of this machine (`mmearth weights fetch`); nothing is downloaded here.
Pixels have to be normalised first: `model.normalise(dn, level)` does it. Needs torch and timm.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from timm.models import FeatureInfo, register_model
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.loading import load_encoder, official_header
from mmearth_core.encoder.network import Encoder, randomise
from mmearth_core.encoder.registry import MODELS, RegisteredModel
from mmearth_core.errors import MMEarthError
from mmearth_core.sentinel2 import Level

#: Names that timm knows after this module was imported.
__all__: list[str] = []
_EPS = 1e-6


class TimmEncoder(nn.Module):
    """An encoder with the methods of a timm model: `forward`, `forward_features`, `forward_head`, `get_classifier`,
    `reset_classifier`; with `features_only` it gives the maps of `pyramid`, which `feature_info` describes."""

    def __init__(
        self, encoder: Encoder, num_classes: int, global_pool: str, features_only: bool, pyramid: FeatureInfo
    ) -> None:
        super().__init__()
        architecture = encoder.architecture
        self.encoder, self.features_only, self.global_pool = encoder, features_only, global_pool
        self.num_features = self.head_hidden_size = architecture.channels[-1]
        self.in_chans = architecture.in_channels
        self.feature_info = pyramid
        self.norm = nn.LayerNorm(self.num_features, eps=_EPS)
        self.reset_classifier(num_classes)

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """A new head for so many classes; 0: none."""
        self.num_classes = num_classes
        self.global_pool = self.global_pool if global_pool is None else global_pool
        self.head = nn.Linear(self.num_features, num_classes) if num_classes else nn.Identity()

    def get_classifier(self) -> nn.Module:
        """The head."""
        return self.head

    def forward_features(self, x: Tensor) -> Tensor:
        """Normalised pixels (N, C, H, W), whole patches → the last map (N, C_3, H/p, W/p)."""
        last: Tensor = self.encoder(x)
        return last

    def forward_head(self, x: Tensor, pre_logits: bool = False) -> Tensor:
        """The last map → logits (N, classes), or what they are made of."""
        pooled: Tensor = self.norm(x.mean((2, 3))) if self.global_pool else x
        return pooled if pre_logits else self.head(pooled)

    def forward(self, x: Tensor) -> Tensor | list[Tensor]:
        """Logits (N, classes), without classes the pooled features; with `features_only` maps (N, C, H/s, W/s)."""
        if not self.features_only:
            return self.forward_head(self.forward_features(x))
        maps = self.encoder.forward_maps(x)
        strides = [each["reduction"] for each in self.feature_info.info]
        for finer, coarser in pairwise(strides[len(maps) - 1 :]):
            maps.append(functional.avg_pool2d(maps[-1], coarser // finer, ceil_mode=True))
        return [maps[index] for index in self.feature_info.out_indices]

    def normalise(self, dn: Tensor, level: Level) -> Tensor:
        """Reflectance × 10000 (N, C, H, W) of the bands of `encoder.header.bands`, in this order → what it takes; sides
        grow by 0 to whole patches."""
        table, patch = self.encoder.header.statistics[level], self.encoder.architecture.patch
        mean, std = (dn.new_tensor(each)[:, None, None] for each in (table.mean, table.std))
        return functional.pad((dn - mean) / std, (0, -dn.shape[3] % patch, 0, -dn.shape[2] % patch))


def timm_name(model: RegisteredModel) -> str:
    """What timm calls a model: mmearth_starter_atto_p8, mmearth_atto_p8_all."""
    return "mmearth_" + model.name.removeprefix("mmearth-").replace("-", "_")


def _pyramid(architecture: Architecture, wanted: Sequence[int], coarsest: int) -> FeatureInfo:
    """The maps of an encoder as timm describes maps, and which of them are `wanted`, by their place.

    Decoders want maps of a stride up to 32, ours end at the patch: those beyond are means over 2 × 2 of the one before,
    up to the stride `coarsest`.
    """
    names = [f"stages.{index}" for index in range(len(architecture.strides))]
    strides, channels = [*architecture.strides], [*architecture.channels]
    while len(strides) <= max(wanted):
        names.append(f"pooled.{len(strides)}")
        strides.append(min(2 * strides[-1], coarsest))
        channels.append(channels[-1])
    told = [
        {"num_chs": count, "reduction": stride, "module": name}
        for count, stride, name in zip(channels, strides, names, strict=True)
    ]
    return FeatureInfo(told, tuple(wanted))


def _entry(model: RegisteredModel) -> Callable[..., TimmEncoder]:
    def make(
        pretrained: bool = False,
        num_classes: int = 0,
        in_chans: int | None = None,
        global_pool: str = "avg",
        features_only: bool = False,
        out_indices: Sequence[int] = (0, 1, 2, 3),
        output_stride: int = 32,
        **_: Any,
    ) -> TimmEncoder:
        wanted = len(model.bands)
        if in_chans not in (None, 3, wanted):  # 3 is what timm's callers pass when they say nothing
            raise MMEarthError(
                f"{model.name} takes {wanted} bands ({', '.join(model.bands)}), not {in_chans}; give these bands."
            )
        if output_stride < model.architecture.patch:
            raise MMEarthError(
                f"{model.name} has maps of a stride of {model.architecture.patch} pixels, and a coarsest of"
                f" {output_stride} is wanted; choose a model of smaller patches, or a decoder that takes these."
            )
        if pretrained:
            encoder = load_encoder(model.name)
        else:
            encoder = Encoder(model.architecture)
            randomise(encoder, None)
            encoder.header = official_header(model.name, encoder)
        pyramid = _pyramid(model.architecture, out_indices, output_stride)
        made: TimmEncoder = TimmEncoder(encoder, num_classes, global_pool, features_only, pyramid).train()
        return made  # ready to learn, as timm's models are

    make.__name__ = make.__qualname__ = timm_name(model)
    make.__doc__ = f"{model.name}: {model.summary}."
    return make


for _model in MODELS:
    register_model(_entry(_model))
