"""Two dates, classes and a file in; the map of what became what and its matrix in hectares out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.maps.final_map import MODEL, default_output
from ...core.replaced_files import why_not
from ...core.samples.classes import SampleError
from ...core.samples.sample_layer import collect
from ...core.scenes.change_job import Asked, ChangeJob
from ...core.scenes.scene_list import Row, SceneList
from ..icons import icon
from ..widgets.file_widget import FileWidget
from ..widgets.labels import WarningLine, wrapped
from ..widgets.progress import ProgressBar
from .change_table import ChangeTable

if TYPE_CHECKING:
    from ...context import Context

#: Where classes come from, beside the file of a model.
_ON_BEFORE, _ON_AFTER, _FILE = "on before", "on after", "file"


class ChangeDialog(QDialog):
    """Compares two embeddings of the project; stays open with the matrix."""

    def __init__(self, context: Context, scenes: SceneList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("changeDialog")
        self.setWindowTitle(self.tr("Change between two dates"))
        self.resize(720, 300)
        self._context, self._scenes = context, scenes
        self._suggested = ""
        self.job = ChangeJob(context, self)
        self._build()
        self.job.progressed.connect(self._show_progress)
        self.job.finished.connect(self._finished)
        self.job.failed.connect(self._failed)
        self._running(False)

    def offer(self) -> None:
        """List what there is to compare now: the earliest before and the latest after, unless others were chosen."""
        rows = [row for row in self._scenes.rows() if row.embedding is not None and row.there]
        before, after = self.before.currentData(), self.after.currentData()
        for combo in (self.before, self.after):
            combo.blockSignals(True)
            combo.clear()
            for row in rows:
                combo.addItem(_title(row), row.kept.id())
            combo.blockSignals(False)
        self.before.setCurrentIndex(max(0, self.before.findData(before)))
        last = self.after.findData(after) if after else len(rows) - 1
        self.after.setCurrentIndex(last if last >= 0 else len(rows) - 1)
        self._offer_classes()
        self._changed()

    def start(self) -> None:
        """Compare; asks before a map is replaced."""
        if self.job.running:
            return
        asked = self._asked()
        if asked is None:
            return
        problem = why_not([asked.output])
        if problem:
            self.failure.show_text(problem)
            return
        question = self.tr("{} exists. Replace it?").format(asked.output)
        yes = QMessageBox.StandardButton.Yes
        if asked.output.exists() and QMessageBox.question(self, self.tr("Replace file?"), question) != yes:
            return
        self.failure.show_text("")
        self.table.hide()
        self.note.hide()
        self._running(True)
        self.job.start(asked)

    def close_dialog(self) -> None:
        """Stop what runs."""
        self.job.close()
        self.close()

    # look

    def _build(self) -> None:
        form = QFormLayout()
        self.before, self.after, self.classes = QComboBox(self), QComboBox(self), QComboBox(self)
        self.model, self.file = FileWidget(self), FileWidget(self)
        self.model.setFilter(self.tr("Model (*.json)"))
        self.file.save_as(self.tr("GeoTIFF (*.tif)"))
        self.sure = QCheckBox(self.tr("Only changes that are probable on both dates by at least"), self)
        self.share = QSpinBox(self)
        self.share.setRange(1, 99)
        self.share.setValue(60)
        self.share.setSuffix("\xa0%")
        self.share.setEnabled(False)
        self.sure.toggled.connect(self.share.setEnabled)
        self.sure.setToolTip(self.tr("The errors of both maps show as change; what is less sure is called unsure"))
        rows = (
            ("changeBefore", self.tr("Before"), self.before, self.tr("The earlier image; the map has its pixels")),
            ("changeAfter", self.tr("After"), self.after, self.tr("A later image of the place, best of one season")),
            ("changeClasses", self.tr("Classes"), self.classes, self.tr("What the classes are learned from")),
            ("changeModel", self.tr("Model"), self.model, self.tr("The model that was saved beside an earlier map")),
            ("changeFile", self.tr("File"), self.file, self.tr("The map to write, with its style beside it")),
        )  # fmt: skip
        for name, text, widget, tip in rows:
            widget.setObjectName(name)
            widget.setToolTip(tip)
            form.addRow(text, widget)
        self._form = form
        certain = QHBoxLayout()
        certain.addWidget(self.sure)
        certain.addWidget(self.share)
        certain.addStretch(1)
        self.run_button = QPushButton(icon("change"), self.tr("Map change"), self)
        self.run_button.setObjectName("changeRun")
        self.run_button.clicked.connect(self.start)
        self.bar = ProgressBar(self)
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setObjectName("changeCancel")
        self.cancel_button.setToolTip(self.tr("Stop; no unfinished map is left behind"))
        self.cancel_button.clicked.connect(self.job.cancel)
        line = QHBoxLayout()
        line.addWidget(self.run_button)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel_button)
        line.addStretch(0)
        self.table = ChangeTable(self)
        self.table.csv_wanted.connect(self._browse_csv)
        self.note = wrapped("changeNote", self)
        self.failure = WarningLine("changeFailure", self)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(certain)
        layout.addLayout(line)
        for widget in (self.failure, self.table, self.note):
            layout.addWidget(widget)
        layout.addStretch(1)
        for widget in (self.table, self.note):
            widget.hide()
        self.before.currentIndexChanged.connect(self._changed)
        self.after.currentIndexChanged.connect(self._changed)
        self.classes.currentIndexChanged.connect(self._changed)
        self.model.fileChanged.connect(self._changed)
        self.file.fileChanged.connect(self._changed)

    def _offer_classes(self) -> None:
        chosen = self.classes.currentData()
        self.classes.blockSignals(True)
        self.classes.clear()
        if self._context.workspace.samples is not None:
            self.classes.addItem(self.tr("Samples in work, as drawn on the image before"), _ON_BEFORE)
            self.classes.addItem(self.tr("Samples in work, as drawn on the image after"), _ON_AFTER)
        for layer in QgsProject.instance().mapLayers().values():
            model = layer.customProperty(MODEL)
            if model and Path(model).is_file() and self.classes.findData(model) < 0:
                self.classes.addItem(self.tr("Model of {}").format(layer.name()), model)
        self.classes.addItem(self.tr("Saved model…"), _FILE)
        self.classes.setCurrentIndex(max(0, self.classes.findData(chosen)))
        self.classes.blockSignals(False)

    def _changed(self, *_: object) -> None:
        own = self.classes.currentData() == _FILE
        for widget in (self.model, self._form.labelForField(self.model)):
            widget.setVisible(own)
        pair = self._pair()
        if pair is not None and self.file.filePath() == self._suggested:
            before = pair[0].embedding
            days = [row.day or row.name for row in pair]
            beside = default_output(before)
            self._suggested = str(beside.with_name(f"change_{days[0]}_{days[1]}.tif".replace(" ", "_")))
            self.file.setFilePath(self._suggested)
        self.run_button.setEnabled(not self.job.running and not self._missing())
        self.run_button.setToolTip(self._missing() or self.tr("Classify both dates, and map what became what"))

    def _missing(self) -> str:
        """What is still to be chosen, in a sentence; empty when nothing is."""
        pair = self._pair()
        if pair is None:
            return self.tr("Embed two dates of a place first.")
        if self.before.currentData() == self.after.currentData():
            return self.tr("Choose two different images.")
        days = [row.day for row in pair]
        if all(days) and days[0] > days[1]:
            return self.tr("The image before ({0}) is later than the one after ({1}); swap them.").format(*days)
        if self.classes.currentData() == _FILE and not Path(self.model.filePath()).is_file():
            return self.tr("Choose the model that was saved beside an earlier map, or draw samples.")
        return "" if self.file.filePath().strip() else self.tr("Name the file of the map.")

    def _pair(self) -> tuple[Row, Row] | None:
        rows = {row.kept.id(): row for row in self._scenes.rows() if row.embedding is not None}
        found = [rows.get(combo.currentData()) for combo in (self.before, self.after)]
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    def _asked(self) -> Asked | None:
        pair, classes = self._pair(), self.classes.currentData()
        if pair is None or pair[0].embedding is None or pair[1].embedding is None or self._missing():
            return None
        before, after = pair[0].embedding, pair[1].embedding
        path = Path(self.file.filePath().strip())
        path = path if path.suffix.lower() in (".tif", ".tiff") else path.with_name(path.name + ".tif")
        sure = self.share.value() / 100 if self.sure.isChecked() else None
        if classes not in (_ON_BEFORE, _ON_AFTER):
            model = self.model.filePath() if classes == _FILE else classes
            return Asked(before, after, path, model=model, sure=sure)
        workspace = self._context.workspace
        try:
            samples = collect(workspace.samples, workspace.field)
        except SampleError as error:
            self.failure.show_text(str(error))
            return None
        on = before if classes == _ON_BEFORE else after
        return Asked(before, after, path, samples=samples, learned_on=on, sure=sure)

    # how it goes

    def _running(self, running: bool) -> None:
        for widget in (self.bar, self.cancel_button):
            widget.setVisible(running)
        for widget in (self.before, self.after, self.classes, self.model, self.file, self.sure):
            widget.setEnabled(not running)
        self.share.setEnabled(not running and self.sure.isChecked())
        self.run_button.setVisible(not running)
        self._changed()

    def _show_progress(self, step: str, share: float) -> None:
        self.bar.setRange(0, 0 if share < 0 else 100)
        self.bar.setValue(max(0, round(100 * share)))
        self.bar.setFormat(f"{step} – %p\xa0%")

    def _finished(self, layer: object | None, result: dict[str, Any]) -> None:
        self._running(False)
        self.table.show_result(result)
        self.table.show()
        self.note.setText("\n".join(result["messages"]))
        self.note.setVisible(bool(result["messages"]))
        if layer is not None:
            self._context.tell(self.tr("{} is in the project.").format(Path(result["path"]).name))
        self.resize(self.width(), max(self.height(), self.layout().totalSizeHint().height()))

    def _failed(self, kind: str, message: str) -> None:
        self._running(False)
        self.failure.show_text(self.tr("Cancelled; no map was written.") if kind == "cancelled" else message)

    def _browse_csv(self) -> None:
        path = Path(self.file.filePath())
        beside = str(path.with_suffix(".csv"))
        text = QFileDialog.getSaveFileName(self, self.tr("Save as CSV"), beside, "CSV (*.csv)")[0]
        if text:
            try:
                self.table.write_csv(Path(text))
            except OSError as error:
                self.failure.show_text(self.tr("{0} cannot be written ({1}).").format(text, error.strerror))


def _title(row: Row) -> str:
    """A row as it is offered, with its date where its name does not tell it."""
    told = row.day.replace("-", "") in row.name.replace("-", "")
    return row.name if told else f"{row.name} – {row.day}"
