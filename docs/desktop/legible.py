"""What of the plugin's texts cannot be read on the screen: cut, stuck out, on top of each other, faint, or English.

`faults` looks at every widget of ours that is seen. A text may be longer than its place where it breaks its lines or
where a tooltip tells it in full. Needs numpy and nothing of the walks, so that the tests of the plugin use it too.
"""

import re
from xml.etree import ElementTree

import numpy as np
from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsMessageBar
from qgis.PyQt.QtCore import QAbstractListModel, QPoint, QRect, Qt
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

#: The least contrast (WCAG 2: 21 is black on white) between a text's ground and what stands out most from it.
FAINTEST = 3.0
#: Widgets by their names that show words of the user's own.
_OWN = {"importValues"}
#: Words of a sentence that is neither German nor French.
_ENGLISH = re.compile(r" (the|of|which|with|are|than) ")
#: Pixels that rounding may take.
_SLACK = 1
_HORIZONTAL, _SHOWN = Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole
_TOLD = Qt.ItemDataRole.ToolTipRole


def faults(package, catalogue=None):
    """One line for each text of the plugin `package` that cannot be read; `catalogue` (a `Catalogue`), if any."""
    found = []
    for root in roots(package):
        shot = root.window().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        for widget in (root, *root.findChildren(QWidget)):
            if _is_seen(widget) and widget.window() is root.window():
                told = [*_of(widget, shot), *(_foreign(widget, catalogue) if catalogue is not None else ())]
                found += [f"{_name(widget)}: {' / '.join(fault.splitlines())}" for fault in told]
    return sorted({*found, *_messages()})


def _messages():
    """What is told above the map and has more lines than are seen: there is room for one."""
    for bar in QApplication.allWidgets():
        if isinstance(bar, QgsMessageBar) and bar.isVisible():
            for text in bar.findChildren(QTextEdit):
                if text.isVisible() and text.verticalScrollBar().maximum() > 0:
                    yield f"message bar: “{text.toPlainText()}” has more lines than are seen"


def roots(package):
    """The outermost widgets that are seen and are the plugin's own."""

    def own(widget):
        return type(widget).__module__.split(".")[0] == package

    def outermost(widget):
        parent = widget.parentWidget()
        while parent is not None and not own(parent):
            parent = parent.parentWidget()
        return parent is None or parent.window() is not widget.window()

    return [each for each in QApplication.allWidgets() if each.isVisible() and own(each) and outermost(each)]


def _is_seen(widget):
    """Whether it is on the screen, or would be after some scrolling."""
    while widget.isVisible() and not widget.isWindow():
        widget = widget.parentWidget()
        if isinstance(widget, QgsCollapsibleGroupBoxBasic) and widget.isCollapsed():
            return False
    return widget.isVisible()


def _name(widget):
    """Its object name, or that of what it is in."""
    names = []
    while widget is not None and not names[1:]:
        if widget.objectName() and not widget.objectName().startswith("qt_"):
            names.append(widget.objectName())
        elif not names:
            names.append(type(widget).__name__)
        widget = widget.parentWidget()
    return " in ".join(names)


def _of(widget, shot):
    for kinds, measure in _MEASURES:
        if isinstance(widget, kinds):
            yield from measure(widget)
            break
    if isinstance(widget, QAbstractScrollArea) and widget.horizontalScrollBar().isVisible():
        yield "scrolls sideways"
    if _text(widget):
        yield from _edges(widget)
        yield from _overlaps(widget)
        if widget.isEnabled():
            yield from _faint(widget, shot)


def _text(widget):
    """What stands on a label, a button and the like."""
    text = ""
    if isinstance(widget, QLabel):
        text = "" if widget.pixmap() is not None and not widget.pixmap().isNull() else widget.text()
    elif isinstance(widget, QAbstractButton):
        pictured = isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        text = "" if pictured and not widget.icon().isNull() else widget.text()
    elif isinstance(widget, QComboBox):
        text = widget.currentText()
    elif isinstance(widget, QGroupBox):
        text = widget.title()
    elif isinstance(widget, QLineEdit):
        text = widget.text() or widget.placeholderText()
    return text


def _plain(text):
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").strip()


def _excused(text, tooltip):
    """Whether a tooltip tells the text in full."""
    return _plain(text).lower() in re.sub(r"<[^>]*>", "", tooltip).lower()


def _wide(widget, text):
    return max((widget.fontMetrics().horizontalAdvance(line) for line in text.splitlines()), default=0)


def _cut(text, needed, there):
    return f"“{text}” needs {needed} pixels of width and has {there}"


def _label(label):
    text = _text(label)
    if not text.strip() or _excused(text, label.toolTip()):
        return
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if label.height() + _SLACK < needed:
            yield f"“{text}” needs {needed} pixels of height and has {label.height()}"
        needed = label.minimumSizeHint().width()
    else:
        needed = label.sizeHint().width()
    if label.width() + _SLACK < needed:
        yield _cut(text, needed, label.width())


def _button(button):
    text = _text(button)
    needed = button.sizeHint().width()
    if isinstance(button, QToolButton):  # its hint leaves room around, which it can do without
        beside = button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        needed = _wide(button, _plain(text)) + 6 + (button.iconSize().width() + 4 if beside else 0)
    if text and button.width() + _SLACK < needed and not _excused(text, button.toolTip()):
        yield _cut(text, needed, button.width())


def _combo(combo):
    option = QStyleOptionComboBox()
    option.initFrom(combo)
    option.editable, option.frame = combo.isEditable(), combo.hasFrame()
    complex_control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    room = combo.style().subControlRect(complex_control, option, part, combo).width()
    if not combo.itemIcon(combo.currentIndex()).isNull():
        room -= combo.iconSize().width() + 4
    text, needed = combo.currentText(), _wide(combo, combo.currentText())
    if room + _SLACK < needed and not _excused(text, combo.toolTip()):
        yield _cut(text, needed, room)


def _line(line):
    text = line.text() or line.placeholderText()
    buttons = sum(each.width() for each in line.findChildren(QToolButton) if each.isVisible())
    room = line.contentsRect().width() - 4 - buttons
    needed = _wide(line, text)
    if room + _SLACK < needed and not _excused(text, line.toolTip()):
        yield _cut(text, needed, room)


def _tabs(bar):
    if any(each.isVisible() for each in bar.findChildren(QToolButton)):
        yield "has more tabs than there is room for"
    for index in range(bar.count()):
        text = _plain(bar.tabText(index))
        needed, there = _wide(bar, text), bar.tabRect(index).width()
        if there + _SLACK < needed and not _excused(text, bar.tabToolTip(index)):
            yield _cut(text, needed, there)


def _header(header):
    if header.orientation() != _HORIZONTAL or header.model() is None:
        return
    margin = 2 * header.style().pixelMetric(QStyle.PixelMetric.PM_HeaderMargin, None, header)
    for section in range(header.count()):
        text = str(header.model().headerData(section, _HORIZONTAL, _SHOWN) or "")
        told = str(header.model().headerData(section, _HORIZONTAL, _TOLD) or "")
        needed, there = _wide(header, text) + margin, header.sectionSize(section)
        if text and not header.isSectionHidden(section) and there + _SLACK < needed and not _excused(text, told):
            yield _cut(text, needed, there)


def _cells(view):
    if view.model() is None or isinstance(view, QHeaderView):
        return
    seen = view.viewport().rect()
    for index in _indexes(view.model()):
        rect, text = view.visualRect(index), str(index.data() or "")
        if text and rect.intersects(seen) and view.indexWidget(index) is None:
            needed = view.sizeHintForIndex(index)
            wraps = getattr(view, "wordWrap", lambda: False)() and rect.height() + _SLACK >= needed.height()
            cut = rect.width() + _SLACK < needed.width() and not wraps
            if cut and not _excused(text, str(index.data(_TOLD) or "")):
                yield _cut(text, needed.width(), rect.width())


def _indexes(model, most=60):
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    return [model.index(row, column) for row in range(min(model.rowCount(), most)) for column in range(columns)]


def _group(group):
    needed = _wide(group, group.title()) + 24
    if group.title() and group.width() < needed:
        yield _cut(group.title(), needed, group.width())


def _bar(bar):
    if bar.isTextVisible() and bar.text():
        yield f"“{bar.text()}” stands inside a bar, where QGIS' dark themes give it no colour"


_MEASURES = (
    (QLabel, _label),
    (QAbstractButton, _button),
    (QComboBox, _combo),
    (QLineEdit, _line),
    (QTabBar, _tabs),
    (QHeaderView, _header),
    (QAbstractItemView, _cells),
    (QGroupBox, _group),
    (QProgressBar, _bar),
)


def _edges(widget):
    """Where what it is in ends before it does. Down to where one scrolls is no fault."""
    parent = widget.parentWidget()
    while parent is not None:
        place = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        area = parent.parentWidget()
        scrolls = isinstance(area, QAbstractScrollArea) and area.viewport() is parent
        aside = place.left() < -_SLACK or place.right() > parent.width() + _SLACK
        below = place.top() < -_SLACK or place.bottom() > parent.height() + _SLACK
        if aside or (below and not scrolls):
            yield f"“{_text(widget)}” sticks out of {_name(parent)}"
            return
        parent = None if scrolls or parent.isWindow() else parent.parentWidget()


def _overlaps(widget):
    parent = widget.parentWidget()
    for other in parent.children() if parent is not None else ():
        if isinstance(other, QWidget) and other is not widget and other.isVisible() and _text(other):
            common = widget.geometry().intersected(other.geometry())
            if common.width() > 2 and common.height() > 2 and not isinstance(widget, QGroupBox):
                yield f"“{_text(widget)}” lies on “{_text(other)}”"


def _faint(widget, shot):
    corner = widget.mapTo(widget.window(), QPoint(0, 0))
    seen = widget.visibleRegion().boundingRect().translated(corner).intersected(shot.rect())
    if isinstance(widget, QGroupBox) or seen.size() != widget.size() or seen.isEmpty():
        return  # a part of it would say little
    cut = shot.copy(seen)
    pixels = np.frombuffer(cut.constBits().asstring(cut.sizeInBytes()), "=u4") & 0xFFFFFF
    pixels = pixels.reshape(cut.height(), cut.bytesPerLine() // 4)[:, : cut.width()]
    packed, counts = np.unique(pixels, return_counts=True)
    light = _luminance(np.stack([packed >> 16, packed >> 8 & 0xFF, packed & 0xFF], axis=1))
    ground = light[np.argmax(counts)]
    contrast = ((np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)).max()
    if contrast < FAINTEST:
        yield f"“{_text(widget)}” is faint: a contrast of {contrast:.1f}"


def _luminance(colours):
    """Relative luminance of sRGB colours (WCAG 2.1)."""
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


class Catalogue:
    """The texts of a .ts file; each line is looked up once, for windows say the same again and again."""

    def __init__(self, path):
        messages = ElementTree.parse(path).iter("message")  # noqa: S314 - our own file
        pairs = [(each.findtext("source"), each.findtext("translation")) for each in messages]
        self._english = _Texts(text for text, said in pairs if text != said and re.search("[A-Za-z]{3}", _bare(text)))
        self._own = _Texts(said for _, said in pairs if re.search(r"\w{3}", _bare(said)))
        self._found = {}

    def is_english(self, line):
        """Whether a line is the English of a text that the language says otherwise, and none of the language."""
        if line not in self._found:
            self._found[line] = self._english.holds(line) and not self._own.holds(line)
        return self._found[line]


class _Texts:
    """Texts of which some have gaps."""

    def __init__(self, texts):
        texts = set(texts)
        self._whole = {_plain(text) for text in texts if text == _bare(text)}
        self._patterns = [_pattern(text) for text in texts if text != _bare(text)]

    def holds(self, line):
        return line in self._whole or any(each.fullmatch(line) for each in self._patterns)


def _bare(text):
    return re.sub(r"\{[^}]*\}", "", text)


def _pattern(text):
    return re.compile(".+?".join(map(re.escape, re.split(r"\{[^}]*\}", _plain(text)))), re.DOTALL)


def _foreign(widget, catalogue):
    """What is English, or has a point for a comma, where QGIS speaks another language."""
    if _OWN & set(_name(widget).split(" in ")):
        return
    for text in _said(widget):
        for line in filter(None, map(str.strip, _plain(text).splitlines())):
            if catalogue.is_english(line):
                yield f"“{line}” is not translated"
            elif _ENGLISH.search(line):
                yield f"“{line}” is English"
    for text in _said(widget, tooltips=False):
        if re.search(r"(?<![\d.])\d+\.\d{1,2}(?![\d.])(?!\w)", text):
            yield f"“{text}” has a decimal point"


def _said(widget, tooltips=True):
    """All that is read on a widget."""
    yield _text(widget)
    if tooltips:
        yield re.sub(r"<[^>]*>", "", widget.toolTip())
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(index) for index in range(widget.count()))
    elif isinstance(widget, QTabBar):
        yield from (widget.tabText(index) for index in range(widget.count()))
    elif isinstance(widget, QHeaderView) and widget.model() is not None:
        orientation = widget.orientation()
        yield from (str(widget.model().headerData(each, orientation) or "") for each in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        for index in _indexes(widget.model()):
            yield str(index.data() or "")
            if tooltips:
                yield str(index.data(_TOLD) or "")
