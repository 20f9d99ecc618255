"""What happens to a result of Processing once its layer is in the project, as the dock does with what it makes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProcessingLayerPostProcessorInterface
from qgis.PyQt import sip

from ..core.layers import mark, path_of
from ..core.maps.map_history import set_history


class Styled(QgsProcessingLayerPostProcessorInterface):
    """Gives a result the style that was written beside it, and says what it is and what was done to it."""

    _kept: list[Styled] = []  # noqa: RUF012 - shared by intent

    @classmethod
    def kept(cls, product: str, history: Sequence[str] = ()) -> Styled:
        """One that stays alive: QGIS takes and deletes the C++ half, and forgets the Python half at once."""
        cls._kept[:] = [each for each in cls._kept if not sip.isdeleted(each)]
        cls._kept.append(cls(product, history))
        return cls._kept[-1]

    def __init__(self, product: str, history: Sequence[str]) -> None:
        super().__init__()
        self._product, self._history = product, history

    def postProcessLayer(self, layer: QgsMapLayer, _context: object, _feedback: object) -> None:
        """Called on the main thread when the layer is in the project."""
        if Path(path_of(layer)).with_suffix(".qml").is_file():
            layer.loadDefaultStyle()
            layer.triggerRepaint()
        mark(layer, self._product)
        if self._history:
            set_history(layer, self._history)
