"""All samples as a table that Qt shows: class, area, pixels, source, date, and what the map would take each for.

Follows a `ClassTable`, which follows the layer. What the map would take a sample for is the worker's to say
(`sample_check`); it is forgotten for a sample that changed, and of the others it is marked as being from before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QFont, QGuiApplication, QIcon, QPalette, QPixmap

from ..numbers import decimal
from .class_model import ClassTable, area_text
from .sample_layer import Sample

CLASS, AREA, PIXELS, SOURCE, DATE, SEEN, AGREES = range(7)

#: What to sort by.
SORT = int(getattr(Qt.ItemDataRole.UserRole, "value", Qt.ItemDataRole.UserRole))
#: Rows that come or go one by one; beyond, the table is made anew.
_FEW = 200

_Role = Qt.ItemDataRole
_ASIDE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_RIGHT = int(getattr(_ASIDE, "value", _ASIDE))  # a number to Qt 5 and 6 alike


class Verdict(NamedTuple):
    """Pixels that a sample covers, the class most of them are taken for by a model that did not learn from its place,
    and the share of them that is taken for the sample's own; both None where there is no such model."""

    pixels: int
    predicted: str | None
    share: float | None

    @property
    def doubtful(self) -> bool:
        """Whether most of the sample is taken for another class."""
        return self.share is not None and self.share < 0.5


class SampleModel(QAbstractTableModel):
    """The samples of a `ClassTable`, or none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: ClassTable | None = None
        self._rows: list[tuple[int, Sample]] = []
        self._verdicts: dict[int, Verdict] = {}
        self._stale = False

    def set_table(self, table: ClassTable | None) -> None:
        """Show the samples of another table."""
        if self._table is not None:
            self._table.counted.disconnect(self._follow)
            self._table.changed.disconnect(self._repaint)
        self._table = table
        if table is not None:
            table.counted.connect(self._follow)
            table.changed.connect(self._repaint)
        self.forget()
        self._renew()

    def forget(self) -> None:
        """Nothing is known of the samples: what was said was of another embedding."""
        self._verdicts, self._stale = {}, False
        self._repaint()

    def outdate(self) -> None:
        """What is known was said before something changed that the model learns from."""
        self._stale = bool(self._verdicts)
        self._repaint()

    @property
    def stale(self) -> bool:
        """Whether what is known was said before the last change."""
        return self._stale

    @property
    def fids(self) -> list[int]:
        """The samples in the order of the rows."""
        return [fid for fid, _ in self._rows]

    @property
    def unknown(self) -> bool:
        """Whether there are samples of which nothing was said yet."""
        return any(fid not in self._verdicts for fid, _ in self._rows)

    def rows_of(self, fids: Iterable[int]) -> list[int]:
        """The rows of some samples."""
        wanted = set(fids)
        return [row for row, (fid, _) in enumerate(self._rows) if fid in wanted]

    def area_of(self, rows: Sequence[int]) -> float:
        """The area of some rows in m²."""
        return sum(self._rows[row][1].area for row in rows)

    def is_doubtful(self, row: int) -> bool:
        """Whether most of a sample is taken for another class."""
        verdict = self._verdicts.get(self._rows[row][0])
        return verdict is not None and verdict.doubtful

    def doubts(self) -> int:
        """How many samples are mostly taken for another class."""
        return sum(self.is_doubtful(row) for row in range(len(self._rows)))

    def set_verdicts(self, told: Iterable[dict[str, Any]], asked: Iterable[int]) -> None:
        """What the worker said (`features` of `validate`) of the samples it was asked of: the rest has no pixel."""
        known = {each["fid"]: Verdict(each["pixels"], each["predicted"], each["share_right"]) for each in told}
        self._verdicts = {fid: known.get(fid, Verdict(0, None, None)) for fid in asked}
        self._stale = False
        self._repaint()

    # What Qt asks of a table.

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's name and its way
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else AGREES + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.ToolTipRole and section in {PIXELS, SEEN, AGREES}:
            return {
                PIXELS: self.tr("Pixels of the embedding that the sample covers: what is learned from it"),
                SEEN: self.tr("What a model takes the sample for that did not learn from this place"),
                AGREES: self.tr("Share of the sample's pixels that this model takes for the class it was drawn as"),
            }[section]
        if role != _Role.DisplayRole:
            return None
        return [
            self.tr("Class"),
            self.tr("Area"),
            self.tr("Pixels"),
            self.tr("Source"),
            self.tr("Date"),
            self.tr("Looks like"),
            self.tr("Agrees"),
        ][section]

    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        fid, sample = self._rows[index.row()]
        if role == _Role.TextAlignmentRole:
            return _RIGHT if index.column() in {AREA, PIXELS, AGREES} else None
        if role in {_Role.FontRole, _Role.ForegroundRole}:
            return _faint(role) if self._stale and index.column() in {SEEN, AGREES} else None
        told = {
            _Role.DisplayRole: self._shown,
            _Role.DecorationRole: self._picture,
            _Role.ToolTipRole: self._why,
            SORT: self._sorted,
        }.get(role)
        return None if told is None else told(index.column(), sample, self._verdicts.get(fid))

    def _shown(self, column: int, sample: Sample, verdict: Verdict | None) -> str:
        if column in {PIXELS, SEEN, AGREES}:
            return _said(column, verdict)
        when = "" if sample.created is None else QLocale().toString(sample.created, QLocale.FormatType.ShortFormat)
        return {
            CLASS: self._name(sample),
            AREA: area_text(sample.area),
            SOURCE: sample.source or self.tr("drawn"),
            DATE: when,
        }[column]

    def _sorted(self, column: int, sample: Sample, verdict: Verdict | None) -> Any:
        if column == AREA:
            return sample.area
        if column == DATE:
            return math.inf if sample.created is None else float(sample.created.toMSecsSinceEpoch())
        if column == PIXELS:
            return -1 if verdict is None else verdict.pixels
        if column in {SEEN, AGREES}:  # doubtful ones first, the worst of all on top
            return 2.0 if verdict is None or verdict.share is None else verdict.share
        return self._shown(column, sample, verdict).casefold()

    def _picture(self, column: int, sample: Sample, verdict: Verdict | None) -> QPixmap | QIcon | None:
        if column == SEEN and verdict is not None and verdict.doubtful:
            return QgsApplication.getThemeIcon("/mIconWarning.svg")
        found = self._table.class_of(sample) if column == CLASS and self._table is not None else None
        if found is None:
            return None
        swatch = QPixmap(12, 12)
        swatch.fill(QColor(found.colour))
        return swatch

    def _why(self, column: int, sample: Sample, verdict: Verdict | None) -> str | None:
        if column not in {PIXELS, SEEN, AGREES}:
            return None
        if verdict is None:
            return self.tr("Not looked at yet: this takes an embedding and samples of two classes.")
        if not verdict.pixels:
            return self.tr(
                "No pixel can be learned from: the sample lies outside, on no-data or under samples of other classes."
            )
        if verdict.share is None:
            return self.tr("No model can do without this place: the class has no samples anywhere else.")
        said = self.tr("{}\xa0% of its pixels are taken for {}, most for {}").format(
            decimal(100 * verdict.share), self._name(sample), verdict.predicted
        )
        if not self._stale:
            return said
        return said + "\n" + self.tr("This was before the last change; it is looked at again when the hand rests.")

    def _name(self, sample: Sample) -> str:
        found = None if self._table is None else self._table.class_of(sample)
        return sample.name if found is None else found.name

    def _follow(self) -> None:
        """Samples came, went or changed; what is selected in views stays so."""
        now = {} if self._table is None else dict(self._table.samples)
        changed = [fid for fid, sample in self._rows if now.get(fid, sample)[:2] != sample[:2]]  # class or shape
        for fid in changed:
            self._verdicts.pop(fid, None)
        gone = [row for row, (fid, _) in enumerate(self._rows) if fid not in now]
        known = set(self.fids)
        come = [(fid, sample) for fid, sample in now.items() if fid not in known]
        if changed or gone or come:
            self._stale = bool(self._verdicts)
        if len(gone) + len(come) > _FEW:
            self._renew()
            return
        for row in reversed(gone):
            self.beginRemoveRows(QModelIndex(), row, row)
            self._verdicts.pop(self._rows.pop(row)[0], None)
            self.endRemoveRows()
        self._rows = [(fid, now[fid]) for fid, _ in self._rows]
        if come:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(come) - 1)
            self._rows += come
            self.endInsertRows()
        self._repaint()

    def _renew(self) -> None:
        self.beginResetModel()
        self._rows = [] if self._table is None else list(self._table.samples.items())
        self.endResetModel()

    def _repaint(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, AGREES))


def _faint(role: int) -> QFont | QBrush:
    """How what was said before a change looks."""
    if role == _Role.ForegroundRole:
        return QGuiApplication.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    font = QGuiApplication.font()
    font.setItalic(True)
    return font


def _said(column: int, verdict: Verdict | None) -> str:
    if verdict is None:
        return "…"
    if column == PIXELS:
        return QLocale().toString(verdict.pixels)
    if verdict.predicted is None or verdict.share is None:
        return "–"
    return verdict.predicted if column == SEEN else f"{decimal(100 * verdict.share)}\xa0%"
