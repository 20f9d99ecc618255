"""Sheets of A4 in a QGIS print layout, filled from top to bottom: headings, pictures, tables, text. Knows no map."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayoutFrame,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemManualTable,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLayoutTable,
    QgsLayoutTableColumn,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsSymbol,
    QgsTableCell,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF

from ...compat import METRES

#: Millimetres: the sheet, its margin, what is left between.
SHEET, MARGIN = (210.0, 297.0), 15.0
WIDTH = SHEET[0] - 2 * MARGIN
#: Height of a table's row with its padding and line.
ROW, PAD, GRID = 6.0, 0.8, 0.15
INK, QUIET, LINE = QColor("#1d232b"), QColor("#5b6673"), QColor("#d9dee4")
FAMILY = "Sans Serif"


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text, or a patch of colour."""

    text: str = ""
    bold: bool = False
    right: bool = False
    colour: QColor = None


class Sheets:
    """A layout and the place where the next part goes; what does not fit goes to a new sheet."""

    def __init__(self, title: str, crs: QgsCoordinateReferenceSystem) -> None:
        self._project = QgsProject()
        self._project.setCrs(crs, True)
        self._layout = QgsPrintLayout(self._project)
        self._layout.initializeDefaults()
        self._layout.setName(title)
        self._layout.pageCollection().page(0).setPageSize("A4", QgsLayoutItemPage.Orientation.Portrait)
        self._title = title
        self._sheet, self._y = 0, MARGIN

    # --- parts ------------------------------------------------------------------------------------------------------

    def heading(self, title: str, subtitle: str) -> None:
        """The name of the whole, and a quiet line below it."""
        self._text(title, 18, bold=True)
        self._text(subtitle, 9, colour=QUIET)
        self._y += 3

    def headline(self, figures: list[tuple[str, str]]) -> None:
        """The few numbers to see first: (number, what it is)."""
        width = WIDTH / len(figures)
        for column, (number, what) in enumerate(figures):
            x = MARGIN + column * width
            self._label(number, x, self._y, width - 3, 7.5, _format(15, bold=True))
            self._label(what, x, self._y + 7.5, width - 3, 5, _format(9, colour=QUIET))
        self._y += 16

    def section(self, name: str, caption: str = "") -> None:
        """A heading with room for something below it."""
        height = _height(caption, 8.5, WIDTH) if caption else 0
        self._make_room(9 + height + 3 * ROW)
        self._y += 3
        self._text(name, 12, bold=True)
        self._y += 1
        if caption:
            self._text(caption, 8.5, colour=QUIET)
            self._y += 1

    def paragraph(self, text: str) -> None:
        """A sentence or more."""
        self._make_room(_height(text, 9, WIDTH))
        self._text(text, 9)
        self._y += 0.8

    def facts(self, values: list[tuple[str, str]]) -> None:
        """Names and values, one a line."""
        for name, value in values:
            height = _height(value, 8.5, WIDTH - 35)
            self._make_room(height)
            self._label(name, MARGIN, self._y, 33, height, _format(8.5, colour=QUIET))
            self._label(value, MARGIN + 35, self._y, WIDTH - 35, height, _format(8.5))
            self._y += height + 0.5

    def picture(
        self, name: str, path: str, size: tuple[float, float], extent: QgsRectangle | None, rows: list[list[Cell]]
    ) -> None:
        """A picture of `size` millimetres with a table beside it and, with its `extent`, a scale bar below."""
        width, height = size
        beside = ROW * len(rows)
        self._make_room(9 + max(height + (12 if extent is not None else 3), beside))
        self._text(name, 12, bold=True)
        self._y += 1
        picture = QgsLayoutItemPicture(self._layout)
        picture.setPicturePath(path)
        self._place(picture, MARGIN, self._y, width, height)
        frame = QgsLayoutItemShape(self._layout)
        frame.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
        symbol = frame.symbol().clone()
        _outline(symbol)
        frame.setSymbol(symbol)
        self._place(frame, MARGIN, self._y, width, height)
        top = self._y
        if extent is not None:
            self._scale_bar(extent, MARGIN, self._y + height + 1.5, width, height)
        left = MARGIN + width + 6
        self._rows(rows, left, top, [5, SHEET[0] - MARGIN - left - 5 - 17, 17])
        self._y = top + max(height + (12 if extent is not None else 4), beside)

    def table(self, rows: list[list[Cell]], widths: list[float]) -> None:
        """A table whose first row is its head; long ones go on over the next sheets under the same head."""
        head, body = rows[0], rows[1:]
        while body:
            fits = int((SHEET[1] - MARGIN - self._y) / ROW) - 1
            if fits < min(2, len(body)):
                self._new_sheet()
                continue
            part, body = body[:fits], body[fits:]
            self._rows([head, *part], MARGIN, self._y, widths)
            self._y += ROW * (len(part) + 1) + 1

    def finish(self) -> QgsPrintLayout:
        """The layout, with numbered sheets. It lives until `discard`."""
        sheets = self._sheet + 1
        for sheet in range(sheets):
            self._sheet = sheet
            self._label(self._title, MARGIN, SHEET[1] - 11, WIDTH - 20, 5, _format(7.5, colour=QUIET))
            number = self._label(
                f"{sheet + 1} / {sheets}", SHEET[0] - MARGIN - 20, SHEET[1] - 11, 20, 5, _format(7.5, colour=QUIET)
            )
            number.setHAlign(Qt.AlignmentFlag.AlignRight)
        return self._layout

    def discard(self) -> None:
        """Let go of the layout, and only then of the project it belongs to."""
        self._layout = None
        self._project = None

    # --- items ------------------------------------------------------------------------------------------------------

    def _make_room(self, height: float) -> None:
        if self._y + height > SHEET[1] - MARGIN:
            self._new_sheet()

    def _new_sheet(self) -> None:
        page = QgsLayoutItemPage(self._layout)
        page.setPageSize("A4", QgsLayoutItemPage.Orientation.Portrait)
        self._layout.pageCollection().addPage(page)
        self._sheet, self._y = self._sheet + 1, MARGIN

    def _place(self, item: QgsLayoutItem, x: float, y: float, width: float, height: float) -> None:
        self._layout.addLayoutItem(item)
        item.attemptMove(QgsLayoutPoint(x, y), True, False, self._sheet)
        item.attemptResize(QgsLayoutSize(width, height))

    def _text(self, text: str, size: float, bold: bool = False, colour: QColor = INK) -> None:
        height = _height(text, size, WIDTH)
        self._label(text, MARGIN, self._y, WIDTH, height, _format(size, bold, colour))
        self._y += height

    def _label(
        self, text: str, x: float, y: float, width: float, height: float, text_format: QgsTextFormat
    ) -> QgsLayoutItemLabel:
        label = QgsLayoutItemLabel(self._layout)
        label.setMode(QgsLayoutItemLabel.Mode.ModeFont)
        label.setText(text.replace("[%", "[ %"))  # never an expression
        if hasattr(label, "setTextFormat"):
            label.setTextFormat(text_format)
        else:  # QGIS 3.22
            font = QFont(text_format.font())
            font.setPointSizeF(text_format.size())
            label.setFont(font)
            label.setFontColor(text_format.color())
        label.setHAlign(Qt.AlignmentFlag.AlignLeft)
        label.setMarginX(0)
        label.setMarginY(0)
        self._place(label, x, y, width, height)
        return label

    def _rows(self, rows: list[list[Cell]], x: float, y: float, widths: list[float]) -> None:
        table = QgsLayoutItemManualTable.create(self._layout)
        self._layout.addMultiFrame(table)
        table.setTableContents([[_table_cell(cell) for cell in row] for row in rows])
        columns = []
        for width in widths:
            column = QgsLayoutTableColumn()
            column.setWidth(width - 2 * PAD)
            columns.append(column)
        table.setColumns(columns)
        table.setColumnWidths([width - 2 * PAD for width in widths])
        table.setRowHeights([ROW - 2 * PAD - GRID] * len(rows))
        table.setIncludeTableHeader(False)
        table.setCellMargin(PAD)
        table.setContentTextFormat(_format(8.5))
        table.setGridColor(LINE)
        table.setGridStrokeWidth(GRID)
        table.setVerticalGrid(False)
        table.setWrapBehavior(QgsLayoutTable.WrapBehavior.TruncateText)
        frame = QgsLayoutFrame(self._layout, table)
        self._place(frame, x, y, sum(widths) + 1, ROW * len(rows) + 1)
        table.addFrame(frame)

    def _scale_bar(self, extent: QgsRectangle, x: float, y: float, width: float, height: float) -> None:
        """A scale bar needs a map to measure: one that is there and not drawn."""
        unseen = QgsLayoutItemMap(self._layout)
        self._place(unseen, x, MARGIN, width, height)
        unseen.setCrs(self._project.crs())
        unseen.setExtent(extent)
        unseen.setVisibility(False)
        bar = QgsLayoutItemScaleBar(self._layout)
        bar.setLinkedMap(unseen)
        bar.setStyle("Single Box")
        bar.applyDefaultSize(METRES)
        bar.setTextFormat(_format(7.5))
        bar.setHeight(1.6)
        bar.setBoxContentSpace(0)
        self._place(bar, x, y, 60, 8)


def _table_cell(cell: Cell) -> QgsTableCell:
    made = QgsTableCell(cell.text)
    made.setTextFormat(_format(8.5, cell.bold))
    side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
    made.setHorizontalAlignment(side)
    made.setVerticalAlignment(Qt.AlignmentFlag.AlignVCenter)
    if cell.colour is not None:
        made.setBackgroundColor(cell.colour)
    return made


def _format(size: float, bold: bool = False, colour: QColor = INK) -> QgsTextFormat:
    text_format = QgsTextFormat()
    font = QFont(FAMILY)
    font.setBold(bold)
    text_format.setFont(font)
    text_format.setSize(size)
    text_format.setColor(colour)
    return text_format


def _height(text: str, size: float, width: float) -> float:
    """Millimetres that a text takes in a column."""
    font = QFont(FAMILY)
    font.setPixelSize(100)
    millimetres = size * 25.4 / 72 / 100
    box = QRectF(0, 0, width / millimetres * 0.97, 1e7)
    return (
        QFontMetricsF(font).boundingRect(box, Qt.TextFlag.TextWrapAnywhere | Qt.TextFlag.TextWordWrap, text).height()
        * (millimetres)
        + 0.4
    )


def _outline(symbol: QgsSymbol) -> None:
    layer = symbol.symbolLayer(0)
    layer.setBrushStyle(Qt.BrushStyle.NoBrush)
    layer.setStrokeColor(LINE)
    layer.setStrokeWidth(0.2)
