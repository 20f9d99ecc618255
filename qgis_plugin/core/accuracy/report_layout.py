"""The report of a map as a PDF: pictures, legend, accuracy, error matrix and origin on sheets of A4.

The pictures are drawn by QGIS' own background jobs; the sheets are then set and written in one go. The layout belongs
to an empty project of its own: the user's project is only read.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qgis.core import QgsLayoutExporter, QgsMapLayer, QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle
from qgis.PyQt.QtCore import QObject, QSize, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor, QImage

from .. import layers
from ..maps.final_map import MODEL
from ..maps.map_style import class_colours
from ..numbers import decimal
from ..samples.sample_layer import as_name
from ..sources import name_of
from .figures import area, hectares, joined, percent
from .report_sheets import WIDTH, Cell, Sheets

if TYPE_CHECKING:
    from .assessment import Assessment


#: Pictures: width and most height in millimetres, and dots per inch.
PICTURE, DPI = (122.0, 92.0), 200
#: Most classes of an error matrix whose names head its columns; millimetres of a digit and of a column's rest.
NAMED, DIGIT, REST = 7, 1.9, 2.4


class ReportLayout(QObject):
    """Writes one report at a time."""

    finished = pyqtSignal(str)
    #: Error kind and sentence.
    failed = pyqtSignal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: QgsMapRendererParallelJob | None = None
        self._sheets: Sheets | None = None
        self._waiting: list[list[QgsMapLayer]] = []
        self._drawn: list[QImage] = []

    @property
    def running(self) -> bool:
        """Whether a report is being made."""
        return self._job is not None

    def write(
        self,
        path: str | Path,
        title: str,
        subject: Assessment,
        told_of_map: Mapping[str, Any],
        told_of_embedding: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Write `path`. `subject` is an `Assessment` that has a result: it knows the layers and the figures; what is
        told of the map and of the embedding are the worker's `info`."""
        if subject.map_layer is None or subject.result is None:
            raise ValueError("nothing was assessed")
        self._path, self._title, self._subject = Path(path), title, subject
        self._told_of_map, self._told = told_of_map, told_of_embedding
        self._map, self._result = subject.map_layer, subject.result
        scene = subject.scene or subject.embedding
        over = [layer for layer in (subject.reference_layer, subject.samples) if layer is not None]
        self._waiting = [[self._map]] + ([[*over, scene]] if scene is not None else [])
        self._drawn = []
        self._draw_next()

    def cancel(self) -> None:
        """Stop; nothing is written then."""
        if self._job is not None:
            job, self._job, self._waiting = self._job, None, []
            job.finished.disconnect(self._take)
            job.cancelWithoutBlocking()
            self.failed.emit("cancelled", self.tr("The report was cancelled."))

    # --- pictures ---------------------------------------------------------------------------------------------------

    def _draw_next(self) -> None:
        settings = QgsMapSettings()
        settings.setLayers(self._waiting.pop(0))
        settings.setDestinationCrs(self._map.crs())
        settings.setBackgroundColor(QColor("white"))
        extent = QgsRectangle(self._map.extent())
        width, height = PICTURE
        shape = extent.height() / extent.width()
        height, width = min(height, width * shape), min(width, height / shape)
        settings.setExtent(extent)
        settings.setOutputDpi(DPI)
        settings.setOutputSize(QSize(round(width / 25.4 * DPI), round(height / 25.4 * DPI)))
        self._size, self._extent = (width, height), settings.visibleExtent()
        job = self._job = QgsMapRendererParallelJob(settings)
        job.finished.connect(self._take)
        job.start()

    def _take(self) -> None:
        if self._job is None:  # cancelled meanwhile
            return
        self._drawn.append(self._job.renderedImage())
        if self._waiting:
            self._draw_next()
            return
        self._folder = tempfile.TemporaryDirectory(prefix="mmearth-")
        QTimer.singleShot(0, self._set)

    # --- sheets -----------------------------------------------------------------------------------------------------

    def _set(self) -> None:
        """Fill the sheets; they are written in a turn of their own, so that QGIS answers in between."""
        if self._job is None:  # cancelled meanwhile
            self._folder.cleanup()
            return
        sheets = self._sheets = Sheets(self._title, self._map.crs())
        self._fill(sheets, Path(self._folder.name))
        QTimer.singleShot(0, self._export)

    def _export(self) -> None:
        sheets, self._sheets = self._sheets, None
        if sheets is None or self._job is None:
            if sheets is not None:
                sheets.discard()
            self._folder.cleanup()
            return
        settings = QgsLayoutExporter.PdfExportSettings()
        settings.dpi = DPI
        staged = Path(self._folder.name) / "report.pdf"
        QgsLayoutExporter(sheets.finish()).exportToPdf(str(staged), settings)
        problem = ""
        try:
            shutil.move(str(staged), str(self._path))
        except OSError as error:
            problem = self.tr("{} cannot be written ({}); choose another folder.").format(self._path, error.strerror)
        sheets.discard()
        self._folder.cleanup()
        self._job = None
        self._drawn = []
        if problem:
            self.failed.emit("environment", problem)
        else:
            self.finished.emit(str(self._path))

    def _fill(self, sheets: Sheets, folder: Path) -> None:
        result = self._result
        colours = class_colours(self._map)
        points = result["unit"] == "points"
        made = datetime.now().strftime("%Y-%m-%d")
        sheets.heading(self._title, f"{Path(layers.path_of(self._map)).name} · {made}")
        total = sum(entry["mapped_ha"] for entry in result["classes"])
        what = self.tr("overall accuracy") if points else self.tr("agreement inside reference polygons")
        unit = self.tr("reference points") if points else self.tr("pixels in reference polygons")
        sheets.headline(
            [
                (percent(result["overall_accuracy"], " %"), what),
                (decimal(result["units"]), unit),
                (f"{decimal(total / 100, 1)} km²", self.tr("mapped")),
            ]
        )
        self._picture(sheets, folder, 0, self.tr("Map"), self._legend(result, colours, total), scale=True)
        if len(self._drawn) > 1:
            self._picture(sheets, folder, 1, self.tr("Samples"), self._sample_counts(colours))
        self._accuracy(sheets, result, colours, points)
        sheets.section(self.tr("Error matrix"), self.tr("The map in rows, the reference in columns."))
        for part in _matrices(result, colours, self.tr("map ↓  reference →"), self.tr("total")):
            sheets.table(*part)
        if result["warnings"]:
            sheets.section(self.tr("What limits these figures"))
            for warning in result["warnings"]:
                sheets.paragraph(warning)
        sheets.section(self.tr("Origin"))
        sheets.facts(self._origin())

    def _picture(
        self, sheets: Sheets, folder: Path, number: int, name: str, rows: list[list[Cell]], scale: bool = False
    ) -> None:
        path = folder / f"{number}.png"
        self._drawn[number].save(str(path), "PNG", 90)  # quick rather than small
        sheets.picture(name, str(path), self._size, self._extent if scale else None, rows)

    def _legend(self, result: dict[str, Any], colours: dict[str, QColor], total: float) -> list[list[Cell]]:
        rows = [[Cell(), Cell(self.tr("Class"), bold=True), Cell(self.tr("Share"), bold=True, right=True)]]
        for entry in result["classes"]:
            share = 100 * entry["mapped_ha"] / total if total else 0.0
            swatch = Cell(colour=colours.get(entry["name"]))
            rows.append([swatch, Cell(entry["name"]), Cell(f"{decimal(share, 1)} %", right=True)])
        return rows

    def _sample_counts(self, colours: dict[str, QColor]) -> list[list[Cell]]:
        rows = []
        chosen = (
            (self.tr("Learned from"), self._subject.samples, self._subject.samples_field),
            (self.tr("Measured with"), self._subject.reference_layer, self._subject.field),
        )
        for title, layer, field in chosen:
            if layer is None or layer.fields().indexOf(field) < 0:
                continue
            counted: dict[str, int] = {}
            column = layer.fields().indexOf(field)
            for feature in layer.getFeatures():
                name = as_name(feature[column])
                if name:
                    counted[name] = counted.get(name, 0) + 1
            rows.append([Cell(), Cell(title, bold=True), Cell(str(sum(counted.values())), bold=True, right=True)])
            for name in sorted(counted):
                rows.append([Cell(colour=colours.get(name)), Cell(name), Cell(str(counted[name]), right=True)])
        return rows

    def _accuracy(self, sheets: Sheets, result: dict[str, Any], colours: dict[str, QColor], points: bool) -> None:
        caption = self.tr(
            "User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of the"
            " class on the ground the map shows."
        )
        if points:
            caption += " " + self.tr("In brackets the 95 % interval, or “too few” where it would say nothing.")
        sheets.section(self.tr("Accuracy and areas") if points else self.tr("Agreement"), caption)
        names = [self.tr("Class"), self.tr("User's %"), self.tr("Producer's %"), self.tr("Mapped ha")]
        names += [self.tr("Estimated ha")] if points else []
        rows = [[Cell(), *(Cell(name, bold=True, right=number > 0) for number, name in enumerate(names))]]
        for entry in result["classes"]:
            texts = [percent(entry["users_accuracy"]), percent(entry["producers_accuracy"]), area(entry["mapped_ha"])]
            texts += [joined(hectares(entry["estimated_ha"]))] if points else []
            cells = [Cell(text, right=True) for text in texts]
            rows.append([Cell(colour=colours.get(entry["name"])), Cell(entry["name"]), *cells])
        number = (WIDTH - 5 - 45) / len(texts)
        sheets.table(rows, [5, 45, *[number] * len(texts)])

    def _origin(self) -> list[tuple[str, str]]:
        subject = self._subject
        layer, told = self._map, self._told_of_map  # QGIS shows a rotated map through a copy with other pixels
        grid = self.tr("{} × {} pixels of {:g} × {:g}, {}").format(
            told["width"], told["height"], *told["pixel size"], name_of(layer.crs())
        )
        found = [(self.tr("Map"), layers.path_of(layer)), (self.tr("Grid"), grid)]
        others = (
            (self.tr("Embedding"), subject.embedding),
            (self.tr("Scene"), subject.scene),
            (self.tr("Samples"), subject.samples),
            (self.tr("Reference"), subject.reference_layer),
        )
        found += [(name, layers.path_of(other)) for name, other in others if other is not None]
        model = layer.customProperty(MODEL, "")
        found += [(self.tr("Classifier"), model)] if model else []
        facts = {
            "model": self.tr("Encoder"),
            "model_id": self.tr("Encoder's identity"),
            "level": self.tr("Processing level"),
            "offset": self.tr("Offset, DN"),
            "evidence": self.tr("How that was decided"),
            "software": self.tr("Embedded by"),
        }
        return found + [
            (name, _plain(self._told[key])) for key, name in facts.items() if self._told.get(key) is not None
        ]


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _matrices(
    result: dict[str, Any], colours: dict[str, QColor], corner: str, total: str
) -> Iterator[tuple[list[list[Cell]], list[float]]]:
    """Rows and column widths of the error matrix; one of many classes has numbers for heads and comes in parts."""
    names = [entry["name"] for entry in result["classes"]]
    counts = [[*row, sum(row)] for row in result["error_matrix"]["counts"]]
    sums = [sum(column) for column in zip(*counts)]
    numbered = len(names) > NAMED
    heads = [*(str(number + 1) if numbered else name for number, name in enumerate(names)), total]
    labels = [f"{number + 1}  {name}" if numbered else name for number, name in enumerate(names)]
    room = WIDTH - 5 - 40
    abreast = int(room / max(9.0, DIGIT * len(str(max(sums))) + REST))
    for first in range(0, len(heads), abreast):
        part = slice(first, first + abreast)
        rows = [[Cell(), Cell(corner, bold=True), *(Cell(head, bold=True, right=True) for head in heads[part])]]
        for name, label, row in zip(names, labels, counts):
            cells = [Cell(str(count) if count else "·", right=True) for count in row[part]]
            rows.append([Cell(colour=colours.get(name)), Cell(label), *cells])
        cells = [Cell(str(count), bold=True, right=True) for count in sums[part]]
        rows.append([Cell(), Cell(total, bold=True), *cells])
        width = min(28.0, room / min(len(heads), abreast))
        yield rows, [5, 40, *[width] * len(heads[part])]
