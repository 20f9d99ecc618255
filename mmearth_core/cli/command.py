"""The command `mmearth`: each verb a thin skin over one public function.

Exit codes: 0 done, 1 an error in one line on stderr, 2 bad arguments, 130 cancelled. Nothing heavy is imported here:
the help answers at once, and a verb's modules are loaded when the verb is called.
"""

import importlib
import io
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from mmearth_core import __version__
from mmearth_core.cli.declarations import STUB, declarations
from mmearth_core.cli.stopping import CANCELLED, cancelled_by_signals
from mmearth_core.cli.streams import give_up, make_sound, tell
from mmearth_core.errors import GO_ON, Cancelled, EnvironmentFailure, MMEarthError, as_told, worded
from mmearth_core.progress import CancelToken
from mmearth_core.records import plain
from mmearth_core.verbs import VERBS, Verb, python_name
from mmearth_core.wording import nearest, tamed

if TYPE_CHECKING:
    from types import TracebackType

    from mmearth_core.cli.arguments import Arguments
    from mmearth_core.cli.console import Console

DONE, FAILED, BAD_ARGUMENTS = 0, 1, 2

_GROUPS = {name.split()[0] for name in VERBS if " " in name}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    if argv is None:
        sys.excepthook = _internal_error
        make_sound()
        if isinstance(sys.stdout, io.TextIOWrapper):  # names of files need not be text
            sys.stdout.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with warnings.catch_warnings():
            # What a library warns of is for programmers; what concerns the user is said in a sentence of ours.
            if "--debug" not in words and not sys.warnoptions:
                warnings.simplefilter("ignore")
            return _main(words)
    except KeyboardInterrupt:
        _say("mmearth: cancelled.")
        return CANCELLED
    except BrokenPipeError:
        give_up(sys.stdout)
        return FAILED
    except EnvironmentFailure as error:
        _say(f"mmearth: error: {error}")
        return FAILED


def _main(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help"}:
        tell(_overview())
        return DONE if words else BAD_ARGUMENTS
    if words[0] in {"-V", "--version"}:
        tell(f"mmearth {__version__}\n")
        return DONE
    name = " ".join(words[:2]) if words[0] in _GROUPS else words[0]
    if name not in VERBS:
        if words[0] in _GROUPS and (len(words) == 1 or words[1] in {"-h", "--help"}):
            tell(_overview(words[0]))
            return DONE if len(words) > 1 else BAD_ARGUMENTS
        near = nearest(name, VERBS)
        hint = f"did you mean {near}?" if near else "mmearth --help lists the verbs."
        return _bad_arguments("mmearth", f"there is no verb {name}; {hint}")
    return _run(name, words[len(name.split()) :], words)


def _overview(group: str = "") -> str:
    chosen = {name: verb for name, verb in VERBS.items() if name.startswith(group)}
    width = max(map(len, chosen))
    lines = [
        f"usage: mmearth {f'{group} ' if group else ''}VERB [arguments]",
        "",
        "A Sentinel-2 raster becomes an embedding raster, a few polygons become a land-cover map.",
    ]
    for heading in dict.fromkeys(verb.group for verb in chosen.values()):
        rows = [f"  {name.ljust(width)}  {verb.summary}" for name, verb in chosen.items() if verb.group == heading]
        lines += ["", f"{heading}:", *rows]
    return "\n".join([*lines, "", "mmearth VERB --help explains a verb; mmearth --version prints the version.", ""])


def _run(name: str, options: list[str], words: list[str]) -> int:
    """Parse the options of a verb and call its function."""
    from mmearth_core.cli.arguments import ArgumentsError, CommandLine  # noqa: PLC0415 - not for the overview

    verb, program, function = VERBS[name], f"mmearth {name}", python_name(name)
    declaration = declarations(STUB)[function]
    command = CommandLine(program, declaration, verb)
    debug = "--debug" in options
    try:
        if {"-h", "--help"} & set(options[: options.index("--")] if "--" in options else options):
            tell(command.help)
            return DONE
        arguments = command.parse(options)
        if arguments.trust:
            from mmearth_core.raster.references import trust_named_in  # noqa: PLC0415 - only when it is asked for

            trust_named_in(arguments.keywords)
        work = getattr(importlib.import_module(verb.module), function)
        ended = None if verb.lasting else partial(_ended, verb, words)
        return _call(work, declaration.provides, arguments, name, lambda text: worded(text, command.word), ended)
    except ArgumentsError as error:
        return _bad_arguments(program, str(error))
    except BrokenPipeError:
        raise
    except (MMEarthError, ModuleNotFoundError, MemoryError, OSError) as error:
        told = as_told(error, verb.extra)
        if debug or told is None:
            raise
        return _ended(verb, words, told, command.word, resumable=isinstance(error, Cancelled | EnvironmentFailure))


def _ended(
    verb: Verb,
    words: Sequence[str],
    told: MMEarthError | None = None,
    word: Callable[[str, str | None], str] = lambda name, _: name,
    *,
    resumable: bool = True,
) -> int:
    """Say how a verb ended that did not reach its end (None: it was cancelled and did not listen); the exit code."""
    told = told or Cancelled("Cancelled.")
    code = CANCELLED if isinstance(told, Cancelled) else FAILED
    text = " ".join(told.worded(word).split())
    if verb.kept == "work" and resumable:
        text = f"{text.removesuffix(GO_ON).removesuffix('.')}. Resume with: {_resuming(words, verb.afresh)}"
    elif verb.kept == "nothing" and isinstance(told, Cancelled):
        text = "Cancelled; nothing was written."
    if "--json" in words:
        with suppress(EnvironmentFailure):
            _json_lines().event("error", code=code, message=text, about=told.about)
    _say(f"mmearth: {text}" if code == CANCELLED else f"mmearth: error: {text}")
    return code


def _call(
    function: Callable[..., Any],
    provides: frozenset[str],
    arguments: "Arguments",
    name: str,
    said: Callable[[str], str],
    ended: Callable[[], int] | None,
) -> int:
    """Call a verb's function, in a thread when it can be cancelled, and print what it returns.

    `said` is how a message names options; `ended` says that work was ended that did not listen to a cancel.
    """
    kept = {"nothing": ", nothing will be written", "files": "", "work": ", finished work is kept"}[VERBS[name].kept]
    cancel = CancelToken()
    console = _console(arguments, cancel, said)
    provided = {key: value for key, value in {"progress": console, "cancel": cancel}.items() if key in provides}
    try:
        if "cancel" in provides:
            with (
                cancelled_by_signals(cancel, stopping=kept, ended=ended, say=_say),
                ThreadPoolExecutor(1, "mmearth-verb") as pool,
            ):
                result = _wait(pool.submit(function, **arguments.keywords, **provided))
        else:
            result = function(**arguments.keywords, **provided)
    finally:
        console.close()
    if arguments.json:
        _json_lines().event("result", verb=name, result=plain(result))
    else:
        tell(tamed(f"{result}\n", kept="\n"))
    return DONE


def _wait(work: Future[Any]) -> Any:
    """The result of work in another thread; wakes up now and then, so that signals are handled on every system."""
    while True:
        try:
            return work.result(timeout=0.5)
        except TimeoutError:
            if work.done():
                raise


def _console(arguments: "Arguments", cancel: CancelToken, said: Callable[[str], str]) -> "Console":
    from mmearth_core.cli.console import Bar, GuardedStream, JsonLines, PlainLines, Quiet  # noqa: PLC0415 - loads tqdm

    if arguments.json:
        return JsonLines(GuardedStream(sys.stdout, cancel.cancel, needed=True), said)
    if arguments.quiet:
        return Quiet()
    stream = GuardedStream(sys.stderr, cancel.cancel)
    return Bar(stream, said) if sys.stderr.isatty() else PlainLines(stream, said)


def _json_lines() -> Any:
    from mmearth_core.cli.console import GuardedStream, JsonLines  # noqa: PLC0415 - loads tqdm

    return JsonLines(GuardedStream(sys.stdout, lambda: None, needed=True))


def _resuming(words: Sequence[str], afresh: Sequence[str]) -> str:
    """The command that goes on with what is kept."""
    command = shlex.join(word for word in words if word not in afresh)
    return f"torchrun … -m mmearth_core {command}" if "TORCHELASTIC_RUN_ID" in os.environ else f"mmearth {command}"


def _bad_arguments(program: str, text: str) -> int:
    _say(f"{program}: error: {text}")
    if program != "mmearth":
        _say(f"Try: {program} --help")
    return BAD_ARGUMENTS


def _internal_error(kind: type[BaseException], error: BaseException, trace: "TracebackType | None") -> None:
    """What Python calls for an error nobody expected: one line, or all of it with `--debug`."""
    if "--debug" in sys.argv:
        sys.__excepthook__(kind, error, trace)
    else:
        _say(f"mmearth: internal error: {kind.__name__}: {error}. Please report it with what --debug prints.")


def _say(text: str) -> None:
    """Write a line to stderr, if anyone reads it."""
    with suppress(OSError):
        sys.stderr.write(tamed(f"{text}\n", kept="\n"))
        sys.stderr.flush()
