"""A method of tiles as the loop takes it, where nothing about it is special."""

from collections.abc import Callable
from typing import TypeVar

from mmearth_core.errors import MMEarthError
from mmearth_core.pretraining.methods.contract import BuiltMethod, PretrainMethod
from mmearth_core.pretraining.methods.seeing import SeeingConfig
from mmearth_core.pretraining.methods.views import INPUT_BANDS, MaskedView

Settings = TypeVar("Settings", bound=SeeingConfig)


def plainly_built(
    name: str, make: Callable[[Settings], PretrainMethod], settings: Settings, over_batch: dict[str, bool]
) -> BuiltMethod:
    """The method that `make` makes of its settings, with fresh weights; `over_batch` says what of it depends on which
    tiles are looked at together, and whether it does. Raises `MMEarthError` when settings contradict each other."""
    try:
        method = make(settings)
    except ValueError as error:
        raise MMEarthError(f"{name}: {error}; correct that setting.") from error
    view = method.view
    told = {"response normalisation of scope batch": settings.grn == "batch", **over_batch}
    return BuiltMethod(
        name=name,
        method=method,
        bands=INPUT_BANDS[settings.inputs],
        crop=settings.crop,
        plain_view=view.plain() if isinstance(view, MaskedView) else view,
        over_batch=tuple(what for what, does in told.items() if does),
    )
