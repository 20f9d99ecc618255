"""What a map was made of and what was done to it since, as its tags tell. Never opens an image."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmearth_core import __version__, records

#: The tag of what was done to a map.
HISTORY_TAG = "history"
#: The tag that lists images, and those of maps that were made when only the first one was told.
_TAG, _OLD_NAME, _OLD_IDENTITY = "made_of", "model_name", "model_id"


@dataclass(frozen=True)
class Origin:
    """An embedding: who made it (`name`, `identity`), the day of its image, and the digest of the scene it shows, as
    far as they are known."""

    name: str
    identity: str
    date: datetime.date | None = None
    digest: str | None = None


def origin_tags(origins: Sequence[Origin]) -> dict[str, str]:
    """The tags of what was made of these."""
    told = [
        {name: value for name, value in records.plain(each).items() if value is not None}
        for each in dict.fromkeys(origins)
    ]
    return {_TAG: json.dumps(told, ensure_ascii=False)}


def origins_of(tags: Mapping[str, str], place: str | Path) -> tuple[Origin, ...]:
    """What the tags of a file say it was made of; of an older map its first image alone, of others nothing.

    Raises `MMEarthError` that begins with `place` when they are damaged.
    """
    if _TAG in tags:
        told = f"The tag {_TAG!r} of {place}"
        found: tuple[Origin, ...] = records.value(tuple[Origin, ...], records.parsed(tags[_TAG], told), told)
        return found
    if _OLD_IDENTITY in tags:
        return (Origin(tags.get(_OLD_NAME, "without a name"), tags[_OLD_IDENTITY]),)
    return ()


def without_origins(tags: Mapping[str, str]) -> dict[str, str]:
    """The other tags."""
    return {name: value for name, value in tags.items() if name not in {_TAG, _OLD_NAME, _OLD_IDENTITY}}


@dataclass(frozen=True)
class Step:
    """What was `did` to a map, when (UTC), by which version, and with what, by name."""

    did: str
    at: str
    software: str
    told: Mapping[str, str]

    def __str__(self) -> str:
        said = "; ".join(f"{name} {value}" for name, value in self.told.items())
        return f"{self.at.replace('T', ' ')} UTC: {self.did} by {self.software}{f' ({said})' if said else ''}"


def with_step(tags: Mapping[str, str], did: str, told: Mapping[str, str], place: str | Path) -> dict[str, str]:
    """The tag of a map whose tags were these, once more was done to it.

    It lies beside the map: a map itself does not tell the time, so that the same work gives the same file.
    """
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    step = Step(did, now, f"mmearth {__version__}", told)
    return {HISTORY_TAG: json.dumps(records.plain([*history_of(tags, place), step]), ensure_ascii=False)}


def history_of(tags: Mapping[str, str], place: str | Path) -> tuple[Step, ...]:
    """What was done to a map, first things first; nothing of maps that do not tell.

    Raises `MMEarthError` that begins with `place` when that is damaged.
    """
    if HISTORY_TAG not in tags:
        return ()
    told = f"The history of {place}"
    found: tuple[Step, ...] = records.value(tuple[Step, ...], records.parsed(tags[HISTORY_TAG], told), told)
    return found
