"""A local server of files that answers range requests, and counts what it gives."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread


class RangeServer:
    """Serves a folder at `url`; `given`: bytes of content sent so far, `asked`: the names that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.given, self.asked = folder, 0, set[str]()
        self.lock = Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self.answer(body=False)

            def do_GET(self) -> None:
                self.answer(body=True)

            def answer(self, *, body: bool) -> None:
                file = outer.folder / self.path.lstrip("/")
                with outer.lock:
                    outer.asked.add(file.name)
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
                    with outer.lock:
                        outer.given += len(content)
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @classmethod
    @contextmanager
    def of(cls, folder: Path) -> Iterator["RangeServer"]:
        server = cls(folder)
        thread = Thread(target=server._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server._server.shutdown()
            server._server.server_close()
            thread.join()
