"""A real web server for tests: it keeps what it was sent, and answers as it was told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass
class Listener:
    """What the server answers, and every call that it was made."""

    status: int = 200
    reason: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    calls: list[Call] = field(default_factory=list)
    port: int = 0
    host: str = "127.0.0.1"
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        listener: Listener = self.server.listener  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        listener.calls.append(Call(self.command, self.path, self.headers, body))
        listener.go_on.wait(120)
        self.send_response(listener.status, listener.reason)
        for name, value in {"Content-Length": str(len(listener.body)), **listener.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(listener.body)

    do_GET = do_POST = do_PUT = answer  # noqa: N815

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever called has hung up: that is what some tests are about."""


@contextmanager
def listening(host: str = "127.0.0.1", port: int = 0, **answer: Any) -> Iterator[Listener]:
    """A server on `host` that answers 200 unless told otherwise, once `go_on` is set."""
    listener = Listener(host=host, **answer)
    listener.go_on.set()
    server = _Server((host, port), _Handler)
    server.listener = listener  # type: ignore[attr-defined]
    listener.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listener
    finally:
        listener.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
