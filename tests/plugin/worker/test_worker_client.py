"""The worker as panels and algorithms use it: signals on the main thread, blocking calls, tasks, failures."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsApplication, QgsProcessingFeedback, QgsTask
from qgis.PyQt.QtCore import QThread

from qgis_plugin.core.worker import client as worker_client
from qgis_plugin.core.worker.client import Job, WorkerClient, percent
from qgis_plugin.core.worker.pace import progress_text
from qgis_plugin.core.worker.request import WorkerError
from qgis_plugin.core.worker.wording import worded

UNRULY = Path(__file__).with_name("unruly_worker.py")


@pytest.fixture
def unruly(settings, monkeypatch):
    """A client whose worker is the unruly one."""
    monkeypatch.setenv("MMEARTH_PYTHON", sys.executable)
    monkeypatch.setattr(worker_client, "worker_command", lambda python: [python, str(UNRULY)])
    client = WorkerClient(settings)
    yield client
    client.stop()


class Listener:
    """Writes down what a job signals, and on which thread."""

    def __init__(self, job: Job):
        self.heard = []
        self.threads = set()
        for name in ("progressed", "messaged", "previewed", "finished", "failed", "ended"):
            getattr(job, name).connect(lambda *values, name=name: self._hear(name, values))

    def _hear(self, name, values):
        self.heard.append((name, *values))
        self.threads.add(QThread.currentThread())

    def names(self):
        return [entry[0] for entry in self.heard]


class Feedback(QgsProcessingFeedback):
    def __init__(self):
        super().__init__()
        self.texts, self.infos, self.warnings = [], [], []

    def setProgressText(self, text):
        self.texts.append(text)

    def pushInfo(self, text):
        self.infos.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)


def is_alive(pid):
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def new_threads():
    """The threads of workers that were not there before the test."""
    before = set(threading.enumerate())
    return lambda: [t for t in threading.enumerate() if t.name.startswith("mmearth") and t not in before]


def test_embedding_as_a_job(client, scene, tmp_path, wait):
    client.stop()
    wait(lambda: client.state == "stopped", 5, "the end of an earlier worker")
    states, memory = [], []
    client.stateChanged.connect(states.append)
    client.memoryChanged.connect(memory.append)
    began = time.monotonic()
    arguments = {"scene": str(scene), "output": str(tmp_path / "e.tif"), "preview": str(tmp_path / "preview")}
    job = client.submit("embed", arguments, title="Embedding of the scene", task=True)
    assert time.monotonic() - began < 0.05
    listener = Listener(job)  # nothing was signalled before submit returned
    assert client.running() == [job]
    tasks = QgsApplication.taskManager().tasks()
    assert [task.description() for task in tasks] == ["Embedding of the scene"]
    wait(lambda: not job.running, 180, "the embedding")
    assert job.result()["output"] == str(tmp_path / "e.tif")
    names = listener.names()
    assert names[-2:] == ["finished", "ended"]
    assert {"progressed", "messaged", "previewed"} <= set(names)
    assert listener.threads == {QgsApplication.instance().thread()}
    assert states == ["starting", "ready"]
    assert memory
    assert max(memory) > 1 << 26
    assert client.running() == []
    assert client.greeting.told["protocol"] == 1
    wait(lambda: not QgsApplication.taskManager().tasks(), 10, "the end of the task")


def test_failure_of_a_job_is_the_sentence_of_the_worker(client, tmp_path, wait):
    job = client.submit("info", {"file": str(tmp_path / "nowhere.tif")})
    listener = Listener(job)
    wait(lambda: not job.running, 60, "the failure")
    assert listener.names() == ["failed", "ended"]
    _, kind, message = listener.heard[0]
    assert kind == "input"
    assert "nowhere.tif" in message
    assert job.error.kind == "input"


def test_a_panel_says_where_references_are_allowed_and_that_counts_for_it(client, scene, tmp_path, wait):
    vrt = tmp_path / "scene.vrt"
    assert gdal.BuildVRT(str(vrt), str(scene)) is not None
    job = client.submit("inspect", {"scene": str(vrt)})
    said = []
    job.failed.connect(lambda _, message: said.append(message))
    wait(lambda: not job.running, 60, "the refusal")
    assert "“Follow what the input refers to (Processing toolbox, advanced parameters)”" in said[0]
    dataset = gdal.Open(str(scene))
    bands = [dataset.GetRasterBand(number).GetDescription() for number in range(1, dataset.RasterCount + 1)]
    reading = {"scene": str(vrt), "bands": bands, "level": "l2a", "offset": 0, "scale": 0.0001}
    client.call("inspect", {**reading, "trust": True})
    again = client.submit("inspect", reading)
    wait(lambda: not again.running, 60, "the answer")
    assert again.error is None


def test_call_on_the_main_thread_without_an_event_loop(client, scene):
    feedback = Feedback()
    result = client.call("info", {"file": str(scene)}, feedback)
    assert result
    with pytest.raises(WorkerError, match=r"nowhere\.tif"):
        client.call("info", {"file": "/nowhere.tif"})


def test_call_tells_progress(client, scene, tmp_path):
    feedback = Feedback()
    result = client.call("embed", {"scene": str(scene), "output": str(tmp_path / "e.tif"), "tile": 128}, feedback)
    assert Path(result["output"]).exists()
    assert feedback.progress() > 50
    assert any("Mpx/s" in text and "left" in text for text in feedback.texts)
    assert any("Bands" in text for text in feedback.infos)


def test_call_is_cancelled_by_its_feedback(client, scene, tmp_path):
    feedback = Feedback()
    client.call("info", {"file": str(scene)})
    timer = threading.Timer(1, feedback.cancel)
    timer.start()
    began = time.monotonic()
    with pytest.raises(WorkerError) as caught:
        client.call("embed", {"scene": str(scene), "output": str(tmp_path / "e.tif"), "tile": 64}, feedback)
    assert caught.value.kind == "cancelled"
    assert time.monotonic() - began < 6
    assert not (tmp_path / "e.tif").exists()


def test_calls_from_many_threads(unruly):
    results = []
    threads = [threading.Thread(target=lambda: results.append(unruly.call("echo", {}))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({result["pid"] for result in results}) == 1
    assert len(results) == 12


def test_call_survives_a_death_and_says_so(unruly, tmp_path, wait):
    told = []
    unruly.told.connect(told.append)
    feedback = Feedback()
    arguments = {"marker": str(tmp_path / "count"), "times": 1, "signal": "SIGKILL"}
    assert unruly.call("die", arguments, feedback)["verb"] == "die"
    assert len(feedback.warnings) == 1
    wait(lambda: told, 5, "the sentence")
    assert told == feedback.warnings
    assert "was killed" in told[0]


def test_second_death_fails_the_job(unruly, tmp_path, wait):
    told, states = [], []
    unruly.told.connect(told.append)
    unruly.stateChanged.connect(states.append)
    job = unruly.submit("die", {"marker": str(tmp_path / "count"), "signal": "SIGSEGV"})
    wait(lambda: not job.running, 20, "the second death")
    assert job.error.kind == "died"
    assert "crashed (SIGSEGV), for the second time" in job.error.message
    assert len(told) == 1
    wait(lambda: states[-1] == "stopped", 5, "the state")
    assert unruly.call("echo", {})["verb"] == "echo"


def test_no_python(settings, monkeypatch, wait, new_threads):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    client = WorkerClient(settings)
    states = []
    client.stateChanged.connect(states.append)
    assert not client.available()
    job = client.submit("info", {"file": "x.tif"}, task=True)
    assert job.running
    listener = Listener(job)
    wait(lambda: not job.running, 10, "the failure")
    _, kind, message = listener.heard[0]
    assert kind == "start"
    assert "set up the environment in the plugin's panel" in message
    assert states[-1] == "failed"
    with pytest.raises(WorkerError, match="set up the environment"):
        client.call("info", {"file": "x.tif"})
    wait(lambda: not QgsApplication.taskManager().tasks(), 10, "the end of the task")
    client.stop()
    assert not new_threads()


def test_python_chosen_after_a_failed_start_is_used(settings, worker_python, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    client = WorkerClient(settings)
    try:
        with pytest.raises(WorkerError):
            client.call("info", {"file": "/nowhere.tif"})
        settings.python = worker_python
        with pytest.raises(WorkerError) as caught:
            client.call("info", {"file": "/nowhere.tif"})
        assert caught.value.kind == "input"
    finally:
        client.stop()


def test_cancel_in_the_task_manager_cancels_the_job(unruly, wait):
    job = unruly.submit("deaf", {}, title="Deaf", task=True)
    wait(lambda: unruly.state == "ready", 10, "the start")
    (task,) = QgsApplication.taskManager().tasks()
    wait(lambda task=task: task.status() == QgsTask.TaskStatus.Running, 10, "the task")
    said = []
    task.taskCompleted.connect(lambda: said.append(task.description()))
    task.cancel()
    wait(lambda: not job.running, 20, "the end of a worker deaf to a cancel")
    assert job.error.kind == "cancelled"
    wait(lambda: said, 10, "an end that is no failure")
    assert said == ["Deaf – cancelled"]
    wait(lambda: not QgsApplication.taskManager().tasks() and not unruly._tasks, 10, "the end of the task")


def test_many_tasks_do_not_hold_up_the_thread_pool(unruly, wait):
    """The map is rendered by the same threads."""
    jobs = [unruly.submit("deaf", {}, title=f"Deaf {n}", task=True) for n in range(6)]
    done = []
    quick = QgsTask.fromFunction("quick", lambda task: done.append(task.description()))
    wait(lambda: unruly.state == "ready", 10, "the start")
    QgsApplication.taskManager().addTask(quick)
    wait(lambda: done, 10, "another task")
    unruly.stop()
    wait(lambda: not any(job.running for job in jobs), 10, "the end of the jobs")
    wait(lambda: not QgsApplication.taskManager().tasks(), 10, "the end of the tasks")


def test_stop_ends_tasks_without_an_event_loop(unruly, wait):
    """When QGIS ends, its main thread waits for the tasks."""
    unruly.submit("deaf", {}, task=True)
    (task,) = QgsApplication.taskManager().tasks()
    wait(lambda: unruly.state == "ready" and task.status() == QgsTask.TaskStatus.Running, 10, "the task")
    unruly.stop()
    assert task.waitForFinished(3000)
    wait(lambda: not QgsApplication.taskManager().tasks() and not unruly._tasks, 10, "the end of the task")


def test_stop_fails_what_runs_and_a_new_job_starts_anew(unruly, wait, new_threads):
    job = unruly.submit("deaf", {})
    listener = Listener(job)
    wait(lambda: unruly.state == "ready", 10, "the start")
    pid = unruly.pid
    unruly.stop()
    assert not is_alive(pid)
    assert not new_threads()
    wait(lambda: not job.running, 5, "the end")
    assert listener.heard[0][:2] == ("failed", "cancelled")
    assert unruly.state == "stopped"
    assert unruly.call("echo", {})["pid"] != pid


def test_dead_worker_while_idle_is_told(unruly, wait):
    told = []
    unruly.told.connect(told.append)
    unruly.start()
    wait(lambda: unruly.state == "ready", 10, "the start")
    os.kill(unruly.pid, signal.SIGSEGV)
    wait(lambda: told, 10, "the sentence")
    assert told == ["The worker crashed (SIGSEGV); it is started again when it is needed."]


def test_ten_cycles_leave_nothing(unruly, new_threads):
    for _ in range(10):
        pid = unruly.call("echo", {})["pid"]
        unruly.stop()
        assert not is_alive(pid)
    assert not new_threads()


def test_progress_in_words():
    event = {"done": 50, "total": 200, "unit": "px", "rate": 1_250_000.0, "seconds_left": 3725.4}
    assert percent(event) == 25
    assert progress_text(event) == "1.25 Mpx/s, 1\xa0h\xa02\xa0min left"
    assert progress_text({"unit": "tiles", "rate": None, "seconds_left": 61}) == "1\xa0min left"
    assert progress_text({}) == ""
    assert percent({"total": 0, "done": 0}) == 0


def test_what_the_worker_said_of_itself_is_kept_for_the_next_session(unruly, settings, wait):
    settings.greeting = ""
    first = []
    unruly.greeted.connect(lambda: first.append(unruly.greeting))
    assert unruly.greeting is None
    unruly.start()
    wait(lambda: first, 10, "the greeting")
    assert first[0].lanes["preview"] == "live"
    unruly.stop()
    wait(lambda: unruly.state == "stopped", 5, "the end")
    assert WorkerClient(settings).greeting.classes == first[0].classes
    assert unruly.call("echo", {})["verb"] == "echo"
    assert len(first) == 1


@pytest.mark.parametrize("kept", ["", "nonsense", "[]", '{"protocol": 1}'])
def test_a_kept_greeting_that_is_not_understood_is_none(settings, kept):
    settings.greeting = kept
    assert WorkerClient(settings).greeting is None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Say it with `bands`.", "Say it with “Bands”."),
        ("Pass `offset=-1000` or `offset=0`.", "Pass “Offset” = -1000 or “Offset” = 0."),
        ("Choose a smaller `tile`, `tile=256`.", "Choose a smaller tile, tile=256."),
        ("`mmearth weights list` names the models.", "“mmearth weights list” names the models."),
        ("Declare `units: dB`, see `bands=B02`.", "Declare “units: dB”, see “Bands” = B02."),
    ],
)
def test_arguments_are_called_as_on_the_screen_and_no_back_quotes_are_left(said, shown):
    assert worded(said, {"bands": "Bands", "offset": "Offset"}) == shown


def test_a_message_of_a_job_says_bare_names(qgis_app):
    job, heard = Job("embed", {}, "", {}, print), []
    job.messaged.connect(heard.append)
    job.take({"event": "message", "text": "It looks like L2A; pass `level` if that is wrong."})
    assert heard == ["It looks like L2A; pass level if that is wrong."]


def test_a_failed_job_says_bare_names_and_knows_what_it_is_about(unruly, wait):
    job = unruly.submit("refuse", {})
    listener = Listener(job)
    wait(lambda: not job.running, 10, "the refusal")
    assert listener.heard[0] == ("failed", "input", "The bands are not named; say what they are with bands.")
    assert job.error.about == ("bands", "level")
