"""The worker as QGIS' panels and algorithms use it: jobs with signals on the main thread, and blocking calls.

Nothing here waits on the main thread but `call`, which is for algorithms, and `stop`, which waits a second at most.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from qgis.core import QgsApplication, QgsProcessingFeedback, QgsTask
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, QThreadPool, pyqtSignal

from ...settings import Settings, home
from ..layers import with_names
from ..numbers import language
from ..python.environment import find_python, is_qgis, plugin_version, scrubbed_environment, worker_command
from .greeting import Greeting
from .pace import progress_text
from .process import WorkerProcess
from .request import Request, WorkerError
from .wording import told, worded

#: The events that end a request.
_LAST = ("result", "error")


def percent(event: dict[str, Any]) -> float:
    """How much of its step a `progress` event says is done, in per cent."""
    total = event.get("total") or 0
    return min(100.0, 100.0 * event.get("done", 0) / total) if total else 0.0


class Job(QObject, Request):
    """A request whose events come as signals on the main thread, after `WorkerClient.submit` returned it.

    `finished` or `failed` (error kind, sentence) comes once, then `ended`; `about`: the arguments a failure is about.
    """

    progressed = pyqtSignal(dict)
    messaged = pyqtSignal(str)
    previewed = pyqtSignal(str)
    finished = pyqtSignal(dict)
    failed = pyqtSignal(str, str)
    ended = pyqtSignal()

    def __init__(
        self,
        verb: str,
        arguments: dict[str, Any],
        title: str,
        labels: Mapping[str, str],
        post: Callable[[Job, dict[str, Any]], None],
    ):
        """`post` takes each event to the main thread, where it calls `take`."""
        super().__init__(verb=verb, arguments=arguments)  # Qt hands on what it does not know
        self.title = title
        self.about: tuple[str, ...] = ()
        self._labels = labels
        self.running = True  # until its end was signalled
        self.task: _JobTask | None = None
        self._post = post

    def tell(self, event: dict[str, Any]) -> None:
        if self.task is not None:
            self.task.follow(event)
        self._post(self, event)

    def take(self, event: dict[str, Any]) -> None:
        """Signal an event; called on the main thread."""
        name = event["event"]
        if name in {"start", "progress", "finish"}:
            self.progressed.emit(event)
        elif name == "message":
            self.messaged.emit(with_names(worded(str(event.get("text", "")), self._labels)))
        elif name == "preview":
            self.previewed.emit(str(event.get("path", "")))
        elif name == "result":
            self.running, self.task = False, None
            self.finished.emit(told(event["result"]))
            self.ended.emit()
        elif name == "error":
            self.running, self.task = False, None
            self.about = tuple(event.get("about") or ())
            self.failed.emit(event["kind"], with_names(worded(event["message"], self._labels)))
            self.ended.emit()


class _JobTask(QgsTask):
    """A job in QGIS' task manager: shows its progress, forwards a cancel, and only waits.

    QGIS tells the end of a long task itself, and calls a cancelled one failed; who asked for the job tells it better.
    """

    def __init__(self, job: Job) -> None:
        flags = QgsTask.Flag.CanCancel
        silent = getattr(QgsTask.Flag, "Silent", None)  # since QGIS 3.26
        super().__init__(job.title or job.verb, flags if silent is None else flags | silent)
        self._job = job
        self._over = threading.Event()
        self._percent = 0.0
        self._succeeded = self._cancelled = False

    def follow(self, event: dict[str, Any]) -> None:
        """Called from the worker's threads: the end must not wait for a main thread that waits for this task."""
        if event["event"] == "progress":
            self._percent = percent(event)
        elif event["event"] in _LAST:
            self._cancelled = event.get("kind") == "cancelled"
            self._succeeded = event["event"] == "result" or self._cancelled
            self._over.set()

    def run(self) -> bool:
        # This thread sleeps: the pool may lend its place to another, to the map's rendering above all.
        pool = getattr(QgsApplication.taskManager(), "threadPool", QThreadPool.globalInstance)()
        pool.releaseThread()
        try:
            while not self._over.wait(0.2):
                self.setProgress(self._percent)
        finally:
            pool.reserveThread()
        if self._cancelled:
            self.setDescription(QCoreApplication.translate("WorkerClient", "{} – cancelled").format(self.description()))
        return self._succeeded

    def cancel(self) -> None:
        self._job.cancel()
        super().cancel()


class _LocatedProcess(WorkerProcess):
    """Looks for the Python when it starts, so that a change of the settings counts."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__([], {}, home() / "logs" / "worker.log", plugin_version(), language=language(), **options)
        self._settings = settings

    def locate(self) -> tuple[list[str], dict[str, str]]:
        choice = find_python(self._settings)
        if choice is None:
            sentence = QCoreApplication.translate(
                "WorkerClient", "There is no Python to run the worker; set up the environment in the plugin's panel."
            )
            raise WorkerError("start", sentence)
        if is_qgis(choice.python):  # it would open another window
            sentence = QCoreApplication.translate(
                "WorkerClient",
                "{path} is QGIS itself and cannot run the worker; choose a Python in the plugin's panel.",
            )
            raise WorkerError("start", sentence.format(path=choice.python))
        return worker_command(choice.python), scrubbed_environment()


class WorkerClient(QObject):
    """The one worker of this QGIS, started when it is first needed. Lives on the main thread; `call` is for any.

    It may be made in any thread, when it has no parent."""

    stateChanged = pyqtSignal(str)
    memoryChanged = pyqtSignal("qlonglong")
    told = pyqtSignal(str)
    #: There is a `greeting`, and there was none.
    greeted = pyqtSignal()
    _arrived = pyqtSignal(object, object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if parent is None:  # it may be made in a thread of Processing
            self.moveToThread(QCoreApplication.instance().thread())
        self.state = "stopped"
        self.failure = ""  # why it could not be started, while `state` is "failed"
        self.memory = 0
        self._settings = settings
        self._lock = threading.Lock()
        self._process: WorkerProcess | None = None
        self._kept: Greeting | None = None
        self._jobs: dict[int, Job] = {}
        self._tasks: dict[int, _JobTask] = {}
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def greeting(self) -> Greeting | None:
        """What the worker said of itself, now or when it last ran; None: it never ran. For the main thread."""
        process = self._process
        running = None if process is None else process.greeting
        return running or self._kept_greeting()

    @property
    def pid(self) -> int | None:
        """The worker's process; None while it does not run."""
        process = self._process
        return None if process is None else process.pid

    def available(self) -> bool:
        """Whether there is a Python to run the worker; not whether it works."""
        return find_python(self._settings) is not None

    def start(self) -> None:
        """Start the worker ahead of the first request; returns at once. `stateChanged` tells how it went."""
        self._get_process().wake()

    def submit(
        self,
        verb: str,
        arguments: dict[str, Any],
        title: str = "",
        task: bool = False,
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> Job:
        """Ask the worker for `verb`; never blocks. `task` shows it in QGIS' task manager, with progress and cancel.
        `labels`: what arguments are called on the screen, for the sentence of a failure."""
        job = Job(verb, arguments, title, {"trust": _trust_label(), **labels}, self._post)
        job.task = _JobTask(job) if task else None
        self._get_process().send(job)
        self._jobs[job.id] = job
        if job.task is not None:
            self._show(job.id, job.task)
        return job

    def call(
        self,
        verb: str,
        arguments: dict[str, Any],
        feedback: QgsProcessingFeedback | None = None,
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """Ask the worker for `verb` and wait for its result, on any thread, with or without an event loop.

        `feedback`, a `QgsProcessingFeedback`, is told the progress, with arguments by their `labels`, and asked for a
        cancel. Raises `WorkerError`.
        """
        events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        request = Request(verb, arguments, events.put)
        self._get_process().send(request)
        while True:
            try:
                event = events.get(timeout=0.05)
            except queue.Empty:
                event = {"event": "none"}
            if event["event"] in _LAST:
                return told(request.result(0))
            if feedback is not None:
                _report(event, feedback, labels)
                if feedback.isCanceled():
                    request.cancel()

    def running(self) -> list[Job]:
        """The jobs that have not ended."""
        return list(self._jobs.values())

    def stop(self) -> None:
        """End the worker, within a second or so; what runs fails as cancelled. The next request starts another."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close()

    def _get_process(self) -> WorkerProcess:
        with self._lock:
            if self._process is None:
                self._process = _LocatedProcess(self._settings, on_event=lambda event: self._post(None, event))
            return self._process

    def _post(self, job: Job | None, event: dict[str, Any]) -> None:
        """Hand an event over to the main thread; called from any thread."""
        try:
            self._arrived.emit(job, event)
        except RuntimeError:  # the client is gone, and with it whoever would listen
            return

    def _deliver(self, job: Job | None, event: dict[str, Any]) -> None:
        if job is not None:
            if event["event"] in _LAST:
                self._jobs.pop(job.id, None)
            job.take(event)
        elif event["event"] == "state":
            self.state, self.failure = event["state"], event.get("text", "")
            if self.state == "ready":
                self._remember()
            self.stateChanged.emit(self.state)
        elif event["event"] == "told":
            self.told.emit(event["text"])
        elif event["event"] == "heartbeat":
            self.memory = int(event.get("memory") or 0)
            self.memoryChanged.emit(self.memory)

    def _kept_greeting(self) -> Greeting | None:
        if self._kept is None:
            try:
                self._kept = Greeting.of(json.loads(self._settings.greeting))
            except ValueError:  # nothing is kept, or another version kept it
                return None
        return self._kept

    def _remember(self) -> None:
        """Keep the greeting for the sessions to come, where it says something new."""
        known, greeting = self._kept_greeting(), self.greeting
        if greeting is None:  # the worker has died in between
            return
        self._kept = greeting
        if known is None or dict(known.told, pid=0) != dict(greeting.told, pid=0):
            self._settings.greeting = json.dumps(dict(greeting.told, pid=0))
        if known is None:
            self.greeted.emit()

    def _show(self, number: int, task: _JobTask) -> None:
        self._tasks[number] = task  # QGIS does not keep the Python half alive
        task.taskCompleted.connect(lambda: self._tasks.pop(number, None))
        task.taskTerminated.connect(lambda: self._tasks.pop(number, None))
        QgsApplication.taskManager().addTask(task)


def _trust_label() -> str:
    """Where what a layer refers to is allowed, for panels that have no place for it; it then counts for them too."""
    return QCoreApplication.translate(
        "WorkerClient", "Follow what the input refers to (Processing toolbox, advanced parameters)"
    )


def _report(event: dict[str, Any], feedback: QgsProcessingFeedback, labels: Mapping[str, str]) -> None:
    if event["event"] == "progress":
        feedback.setProgress(percent(event))
        feedback.setProgressText(progress_text(event))
    elif event["event"] == "message":
        feedback.pushInfo(worded(str(event.get("text", "")), labels))
    elif event["event"] == "restart":
        feedback.pushWarning(event["text"])
