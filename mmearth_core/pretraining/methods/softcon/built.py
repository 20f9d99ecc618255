"""SoftCon as the loop takes it."""

from collections.abc import Mapping, Sequence

from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.plain import plainly_built
from mmearth_core.pretraining.methods.softcon.method import SoftCon
from mmearth_core.pretraining.methods.softcon.settings import SoftConConfig


def built(settings: SoftConConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; it predicts none of the `outputs`. Raises `MMEarthError`."""
    return plainly_built(
        "softcon",
        SoftCon,
        settings,
        {
            "the contrast of looks": True,
            "the comparison of land cover": settings.weight > 0 or settings.patches > 0,
        },
    )
