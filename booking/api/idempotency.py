"""The `Idempotency-Key` header: the same key and body answer the same, once."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.operation import Operation

from booking.services import idempotency

View = Callable[..., HttpResponse]
LONGEST_KEY = 255
WORTH_TRYING_AGAIN = frozenset({429, *range(500, 600)})
"""Answers that say nothing about the write itself, and are not kept."""


class _Checked(Operation):
    """An operation whose caller is known and counted by now, and is not asked again."""

    def __init__(self, operation: Operation) -> None:
        # What is still to be set on the one is set on the other, too.
        self.__dict__ = operation.__dict__

    def _run_checks(self, request: HttpRequest) -> None:
        return None

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        """Run it, as it is without any decorator."""
        return Operation.run(self, request, **arguments)


def answered_once(run: View) -> View:
    """Keep the answer of a write under its key, and repeat it instead of the write."""
    operation: Any = run.__self__  # type: ignore[attr-defined]
    checked: Any = _Checked(operation)

    @wraps(run)
    def answered(request: HttpRequest, **arguments: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return run(request, **arguments)
        # Whose key it is must be known before the operation runs.
        answer: HttpResponse | None = operation._run_checks(request)  # noqa: SLF001
        if answer is not None:
            return answer
        try:
            answer = _replay_or_run(request, key, lambda: checked.answer(request, **arguments))
        except HttpError as error:
            answer = operation.api.on_exception(request, error)
        return answer

    return answered


def _replay_or_run(request: HttpRequest, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    if len(key) > LONGEST_KEY:
        raise HttpError(422, _("The Idempotency-Key is too long."))
    try:
        write = idempotency.claim(
            member=request.auth,  # type: ignore[attr-defined]
            key=key,
            fingerprint=_fingerprint(request),
            now=now(),
        )
    except idempotency.KeyReused as error:
        raise HttpError(
            409, _("This Idempotency-Key belongs to another request, or one still at work.")
        ) from error
    if write.status is not None:
        return HttpResponse(bytes(write.body), status=write.status, content_type=write.content_type)
    try:
        response = run()
    except BaseException:
        idempotency.give_back(write=write)
        raise
    if response.status_code in WORTH_TRYING_AGAIN:
        idempotency.give_back(write=write)
    else:
        idempotency.keep(
            write=write,
            status=response.status_code,
            body=response.content,
            content_type=response["Content-Type"],
        )
    return response


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    digest.update(request.body)
    return digest.hexdigest()
