"""By which ways reminders go: by mail, on the other channels of their readers, or both."""

from typing import Any

import pytest

from booking import notices
from booking.going import ways_of
from booking.services.reminders import remind
from booking.states import ReminderEvent
from machines.models import Machine
from notifications.models import Message
from notifications.states import MessageState, Ways
from tests.booking.reminders.conftest import DAY, HOUR, MINUTE, NOW, Deliver, reserved, rule
from tests.factories.members import RoleFactory
from tests.factories.notifications import EndpointFactory, MessageFactory

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    """Each message, its way first; what waits for another channel waits for another relay."""
    rows = Message.objects.order_by("send_after", "pk")
    return list(rows.values_list("channel", "state"))


BY_MAIL = ("email", MessageState.SENT)
NOT_BY_MAIL = ("email", MessageState.BESIDE)
BESIDE = ("webhook", MessageState.PENDING)


@pytest.mark.parametrize(
    ("ways", "expected"),
    [("", [BY_MAIL, BESIDE]), ("mail", [BY_MAIL]), ("beside", [NOT_BY_MAIL, BESIDE])],
)
def test_a_holder_is_reminded_as_the_rule_says(
    laser: Machine, deliver: Deliver, ways: str, expected: list[tuple[str, str]]
) -> None:
    rule(laser.space, HOUR, category=laser.category, ways=ways)
    # What is said of the space does not hold for lasers, and says nothing of them.
    rule(laser.space, HOUR, ways="mail")
    row = reserved(laser, NOW + DAY)
    EndpointFactory.create(member=row.member)
    deliver(NOW + DAY - HOUR)
    assert told() == expected
    deliver(NOW + DAY - HOUR + MINUTE)
    assert told() == expected


def test_who_has_no_other_channel_gets_a_mail(laser: Machine, deliver: Deliver) -> None:
    rule(laser.space, HOUR, ways="beside")
    row = reserved(laser, NOW + DAY)
    EndpointFactory.create(member=row.member, is_active=False, disabled_at=NOW)
    EndpointFactory.create(member=row.member, groups=["news of something else"])
    deliver(NOW + DAY - HOUR)
    assert told() == [BY_MAIL]


def test_staff_are_told_as_their_rule_says_and_not_as_that_of_holders(
    laser: Machine, deliver: Deliver, smtp_server: Any
) -> None:
    rule(laser.space, HOUR, to="staff", ways="beside")
    rule(laser.space, HOUR, ways="mail")
    staff = RoleFactory(space=laser.space).member
    EndpointFactory.create(member=staff)
    row = reserved(laser, NOW + DAY)
    remind(NOW + DAY - HOUR, [ReminderEvent.START])
    deliver(NOW + DAY - HOUR)
    coming = Message.objects.by_mail().get(kind=notices.COMING)
    assert (coming.state, bool(coming.text)) == (MessageState.BESIDE, True)
    (mail,) = smtp_server.mails
    assert mail["To"] == row.member.email


def test_what_concerns_no_reservation_goes_as_its_rule_says(laser: Machine) -> None:
    rule(laser.space, 0 * DAY, event="stock", to="staff", ways="mail")
    low = MessageFactory.build(
        kind="stock_low",
        space_key=str(laser.space.pk),
        dedupe_key="stock_low:1:2026-05-04:7:0",
        context={"to": "staff"},
    )
    assert ways_of(low) == Ways.MAIL
    low.dedupe_key = "stock_low:1:2026-05-04:7:3600"
    assert ways_of(low) == Ways.EVERY
