"""The message log of a space: for its staff, and nobody else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Message
from notifications.states import MessageState
from spaces.models import Space
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.notifications import MessageFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return SpaceFactory.create()


@pytest.fixture
def staff(client: Client, space: Space) -> Client:
    client.force_login(RoleFactory.create(space=space).member)
    return client


def log_of(space: Space) -> str:
    return reverse("members:messages", args=[space.slug])


def pages_of(message: Message) -> list[str]:
    return [reverse(f"members:{name}", args=[message.pk]) for name in ("message", "message_html")]


def test_staff_see_what_their_people_are_told(staff: Client, space: Space) -> None:
    message = MessageFactory.create(space_key=str(space.pk), last_error="451 later")
    MessageFactory.create(space_key=str(SpaceFactory.create().pk))
    response = staff.get(log_of(space))
    assert list(response.context["page"]) == [message]
    assert message.goes_to in response.text
    assert "451 later" in response.text


def test_one_state_is_shown_at_a_time(staff: Client, space: Space) -> None:
    MessageFactory.create(space_key=str(space.pk))
    failed = MessageFactory.create(space_key=str(space.pk), state=MessageState.FAILED)
    assert list(staff.get(log_of(space), {"state": "failed"}).context["page"]) == [failed]
    assert len(staff.get(log_of(space), {"state": "nonsense"}).context["page"]) == 2


def test_the_log_takes_the_same_number_of_queries_however_long_it_is(
    staff: Client, space: Space, django_assert_num_queries: Any
) -> None:
    MessageFactory.create_batch(2, space_key=str(space.pk))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        staff.get(log_of(space))
    MessageFactory.create_batch(60, space_key=str(space.pk))
    with django_assert_num_queries(len(few)):
        assert len(staff.get(log_of(space)).context["page"]) == 50


def test_a_waiting_message_shows_what_will_be_sent(staff: Client, space: Space) -> None:
    message = MessageFactory.create(space_key=str(space.pk))
    response = staff.get(reverse("members:message", args=[message.pk]))
    assert "Laser cutter is reserved for you." in response.text


def test_a_sent_message_shows_what_was_sent(staff: Client, space: Space) -> None:
    message = MessageFactory.create(
        space_key=str(space.pk), state=MessageState.SENT, subject="S", text="As it was", html="<p>H"
    )
    page, html = (staff.get(address) for address in pages_of(message))
    assert "As it was" in page.text
    assert html.text == "<p>H"


def test_the_html_can_do_nothing(staff: Client, space: Space) -> None:
    message = MessageFactory.create(space_key=str(space.pk))
    response = staff.get(reverse("members:message_html", args=[message.pk]))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_a_broken_template_is_named(staff: Client, space: Space) -> None:
    message = MessageFactory.create(space_key=str(space.pk), kind="no_such_kind")
    page, html = (staff.get(address) for address in pages_of(message))
    assert "TemplateDoesNotExist" in page.text
    assert html.status_code == 404


def test_nobody_else_sees_them(client: Client, space: Space) -> None:
    holder = MemberFactory.create()
    message = MessageFactory.create(space_key=str(space.pk), recipient=holder)
    addresses = [log_of(space), *pages_of(message)]
    assert {client.get(address).status_code for address in addresses} == {302}
    for person in (
        holder,
        MemberFactory.create(),
        RoleFactory.create().member,
    ):
        client.force_login(person)
        assert {client.get(address).status_code for address in addresses} == {403}


def test_keys_to_accounts_are_in_nobodys_log(client: Client, space: Space) -> None:
    client.force_login(MemberFactory.create(is_staff=True, is_superuser=True))
    context = {"subject": "Confirm", "text": "https://x.example/key"}
    for key in ("", space.slug):
        secret = MessageFactory.create(
            kind="account", is_secret=True, space_key=key, context=context
        )
        assert {client.get(address).status_code for address in pages_of(secret)} == {404}
    assert list(client.get(log_of(space)).context["page"]) == []


def test_a_space_that_is_renamed_keeps_its_log(staff: Client, space: Space) -> None:
    message = MessageFactory.create(space_key=str(space.pk))
    space.slug = "renamed"
    space.save()
    assert f"/messages/{message.pk}/" in staff.get("/spaces/renamed/messages/").text
    assert staff.get(f"/messages/{message.pk}/").status_code == 200
