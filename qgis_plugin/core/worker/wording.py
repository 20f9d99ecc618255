"""The worker's sentences as the user knows things: its arguments under the labels of widgets and parameters, commands
under the names of the algorithms that do the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

#: An argument in a sentence, alone or with a value: `bands`, `offset=-1000`.
_NAMED = re.compile(r"`([a-z]\w*)(?:=([^`]*))?`")
#: What else stands in back quotes: a command, words to type.
_QUOTED = re.compile(r"`([^`]*)`")
#: A command in a sentence; after a colon with what is typed behind it, to the end of the clause.
_COMMAND = re.compile(r"(?<=: )mmearth ([a-z][a-z-]*)(?: [^;]*?)?(?=\.?$|;|\. )|mmearth ([a-z][a-z-]*)")
#: The algorithm of each verb: its class, whose texts are translated, and its title there. A test holds them together.
_TITLES = {
    "embed": ("Embed", "Embed layer"),
    "fit": ("Fit", "Fit classes to samples"),
    "classify": ("Classify", "Classify embedding"),
    "classify-scene": ("ClassifyScene", "Classify scene"),
    "cluster": ("Cluster", "Cluster embedding"),
    "similar": ("Similar", "Find similar places"),
    "suggest": ("Suggest", "Suggest where to label next"),
    "sample": ("Sample", "Draw reference sample"),
    "assess": ("Assess", "Assess map"),
    "tidy": ("Tidy", "Tidy map"),
    "change": ("Change", "Map change"),
    "outline": ("Outline", "Outline"),
    "working-set": ("GatherWorkingSet", "Gather working set"),
}
_NONE: dict[str, str] = {}


def titles() -> dict[str, str]:
    """What the toolbox calls the algorithm of each verb."""
    look_up = QCoreApplication.translate  # texts that the algorithms hand in for translation
    return {verb: look_up(*known) for verb, known in _TITLES.items()}


def in_toolbox(message: str) -> str:
    """A sentence with the names of algorithms for the commands of the command line."""
    known = titles()

    def title(found: re.Match[str]) -> str:
        verb = found[1] or found[2]
        return f"“{known[verb]}”" if verb in known else found[0]

    return _COMMAND.sub(title, message)


def told(result: dict[str, Any]) -> dict[str, Any]:
    """A result whose sentences (`warnings`, `messages`) name algorithms for commands."""
    sentences = {name: result[name] for name in ("warnings", "messages") if isinstance(result.get(name), list)}
    return {**result, **{name: [in_toolbox(str(each)) for each in texts] for name, texts in sentences.items()}}


def worded(message: str, labels: Mapping[str, str] = _NONE) -> str:
    """A sentence of the worker with the labels of arguments for their names, and algorithms for commands; what has no
    label keeps its bare name. No back quotes are left."""

    def word(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        if name not in labels:
            return name if value is None else f"{name}={value}"
        return f"“{labels[name]}”" if value is None else f"“{labels[name]}” = {value}"

    return _QUOTED.sub(r"“\1”", _NAMED.sub(word, in_toolbox(message)))
