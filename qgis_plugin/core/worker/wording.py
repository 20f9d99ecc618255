"""The worker's sentences as the user knows things: its arguments under the labels of widgets and parameters. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: An argument in a sentence, alone or with a value: `bands`, `offset=-1000`.
_NAMED = re.compile(r"`([a-z]\w*)(?:=([^`]*))?`")
#: What else stands in back quotes: a command, words to type.
_QUOTED = re.compile(r"`([^`]*)`")
_NONE: dict[str, str] = {}


def worded(message: str, labels: Mapping[str, str] = _NONE) -> str:
    """A sentence of the worker with the labels of arguments for their names; what has no label keeps its bare name.
    No back quotes are left."""

    def word(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        if name not in labels:
            return name if value is None else f"{name}={value}"
        return f"“{labels[name]}”" if value is None else f"“{labels[name]}” = {value}"

    return _QUOTED.sub(r"“\1”", _NAMED.sub(word, message))
