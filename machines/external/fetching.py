"""Getting a calendar from its address, when it has changed since."""

import time
from dataclasses import dataclass
from urllib.parse import urljoin

from machines.external.apart import CannotRead
from machines.states import Trouble
from spaces.fetching import (
    AddressRefused,
    Answer,
    FetchError,
    TookTooLong,
    TooLarge,
    open_public,
)

MOST_BYTES = 5_000_000
SECONDS = 10
"""For the answer as a whole, and for all the addresses that it leads to."""

MOST_HOPS = 5
OK, NOT_MODIFIED = 200, 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_STAMP = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server gave out, and how to ask it whether there is anything new."""

    content: bytes
    etag: str
    last_modified: str


def fetch(url: str, *, etag: str = "", last_modified: str = "") -> Fetched | None:
    """The calendar at `url`; None where the server says that it has not changed.

    Every address on the way is checked before it is called. Raises CannotRead.
    """
    headers = {
        "Accept": "text/calendar, */*;q=0.1",
        # What is not packed cannot unpack into more than we asked for.
        "Accept-Encoding": "identity",
        "User-Agent": "Etabli (calendar)",
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    answer = _answer(url, headers)
    if answer.status == NOT_MODIFIED:
        return None
    if answer.status != OK:
        raise CannotRead(Trouble.STATUS, f"{answer.status} {answer.reason}")
    return Fetched(
        content=answer.body,
        etag=_stamp(answer, "ETag"),
        last_modified=_stamp(answer, "Last-Modified"),
    )


def _answer(url: str, headers: dict[str, str]) -> Answer:
    """The answer at the end of all redirects."""
    # The clock of the process, not of the day: how long, not when.
    ends = time.monotonic() + SECONDS
    for _hop in range(MOST_HOPS):
        answer = _called(url, headers, seconds=ends - time.monotonic())
        onward = answer.headers.get("Location")
        if answer.status not in REDIRECTS or not onward:
            return answer
        url = _led_to(url, onward)
    raise CannotRead(Trouble.REDIRECTS)


def _led_to(url: str, onward: str) -> str:
    try:
        return urljoin(url, onward)
    except ValueError as error:
        raise CannotRead(Trouble.ADDRESS) from error


def _called(url: str, headers: dict[str, str], *, seconds: float) -> Answer:
    if seconds <= 0:
        raise CannotRead(Trouble.SLOW)
    try:
        return open_public(url, timeout=seconds, max_bytes=MOST_BYTES, headers=headers)
    except AddressRefused as error:
        raise CannotRead(Trouble.ADDRESS) from error
    except TooLarge as error:
        raise CannotRead(Trouble.TOO_LARGE) from error
    except TookTooLong as error:
        raise CannotRead(Trouble.SLOW) from error
    except FetchError as error:
        raise CannotRead(Trouble.UNREACHABLE) from error


def _stamp(answer: Answer, name: str) -> str:
    """A header that is sent back the next time; one that is too long is not."""
    value = answer.headers.get(name) or ""
    return value if len(value) <= LONGEST_STAMP else ""
