"""Fuzzing of every format that is read, through the public functions, with seeded damage.

    python tests/robustness/fuzz.py CORPUS --cases 5000 --seed 7 [--only probe,map] [--jobs 2] [--out cases.jsonl]
    python tests/robustness/fuzz.py CORPUS --first 1234 --cases 1 --seed 7      one case again; its files are kept

CORPUS is made when it is missing. Each case is a valid input, damaged by a generator that number and seed determine,
which meets one verb in a forked child with limits of processor time, wall time and address space; a child that dies or
hangs is replaced. The process is not started anew for each case, which would take most of the time: one session of the
packaged model serves all that use it, and the check of free disk space is switched off (hostile headers ask for more
than there is). What the command line adds (excepthook, signals, exit codes) is not under test here.

Verdicts that are defects: `traceback` (an exception that no front end words), `hang`, `crash`, `memory`, `unclear` (a
sentence of several lines, of none, or of more than 1,500 letters), `blamed` (the machine is said to have failed where
the input is damaged), `left` (files after an error), `touched` (an input changed or gone), `corrupt` (accepted where
only the very bytes are right). The others: `done` and `sentence`.
"""

import argparse
import contextlib
import hashlib
import json
import multiprocessing
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1] / "material")]

from fuzz_corpus import make_corpus  # noqa: E402 - found by the line above
from fuzz_targets import TARGETS, Target  # noqa: E402

#: Seconds of processor time, and of wall time, after which a case hangs; and the bytes it may address.
LIMIT, WALL, SPACE = 20, 120, 6 << 30
#: Cases without damage: the numbers below zero.
FINE = ("done", "sentence")


def outcome(target: Target, run: int, folder: Path) -> tuple[str, str]:
    """(verdict, what was said or the digest of what was made) of one call."""
    from mmearth_core.errors import EnvironmentFailure, MMEarthError, as_told

    before = _listing(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = target.runs[run].call(folder)
        kind, what = "done", hashlib.sha256(made.read_bytes()).hexdigest()[:16] if made else ""
    except (MMEarthError, OSError) as error:
        told = as_told(error, "torch")
        what = str(told)
        clear = 0 < len(what) <= 1500 and "\n" not in what
        kind = ("blamed" if isinstance(told, EnvironmentFailure) else "sentence") if clear else "unclear"
    except MemoryError as error:
        kind, what = "memory", _place(error)
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        kind, what = "traceback", f"{type(error).__name__}: {str(error)[:300]} @ {_place(error)}"
    after = _listing(folder)
    new = sorted(after.keys() - before.keys())
    changed = sorted(name for name in before if before[name] != after.get(name) and not (folder / name).is_dir())
    if target.exact:  # a journal is there to be changed, and kept when the machine fails
        return "sentence" if kind == "blamed" else kind, what
    if kind in FINE and changed:
        return "touched", f"{changed[:4]} ({what})"
    if kind != "done" and kind in FINE and new:
        return "left", f"{new[:4]} ({what})"
    return kind, what


def _listing(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((path, path.lstat()) for path in folder.rglob("*"))
    return {str(path.relative_to(folder)): (status.st_size, status.st_mtime_ns) for path, status in found}


def _place(error: BaseException) -> str:
    """The last line of ours that an error passed."""
    frames = traceback.extract_tb(error.__traceback__)
    last = ([frame for frame in frames if "mmearth_core" in frame.filename] or frames)[-1]
    return f"{last.filename.rpartition('mmearth_core/')[2]}:{last.lineno} {last.name}"


Case = tuple[int, int, int]


def whole(chosen: Sequence[int]) -> list[tuple[int, int]]:
    """The cases without damage: target and run. A run that is there twice, to be drawn more often, is one."""
    return [
        (index, number)
        for index in chosen
        for number, run in enumerate(TARGETS[index].runs)
        if run not in TARGETS[index].runs[:number]
    ]


def drawn(number: int, seed: str, chosen: Sequence[int]) -> Case:
    """A case: its number, target and run. Negative numbers are the targets' runs without damage, in order."""
    if number < 0:
        return (number, *whole(chosen)[-1 - number])
    rng = Random(f"{seed}/t{number}")  # noqa: S311 - must repeat
    index = rng.choices(chosen, [TARGETS[each].weight for each in chosen])[0]
    return number, index, rng.randrange(len(TARGETS[index].runs))


def attack(case: Case, corpus: Path, scratch: Path, seed: str) -> dict[str, Any]:
    """Set up, damage, call; the record of one case."""
    number, index, run = case
    target, folder = TARGETS[index], scratch / str(number)
    target.set_up(corpus, folder)
    record: dict[str, Any] = {"n": number, "target": target.name, "run": target.runs[run].label}
    if number >= 0:
        rng = Random(f"{seed}/{number}")  # noqa: S311 - must repeat
        victim, way = rng.choice(target.victims), rng.choice(target.ways)
        victim = victim if (folder / victim).exists() else Path(victim).name
        way(rng, folder / victim)
        record |= {"victim": victim, "way": way.__name__}
    started = time.monotonic()
    kind, what = outcome(target, run, folder)
    return record | {"verdict": kind, "what": what[:1500], "seconds": round(time.monotonic() - started, 2)}


def _child(pipe: int, cases: Sequence[Case], corpus: Path, scratch: Path, seed: str, keep: bool) -> None:
    """Run cases one after the other and tell of each: that it begins, and how it ended."""
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with os.fdopen(pipe, "w") as told:
        for case in cases:
            told.write(f"{json.dumps({'begins': case[0]})}\n")
            told.flush()
            signal.setitimer(signal.ITIMER_PROF, LIMIT)
            record = attack(case, corpus, scratch, seed)
            signal.setitimer(signal.ITIMER_PROF, 0)
            told.write(f"{json.dumps(record)}\n")
            told.flush()
            if not keep:
                shutil.rmtree(scratch / str(case[0]), ignore_errors=True)


def run_cases(
    cases: Sequence[Case], corpus: Path, scratch: Path, seed: str, *, keep: bool = False
) -> Iterator[dict[str, Any]]:
    """Records of cases, in forked children."""
    left = list(cases)
    while left:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                _child(writing, left, corpus, scratch, seed, keep)
            except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
                traceback.print_exc()
                os._exit(7)
            os._exit(0)
        os.close(writing)
        current, how = None, ""
        with os.fdopen(reading, "rb", buffering=0) as told:
            for line in _lines(told.fileno(), child):
                record = json.loads(line)
                if "begins" in record:
                    current = record["begins"]
                else:
                    left = [case for case in left if case[0] != current]
                    current = None
                    yield record
        _, status = os.waitpid(child, 0)
        if current is None and left:
            raise RuntimeError("the child of the harness ended before its cases")
        if current is not None:
            died = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            hung = died in (signal.SIGPROF, signal.SIGKILL)
            how = f"{LIMIT} s" if hung else signal.Signals(died).name if died else "the harness failed"
            case = next(case for case in left if case[0] == current)
            target = TARGETS[case[1]]
            yield {
                "n": current,
                "target": target.name,
                "run": target.runs[case[2]].label,
                "verdict": "hang" if hung else "crash",
                "what": how,
            }
            left = [case for case in left if case[0] != current]


def _lines(pipe: int, child: int) -> Iterator[bytes]:
    """Lines until the child at the other end closes it; one that is silent for `WALL` seconds is killed."""
    held = b""
    while select.select([pipe], [], [], WALL)[0]:
        chunk = os.read(pipe, 1 << 16)
        if not chunk:
            return
        *lines, held = (held + chunk).split(b"\n")
        yield from lines
    os.kill(child, signal.SIGKILL)


def prepare() -> None:
    """Load what the verbs use, once for all children, and share one session of the packaged model."""
    import mmearth_core
    from mmearth_core.embedding import engine
    from mmearth_core.encoder import onnx_backend, session
    from mmearth_core.encoder.registry import find
    from mmearth_core.verbs import PUBLIC

    for name in PUBLIC:
        getattr(mmearth_core, name)
    packaged, opened = find("default").file(".onnx"), session.open_session
    shared = opened(packaged, packaged.read_bytes(), threads=1)

    def open_session(path: Path, content: bytes, *, threads: int | None = None) -> Any:  # noqa: ARG001
        return shared if Path(path) == packaged else opened(path, content, threads=1)

    onnx_backend.open_session = open_session
    engine.check_disk = lambda *_: None


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("corpus", type=Path)
    options.add_argument("--cases", type=int, default=300)
    options.add_argument("--first", type=int, default=0, help="of the cases; below 0: those without damage, too")
    options.add_argument("--seed", default="0")
    options.add_argument("--only", default="", help="names of targets, separated by commas")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--share", default="0/1", help=argparse.SUPPRESS)
    options.add_argument("--out", type=Path, help="where the record of each case goes, one JSON object a line")
    given = options.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1"}
    if not given.corpus.exists():
        # In a process of its own: a pool of threads, which GDAL writes with, does not outlive a fork.
        maker = multiprocessing.Process(target=make_corpus, args=(given.corpus,), kwargs={"torch": True})
        maker.start()
        maker.join()
        if maker.exitcode:
            return 1
    if given.jobs > 1:
        words = [sys.executable, __file__, *sys.argv[1:], "--jobs", "1", "--share"]
        parts = [subprocess.Popen([*words, f"{part}/{given.jobs}"]) for part in range(given.jobs)]
        return max([part.wait() for part in parts])
    part, parts = map(int, given.share.split("/"))
    names = set(filter(None, given.only.split(",")))
    chosen = [index for index, target in enumerate(TARGETS) if not names or target.name in names]
    undamaged = range(-1, -1 - len(whole(chosen)), -1) if given.first < 0 else ()
    numbers = [*undamaged, *range(max(given.first, 0), max(given.first, 0) + given.cases)][part::parts]
    cases = sorted((drawn(number, given.seed, chosen) for number in numbers), key=lambda case: case[1])
    prepare()
    counts = Counter[str]()
    with (
        tempfile.TemporaryDirectory(prefix="mmearth-fuzz-") as scratch,
        given.out.open("a", encoding="utf-8") if given.out else contextlib.nullcontext() as out,
    ):
        os.environ["MMEARTH_HOME"] = f"{scratch}/home"
        exact = [index for index in {case[1] for case in cases} if TARGETS[index].exact]
        right = {}
        for record in run_cases([(-1 - index, index, 0) for index in exact], given.corpus, Path(scratch), given.seed):
            right[record["target"]] = record["what"]
        kept = Path(tempfile.mkdtemp(prefix="mmearth-fuzz-case-")) if given.cases == 1 else Path(scratch)
        for record in run_cases(cases, given.corpus, kept, given.seed, keep=given.cases == 1):
            if record["verdict"] == "done" and record["what"] != right.get(record["target"], record["what"]):
                record["verdict"] = "corrupt"
            counts[record["verdict"]] += 1
            if record["verdict"] not in FINE or given.cases == 1:
                sys.stdout.write(f"{json.dumps(record)}\n")
                sys.stdout.flush()
            if out is not None:
                out.write(f"{json.dumps(record)}\n")
                out.flush()
        if given.cases == 1:
            sys.stdout.write(f"files: {kept}\n")
    sys.stdout.write(f"{dict(counts)}\n")
    return int(bool(counts.keys() - set(FINE)))


if __name__ == "__main__":
    sys.exit(main())
