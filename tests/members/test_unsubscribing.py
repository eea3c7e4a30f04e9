"""Turning off one group of messages by the key in a mail."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Member
from notifications.models import Preference
from notifications.unsubscribing import Switch, key_of
from tests.factories.members import MemberFactory
from tests.factories.notifications import PreferenceFactory

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def member() -> Member:
    return MemberFactory.create()


def address_of(member: Member, *groups: str) -> str:
    return reverse(
        "members:unsubscribe", args=[key_of(Switch(member.pk, groups or ("reminders",)))]
    )


def muted(member: Member) -> list[str]:
    row = Preference.objects.filter(member=member).first()
    return row.muted if row else []


def test_looking_changes_nothing(client: Client, member: Member) -> None:
    page = client.get(address_of(member))
    assert page.status_code == 200
    assert client.head(address_of(member)).status_code == 200
    assert "Do you want no more messages of this kind?" in page.text
    assert not Preference.objects.exists()
    assert "noindex" in page.text


def test_one_post_without_cookies_turns_one_group_off(member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(address_of(member), ONE_CLICK)
    # Never a redirect: mail programs do not follow it (RFC 8058, 3.1).
    assert answer.status_code == 200
    assert muted(member) == ["reminders"]
    assert client.post(address_of(member), ONE_CLICK).status_code == 200
    assert muted(member) == ["reminders"]


def test_mail_programs_may_post_it_in_either_form(member: Member) -> None:
    body = "List-Unsubscribe=One-Click"
    form = "application/x-www-form-urlencoded"
    assert Client().post(address_of(member), body, content_type=form).status_code == 200
    assert muted(member) == ["reminders"]


def test_only_that_group_of_that_person_changes(client: Client, member: Member) -> None:
    other = PreferenceFactory.create(muted=["approvals"])
    PreferenceFactory.create(member=member, muted=["gaps"], wants_calendar=False)
    client.post(address_of(member), ONE_CLICK)
    kept = Preference.objects.get(member=member)
    assert (kept.muted, kept.wants_calendar) == (["gaps", "reminders"], False)
    assert muted(other.member) == ["approvals"]


def test_it_can_be_undone_on_the_page(client: Client, member: Member) -> None:
    page = client.post(address_of(member), ONE_CLICK)
    assert "You get no more messages of this kind." in page.text
    page = client.post(address_of(member), {"undo": "yes"})
    assert "You get these messages again." in page.text
    assert muted(member) == []


@pytest.mark.parametrize("group", ["account", "decisions", "losses", "nothing"])
def test_what_is_always_sent_has_no_switch(client: Client, member: Member, group: str) -> None:
    assert client.post(address_of(member, group), ONE_CLICK).status_code == 404
    assert not Preference.objects.exists()


def test_a_forged_or_orphaned_key_opens_nothing(client: Client, member: Member) -> None:
    forged = address_of(member).replace(f"{member.pk}:", f"{member.pk + 1}:")
    assert client.post(forged, ONE_CLICK).status_code == 404
    gone = address_of(member)
    member.delete()
    assert client.post(gone, ONE_CLICK).status_code == 404


def test_who_posts_without_end_is_asked_to_wait(
    client: Client, member: Member, settings: Any
) -> None:
    settings.UNSUBSCRIBES_PER_MINUTE = 2
    answers = [client.post(address_of(member), ONE_CLICK) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert client.get(address_of(member)).status_code == 200


def test_the_button_of_a_digest_turns_off_all_that_it_tells(client: Client, member: Member) -> None:
    address = address_of(member, "reminders", "gaps", "losses")
    page = client.get(address)
    assert "Reminders, Dates missing in a series" in page.text
    client.post(address, ONE_CLICK)
    assert muted(member) == ["gaps", "reminders"]
    client.post(address, {"undo": "yes"})
    assert muted(member) == []
