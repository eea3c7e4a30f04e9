"""Errors of the API as `application/problem+json` (RFC 9457)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from booking.api import schemas
from booking.services.reservations import BookingRefused, TimeTaken

CONTENT_TYPE = "application/problem+json"
ROOT = "/api/v1/"


def problem(
    status: int, *, kind: str = "about:blank", title: str = "", **more: Any
) -> HttpResponse:
    """One problem; `kind` becomes its type, `more` its further members."""
    content = {"type": kind, "title": title or HTTPStatus(status).phrase, "status": status, **more}
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
        title=_("This reservation is not possible."),
        refusals=[schemas.refusal_out(each).dict() for each in error.refusals],
    )


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent does not have the form that the schema asks for."""
    errors = [
        {"field": ".".join(str(part) for part in each["loc"][1:]), "message": each["msg"]}
        for each in error.errors
    ]
    return problem(422, title=_("The request is not valid."), errors=errors)


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
