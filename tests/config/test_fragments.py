"""Pages and the parts of them that scripts ask for at the same address."""

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from config.fragments import fragments_apart
from reports.models import Export
from reports.states import Content, Format
from tests.factories.members import MemberFactory


@pytest.mark.parametrize("header", ["HX-Request", "HX-Target"])
def test_only_pages_are_kept(header: str) -> None:
    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("<p>")

    answer, ask = fragments_apart(page), RequestFactory().get
    whole, part = answer(ask("/")), answer(ask("/", headers={header: "true"}))
    assert (whole["Vary"], whole.get("Cache-Control")) == ("HX-Request, HX-Target", None)
    assert "no-store" in part["Cache-Control"]
    data = fragments_apart(lambda _request: JsonResponse({}))(ask("/", headers={header: "true"}))
    assert not {"Vary", "Cache-Control"} & set(data.headers)


@pytest.mark.django_db
def test_how_far_a_file_is_never_stands_for_its_page(client: Client) -> None:
    export = Export.objects.create(
        member=MemberFactory(), content=Content.REPORT, format=Format.PDF, query="", language="en"
    )
    client.force_login(export.member)
    address = reverse("reports:file", args=[export.pk])
    whole, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert ("<html" in whole.text, "<html" in part.text) == (True, False)
    assert "HX-Request" in whole["Vary"]
    assert "no-store" in part["Cache-Control"]
