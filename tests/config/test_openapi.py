"""The description of the API is true and can be read."""

import pytest
from django.test import Client, override_settings
from openapi_spec_validator import validate


@pytest.mark.django_db
def test_the_openapi_description_is_valid(client: Client) -> None:
    description = client.get("/api/v1/openapi.json").json()
    validate(description)
    assert description["openapi"].startswith("3.1")
    for path in (
        "/api/v1/spaces",
        "/api/v1/spaces/{slug}/opening",
        "/api/v1/machines",
        "/api/v1/machines/{id}/availability",
        "/api/v1/slots",
        "/api/v1/pools/{id}/availability",
        "/api/v1/waitlist",
        "/api/v1/offers/{id}/accept",
        "/api/v1/reservations/check",
        "/api/v1/reservations/{id}/cancel",
    ):
        assert path in description["paths"]


@pytest.mark.django_db
def test_the_docs_load_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert b"//" not in page.content.replace(b"</", b"")


@pytest.mark.django_db
@override_settings(API_CALLS_PER_MINUTE=2)
def test_too_many_calls_are_told_when_to_come_back() -> None:
    hurried = Client(REMOTE_ADDR="203.0.113.9")
    answers = [hurried.get("/api/v1/spaces") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1]["Content-Type"] == "application/problem+json"
