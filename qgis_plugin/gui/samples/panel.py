"""The second tab of the dock: the sample layer, its classes, and the tools to draw samples with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsApplication, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core import layers
from ...core.layer_tree import keep_above, set_visible
from ...core.samples import sample_edits
from ...core.samples.class_model import ClassTable
from ...core.samples.classes import SampleError
from ..plots.class_plots import ClassPlots
from ..widgets import keys
from ..widgets.canvas_tool import give_back, take
from ..widgets.scrolling import fill
from .class_box import ClassBox
from .import_dialog import ImportDialog
from .layer_box import SampleLayerBox
from .map_tools import FreehandTool, PolygonTool, RectangleTool, RelabelTool, SquareTool
from .sample_window import SampleWindow
from .seen_box import SeenBox
from .segment_tool import SegmentTool
from .tool_row import ToolRow

if TYPE_CHECKING:
    from ...context import Context


#: Classes without samples that are called by name.
_MOST_NAMED = 6
#: Pixels of the table of samples below the map, at first.
_TABLE_HEIGHT = 220


class SamplesPanel(QWidget):
    """Draws into the workspace's samples; `table` is their `ClassTable`, or None."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._canvas = context.iface.mapCanvas()
        self.table: ClassTable | None = None
        self._layer_links: list[tuple[Any, Callable[..., None]]] = []
        self._cleared: set[str] = set()  # embeddings that were hidden when drawing began
        self._build()
        self.tools = {
            "polygon": PolygonTool(self._canvas, context.workspace),
            "freehand": FreehandTool(self._canvas, context.workspace),
            "rectangle": RectangleTool(self._canvas, context.workspace),
            "square": SquareTool(self._canvas, context.workspace),
            "relabel": RelabelTool(self._canvas, context.workspace),
            "segment": SegmentTool(self._canvas, context.workspace, context.client),
        }
        self._window: SampleWindow | None = None  # made when it is first asked for
        self._plots: ClassPlots | None = None  # likewise
        for name, tool in self.tools.items():
            tool.setAction(self.tool_row.actions_of[name])
            tool.hinted.connect(self._hint)
            tool.refused.connect(lambda sentence: context.tell(sentence, Qgis.MessageLevel.Warning))
            tool.table_wanted.connect(self.classes.listed.click)
        self.tool_row.square_size.valueChanged.connect(self._set_size)
        self.tool_row.holes.valueChanged.connect(self._set_holes)
        context.workspace.samplesChanged.connect(self._follow)
        context.client.greeted.connect(self._take_up)
        self._follow(context.workspace.samples)

    def close(self) -> bool:
        """Give canvas, layer and project back; edits stay in the layer's edit buffer."""
        self._context.workspace.samplesChanged.disconnect(self._follow)
        self._context.client.greeted.disconnect(self._take_up)
        self._let_go()
        for tool in self.tools.values():
            tool.close()
        if self._window is not None:
            self._window.close()
            self._context.iface.removeDockWidget(self._window)
            self._window.deleteLater()
            self._window = None
        if self._plots is not None:
            self._plots.let_go()
            self._plots.deleteLater()
            self._plots = None
        self.box.close()
        return super().close()

    @property
    def window_of_samples(self) -> SampleWindow:
        """The table of all samples, below the map."""
        if self._window is None:
            window = self._window = SampleWindow(self._context, self._context.iface.mainWindow())
            self._context.iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, window)
            self._context.iface.mainWindow().resizeDocks([window], [_TABLE_HEIGHT], Qt.Orientation.Vertical)
            window.shown.connect(self.classes.listed.setChecked)
            window.set_table(self.table)
        return self._window

    def import_samples(self) -> None:
        """Samples of another layer come into those in work, or into a new layer without classes of its own."""
        if self._context.workspace.samples is None:
            self.box.new_layer(empty=True)
        if self.table is None:
            self._context.warn(self._problem or self.tr("There is no sample layer; make one first, or choose one."))
            return
        dialog = ImportDialog(self._context, self.table, self)
        if dialog.exec():
            self._context.tell(dialog.told(), duration=15)
        dialog.deleteLater()

    def _list_samples(self, wanted: bool) -> None:
        self.window_of_samples.setUserVisible(wanted)

    @property
    def class_plots(self) -> ClassPlots:
        """The window that compares the classes."""
        if self._plots is None:
            self._plots = ClassPlots(self._context, self._context.iface.mainWindow())
            self._plots.shown.connect(self.classes.compared.setChecked)
            self._plots.set_table(self.table)
        return self._plots

    def _compare_classes(self, wanted: bool) -> None:
        if wanted:
            self.class_plots.show()
        else:
            self.class_plots.close()

    def begin(self) -> None:
        """Draw: in the samples in work, or in a new layer when there are none."""
        if self._context.workspace.samples is None:
            self.box.new_layer()
        if self.table is not None and self.table.layer is not None:
            self._use_tool("polygon", True)

    def instructions(self) -> list[tuple[str, str]]:
        """(name, how it draws) of every tool."""
        return [(self.tool_row.actions_of[name].text(), tool.instruction()) for name, tool in self.tools.items()]

    def put_down(self) -> None:
        """Draw no more: another kind of work begins."""
        for tool in self.tools.values():
            give_back(self._canvas, tool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the tab: digits choose the class here too, so no click in the panel takes them from who draws."""
        bound = keys.SAMPLES_TAB.find(event)
        act = "" if bound is None else bound.act
        if act == "choose" and self.table is not None:
            self.table.press(keys.digit_of(event) or 0)
            event.accept()
        elif act == "list" and self.classes.listed.isEnabled():
            self.classes.listed.click()
        else:
            super().keyPressEvent(event)

    def _take_up(self) -> None:
        """The worker has said what classes are like: samples that had to wait for it are opened."""
        self._follow(self._context.workspace.samples)

    def _follow(self, layer: QgsVectorLayer | None) -> None:
        """The workspace has other samples."""
        self._let_go()
        self._problem = ""
        greeting = self._context.client.greeting
        if greeting is None:
            self._problem = self.tr("The worker is being started for the first time; it says what classes are like.")
        elif layer is not None:
            try:
                self.table = ClassTable(layer, self._context.workspace.field, greeting.classes, self)
            except SampleError as error:
                self._problem = str(error)
        if self.table is not None and layer is not None:
            self.table.refused.connect(self._context.warn)
            self.table.counted.connect(self._refresh)
            self.table.currentChanged.connect(self._refresh)
            self.table.keys.missing.connect(lambda typed: self._hint(self.tr("There is no class {}.").format(typed)))
            self._layer_links = [
                (layer.undoStack().indexChanged, self._refresh),
                (layer.editingStarted, self._refresh),
                (layer.editingStopped, self._refresh),
                (layer.readOnlyChanged, self._refresh),
                (layer.crsChanged, self._refresh),
            ]
            for signal, slot in self._layer_links:
                signal.connect(slot)
        self._share(self.table)
        self._refresh()

    def _share(self, table: ClassTable | None) -> None:
        """All who show or change samples work on the same."""
        self.classes.set_table(table)
        for window in (self._window, self._plots):
            if window is not None:
                window.set_table(table)
        for tool in self.tools.values():
            tool.set_table(table)

    def _let_go(self) -> None:
        table, self.table = self.table, None
        links, self._layer_links = self._layer_links, []
        self._share(None)
        if table is None:
            return
        if table.layer is not None:
            for signal, slot in links:
                signal.disconnect(slot)
        table.close()
        table.deleteLater()

    # Classes, edits, tools

    def _try(self, change: Callable[..., Any], *arguments: Any) -> Any:
        """Do something with the table; what it refuses is told."""
        try:
            return change(*arguments)
        except SampleError as error:
            self._context.warn(str(error))
            return None

    def _undo(self) -> None:
        if self.table is not None:
            sample_edits.undo(self.table.layer)

    def _redo(self) -> None:
        if self.table is not None:
            sample_edits.redo(self.table.layer)

    def _save(self) -> None:
        if self.table is not None:
            self._try(sample_edits.save, self.table.layer)
            self._refresh()

    def _use_tool(self, name: str, wanted: bool) -> None:
        tool = self.tools[name]
        if not wanted:
            give_back(self._canvas, tool)
            return
        self._clear_the_ground()
        take(self._canvas, tool)
        if self.table is not None:
            self._context.iface.setActiveLayer(self.table.layer)

    def _clear_the_ground(self) -> None:
        """Who begins to draw sees the samples on top, and the scene: its embedding is hidden, once."""
        embedding, samples = self._context.workspace.embedding, self._context.workspace.samples
        if samples is not None:
            ours = [each for each in QgsProject.instance().mapLayers().values() if each.customProperty(layers.PRODUCT)]
            keep_above(samples, [each for each in ours if each is not samples and isinstance(each, QgsRasterLayer)])
            set_visible(samples, True)
        if embedding is None or embedding.id() in self._cleared or layers.source_of(embedding) is None:
            return
        self._cleared.add(embedding.id())
        set_visible(embedding, False)

    def _set_size(self, size: int) -> None:
        self.tools["square"].size = size

    def _set_holes(self, pixels: int) -> None:
        self.tools["segment"].holes = pixels

    def _hint(self, sentence: str) -> None:
        """What to do next: in the status bar, which has little room, and here."""
        self._context.iface.statusBarIface().showMessage(sentence)
        self.hint.setText(sentence or self._keys_hint)

    def _refresh(self, *_: object) -> None:
        """Buttons, numbers and warnings as they are now."""
        table = None if self.table is None or self.table.layer is None else self.table
        layer = None if table is None else table.layer
        self.classes.refresh()
        self.undo.setEnabled(layer is not None and layer.undoStack().canUndo())
        self.redo.setEnabled(layer is not None and layer.undoStack().canRedo())
        number = sample_edits.unsaved(layer) if layer is not None else 0
        self.save.setEnabled(number > 0)
        self.save.setText(self.tr("Save edits ({} unsaved)").format(number) if number else self.tr("Save edits"))
        self._show_notice(self._notice(table), layer is not None or bool(self._problem))

    def _notice(self, table: ClassTable | None) -> str:
        if table is None:
            return self._problem or self.tr(
                "Make a sample layer, or choose a layer of polygons and the field that names the class."
            )
        problem = sample_edits.obstacle(table.layer)
        if problem:
            return problem
        few = [each.name for row, each in enumerate(table.classes) if table.count(row) < 2]
        if len(table.classes) < 2:
            return self.tr("Add at least two classes: a map tells one from another.")
        if few:
            return self.tr("Draw at least two samples of each class, apart from each other. Still to do: {}.").format(
                ", ".join(few[:_MOST_NAMED]) + ("…" if len(few) > _MOST_NAMED else "")
            )
        return ""

    def _show_notice(self, sentence: str, warning: bool) -> None:
        self.sign.setVisible(warning)
        self.notice.setText(sentence)
        self.notice_row.setVisible(bool(sentence))

    # What it looks like

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(9, 9, 9, 9)
        self.box = SampleLayerBox(self._context)
        column.addWidget(self.box)
        column.addWidget(_heading(self.tr("Classes")))
        self.classes = ClassBox(self._context)
        self.classes.listed.clicked.connect(self._list_samples)
        self.classes.menu.import_wanted.connect(self.import_samples)
        self.classes.compared.clicked.connect(self._compare_classes)
        column.addWidget(self.classes)
        column.addWidget(_heading(self.tr("Draw")))
        self.tool_row = ToolRow()
        self.tool_row.wanted.connect(self._use_tool)
        column.addWidget(self.tool_row)
        column.addLayout(self._edit_buttons())
        self.seen = SeenBox(self._context)
        column.addWidget(self.seen)
        column.addStretch(1)
        fill(self, inner)
        self.layout().addWidget(self._foot())

    def _foot(self) -> QWidget:
        """What is to be in sight however far the panel is scrolled: what is missing, and what to do next."""
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(9, 0, 9, 0)
        column.setSpacing(0)
        column.addWidget(self._notice_widget())
        self._keys_hint = self.tr("On the map digits choose the class; ? shows all keys.")
        self.hint = hint = QLabel(self._keys_hint)
        hint.setObjectName("drawingHint")
        hint.setTextFormat(Qt.TextFormat.PlainText)  # a class may have any name
        hint.setWordWrap(True)
        column.addWidget(hint)
        return foot

    def _edit_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for name, image, tip, act in (
            ("undo", "mActionUndo", self.tr("Take the last edit back (Z on the map)"), self._undo),
            ("redo", "mActionRedo", self.tr("Do again what was taken back (Shift+Z on the map)"), self._redo),
        ):
            button = QToolButton()
            button.setObjectName(f"{name}Samples")
            button.setIcon(QgsApplication.getThemeIcon(f"/{image}.svg"))
            button.setToolTip(tip)
            button.clicked.connect(act)
            setattr(self, name, button)
            row.addWidget(button)
        relabel = self.tool_row.action(
            "relabel",
            QgsApplication.getThemeIcon("/mActionChangeLabelProperties.svg"),
            self.tr("Relabel"),
            self.tr("Click samples to give them this class"),
        )
        button = QToolButton()
        button.setObjectName("relabelTool")
        button.setDefaultAction(relabel)
        row.addWidget(button)
        self.save = QPushButton(QgsApplication.getThemeIcon("/mActionSaveEdits.svg"), "")
        self.save.setObjectName("saveSamples")
        self.save.setToolTip(self.tr("Write the samples to their file; the map follows unsaved ones too"))
        self.save.clicked.connect(self._save)
        row.addWidget(self.save, 1)
        return row

    def _notice_widget(self) -> QWidget:
        self.notice_row = QWidget()
        row = QHBoxLayout(self.notice_row)
        row.setContentsMargins(0, 4, 0, 4)
        self.sign = image = QLabel()
        image.setPixmap(QgsApplication.getThemeIcon("/mIconWarning.svg").pixmap(16, 16))
        image.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.notice = QLabel()
        self.notice.setObjectName("samplesNotice")
        self.notice.setWordWrap(True)
        row.addWidget(image)
        row.addWidget(self.notice, 1)
        return self.notice_row


def _heading(words: str) -> QLabel:
    label = QLabel(words)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
