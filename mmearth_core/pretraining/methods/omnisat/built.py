"""OmniSat as the loop takes it."""

from collections.abc import Mapping, Sequence

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.omnisat.method import OmniSat
from mmearth_core.pretraining.methods.omnisat.settings import OmniSatConfig
from mmearth_core.pretraining.methods.views import INPUT_BANDS


def built(settings: OmniSatConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; its settings name the sensors, not `outputs`. Raises `MMEarthError`."""
    try:
        method = OmniSat(settings)
    except ValueError as error:
        raise MMEarthError(f"omnisat: {error}; correct that setting.") from error
    over_batch = {
        "response normalisation of scope batch": settings.grn == "batch",
        "the contrast of sensors": settings.contrast > 0,
    }
    return BuiltMethod(
        name="omnisat",
        method=method,
        bands=INPUT_BANDS[settings.inputs],
        crop=settings.crop,
        plain_view=method.view.plain(),
        over_batch=tuple(what for what, used in over_batch.items() if used),
    )
