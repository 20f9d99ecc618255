"""The live map's switch, its look, the share of each class, and what validation says."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPixmap
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.numbers import decimal
from ...core.samples.class_keys import key_text
from ...core.samples.sample_layer import read_classes
from ..icons import icon
from ..widgets.labels import shortened, wrapped
from .dates_box import DatesBox

if TYPE_CHECKING:
    from ...context import Context
    from ...core.maps.live_session import LiveSession


class ShareBars(QWidget):
    """A row per class: colour, name, a bar as long as its share, the share in per cent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        self._rows: dict[str, tuple[QLabel, QLabel, QProgressBar, QLabel]] = {}

    def show_shares(
        self, classes: Sequence[dict[str, Any]], pixels: dict[str, int], keys: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """`classes` as the protocol has them; `pixels` and `keys`, those that choose a class, by class name."""
        total = sum(pixels.values()) or 1
        names = [each["name"] for each in classes]
        for name in [name for name in self._rows if name not in names]:
            for widget in self._rows.pop(name):
                self._grid.removeWidget(widget)
                widget.deleteLater()
        for row, each in enumerate(classes):
            swatch, label, bar, share = self._row(each["name"])
            key = keys.get(each["name"], "")
            label.setText(shortened(f"{key}  {each['name']}" if key else each["name"], label))
            pixmap = QPixmap(12, 12)
            pixmap.fill(QColor(each["colour"]))
            swatch.setPixmap(pixmap)
            value = pixels.get(each["name"], 0) / total
            bar.setValue(round(1000 * value))
            bar.setStyleSheet(f"QProgressBar::chunk {{ background-color: {each['colour']}; }}")
            share.setText(f"{decimal(100 * value, 1)}\xa0%")
            for column, widget in enumerate((swatch, label, bar, share)):
                self._grid.addWidget(widget, row, column)

    def _row(self, name: str) -> tuple[QLabel, QLabel, QProgressBar, QLabel]:
        if name not in self._rows:
            bar = QProgressBar()
            bar.setRange(0, 1000)
            bar.setTextVisible(False)
            bar.setMaximumHeight(10)
            label = QLabel()
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setToolTip(html.escape(name))
            share = QLabel()
            share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            share.setMinimumWidth(52)
            self._rows[name] = (QLabel(), label, bar, share)
        return self._rows[name]


class LiveBox(QWidget):
    """`swipe_toggled(bool)` when the swipe button is pressed."""

    swipe_toggled = pyqtSignal(bool)

    def __init__(self, context: Context, session: LiveSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._session = context, session
        self._doubts: list[dict[str, Any]] = []
        self._invitation = self.tr("With samples of at least two classes the map follows every edit.")

        self.switch = QPushButton(icon("map"), self.tr("Live map"))
        self.switch.setObjectName("liveSwitch")
        self.switch.setCheckable(True)
        self.switch.setToolTip(self.tr("Map what is seen while you draw: every edit of the samples repaints it"))
        self.swipe = QToolButton()
        self.swipe.setObjectName("swipe")
        self.swipe.setIcon(icon("swipe"))
        self.swipe.setCheckable(True)
        self.swipe.setEnabled(False)
        self.swipe.setToolTip(self.tr("Swipe: show the map on one side of the mouse, what is below on the other"))
        top = QHBoxLayout()
        top.addWidget(self.switch, 1)
        top.addWidget(self.swipe)

        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName("liveOpacity")
        self.opacity.setRange(0, 100)
        self.opacity.setValue(100)
        self.opacity.setToolTip(self.tr("Opacity of the live map"))
        opacity_row = QHBoxLayout()
        opacity_row.addWidget(QLabel(self.tr("Opacity")))
        opacity_row.addWidget(self.opacity, 1)

        self.confidence = QCheckBox(self.tr("Confidence layer"))
        self.confidence.setObjectName("liveConfidence")
        self.confidence.setToolTip(self.tr("Draw how probable the class of each pixel is"))
        self.unknown = QCheckBox(self.tr("Leave unlike pixels unclassified"))
        self.unknown.setObjectName("liveUnknown")
        self.unknown.setToolTip(
            self.tr("Give no class to what is less like the samples than all but this share of their pixels")
        )
        self.share = QDoubleSpinBox()
        self.share.setObjectName("liveUnknownShare")
        self.share.setRange(0.1, 50)
        self.share.setDecimals(1)
        self.share.setValue(1)
        self.share.setSuffix("\xa0%")
        self.share.setEnabled(False)
        self.share.setToolTip(self.unknown.toolTip())
        options = QHBoxLayout()
        options.addWidget(self.unknown)
        options.addWidget(self.share)
        options.addStretch(1)

        self.smooth = QComboBox()
        self.smooth.setObjectName("smoothing")
        for name, text in (
            ("none", self.tr("off")),
            ("edges", self.tr("keep edges")),
            ("strong", self.tr("strong")),
        ):
            self.smooth.addItem(text, name)
        self.smooth.setCurrentIndex(self.smooth.findData(context.workspace.smooth))
        self.smooth.setToolTip(
            self.tr(
                "How much its neighbours say in a pixel's class; with “keep edges” roads and rivers stay. Also for the"
                " map of the whole layer. The live map shows it where all pixels are seen: zoom in"
            )
        )
        smoothing = QHBoxLayout()
        smoothing.addWidget(QLabel(self.tr("Smoothing")))
        smoothing.addWidget(self.smooth)
        smoothing.addStretch(1)

        self.dates = DatesBox(context)
        self.block = QSpinBox()
        self.block.setObjectName("validationDistance")
        self.block.setRange(0, 100_000)
        self.block.setSingleStep(50)
        self.block.setSuffix(" m")
        self.block.setSpecialValueText(self.tr("automatic"))
        self.block.setMinimumWidth(self.block.fontMetrics().horizontalAdvance(self.block.specialValueText()) + 45)
        self.block.setKeyboardTracking(False)
        self.block.setToolTip(
            self.tr(
                "Samples within this distance are one place, left out together; also for the map of the whole layer"
            )
        )
        apart = QHBoxLayout()
        apart.addWidget(QLabel(self.tr("Validation distance")))
        apart.addWidget(self.block)
        apart.addStretch(1)

        self.shares = ShareBars()
        self.note = wrapped("liveNote")
        self.validation = wrapped("liveValidation")
        self.doubts = wrapped("liveDoubts")
        self.doubts.setTextFormat(Qt.TextFormat.RichText)
        self.doubts.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addLayout(opacity_row)
        layout.addWidget(self.confidence)
        layout.addLayout(options)
        layout.addWidget(self.dates)
        layout.addLayout(smoothing)
        layout.addLayout(apart)
        layout.addWidget(self.shares)
        layout.addWidget(self.validation)
        layout.addWidget(self.doubts)

        self.switch.toggled.connect(self._switched)
        self.swipe.toggled.connect(self.swipe_toggled)
        self.opacity.valueChanged.connect(lambda value: session.set_opacity(value / 100))
        self.confidence.toggled.connect(session.set_confidence)
        self.unknown.toggled.connect(self._unknown_changed)
        self.share.valueChanged.connect(self._unknown_changed)
        self.smooth.currentIndexChanged.connect(self._smoothing_changed)
        self.block.valueChanged.connect(self._block_changed)
        self.dates.chosen.connect(self._dates_chosen)
        self.doubts.linkActivated.connect(self._go_to)
        session.repainted.connect(self._repainted)
        session.validated.connect(self._validated)
        session.stale.connect(lambda: self.validation.setEnabled(False))
        session.told.connect(self._told)
        session.switched.connect(self._session_switched)
        self.note.setText(self._invitation)

    def _switched(self, wanted: bool) -> None:
        if not wanted:
            self._session.stop()
        elif not self._session.start():
            self.switch.setChecked(False)

    def _session_switched(self, on: bool) -> None:
        self.switch.setChecked(on)
        self.swipe.setEnabled(on)
        if not on:
            self.swipe.setChecked(False)
            self._forget()

    def _forget(self) -> None:
        """What was said belongs to a map that is gone."""
        self.note.setText(self._invitation)
        self.shares.show_shares([], {})
        self.validation.clear()
        self.doubts.clear()
        self._doubts = []

    def _unknown_changed(self, *_: object) -> None:
        self.share.setEnabled(self.unknown.isChecked())
        self._session.set_unknown(self.share.value() / 100 if self.unknown.isChecked() else None)

    def _smoothing_changed(self, _index: int) -> None:
        self._context.workspace.smooth = self.smooth.currentData()
        self._session.refresh()

    def _dates_chosen(self) -> None:
        self._session.refresh()
        self._session.validate_again()

    def _block_changed(self, metres: int) -> None:
        self._context.workspace.block = metres or None
        self._session.validate_again()

    def _repainted(self, result: dict[str, Any]) -> None:
        self.confidence.setChecked(self._session.confidence_wanted)  # no longer, when its layer was removed
        classes, pixels = list(result["classes"]), dict(result["pixels"])
        greeting = self._context.client.greeting
        if result["unknown"] and greeting is not None:
            unknown = dict(greeting.classes.unknown)
            if unknown["name"] in (str(each["name"]).casefold() for each in classes):
                unknown["name"] = f"{unknown['name']} ({unknown['value']})"  # as maps call it then
            classes.append(unknown)
            pixels[unknown["name"]] = result["unknown"]
        workspace = self._context.workspace
        drawn = [] if workspace.samples is None else read_classes(workspace.samples, workspace.field)
        keys = {each.name: key_text(row, len(drawn)) for row, each in enumerate(drawn)}
        self.shares.show_shares(classes, pixels, keys)
        seconds = result["seconds"].get("total", 0)
        text = self.tr("Share of what is seen; painted in {} s.").format(decimal(seconds, 2))
        if result["path"] is None:
            text = self.tr("The embedding is not in view; zoom to it.")
        elif self._context.workspace.smooth != "none" and not result["smoothed"]:
            text = f"{text} {self.tr('Not smoothed at this scale; the map of the whole layer is.')}"
        if len(self._context.workspace.places) > 1:
            text = f"{text} {self.tr('Painted is the place that fills most of the view.')}"
        self.note.setText(" ".join([text, *(f"{message}." for message in result["messages"])]))

    def _validated(self, result: dict[str, Any]) -> None:
        self.validation.setEnabled(True)
        self.validation.setText(self.tr("Validation: {}").format(self._headline(result)))
        self._doubts = result["doubts"][:3]
        self.doubts.setText("<br>".join(self._doubt(index, each) for index, each in enumerate(self._doubts)))

    def _headline(self, result: dict[str, Any]) -> str:
        """The worker's own headline in the user's language, put together of the parts that it sends."""
        if result["accuracy"] is None:
            return self.tr("Too few to know: draw samples of each class in two places or more, apart from each other.")
        low, high = result["interval95"]
        figures = self.tr("{}\xa0% right ({} … {}\xa0%) on {} places left out in turn").format(
            *(decimal(100 * share) for share in (result["accuracy"], low, high)), decimal(result["left_out"])
        )
        if result["block_m"] < result["sight_m"]:
            figures = self.tr("{}, only {} m apart").format(figures, decimal(result["block_m"]))
        if result["unvalidated"]:
            names = ", ".join(result["unvalidated"])
            return self.tr("Too few to know: {}; no second place of {}.").format(figures, names)
        return f"{figures}." if result["enough"] else self.tr("Too few to know: {}.").format(figures)

    def _doubt(self, index: int, doubt: dict[str, Any]) -> str:
        text = self.tr("{} that looks like {}").format(html.escape(doubt["label"]), html.escape(doubt["predicted"]))
        return f'<a href="{index}">{text}</a>'

    def _go_to(self, link: str) -> None:
        """Zoom to a sample that may be wrong."""
        layer = self._context.workspace.samples
        feature = None if layer is None else layer.getFeature(self._doubts[int(link)]["fid"])
        if feature is not None and feature.hasGeometry():
            canvas = self._context.iface.mapCanvas()
            box = QgsGeometry(feature.geometry()).boundingBox()
            box.scale(8)
            settings = canvas.mapSettings()
            canvas.setExtent(settings.layerToMapCoordinates(layer, box))
            canvas.refresh()
            canvas.flashFeatureIds(layer, [feature.id()])

    def _told(self, text: str) -> None:
        if self._session.layer is None:
            self._forget()
        self.note.setText(text)

    def close(self) -> bool:
        """Let go of the workspace; the session is its owner's."""
        self.dates.close()
        return super().close()
