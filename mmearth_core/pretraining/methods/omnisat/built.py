"""OmniSat as the loop takes it."""

from collections.abc import Mapping, Sequence

from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.omnisat.method import OmniSat
from mmearth_core.pretraining.methods.omnisat.settings import OmniSatConfig
from mmearth_core.pretraining.methods.plain import plainly_built


def built(settings: OmniSatConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; its settings name the sensors, not `outputs`. Raises `MMEarthError`."""
    return plainly_built("omnisat", OmniSat, settings, {"the contrast of sensors": settings.contrast > 0})
