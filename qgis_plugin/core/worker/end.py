"""What the end of the worker means: an exit code or signal in words. No Qt."""

from __future__ import annotations

import os
import signal
from typing import NamedTuple


class End(NamedTuple):
    """What happened, to go after "The worker", and what helps, if anything is known to."""

    what: str
    help: str = ""


_MEMORY = "close other programs or choose a smaller tile"
_CRASHES = {"SIGSEGV", "SIGBUS", "SIGABRT", "SIGFPE", "SIGTRAP"}
_CODES = {  # of Windows
    0xC0000005: End("crashed (access violation)"),
    0xC0000409: End("crashed (stack overrun)"),
    0xC00000FD: End("crashed (stack overflow)"),
    0xC000001D: End("crashed because this processor lacks an instruction it needs"),
    0xC0000017: End("was ended because memory ran out", _MEMORY),
    0xC0000135: End("could not load a DLL", "an antivirus may have removed it: create the environment again"),
}


def meaning(code: int | None) -> End:
    """What an exit code says; None: it was ended by us, for it had closed its output."""
    if code is None:
        return End("closed its output and was ended")
    name = _signal(code)
    if name == "SIGKILL":
        return End("was killed, perhaps because memory ran out", _MEMORY)
    if name == "SIGILL":
        return End("crashed because this processor lacks an instruction it needs (SIGILL)")
    if name in _CRASHES:
        return End(f"crashed ({name})")
    if name:
        return End(f"was ended from outside ({name})")
    return _CODES.get(code & 0xFFFFFFFF) or End("ended unasked" if code == 0 else f"ended with code {code}")


def _signal(code: int) -> str:
    """The signal behind a code, as Python or a shell around it tells it; empty: none."""
    number = -code if code < 0 else code - 128
    if os.name == "nt" or not 0 < number < signal.NSIG:
        return ""
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
