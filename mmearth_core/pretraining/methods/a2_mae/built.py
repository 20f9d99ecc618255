"""A²-MAE as the loop takes it."""

from collections.abc import Mapping, Sequence

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.a2_mae.method import A2Mae
from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.views import INPUT_BANDS


def built(settings: A2MaeConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; its settings say what it predicts, not `outputs`. Raises `MMEarthError`."""
    try:
        method = A2Mae(settings)
    except ValueError as error:
        raise MMEarthError(f"a2_mae: {error}; correct that setting.") from error
    return BuiltMethod(
        name="a2_mae",
        method=method,
        bands=INPUT_BANDS[settings.inputs],
        crop=settings.crop,
        plain_view=method.view.plain(),
        over_batch=("response normalisation of scope batch",) if settings.grn == "batch" else (),
    )
