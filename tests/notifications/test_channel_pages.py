"""The page of a member's channels: what it shows, what it keeps to itself, what it refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from members.models import Member
from notifications import kinds
from notifications.kinds import Group
from notifications.models import Endpoint, Message
from notifications.pushing import public_key_of
from notifications.states import MAX_ENDPOINTS, Trouble
from tests.factories.members import MemberFactory
from tests.factories.notifications import EndpointFactory, MessageFactory
from tests.notifications.receiving import Browser

pytestmark = pytest.mark.django_db

PAGE = "/profile/channels/"
PHONE = "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
MATRIX = {
    "server": "https://matrix.example.org/",
    "room": "!abc:example.org",
    "token": "syt_secret",
    "name": "Workshop",
}
PUSH = {"url": "https://push.example/abc", "name": "Phone", **Browser().keys}


@pytest.fixture
def member() -> Member:
    return MemberFactory.create()


@pytest.fixture
def mine(client: Client, member: Member) -> Client:
    client.force_login(member)
    return client


def action(name: str, endpoint: Endpoint) -> str:
    return reverse(f"notifications:channel_{name}", args=[endpoint.pk])


class TestAdding:
    def test_a_browser(self, mine: Client, member: Member) -> None:
        assert mine.post(f"{PAGE}push/", PUSH).status_code == 302
        endpoint = Endpoint.objects.get(member=member)
        assert (endpoint.channel, endpoint.name) == ("webpush", "Phone")
        assert endpoint.address == {"url": PUSH["url"]}
        assert endpoint.keys == {name: PUSH[name] for name in ("p256dh", "auth")}

    @pytest.mark.parametrize(
        "wrong",
        [
            {"url": ""},
            {"url": "http://push.example/abc"},
            {"url": "https://10.0.0.1/abc"},
            {"p256dh": "no key"},
            {"auth": ""},
        ],
    )
    def test_what_is_no_browser_is_refused(self, mine: Client, wrong: dict[str, str]) -> None:
        response = mine.post(f"{PAGE}push/", PUSH | wrong)
        assert response.status_code == 422
        assert "This browser gave no address that can be used." in response.text
        assert not Endpoint.objects.exists()

    def test_a_room(self, mine: Client, member: Member) -> None:
        mine.post(f"{PAGE}matrix/", MATRIX)
        endpoint = Endpoint.objects.get(member=member)
        assert endpoint.address == {
            "server": "https://matrix.example.org",
            "room": "!abc:example.org",
        }
        assert endpoint.keys == {"token": "syt_secret"}
        page = mine.get(PAGE).text
        assert "!abc:example.org" in page
        assert "syt_secret" not in page

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"server": "matrix.example.org"}, "begins with https://"),
            ({"server": "http://matrix.example.org"}, "begins with https://"),
            ({"server": "https://[::ffff:192.168.1.1]"}, "begins with https://"),
            ({"room": "#abc:example.org"}, "begins with “!”"),
            ({"token": "two words"}, "A token has no spaces."),
            ({"name": ""}, "This field is required."),
        ],
    )
    def test_a_room_that_cannot_be(self, mine: Client, wrong: dict[str, str], told: str) -> None:
        response = mine.post(f"{PAGE}matrix/", MATRIX | wrong)
        assert response.status_code == 422
        assert told in response.text
        assert "!abc:example.org" in response.text or "room" in wrong
        assert "syt_secret" not in response.text

    def test_the_secret_of_a_program_is_shown_once(self, mine: Client, member: Member) -> None:
        told = {"url": "https://hooks.example.org/1", "name": "Door"}
        page = mine.post(f"{PAGE}webhook/", told)
        secret = Endpoint.objects.get(member=member).keys["secret"]
        assert secret.startswith("whsec_")
        assert secret in page.text
        assert secret not in mine.get(PAGE).text

    def test_an_address_of_the_house_is_refused_beside_its_field(
        self, mine: Client, settings: Any
    ) -> None:
        settings.PRIVATE_NETWORKS_ALLOWED = ()
        for url in ("http://127.0.0.1:6379/", "https://2130706433/", "https://169.254.169.254/"):
            response = mine.post(f"{PAGE}webhook/", {"url": url, "name": "Door"})
            assert response.status_code == 422
            assert "open internet" in response.text
            assert url in response.text

    def test_there_is_an_end_to_it(self, mine: Client, member: Member) -> None:
        EndpointFactory.create_batch(MAX_ENDPOINTS, member=member)
        response = mine.post(f"{PAGE}matrix/", MATRIX)
        assert response.status_code == 422
        assert f"You have {MAX_ENDPOINTS} channels" in response.text


class TestShowing:
    def test_a_browser_is_offered_with_its_name_and_our_key(
        self, mine: Client, settings: Any
    ) -> None:
        page = mine.get(PAGE, headers={"User-Agent": PHONE}).text
        assert 'value="Firefox, Android"' in page
        assert public_key_of(settings.VAPID_PRIVATE_KEY) in page
        assert settings.VAPID_PRIVATE_KEY not in page

    def test_without_a_key_the_page_says_so(self, mine: Client, settings: Any) -> None:
        settings.VAPID_PRIVATE_KEY = ""
        page = mine.get(PAGE).text
        assert "the installation has no key" in page
        assert "data-push-key" not in page

    def test_every_state_is_told(self, mine: Client, member: Member) -> None:
        hour_ago = now() - timedelta(hours=1)
        EndpointFactory.create(member=member, name="Fine", last_success_at=hour_ago)
        failing = EndpointFactory.create(
            member=member, failures=2, trouble=Trouble.TOO_SLOW, last_error="no answer within 10 s"
        )
        EndpointFactory.create(
            member=member,
            is_active=False,
            disabled_at=hour_ago,
            trouble=Trouble.GONE,
            last_error="HTTP 410 Gone",
        )
        MessageFactory.create(
            endpoint=failing, channel="webhook", send_after=now() + timedelta(hours=1, minutes=1)
        )
        page = mine.get(PAGE).text.replace("\xa0", " ")
        for told in (
            "works",
            "Last message 1 hour ago.",
            "in trouble",
            "It takes too long to answer.",
            "1 message is waiting.",
            "Next try in 1 hour",
            "switched off",
            "Given up 1 hour ago.",
            "HTTP 410 Gone",
        ):
            assert told in page, told

    def test_it_takes_the_same_number_of_queries_however_many_there_are(
        self, mine: Client, member: Member, django_assert_num_queries: Any
    ) -> None:
        EndpointFactory.create(member=member)
        mine.get(PAGE)
        with CaptureQueriesContext(connection) as few:
            mine.get(PAGE)
        EndpointFactory.create_batch(5, member=member)
        with django_assert_num_queries(len(few)):
            assert len(mine.get(PAGE).context["rows"]) == 6


class TestDoing:
    def test_name_and_groups_are_changed(
        self, mine: Client, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kinds, "_GROUPS", {})
        monkeypatch.setattr(kinds, "_BY_KIND", {})
        kinds.register(Group(key="news", label="News of the house", help="", kinds=("news",)))
        endpoint = EndpointFactory.create(member=member)
        mine.post(action("change", endpoint), {"name": "Hall", "groups": ["news"]})
        endpoint.refresh_from_db()
        assert (endpoint.name, endpoint.groups) == ("Hall", ["news"])
        assert "Only: News of the house" in mine.get(PAGE).text
        response = mine.post(action("change", endpoint), {"name": "", "groups": ["other"]})
        assert response.status_code == 422

    def test_a_test_is_posted(self, mine: Client, member: Member) -> None:
        endpoint = EndpointFactory.create(member=member)
        mine.post(action("test", endpoint))
        assert Message.objects.get().endpoint == endpoint

    def test_what_was_given_up_is_tried_again(self, mine: Client, member: Member) -> None:
        endpoint = EndpointFactory.create(member=member, is_active=False, disabled_at=now())
        mine.post(action("switch_on", endpoint))
        endpoint.refresh_from_db()
        assert endpoint.is_active

    def test_a_channel_is_removed(self, mine: Client, member: Member) -> None:
        endpoint = EndpointFactory.create(member=member)
        mine.post(action("remove", endpoint))
        assert not Endpoint.objects.exists()

    def test_those_of_others_are_out_of_reach(self, mine: Client) -> None:
        endpoint = EndpointFactory.create(name="Of somebody else")
        assert "Of somebody else" not in mine.get(PAGE).text
        for name in ("change", "test", "switch_on", "remove"):
            assert mine.post(action(name, endpoint)).status_code == 404
        assert Endpoint.objects.get() == endpoint
        assert not Message.objects.exists()
