"""What OmniSat sees of a tile: a crop of all sensors, and which of their tokens are hidden."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.pretraining.methods.contract import Sample
from mmearth_core.pretraining.methods.views import MaskedView


@dataclass(frozen=True)
class TokenView(MaskedView):
    """A `MaskedView` that hides a share of the tokens of all `sensors` together, Sentinel-2 the first."""

    sensors: int = 2

    def __call__(self, sample: Sample, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """As of `MaskedView`, and "hidden" (sensors, g, g) bool, of which "masked" is the first."""
        views = super().__call__(sample, rng)
        hidden = self._hidden(rng)
        return {**views, "masked": hidden[0], "hidden": hidden}

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
