"""Errors of the API as `application/problem+json` (RFC 9457)."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from booking.api import schemas
from booking.api.series import DateOut, date_out
from booking.services.reservations import BookingRefused, TimeTaken
from booking.services.series import SeriesConflict

CONTENT_TYPE = "application/problem+json"
ROOT = "/api/v1/"


PHRASES = {
    400: _("The request cannot be read."),
    401: _("Who you are is not known."),
    403: _("You may not do this."),
    404: _("There is nothing here."),
    405: _("This method is not offered here."),
    409: _("This clashes with something else."),
    422: _("The request is not valid."),
    429: _("Too many calls. Wait a little."),
}
"""What a status means, where nothing more can be said."""

NOT_VALID = _("This value is not valid.")
FAULTS = {
    "missing": _("This is needed."),
    "extra_forbidden": _("This is not known here."),
    "string_type": _("This must be a text."),
    "string_too_long": _("This is too long."),
    "int_parsing": _("This must be a whole number."),
    "int_type": _("This must be a whole number."),
    "bool_parsing": _("This must be true or false."),
    "datetime_from_date_parsing": _("This must be a date and time with its offset."),
    "timezone_aware": _("This must be a date and time with its offset."),
}
"""What is wrong with a value, by pydantic's name of the error."""


def problem(
    status: int, *, kind: str = "about:blank", title: str = "", **more: Any
) -> HttpResponse:
    """One problem; `kind` becomes its type, `more` its further members."""
    told = title or str(PHRASES.get(status, HTTPStatus(status).phrase))
    content = {"type": kind, "title": told, "status": status, **more}
    return JsonResponse(content, status=status, content_type=CONTENT_TYPE)


def problems_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: under the API, an unknown address or method is told as a problem, too.

    Neither reaches an endpoint, so no handler of the API is asked.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            response.status_code not in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
            or not request.path.startswith(ROOT)
            or response.get("Content-Type") == CONTENT_TYPE
        ):
            return response
        told = problem(response.status_code)
        if "Allow" in response:
            told["Allow"] = response["Allow"]
        return told

    return answer


def register(api: NinjaAPI) -> None:
    """Make `api` answer every error as a problem."""
    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        BookingRefused: booking_refused,
        SeriesConflict: series_conflict,
        ValidationError: invalid,
        AuthenticationError: not_signed_in,
        HttpError: http_error,
        Http404: not_found,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def booking_refused(request: HttpRequest, error: BookingRefused) -> HttpResponse:
    """Every rule that was broken: 409 where somebody has the time and nothing else is wrong."""
    return problem(
        409 if isinstance(error, TimeTaken) else 422,
        kind=request.build_absolute_uri("/api/v1/docs#booking-refused"),
        title=str(_("This reservation is not possible.")),
        refusals=[schemas.refusal_out(each).dict() for each in error.refusals],
    )


def series_conflict(request: HttpRequest, error: SeriesConflict) -> HttpResponse:
    """A series of which dates are not free: each of them with what stands in its way."""
    return problem(
        422,
        kind=request.build_absolute_uri("/api/v1/docs#booking-refused"),
        title=str(_("This reservation is not possible.")),
        refusals=[schemas.refusal_out(each).dict() for each in error.refusals],
        conflicts=[DateOut(**date_out(each)).dict() for each in error.conflicts],
    )


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent does not have the form that the schema asks for."""
    errors = [
        {
            "field": _field(each["loc"]),
            "code": each["type"],
            "message": str(FAULTS.get(each["type"], NOT_VALID)),
        }
        for each in error.errors
    ]
    return problem(422, errors=errors)


def _field(place: Sequence[object]) -> str:
    """The name that the caller gave: without where it stood, and the name of our parameter."""
    names = place[2:] if place[0] == "body" else place[1:]
    return ".".join(map(str, names))


def not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token or session, or one that does not reach this far."""
    response = problem(401, detail=_("Sign in, or send a token with the scope that is needed."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Any other error that an endpoint raised on purpose."""
    return problem(error.status_code, detail=str(error))


def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Nothing here, or nothing that this person may see."""
    return problem(404)
