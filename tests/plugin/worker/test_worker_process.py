"""The worker's process: every way it can fail is told in a sentence and survived. Real processes, really killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from qgis_plugin.core.worker.process import WorkerProcess
from qgis_plugin.core.worker.request import Request, WorkerError

UNRULY = Path(__file__).with_name("unruly_worker.py")
REAL = os.environ.get("MMEARTH_PYTHON", str(Path(__file__).parents[3] / ".venv" / "bin" / "python"))
QUICK = {"start_seconds": 10, "silence_seconds": 2, "cancel_seconds": 1}
SIDE = 240


@pytest.fixture
def start(tmp_path):
    """Makes processes that are closed after the test; what they tell is in `told` and `states`."""
    made = []

    def start(*options, command=None, version="0.1.0", **times):
        events = []
        process = WorkerProcess(
            command or [sys.executable, str(UNRULY), *options],
            dict(os.environ),
            tmp_path / "logs" / "worker.log",
            version,
            on_event=events.append,
            **{**QUICK, **times},
        )
        process.told = lambda: [event["text"] for event in events if event["event"] == "told"]
        process.states = lambda: [event["state"] for event in events if event["event"] == "state"]
        process.heard = lambda name: [event for event in events if event["event"] == name]
        made.append(process)
        return process

    yield start
    for process in made:
        process.close()


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def is_alive(pid):
    """Whether there is such a process, a zombie included."""
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def new_threads():
    """The threads of workers that were not there before the test."""
    before = set(threading.enumerate())
    return lambda: [t for t in threading.enumerate() if t.name.startswith("mmearth") and t not in before]


def ask(process, verb, arguments, listener=None):
    request = Request(verb, arguments, listener)
    process.send(request)
    return request


def failure(request, seconds=20):
    with pytest.raises(WorkerError) as caught:
        request.result(seconds)
    return caught.value


def test_starts_answers_and_leaves_nothing(start, new_threads):
    process = start()
    assert process.start()["protocol"] == 1
    pid = process.pid
    heard = []
    request = ask(process, "echo", {"path": "Straße 東.tif"}, heard.append)
    assert request.result(5)["verb"] == "echo"
    assert request.done
    assert [event["event"] for event in heard] == ["result"]
    process.close()
    assert not is_alive(pid)
    assert not new_threads()
    assert process.states() == ["starting", "ready", "stopped"]


def test_requests_wait_for_the_start_and_keep_their_order(start):
    process = start("--slow", "0.5")
    requests = [ask(process, "echo", {"n": n}) for n in range(20)]
    assert {request.result(10)["verb"] for request in requests} == {"echo"}
    assert [request.id for request in requests] == sorted({request.id for request in requests})


def test_requests_from_many_threads(start):
    process = start()
    results = []

    def ask_often():
        results.extend(ask(process, "echo", {}).result(10) for _ in range(20))

    threads = [threading.Thread(target=ask_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 160
    assert len({result["pid"] for result in results}) == 1


def test_error_of_the_worker_is_shown_as_it_is(start):
    error = failure(ask(start(), "fail", {}))
    assert (error.kind, error.message, error.traceback) == ("internal", "It failed.", "Traceback …")


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"signal": "SIGKILL"}, "was killed, perhaps because memory ran out"),
        ({"signal": "SIGSEGV"}, "crashed (SIGSEGV)"),
        ({"signal": "SIGTERM"}, "was ended from outside (SIGTERM)"),
        ({"code": 3}, "ended with code 3"),
        ({"code": 139}, "crashed (SIGSEGV)"),
    ],
)
def test_death_is_told_once_and_the_request_sent_again(start, tmp_path, how, sentence):
    process = start()
    heard = []
    request = ask(process, "die", {"marker": str(tmp_path / "count"), "times": 1, **how}, heard.append)
    assert request.result(20)["verb"] == "die"
    assert len(process.told()) == 1
    assert sentence in process.told()[0]
    assert "started again" in process.told()[0]
    assert [event["event"] for event in heard] == ["progress", "restart", "result"]
    assert ask(process, "echo", {}).result(5)


def test_second_death_fails_the_request_and_the_next_one_finds_a_worker(start, tmp_path):
    process = start()
    error = failure(ask(process, "die", {"marker": str(tmp_path / "count"), "signal": "SIGSEGV"}))
    assert error.kind == "died"
    assert "crashed (SIGSEGV), for the second time during die" in error.message
    assert (tmp_path / "count").read_text() == "2"
    assert ask(process, "echo", {}).result(10)["verb"] == "echo"
    assert "about to fall" in process.log.read_text()


def test_death_while_idle_is_told_and_the_next_request_starts_another(start):
    process = start()
    process.start()
    pid = process.pid
    os.kill(pid, signal.SIGKILL)
    wait_for(process.told)
    assert "started again when it is needed" in process.told()[0]
    assert not is_alive(pid)
    assert process.state == "stopped"
    assert ask(process, "echo", {}).result(10)["pid"] != pid


def test_frozen_worker_is_killed_and_the_request_sent_again(start, tmp_path):
    process = start()
    request = ask(process, "die", {"marker": str(tmp_path / "count"), "times": 1, "signal": "SIGSTOP"})
    wait_for(lambda: process.pid)
    pid = process.pid
    assert request.result(20)["pid"] != pid
    assert not is_alive(pid)
    assert len(process.told()) == 1
    assert "hung: nothing was heard of it for 2 s" in process.told()[0]


def test_worker_that_freezes_twice(start, tmp_path):
    error = failure(ask(start(), "die", {"marker": str(tmp_path / "count"), "signal": "SIGSTOP"}))
    assert error.kind == "silent"


def test_worker_without_heartbeats_is_taken_for_hung(start):
    process = start("--mute")
    process.start()
    wait_for(process.told)
    assert "hung" in process.told()[0]


def test_closing_a_frozen_worker(start, new_threads):
    process = start()
    process.start()
    pid = process.pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    process.close()
    assert time.monotonic() - began < 2
    assert not is_alive(pid)
    assert not new_threads()


def test_worker_that_closes_its_stdout(start):
    error = failure(ask(start(), "close", {}))
    assert error.kind == "died"
    assert "ended" in error.message


def test_flood_and_garbage_on_stdout_are_skipped(start):
    process = start(silence_seconds=20)
    process.start()
    began = time.monotonic()
    result = ask(process, "flood", {"megabytes": 30}).result(60)
    assert result["verb"] == "flood"
    assert "x" not in result
    print(f"96 MB of garbage: {time.monotonic() - began:.1f} s")
    process.close()
    log = process.log.read_text()
    assert "lines on stdout were not of the protocol" in log
    assert len(log) < 20_000


def test_events_nobody_asked_for_are_ignored(start):
    process = start()
    heard = []
    assert ask(process, "nonsense", {}, heard.append).result(5)
    assert [event["event"] for event in heard] == ["surprise", "result"]


def test_log_stays_small(start):
    process = start(silence_seconds=20)
    ask(process, "stderr", {"lines": 4000}).result(30)
    process.close()
    sizes = [path.stat().st_size for path in process.log.parent.iterdir()]
    assert sum(sizes) <= 2_000_000
    assert len(sizes) == 2


def test_slow_start_is_waited_for(start):
    assert ask(start("--slow", "3", silence_seconds=1), "echo", {}).result(10)


def test_too_slow_start_fails(start):
    process = start("--slow", "60", start_seconds=1)
    request = ask(process, "echo", {})
    error = failure(request)
    assert error.kind == "start"
    assert error.message == "The worker did not answer within 1 s; check the environment in the plugin's panel."
    wait_for(lambda: process.state == "failed")
    assert not process.told()


def test_failed_start_says_the_last_words(start):
    process = start("--exit", "1")
    with pytest.raises(WorkerError, match="code 1 .*No module named 'mmearth_core'.*check the environment") as caught:
        process.start()
    assert caught.value.kind == "start"
    assert failure(ask(process, "echo", {})).kind == "start"


def test_missing_python(start):
    error = failure(ask(start(command=["/nowhere/python"]), "echo", {}))
    assert error.kind == "start"
    assert "/nowhere/python" in error.message


def test_another_version_of_the_package(start):
    error = failure(ask(start("--version", "0.9.2"), "echo", {}))
    assert error.kind == "protocol"
    assert "0.9.2" in error.message
    assert "0.1.0" in error.message
    assert "update the environment" in error.message


def test_a_greeting_that_is_not_understood(start):
    error = failure(ask(start("--curt"), "echo", {}))
    assert error.kind == "protocol"
    assert "(classes is missing); update the environment" in error.message


def test_error_says_what_it_is_about(start):
    error = failure(ask(start(), "refuse", {}))
    assert error.kind == "input"
    assert error.message == "The bands are not named; say what they are with `bands`."
    assert error.about == ("bands", "level")


def test_another_version_of_the_protocol(start):
    with pytest.raises(WorkerError, match="version 2 of the protocol"):
        start("--protocol", "2").start()


def test_cancel_before_the_start(start):
    process = start("--slow", "5")
    request = ask(process, "echo", {})
    request.cancel()
    assert failure(request, 0.1).kind == "cancelled"
    request.cancel()


def test_worker_deaf_to_a_cancel_is_killed(start):
    process = start()
    process.start()
    pid = process.pid
    request = ask(process, "deaf", {})
    other = ask(process, "echo", {})
    other.result(5)
    began = time.monotonic()
    request.cancel()
    assert failure(request).kind == "cancelled"
    assert 0.9 < time.monotonic() - began < 4
    assert not is_alive(pid)
    assert ask(process, "echo", {}).result(10)["pid"] != pid


def test_cancel_of_a_request_that_waits_for_its_turn(start):
    """The worker is not killed for what it has not begun: the request before goes on."""
    process = start()
    process.start()
    first = ask(process, "deaf", {})
    second = ask(process, "deaf", {})
    second.cancel()
    assert failure(second, 0.1).kind == "cancelled"
    time.sleep(1.5)
    assert not first.done
    assert ask(process, "info", {}).result(5)["pid"] == process.pid


def test_full_pipe_keeps_nobody_waiting(start, new_threads):
    process = start("--unread", silence_seconds=60)
    process.start()
    began = time.monotonic()
    requests = [ask(process, "echo", {"much": "x" * 1_000_000}) for _ in range(10)]
    requests[0].cancel()
    assert time.monotonic() - began < 0.5
    process.close()
    assert time.monotonic() - began < 3
    assert {failure(request).kind for request in requests} == {"cancelled"}
    assert not new_threads()


def test_request_that_is_no_json_or_too_long(start):
    process = start()
    with pytest.raises(TypeError):
        ask(process, "echo", {"path": Path("x")})
    assert failure(ask(process, "echo", {"much": "x" * (64 << 20)})).kind == "arguments"
    assert ask(process, "echo", {}).result(10)


def test_after_close_requests_fail(start):
    process = start()
    process.close()
    assert failure(ask(process, "echo", {})).kind == "cancelled"
    with pytest.raises(WorkerError):
        process.start()


def test_ten_cycles_leave_no_process_and_no_thread(start, new_threads):
    pids = []
    for _ in range(10):
        process = start()
        process.start()
        pids.append(process.pid)
        process.close()
    assert len(set(pids)) == 10
    assert not any(is_alive(pid) for pid in pids)
    assert not new_threads()


def test_close_while_starting(start):
    process = start("--slow", "30")
    request = ask(process, "echo", {})
    wait_for(lambda: process.pid)
    pid = process.pid
    process.close()
    assert failure(request).kind == "cancelled"
    assert not is_alive(pid)


@pytest.mark.parametrize("command", [[sys.executable, str(UNRULY)], [REAL, "-m", "mmearth_core.worker"]])
def test_worker_ends_with_its_stdin(command):
    """Also when QGIS is killed: nobody is left to send "quit"."""
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        worker.stdin.write(b'{"id": 1, "verb": "hello", "arguments": {"protocol": 1, "client": "0.1.0"}}\n')
        worker.stdin.flush()
        assert b'"result"' in worker.stdout.readline()
        worker.stdin.close()
        worker.wait(10)
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def test_worker_ends_with_a_killed_client(tmp_path):
    """The process that holds the client is killed; the worker does not outlive it."""
    script = (
        "import os, sys, time; from pathlib import Path\n"
        "from qgis_plugin.core.worker.process import WorkerProcess\n"
        f"p = WorkerProcess([sys.executable, {str(UNRULY)!r}], dict(os.environ), Path({str(tmp_path / 'log')!r}), '')\n"
        "p.start(); print(p.pid, flush=True); time.sleep(60)\n"
    )
    root = str(Path(__file__).parents[3])
    client = subprocess.Popen([sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE)
    pid = int(client.stdout.readline())
    assert is_alive(pid)
    client.kill()
    client.wait()
    client.stdout.close()
    wait_for(lambda: not is_alive(pid))


# The real worker --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_scene(tmp_path_factory):
    """A synthetic scene of twelve bands, large enough to be caught in the middle."""
    folder = tmp_path_factory.mktemp("scene")
    made = (
        "import sys; from mmearth_core.demonstration.synthetic_scene import make_scene;"
        f"print(make_scene(sys.argv[1], size=({SIDE}, {SIDE})).scene)"
    )
    run = subprocess.run([REAL, "-c", made, str(folder)], capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.fixture
def real(start):
    return start(command=[REAL, "-s", "-u", "-m", "mmearth_core.worker"], start_seconds=60, silence_seconds=30)


def embed_in_steps(process, scene, output, heard):
    """Embed with tiles so small that the work can be caught in the middle; returns when a few are done."""
    request = ask(process, "embed", {"scene": scene, "output": str(output), "tile": 64}, heard.append)
    # Progress is told within a tile too: a tile is kept when more than its pixels are done.
    wait_for(lambda: any(e["event"] == "progress" and e["done"] > 64 * 64 for e in heard) or request.done, 90)
    assert not request.done
    return request


def test_embedding_goes_on_after_the_worker_was_killed(real, small_scene, tmp_path):
    heard = []
    request = embed_in_steps(real, small_scene, tmp_path / "killed.tif", heard)
    pid = real.pid
    os.kill(pid, signal.SIGKILL)
    request.result(180)
    assert not is_alive(pid)
    assert real.pid != pid
    assert len(real.told()) == 1
    assert "was killed" in real.told()[0]
    names = [event["event"] for event in heard]
    assert names.count("restart") == 1
    after = heard[names.index("restart") :]
    assert any("done already" in event.get("text", "") for event in after)  # it does not begin at nothing
    ask(real, "embed", {"scene": small_scene, "output": str(tmp_path / "whole.tif"), "tile": 64}).result(180)
    assert (tmp_path / "killed.tif").read_bytes() == (tmp_path / "whole.tif").read_bytes()
    assert not list(tmp_path.glob("*.partial"))


def test_cancelled_embedding_keeps_the_worker(real, small_scene, tmp_path):
    request = embed_in_steps(real, small_scene, tmp_path / "embedding.tif", [])
    pid = real.pid
    began = time.monotonic()
    request.cancel()
    assert failure(request).kind == "cancelled"
    assert time.monotonic() - began < real._cancel_seconds + 5
    assert real.start()["pid"] == pid == real.pid
    assert not real.told()
