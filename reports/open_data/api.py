"""What spaces publish for everybody, for programs: no token, from any site, kept for minutes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.timezone import now
from django.utils.translation import get_language_from_request, override
from ninja import Router

from reports.models import OpenData
from reports.open_data.files import FRESH, MEDIA, file_of, is_there
from reports.open_data.places import Asked
from reports.queries.open_data import published

router = Router(tags=["open data"])

FILES = {200: None, 304: None, 404: None}


@router.get("/open-data/{name}.{form}", response=FILES, url_name="open_data")
def of_all(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """What all open spaces publish.

    `machines`, `openings` and `figures` as `json`, `csv` or `jsonld`; `dcat.jsonld` describes them.
    """
    return _file(request, name, form, tuple(published()), of_one=False)


@router.get("/open-data/{slug}/{name}.{form}", response=FILES, url_name="open_data_of_space")
def of_space(request: HttpRequest, slug: str, name: str, form: str) -> HttpResponse:
    """What one space publishes.

    The same files as of all; `spaceapi.json` tells whether it is open now (SpaceAPI 15).
    """
    return _file(request, name, form, tuple(published().filter(space__slug=slug)), of_one=True)


def _file(
    request: HttpRequest, name: str, form: str, settings: tuple[OpenData, ...], *, of_one: bool
) -> HttpResponse:
    if not is_there(name, form, of_one=of_one) or (of_one and not settings):
        raise Http404
    asked, language = Asked(settings, now()), _language_of(request)
    with override(language):
        file = file_of(name, form, asked)
    response = HttpResponse(file.content, content_type=MEDIA[form])
    response["Content-Language"] = language
    response["ETag"] = f'"{file.etag}"'
    response["Last-Modified"] = http_date(file.since.timestamp())
    answer = get_conditional_response(
        request, response["ETag"], int(file.since.timestamp()), response
    )
    return _open_to_all(answer if isinstance(answer, HttpResponse) else response, asked)


def _language_of(request: HttpRequest) -> str:
    """By the header alone, which caches heed: a cookie is one reader's, the file everybody's."""
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = request.headers.get("Accept-Language", "")
    return get_language_from_request(asking)


def _open_to_all(response: HttpResponse, asked: Asked) -> HttpResponse:
    """For any site, for minutes, under its licence; also where nothing is sent anew."""
    response["Cache-Control"] = f"public, max-age={int(FRESH.total_seconds())}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
    response["Link"] = ", ".join(f'<{each}>; rel="license"' for each in asked.licences)
    patch_vary_headers(response, ["Accept-Language"])
    return response
