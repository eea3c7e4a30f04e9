"""What staff see and say of the texts of their space's messages."""

from html import escape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.models import Member
from notifications import texts
from notifications.adapting import Wording
from notifications.models import MessageText
from notifications.samples import SAMPLES
from spaces.models import Space
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.notifications import MessageFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

KIND = "reservation_confirmed"
OWN = {"subject": "See you: {machine}", "text": "# {news}\n\n{facts}\n\nCome in:\n{url}"}


@pytest.fixture
def space() -> Space:
    return SpaceFactory.create(name="Atelier", timezone="Europe/Zurich")


@pytest.fixture
def person(space: Space) -> Member:
    return RoleFactory.create(space=space).member


@pytest.fixture
def staff(client: Client, person: Member) -> Client:
    client.force_login(person)
    return client


def page(space: Space, end: str = "", *, kind: str = KIND, language: str = "en") -> str:
    return f"/spaces/{space.slug}/messages/templates/{kind}/{language}/{end}"


def kept(space: Space, language: str = "en") -> Wording | None:
    return texts.wording_in(space_key=str(space.pk), kind=KIND, language=language)


def test_every_kind_is_listed_with_when_it_is_sent_and_to_whom(staff: Client, space: Space) -> None:
    told = staff.get(f"/spaces/{space.slug}/messages/templates/").text
    for sample in SAMPLES.values():
        assert page(space, kind=sample.kind) in told
        assert escape(str(sample.sent_when)) in told
    assert "own words" not in told
    assert (
        f"/spaces/{space.slug}/messages/templates/"
        in staff.get(f"/spaces/{space.slug}/messages/").text
    )


def test_the_list_takes_the_same_number_of_queries_however_much_is_adapted(
    staff: Client, space: Space, django_assert_num_queries: Any
) -> None:
    address = f"/spaces/{space.slug}/messages/templates/"
    staff.post(page(space, "words/"), {**OWN, "step": "save"})
    with CaptureQueriesContext(connection) as few:
        assert "own words: English" in staff.get(address).text
    queries = len(few)
    for language in ("en", "fr"):
        for kind in ("reservation_moved", "reservation_reminder"):
            staff.post(page(space, "words/", kind=kind, language=language), {**OWN, "step": "save"})
    with django_assert_num_queries(queries):
        assert "own words: French" in staff.get(address).text


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_has_its_preview(staff: Client, space: Space, kind: str) -> None:
    for language in ("en", "fr"):
        answer = staff.get(page(space, kind=kind, language=language))
        assert answer.status_code == 200
        assert answer.text.count("<iframe") == 2
        assert f'srcdoc="{escape(str(answer.context["rendered"].html))}"' in answer.text
        assert "sandbox\n" in answer.text
        assert ("/words/" in answer.text) == SAMPLES[kind].is_of_space


def test_the_mail_has_its_style_and_nothing_else_is_allowed(staff: Client, space: Space) -> None:
    policy = staff.get(page(space))["Content-Security-Policy"]
    assert "style-src 'self' 'sha256-" in policy
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_reader_elsewhere_is_shown_both_clocks(staff: Client, space: Space) -> None:
    assert "Pacific/Auckland" not in staff.get(page(space)).text
    assert "Pacific/Auckland" in staff.get(page(space) + "?reader=away").text
    Space.objects.update(timezone="Pacific/Auckland")
    assert "America/New_York" in staff.get(page(space) + "?reader=away").text


def test_the_preview_shows_nothing_that_happened(staff: Client, space: Space) -> None:
    MessageFactory.create(
        space_key=str(space.pk), context={"purpose": "Prototype X7"}, subject="Prototype X7"
    )
    assert "Prototype X7" not in staff.get(page(space)).text


def test_what_there_is_not_is_not_found(staff: Client, space: Space) -> None:
    for address in (
        page(space, kind="no_such_kind"),
        page(space, language="xx"),
        page(space, "words/", kind="account"),
    ):
        assert staff.get(address).status_code == 404
    assert staff.post(page(space, "reset/", kind="account")).status_code == 404


def test_staff_begin_with_the_words_of_the_house(staff: Client, space: Space) -> None:
    form = staff.get(page(space, "words/")).context["form"]
    assert form.initial["subject"] == "Reserved: {machine}, {when}"
    assert "# {news}" in form.initial["text"]


def test_words_are_looked_at_before_they_are_saved(staff: Client, space: Space) -> None:
    answer = staff.post(page(space, "words/"), {**OWN, "step": "preview"})
    assert answer.context["rendered"].subject == "See you: Laser cutter"
    assert "See you: {machine}" in answer.text
    assert not MessageText.objects.exists()


def test_saved_words_go_out(staff: Client, space: Space, person: Member) -> None:
    answer = staff.post(page(space, "words/"), {**OWN, "step": "save"}, follow=True)
    assert answer.redirect_chain == [(page(space), 302)]
    assert "See you: Laser cutter" in answer.text
    assert kept(space) == Wording(**OWN)
    assert kept(space, "fr") is None
    assert MessageText.objects.get().changed_by == person


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"text": "Hi\n{machin}"}, "Line 2, character 1: there is no field {machin} here."),
        ({"text": "{facts"}, "Line 1, character 1: this brace is not closed."),
        ({"subject": "{url}"}, "there is no field {url} here."),
        ({"subject": ""}, "This field is required."),
        ({"text": "x" * 8_001}, "at most 8000 characters"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_nothing_is_lost(
    staff: Client, space: Space, wrong: dict[str, str], told: str
) -> None:
    typed = {**OWN, **wrong}
    answer = staff.post(page(space, "words/"), {**typed, "step": "save"})
    assert answer.status_code == 422
    assert told in answer.text
    assert "aria-invalid" in answer.text
    for value in typed.values():
        assert escape(value) in answer.text
    assert not MessageText.objects.exists()


def test_the_fields_that_exist_are_told_with_the_fault(staff: Client, space: Space) -> None:
    answer = staff.post(page(space, "words/"), {**OWN, "text": "{x}", "step": "preview"})
    assert "These exist here: {name}, {news}, {facts}, {machine}" in answer.text


def test_what_readers_would_miss_is_told_and_may_be_saved(staff: Client, space: Space) -> None:
    bare = {"subject": "Hi", "text": "Hi {name}"}
    look = staff.post(page(space, "words/"), {**bare, "step": "preview"}).text
    saved = staff.post(page(space, "words/"), {**bare, "step": "save"}, follow=True).text
    for told in (look, saved):
        assert "Without {url} nobody can open the page" in told
        assert "Without {facts} or {when}" in told


def test_lines_of_a_browser_end_like_any_others(staff: Client, space: Space) -> None:
    staff.post(page(space, "words/"), {**OWN, "text": "{news}\r\n{facts}", "step": "save"})
    assert MessageText.objects.get().text == "{news}\n{facts}"


def test_the_words_of_the_house_unchanged_are_not_kept(staff: Client, space: Space) -> None:
    form = staff.get(page(space, "words/")).context["form"]
    staff.post(page(space, "words/"), {**form.initial, "step": "save"})
    assert not MessageText.objects.exists()


def test_an_earlier_wording_comes_back_and_the_house_too(staff: Client, space: Space) -> None:
    staff.post(page(space, "words/"), {**OWN, "step": "save"})
    staff.post(page(space, "words/"), {**OWN, "subject": "New", "step": "save"})
    first = MessageText.objects.last()
    assert first is not None
    form = staff.get(page(space, f"words/?version={first.pk}")).context["form"]
    assert form.initial == OWN
    for nonsense in ("x", "99999999999999999999", "0"):
        form = staff.get(page(space, f"words/?version={nonsense}")).context["form"]
        assert form.initial["subject"] == "New"
    assert "Back to the words of Établi" in staff.get(page(space, "words/")).text
    answer = staff.post(page(space, "reset/"), follow=True)
    assert "In the words of Établi." in answer.text
    assert kept(space) is None
    assert MessageText.objects.count() == 3


def test_another_space_keeps_its_own(client: Client, staff: Client, space: Space) -> None:
    staff.post(page(space, "words/"), {**OWN, "step": "save"})
    row = MessageText.objects.get()
    other = SpaceFactory.create()
    client.force_login(RoleFactory.create(space=other).member)
    form = client.get(page(other, f"words/?version={row.pk}")).context["form"]
    assert form.initial["subject"] == "Reserved: {machine}, {when}"


def test_words_that_no_longer_serve_are_named(staff: Client, space: Space) -> None:
    MessageText.objects.create(
        space_key=str(space.pk),
        kind=KIND,
        language="en",
        subject="x",
        text="{gone}",
        changed_at="2026-05-01T12:00:00Z",
    )
    told = staff.get(page(space)).text
    assert "The words of the space do not serve" in told
    assert "Reserved: Laser cutter" in told
    assert "there is no field {gone} here" in told


def test_makers_read_nothing_of_it(client: Client, space: Space) -> None:
    client.force_login(MemberFactory.create())
    for end in ("", "words/"):
        assert client.get(page(space, end)).status_code == 403
    assert client.post(page(space, "words/"), {**OWN, "step": "save"}).status_code == 403
    assert client.post(page(space, "reset/")).status_code == 403
