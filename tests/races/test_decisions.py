"""Two decide about the same thing at the same moment: one decision stands, whole."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from booking import notices
from booking.facts import BookingRequest
from booking.models import Offer, Reservation, UsageSession
from booking.services import approvals, attendance, reservations, waitlist
from booking.services.offering import end_offers, offer_freed
from booking.states import OfferState, ReservationState
from machines.models import Machine
from notifications.models import Message
from tests.factories.booking import OfferFactory, PolicyFactory, ReservationFactory, WishFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.races.looking import HOUR, deadlocks, first_slot, overlapping_pairs
from tests.races.rush import DONE, rush

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25
MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)


@pytest.fixture
def machine() -> Machine:
    machine = MachineFactory()
    PolicyFactory(machine=machine, approval_needed=True, grace_period=15 * MINUTE)
    return machine


def requests(machine: Machine, *, until: datetime) -> list[Reservation]:
    """Requests in a row, an hour each, on which nobody has decided."""
    return [
        ReservationFactory(
            machine=machine,
            starts_at=first_slot() + number * HOUR,
            state=ReservationState.PENDING,
            expires_at=until,
        )
        for number in range(ROUNDS)
    ]


def test_of_6_who_decide_on_one_request_one_does(machine: Machine) -> None:
    now = first_slot() - 24 * HOUR
    rows = requests(machine, until=now + HOUR)
    staff = [RoleFactory(space=machine.space).member for _ in range(6)]

    def decide(person: int, turn: int) -> Reservation:
        act = approvals.approve if person % 2 else approvals.deny
        return act(reservation=rows[turn], by=staff[person], now=now)

    for outcomes in rush(len(staff), ROUNDS, decide):
        assert Counter(outcomes) == {DONE: 1, "NOT_ALLOWED": 5}
    decided = Counter(Reservation.objects.values_list("state", flat=True))
    assert decided.total() == decided["confirmed"] + decided["denied"] == ROUNDS
    told = Message.objects.filter(kind__in=[notices.APPROVED, notices.DENIED])
    assert told.count() == ROUNDS
    assert deadlocks() == 0


def test_of_two_rivals_one_is_approved_or_asks_anew(machine: Machine) -> None:
    """Staff approves one request in its last moment, when another person asks for the time."""
    deadline = first_slot() - 24 * HOUR
    rows = requests(machine, until=deadline)
    staff, rival = RoleFactory(space=machine.space).member, MemberFactory()

    def clash(person: int, turn: int) -> Reservation:
        row = rows[turn]
        if person == 0:
            return approvals.approve(reservation=row, by=staff, now=deadline - INSTANT)
        return reservations.reserve(
            machine=machine,
            member=rival,
            request=BookingRequest(starts_at=row.starts_at, ends_at=row.ends_at),
            by=rival,
            now=deadline,
        )

    for row, (approved, asked) in zip(rows, rush(2, ROUNDS, clash), strict=True):
        row.refresh_from_db()
        assert (approved, asked, row.state) in {
            (DONE, "TAKEN", ReservationState.CONFIRMED),
            ("NOT_ALLOWED", DONE, ReservationState.EXPIRED),
        }
    assert overlapping_pairs() == 0
    assert deadlocks() == 0


def test_an_offer_is_accepted_at_its_deadline_or_goes_to_the_next() -> None:
    """The first accepts or declines in the last moment, while two workers end the offer."""
    deadline = first_slot() - 24 * HOUR
    offers = []
    for number in range(ROUNDS):
        machine = MachineFactory()
        PolicyFactory(machine=machine)
        at = first_slot() + number * HOUR
        wish = WishFactory(machine=machine, earliest_at=at, state="offered", joined_at=deadline)
        WishFactory(machine=machine, earliest_at=at, joined_at=deadline + MINUTE)
        offers.append(OfferFactory(entry=wish, expires_at=deadline))

    def settle(person: int, turn: int) -> object:
        offer = offers[turn]
        by = offer.entry.member
        if person == 0:
            return waitlist.accept(offer=offer, by=by, now=deadline - INSTANT)
        if person == 1:
            return waitlist.decline(offer=offer, by=by, now=deadline - INSTANT)
        end_offers(deadline)
        return None

    for offer, outcomes in zip(offers, rush(4, ROUNDS, settle), strict=True):
        offer.refresh_from_db()
        held = Reservation.objects.get(pk=offer.reservation_id)
        assert (offer.state, outcomes[:2], held.state) in (
            (OfferState.ACCEPTED, [DONE, "NOT_ALLOWED"], ReservationState.CONFIRMED),
            (OfferState.DECLINED, ["NOT_ALLOWED", DONE], ReservationState.EXPIRED),
            (OfferState.EXPIRED, ["NOT_ALLOWED", "NOT_ALLOWED"], ReservationState.EXPIRED),
        )
    rush(2, 1, lambda _person, _turn: offer_freed(deadline))
    passed_on = Offer.objects.filter(state=OfferState.OPEN).values("reservation__machine")
    kept = Reservation.objects.filter(state=ReservationState.CONFIRMED).values("machine")
    assert (passed_on.distinct().count(), kept.count()) == (
        Offer.objects.exclude(state__in=[OfferState.OPEN, OfferState.ACCEPTED]).count(),
        Offer.objects.filter(state=OfferState.ACCEPTED).count(),
    )
    assert passed_on.count() + kept.count() == ROUNDS
    assert overlapping_pairs() == 0
    assert deadlocks() == 0


def test_who_checks_in_at_the_last_moment_has_come_or_is_a_no_show(machine: Machine) -> None:
    """Somebody checks in as the grace period ends, while two workers look for no-shows."""
    rows = []
    for number in range(ROUNDS):
        unit = MachineFactory(space=machine.space)
        PolicyFactory(machine=unit, grace_period=15 * MINUTE)
        rows.append(ReservationFactory(machine=unit, starts_at=first_slot() + number * HOUR))

    def come(person: int, turn: int) -> object:
        row = rows[turn]
        late = row.starts_at + 15 * MINUTE
        if person == 0:
            return attendance.check_in(reservation=row, by=row.member, now=late)
        return attendance.mark_no_shows(late + INSTANT)

    for row, outcomes in zip(rows, rush(3, ROUNDS, come), strict=True):
        row.refresh_from_db()
        is_used = UsageSession.objects.filter(reservation=row, ended_at=None).exists()
        assert (outcomes[0], row.state, is_used) in {
            (DONE, ReservationState.IN_USE, True),
            ("NOT_ALLOWED", ReservationState.NO_SHOW, False),
        }
    no_shows = Reservation.objects.filter(state=ReservationState.NO_SHOW).count()
    assert Message.objects.filter(kind=notices.NO_SHOW).count() == no_shows
    assert deadlocks() == 0
