"""What the links of mails do without a sign-in: once, on a post, with the rights of now."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from booking import notices
from booking.facts import BookingRequest
from booking.models import Exchange, LinkUse, Offer, Reservation
from booking.notices import kinds
from booking.services.clicks import DOINGS
from booking.services.reservations import cancel, move, restore
from booking.states import ExchangeState, OfferState, ReservationState
from notifications.channels.foot import foot_of
from notifications.clicks import Key, clicks_of, key_of, read_key
from notifications.models import Message
from tests.booking.lively import NOW, TUESDAY, Lively, at, lively_space
from tests.factories.booking import ExchangeFactory, OfferFactory
from tests.factories.members import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively() -> Any:
    with time_machine.travel(NOW, tick=True):
        world = lively_space()
        MembershipFactory.create(member=world.maker, space=world.space)
        yield world


@pytest.fixture
def message(lively: Lively) -> Message:
    """What the maker was told of their own reservation."""
    notices.reservation_confirmed(lively.own, by=lively.maker, now=NOW)
    return Message.objects.get(kind=kinds.CONFIRMED)


def link(message: Message, click: str) -> str:
    return reverse("booking:click", args=[key_of(Key(message.pk, click))])


def state_of(row: Reservation) -> str:
    return Reservation.objects.get(pk=row.pk).state


def test_looking_changes_nothing_however_often(
    client: Client, lively: Lively, message: Message
) -> None:
    for _ in range(3):
        page = client.get(link(message, "cancel"))
        assert client.head(link(message, "cancel")).status_code == 200
    assert page.status_code == 200
    assert "Speedy 400" in page.text
    assert "17:00" in page.text
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page.text
    assert state_of(lively.own) == ReservationState.CONFIRMED
    assert not LinkUse.objects.exists()


def test_a_post_without_cookies_cancels_and_the_link_is_spent(
    lively: Lively, message: Message
) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post(link(message, "cancel"))
    assert page.status_code == 200
    assert "Cancelled." in page.text
    assert state_of(lively.own) == ReservationState.CANCELLED
    assert Reservation.objects.get(pk=lively.own.pk).cancelled_by == lively.maker
    # Staff undoes it: the old link must not take it away again.
    restore(reservation=lively.own, by=lively.staff, now=NOW)
    again = client.post(link(message, "cancel"))
    assert again.status_code == 422
    assert "used already" in again.text
    assert "used already" in client.get(link(message, "cancel")).text
    assert state_of(lively.own) == ReservationState.CONFIRMED


def test_after_a_move_the_old_mail_cancels_nothing(
    client: Client, lively: Lively, message: Message
) -> None:
    request = BookingRequest(starts_at=at("19:00"), ends_at=at("20:00"))
    move(reservation=lively.own, request=request, by=lively.maker, now=NOW)
    page = client.post(link(message, "cancel"))
    assert page.status_code == 422
    assert "not as the mail told" in page.text
    assert state_of(lively.own) == ReservationState.CONFIRMED
    assert "not as the mail told" in client.get(link(message, "cancel")).text


def test_what_the_rules_refuse_is_told_and_may_be_tried_again(
    client: Client, lively: Lively, message: Message
) -> None:
    cancel(reservation=lively.own, by=lively.maker, now=NOW)
    page = client.post(link(message, "cancel"))
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert not LinkUse.objects.exists()


def test_what_breaks_in_the_middle_spends_no_link(
    lively: Lively, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away while it is done, as in a restart."""

    def broken(*_args: Any, **_options: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setitem(DOINGS[kinds.CONFIRMED].acts, "cancel", broken)
        with pytest.raises(OperationalError):
            Client().post(link(message, "cancel"))
    assert Client().post(link(message, "cancel")).status_code == 200
    assert state_of(lively.own) == ReservationState.CANCELLED


def test_it_is_too_late_once_the_time_has_come(
    client: Client, lively: Lively, message: Message
) -> None:
    with time_machine.travel(lively.own.starts_at):
        assert "too late" in client.get(link(message, "cancel")).text
        assert client.post(link(message, "cancel")).status_code == 422
    assert state_of(lively.own) == ReservationState.CONFIRMED


def test_who_has_left_has_no_links(client: Client, lively: Lively, message: Message) -> None:
    lively.maker.is_active = False
    lively.maker.save()
    assert client.post(link(message, "cancel")).status_code == 404
    assert state_of(lively.own) == ReservationState.CONFIRMED


@pytest.mark.parametrize("spoil", [str.upper, lambda key: key[:-1], lambda key: f"9{key}"])
def test_a_key_that_is_not_ours_opens_nothing(
    client: Client, lively: Lively, message: Message, spoil: Any
) -> None:
    key = spoil(key_of(Key(message.pk, "cancel")))
    assert client.post(reverse("booking:click", args=[key])).status_code == 404
    assert state_of(lively.own) == ReservationState.CONFIRMED


def test_a_key_of_another_salt_or_act_opens_nothing(client: Client, message: Message) -> None:
    other = TimestampSigner(salt="notifications.unsubscribing").sign(f"{message.pk}:cancel")
    assert client.get(reverse("booking:click", args=[other])).status_code == 404
    assert client.get(link(message, "accept")).status_code == 404


def test_a_key_does_not_last_for_ever(message: Message) -> None:
    key = key_of(Key(message.pk, "cancel"))
    with time_machine.travel(NOW + timedelta(days=399)):
        assert read_key(key) == Key(message.pk, "cancel")
    with time_machine.travel(NOW + timedelta(days=401)):
        assert read_key(key) is None


def test_an_offer_is_accepted_or_passed_on(client: Client, lively: Lively) -> None:
    for click, state in (("accept", OfferState.ACCEPTED), ("decline", OfferState.DECLINED)):
        offer = OfferFactory.create(
            entry__machine=lively.mill,
            entry__member=lively.maker,
            entry__earliest_at=at("18:00", TUESDAY + timedelta(days=1 + len(click))),
        )
        notices.offer_made(offer, now=NOW)
        message = Message.objects.filter(kind=kinds.OFFER).latest("pk")
        page = client.post(link(message, click))
        assert page.status_code == 200, page.text
        assert Offer.objects.get(pk=offer.pk).state == state


def test_an_exchange_is_declined(client: Client, lively: Lively) -> None:
    exchange = ExchangeFactory.create(reservation=lively.reserved, proposed_to=lively.maker)
    notices.exchange_proposed(exchange, now=NOW)
    message = Message.objects.get(kind=kinds.EXCHANGE)
    assert client.post(link(message, "decline")).status_code == 200
    assert Exchange.objects.get(pk=exchange.pk).state == ExchangeState.DECLINED


def test_the_mail_has_the_links_and_the_log_has_none(message: Message) -> None:
    foot = foot_of(message)
    found = re.search(r"/do/([^/\s]+)/", foot.text)
    assert found is not None
    assert read_key(found[1]) == Key(message.pk, "cancel")
    assert "/do/" in foot.below("<!-- end of body --><!-- foot -->")
    assert "/do/" not in message.text + message.html


def test_everything_that_mails_offer_can_be_done() -> None:
    assert {kind: {each.name for each in clicks_of(kind)} for kind in DOINGS} == {
        kind: set(doing.acts) for kind, doing in DOINGS.items()
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_counts(lively: Lively, message: Message) -> None:
    statuses: list[int] = []

    def press() -> None:
        statuses.append(Client().post(link(message, "cancel")).status_code)
        connection.close()

    both = [threading.Thread(target=press) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(statuses) == [200, 422]
    assert LinkUse.objects.count() == 1
    assert Message.objects.filter(kind=kinds.CANCELLED).count() == 1
