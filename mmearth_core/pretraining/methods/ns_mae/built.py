"""NS-MAE as the loop takes it: on generated scenes, or on tiles."""

from collections.abc import Mapping, Sequence

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.methods.ns_mae.scenes.method import NsMaeScenes
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig
from mmearth_core.pretraining.methods.ns_mae.tiles.method import NsMaeTiles
from mmearth_core.pretraining.methods.plain import plainly_built


def built(settings: NsMaeConfig, outputs: Sequence[str], known: Mapping[str, Modality]) -> BuiltMethod:  # noqa: ARG001
    """The method with fresh weights; its instance says what it renders, not `outputs`. Raises `MMEarthError`."""
    if settings.instance == "tiles":
        return plainly_built("ns_mae", NsMaeTiles, settings, {})
    try:
        method = NsMaeScenes(settings)
    except ValueError as error:
        raise MMEarthError(f"ns_mae: {error}; correct that setting.") from error
    return BuiltMethod(
        name="ns_mae",
        method=method,
        bands=("red", "green", "blue"),
        crop=settings.patch,
        plain_view=method.view,
        over_batch=("response normalisation of scope batch",) if settings.grn == "batch" else (),
    )
