"""Errors a user can act on: one sentence naming the file, what is wrong and what to do.

A sentence names what can be asked for as Python names it, in back quotes: `bands`, or with a value `offset=-1000`.
Each front end words that its own way: the command line as `--offset -1000`, Python as `offset=-1000`, QGIS by the label
of a widget. No other word stands in back quotes alone.
"""

import re
from collections.abc import Callable

from mmearth_core.wording import tamed

#: How a sentence about kept work ends; the command line names the command itself instead.
GO_ON = "; run the same command again to go on."

#: What the package's extras bring.
_OPTIONAL = {
    *("torch", "torchvision", "timm", "safetensors", "onnx"),
    *("h5py", "yaml", "filelock", "tensorboard", "matplotlib"),
    *("pyarrow", "pystac_client", "dask", "distributed", "obstore"),
}
#: Letters of the longest sentence; of a longer one, which quotes a file, beginning and end are told.
_LONGEST = 1400
_NAMED = re.compile(r"`([a-z]\w*)(?:=([^`]*))?`")


def worded(text: str, word: Callable[[str, str | None], str]) -> str:
    """A sentence, with what `word` makes of each name in back quotes and its value (None: the name alone)."""
    return _NAMED.sub(lambda match: word(match[1], match[2]), text)


class MMEarthError(Exception):
    """Unusable input or request. Nothing half made is left on disk.

    `text`: the sentence with its names in back quotes; `str(error)` is how Python words it.
    """

    @property
    def text(self) -> str:
        told = tamed(str(self.args[0])) if self.args else ""
        return told if len(told) <= _LONGEST else f"{told[: _LONGEST // 2]} … {told[-_LONGEST // 2 :]}"

    @property
    def about(self) -> tuple[str, ...]:
        """The arguments it is about, as Python names them: first the one to look at first."""
        return tuple(dict.fromkeys(match[1] for match in _NAMED.finditer(self.text)))

    def worded(self, word: Callable[[str, str | None], str]) -> str:
        """The sentence as `worded` makes it."""
        return worded(self.text, word)

    def __str__(self) -> str:
        return self.worded(lambda name, value: f"{name}={value or ''}")


class EnvironmentFailure(MMEarthError):
    """The machine failed (disk full, write refused, backend died). Finished work is kept and can be resumed."""


def unwritable(place: object, error: Exception) -> EnvironmentFailure:
    """That a file or a folder cannot be written, and what may help."""
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    return EnvironmentFailure(f"Could not write {place} ({reason}); make room there, or choose another place.")


class Cancelled(MMEarthError):
    """The user cancelled. Finished work is kept and can be resumed."""


def as_told(error: BaseException, extra: str) -> MMEarthError | None:
    """What the user is told of an error, in one line; None when it is a defect of ours, not of input or machine.

    `extra` brings what the verb needs beyond the plain installation.
    """
    if isinstance(error, MMEarthError):
        return error
    if isinstance(error, ModuleNotFoundError):
        if (error.name or "").split(".")[0] not in _OPTIONAL:
            return None
        return MMEarthError(f'This needs {error.name}, which is not installed; run: pip install "mmearth[{extra}]"')
    if isinstance(error, MemoryError):
        return EnvironmentFailure(
            "The memory of this machine does not suffice; close other programs or choose a smaller `tile`."
        )
    if isinstance(error, OSError):
        text = error.strerror or " ".join(str(error).split()).rstrip(".")
        place = error.filename or "The system says"
        return EnvironmentFailure(f"{place}: {text}; check that this place is there and has room, and run it again.")
    return None
