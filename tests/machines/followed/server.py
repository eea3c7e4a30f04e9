"""A web server that gives calendars out, and remembers how it was asked."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Given:
    """What is answered at a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    drip: float = 0
    """Seconds between one byte and the next."""


@dataclass
class Server:
    """Where it listens, what it gives out, and what it was asked."""

    url: str
    answers: dict[str, Given | Callable[[Mapping[str, str]], Given]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            answer = server.answers.get(self.path, Given(status=404))
            given = answer(self.headers) if callable(answer) else answer
            # Who has heard enough hangs up.
            with suppress(OSError):
                self.send_response(given.status, given.reason)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                if "Transfer-Encoding" not in given.headers:
                    self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self._send(given)

        def _send(self, given: Given) -> None:
            if not given.drip:
                self.wfile.write(given.body)
                return
            for number in range(len(given.body)):
                self.wfile.write(given.body[number : number + 1])
                time.sleep(given.drip)

        def log_message(self, *_arguments: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = Server(url=f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def stamped(body: bytes, etag: str) -> Callable[[Mapping[str, str]], Given]:
    """Give `body` out, or say that it has not changed to whoever has it."""

    def answer(headers: Mapping[str, str]) -> Given:
        if headers.get("If-None-Match") == etag:
            return Given(status=304)
        return Given(body, headers={"ETag": etag})

    return answer
