"""The server of the journeys: what never changes is read once, and kept by every browser."""

import mimetypes
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders, handlers
from django.core.handlers.wsgi import get_path_info
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEPT_FOR = 10 * 365 * 24 * 3600
"""Seconds; a story may play on another day than the one that its browser lives on."""


class FromMemory(handlers.StaticFilesHandler):
    """Static files without Django: a page has two dozen of them, and is a test of its own."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        path = get_path_info(environ)
        found = contents(self.file_path(path)) if self._should_handle(path) else None
        if found is None:
            return super().__call__(environ, start_response)
        kind, body = found
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": f"max-age={KEPT_FOR}, immutable",
        }
        start_response(f"{HTTPStatus.OK:d} OK", list(headers.items()))
        return [body]


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
