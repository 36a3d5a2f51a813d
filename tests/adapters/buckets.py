"""Servers that speak S3's protocol: moto's, and one that notes what it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple
from urllib.request import Request, urlopen

from moto.server import ThreadedMotoServer

BUCKET: Final = "long-term"
KEYS: Final = {"access_key": "key", "secret_key": "secret"}


@contextmanager
def moto() -> Iterator[str]:
    """The URL of moto's server, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        urlopen(Request(f"{url}/{BUCKET}", data=b"", method="PUT")).close()
        yield url
    finally:
        server.stop()


class Asked(NamedTuple):
    method: str
    path: str
    content_type: str | None
    body: bytes


@contextmanager
def answering(answer: Callable[[Asked], tuple[int, bytes]]) -> Iterator[str]:
    """The URL of a server, also as a proxy, whose status and body `answer` gives."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            status, body = answer(Asked(self.command, self.path, self.headers.get("Content-Type"), self.rfile.read(size)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT")
            self.send_header("ETag", '"e"')
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = do_POST = answer  # noqa: N815

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
