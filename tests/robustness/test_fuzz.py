"""180 damaged inputs, the same ones every time: nothing may fail but with a clear sentence, or leave or change files.

What the verdicts mean, and how to run more of them or one again, says `fuzz.py`.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")
if sys.platform != "linux":
    pytest.skip("the cases run in forked children with limits", allow_module_level=True)

CASES, SEED = 180, "0"


Fuzz = Callable[..., list[dict]]


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Fuzz:
    """Runs the harness on one corpus; gives the record of each case."""
    folder = tmp_path_factory.mktemp("fuzz")

    def run(*options: str) -> list[dict]:
        out = folder / "cases.jsonl"
        out.unlink(missing_ok=True)
        command = [sys.executable, str(Path(__file__).with_name("fuzz.py")), str(folder / "corpus"), *options]
        ended = subprocess.run(
            [*command, "--jobs", "2", "--out", str(out)], capture_output=True, text=True, timeout=900, check=False
        )
        assert out.exists(), ended.stderr
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    return run


def test_every_target_takes_its_file_when_it_is_whole(fuzz: Fuzz) -> None:
    told = fuzz("--first", "-1")
    assert len(told) > 50
    assert not [each for each in told if each["verdict"] != "done"]


def test_damaged_input_ends_in_a_sentence_and_leaves_nothing(fuzz: Fuzz) -> None:
    told = fuzz("--cases", str(CASES), "--seed", SEED)
    assert len(told) == CASES
    assert not [each for each in told if each["verdict"] not in ("done", "sentence")]
    # Most of the damage must be met, or nothing was under test.
    assert sum(each["verdict"] == "sentence" for each in told) > CASES / 4
