"""Calls to the servers of others: one request, and what its answer means for the channel."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from django.conf import settings

from notifications.channels import GoneForGood, TryLater
from notifications.states import Trouble
from spaces.fetching import (
    AddressRefused,
    Answer,
    FetchError,
    TookTooLong,
    Unreachable,
    open_public,
)

LONGEST_ANSWER = 1024 * 1024
USER_AGENT = "Etabli"
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


def call(
    url: str,
    *,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
    gone: Collection[HTTPStatus],
    now: datetime,
) -> None:
    """Send `body` to `url`; returns once it was taken.

    An answer in `gone` means that nothing is wanted there any more. Raises TryLater, GoneForGood.
    """
    try:
        answer = open_public(
            url,
            method=method,
            headers={"User-Agent": USER_AGENT, **headers},
            body=body,
            timeout=settings.CHANNEL_TIMEOUT,
            max_bytes=LONGEST_ANSWER,
            is_confidential=True,
        )
    except AddressRefused as error:
        raise GoneForGood(Trouble.ADDRESS_REFUSED, str(error)) from error
    except FetchError as error:
        raise TryLater(_trouble_of(error), str(error)) from error
    _judge(answer, gone, now)


def _judge(answer: Answer, gone: Collection[HTTPStatus], now: datetime) -> None:
    """Raise what the status of an answer means, unless all is well."""
    status, told = answer.status, f"HTTP {answer.status} {answer.reason}".strip()
    if status in gone:
        raise GoneForGood(Trouble.GONE, told)
    if status in BUSY:
        raise TryLater(Trouble.BUSY, told, _asked_to_wait(answer, now))
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise TryLater(Trouble.REDIRECTED, told)
    if status >= HTTPStatus.BAD_REQUEST:
        raise TryLater(Trouble.REJECTED, told)


def _asked_to_wait(answer: Answer, now: datetime) -> timedelta | None:
    """What Retry-After says, in seconds or as a date; None where it says nothing useful."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return timedelta(seconds=min(int(told), 10**6))
    try:
        return max(parsedate_to_datetime(told) - now, timedelta(0))
    except (ValueError, TypeError):
        return None


def _trouble_of(error: FetchError) -> Trouble:
    if isinstance(error, TookTooLong):
        return Trouble.TOO_SLOW
    return Trouble.UNREACHABLE if isinstance(error, Unreachable) else Trouble.REJECTED
