"""SoftCon as the loop takes it."""

from collections.abc import Mapping, Sequence

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.softcon.method import SoftCon
from mmearth_core.pretraining.methods.softcon.settings import SoftConConfig
from mmearth_core.pretraining.methods.views import INPUT_BANDS


def built(settings: SoftConConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; it predicts none of the `outputs`. Raises `MMEarthError`."""
    try:
        method = SoftCon(settings)
    except ValueError as error:
        raise MMEarthError(f"softcon: {error}; correct that setting.") from error
    over_batch = {
        "response normalisation of scope batch": settings.grn == "batch",
        "the contrast of looks": True,
        "the comparison of land cover": settings.weight > 0 or settings.patches > 0,
    }
    return BuiltMethod(
        name="softcon",
        method=method,
        bands=INPUT_BANDS[settings.inputs],
        crop=settings.crop,
        plain_view=method.view.plain(),
        over_batch=tuple(what for what, used in over_batch.items() if used),
    )
