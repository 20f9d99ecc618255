"""What is seen while samples are drawn: the scene in other colours, the live map; and the way on to the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QPushButton, QToolButton, QWidget

from ...core import layers
from ...core.embed import colours
from ...core.layer_tree import set_visible
from ..icons import icon

if TYPE_CHECKING:
    from ...context import Context


class SeenBox(QWidget):
    """Four buttons. The live map and the map of the whole layer are others' affair: they are only asked for."""

    live_wanted = pyqtSignal(bool)
    map_wanted = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        shown = (
            ("naturalColour", self.tr("Natural colour"), self.tr("The scene as the eye sees it"), colours.NATURAL),
            (
                "falseColour",
                self.tr("False colour"),
                self.tr("The scene in near infrared: red plants"),
                colours.FALSE,
            ),
        )
        for column, (name, label, tip, bands) in enumerate(shown):
            button = QToolButton()
            button.setObjectName(name)
            button.setText(label)
            button.setToolTip(tip)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            button.clicked.connect(lambda _checked=False, bands=bands: self._show_scene(bands))
            grid.addWidget(button, 0, column)
        self.live = QPushButton(icon("map"), self.tr("Live map"))
        self.live.setObjectName("samplesLive")
        self.live.setCheckable(True)
        self.live.setToolTip(self.tr("Map what is seen while you draw: every edit of the samples repaints it"))
        self.live.clicked.connect(self.live_wanted)
        make = QPushButton(self.tr("Make map"))
        make.setObjectName("samplesMakeMap")
        make.setToolTip(self.tr("Map the whole embedding; the model is saved beside the map"))
        make.clicked.connect(self.map_wanted)
        grid.addWidget(self.live, 1, 0)
        grid.addWidget(make, 1, 1)

    def show_live(self, on: bool) -> None:
        """The live map was switched, wherever."""
        self.live.setChecked(on)

    def _show_scene(self, bands: Sequence[str]) -> None:
        embedding = self._context.workspace.embedding
        scene = None if embedding is None else layers.source_of(embedding)
        if not isinstance(scene, QgsRasterLayer):
            self._context.tell(self.tr("The scene of the embedding in use is not in the project; add it to see it."))
        elif colours.show(scene, bands):
            set_visible(scene, True)
            set_visible(embedding, False)
        else:
            self._context.tell(
                self.tr(
                    "{} does not name the bands that this needs; choose them in the properties of the layer."
                ).format(scene.name())
            )
