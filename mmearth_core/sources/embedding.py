"""What an embedding is, whoever made it: the contract that everything downstream speaks to, and how one is opened.

An embedding raster stores numbers in a type of its own; what they mean says `decode`. Where that is `stored · scale +
offset`, `linear` says so, and who multiplies the numbers with weights anyway need not decode them.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from numpy import bool_, float32
from numpy.typing import NDArray

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.kinds import check_kind
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.elsewhere.recognition import foreign_embedding

_DIGEST = re.compile(r"[0-9a-f]{64}")
#: Numbers as a file stores them, (bands, height, width) or (bands, n).
Stored = NDArray[Any]


class EmbeddingReader(Protocol):
    """An open embedding, for one thread."""

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> Stored:
        """Stored numbers of a window, (bands, height, width); with `shape`, decimated (nearest) to it.

        Raises `MMEarthError` when the file is damaged.
        """


class Embedding(Protocol):
    """An embedding raster: a vector for every pixel of a grid that has one.

    `path`: where it lies; a text where that is an address, in an archive, or not a file alone.

    `identity`: what a probe and the embeddings it is used on must have in common. `name`: what sentences call it.
    `bands`: their names. `unit_norm`: whether all vectors are of length 1. `halo`: how many pixels around one decide
    its vector; None when that is not known. `block`: rows and columns of pixels that are stored, and so read, together.
    `linear`: (scale, offset), each (bands,), when a value is stored · scale + offset; None when only `decode` knows.
    `facts`: what else is worth telling, as plain JSON values.
    """

    @property
    def path(self) -> str | Path: ...

    @property
    def grid(self) -> Grid: ...

    @property
    def identity(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def bands(self) -> tuple[str, ...]: ...

    @property
    def unit_norm(self) -> bool: ...

    @property
    def halo(self) -> int | None: ...

    @property
    def block(self) -> tuple[int, int]: ...

    @property
    def linear(self) -> tuple[NDArray[float32], NDArray[float32]] | None: ...

    @property
    def facts(self) -> Mapping[str, Any]: ...

    def valid(self, stored: Stored) -> NDArray[bool_]:
        """Where there is an embedding: (height, width), or (n,), of numbers whose first axis is the band."""

    def decode(self, stored: Stored) -> NDArray[float32]:
        """The embedding's values, of the same shape; what they are where there is none is undefined."""

    def reader(self) -> AbstractContextManager[EmbeddingReader]: ...


def open_embedding(path: str | Path) -> Embedding:
    """Open an embedding raster: ours, or one of those in `sources.elsewhere`.

    Raises `MMEarthError` when the file is missing, or no embedding, or when nothing says what its numbers mean.
    """
    check_kind(path, "embedding")
    return foreign_embedding(path) or EmbeddingRaster.open(path)


def describe(embedding: Embedding) -> str:
    """Who made an embedding, as sentences say it."""
    return described(embedding.name, embedding.identity)


def described(name: str, identity: str) -> str:
    """A name with an identity: of a digest the first digits."""
    return f"model {name} ({identity[:12]})" if _DIGEST.fullmatch(identity) else f"{name} ({identity})"
