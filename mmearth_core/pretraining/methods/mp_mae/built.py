"""MP-MAE as the loop takes it, and as its authors published it."""

from collections.abc import Mapping, Sequence

from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.mp_mae.method import build
from mmearth_core.pretraining.methods.mp_mae.published import start_from_official
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.pretraining.methods.views import INPUT_BANDS


def built(settings: MpMaeConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:
    """The method with fresh weights; `outputs` are names of modalities that are `known`."""
    method = build(settings, outputs, known)
    over_batch = {
        "response normalisation of scope batch": settings.grn == "batch",
        "the agreement of two looks": settings.second_look,
        "the contrast across sensors": settings.cross_sensor.weight > 0,
        "the guidance by land cover": settings.guidance.weight > 0,
        "what is told apart by teachers": settings.teaching.weight > 0,
    }
    return BuiltMethod(
        name="mp_mae",
        method=method,
        bands=INPUT_BANDS[settings.inputs],
        crop=settings.crop,
        plain_view=method.view.plain(),
        over_batch=tuple(what for what, used in over_batch.items() if used),
        from_published=lambda path: start_from_official(method, path),
    )
