"""The window of many scenes: one list of scenes, dates and layers with how it stands with each, and what is done with
those that are ticked. It may stay open while one works in the dock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QEvent, Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon, QShowEvent
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core import layers
from ...core.embed.queue import DONE, FAILED, RUNNING, WAITING, EmbedQueue, Queued
from ...core.embed.request import usual_options
from ...core.scenes.gathering import Gathering, elsewhere, without_places
from ...core.scenes.scene_list import NEW, STALE, Row, SceneList
from ...core.working_set import Place, places_of
from ..icons import icon
from ..widgets.labels import WarningLine, wrapped
from .folder_button import FolderButton
from .scene_table import SceneTable

if TYPE_CHECKING:
    from ...context import Context

#: States of what is answered, or looked at, in the Embed tab.
_IN_TAB = (NEW, STALE, FAILED, WAITING, RUNNING)
#: What the files of scenes are called.
_RASTERS = (".tif", ".tiff", ".jp2", ".vrt", ".img", ".nc")
#: Names that a sentence lists.
_LISTED = 5


class ScenesWindow(QDialog):
    """Works on the scenes of the project with a queue. `chosen` (layer): the user wants to see it in the Embed tab;
    `draw_wanted`, `change_wanted`: the next step is asked for."""

    chosen = pyqtSignal(object)
    draw_wanted = pyqtSignal()
    change_wanted = pyqtSignal()

    def __init__(self, context: Context, queue: EmbedQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scenesWindow")
        self.setWindowTitle(self.tr("Several scenes"))
        self.resize(700, 430)
        self._context, self._queue = context, queue
        self._closed = False
        self._outdated: dict[Queued, str] = {}
        self._told_of = ""  # the set in work that the note speaks of
        self.scenes = SceneList(context.client, queue, self)
        self.gathering = Gathering(context, self)
        self.table = SceneTable(self.scenes, queue, self)
        self.note = wrapped("scenesNote", self)
        self.failure = WarningLine("scenesFailure", self)
        self._lay_out()
        self.scenes.changed.connect(self._show)
        self.gathering.gathered.connect(self._gathered)
        self.gathering.failed.connect(self._failed)
        self.gathering.lacking.connect(self._lacking)
        self.table.opened.connect(self._open_row)
        queue.ended.connect(self._replace)
        context.workspace.embeddingChanged.connect(self.scenes.look_again)
        self._show()

    def close_window(self) -> None:
        """Let go of project, queue and worker."""
        if not self._closed:
            self._closed = True
            self.folder_button.let_go()
            self._context.workspace.embeddingChanged.disconnect(self.scenes.look_again)
            self._queue.ended.disconnect(self._replace)
            self.gathering.close()
            self.scenes.close()
        self.close()

    def showEvent(self, event: QShowEvent) -> None:
        """A file may have changed meanwhile."""
        super().showEvent(event)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Also while one was in another window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.scenes.look_again()

    # what is done

    def add_files(self, paths: Sequence[str], *, scenes_only: bool = False) -> None:
        """Add rasters to the project, ticked."""
        found, left_out = self.scenes.add(paths, scenes_only=scenes_only)
        text = self.tr("{} added and ticked.").format(len(found)) if found else self.tr("Nothing was added.")
        if left_out:
            why = self.tr("Left out, for they are no scenes ({0}): {1}").format(len(left_out), _listed(left_out))
            text = f"{text} {why}"
        self._say(text)

    def add_folder(self, folder: str) -> None:
        """Add the scenes of a folder; layers of few bands are left out, and told."""
        try:
            files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in _RASTERS)
        except OSError as error:
            text = self.tr("The folder {0} cannot be read ({1}); choose another one.")
            self._failed(text.format(folder, error.strerror))
            return
        self.add_files([str(path) for path in files], scenes_only=True)

    def embed_all(self) -> None:
        """Queue what is ticked and not embedded, or no longer as its scene is."""
        model = self._context.settings.model
        for row in self._to_embed():
            item = self._queue.add(row.layer, usual_options(row.layer, model), take_up=False)
            self.scenes.set_used(row.layer, used=True)
            if row.embedding is not None:
                self._outdated[item] = row.embedding.id()
        self._say("")

    def work_with(self) -> None:
        """Work with what is ticked: samples, live map and maps are of all of them."""
        self._say_and_forgive(self.tr("Putting them together…"))
        self.gathering.work_with(self._ready())

    def open_set(self, path: str) -> None:
        """Open the file of a working set: its rasters come into the project, and it is worked on."""
        places = places_of(path)
        if not places:
            self._failed(self.tr("{} is not a working set; make one with “Save set…”.").format(path))
            return
        files = list(dict.fromkeys(file for place in places for file in place.files))
        strangers = elsewhere(path, files)
        question = self.tr("The working set names files in other places:\n\n{}\n\nRead them?").format(
            "\n".join(strangers[:_LISTED]) + ("\n…" if len(strangers) > _LISTED else "")
        )
        yes = QMessageBox.StandardButton.Yes
        if strangers and QMessageBox.question(self, self.tr("Files elsewhere"), question) != yes:
            return
        found, left_out = self.scenes.add(files)
        if left_out:
            self._failed(self.tr("Cannot be opened: {}").format(_listed(left_out)))
            return
        for row in self.scenes.used():
            if row.layer not in found and row.embedding not in found:
                self.scenes.set_used(row.kept, used=False)
        self._take_up(path, places)

    def save_set(self, path: str) -> None:
        """Write what is ticked, and the samples in work when they are saved, as a working set."""
        if Path(path).suffix.lower() != ".json":
            path += ".json"
        samples, field = self._context.workspace.samples, self._context.workspace.field
        kept = samples is not None and samples.providerType() == "ogr" and not samples.isModified()
        self.gathering.save(self._ready(), path, layers.path_of(samples) if kept else None, field)

    def _take_up(self, path: str, places: Sequence[Place]) -> None:
        """Work on an opened set, whose rasters are in the project."""
        by_path = {layers.path_of(layer): layer for layer in QgsProject.instance().mapLayers().values()}
        embeddings = []
        for file, day in ((file, day) for place in places for file, day in zip(place.embeddings, place.dates)):
            layer = by_path[file]
            embeddings.append(layer)
            if not layer.customProperty(layers.PRODUCT):
                layers.mark(layer, "embedding")
            if day:
                self.scenes.set_day(layer, day)
        self._context.workspace.work_on_set(path, embeddings)
        self._gathered(path, [])

    def _replace(self, item: Queued) -> None:
        """An embedding that was outdated leaves the project when the new one is there, which takes its place."""
        old = QgsProject.instance().mapLayer(self._outdated.pop(item, ""))
        if item.state != DONE or item.layer is None or old is None or old is item.layer:
            return
        in_work = self._context.workspace.embedding is old
        QgsProject.instance().removeMapLayer(old.id())
        if in_work:
            self._context.workspace.embedding = item.layer

    # look

    def _lay_out(self) -> None:
        adding = QHBoxLayout()
        add, opened, saved = "/mActionAddRasterLayer.svg", "/mActionFileOpen.svg", "/mActionFileSave.svg"
        for name, text, tip, picture, action in (
            (
                "scenesAdd",
                self.tr("Add rasters…"),
                self.tr("Scenes, embeddings that others made, and layers such as heights"),
                add,
                self._browse,
            ),
            ("scenesFolder", self.tr("Add folder…"), self.tr("All scenes of a folder"), add, self._browse_folder),
            (
                "scenesOpen",
                self.tr("Open set…"),
                self.tr("Open a working set: the file that the toolbox and the command line take too"),
                opened,
                self._browse_set,
            ),
            (
                "scenesSave",
                self.tr("Save set…"),
                self.tr("Save what is ticked as a working set, with the samples in work when they are saved"),
                saved,
                self._browse_save,
            ),
        ):
            adding.addWidget(_tool(name, text, tip, picture, action, self))
        adding.addStretch(1)
        self.embed_button = _button("scenesEmbed", "embed", self.embed_all, self)
        self.embed_button.setToolTip(
            self.tr("Embed what is ticked and not embedded yet, one after the other; you can go on working meanwhile")
        )
        self.work_button = _button("scenesWork", "gather", self.work_with, self)
        self.work_button.setText(self.tr("Work with these"))
        self.cancel_button = _button("scenesCancel", "", self._queue.cancel_all, self)
        self.cancel_button.setIcon(QgsApplication.getThemeIcon("/mActionRemove.svg"))
        self.cancel_button.setText(self.tr("Cancel all"))
        self.cancel_button.setToolTip(self.tr("Embed nothing more; finished tiles are kept"))
        self.draw_button = _button("scenesDraw", "samples", self.draw_wanted.emit, self)
        self.draw_button.setText(self.tr("Draw samples"))
        self.draw_button.setToolTip(self.tr("The next step: draw in any of the scenes; all of them are mapped"))
        self.change_button = _button("scenesChange", "change", self.change_wanted.emit, self)
        self.change_button.setText(self.tr("Change…"))
        self.change_button.setToolTip(self.tr("Map what became what between two dates, with areas in hectares"))
        self.folder_button = FolderButton(self._context, self)
        self.folder_button.said.connect(self._say_and_forgive)
        self.folder_button.failed.connect(self._failed)
        doing = QHBoxLayout()
        for button in (self.embed_button, self.cancel_button, self.work_button, self.draw_button):
            doing.addWidget(button)
        doing.addStretch(1)
        doing.addWidget(self.folder_button)
        doing.addWidget(self.change_button)
        layout = QVBoxLayout(self)
        layout.addLayout(adding)
        layout.addWidget(self.table, 1)
        for widget in (self.note, self.failure):
            layout.addWidget(widget)
        layout.addLayout(doing)
        self._say(self.tr("Tick what belongs together: dates of one place, several places, layers to learn from."))

    def _show(self) -> None:
        self.table.show_rows(self.scenes.rows(), self._context.workspace.places)
        count = len(self._to_embed())
        self.cancel_button.setVisible(len(self._queue.items) > 1)
        self.embed_button.setText(self.tr("Embed {}").format(count) if count else self.tr("Embed"))
        self.embed_button.setEnabled(count > 0 and self._context.client.available())
        ready = self._ready()
        in_work = self._in_work(ready)
        enough = len(ready) > 1 and any(row.is_scene for row in ready)
        self.work_button.setEnabled(enough and not in_work and not any(row.asked for row in ready))
        self.work_button.setToolTip(self._why_work(ready, enough))
        self.draw_button.setVisible(in_work)
        if self._told_of and self._told_of != self._context.workspace.working_set:
            self._say(
                self.tr("They are no longer worked on together; tick what belongs together, and “Work with these”.")
            )
        dated = [row for row in self.scenes.rows() if row.embedding is not None and row.there]
        self.change_button.setEnabled(len(dated) > 1)

    def _why_work(self, ready: list[Row], enough: bool) -> str:
        lost = sum(row.lost for row in self.scenes.used())
        unready = len(self.scenes.used()) - len(ready) - lost
        if lost:
            return self.tr(
                "{} ticked whose files are gone are left out: find them again, or take the tick away"
            ).format(lost)
        if unready:
            return self.tr("{} ticked and not embedded: embed them first, or they are left out").format(unready)
        if not enough:
            return self.tr("Tick two scenes, or a scene and a layer; a single one is chosen in the Embed tab")
        if any(row.asked for row in ready):
            return self.tr("Their dates are being read")
        return self.tr("Samples and maps are of all that is ticked: dates of a place vote, each place gets a map")

    def _ready(self) -> list[Row]:
        """What is ticked and can be worked with."""
        return [row for row in self.scenes.used() if row.ready]

    def _to_embed(self) -> list[Row]:
        return [row for row in self.scenes.used() if row.to_embed]

    def _in_work(self, rows: list[Row]) -> bool:
        """Whether these rows are the set in work, with the dates that they have now."""
        places = self._context.workspace.places
        days = {file: day for place in places for file, day in zip(place.embeddings, place.dates)}
        files = {file for place in places for file in place.files}
        found = {layers.path_of(row.embedding or row.layer): row.day for row in rows}
        return bool(files) and files == set(found) and all(found[file] in ("", day) for file, day in days.items())

    def _say(self, text: str) -> None:
        self._told_of = ""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _gathered(self, path: str, messages: list[str]) -> None:
        places = places_of(path)
        scenes = sum(len(place.embeddings) for place in places)
        if self._context.workspace.working_set == path:
            self._leave_out({file for place in places for file in place.files})
            text = self.tr("Worked on now: {0} scenes ({1}). Samples may be drawn in any of them.")
        else:
            text = self.tr("Saved: {0} scenes ({1}).")
        self.failure.show_text("")
        self._say(" ".join([text.format(scenes, _listed([place.name for place in places])), *messages]))
        if self._context.workspace.working_set == path:
            self._told_of = path
        self._show()

    def _say_and_forgive(self, text: str) -> None:
        self.failure.show_text("")
        self._say(text)

    def _failed(self, sentence: str) -> None:
        self._say("")
        self.failure.show_text(sentence)

    def _lacking(self, sentence: str) -> None:
        self._say("")
        self.failure.show_text(sentence, without_places(), self.gathering.go_on_without)

    def _leave_out(self, files: set[str]) -> None:
        """What is ready and not among the files of the set in work is no longer ticked."""
        inside = {Path(file).resolve() for file in files}
        for row in self._ready():
            if Path(layers.path_of(row.embedding or row.layer)).resolve() not in inside:
                self.scenes.set_used(row.kept, used=False)

    def _open_row(self, row: Row) -> None:
        """A row that waits for an answer is opened where it is given; what is embedded is looked at."""
        if row.state in _IN_TAB or (row.to_embed and not row.lost):
            self.chosen.emit(row.layer)
        if row.state in _IN_TAB or not row.there:
            return
        canvas = self._context.iface.mapCanvas()
        canvas.setExtent(canvas.mapSettings().layerExtentToOutputExtent(row.layer, row.layer.extent()))
        canvas.refresh()

    # files

    def _browse(self) -> None:
        paths = QFileDialog.getOpenFileNames(self, self.tr("Add rasters"), _folder())[0]
        if paths:
            self.add_files(paths)

    def _browse_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Add the scenes of a folder"), _folder())
        if folder:
            self.add_folder(folder)

    def _browse_set(self) -> None:
        path = QFileDialog.getOpenFileName(self, self.tr("Open working set"), _folder(), self._kinds())[0]
        if path:
            self.open_set(path)

    def _browse_save(self) -> None:
        if not any(row.is_scene for row in self._ready()):
            self._say(self.tr("Nothing that is ticked is embedded yet."))
            return
        path = QFileDialog.getSaveFileName(self, self.tr("Save working set"), _folder(), self._kinds())[0]
        if path:
            self.save_set(path)

    def _kinds(self) -> str:
        return self.tr("Working sets (*.json)")


def _folder() -> str:
    """Where files are looked for: beside the project."""
    return QgsProject.instance().absolutePath()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")


def _tool(name: str, text: str, tip: str, picture: str, action: Callable[[], object], parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    button.setIcon(QgsApplication.getThemeIcon(picture))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.clicked.connect(lambda _=False: action())
    return button


def _button(name: str, picture: str, action: Callable[[], object], parent: QWidget) -> QPushButton:
    button = QPushButton(icon(picture) if picture else QIcon(), "", parent)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _=False: action())
    return button
