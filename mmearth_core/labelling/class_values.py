"""The names of classes of samples, and the value each has in the map: the number it is called by, wherever a map can
hold that."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.conventions import MAX_CLASSES, means_none
from mmearth_core.maps.legend import Legend

#: A whole number as fields of text have it: "3", "03", "3.0", "-1".
_WHOLE = re.compile(r"([+-]?\d{1,18})(?:\.0+)?")


def code_of(name: str) -> int | None:
    """The whole number a class of a field is called by; None when it has another name."""
    found = _WHOLE.fullmatch(name)
    return None if found is None else int(found[1])


def values_of(codes: Mapping[str, int | None], *, taken: Collection[int] = ()) -> dict[str, int]:
    """The value 1 … 254 of each class by its name, given its code: that code, where it is such a value, not `taken` and
    of this class alone.

    The others get free values: codes above the highest one kept, in the order of the codes, as long as there are such;
    names the lowest free ones, in the order of the alphabet. Raises `MMEarthError` when a map cannot hold them all.
    """
    if len(codes) + len(taken) > MAX_CLASSES:
        raise MMEarthError(f"There are {len(codes)} classes, a map holds {MAX_CLASSES}; check the class field.")
    claimed = list(codes.values())
    values = {
        name: code
        for name, code in codes.items()
        if code is not None and 1 <= code <= MAX_CLASSES and code not in taken and claimed.count(code) == 1
    }
    used = {*taken, *values.values()}
    highest = max(used, default=0) if any(code is not None for code in claimed) else 0
    order = [*range(highest + 1, MAX_CLASSES + 1), *range(1, highest + 1)]
    above = (value for value in order if value not in used)
    lowest = (value for value in range(1, MAX_CLASSES + 1) if value not in used)
    for name in sorted(set(codes) - set(values), key=lambda name: (codes[name] is None, codes[name] or 0, name)):
        free = lowest if codes[name] is None else above
        values[name] = next(value for value in free if value not in used)
        used.add(values[name])
    return values


def check_names(path: Path, names: Iterable[str | None]) -> None:
    """Refuse classes that are called as what has no class: learned, they would be on the map."""
    none = sorted({name for name in names if name is not None and means_none(name)})
    if none:
        raise MMEarthError(
            f"{path} has features of a class called {', '.join(map(repr, none))}, which means that they have none;"
            " empty the class field there, or give the class another name."
        )


def alike_names(names: Iterable[str]) -> tuple[str, ...]:
    """A sentence that tells which classes are of one name but for small and capital letters, blanks and dashes, or
    of one number ("7" and "07")."""
    alike: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        folded = re.sub(r"[\s_-]", "", name.casefold())
        # '7' and '07' are one number; '-1' and '1' are two.
        plain = name.strip() if re.fullmatch(r"\s*-?\d+\s*", name) else folded
        alike.setdefault(str(int(plain)) if re.fullmatch(r"-?[0-9]+", plain) else folded, []).append(name)
    several = [" and ".join(map(repr, each)) for each in alike.values() if len(each) > 1]
    return (
        (f"Different classes of nearly the same name: {', '.join(several)}; if they are one, give them one name",)
        if several
        else ()
    )


def moved_codes(legend: Legend, codes: Mapping[str, int]) -> tuple[str, ...]:
    """A sentence that tells which classes called by a number (`codes`, by name) have another value in the map."""
    moved = [(codes[each.name], each) for each in legend.classes if codes.get(each.name, each.value) != each.value]
    if not moved:
        return ()
    table = ", ".join(
        f"{each.name if each.name == str(code) else f'{code} ({each.name})'} is value {each.value}"
        for code, each in sorted(moved, key=lambda pair: pair[0])
    )
    return (f"A map holds the values 1 … {MAX_CLASSES}, each for one class; in the map of these classes {table}",)
