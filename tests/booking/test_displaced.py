"""What becomes of displaced reservations: moved, asked, cancelled; answered, late, given back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from billing.models import ContractEntry
from billing.services.prices import set_prices
from booking import notices
from booking.facts import BookingRequest
from booking.models import Displacement, Offer, Reservation, WaitlistEntry
from booking.queries.displaced import open_in, open_of
from booking.queries.displacing import Displaced, Plan, value_of
from booking.services.attendance import check_in
from booking.services.changing import charge_company
from booking.services.displaced import accept, choose, decline, expire_displaced, give_back
from booking.services.displacing import Outdated, plan_ahead
from booking.services.offering import end_offers
from booking.services.refusing import BookingRefused, TimeTaken
from booking.services.reservations import cancel, reserve
from booking.services.stopping import plan_of_stop, stop_and_displace
from booking.services.taking import (
    block_taking,
    close_and_displace,
    closure_taking,
    take_out,
)
from booking.states import DisplacementState, ReservationKind, ReservationState, WayOut
from machines.models import DirtyDay, Fault, Machine
from members.models import Member
from members.states import Audience
from notifications.models import Message
from notifications.rendering import render
from spaces.intervals import Interval
from tests.factories.billing import ContractFactory
from tests.factories.booking import (
    OfferFactory,
    PolicyFactory,
    ReservationFactory,
    UsageSessionFactory,
)
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN = NOW + 3 * DAY + 2 * HOUR
BLOCK = Interval(TEN - HOUR, TEN + 3 * HOUR)
HOLD = 48 * HOUR


@pytest.fixture
def machine() -> Machine:
    return MachineFactory(name="Laser")


@pytest.fixture
def twin(machine: Machine) -> Machine:
    return MachineFactory(space=machine.space, category=machine.category, name="Twin")


@pytest.fixture
def staff(machine: Machine) -> Member:
    return RoleFactory(space=machine.space, member__name="Sam Staff").member


@pytest.fixture
def maker() -> Member:
    return MemberFactory(name="Mira Maker")


def chosen(plan: Plan, way: Callable[[Displaced], WayOut] | WayOut) -> dict[int, str]:
    """The choice of one way for every case."""
    ways = {case.key: way if isinstance(way, WayOut) else way(case) for case in plan.cases}
    return {
        case.key: next(value_of(each) for each in case.options if each.way == ways[case.key])
        for case in plan.cases
    }


def block(machine: Machine, staff: Member, way: WayOut, now: datetime = NOW) -> list[Reservation]:
    plan = plan_ahead(block_taking(machine, BLOCK), now=now)
    return take_out(
        machine=machine,
        span=BLOCK,
        purpose="New lens",
        choices=chosen(plan, way),
        by=staff,
        now=now,
    )


def lose(machine: Machine, staff: Member, row: Reservation) -> Displacement:
    """Propose the next time to the holder of `row`."""
    block(machine, staff, WayOut.LATER)
    row.refresh_from_db()
    return Displacement.objects.get(reservation=row, state=DisplacementState.OPEN)


def told(*kinds: str) -> list[tuple[str, Member | None]]:
    rows = Message.objects.filter(kind__in=kinds, state="pending").select_related("recipient")
    return [(row.kind, row.recipient) for row in rows.order_by("pk")]  # type: ignore[misc]


def letter(kind: str) -> str:
    return render(Message.objects.get(kind=kind, state="pending")).text


def test_moved_at_the_same_time_it_stands_and_the_holder_is_told(
    machine: Machine, twin: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    DirtyDay.objects.all().delete()
    (held,) = block(machine, staff, WayOut.SAME_TIME)
    row.refresh_from_db()
    assert (row.machine, row.starts_at, row.state) == (twin, TEN, ReservationState.CONFIRMED)
    found = Displacement.objects.get()
    assert (found.machine, found.lost, found.state) == (machine, row.span, "accepted")
    assert (found.decided_by, found.reason) == (staff, "New lens")
    assert held.kind == ReservationKind.MAINTENANCE
    assert told(*notices.OF_DISPLACEMENT) == [(notices.DISPLACED_MOVED, maker)]
    text = letter(notices.DISPLACED_MOVED)
    assert "kept at the same time on Twin" in text
    assert "The reason: New lens" in text
    assert "METHOD:REQUEST" in render(Message.objects.get(kind=notices.DISPLACED_MOVED)).attachment
    assert {day.machine for day in DirtyDay.objects.select_related("machine")} == {machine, twin}


def test_a_proposed_time_is_held_until_the_holder_takes_it(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN, amount=12)
    found = lose(machine, staff, row)
    assert (row.state, row.starts_at) == (ReservationState.HELD, BLOCK.end)
    assert row.expires_at == found.expires_at == NOW + HOLD
    letter_now = letter(notices.DISPLACED_PROPOSED)
    assert "cannot be used when you reserved it" in letter_now
    assert f"/displacements/{found.pk}/" in letter_now
    assert (
        "METHOD:CANCEL" in render(Message.objects.get(kind=notices.DISPLACED_PROPOSED)).attachment
    )
    assert told(notices.REMINDER) == []
    assert open_of(maker, now=NOW) == [found]
    accept(displacement=found, by=maker, now=NOW + HOUR)
    row.refresh_from_db()
    assert (row.state, row.expires_at, row.amount) == (ReservationState.CONFIRMED, None, 12)
    found.refresh_from_db()
    assert (found.state, found.decided_by) == (DisplacementState.ACCEPTED, maker)
    assert told(notices.CONFIRMED, notices.REMINDER) == [
        (notices.CONFIRMED, maker),
        (notices.REMINDER, maker),
    ]
    assert told(*notices.OF_DISPLACEMENT) == []
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        decline(displacement=found, by=maker, now=NOW + HOUR)


def test_nobody_but_the_holder_and_the_staff_answers(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    found = lose(machine, staff, row)
    request = BookingRequest(starts_at=BLOCK.end + DAY, ends_at=BLOCK.end + DAY + HOUR)
    for person in (MemberFactory(), RoleFactory().member):
        for act in (accept, decline, give_back):
            with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
                act(displacement=found, by=person, now=NOW)
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            choose(displacement=found, request=request, machine=machine, by=person, now=NOW)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        give_back(displacement=found, by=maker, now=NOW)
    accept(displacement=found, by=staff, now=NOW)


def test_declining_is_never_late_and_cancelling_from_elsewhere_settles_it_too(
    machine: Machine, staff: Member, maker: Member
) -> None:
    PolicyFactory(machine=machine, cancellation_window=20 * DAY)
    rows = [ReservationFactory(machine=machine, member=maker, starts_at=TEN + n * HOUR)
            for n in (0, 1)]  # fmt: skip
    first = lose(machine, staff, rows[0])
    second = Displacement.objects.exclude(pk=first.pk).get()
    decline(displacement=first, by=maker, now=NOW)
    cancel(reservation=rows[1], by=maker, now=NOW)
    for row, found in zip(rows, (first, second), strict=True):
        row.refresh_from_db()
        found.refresh_from_db()
        assert (row.state, row.cancelled_late) == (ReservationState.CANCELLED, False)
        assert found.state == DisplacementState.DECLINED
    assert told(notices.CANCELLED) == 2 * [(notices.CANCELLED, maker)]


def test_from_its_deadline_on_nothing_is_held_whatever_the_job_has_done(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    found = lose(machine, staff, row)
    late = NOW + HOLD
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        accept(displacement=found, by=maker, now=late)
    assert [expire_displaced(moment) for moment in (late - HOUR, late, late + HOUR)] == [0, 1, 0]
    row.refresh_from_db()
    found.refresh_from_db()
    assert (row.state, found.state) == (ReservationState.EXPIRED, DisplacementState.EXPIRED)
    assert told(*notices.OF_DISPLACEMENT) == [(notices.DISPLACED_EXPIRED, maker)]
    assert "You did not answer in time" in letter(notices.DISPLACED_EXPIRED)
    span = BookingRequest(starts_at=BLOCK.end, ends_at=BLOCK.end + HOUR)
    reserve(machine=machine, member=staff, request=span, by=staff, now=late)


def test_another_time_may_be_chosen_by_the_rules_of_moving(
    machine: Machine, twin: Machine, staff: Member, maker: Member
) -> None:
    PolicyFactory(machine=machine, cancellation_window=20 * DAY, longest=2 * HOUR)
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    found = lose(machine, staff, row)
    taken = BookingRequest(starts_at=TEN, ends_at=TEN + HOUR)
    with pytest.raises(BookingRefused, match="MACHINE_OUT_OF_SERVICE"):
        choose(displacement=found, request=taken, machine=machine, by=maker, now=NOW)
    long = BookingRequest(starts_at=TEN + DAY, ends_at=TEN + DAY + 3 * HOUR)
    with pytest.raises(BookingRefused, match="TOO_LONG"):
        choose(displacement=found, request=long, machine=machine, by=maker, now=NOW)
    made = choose(displacement=found, request=taken, machine=twin, by=maker, now=NOW)
    assert (made.machine, made.starts_at, made.state) == (twin, TEN, ReservationState.CONFIRMED)


def test_cancelled_for_want_of_another_time_nobody_is_late_and_an_apology_is_sent(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    block(machine, staff, WayOut.CANCEL)
    row.refresh_from_db()
    assert (row.state, row.cancelled_late) == (ReservationState.CANCELLED, False)
    assert Displacement.objects.get().state == DisplacementState.CANCELLED
    assert "We are sorry" in letter(notices.DISPLACED_CANCELLED)


def test_the_old_time_is_given_back_once_it_is_free(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    found = lose(machine, staff, row)
    assert [each.is_free_again for each in open_in(machine.space, now=NOW)] == [False]
    with pytest.raises(BookingRefused, match="MACHINE_OUT_OF_SERVICE"):
        give_back(displacement=found, by=staff, now=NOW)
    held = Reservation.objects.get(kind=ReservationKind.MAINTENANCE)
    cancel(reservation=held, by=staff, now=NOW)
    assert [each.is_free_again for each in open_in(machine.space, now=NOW)] == [True]
    give_back(displacement=found, by=staff, now=NOW)
    row.refresh_from_db()
    found.refresh_from_db()
    assert (row.machine, row.starts_at, row.state) == (machine, TEN, ReservationState.CONFIRMED)
    assert found.state == DisplacementState.RESTORED
    assert told(notices.MOVED, notices.REMINDER) == [
        (notices.REMINDER, maker),
        (notices.MOVED, maker),
    ] or told(notices.MOVED) == [(notices.MOVED, maker)]


def test_given_back_it_costs_what_it_costs_there(
    machine: Machine, staff: Member, maker: Member
) -> None:
    away = MachineFactory(category=machine.category)
    set_prices(machine=machine, prices={Audience.MAKER: Decimal(10)}, by=staff, now=NOW)
    set_prices(machine=away, prices={Audience.MAKER: Decimal(50)}, by=staff, now=NOW)
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN, amount=10)
    block(machine, staff, WayOut.ELSEWHERE)
    row.refresh_from_db()
    assert (row.machine, row.amount) == (away, 50)
    cancel(reservation=Reservation.objects.get(kind=ReservationKind.MAINTENANCE), by=staff, now=NOW)
    found = Displacement.objects.get(reservation=row)
    assert give_back(displacement=found, by=staff, now=NOW).amount == 10


def test_what_moved_in_between_writes_nothing(
    machine: Machine, twin: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    taking = block_taking(machine, BLOCK)
    choices = chosen(plan_ahead(taking, now=NOW), WayOut.SAME_TIME)
    ReservationFactory(machine=twin, starts_at=TEN)
    seen = {"machine": machine, "span": BLOCK, "purpose": "x", "by": staff, "now": NOW}
    with pytest.raises(Outdated):
        take_out(**seen, choices=choices)
    later = chosen(plan_ahead(taking, now=NOW), WayOut.LATER)
    ReservationFactory(machine=machine, starts_at=TEN + HOUR)
    for outdated in (later, {}):
        with pytest.raises(Outdated):
            take_out(**seen, choices=outdated)
    row.refresh_from_db()
    assert (row.machine, row.state) == (machine, ReservationState.CONFIRMED)
    assert not Displacement.objects.exists()
    assert not Message.objects.exists()
    assert not Reservation.objects.filter(kind=ReservationKind.MAINTENANCE).exists()


def test_use_that_goes_on_is_not_displaced_and_keeps_the_block_away(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    check_in(reservation=row, by=maker, now=TEN)
    with pytest.raises(TimeTaken):
        take_out(machine=machine, span=BLOCK, purpose="x", choices={}, by=staff, now=TEN + HOUR / 2)


def test_strangers_take_nothing_out(machine: Machine, maker: Member) -> None:
    for person in (maker, RoleFactory().member):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            take_out(machine=machine, span=BLOCK, purpose="x", choices={}, by=person, now=NOW)


def test_a_request_waits_on_for_its_approval(
    machine: Machine, staff: Member, maker: Member
) -> None:
    PolicyFactory(machine=machine, approval_needed=True)
    asked = BookingRequest(starts_at=TEN, ends_at=TEN + HOUR)
    row = reserve(machine=machine, member=maker, request=asked, by=maker, now=NOW)
    found = lose(machine, staff, row)
    assert found.state_before == ReservationState.PENDING
    made = accept(displacement=found, by=maker, now=NOW)
    assert made.state == ReservationState.PENDING
    assert (notices.TO_DECIDE, staff) in told(notices.TO_DECIDE)


def test_what_was_approved_needs_no_second_yes_but_in_another_space(
    machine: Machine, staff: Member, maker: Member
) -> None:
    away = MachineFactory(category=machine.category)
    for each in (machine, away):
        PolicyFactory(machine=each, approval_needed=True)
    first, second = (
        ReservationFactory(machine=machine, member=maker, starts_at=TEN + n * HOUR) for n in (0, 1)
    )
    plan = plan_ahead(block_taking(machine, BLOCK), now=NOW)
    choices = chosen(plan, lambda case: WayOut.LATER if case.key == first.pk else WayOut.ELSEWHERE)
    take_out(machine=machine, span=BLOCK, purpose="x", choices=choices, by=staff, now=NOW)
    for row, state in ((first, "confirmed"), (second, "pending")):
        found = Displacement.objects.get(reservation=row)
        assert accept(displacement=found, by=maker, now=NOW).state == state
    second.refresh_from_db()
    assert second.machine == away


def test_what_is_displaced_again_keeps_the_time_that_was_lost_first(
    machine: Machine, staff: Member, maker: Member
) -> None:
    row = ReservationFactory(machine=machine, member=maker, starts_at=TEN)
    found = lose(machine, staff, row)
    again = Interval(BLOCK.end, BLOCK.end + 2 * HOUR)
    plan = plan_ahead(block_taking(machine, again), now=NOW + HOUR)
    take_out(
        machine=machine,
        span=again,
        purpose="Still the lens",
        choices=chosen(plan, WayOut.LATER),
        by=staff,
        now=NOW + HOUR,
    )
    only = Displacement.objects.get()
    assert (only.pk, only.starts_at, only.reason) == (found.pk, TEN, "Still the lens")
    row.refresh_from_db()
    assert (row.starts_at, row.expires_at) == (again.end, NOW + HOUR + HOLD)


def test_what_was_reserved_together_is_answered_together(
    machine: Machine, staff: Member, maker: Member
) -> None:
    bench, bundle = MachineFactory(space=machine.space), uuid4()
    rows = [
        ReservationFactory(machine=each, member=maker, starts_at=TEN, bundle_id=bundle)
        for each in (machine, bench)
    ]
    found = lose(machine, staff, rows[0])
    accept(displacement=found, by=maker, now=NOW)
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.starts_at) == (ReservationState.CONFIRMED, BLOCK.end)
    assert set(Displacement.objects.values_list("state", flat=True)) == {"accepted"}


def test_an_offer_that_is_in_the_way_goes_back_to_the_list(machine: Machine, staff: Member) -> None:
    offer = OfferFactory(entry__machine=machine, entry__earliest_at=TEN)
    block(machine, staff, WayOut.CANCEL)
    end_offers(NOW)
    assert Offer.objects.get().state == "expired"
    assert WaitlistEntry.objects.get(pk=offer.entry_id).state == "waiting"
    assert not Displacement.objects.exists()


def test_the_hours_of_a_contract_follow_the_time_and_come_back(
    machine: Machine, staff: Member
) -> None:
    contract = ContractFactory(
        space=machine.space, start_date=date(2026, 1, 1), included_minutes=6000
    )
    delegate = DelegateFactory(company=contract.company, kind="booker")
    rows = [
        ReservationFactory(
            machine=machine,
            member=delegate.member,
            company=contract.company,
            starts_at=TEN + n * HOUR,
        )
        for n in (0, 1)
    ]
    for row in rows:
        charge_company(row, by=None, now=NOW)

    def used() -> int:
        return sum(ContractEntry.objects.values_list("minutes", flat=True))

    found = lose(machine, staff, rows[0])
    assert used() == 120
    assert open_of(delegate.member, now=NOW)[0] in Displacement.objects.all()
    decline(displacement=found, by=delegate.member, now=NOW)
    assert used() == 60
    expire_displaced(NOW + HOLD)
    assert used() == 0


def test_a_closure_displaces_on_every_machine_of_the_space(
    machine: Machine, twin: Machine, staff: Member, maker: Member
) -> None:
    rows = [ReservationFactory(machine=each, starts_at=TEN) for each in (machine, twin)]
    ReservationFactory(starts_at=TEN)
    closure = {"title": "Stocktaking", "interval": BLOCK}
    plan = plan_ahead(closure_taking(machine.space, now=NOW, **closure), now=NOW)
    assert {case.key for case in plan.cases} == {row.pk for row in rows}
    assert all(WayOut.SAME_TIME not in {o.way for o in case.options} for case in plan.cases)
    ways = {rows[0].pk: WayOut.LATER, rows[1].pk: WayOut.KEEP}
    close_and_displace(
        space=machine.space,
        choices=chosen(plan, lambda case: ways[case.key]),
        by=staff,
        now=NOW,
        **closure,
    )
    for row in rows:
        row.refresh_from_db()
    assert [row.starts_at for row in rows] == [BLOCK.end, TEN]
    assert [row.state for row in rows] == [ReservationState.HELD, ReservationState.CONFIRMED]
    request = BookingRequest(starts_at=TEN + 2 * HOUR, ends_at=TEN + 3 * HOUR)
    with pytest.raises(BookingRefused, match="CLOSED"):
        reserve(machine=machine, member=maker, request=request, by=maker, now=NOW)


def test_a_machine_that_breaks_displaces_until_it_is_likely_mended(
    machine: Machine, twin: Machine, staff: Member, maker: Member
) -> None:
    now = TEN - HOUR
    soon, much_later = (
        ReservationFactory(machine=machine, member=maker, starts_at=TEN + ahead)
        for ahead in (timedelta(0), 30 * DAY)
    )
    session = UsageSessionFactory(machine=machine, started_at=now - HOUR)
    plan = plan_of_stop(machine, "Dark tube", until=TEN + 2 * DAY, by=staff, now=now)
    assert not Fault.objects.exists()
    assert [case.key for case in plan.cases] == [soon.pk]
    assert {spot.unit for each in plan.cases[0].options for spot in each.spots.values()} == {
        twin.pk
    }
    stop_and_displace(
        machine=machine,
        summary="Dark tube",
        until=TEN + 2 * DAY,
        choices=chosen(plan, WayOut.SAME_TIME),
        ends_use=True,
        by=staff,
        now=now,
    )
    for row in (soon, much_later, session):
        row.refresh_from_db()
    assert (soon.machine, much_later.machine) == (twin, machine)
    assert (session.ended_at, session.end_is_assumed) == (now, False)
    assert Fault.objects.get().stops_machine
    request = BookingRequest(starts_at=TEN, ends_at=TEN + HOUR)
    with pytest.raises(BookingRefused, match="MACHINE_OUT_OF_SERVICE"):
        reserve(machine=machine, member=maker, request=request, by=maker, now=now)
