"""A working set: what is worked on together, as a value and as a small JSON file that every front end shares.

Places, each with one embedding or one for each of several dates, extra layers such as heights, and layers of samples.
A single embedding is its simplest case.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from mmearth_core import records
from mmearth_core.embedding.stac.item import acquired_on, item_path
from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_json
from mmearth_core.kinds import WORKING_SET
from mmearth_core.raster.opening import is_local
from mmearth_core.raster.references import check_reference
from mmearth_core.records import POSITIVE, Rule
from mmearth_core.wording import counted

#: The version of the file's layout; readers refuse what they do not know.
FORMAT_VERSION = 1
#: A file larger than this is none that names rasters.
_LARGEST = 16 << 20
_NAMED = Rule(bool, "must not be empty")


@dataclass(frozen=True)
class DatedEmbedding:
    """An embedding raster and the day its image was taken; None when that is not known."""

    embedding: Annotated[str, _NAMED]
    date: datetime.date | None = None


@dataclass(frozen=True)
class ExtraLayer:
    """One band of any raster, by a name of its own: heights, radar in decibels, an index."""

    raster: Annotated[str, _NAMED]
    name: str = ""
    band: Annotated[int, POSITIVE] = 1

    @property
    def title(self) -> str:
        """The name, or what the file is called."""
        return self.name or Path(self.raster).stem + (f" {self.band}" if self.band > 1 else "")


@dataclass(frozen=True)
class SampleLayer:
    """A vector file of samples; `layer` and `field` as in the verb `fit`."""

    file: Annotated[str, _NAMED]
    layer: str | None = None
    field: str = "class"


@dataclass(frozen=True)
class PlaceOfWork:
    """One place: its embeddings, in any order, its extra layers and its samples. `name` is part of file names."""

    embeddings: Annotated[tuple[DatedEmbedding, ...], Rule(bool, "must hold an embedding")]
    name: str = ""
    layers: tuple[ExtraLayer, ...] = ()
    samples: tuple[SampleLayer, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The files it names."""
        rasters = (*(each.embedding for each in self.embeddings), *(each.raster for each in self.layers))
        return (*rasters, *(each.file for each in self.samples))

    def __str__(self) -> str:
        dates = ", ".join(str(each.date or "undated") for each in self.embeddings)
        parts = [f"{counted(len(self.embeddings), 'embedding')} ({dates})"]
        parts += [f"layers {', '.join(each.title for each in self.layers)}"] if self.layers else []
        parts += [f"samples {', '.join(Path(each.file).name for each in self.samples)}"] if self.samples else []
        return "; ".join(parts)


@dataclass(frozen=True)
class WorkingSet:
    """Places that are learned from and mapped together. All of them have the same extra layers, by name."""

    places: Annotated[tuple[PlaceOfWork, ...], Rule(bool, "must hold a place")]

    def __post_init__(self) -> None:
        """Raise `ValueError` when places cannot be told apart, or differ in their layers."""
        names = [place.name for place in self.places]
        if len(names) > 1 and (not all(names) or len(set(names)) < len(names)):
            raise ValueError("each place needs a name of its own")
        if unfit := [name for name in names if name and (Path(name).name != name or not name.isprintable())]:
            raise ValueError(f"{unfit[0]!r} cannot be part of a file's name")
        titles = [sorted(layer.title for layer in place.layers) for place in self.places]
        if any(each != titles[0] for each in titles):
            raise ValueError("the places have different extra layers; give each the same, by name")
        if len(set(titles[0])) < len(titles[0]):
            raise ValueError("two extra layers have one name")

    @property
    def files(self) -> tuple[str, ...]:
        """What decides pixels and dates: embeddings, the items beside them (there or not), and layers."""
        found: list[str] = []
        for place in self.places:
            found += [each.embedding for each in place.embeddings] + [each.raster for each in place.layers]
            found += [str(item_path(Path(each.embedding))) for each in place.embeddings]
        return tuple(found)


def is_working_set(path: str | Path) -> bool:
    """Whether a path names a file that says it is a working set."""
    path = Path(path)
    try:
        if path.suffix.lower() != ".json" or path.stat().st_size > _LARGEST:
            return False
        return f'"{WORKING_SET}"' in path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False


def working_set_of(path: str | Path) -> WorkingSet:
    """The working set that a path means: of a file of one, or of one embedding raster.

    Names in a file are relative to its folder. The date of an embedding that the set does not date is that of the STAC
    item beside it. Raises `MMEarthError` when a file is damaged, or names what must not be followed.
    """
    if not is_working_set(path):
        return _dated(WorkingSet((PlaceOfWork((DatedEmbedding(str(path)),)),)))
    return _dated(_found(parsed_working_set(Path(path)), Path(path)))


def parsed_working_set(path: Path) -> WorkingSet:
    """What a file of a working set says, none of its names followed. Raises `MMEarthError` when it is damaged."""
    content = records.parsed(path.read_text(encoding="utf-8"), f"{path} is damaged", remedy="write it again")
    if not isinstance(content, dict) or content.get("format") != WORKING_SET:
        raise MMEarthError(f"{path} is no working set; make one with: mmearth working-set.")
    if content.get("format_version") != FORMAT_VERSION:
        raise MMEarthError(
            f"{path} has the format {content.get('format_version')!r} of working sets, this mmearth reads"
            f" {FORMAT_VERSION}; update mmearth."
        )
    return records.read(WorkingSet, {"places": content.get("places")}, f"{path} is damaged", remedy="mend it")


def _found(found: WorkingSet, path: Path) -> WorkingSet:
    """With names as they can be opened from anywhere."""

    def at(name: str) -> str:
        return check_reference(name, path)

    return replace(
        found,
        places=tuple(
            replace(
                place,
                embeddings=tuple(replace(each, embedding=at(each.embedding)) for each in place.embeddings),
                layers=tuple(replace(each, raster=at(each.raster)) for each in place.layers),
                samples=tuple(replace(each, file=at(each.file)) for each in place.samples),
            )
            for place in found.places
        ),
    )


def _dated(found: WorkingSet) -> WorkingSet:
    return replace(
        found,
        places=tuple(
            replace(
                place,
                embeddings=tuple(
                    each if each.date else replace(each, date=acquired_on(Path(each.embedding)))
                    for each in place.embeddings
                ),
            )
            for place in found.places
        ),
    )


def write_working_set(path: Path, found: WorkingSet, *, software: str) -> None:
    """Write a working set; names below the file's folder become relative to it."""
    folder = path.absolute().parent

    def named(name: str) -> str:
        if not is_local(name):
            return name
        try:
            return Path(name).absolute().relative_to(folder).as_posix()
        except ValueError:
            return str(Path(name).absolute())

    places = []
    for place in found.places:
        each: dict[str, Any] = {"name": place.name} if place.name else {}
        each["embeddings"] = [
            {"embedding": named(e.embedding)} | ({"date": e.date.isoformat()} if e.date else {})
            for e in place.embeddings
        ]
        if place.layers:
            each["layers"] = [{"raster": named(e.raster), "name": e.title, "band": e.band} for e in place.layers]
        if place.samples:
            each["samples"] = [_sample(e, named(e.file)) for e in place.samples]
        places.append(each)
    write_json(path, {"format": WORKING_SET, "format_version": FORMAT_VERSION, "software": software, "places": places})


def _sample(layer: SampleLayer, name: str) -> dict[str, str]:
    return {"file": name, "field": layer.field} | ({"layer": layer.layer} if layer.layer else {})


def days_of(place: PlaceOfWork) -> Sequence[int | None]:
    """Day of the year of each embedding; None where its date is not known."""
    return [day_of_year(each.date) for each in place.embeddings]


def day_of_year(date: datetime.date | None) -> int | None:
    """As in a leap year: 1 … 366; None of no date."""
    leap_year = 2024
    return None if date is None else date.replace(year=leap_year).timetuple().tm_yday
