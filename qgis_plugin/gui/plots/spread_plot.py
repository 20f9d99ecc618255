"""A line for each class over the bands, with the band of what is usual around it, in the colours of the theme."""

from __future__ import annotations

import math
from typing import Any

from qgis.PyQt.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...core.numbers import decimal

#: Pixels between the parts of the plot, and most labels below it.
_GAP, _LABELS = 6, 16
#: How strongly the spread of a class is laid over the ground: of 255.
_SPREAD = 45
#: Difference in lightness, of 255, that text needs from its ground.
_CONTRAST = 110


class SpreadPlot(QWidget):
    """Median and 10–90 % of each class by band. The mouse over it tells the values; a click on a name hides the class,
    another one shows it again."""

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._spread: dict[str, Any] | None = None
        self._classes: list[tuple[str, QColor]] = []
        self._hidden: set[str] = set()
        self._names: list[tuple[QRectF, str]] = []  # where the names of the classes are
        self._at = -1  # the band under the mouse
        self._why = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_spread(self, spread: dict[str, Any] | None, classes: list[tuple[str, QColor]], why: str = "") -> None:
        """Show a spread of the worker (`bands`, `wavelengths`, `low`, `middle`, `high`); `why` there is none, else."""
        self._spread, self._classes, self._why, self._at = spread, classes, why, -1
        self.update()

    @property
    def shown(self) -> list[str]:
        """The names of the classes that are drawn."""
        return [name for name, _ in self._classes if name not in self._hidden]

    def sizeHint(self) -> QSize:
        return QSize(560, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 180)

    def text_at(self, band: int) -> str:
        """What is told of a band: each class with its median and what is usual."""
        if self._spread is None:
            return ""
        wave = self._spread["wavelengths"]
        lines = [self._spread["bands"][band] + (f", {decimal(wave[band])} nm" if wave else "")]
        for number, (name, _) in enumerate(self._classes):
            middle = self._spread["middle"][number][band]
            if name in self._hidden or middle is None:
                continue
            low, high = self._spread["low"][number][band], self._spread["high"][number][band]
            lines.append(f"{name}: {decimal(middle, 3)} ({decimal(low, 3)} … {decimal(high, 3)})")
        return "\n".join(lines)

    # What Qt asks of a widget.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for box, name in self._names:
            if box.contains(QPointF(event.pos())):
                self._hidden ^= {name}
                self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place()
        inside = self._spread is not None and place.contains(QPointF(event.pos()))
        bands = range(len(self._spread["bands"])) if self._spread is not None and inside else range(0)
        at = min(bands, key=lambda band: abs(self._x(band, place) - event.pos().x()), default=-1)
        if at != self._at:
            self._at = at
            self.update()
        if at >= 0:
            QToolTip.showText(self.mapToGlobal(event.pos()), self.text_at(at), self)
        else:
            QToolTip.hideText()

    def leaveEvent(self, event: QEvent) -> None:
        self._at = -1
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self.palette().color(QPalette.ColorRole.Base)
        text = _readable(self.palette().color(QPalette.ColorRole.Text), ground)
        painter.fillRect(self.rect(), ground)
        painter.setPen(text)
        if self._spread is None:
            painter.drawText(
                self.rect().adjusted(20, 20, -20, -20),
                int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap),
                self._why,
            )
            return
        self._draw_names(painter, text)
        place = self._place()
        lowest, highest, step = self._range()
        self._draw_axes(painter, place, text, (lowest, highest, step))
        painter.setClipRect(place)
        for number, (name, colour) in enumerate(self._classes):
            if name not in self._hidden:
                self._draw_class(painter, place, number, colour, (lowest, highest))
        if self._at >= 0:
            painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
            x = self._x(self._at, place)
            painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))

    def _place(self) -> QRectF:
        """Where the lines are: between the numbers on the left, the names above and the bands below."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("−0,000") + 3 * _GAP
        top = _GAP + self._rows() * (metrics.height() + _GAP)
        size = self.rect()
        return QRectF(left, top, size.width() - left - 2 * _GAP, size.height() - top - metrics.height() - 3 * _GAP)

    def _rows(self) -> int:
        return 1 + max((row for row, _, _ in self._laid_out()), default=0)

    def _laid_out(self) -> list[tuple[int, int, str]]:
        """Row and left edge of each name above the plot."""
        metrics, found, row, left = self.fontMetrics(), [], 0, _GAP
        for name, _ in self._classes:
            width = metrics.horizontalAdvance(name) + metrics.height() + 2 * _GAP
            if left > _GAP and left + width > self.width():
                row, left = row + 1, _GAP
            found.append((row, left, name))
            left += width
        return found

    def _draw_names(self, painter: QPainter, text: QColor) -> None:
        metrics, self._names = self.fontMetrics(), []
        high = metrics.height()
        for (row, left, name), (_, colour) in zip(self._laid_out(), self._classes):
            top = _GAP + row * (high + _GAP)
            faint = QColor(text)
            faint.setAlpha(90 if name in self._hidden else 255)
            patch = QColor(colour)
            patch.setAlpha(60 if name in self._hidden else 255)
            painter.fillRect(QRectF(left, top + 2, high - 4, high - 4), patch)
            painter.setPen(faint)
            painter.drawText(QPointF(left + high, top + metrics.ascent()), name)
            self._names.append((QRectF(left, top, high + metrics.horizontalAdvance(name), high), name))

    def _range(self) -> tuple[float, float, float]:
        """Lowest and highest value, and the step of the numbers beside the plot (1, 2 or 5 times a power of ten)."""
        spread, shown = self._spread or {}, range(len(self._classes))
        values = [
            value
            for each in ("low", "high")
            for number in shown
            if self._classes[number][0] not in self._hidden
            for value in spread[each][number]
            if value is not None
        ] or [0.0, 1.0]
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        low, high = low - 0.03 * span, high + 0.03 * span
        power = 10 ** math.floor(math.log10(span / 4))
        step = next(power * each for each in (1, 2, 5, 10) if span / (power * each) <= 6)
        return low, high, step

    def _draw_axes(self, painter: QPainter, place: QRectF, text: QColor, ticks: tuple[float, float, float]) -> None:
        lowest, highest, step = ticks
        metrics, digits = self.fontMetrics(), max(0, -math.floor(math.log10(step)))
        thin = QColor(text)
        thin.setAlpha(50)
        for number in range(math.ceil(lowest / step), math.floor(highest / step) + 1):
            value = number * step
            y = self._y(value, place, (lowest, highest))
            painter.setPen(thin)
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
            painter.setPen(text)
            label = decimal(value, digits)
            painter.drawText(
                QPointF(place.left() - _GAP - metrics.horizontalAdvance(label), y + metrics.ascent() / 2 - 1), label
            )
        bands = (self._spread or {})["bands"]
        caption = metrics.horizontalAdvance(self._caption)
        painter.drawText(QPointF(place.right() - caption, place.top() + metrics.ascent()), self._caption)
        every, end = max(1, math.ceil(len(bands) / _LABELS)), -math.inf
        for index in range(0, len(bands), every):
            width, x = metrics.horizontalAdvance(bands[index]), self._x(index, place)
            painter.drawLine(QPointF(x, place.bottom()), QPointF(x, place.bottom() + 3))
            left = min(max(x - width / 2, 0), self.width() - width)
            if left < end + _GAP:  # bands close to each other on the scale
                continue
            painter.drawText(QPointF(left, place.bottom() + _GAP + metrics.ascent()), bands[index])
            end = left + width

    def _draw_class(
        self, painter: QPainter, place: QRectF, number: int, colour: QColor, ends: tuple[float, float]
    ) -> None:
        spread = self._spread or {}
        known = [index for index, value in enumerate(spread["middle"][number]) if value is not None]
        lines = {
            each: [QPointF(self._x(i, place), self._y(spread[each][number][i], place, ends)) for i in known]
            for each in ("low", "middle", "high")
        }
        around = QColor(colour)
        around.setAlpha(_SPREAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(around)
        painter.drawPolygon(QPolygonF([*lines["low"], *reversed(lines["high"])]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2))
        painter.drawPolyline(QPolygonF(lines["middle"]))

    def _x(self, band: int, place: QRectF) -> float:
        spread = self._spread or {}
        waves = spread["wavelengths"] or list(range(len(spread["bands"])))
        span = (waves[-1] - waves[0]) or 1
        share = (waves[band] - waves[0]) / span if len(waves) > 1 else 0.5
        return float(place.left() + 8 + share * (place.width() - 16))

    @staticmethod
    def _y(value: float, place: QRectF, ends: tuple[float, float]) -> float:
        return float(place.bottom() - (value - ends[0]) / ((ends[1] - ends[0]) or 1) * place.height())


def _readable(text: QColor, ground: QColor) -> QColor:
    """The colour of the text; one that stands out where a theme of style sheets has left the palette as it was."""
    if abs(text.lightness() - ground.lightness()) > _CONTRAST:
        return text
    return QColor(30, 30, 30) if ground.lightness() > 127 else QColor(225, 225, 225)
