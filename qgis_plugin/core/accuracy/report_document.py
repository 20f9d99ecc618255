"""The report of a map as a PDF: what the worker says of it, set on sheets of A4 by a background task of QGIS.

Nothing here runs on the main thread but the start and the end; the project is not touched.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qgis.core import QgsTask
from qgis.PyQt.QtCore import QCoreApplication, QMarginsF, QRectF, Qt, QUrl
from qgis.PyQt.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
    QTransform,
)
from qgis.PyQt.QtSvg import QSvgRenderer

from . import report_parts as parts

DPI, MARGIN = 300, 15.0
#: Between two parts: three millimetres.
GAP = 3 / 25.4 * DPI
FAMILY, SIZE = "Sans Serif", 8.5


class ReportDocument(QgsTask):
    """Writes one document; then calls `ended` with "" or what went wrong (kind, sentence), on the main thread."""

    def __init__(self, content: dict[str, Any], path: Path, ended: Callable[[str, str], None]) -> None:
        super().__init__(QCoreApplication.translate("ReportDocument", "Writing the report"), QgsTask.Flag.CanCancel)
        self._content, self._path, self._ended = content, path, ended
        self._problem = ""

    def run(self) -> bool:
        with tempfile.TemporaryDirectory(prefix="mmearth-") as folder:
            staged = Path(folder) / "report.pdf"
            if not self._write(staged):
                return False
            try:
                shutil.move(str(staged), str(self._path))
            except OSError as error:
                text = QCoreApplication.translate("ReportDocument", "{} cannot be written ({}); choose another folder.")
                self._problem = text.format(self._path, error.strerror)
        return not self._problem

    def finished(self, result: bool) -> None:
        if self.isCanceled():
            text = QCoreApplication.translate("ReportDocument", "The report was cancelled.")
            self._ended("cancelled", text)
        elif result:
            self._ended("", "")
        else:
            broken = QCoreApplication.translate("ReportDocument", "The report could not be set; the log tells more.")
            self._ended("environment" if self._problem else "internal", self._problem or broken)

    def _write(self, path: Path) -> bool:
        """Whether the document is there; not when it was cancelled."""
        writer = QPdfWriter(str(path))
        writer.setTitle(self._content["title"])
        writer.setResolution(DPI)
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setPageMargins(QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN), QPageLayout.Unit.Millimeter)
        sheets = _Sheets(writer, self._content["title"])
        try:
            sheets.add(parts.opening(self._content), {})
            numbers = iter(range(1000))
            for section in self._content["sections"]:
                before = parts.heading(section["heading"])
                for told in section["parts"]:
                    if self.isCanceled():
                        return False
                    images: dict[str, QImage] = {}
                    size, number = (0, 0), next(numbers)
                    if told["kind"] == "figure":
                        images, size = _pictures(told, number)
                    sheets.add(before + parts.part(told, size, number), images)
                    before = ""
        finally:
            sheets.end()
        return True


class _Sheets:
    """Pages that are filled from top to bottom; what does not fit goes to the next one."""

    def __init__(self, writer: QPdfWriter, title: str) -> None:
        self._writer, self._title = writer, title
        self._painter = QPainter(writer)
        self._width, self._height = writer.width(), writer.height() - round(5 / 25.4 * DPI)  # above the foot
        self._y, self._sheet = 0.0, 1
        self._documents: list[QTextDocument] = []  # PyQt confuses layouts of documents that are gone with new ones
        self._foot()

    def add(self, text: str, images: dict[str, QImage]) -> None:
        """A part that stays together, unless it is longer than a sheet."""
        document = QTextDocument()
        self._documents.append(document)
        document.documentLayout().setPaintDevice(self._writer)
        document.setDefaultFont(QFont(FAMILY, 8))
        document.setDocumentMargin(0)
        for name, image in images.items():
            document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), image)
        document.setHtml(f'<div style="font-size:{SIZE}pt">{text}</div>')
        document.setTextWidth(self._width)
        height = document.size().height()
        if self._y + height > self._height and self._y > 0:
            self._next()
        if height <= self._height:
            self._draw(document, 0, height)
            self._y += height + GAP
            return
        document.setPageSize(document.size().__class__(self._width, self._height))
        for page in range(document.pageCount()):
            if page:
                self._next()
            self._draw(document, page * self._height, self._height)
        self._y = self._height

    def end(self) -> None:
        """Finish the last sheet."""
        self._painter.end()

    def _draw(self, document: QTextDocument, top: float, height: float) -> None:
        """A strip of a document, `top` … `top + height`, where the sheet is free."""
        context = QAbstractTextDocumentLayout.PaintContext()
        context.clip = QRectF(0, top, self._width, height)
        context.palette.setColor(context.palette.ColorRole.Text, QColor("#1d232b"))  # whatever QGIS' own theme
        self._painter.save()
        self._painter.setTransform(QTransform.fromTranslate(0, self._y - top), True)
        self._painter.setClipRect(context.clip)
        document.documentLayout().draw(self._painter, context)
        self._painter.restore()

    def _next(self) -> None:
        self._writer.newPage()
        self._sheet, self._y = self._sheet + 1, 0.0
        self._foot()

    def _foot(self) -> None:
        """The title and the number of the sheet, quietly at its end."""
        self._painter.save()
        self._painter.setFont(QFont(FAMILY, 7))
        self._painter.setPen(QColor(parts.QUIET))
        foot = QRectF(0, self._height, self._width, self._writer.height() - self._height)
        self._painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._title)
        self._painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, str(self._sheet))
        self._painter.restore()


def _pictures(told: dict[str, Any], number: int) -> tuple[dict[str, QImage], tuple[int, int]]:
    """The images of a figure by name, and the pixels of the first on a sheet."""
    picture = QImage(told["picture"]).convertToFormat(QImage.Format.Format_ARGB32)
    if "overlay" in told:
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(told["overlay"]).render(painter)
        painter.end()
    images = {f"picture {number}": picture}
    if "bar" in told:
        images[f"bar {number}"] = _bar()
    return images, parts.drawn_size(picture.width(), picture.height())


def _bar() -> QImage:
    """A line with an end at each side, to be drawn at any width."""
    bar = QImage(400, 24, QImage.Format.Format_ARGB32)
    bar.fill(QColor("#1d232b"))
    painter = QPainter(bar)
    painter.fillRect(4, 0, 392, 16, QColor("white"))
    painter.end()
    return bar
