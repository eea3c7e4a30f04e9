"""Channels that fail are left alone for ever longer, then given up where everybody can see it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from members.models import Member
from notifications import outbox
from notifications.delivery import deliver_due
from notifications.endpoints import (
    SWITCHED_OFF,
    TooManyEndpoints,
    add_endpoint,
    change_endpoint,
    remove_endpoint,
    send_test,
    switch_on,
)
from notifications.models import Endpoint, Message
from notifications.rendering import render
from notifications.states import (
    BESIDE_MAIL,
    LONGEST_ASKED_FOR,
    MAX_ATTEMPTS,
    MAX_ENDPOINTS,
    ChannelName,
    MessageState,
    Trouble,
)
from tests.factories.members import MemberFactory
from tests.factories.notifications import EndpointFactory, MessageFactory
from tests.listening import Listener, listening

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def member() -> Member:
    return MemberFactory.create(language="fr")


@pytest.fixture
def server() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def endpoint(member: Member, server: Listener) -> Endpoint:
    return EndpointFactory.create(member=member, name="Mon écran", address={"url": server.url})


def waiting(endpoint: Endpoint, **changes: Any) -> Message:
    return MessageFactory.create(
        recipient=endpoint.member, endpoint=endpoint, channel=endpoint.channel, **changes
    )


def deliver(now: datetime = NOW) -> int:
    return deliver_due(clock=lambda: now, lasting=MINUTE, channels=BESIDE_MAIL)


def add(member: Member, **changes: Any) -> Endpoint:
    return add_endpoint(
        **{
            "member": member,
            "channel": ChannelName.WEBHOOK,
            "name": "Mine",
            "address": {"url": "https://hooks.example.org/1"},
            "keys": {"secret": "whsec_1"},
            "groups": [],
            "now": NOW,
            **changes,
        }
    )


class TestTrouble:
    def test_a_failure_is_told_and_the_next_try_is_put_off(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 500
        message = waiting(endpoint)
        assert deliver() == 1
        endpoint.refresh_from_db()
        message.refresh_from_db()
        assert (endpoint.failures, endpoint.trouble) == (1, Trouble.REJECTED)
        assert "HTTP 500" in endpoint.last_error
        assert (message.attempts, message.send_after) == (1, NOW + MINUTE)
        assert "HTTP 500" in message.last_error

    def test_one_failure_puts_everything_off_that_goes_there(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 500
        messages = [waiting(endpoint) for _ in range(3)]
        elsewhere = waiting(EndpointFactory.create(address={"url": server.url + "/other"}))
        later = waiting(endpoint, send_after=NOW + HOUR)
        deliver()
        assert len(server.calls) == 2
        for message in messages:
            message.refresh_from_db()
            assert message.send_after == NOW + MINUTE
        later.refresh_from_db()
        elsewhere.refresh_from_db()
        assert (later.send_after, elsewhere.attempts) == (NOW + HOUR, 1)

    def test_the_pauses_grow_up_to_a_limit_and_then_it_is_given_up(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 500
        message = waiting(endpoint)
        now, waits = NOW, []
        for _attempt in range(MAX_ATTEMPTS):
            deliver(now)
            message.refresh_from_db()
            waits.append(message.send_after - now)
            now = message.send_after
        assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
        assert max(waits) == 2 * HOUR
        endpoint.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.FAILED, MAX_ATTEMPTS)
        assert (endpoint.is_active, endpoint.disabled_at) == (False, now)

    @pytest.mark.parametrize(
        ("told", "wait"), [("600", 10 * MINUTE), ("1", MINUTE), ("9999999", LONGEST_ASKED_FOR)]
    )
    def test_it_waits_as_long_as_it_is_asked_to_within_reason(
        self, endpoint: Endpoint, server: Listener, told: str, wait: timedelta
    ) -> None:
        server.status, server.headers = 429, {"Retry-After": told}
        message = waiting(endpoint)
        deliver()
        message.refresh_from_db()
        assert message.send_after == NOW + wait

    def test_a_success_ends_the_trouble(self, endpoint: Endpoint, server: Listener) -> None:
        server.status = 500
        waiting(endpoint)
        deliver()
        server.status = 200
        deliver(NOW + 2 * MINUTE)
        endpoint.refresh_from_db()
        assert (endpoint.failures, endpoint.trouble, endpoint.last_error) == (0, "", "")
        assert endpoint.last_success_at == NOW + 2 * MINUTE

    def test_what_cannot_be_written_is_not_the_fault_of_the_channel(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        message = waiting(endpoint, kind="no_such_kind")
        deliver()
        endpoint.refresh_from_db()
        message.refresh_from_db()
        assert (endpoint.failures, message.attempts, server.calls) == (0, 1, [])


class TestGivingUp:
    def test_whoever_is_gone_is_switched_off_at_once(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 410
        first, second = waiting(endpoint), waiting(endpoint)
        deliver()
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.disabled_at) == (False, NOW)
        assert endpoint.trouble == Trouble.GONE
        for message in (first, second):
            message.refresh_from_db()
            assert message.state == MessageState.FAILED
            assert "410" in message.last_error
        assert len(server.calls) == 1

    def test_its_owner_is_told_once_by_mail_in_their_language(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 410
        waiting(endpoint)
        deliver()
        deliver(NOW + HOUR)
        (mail,) = Message.objects.filter(kind=SWITCHED_OFF)
        assert (mail.channel, mail.recipient) == (ChannelName.EMAIL, endpoint.member)
        rendered = render(mail)
        assert "Mon écran" in rendered.subject
        assert "est désactivé" in rendered.subject
        assert "HTTP 410 Gone" in rendered.text
        assert "Nos messages n’y sont plus voulus." in rendered.text
        assert "/profile/channels/" in rendered.text

    def test_switched_on_again_it_begins_anew(self, endpoint: Endpoint, server: Listener) -> None:
        server.status = 410
        waiting(endpoint)
        deliver()
        server.status = 200
        assert switch_on(endpoint=endpoint).is_active
        waiting(endpoint)
        assert deliver() == 1
        endpoint.refresh_from_db()
        assert (endpoint.failures, endpoint.last_success_at) == (0, NOW)

    def test_a_channel_that_fails_again_is_told_again(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 410
        for moment in (NOW, NOW + HOUR):
            waiting(endpoint)
            deliver(moment)
            switch_on(endpoint=endpoint)
        assert Message.objects.filter(kind=SWITCHED_OFF).count() == 2


class TestOwners:
    def test_the_same_address_again_takes_the_new_keys_and_is_on(self, member: Member) -> None:
        first = add(member)
        Endpoint.objects.update(is_active=False, disabled_at=NOW, failures=3, trouble="gone")
        again = add(member, name="Again", keys={"secret": "whsec_2"})
        assert again.pk == first.pk
        assert (again.name, again.keys, again.is_active) == ("Again", {"secret": "whsec_2"}, True)
        assert (again.failures, again.trouble, again.disabled_at) == (0, "", None)

    def test_there_is_an_end_to_it(self, member: Member) -> None:
        for number in range(MAX_ENDPOINTS):
            add(member, address={"url": f"https://hooks.example.org/{number}"})
        with pytest.raises(TooManyEndpoints):
            add(member, address={"url": "https://hooks.example.org/more"})
        add(member, address={"url": "https://hooks.example.org/1"})
        add(MemberFactory.create())

    def test_a_browser_tells_whoever_subscribed_it_last(self, member: Member) -> None:
        push = {"channel": ChannelName.WEB_PUSH, "address": {"url": "https://push.example/1"}}
        add(MemberFactory.create(), **push)
        mine = add(member, **push)
        assert list(Endpoint.objects.all()) == [mine]
        add(MemberFactory.create())
        add(member)
        assert Endpoint.objects.count() == 3

    def test_a_channel_can_be_changed(self, endpoint: Endpoint) -> None:
        change_endpoint(endpoint=endpoint, name="Hall", groups=["news"])
        endpoint.refresh_from_db()
        assert (endpoint.name, endpoint.groups) == ("Hall", ["news"])

    def test_removed_it_gets_nothing_and_leaves_the_log(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        sent, pending = waiting(endpoint, state=MessageState.SENT), waiting(endpoint)
        remove_endpoint(endpoint=endpoint)
        remove_endpoint(endpoint=Endpoint(pk=endpoint.pk or 0))
        assert deliver() == 0
        for message, state in ((sent, MessageState.SENT), (pending, MessageState.WITHDRAWN)):
            message.refresh_from_db()
            assert (message.state, message.endpoint, message.channel) == (state, None, "webhook")

    def test_a_test_goes_there_and_nowhere_else_one_at_a_time(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        EndpointFactory.create(member=endpoint.member)
        send_test(endpoint=endpoint, now=NOW)
        send_test(endpoint=endpoint, now=NOW + MINUTE)
        assert Message.objects.count() == 1
        deliver()
        assert len(server.calls) == 1
        send_test(endpoint=endpoint, now=NOW + MINUTE)
        assert Message.objects.count() == 2
        told = json.loads(server.calls[0].body)
        assert "Mon écran" in told["subject"]
        assert "\n\nVoici l’essai" in told["text"]


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_removing_does_not_wait_for_a_slow_server(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.go_on.clear()
        server.status = 500
        message = waiting(endpoint)
        worker = threading.Thread(target=deliver_apart)
        worker.start()
        wait_until(lambda: bool(server.calls))
        with transaction.atomic():
            remove_endpoint(endpoint=endpoint)
        server.go_on.set()
        worker.join()
        message.refresh_from_db()
        assert message.state == MessageState.WITHDRAWN

    def test_giving_up_leaves_rows_to_a_request_that_holds_them(
        self, endpoint: Endpoint, server: Listener
    ) -> None:
        server.status = 410
        waiting(endpoint)
        held = waiting(endpoint)
        with transaction.atomic():
            outbox.withdraw(subject_key=held.subject_key)
            worker = threading.Thread(target=deliver_apart)
            worker.start()
            wait_until(lambda: not Endpoint.objects.get().is_active)
        worker.join()
        held.refresh_from_db()
        assert held.state == MessageState.WITHDRAWN


def deliver_apart() -> None:
    """Deliver in a thread with a connection of its own."""
    try:
        deliver()
    finally:
        connections.close_all()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_what_no_text_may_hold_stops_nobody_else(endpoint: Endpoint, server: Listener) -> None:
    server.status, server.reason = 500, "No\0pe"
    first = waiting(endpoint)
    with listening() as program:
        other = waiting(EndpointFactory.create(address={"url": program.url}))
        deliver()
        assert len(program.calls) == 1
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.state, first.attempts) == (MessageState.PENDING, 1)
    assert (first.last_error, other.state) == ("rejected: HTTP 500 No pe", MessageState.SENT)
