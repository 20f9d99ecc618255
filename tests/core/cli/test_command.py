"""The command line as its users meet it: exit codes, one-line errors, cancelling, options, progress."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core import __version__
from mmearth_core.cli.arguments import Arguments, ArgumentsError, CommandLine
from mmearth_core.cli.command import main
from mmearth_core.cli.console import Bar, GuardedStream, JsonLines, Pace, PlainLines, duration, quantity
from mmearth_core.cli.declarations import declarations
from mmearth_core.errors import MMEarthError
from mmearth_core.verbs import VERBS, Verb

FAKE_VERBS = '''
"""Verbs for the tests of the command line."""
import dataclasses, time
from pathlib import Path
from mmearth_core.errors import GO_ON, EnvironmentFailure, MMEarthError

@dataclasses.dataclass
class Result:
    path: Path
    share: float
    def __str__(self):
        return f"written {self.path}"

def count(*, output: str, n: int = 3, resume: bool = True, progress=None, cancel=None) -> Result:
    """Count to `n`."""
    progress.message("counting; pass `n=5` for more, see `n`")
    progress.start("count", n, "px", 100.0)
    for _ in range(n):
        cancel.check()
        progress.advance(1)
        time.sleep(0.02)
    progress.finish()
    return Result(Path(output), float("nan"))

def stubborn(*, progress=None, cancel=None):
    """Never looks at its token."""
    progress.message("counting")
    time.sleep(60)

def fail(*, how: str):
    """Fail in one of several ways."""
    if how == "input":
        raise MMEarthError("scene.tif is not\\na raster.")
    if how == "disk":
        raise EnvironmentFailure(f"The disk is full; 2 tiles are kept in x.partial{GO_ON}")
    if how == "os":
        open("/does/not/exist")
    if how == "torch":
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    raise TypeError("a mistake of ours")

def pour(*, n: int = 100000):
    """Print a lot."""
    return "\\n".join(map(str, range(n)))
'''
RUN = """
import sys
from pathlib import Path
from mmearth_core.cli import command as cli
fakes = {"count": "work", "stubborn": "nothing", "fail": "work", "pour": "nothing"}
cli.VERBS.update({name: cli.Verb("fake_verbs", "", "fake", short=(("output", "-o"), ("n", "-n")), kept=kept)
                  for name, kept in fakes.items()})
cli.STUB = Path(__file__).with_name("fake_verbs.py")
sys.exit(cli.main())
"""


@pytest.fixture
def fake(tmp_path: Path) -> list[str]:
    """The command line with a few verbs that behave as asked."""
    (tmp_path / "fake_verbs.py").write_text(FAKE_VERBS)
    (tmp_path / "run.py").write_text(RUN)
    return [sys.executable, str(tmp_path / "run.py")]


def run(command: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


# --- the whole command ----------------------------------------------------------------------------------------------


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown and verb.summary in shown for name, verb in VERBS.items())


def test_the_installed_command_and_the_module_are_the_same() -> None:
    command = Path(sys.executable).with_name("mmearth")
    for start in ([str(command)], [sys.executable, "-m", "mmearth_core"]):
        assert run([*start, "--version"]).stdout == f"mmearth {__version__}\n"


NEED_TORCH = {"weights convert", "pretrain"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.torch if name in NEED_TORCH else ()) for name in VERBS]
)
def test_every_verb_has_help_in_words(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: mmearth {name}")
    assert max(map(len, shown.splitlines())) <= 100
    for absent in ("Raises", "Args:", "MMEarthError", "progress:"):
        assert absent not in shown


def test_help_of_any_verb_loads_nothing_that_works() -> None:
    heavy = {"numpy", "rasterio", "sklearn", "onnxruntime", "torch", "pyogrio", "shapely", "yaml", "tqdm"}
    code = "import sys; from mmearth_core.cli.command import main\n"
    code += f"for name in {list(VERBS)}: main([*name.split(), '--help'])\nprint(sorted({heavy} & set(sys.modules)))"
    assert run([sys.executable, "-c", code]).stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["embd"], "did you mean embed"),
        (["weights", "ftch"], "did you mean weights fetch"),
        (["sample", "map.tif", "-o", "p.gpkg"], "still needed: --n"),
        (["sample", "map.tif", "-o", "p.gpkg", "-n", "many"], "--n: expected a whole number, found 'many'"),
        (["sample", "map.tif", "-o", "p.gpkg", "-n", "5", "--sed", "1"], "did you mean --seed"),
        (["classify", "e.tif", "p.json", "-o", "m.tif", "--at-crs", "x"], "there is no option --at-crs\n"),
        (["sample", "map.tif", "other.tif", "-o", "p.gpkg", "-n", "5"], "unexpected argument other.tif"),
        (["sample", "map.tif", "-n", "5", "-o"], "-o needs a value"),
        (["sample", "--config", "absent.yaml"], "absent.yaml"),
    ],
)
def test_bad_arguments_exit_2_with_one_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert said in printed.err.splitlines(keepends=True)[0]
    assert printed.out == ""


def test_nothing_to_do_shows_the_verbs_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "embed" in capsys.readouterr().out
    assert main(["weights"]) == 2
    assert "weights fetch" in capsys.readouterr().out


def test_info_on_a_raster_in_a_folder_with_a_space(tmp_path: Path) -> None:
    path = tmp_path / "mé folder" / "a b.tif"
    path.parent.mkdir()
    profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 1, "dtype": "uint8", "crs": "EPSG:32630"}
    with rasterio.open(path, "w", transform=Affine(10, 0, 0, 0, -10, 0), **profile) as dataset:
        dataset.write(np.ones((1, 3, 4), np.uint8))
    shown = run([sys.executable, "-m", "mmearth_core", "info", str(path)])
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "EPSG:32630" in shown.stdout
    event = json.loads(run([sys.executable, "-m", "mmearth_core", "info", str(path), "--json"]).stdout)
    assert event["event"] == "result"
    assert (event["result"]["width"], event["result"]["height"]) == (4, 3)


@pytest.mark.parametrize("content", [b"", b"not a raster"], ids=["empty", "text"])
def test_info_on_what_is_no_raster_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tif").write_bytes(content)
    shown = run([sys.executable, "-m", "mmearth_core", "info", str(tmp_path / "x.tif")])
    assert shown.returncode == 1
    assert shown.stderr.startswith("mmearth: error: ")
    assert shown.stderr.count("\n") == 1


# --- errors, cancelling, pipes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("input", "mmearth: error: scene.tif is not a raster.\n"),
        (
            "os",
            "mmearth: error: /does/not/exist: No such file or directory; check that this place is there and has room,"
            " and run it again.\n",
        ),
        ("torch", 'mmearth: error: This needs torch, which is not installed; run: pip install "mmearth[torch]"\n'),
    ],
)
def test_an_error_is_one_line_and_exit_1(fake: list[str], how: str, said: str) -> None:
    shown = run([*fake, "fail", "--how", how])
    assert (shown.returncode, shown.stderr, shown.stdout) == (1, said, "")


def test_a_failing_machine_is_answered_with_the_command_that_resumes(fake: list[str]) -> None:
    shown = run([*fake, "fail", "--how", "disk"])
    assert shown.returncode == 1
    said = "The disk is full; 2 tiles are kept in x.partial. Resume with: mmearth fail --how disk"
    assert shown.stderr == f"mmearth: error: {said}\n"


def test_a_mistake_of_ours_shows_its_traceback_with_debug_only(fake: list[str]) -> None:
    short = run([*fake, "fail", "--how", "bug"])
    assert (short.returncode, short.stderr.count("\n")) == (1, 1)
    assert "TypeError: a mistake of ours" in short.stderr
    long = run([*fake, "fail", "--how", "bug", "--debug"])
    assert long.returncode == 1
    assert "Traceback" in long.stderr
    assert "fake_verbs.py" in long.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_keeps_the_work_and_names_the_command(fake: list[str], number: signal.Signals) -> None:
    command = [*fake, "count", "-o", "my file.tif", "-n", "100000", "--no-resume"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("counting")
    process.send_signal(number)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "mmearth: Cancelled. Resume with: mmearth count -o 'my file.tif' -n 100000"


def test_a_second_ctrl_c_ends_what_does_not_listen(fake: list[str]) -> None:
    process = subprocess.Popen([*fake, "stubborn"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "counting\n"
    process.send_signal(signal.SIGINT)
    assert "once more to quit" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 130


def test_a_reader_that_goes_away_stops_the_work_without_a_traceback(fake: list[str]) -> None:
    process = subprocess.Popen(
        [*fake, "count", "-o", "x", "-n", "100000", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(timeout=10) == 130
    assert "Traceback" not in said
    process.stderr.close()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(("reader", "seen"), [("head -1", "0\n"), ("true", "")])
@pytest.mark.parametrize("words", [["pour"], ["pour", "-n", "1", "--json"], ["--help"]], ids=" ".join)
def test_a_reader_that_has_enough_is_no_error_message(
    fake: list[str], words: list[str], reader: str, seen: str
) -> None:
    shown = run(["bash", "-c", f'"$@" | {reader}', "-", *fake, *words])
    assert shown.stderr == ""
    if words == ["pour"]:
        assert shown.stdout == seen


# --- progress and results -------------------------------------------------------------------------------------------


def test_json_has_progress_and_the_result_one_object_a_line(fake: list[str]) -> None:
    shown = run([*fake, "count", "-o", "x.tif", "--json"])
    events = [json.loads(line) for line in shown.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[:2] == ["message", "start"]
    assert events[0]["text"] == "counting; pass --n 5 for more, see --n"
    assert kinds[-3:] == ["progress", "finish", "result"]
    assert events[1] == {"event": "start", "task": "count", "total": 3, "unit": "px", "area_per_unit": 100.0}
    assert events[-3]["done"] == 3
    assert events[-1] == {"event": "result", "verb": "count", "result": {"path": "x.tif", "share": None}}
    assert shown.stderr == ""


def test_json_reports_an_error_as_an_event_too(fake: list[str]) -> None:
    shown = run([*fake, "fail", "--how", "input", "--json"])
    assert json.loads(shown.stdout) == {
        "event": "error",
        "code": 1,
        "message": "scene.tif is not a raster.",
        "about": [],
    }
    assert shown.returncode == 1


def test_a_log_gets_plain_lines_and_stdout_the_result_only(fake: list[str]) -> None:
    shown = run([*fake, "count", "-o", "x.tif"])
    assert shown.stdout == "written x.tif\n"
    first, last = shown.stderr.splitlines()
    assert first == "counting; pass --n 5 for more, see --n"
    assert last.startswith("count: 3 px in 0:00 (")
    assert "km²/s" in last
    assert run([*fake, "count", "-o", "x.tif", "--quiet"]).stderr == ""


class Recorder:
    """A stream that keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [Bar, PlainLines, JsonLines])
def test_a_step_of_unknown_length_is_no_problem(kind: type[Bar]) -> None:
    recorder = Recorder()
    console = kind(GuardedStream(recorder, lambda: None))
    console.start("receive", 0, "B")
    console.advance(5_000_000)
    console.finish()
    console.message("done")
    console.close()
    assert "receive" in recorder.text
    assert "done" in recorder.text


def test_a_bar_shows_rate_area_and_time_left() -> None:
    now = [0.0]
    pace = Pace("embed", 120_000_000, "px", 100.0, clock=lambda: now[0])
    assert pace.seconds_left is None
    now[0] = 10.0
    pace.advance(34_000_000)
    assert str(pace) == "34 Mpx of 120 Mpx, 3.4 Mpx/s, 340 km²/s, 0:25 left"


def test_the_rate_forgets_what_an_earlier_run_had_done() -> None:
    now = [0.0]
    pace = Pace("embed", 1000, "tiles", clock=lambda: now[0])
    pace.advance(900)  # found finished
    for _ in range(60):
        now[0] += 1
        pace.advance(1)
    assert pace.rate == pytest.approx(1.0, rel=0.05)
    assert pace.seconds_left == pytest.approx(40, rel=0.05)


def test_numbers_for_people() -> None:
    assert quantity(999, "px") == "999 px"
    assert quantity(1_234_000, "px") == "1.23 Mpx"
    assert quantity(12, "tiles") == "12 tiles"
    assert quantity(0.1234, "tiles") == "0.123 tiles"
    assert [duration(s) for s in (0, 59.6, 3725)] == ["0:00", "1:00", "1:02:05"]


# --- options from a signature ---------------------------------------------------------------------------------------


def verb(
    *,
    scene: str | Path | Sequence[str | Path],
    output: str | Path,
    bands: Sequence[str] | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    window: tuple[int, int, int, int] | None = None,
    at: tuple[float, float] | None = None,
    mask_values: Sequence[int] | None = None,
    halo: int | Literal["exact"] | None = None,
    resume: bool = True,
    overwrite: bool = False,
    cancel: object = None,
) -> None:
    """Turn `scene` into `output`, unless `resume` is off.

    Raises `MMEarthError` always.
    """


def fit(*, embeddings: Sequence[str | Path], samples: Sequence[str | Path], output: str | Path) -> None:
    """Fit."""


def convert(*, model: str, calibrate: Sequence[str | Path] = (), resume: bool = True) -> None:
    """Convert.

    Args:
        model: Name of a model.
        calibrate: Scenes, as many
            as there are.
        resume: Go on.

    Raises:
        MMEarthError: Always.
    """


def line(function: Callable[..., None], *inputs: str, **written: Any) -> CommandLine:
    """The command line of one of the functions above, as their text declares it."""
    declaration = declarations(Path(__file__))[function.__name__]
    return CommandLine(f"mmearth {function.__name__}", declaration, Verb("", "", "", inputs=inputs, **written))


def parse(*words: str) -> Arguments:
    return line(verb, "scene", shape="all").parse(words)


def test_every_kind_of_value_arrives_as_its_type() -> None:
    given = parse(
        *("a.tif", "-o", "out.tif", "b.tif", "--bands", "B02, B03", "--level", "l2a", "--offset", "-1000"),
        *("--window", "0,5,10,20", "--at", "-4.1,52.4", "--mask-values=3,8", "--halo", "64", "--no-resume", "--json"),
    )
    assert given.json
    assert not given.debug
    assert given.keywords == {
        "scene": ["a.tif", "b.tif"],
        "output": "out.tif",
        "bands": ["B02", "B03"],
        "level": "l2a",
        "offset": -1000.0,
        "window": (0, 5, 10, 20),
        "at": (-4.1, 52.4),
        "mask_values": [3, 8],
        "halo": 64,
        "resume": False,
        "overwrite": False,
    }


def test_defaults_are_those_of_the_function() -> None:
    given = parse("a.tif", "-oout.tif", "--halo=exact").keywords
    assert given["scene"] == "a.tif"
    assert given["output"] == "out.tif"
    assert given["halo"] == "exact"
    assert (given["offset"], given["bands"], given["resume"]) == ("auto", None, True)


def test_a_yaml_file_gives_the_same_options_and_the_command_line_wins(tmp_path: Path) -> None:
    config = tmp_path / "verb.yaml"
    config.write_text(
        "scene: [a.tif, b.tif]\noutput: x.tif\nbands: [B02, B03]\noffset: -1000\nwindow: [0, 5, 10, 20]\nresume: false"
    )
    given = parse("--config", str(config)).keywords
    same = parse(
        *("a.tif", "b.tif", "-o", "x.tif", "--bands", "B02,B03", "--offset", "-1000"),
        *("--window", "0,5,10,20", "--no-resume"),
    ).keywords
    assert given == same
    changed = parse("--config", str(config), "c.tif", "--bands", "B04").keywords
    assert (changed["scene"], changed["bands"], changed["output"]) == ("c.tif", ["B04"], "x.tif")


def test_several_yaml_files_add_up(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("bands: [B02, B03]\noffset: -1000")
    (tmp_path / "b.yaml").write_text("offset: 0")
    given = parse("a.tif", "-o", "x.tif", *(f"--config={tmp_path / name}.yaml" for name in "ab")).keywords
    assert (given["bands"], given["offset"]) == (["B02", "B03"], 0)


def test_a_yaml_file_takes_the_options_of_every_verb_and_those_that_switch_off(tmp_path: Path) -> None:
    config = tmp_path / "verb.yaml"
    config.write_text("json: true\nquiet: false\nno-resume: true")
    given = parse("a.tif", "-o", "x.tif", "--config", str(config), "--debug")
    assert (given.json, given.quiet, given.debug, given.keywords["resume"]) == (True, False, True, False)
    config.write_text("json: 3")
    with pytest.raises(ArgumentsError, match="json: expected true or false, found 3"):
        parse("a.tif", "-o", "x.tif", "--config", str(config))


def test_a_yaml_file_with_a_mistake_is_said_by_name(tmp_path: Path) -> None:
    config = tmp_path / "verb.yaml"
    config.write_text("tyle: 3")
    with pytest.raises(ArgumentsError, match="tyle"):
        parse("a.tif", "-o", "x.tif", "--config", str(config))


def test_a_file_whose_name_begins_with_a_minus_comes_after_two() -> None:
    assert parse("-o", "x.tif", "--", "-a.tif").keywords["scene"] == "-a.tif"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--offset", "x"], "--offset: expected auto or a number, found 'x'; correct it."),
        (["--level", "l3"], "--level: expected auto or l1c or l2a, found 'l3'; correct it."),
        (["--window", "1,2,3"], "--window: expected 4 numbers separated by commas, found '1,2,3'; correct it."),
        (["--mask-values", "a"], "--mask-values: expected numbers separated by commas, found 'a'; correct it."),
        (["--resume"], "there is no option --resume; did you mean --no-resume?"),
        (["--no-resume=true"], "--no-resume takes no value"),
        (
            ["--config", "absent.yaml"],
            "--config absent.yaml cannot be read (No such file or directory); give a file that you may read.",
        ),
    ],
)
def test_a_wrong_value_is_said_in_words(words: list[str], said: str) -> None:
    with pytest.raises(ArgumentsError) as caught:
        parse("a.tif", "-o", "x.tif", *words)
    assert str(caught.value) == said


def test_pairs_fall_to_both_inputs() -> None:
    pairs = line(fit, "embeddings", "samples", shape="pairs")
    given = pairs.parse(["a.tif", "a.gpkg", "b.tif", "b.gpkg", "-o", "m.json"]).keywords
    assert (given["embeddings"], given["samples"]) == (["a.tif", "b.tif"], ["a.gpkg", "b.gpkg"])
    with pytest.raises(ArgumentsError, match=r"EMBEDDINGS SAMPLES \[EMBEDDINGS SAMPLES …\], but there are 3 files"):
        pairs.parse(["a.tif", "a.gpkg", "b.tif", "-o", "m.json"])


def test_an_option_takes_many_files_and_its_help_comes_from_the_docstring(tmp_path: Path) -> None:
    many = line(convert, "model", many=("calibrate",))
    given = many.parse(["name", "--calibrate", "a,1.tif", "b.tif", "--no-resume"]).keywords
    assert given == {"model": "name", "calibrate": ["a,1.tif", "b.tif"], "resume": False}
    (tmp_path / "c.yaml").write_text("calibrate: [c.tif]")
    assert many.parse(["name", "--config", str(tmp_path / "c.yaml")]).keywords["calibrate"] == ["c.tif"]
    assert list(many.parse(["name"]).keywords["calibrate"]) == []
    shown = " ".join(many.help.split())
    assert "--calibrate SCENE … scenes, as many as there are" in shown
    assert "--no-resume start afresh" in shown
    assert "MODEL name of a model" in shown
    assert "Always" not in shown


def test_a_sentence_names_arguments_as_they_are_typed() -> None:
    error = MMEarthError(
        "`scene` is odd: pass `offset=-1000`, `resume=False`, `overwrite=True` or `bands`; see `colour`."
    )
    assert error.about == ("scene", "offset", "resume", "overwrite", "bands", "colour")
    typed = error.worded(line(verb, "scene").word)
    assert typed == "SCENE is odd: pass --offset -1000, --no-resume, --overwrite or --bands; see colour."
    assert str(error) == "scene= is odd: pass offset=-1000, resume=False, overwrite=True or bands=; see colour=."
