"""A bubble beside a widget: what to do there. It lies over the window, takes no focus, and nothing waits for it."""

from __future__ import annotations

from qgis.PyQt.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

#: Pixels: length of the arrow, width of the bubble's text, gap to the widget.
_ARROW, _WIDTH, _GAP = 10, 250, 4
#: Milliseconds between looks at where the widget is: docks move, panels scroll, tabs change.
_PERIOD = 150


class Bubble(QWidget):
    """`show_at` points it at a widget, or a part of one, and it stays there; `next_wanted` and `skipped` are its two
    buttons. Its arrow is on the side of the widget."""

    next_wanted = pyqtSignal()
    skipped = pyqtSignal()

    def __init__(self, window: QWidget, beside: QWidget) -> None:
        """`beside` is not to be covered, where there is room."""
        super().__init__(window)
        self.setObjectName("tourBubble")
        self._beside = beside
        self._target: QWidget | None = None
        self._part = QRect()
        self._ring = _Ring(window)
        self._side = "right"
        self._ground = QColor()
        self._head = QLabel(self)
        self._head.setObjectName("tourHead")
        font = self._head.font()
        font.setBold(True)
        self._head.setFont(font)
        self._text = QLabel(self)
        self._text.setObjectName("tourText")
        self._text.setWordWrap(True)
        self._text.setFixedWidth(_WIDTH)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._skip = QPushButton(self)
        self._skip.setObjectName("tourSkip")
        self._next = QPushButton(self)
        self._next.setObjectName("tourNext")
        for button, signal in ((self._skip, self.skipped), (self._next, self.next_wanted)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys stay with who draws
            button.clicked.connect(signal)
        row = QHBoxLayout()
        row.addWidget(self._skip)
        row.addStretch(1)
        row.addWidget(self._next)
        inside = QVBoxLayout(self)
        margin = 10 + _ARROW
        inside.setContentsMargins(margin, margin, margin, margin)
        inside.addWidget(self._head)
        inside.addWidget(self._text)
        inside.addLayout(row)
        self._look = QTimer(self)
        self._look.setInterval(_PERIOD)
        self._look.timeout.connect(self._follow)
        self.hide()

    def show_at(self, head: str, text: str, skip: str, onward: str) -> None:
        """What it says, with the words of its buttons; an empty one hides the button."""
        self._head.setText(head)
        self._text.setText(text)
        self._ground = self._colour_beside()
        for button, words in ((self._skip, skip), (self._next, onward)):
            button.setText(words)
            button.setVisible(bool(words))
        self.adjustSize()
        self.show()
        self._look.start()

    def point_at(self, target: QWidget, part: QRect | None = None) -> None:
        """Point at a widget, or at a part of it."""
        self._target, self._part = target, part or QRect()
        self._follow()

    def vanish(self) -> None:
        """Hide; it may be shown again."""
        self._look.stop()
        self.hide()
        self._ring.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded box with an arrow, in the colours of the theme."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        box = QRectF(self.rect()).adjusted(_ARROW, _ARROW, -_ARROW, -_ARROW)
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        arrow = QPainterPath()
        arrow.addPolygon(self._arrow(box))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
        painter.setBrush(self._ground)
        painter.drawPath(path.united(arrow))
        painter.end()

    def _colour_beside(self) -> QColor:
        """The colour that the theme gives the dock: in one made of a style sheet the palette does not know it."""
        corner = self._beside.grab(QRect(1, self._beside.height() - 2, 1, 1)).toImage()
        colour = corner.pixelColor(0, 0) if not corner.isNull() else self.palette().color(QPalette.ColorRole.Window)
        colour.setAlpha(255)
        return colour

    def _arrow(self, box: QRectF) -> QPolygonF:
        at = QPointF(self.mapFromParent(self._aim().center()))
        x = min(max(at.x(), box.left() + 16), box.right() - 16)
        y = min(max(at.y(), box.top() + 16), box.bottom() - 16)
        half = _ARROW * 0.8
        if self._side == "right":
            tip, base = QPointF(box.right() + _ARROW - 1, y), box.right() - 1
            return QPolygonF([QPointF(base, y - half), tip, QPointF(base, y + half), QPointF(base, y - half)])
        if self._side == "left":
            tip, base = QPointF(box.left() - _ARROW + 1, y), box.left() + 1
            return QPolygonF([QPointF(base, y - half), tip, QPointF(base, y + half), QPointF(base, y - half)])
        tip, base = QPointF(x, box.bottom() + _ARROW - 1), box.bottom() - 1
        return QPolygonF([QPointF(x - half, base), tip, QPointF(x + half, base), QPointF(x - half, base)])

    def _aim(self) -> QRect:
        """What is pointed at, in the window's pixels."""
        if self._target is None:
            return QRect()
        part = self._part if self._part.isValid() else self._target.rect()
        return QRect(self._target.mapTo(self.parentWidget(), part.topLeft()), part.size())

    def _follow(self) -> None:
        if self._target is None or not self._target.isVisible():
            self._ring.hide()
            return
        if self._target.window() is not self.parentWidget():  # a dock floats, or is back
            for widget in (self._ring, self):
                widget.setParent(self._target.window())
        aim, room, size = self._aim(), self.parentWidget().rect(), self.sizeHint()
        y = min(max(aim.center().y() - size.height() // 2, 0), room.height() - size.height())
        free = QRect(self._beside.mapTo(self.parentWidget(), QPoint(0, 0)), self._beside.size()).united(aim)
        for out in (free, aim):
            if out.left() - size.width() - _GAP >= 0:
                self._side, place = "right", QPoint(out.left() - size.width() - _GAP, y)
                break
            if out.right() + size.width() + _GAP <= room.width():
                self._side, place = "left", QPoint(out.right() + _GAP, y)
                break
        else:
            self._side = "bottom"
            x = min(max(aim.center().x() - size.width() // 2, 0), room.width() - size.width())
            place = QPoint(x, max(0, aim.top() - size.height() - _GAP))
        if QRect(place, size) != self.geometry():
            self.setGeometry(QRect(place, size))
            self.update()
        self._ring.setGeometry(aim.adjusted(-3, -3, 3, 3))
        for widget in (self._ring, self):
            widget.show()
            widget.raise_()


class _Ring(QFrame):
    """A frame about what is pointed at; clicks go through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tourRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet("#tourRing { border: 2px solid palette(highlight); border-radius: 4px; }")
        self.hide()
