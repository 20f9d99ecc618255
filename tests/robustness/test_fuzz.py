"""120 damaged inputs, the same ones every time: nothing may fail but with a clear sentence, or leave or change files.

What the verdicts mean, and how to run more of them or one again, says `fuzz.py`.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
if sys.platform != "linux":
    pytest.skip("the cases run in forked children with limits", allow_module_level=True)

CASES, SEED = 120, "0"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """The record of each case: every target with its file whole, then the damaged ones, by one process."""
    folder = tmp_path_factory.mktemp("fuzz")
    command = [sys.executable, str(Path(__file__).with_name("fuzz.py")), str(folder / "corpus"), "--first", "-1"]
    command += ["--cases", str(CASES), "--seed", SEED, "--out", str(folder / "cases.jsonl")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert (folder / "cases.jsonl").exists(), ended.stderr
    return [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_target_takes_its_file_when_it_is_whole(told: list[dict]) -> None:
    whole = [each for each in told if each["n"] < 0]
    assert len(whole) > 50
    assert not [each for each in whole if each["verdict"] != "done"]


def test_damaged_input_ends_in_a_sentence_and_leaves_nothing(told: list[dict]) -> None:
    damaged = [each for each in told if each["n"] >= 0]
    assert len(damaged) == CASES
    assert not [each for each in damaged if each["verdict"] not in ("done", "sentence")]
    # Most of the damage must be met, or nothing was under test.
    assert sum(each["verdict"] == "sentence" for each in damaged) > CASES / 4
