"""The unfinished part of a tile file: an append-only file of finished tiles that survives a kill at any moment.

A record is a header (length and checksum of what follows), a JSON text and compressed arrays. Only whole records count:
opening reads on until the first one that is not, and the next record takes its place. Never reads a record half.
Tiles of a source that has changed are passed over; their bytes stay until the whole file goes.
"""

import json
import struct
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from mmearth_core.errors import GO_ON, EnvironmentFailure, unwritable

#: Before each record: bytes of the JSON text, bytes of all arrays, CRC-32 of both together.
_HEADER = struct.Struct("<IQI")
_LONGEST_TEXT = 1 << 26


class TileRecords:
    """Records of one build in `path`: first its specification, then one record per tile."""

    def __init__(self, path: Path, specification: Mapping[str, Any], sources: Container[str]) -> None:
        """Open for appending. What is there is kept when it has the same `specification`, else it begins anew; of that,
        tiles whose "source" is among `sources`.

        `restarted` tells whether tiles of another specification were thrown away, `outdated` how many tiles of other
        sources are passed over; `ids` are the tiles that are in, in the order in which they were added.
        """
        self.path = path
        self.ids: dict[str, int] = {}  # and where the record of each begins
        self.restarted, self.outdated = False, 0
        try:
            self._file: BinaryIO = path.open("r+b" if path.exists() else "w+b")
            first = self._record(0)
            if first is not None and first[0] == specification:
                self._scan(sources)
            else:
                self.restarted = first is not None
                self._end = 0
                self.append(specification, {})
        except OSError as error:
            raise unwritable(path, error) from error

    def append(self, text: Mapping[str, Any], chunks: Mapping[str, bytes]) -> None:
        """Add one record; `chunks` are compressed arrays by name. It is in the file when this returns."""
        content = json.dumps({**text, "_chunks": {name: len(chunk) for name, chunk in chunks.items()}}, allow_nan=False)
        encoded, payload = content.encode(), b"".join(chunks.values())
        record = _HEADER.pack(len(encoded), len(payload), zlib.crc32(payload, zlib.crc32(encoded))) + encoded + payload
        try:
            self._file.seek(self._end)
            self._file.write(record)
            self._file.truncate()
            self._file.flush()
        except OSError as error:
            raise EnvironmentFailure(f"Cannot write {self.path} ({error.strerror or error}){GO_ON}") from error
        if chunks:
            self.ids[text["tile_id"]] = self._end
        self._end += len(record)

    def tiles(self, ids: Iterable[str]) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:
        """The records of tiles that are in. Raises `EnvironmentFailure` when one was damaged meanwhile."""
        for tile_id in ids:
            record = self._record(self.ids[tile_id])
            if record is None:
                raise EnvironmentFailure(f"{self.path} was damaged meanwhile{GO_ON}")
            yield record[:2]

    def close(self) -> None:
        """Close the file; it stays on the disk."""
        self._file.close()

    def remove(self) -> None:
        """Close and delete the file."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _scan(self, sources: Container[str]) -> None:
        """Find the whole records of tiles; `_end` follows the last one."""
        self._end = 0
        while (record := self._record(self._end)) is not None:
            text, _, after = record
            if "tile_id" in text and text["source"] in sources:
                self.ids[text["tile_id"]] = self._end
            elif "tile_id" in text:
                self.outdated += 1
            self._end = after

    def _record(self, start: int) -> tuple[dict[str, Any], dict[str, bytes], int] | None:
        """The text and chunks of the record that begins at a byte, and the byte after it; None if it is not whole."""
        self._file.seek(start)
        header = self._file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return None
        text_size, payload_size, checksum = _HEADER.unpack(header)
        left = self.path.stat().st_size - start - _HEADER.size
        if text_size > _LONGEST_TEXT or text_size + payload_size > left:
            return None
        encoded, payload = self._file.read(text_size), self._file.read(payload_size)
        if zlib.crc32(payload, zlib.crc32(encoded)) != checksum or not encoded:
            return None
        text = json.loads(encoded)
        chunks, at = {}, 0
        for name, size in text.pop("_chunks").items():
            chunks[name] = payload[at : at + size]
            at += size
        return text, chunks, start + _HEADER.size + text_size + payload_size
