"""What an assessment is of: one map, or the maps of all places of a working set, which count as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal
from qgis.PyQt.QtGui import QColor

from .. import layers
from ..maps.map_style import class_colours, class_values
from ..samples.pixels import layer_at
from ..sources import why_not_placed, why_not_readable

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job
    from ..working_set import Place
    from ..workspace import Workspace


@dataclass(frozen=True)
class JudgedMaps:
    """A map's layer and its file as `path`; or those of all `places` of a working set, and the folder they are in."""

    layers: tuple[QgsRasterLayer, ...]
    path: str
    places: tuple[str, ...] = ()
    working_set: str | None = None

    @classmethod
    def of(cls, layer: QgsRasterLayer | None) -> JudgedMaps | None:
        """A single map; None without one."""
        return None if layer is None else cls((layer,), layers.path_of(layer))

    @property
    def first(self) -> QgsRasterLayer:
        """The map, or that of the first place."""
        return self.layers[0]

    @property
    def name(self) -> str:
        """What it is called in a title."""
        return Path(self.path).stem

    @property
    def colours(self) -> dict[str, QColor]:
        """The colour of every class by its name."""
        found: dict[str, QColor] = {}
        for layer in reversed(self.layers):
            found.update(class_colours(layer))
        return found

    def asked(self) -> dict[str, Any]:
        """The arguments by which the worker's `sample` and `assess` are asked. The set was opened or made here, so what
        it names elsewhere is read."""
        more = {} if self.working_set is None else {"working_set": self.working_set, "trust": True}
        return {"map": self.path, **more}

    def why_not_readable(self) -> str:
        """Why the worker cannot see the maps where QGIS shows them, in a sentence; empty when it can."""
        return next(filter(None, (why_not_readable(each) or why_not_placed(each) for each in self.layers)), "")

    def of_place(self, name: str) -> QgsRasterLayer | None:
        """The map of a place by its name; None where there is no such place."""
        return dict(zip(self.places, self.layers)).get(name)

    def at(self, point: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> QgsRasterLayer:
        """The map that shows a point of some CRS; the first where none does."""
        found = layer_at(self.layers, point, crs)
        return self.first if found is None else found

    def beside(self, ending: str) -> Path:
        """A file that goes with it: NAME and the ending beside a map, the ending alone in the folder of several."""
        path = Path(self.path)
        return path / ending.lstrip("_") if self.places else path.with_name(path.stem + ending)


def maps_of_set(workspace: Workspace) -> tuple[JudgedMaps | None, str]:
    """The maps of all places of the working set in work, if all are in the project, and a sentence: which place has
    none, or one that is older than its embedding; empty when all is well."""
    places = workspace.places
    found = _in_one_folder([place.name for place in places])
    lacking = [place.name for place in places if place.name not in found]
    if lacking:
        text = _tr("No map in the project: {}. Make the maps of all places on the tab “Map”; they are assessed as one.")
        return None, text.format(", ".join(lacking))
    maps = tuple(found[place.name] for place in places)
    folder = str(Path(layers.path_of(maps[0])).parent)
    stale = [place.name for place, layer in zip(places, maps) if _is_stale(layer, place)]
    told = _tr("Older than its embedding: the map of {}. Make the maps again, or what is judged is the old one.")
    names = tuple(place.name for place in places)
    judged = JudgedMaps(maps, folder, names, workspace.working_set)
    return judged, told.format(", ".join(stale)) if stale else ""


def _in_one_folder(names: Sequence[str]) -> dict[str, QgsRasterLayer]:
    """Maps in the project by the names of places, from the folder that has most of them; of such the latest."""
    folders: dict[Path, dict[str, QgsRasterLayer]] = {}
    for layer in QgsProject.instance().mapLayers().values():
        path = Path(layers.path_of(layer))
        if _is_map(layer) and path.stem in names:
            folders.setdefault(path.parent, {})[path.stem] = layer
    ranked = [(len(found), max(map(_changed, found.values())), found) for found in folders.values()]
    return max(ranked, key=lambda each: each[:2], default=(0, 0.0, {}))[2]


def _is_map(layer: QgsMapLayer) -> bool:
    return isinstance(layer, QgsRasterLayer) and layer.customProperty(layers.PRODUCT) == "map"


def _is_stale(layer: QgsRasterLayer, place: Place) -> bool:
    return any(_time_of(Path(path)) > _changed(layer) for path in place.embeddings)


def _changed(layer: QgsMapLayer) -> float:
    return _time_of(Path(layers.path_of(layer)))


def _time_of(path: Path) -> float:
    """When a file was changed; 0 where there is none to ask, as on the network."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


class MapClasses(QObject):
    """Asks the worker what the classes of maps are called, one question at a time."""

    #: The value of each class by its name.
    found = pyqtSignal(dict)
    #: Error kind and sentence.
    failed = pyqtSignal(str, str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._jobs: list[Job] = []
        self._names: dict[str, int] = {}

    @property
    def running(self) -> bool:
        """Whether an answer is waited for."""
        return bool(self._jobs)

    def ask(self, maps: JudgedMaps) -> None:
        """Ask for the classes of maps."""
        self.forget()
        for layer in maps.layers:
            job = self._context.client.submit("info", {"file": layers.path_of(layer)})
            self._jobs.append(job)
            job.finished.connect(partial(self._take, job, layer))
            job.failed.connect(partial(self._fail, job))

    def forget(self) -> None:
        """Take no answer any more."""
        self._jobs, self._names = [], {}

    def _take(self, job: Job, layer: QgsRasterLayer, told: dict[str, Any]) -> None:
        if job not in self._jobs:
            return
        self._jobs.remove(job)
        names = {name: int(value) for value, name in told.get("classes", {}).items()} or class_values(layer)
        self._names.update(names)
        if not names:
            self.forget()
            text = _tr("{} does not name its classes; give it a paletted style first.")
            self.failed.emit("input", text.format(layer.name()))
        elif not self._jobs:
            self.found.emit(dict(sorted(self._names.items(), key=lambda each: each[1])))

    def _fail(self, job: Job, kind: str, message: str) -> None:
        if job in self._jobs:
            self.forget()
            self.failed.emit(kind, message)


def _tr(text: str) -> str:
    return QCoreApplication.translate("JudgedMaps", text)
