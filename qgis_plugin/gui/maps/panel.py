"""The tab "Map": the live map, where to label next, similar places, and the map of the whole layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.gui import QgsCollapsibleGroupBox, QgsMapTool
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ...core.maps.live_session import LiveSession
from ..widgets.canvas_tool import give_back, take
from ..widgets.scrolling import fill
from .final_map_box import FinalMapBox
from .live_box import LiveBox
from .similarity_box import SimilarityBox
from .suggestions_box import SuggestionsBox
from .swipe import SwipeTool

if TYPE_CHECKING:
    from ...context import Context


class MapPanel(QWidget):
    """Holds the live session."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = context.iface.mapCanvas()
        self.session = LiveSession(context, self._canvas, self)
        self.live = LiveBox(context, self.session)
        self.suggestions = SuggestionsBox(context, self.session)
        self.similarity = SimilarityBox(context)
        self.final_map = FinalMapBox(context)
        self._swipe = SwipeTool(self._canvas, lambda: self.session.layer)

        inner = QWidget()
        layout = QVBoxLayout(inner)
        for name, title, box in (
            ("liveGroup", self.tr("Live map"), self.live),
            ("suggestGroup", self.tr("Where next"), self.suggestions),
            ("similarGroup", self.tr("Similar places"), self.similarity),
            ("finalGroup", self.tr("Map of the whole layer"), self.final_map),
        ):
            group = QgsCollapsibleGroupBox(title)
            group.setObjectName(name)
            QVBoxLayout(group).addWidget(box)
            layout.addWidget(group)
        layout.addStretch(1)
        fill(self, inner)
        self.layout().addWidget(self.final_map.foot)

        self.live.swipe_toggled.connect(self._toggle_swipe)
        self._canvas.mapToolSet.connect(self._tool_changed)

    def put_down(self) -> None:
        """Take no more clicks on the map: another kind of work begins."""
        self._toggle_swipe(False)
        self.similarity.pick.setChecked(False)

    def close(self) -> bool:
        """Stop everything and leave the canvas as it was."""
        self._canvas.mapToolSet.disconnect(self._tool_changed)
        self._toggle_swipe(False)
        self.session.close()
        for box in (self.suggestions, self.similarity, self.final_map, self.live):
            box.close()
        return super().close()

    def _toggle_swipe(self, wanted: bool) -> None:
        if wanted:
            take(self._canvas, self._swipe, passing=True)
        else:
            give_back(self._canvas, self._swipe)

    def _tool_changed(self, tool: QgsMapTool, _before: object | None = None) -> None:
        if tool is not self._swipe:
            self.live.swipe.setChecked(False)
