"""What OmniSat sees of a tile: a crop of all sensors, and which of their tokens are hidden."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.pretraining.methods.contract import Sample
from mmearth_core.pretraining.methods.crops import Crop
from mmearth_core.pretraining.methods.views import MaskedView

#: Days.
_YEAR = 365.25


@dataclass(frozen=True)
class TokenView(MaskedView):
    """A `MaskedView` that hides a share of the tokens of all `sensors` together, Sentinel-2 the first, of which there
    are up to `dates`."""

    sensors: int = 2
    dates: int = 1

    @property
    def companions(self) -> int:
        """Other dates of the place."""
        return self.dates - 1

    def _beside(self, sample: Sample, first: Crop, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """ "hidden" (sensors, g, g) bool, of which "masked" is the first; of a series also what `_dates` gives, and
        "days" (dates,) float32 of the year, 0 where unknown."""
        hidden = self._hidden(rng)
        views: dict[str, NDArray[np.generic]] = {"masked": hidden[0], "hidden": hidden}
        if self.companions:
            days = np.nan_to_num(np.asarray(sample["days"], np.float64) % _YEAR)
            views |= {**self._dates(sample, first, rng), "days": days.astype(np.float32)}
        return views

    def visible(self, ratio: float) -> int:
        """Tokens of all sensors that stay visible."""
        return int(self.sensors * (self.crop // self.patch) ** 2 * (1 - ratio) + 1e-9)

    def _mask(self, rng: np.random.Generator) -> NDArray[np.bool_]:  # noqa: ARG002 - drawn with the other sensors'
        side = self.crop // self.patch
        return np.zeros((side, side), np.bool_)

    def _hidden(self, rng: np.random.Generator) -> NDArray[np.bool_]:
        """At least one patch of Sentinel-2 is seen: without one an image says nothing."""
        side = self.crop // self.patch
        ratio = self._ratio(rng)
        hidden = np.ones(self.sensors * side * side, np.bool_)
        order = np.argsort(rng.random(len(hidden)), kind="stable")
        shown = order[: self.visible(ratio)]
        if not (shown < side * side).any():
            shown[-1] = rng.integers(side * side)
        hidden[shown] = False
        return hidden.reshape(self.sensors, side, side)
