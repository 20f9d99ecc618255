"""How bytes, JSON and text are damaged: by a seeded generator, so that a case is the same wherever it is run."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

#: Values that nobody expects in a field.
HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**400, 1e308, -1e308, 1e-320, float("nan"), float("inf")),
    *(0.5, "", " ", "\x00", "a\x00b", "\ud800", "\u202e", "\x1b[31mred", "x" * 70_000, "<script>alert(1)</script>"),
    *("=cmd|' /C calc'!A0", "../../../../etc/passwd", "/dev/zero", "-1", "nan", "1e999", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-14:00", "%s%n{0}", "$HOME", "file:///etc/passwd", "http://127.0.0.1:9/x.tif"),
    *([], {}, [[]], [None], {"": None}, [0] * 1000),
)
#: The same, and what means something in XML or YAML.
HOSTILE_TEXTS = (
    *(each for each in HOSTILE if isinstance(each, str | int | float)),
    *("&x;", "&#0;", "&#55296;", "]]>", "<!--", "!!python/object/apply:os.system [id]", "*a", "&a [*a]", "? ", "{"),
    *("- -", "1:1", "~", "utf-7", "0x7fffffff"),
)


def damaged(rng: Random, data: bytes) -> bytes:
    """Bytes after one to three mishaps."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice((_bits, _bits, _truncate, _swap, _blank, _insert, _word, _word))(rng, data) if data else data
    return data


def _bits(rng: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    region = min(len(changed), rng.choice((256, 4096, len(changed))))
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        at = rng.randrange(region) if rng.random() < 0.7 else len(changed) - 1 - rng.randrange(region)
        changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _truncate(rng: Random, data: bytes) -> bytes:
    return data[: rng.choice((0, 1, 7, 8, rng.randrange(len(data)), len(data) - 1, len(data) // 2))]


def _swap(rng: Random, data: bytes) -> bytes:
    size = rng.choice((4, 64, 512, 4096))
    if len(data) < 3 * size:
        return _bits(rng, data)
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    a, b = rng.sample(range(len(data) // size), 2)
    parts[a], parts[b] = parts[b], parts[a]
    return b"".join(parts)


def _blank(rng: Random, data: bytes) -> bytes:
    size = rng.choice((2, 4, 8, 64, 1024))
    at = rng.randrange(max(1, min(len(data), rng.choice((512, len(data)))) - size))
    return data[:at] + rng.choice((b"\x00", b"\xff", b"\x7f", b"\x80")) * size + data[at + size :]


def _insert(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 16, 1000))) + data[at:]


def _word(rng: Random, data: bytes) -> bytes:
    """A number of 2, 4 or 8 bytes becomes a hostile one."""
    size = rng.choice((2, 4, 8))
    top = 2 ** (8 * size)
    value = rng.choice((0, 1, top // 2, top - 1, top // 2 - 1, 65535, 1 << 15)) % top
    at = rng.randrange(max(1, min(len(data), rng.choice((512, 4096, len(data)))) - size))
    return data[:at] + value.to_bytes(size, rng.choice(("little", "big"))) + data[at + size :]


def damaged_json(rng: Random, data: bytes) -> bytes:
    """JSON of which one to three values are hostile, missing, repeated, or nested all too deep."""
    value = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        path = rng.choice(list(_spots(value))[1:] or [()])
        if not path:
            break
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        what = rng.random()
        if what < 0.75:
            holder[path[-1]] = deepcopy(rng.choice(HOSTILE))
        elif what < 0.9:
            del holder[path[-1]]
        elif isinstance(holder, list):
            holder.extend(holder[:50])
        else:
            deep = deepcopy(rng.choice(HOSTILE))
            for _ in range(rng.choice((3, 500))):
                deep = [deep]
            holder[path[-1]] = deep
    return json.dumps(value).encode("utf-8", "surrogatepass")


def _spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where values stand: of a list, in its first four only."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value[:4]) if isinstance(value, list) else ()
    for key, child in inside:
        yield from _spots(child, (*path, key))


def damaged_text(rng: Random, data: bytes) -> bytes:
    """XML or YAML of which a word is hostile, or a line is missing or twice there."""
    text = data.decode()
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    what = rng.random()
    if what < 0.2:
        return "\n".join(lines[:at] + lines[at + 1 :]).encode()
    if what < 0.3:
        return "\n".join(lines[: at + 1] + lines[at:]).encode()
    word = rng.choice(list(re.finditer(r"[\w.:+-]+", text)))
    bad = rng.choice(HOSTILE_TEXTS)
    written = repr(bad) if isinstance(bad, float) else str(bad)[:5000] if not isinstance(bad, int) else f"{bad:x}"[:400]
    return (text[: word.start()] + written + text[word.end() :]).encode("utf-8", "surrogatepass")
