"""Digits that choose a class: one for up to ten classes, two typed one after the other for more."""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

#: Milliseconds in which a second digit belongs to the first.
PAUSE = 700
#: Classes for which one digit is enough: 1 … 9, and 0 for the tenth.
ONE_DIGIT = 10
_TWO_DIGITS = 99


def key_text(row: int, classes: int) -> str:
    """What is typed for a row of so many classes; empty where two digits are too few."""
    if classes <= ONE_DIGIT:
        return str((row + 1) % 10)
    return str(row + 1) if row < _TWO_DIGITS else ""


class ClassKeys(QObject):
    """Digits become rows of a table of classes.

    With more than ten classes a first digit waits for a second one: 1 and 2 are the twelfth class, 0 and 5 the fifth.
    An `eager` one, for choosing what to draw next, takes the class of the first digit meanwhile: the mouse may be
    quicker. Any other one, for giving a class to what there is, does nothing until it is clear which class is meant.
    """

    #: The row of a class.
    chosen = pyqtSignal(int)
    #: The digit that waits for another, or nothing.
    waiting = pyqtSignal(str)
    #: What was typed is the number of no class.
    missing = pyqtSignal(str)

    def __init__(self, eager: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._eager = eager
        self._first, self._classes = "", 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._settle)

    @property
    def first(self) -> str:
        """The digit that waits for another, or nothing."""
        return self._first

    def press(self, digit: int, classes: int) -> None:
        """A digit (0 … 9) was typed while there are so many classes."""
        typed = f"{self._first}{digit}"
        again = bool(self._first)
        self.forget()
        if again:
            self._choose(int(typed), typed, classes)
        elif classes > ONE_DIGIT and (digit == 0 or 10 * digit <= classes):
            self._first, self._classes = typed, classes
            self._timer.start()
            self.waiting.emit(typed)
            if self._eager:
                self._choose(digit or 10, typed, classes)
        else:
            self._choose(digit or 10, typed, classes)

    def forget(self) -> None:
        """Something else was done: the next digit is a first one."""
        self._timer.stop()
        if self._first:
            self._first = ""
            self.waiting.emit("")

    def _settle(self) -> None:
        first, classes = self._first, self._classes
        self.forget()
        if first and not self._eager:
            self._choose(int(first) or 10, first, classes)

    def _choose(self, number: int, typed: str, classes: int) -> None:
        if 1 <= number <= classes:
            self.chosen.emit(number - 1)
        else:
            self.missing.emit(typed)
