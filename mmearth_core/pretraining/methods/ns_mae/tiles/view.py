"""What NS-MAE sees of a tile: a masked look, and what it takes to render from it: how it is turned, and metres."""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.contract import Sample
from mmearth_core.pretraining.methods.crops import Crop
from mmearth_core.pretraining.methods.views import MaskedView
from mmearth_core.tiles.statistics import DatasetStatistics

CANOPY = MODALITIES["canopy_height_eth"]


@dataclass(frozen=True)
class CanopyView(MaskedView):
    """A `MaskedView` that knows where the radars are, and in which metres canopy heights are given."""

    #: Mean and deviation of canopy height and of its uncertainty in metres, (2, 2).
    _metres: NDArray[np.float32] = field(
        default_factory=lambda: np.array([[0, 0], [1, 1]], np.float32), repr=False, compare=False
    )

    def with_statistics(self, statistics: DatasetStatistics) -> Self:
        """The same for tiles that are normalised by `statistics`; where these know of no canopy, no tile has one."""
        view = super().with_statistics(statistics)
        if CANOPY.name not in statistics.values:
            return view
        return replace(view, _metres=np.stack(statistics.values[CANOPY.name]))

    def _beside(self, sample: Sample, first: Crop, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """ "turned" () int64, by how many quarters against the clock the tile is turned, and 4 more if it is mirrored
        then; "metres" (2, 2) float32, mean and deviation of canopy height and of its uncertainty."""
        turned = np.array(first.turns + 4 * first.mirrored, np.int64)
        return {**super()._beside(sample, first, rng), "turned": turned, "metres": self._metres}
