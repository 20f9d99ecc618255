"""One writer per output, whatever ends the others: clear words for who comes second, nothing to clean up by hand."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mmearth_core import locks
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.locks import Hold, InUse, one_writer, sole_writer
from mmearth_core.progress import CancelToken, Silent

HOLDING = """
import sys
from mmearth_core.locks import one_writer
with one_writer(sys.argv[1]):
    print("held", flush=True)
    input()
"""


@contextmanager
def another(output: Path) -> Iterator[subprocess.Popen]:
    """Another process that holds an output."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLDING, str(output)], text=True, **pipes) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def lock_of(output: Path) -> Path:
    return output.with_name(f".{output.name}.lock")


def test_the_second_is_told_who_is_first_and_nothing_stays(tmp_path: Path) -> None:
    output = tmp_path / "a.tif"
    with another(output) as first:
        with pytest.raises(InUse, match=rf"a\.tif is being written by process {first.pid} on \S+; wait for it or"), \
             one_writer(output):  # fmt: skip
            pass
        with one_writer(tmp_path / "b.tif"):
            pass
        first.communicate("\n")
    with one_writer(output):
        assert lock_of(output).exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="kills")
def test_what_a_killed_process_held_is_free_at_once(tmp_path: Path) -> None:
    output = tmp_path / "a.tif"
    with another(output) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert lock_of(output).exists()
        began = time.monotonic()
        with one_writer(output):
            assert time.monotonic() - began < 1


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_gives_it_back(tmp_path: Path) -> None:
    output = tmp_path / "a.tif"
    with another(output) as first:
        first.send_signal(signal.SIGINT)
        first.wait()
        assert not lock_of(output).exists()


def of_another_host(output: Path, mode: str = "lease") -> None:
    record = f"filelock/2\npid=1\nhost=elsewhere\nmode={mode}\ntoken=00\nduration={locks.EXPIRES!r}\n"
    lock_of(output).write_text(record)


def test_a_host_that_went_away_is_waited_for_and_taken_over(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(locks, "EXPIRES", 1.5)
    monkeypatch.setattr(locks, "TOUCHED", 0.5)
    output = tmp_path / "a.tif"
    of_another_host(output)
    began = time.monotonic()
    with one_writer(output):
        assert 1 < time.monotonic() - began < 10
        assert socket.gethostname() in lock_of(output).read_text()


def test_a_host_that_is_there_is_told(tmp_path: Path) -> None:
    output = tmp_path / "a.tif"
    of_another_host(output)
    threading.Timer(0.5, lambda: os.utime(lock_of(output))).start()
    began = time.monotonic()
    with pytest.raises(InUse, match="process 1 on elsewhere"), one_writer(output):
        pass
    assert time.monotonic() - began < 10


def test_who_waits_is_told_once_and_can_be_cancelled(tmp_path: Path) -> None:
    output, token, told = tmp_path / "a.tif", CancelToken(), []

    class Listen(Silent):
        def message(self, text: str) -> None:
            told.append(text)

    with another(output):
        threading.Timer(1, token.cancel).start()
        with pytest.raises(Cancelled), one_writer(output, lambda: True, Listen(), token):
            pass
    assert len(told) == 1 and "is being written by process" in told[0] and "waiting" in told[0]


def test_who_stood_still_too_long_does_not_write_over_the_other(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(locks, "TOUCHED", 0.1)
    hold = Hold(tmp_path / "a.tif")
    assert hold.take()
    hold.check()
    lock_of(hold.output).unlink()
    of_another_host(hold.output)
    time.sleep(1)
    with pytest.raises(EnvironmentFailure, match=r"a\.tif was taken over by process 1 on elsewhere"):
        hold.check()
    hold.release()
    assert lock_of(hold.output).exists()  # the other's


def test_a_folder_that_is_not_there_is_told_as_ever(tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match=r"The folder .* does not exist; create it or choose another output"), \
         one_writer(tmp_path / "absent" / "a.tif"):  # fmt: skip
        pass


def test_a_verb_holds_all_that_it_writes(tmp_path: Path) -> None:
    @sole_writer("output", "confidence")
    def verb(*, output: Path, confidence: Path | None = None) -> list[str]:
        """A verb."""
        assert confidence is None or confidence.parent == output.parent
        return sorted(path.name for path in output.parent.iterdir())

    one, other = tmp_path / "a.tif", tmp_path / "c.tif"
    assert verb(output=one, confidence=other) == [".a.tif.lock", ".c.tif.lock"]
    assert verb(output=one) == [".a.tif.lock"] and verb(output=one, confidence=one) == [".a.tif.lock"]
    with another(other), pytest.raises(InUse, match=r"c\.tif"):
        verb(output=one, confidence=other)
    assert verb.__doc__ == "A verb." and not lock_of(one).exists()
