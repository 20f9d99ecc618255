"""Every model with a name as a model of timm: import this module, then `timm.create_model("mmearth_starter_atto_p8")`.

torchgeo's trainers make their backbones by that call, so they take these names too. Weights are those of this machine
(`mmearth weights fetch`); nothing is downloaded here. Pixels have to be normalised first: `model.normalise(dn, level)`
does it. Needs torch and timm.
"""

from collections.abc import Callable
from typing import Any

from timm.models import register_model
from torch import Tensor, nn
from torch.nn import functional

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
    `reset_classifier`; with `features_only` it gives the four maps, described by `feature_info`."""

    def __init__(self, encoder: Encoder, num_classes: int, global_pool: str, features_only: bool) -> None:
        super().__init__()
        architecture = encoder.architecture
        self.encoder, self.features_only, self.global_pool = encoder, features_only, global_pool
        self.num_features = self.head_hidden_size = architecture.channels[-1]
        self.in_chans = architecture.in_channels
        names = (f"stages.{index}" for index in range(4))
        self.feature_info = [
            {"num_chs": channels, "reduction": stride, "module": name}
            for channels, stride, name in zip(architecture.channels, architecture.strides, names, strict=True)
        ]
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
        """Logits (N, classes), without classes the pooled features; with `features_only` the four maps."""
        if self.features_only:
            return self.encoder.forward_maps(x)
        return self.forward_head(self.forward_features(x))

    def normalise(self, dn: Tensor, level: Level) -> Tensor:
        """Reflectance × 10000 (N, C, H, W) of the bands of `encoder.header.bands`, in this order → what it takes; sides
        grow by 0 to whole patches."""
        table, patch = self.encoder.header.statistics[level], self.encoder.architecture.patch
        mean, std = (dn.new_tensor(each)[:, None, None] for each in (table.mean, table.std))
        return functional.pad((dn - mean) / std, (0, -dn.shape[3] % patch, 0, -dn.shape[2] % patch))


def timm_name(model: RegisteredModel) -> str:
    """What timm calls a model: mmearth_starter_atto_p8, mmearth_atto_p8_all."""
    return "mmearth_" + model.name.removeprefix("mmearth-").replace("-", "_")


def _entry(model: RegisteredModel) -> Callable[..., TimmEncoder]:
    def make(
        pretrained: bool = False,
        num_classes: int = 0,
        in_chans: int | None = None,
        global_pool: str = "avg",
        features_only: bool = False,
        **_: Any,
    ) -> TimmEncoder:
        wanted = len(model.bands)
        if in_chans not in (None, 3, wanted):  # 3 is what timm's callers pass when they say nothing
            raise MMEarthError(
                f"{model.name} takes {wanted} bands ({', '.join(model.bands)}), not {in_chans}; give these bands."
            )
        if pretrained:
            encoder = load_encoder(model.name)
        else:
            encoder = Encoder(model.architecture)
            randomise(encoder, None)
            encoder.header = official_header(model.name, encoder)
        return TimmEncoder(encoder, num_classes, global_pool, features_only)

    make.__name__ = make.__qualname__ = timm_name(model)
    make.__doc__ = f"{model.name}: {model.summary}."
    return make


for _model in MODELS:
    register_model(_entry(_model))
