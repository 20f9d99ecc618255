"""Keys that do something in the dock or on the map: tables that tools and panels look them up in, and that the sheet of
keys is made of. No other module names a key."""

from __future__ import annotations

from typing import NamedTuple

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence

_Key, _Modifier = Qt.Key, Qt.KeyboardModifier


_SHEET = QT_TRANSLATE_NOOP("Keys", "Show this sheet")
_LIST = QT_TRANSLATE_NOOP("Keys", "Show the table of samples")
_AGAIN = QT_TRANSLATE_NOOP("Keys", "Do it again")


class Bound(NamedTuple):
    """Keys that do the same: as QKeySequence writes them; the name of what they do; and that in words, to be translated
    in the context "Keys". `shown` is what the sheet shows instead of the keys. A digit stands for itself."""

    keys: tuple[str, ...]
    act: str
    says: str
    shown: str = ""

    def text(self) -> str:
        """What is done, in the user's language."""
        return QCoreApplication.translate("Keys", self.says)

    def caps(self) -> list[str]:
        """The keys as they are written on the keyboard here."""
        native = QKeySequence.SequenceFormat.NativeText
        return self.shown.split() if self.shown else [QKeySequence(key).toString(native) for key in self.keys]


class KeyTable(NamedTuple):
    """Where keys are, to be translated in the context "Keys", and the keys."""

    where: str
    bound: tuple[Bound, ...]

    def title(self) -> str:
        """Where the keys work, in the user's language."""
        return QCoreApplication.translate("Keys", self.where)

    def find(self, event: QKeyEvent) -> Bound | None:
        """What a key event is bound to. Shift makes no difference where no key asks for it: it may be needed to type
        the letter at all. Alt and Meta belong to others."""
        if event.modifiers() & (_Modifier.AltModifier | _Modifier.MetaModifier):
            return None
        control = "Ctrl+" if event.modifiers() & _Modifier.ControlModifier else ""
        key = QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
        names = [f"{control}{key}"]
        if event.modifiers() & _Modifier.ShiftModifier:
            names.insert(0, f"{control}Shift+{key}")
        return next((each for name in names for each in self.bound if name in each.keys), None)


def digit_of(event: QKeyEvent) -> int | None:
    """The digit that was typed, or None."""
    return event.key() - _Key.Key_0 if _Key.Key_0 <= event.key() <= _Key.Key_9 else None


_DIGITS = tuple("0123456789")

#: Keys of the dock, wherever in it.
DOCK = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "In the dock"),
    (Bound(("?",), "keys", _SHEET),),
)
#: Keys of the map while a tool draws samples.
DRAWING = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "On the map, while you draw samples"),
    (
        Bound(
            _DIGITS,
            "choose",
            QT_TRANSLATE_NOOP("Keys", "Choose the class; two digits one after the other where there are more than ten"),
            "1 … 9 0",
        ),
        Bound(("E",), "erase", QT_TRANSLATE_NOOP("Keys", "Erase the sample under the cursor")),
        Bound(("R",), "relabel", QT_TRANSLATE_NOOP("Keys", "Give the sample under the cursor the chosen class")),
        Bound(("T",), "list", _LIST),
        Bound(("Z", "Ctrl+Z"), "undo", QT_TRANSLATE_NOOP("Keys", "Take back the last corner, or the last edit")),
        Bound(("Shift+Z", "Ctrl+Shift+Z", "Ctrl+Y"), "redo", _AGAIN),
        Bound(("?",), "keys", _SHEET),
    ),
)
#: Keys of the map while a shape is begun and not finished.
SHAPE = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "On the map, while a shape is not finished"),
    (
        Bound(("Return", "Enter"), "finish", QT_TRANSLATE_NOOP("Keys", "Finish the shape")),
        Bound(("Backspace", "Del"), "remove_last", QT_TRANSLATE_NOOP("Keys", "Take back the last corner")),
        Bound(("Esc",), "cancel", QT_TRANSLATE_NOOP("Keys", "Drop the shape")),
    ),
)
#: Keys while the tool Segment has something outlined.
SEGMENT = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "On the map, while something is outlined with Segment"),
    (
        Bound(("+", "="), "more", QT_TRANSLATE_NOOP("Keys", "Outline more, as the wheel does"), "+"),
        Bound(("-",), "less", QT_TRANSLATE_NOOP("Keys", "Outline less")),
    ),
)
#: Keys of the tab of samples.
SAMPLES_TAB = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "On the tab Samples"),
    (
        Bound(_DIGITS, "choose", QT_TRANSLATE_NOOP("Keys", "Choose the class"), "1 … 9 0"),
        Bound(("T",), "list", _LIST),
    ),
)
#: Keys of the table of samples.
SAMPLES = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "In the table of samples"),
    (
        Bound(_DIGITS, "relabel", QT_TRANSLATE_NOOP("Keys", "Give the selected samples this class"), "1 … 9 0"),
        Bound(("Return", "Enter"), "zoom", QT_TRANSLATE_NOOP("Keys", "Show them on the map")),
        Bound(("Del",), "erase", QT_TRANSLATE_NOOP("Keys", "Erase them")),
        Bound(("Z", "Ctrl+Z"), "undo", QT_TRANSLATE_NOOP("Keys", "Take back the last edit")),
        Bound(("Shift+Z", "Ctrl+Shift+Z", "Ctrl+Y", "Y"), "redo", _AGAIN),
    ),
)
#: Keys of the list of suggested places.
SUGGESTIONS = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "In the list of suggested places"),
    (
        Bound(_DIGITS, "choose", QT_TRANSLATE_NOOP("Keys", "Give the place this class, and go on"), "1 … 9 0"),
        Bound(("Del",), "skip", QT_TRANSLATE_NOOP("Keys", "Skip the place")),
        Bound(("M",), "peek", QT_TRANSLATE_NOOP("Keys", "Show the map as long as the key is held")),
    ),
)
#: Keys while reference points are labelled, on the map and on the tab.
LABELLING = KeyTable(
    QT_TRANSLATE_NOOP("Keys", "While you label reference points"),
    (
        Bound(_DIGITS, "label", QT_TRANSLATE_NOOP("Keys", "Give the point this class, and go on"), "1 … 9 0"),
        Bound(("Del",), "clear", QT_TRANSLATE_NOOP("Keys", "Take the class away")),
        Bound(("N",), "next", QT_TRANSLATE_NOOP("Keys", "To the following point")),
        Bound(("B",), "previous", QT_TRANSLATE_NOOP("Keys", "To the point before")),
        Bound(("K",), "skip", QT_TRANSLATE_NOOP("Keys", "Skip: to the next point that is not labelled")),
    ),
)
#: What the sheet shows, in this order.
TABLES = (DOCK, DRAWING, SHAPE, SEGMENT, SAMPLES_TAB, SAMPLES, SUGGESTIONS, LABELLING)
