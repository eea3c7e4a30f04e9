"""The HTTP API, version 1."""

from collections.abc import Callable
from functools import wraps
from inspect import unwrap
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from ninja import NinjaAPI, Swagger
from ninja.errors import ValidationError
from ninja.operation import Operation

from booking.api import router as booking_router
from config import problems
from config.rates import MemberRate
from machines.api import router as machines_router
from reports.api import router as reports_router
from reports.open_data.api import router as open_data_router

View = Callable[..., HttpResponseBase]
ZERO = "\0"


def only_known_parameters(run: View) -> View:
    """Refuse a query parameter that the operation does not know, instead of ignoring it."""
    # Another decorator may stand between this one and the operation.
    operation: Operation = unwrap(run).__self__
    known = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }

    @wraps(run)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        unknown = sorted(set(request.GET) - known)
        if unknown:
            errors = [{"loc": ("query", name), "type": "extra_forbidden"} for name in unknown]
            return problems.invalid(request, ValidationError(errors))
        # No text of ours holds a zero, and PostgreSQL takes none.
        if ZERO in request.path or any(ZERO in value for value in request.GET.values()):
            return problems.problem(404)
        return run(request, **arguments)

    return checked


api = NinjaAPI(
    title="Établi",
    version="1",
    description=(
        "Machines that spaces share, when they are free, and reservations. Moments are ISO 8601 "
        "with an offset; answers use the offset of the space. Lists are paged by cursor."
    ),
    urls_namespace="api",
    docs=Swagger(settings={"persistAuthorization": False}),
    throttle=[MemberRate()],
)
problems.register(api)
api.add_decorator(only_known_parameters, mode="view")
api.add_router("", machines_router)
api.add_router("", booking_router)
api.add_router("", reports_router)
api.add_router("", open_data_router)
