"""Makes the plugin's own environment for the worker: a virtual environment with the package that comes with the plugin.

Runs in a thread of its own, only when asked to, and leaves either a complete environment or none: the marker file gets
its version last, and a folder whose marker has none is removed when an installation fails, is cancelled or starts.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QLockFile, QObject, pyqtSignal

from ..numbers import decimal
from . import base_python
from .environment import MARKER, NO_WINDOW, PLUGIN, check_python, python_in
from .failures import Failure, explain
from .own_environment import Options, digest_of, log_file, shipped_package, shipped_requirements, status
from .redaction import without_credentials

# How many packages are collected, for the progress bar; measured, and only a guess for other indexes and systems.
_PACKAGES, _PACKAGES_GPU = 55, 95
_WHILE_UNPACKING = 1.3  # times the size: what is downloaded lies there as well
# PyPI's torch for Windows has no CUDA, so it is taken from here before the rest.
_TORCH_WINDOWS = "https://download.pytorch.org/whl/cu128"
# uv is asked for a Python only when none was found that could be used, so it is to bring one of its own.
_UV_PYTHON = ("--allow-existing", "--python", "3.12", "--python-preference", "only-managed")
_OUTPUT_KEPT = 400  # lines in which a failure's reason is looked for


class _Cancelled(Exception):
    pass


class _Failed(Exception):
    def __init__(self, sentence: str, action: str) -> None:
        super().__init__(sentence)
        self.failure = Failure(sentence, action)


class Installation(QObject):
    """Makes or removes the environment. Exactly one of `finished`, `failed` and `cancelled` follows each `start` or
    `remove`; all signals arrive on the thread this object lives in."""

    progressed = pyqtSignal(float, str)  # per cent, what is being done
    finished = pyqtSignal()
    failed = pyqtSignal(str, str)  # sentence, action
    cancelled = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = threading.Lock()  # of _process, so that none is started once cancel has been asked for
        self._cancel = threading.Event()
        self._per_cent = 0.0

    @property
    def running(self) -> bool:
        """Whether an installation or removal is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, options: Options) -> None:
        """Make the environment, in place of the one that is there. Returns at once; ignored while one is at work."""
        self._begin(lambda: self._install(options), options.folder)

    def remove(self, folder: str | Path) -> None:
        """Remove an environment that this class made. Returns at once."""
        self._begin(lambda: self._clear(Path(folder)), Path(folder))

    def cancel(self) -> None:
        """Stop: kills the running program with all it started; the thread then removes what is there."""
        self._cancel.set()
        with self._guard:
            if self._process is not None:
                _kill(self._process)

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it has ended. Needs no event loop."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.running

    def _begin(self, work: Callable[[], None], folder: str | Path) -> None:
        if self.running:
            return
        self._cancel.clear()
        self._per_cent = 0.0
        self._thread = threading.Thread(
            target=self._run, args=(work, Path(folder)), daemon=True, name="mmearth-install"
        )
        self._thread.start()

    def _run(self, work: Callable[[], None], folder: Path) -> None:
        """The thread: the work under the lock, its end as a signal."""
        tell = self.finished
        arguments: tuple[str, ...] = ()
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            lock = QLockFile(str(folder.with_name(folder.name + ".lock")))
            lock.setStaleLockTime(0)
            if not lock.tryLock(0):
                raise _Failed(
                    self.tr("Another QGIS is working on {folder}, or it cannot be written.").format(folder=folder),
                    self.tr("Wait until it is done, or choose another folder."),
                )
            try:
                work()
            finally:
                lock.unlock()
        except _Cancelled:
            tell = self.cancelled
        except _Failed as error:
            tell, arguments = self.failed, error.failure
        except OSError as error:
            tell, arguments = self.failed, explain(f"{type(error).__name__}: {error}")
        except RuntimeError:
            if sip.isdeleted(self):
                return  # it went with QGIS while this thread was at work
            raise
        if not sip.isdeleted(self):
            tell.emit(*arguments)

    def _install(self, options: Options) -> None:
        folder = Path(options.folder)
        found = options.package or shipped_package()
        log_file().parent.mkdir(parents=True, exist_ok=True)
        with log_file().open("w", encoding="utf-8") as log:
            self._log = log
            self._note(f"{time.strftime('%Y-%m-%d %H:%M:%S')}: mmearth from {found} into {folder}")
            self._report(1, self.tr("Looking for room and a Python"))
            package = self._check(options, found)
            base, uv = base_python.find(self._note), base_python.find_uv()
            if base is None and uv is None:
                raise _Failed(*base_python.missing())
            self._stop_if_cancelled()
            done = False
            try:
                self._clear(folder)
                folder.mkdir(parents=True)
                (folder / MARKER).write_text("{}", encoding="utf-8")
                self._fill(options, package, base, uv or "")
                done = True
            finally:
                if not done:
                    self._note("Not finished; removing what was made")
                    _remove(folder)

    def _check(self, options: Options, package: Path | None) -> Path:
        """Everything that can be known before anything is written; returns the package, which is there."""
        folder = Path(options.folder)
        if package is None:
            raise _Failed(
                self.tr("The package mmearth is missing from the plugin's folder {folder}.").format(folder=PLUGIN),
                self.tr("Install the plugin again."),
            )
        if status(folder, package) == "foreign":
            raise _Failed(
                self.tr("{folder} holds other files.").format(folder=folder),
                self.tr("Choose an empty or a new folder."),
            )
        if options.wheels_folder and not any(Path(options.wheels_folder).glob("*.whl")):
            raise _Failed(
                self.tr("{folder} holds no wheels.").format(folder=options.wheels_folder),
                self.tr("Choose a folder with the wheels of all packages, made by “pip download”."),
            )
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(there).free
        if free < options.size * _WHILE_UNPACKING:
            sentence = self.tr("{folder} has {free} GB free, and the environment needs about {size} GB.")
            raise _Failed(
                sentence.format(
                    folder=there,
                    free=decimal(free / 1e9, 1),
                    size=decimal(options.size * _WHILE_UNPACKING / 1e9, 1),
                ),
                self.tr("Make room, or choose a folder on another disk."),
            )
        return package

    def _fill(self, options: Options, package: Path, base: list[str] | None, uv: str) -> None:
        """An empty folder becomes an environment that passes the check, and gets its marker."""
        folder, python = Path(options.folder), python_in(options.folder)
        environment = base_python.installer_environment(options.index_url, strict=bool(options.wheels_folder))
        self._report(4, self.tr("Creating the environment"))
        source = ["--no-index", "--find-links", str(options.wheels_folder)] if options.wheels_folder else []
        extra = "[torch]" if options.gpu else ""
        what = [*source, "--only-binary", ":all:", f"mmearth{extra} @ {Path(package).resolve().as_uri()}"]
        if base is not None:
            self._execute([*base, "-m", "venv", "--prompt", "mmearth", str(folder)], environment)
            install = [str(python), "-s", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
            what = ["--no-warn-script-location", "--retries", "3", *what]
        else:
            offline = ["--offline"] if options.wheels_folder else []
            self._execute([uv, "venv", *_UV_PYTHON, *offline, str(folder)], environment)
            install = [uv, "pip", "install", "--python", str(python), *offline]
        self._report(10, self.tr("Asking for the packages"))
        packages = _PACKAGES_GPU if options.gpu else _PACKAGES
        if options.gpu and os.name == "nt" and not (options.wheels_folder or options.index_url):
            self._execute([*install, "torch", "torchvision", "--index-url", _TORCH_WINDOWS], environment, packages)
        if options.package is None and not options.wheels_folder:
            # Only files with the digests that are known; a package that comes with the plugin then needs no other.
            pinned = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(shipped_requirements())]
            self._execute([*install, *pinned], environment, packages)
        self._execute([*install, *what], environment, packages)
        self._report(90, self.tr("Trying the environment"))
        report = check_python(python)
        self._note(report.sentence)
        if not report.ok:
            raise _Failed(report.sentence, self.tr("Copy the diagnostics and report it if it happens again."))
        self._stop_if_cancelled()
        marker = {
            "version": report.versions["mmearth"],
            "digest": digest_of(package),
            "python": report.versions["python"],
            "torch": report.versions["torch"],
            "bytes": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()),
        }
        partial = folder / (MARKER + ".partial")
        partial.write_text(json.dumps(marker, indent=1), encoding="utf-8")
        partial.replace(folder / MARKER)
        self._report(100, self.tr("The environment is ready"))

    def _clear(self, folder: Path) -> None:
        """Remove what an earlier installation left; other people's files are not touched."""
        state = status(folder)
        if state == "foreign":
            raise _Failed(
                self.tr("{folder} was not made by this plugin.").format(folder=folder),
                self.tr("Remove it yourself if it is no longer needed."),
            )
        if not folder.exists():
            return
        if state != "missing":
            (folder / MARKER).write_text("{}", encoding="utf-8")
            self._report(2, self.tr("Removing the environment that is there"))
        _remove(folder)

    def _execute(self, command: list[str], environment: dict[str, str], packages: int = 0) -> None:
        """Run a program to its end, its output to the log and, line by line, into progress."""
        self._note("$ " + " ".join(str(part) for part in command))
        with self._guard:
            self._stop_if_cancelled()
            process = self._process = subprocess.Popen(  # a Python or uv found here, arguments of ours # noqa: S603 # nosec B603
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                creationflags=NO_WINDOW,
                start_new_session=os.name != "nt",
            )
        output: deque[str] = deque(maxlen=_OUTPUT_KEPT)
        collected: set[str] = set()
        unpacking, over = threading.Event(), threading.Event()
        if packages:
            folder = Path(command[0]).parent.parent
            threading.Thread(target=self._watch, args=(folder, packages, unpacking, over), daemon=True).start()
        try:
            for raw in process.stdout or ():
                line = raw.decode("utf-8", "replace").rstrip()
                output.append(line)
                self._note(line)
                if packages:
                    self._follow(line, collected, packages)
                if line.startswith("Installing collected packages"):
                    unpacking.set()
            code = process.wait()
        finally:
            over.set()
            unpacking.set()
            with self._guard:
                if process.poll() is None:
                    _kill(process)
                self._process = None
            if process.stdout is not None:
                process.stdout.close()
        self._stop_if_cancelled()
        if code:
            if code < 0:
                output.append(f"signal {-code}")
            failure = explain("\n".join(output))
            self._note(" ".join(failure))
            raise _Failed(*failure)

    def _follow(self, line: str, collected: set[str], packages: int) -> None:
        """Progress from a line of pip or uv: packages collected, of about so many; then unpacking."""
        found = re.match(r"\s*(Collecting|Processing|Downloading|Using cached) (\S+)(.*)", line)
        if found:
            step, name, rest = found.groups()
            name = re.split(r"[-=<>!~\[;]", name.rsplit("/", 1)[-1])[0].lower().replace("_", "-")
            collected.add(name)
            text = self.tr("Downloading {name}") if step == "Downloading" else self.tr("Looking up {name}")
            size = re.search(r"\(([\d.]+ [kMG]B)\)", rest)
            share = min(len(collected) / packages, 1)
            self._report(10 + 40 * share, text.format(name=name) + (f" ({size.group(1)})" if size else ""))

    def _watch(self, folder: Path, packages: int, unpacking: threading.Event, over: threading.Event) -> None:
        """Progress while pip unpacks and says nothing: the packages that are there, counted twice a second."""
        unpacking.wait()
        while not over.wait(0.5) and not self._cancel.is_set():
            done = sum(
                1 for library in ("lib/python*", "Lib") for _ in folder.glob(f"{library}/site-packages/*.dist-info")
            )
            self._report(50 + 40 * min(done / packages, 1), self.tr("Unpacking the packages"))

    def _report(self, per_cent: float, text: str) -> None:
        self._per_cent = max(self._per_cent, float(per_cent))
        if sip.isdeleted(self):
            self._cancel.set()  # it went with QGIS
        else:
            self.progressed.emit(self._per_cent, text)

    def _note(self, line: str) -> None:
        self._log.write(without_credentials(line) + "\n")
        self._log.flush()

    def _stop_if_cancelled(self) -> None:
        if self._cancel.is_set():
            raise _Cancelled


def _remove(folder: Path) -> None:
    """Remove an environment, its marker last: what a locked file interrupts can be taken up again."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name == MARKER) if folder.exists() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    if folder.exists():
        folder.rmdir()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and all it has started, without waiting for it."""
    try:
        if os.name == "nt":
            command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.Popen(command, creationflags=NO_WINDOW)  # Windows' own # noqa: S603 # nosec B603
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        process.kill()
