"""What a map was made of: every image that had a say in it, as its tags tell. Never opens an image."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmearth_core import records

#: The tag that lists them, and those of maps that were made when only the first one was told.
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
