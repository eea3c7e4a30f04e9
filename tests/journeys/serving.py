"""The server of the journeys: what never changes is read once, and kept by every browser."""

import mimetypes
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from http import HTTPStatus
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders, handlers
from django.core.handlers.wsgi import get_path_info
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEPT_FOR = 10 * 365 * 24 * 3600
"""Seconds; a story may play on another day than the one that its browser lives on."""

LEFT_WITHIN = 60
"""Seconds that the last requests of a story have to be answered."""


class Gate:
    """Where requests come in one by one; shut, when all have left, behind every story.

    What a page asked for just before its browser was put away is still being answered, and would
    meet those who empty the database.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside, self._is_open = 0, True

    def open(self) -> None:
        """Let requests in."""
        with self._changed:
            self._is_open = True

    def enter(self) -> bool:
        """Whether one more request may come in."""
        with self._changed:
            self._inside += self._is_open
            return self._is_open

    def leave(self) -> None:
        """One request was answered."""
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def shut(self) -> None:
        """Let none in any more, and wait for those inside; raises `TimeoutError`."""
        with self._changed:
            self._is_open = False
            if not self._changed.wait_for(lambda: self._inside == 0, LEFT_WITHIN):
                raise TimeoutError(f"{self._inside} requests are still being answered")


GATE = Gate()


class FromMemory(handlers.StaticFilesHandler):
    """Static files without Django: a page has two dozen of them, and is a test of its own."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        path = get_path_info(environ)
        found = contents(self.file_path(path)) if self._should_handle(path) else None
        if found is None:
            return self._through_the_gate(environ, start_response)
        kind, body = found
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": f"max-age={KEPT_FOR}, immutable",
        }
        start_response(f"{HTTPStatus.OK:d} OK", list(headers.items()))
        return [body]

    def _through_the_gate(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not GATE.enter():
            start_response(f"{HTTPStatus.SERVICE_UNAVAILABLE:d} Shut", [])
            return
        try:
            with closing(super().__call__(environ, start_response)) as body:
                yield from body
        finally:
            GATE.leave()


@cache
def contents(path: str) -> tuple[str, bytes] | None:
    """The kind of a static file and what is in it; None where there is no such file."""
    found = finders.find(path)
    if not found:
        return None
    kind, _encoding = mimetypes.guess_type(path)
    return kind or "application/octet-stream", Path(found).read_bytes()


def serving() -> Iterator[LiveServer]:
    """A server that runs, and serves static files from memory."""
    with pytest.MonkeyPatch.context() as patch:
        # It looks for its handler there, and takes no other.
        patch.setattr(handlers, "StaticFilesHandler", FromMemory)
        server = LiveServer("localhost")
    yield server
    server.stop()
