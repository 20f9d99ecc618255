"""A server of the files in a folder that answers range requests, to be run as a process of its own.

Prints its address; keeps the number of bytes it has given in `given.json` of the folder.
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

FOLDER = Path(sys.argv[1])
LOCK, GIVEN = Lock(), [0]


def count(more: int) -> None:
    with LOCK:
        GIVEN[0] += more
        new = FOLDER / "given.new"
        new.write_text(json.dumps({"bytes": GIVEN[0]}), encoding="utf-8")
        new.replace(FOLDER / "given.json")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        file = FOLDER / self.path.lstrip("/")
        if not file.is_file():
            self.send_error(404)
            return
        size = file.stat().st_size
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)) if wanted else (0, size - 1)
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        if body:
            with file.open("rb") as stream:
                stream.seek(first)
                content = stream.read(last - first + 1)
            count(len(content))
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    count(0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
