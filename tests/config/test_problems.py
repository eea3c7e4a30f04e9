"""What no endpoint of the API answers is a problem nevertheless."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_an_unknown_address_of_the_api_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


def test_a_wrong_method_is_a_problem_and_names_the_right_ones(client: Client) -> None:
    answer = client.put("/api/v1/spaces")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer["Allow"]


def test_a_page_that_is_missing_stays_a_page(client: Client) -> None:
    assert client.get("/nowhere/")["Content-Type"].startswith("text/html")
