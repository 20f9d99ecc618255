"""The ground that looks like the places that were clicked: asked of the worker, the newest question wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
from qgis.PyQt.QtCore import QObject, pyqtSignal

if TYPE_CHECKING:
    from ..worker.client import Job, WorkerClient


class Region(NamedTuple):
    """A shape in a CRS, with its pixels and its area in m². `bounded`: "view" or "size" where that ended it, else
    empty."""

    shape: QgsGeometry
    crs: QgsCoordinateReferenceSystem
    pixels: int
    area: float
    bounded: str


class RegionGrower(QObject):
    """`grown(Region)` or `failed(sentence)` for what was asked; nothing for what was dropped.

    A question that is under way is answered, for that is soon; of those behind it the newest is asked. Reading ahead
    stops for every question, and goes on after it.
    """

    grown = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, client: WorkerClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._job: Job | None = None
        self._wanted = False  # somebody waits for the job's answer
        self._next: dict[str, Any] | None = None
        self._ahead: dict[str, Any] | None = None  # the view whose ground is not ready yet
        self._reading: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._next is not None or (self._job is not None and self._wanted)

    def ask(self, arguments: dict[str, Any]) -> None:
        """Grow anew; `arguments` are those of the worker's `grow_region`."""
        if self._job is not None:
            self._next = arguments
            return
        self._stop_reading()
        self._wanted = True
        job = self._job = self._client.submit("grow_region", arguments)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)
        job.ended.connect(self._ended)

    def read_ahead(self, arguments: dict[str, Any] | None) -> None:
        """Have the ground of a view ready before it is clicked; `arguments` are those of the worker's `read_ahead`,
        None when no click is to come."""
        self._stop_reading()
        self._ahead = arguments
        self._read_on()

    def drop(self) -> None:
        """Nobody waits for an answer any more."""
        self._next, self._wanted = None, False
        if self._job is not None:
            self._job.cancel()

    def _take(self, result: dict[str, Any]) -> None:
        if not self._wanted:
            return
        shape = QgsGeometry()
        shape.fromWkb(bytes.fromhex(result["shape"]))
        crs = QgsCoordinateReferenceSystem.fromWkt(result["crs"])
        self.grown.emit(Region(shape, crs, int(result["pixels"]), float(result["area"]), result["bounded"] or ""))

    def _fail(self, kind: str, message: str) -> None:
        if self._wanted and kind != "cancelled":
            self.failed.emit(message)

    def _ended(self) -> None:
        self._job, following, self._next = None, self._next, None
        if following is not None:
            self.ask(following)
        else:
            self._read_on()

    def _read_on(self) -> None:
        if self._ahead is not None and self._job is None:
            job = self._reading = self._client.submit("read_ahead", self._ahead)
            job.ended.connect(lambda: self._read(job))

    def _stop_reading(self) -> None:
        job, self._reading = self._reading, None
        if job is not None:
            job.cancel()

    def _read(self, job: Job) -> None:
        """It is ready, or cannot be: a click then tells why."""
        if job is self._reading:
            self._reading = self._ahead = None
