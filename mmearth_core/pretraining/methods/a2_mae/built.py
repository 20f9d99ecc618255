"""A²-MAE as the loop takes it."""

from collections.abc import Mapping, Sequence

from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.a2_mae.method import A2Mae
from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.plain import plainly_built


def built(settings: A2MaeConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; its settings say what it predicts, not `outputs`. Raises `MMEarthError`."""
    return plainly_built("a2_mae", A2Mae, settings, {})
