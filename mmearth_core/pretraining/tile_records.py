"""The unfinished part of a tile file: an append-only file of finished tiles that survives a kill at any moment.

A record is a header (length and checksum of what follows), a JSON text and compressed arrays. Only whole records count:
opening reads on until the first one that is not, and the next record takes its place. Never reads a record half.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from mmearth_core.errors import GO_ON, EnvironmentFailure

#: Before each record: bytes of the JSON text, bytes of all arrays, CRC-32 of both together.
_HEADER = struct.Struct("<IQI")
_LONGEST_TEXT = 1 << 26


class TileRecords:
    """Records of one build in `path`: first its specification, then one record per tile."""

    def __init__(self, path: Path, specification: Mapping[str, Any]) -> None:
        """Open for appending. What is there is kept when it has the same `specification`, else it begins anew.

        `restarted` tells whether tiles of another specification were thrown away; `ids` are the tiles that are in.
        """
        self.path = path
        self.ids: set[str] = set()
        self.restarted = False
        try:
            self._file: BinaryIO = path.open("r+b" if path.exists() else "w+b")
            records = self._scan()
            first = next(records, None)
            if first is not None and first[0] == specification:
                self.ids.update(text["tile_id"] for text, _ in records)
            else:
                self.restarted = first is not None
                self._end = 0
                self.append(specification, {})
        except OSError as error:
            raise EnvironmentFailure(f"Cannot write {path} ({error.strerror or error}).") from error

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
        self._end += len(record)
        if chunks:
            self.ids.add(text["tile_id"])

    def tiles(self) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:
        """The records of the tiles, in the order in which they were added."""
        records = self._scan()
        next(records)
        yield from records

    def close(self) -> None:
        """Close the file; it stays on the disk."""
        self._file.close()

    def remove(self) -> None:
        """Close and delete the file."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _scan(self) -> Iterator[tuple[dict[str, Any], dict[str, bytes]]]:
        """Whole records from the beginning; `_end` follows the last one that was given."""
        self._end = 0
        while True:
            self._file.seek(self._end)
            header = self._file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return
            text_size, payload_size, checksum = _HEADER.unpack(header)
            left = self.path.stat().st_size - self._end - _HEADER.size
            if text_size > _LONGEST_TEXT or text_size + payload_size > left:
                return
            encoded, payload = self._file.read(text_size), self._file.read(payload_size)
            if zlib.crc32(payload, zlib.crc32(encoded)) != checksum or not encoded:
                return
            self._end += _HEADER.size + text_size + payload_size
            text = json.loads(encoded)
            chunks, start = {}, 0
            for name, size in text.pop("_chunks").items():
                chunks[name] = payload[start : start + size]
                start += size
            yield text, chunks
