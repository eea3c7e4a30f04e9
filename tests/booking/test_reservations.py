"""Reserving, moving, cancelling and undoing, on a real database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from billing.models import HourlyPrice
from booking.facts import BookingRequest
from booking.models import RefusedTry, Reservation
from booking.services.reservations import (
    BookingRefused,
    TimeTaken,
    cancel,
    check,
    move,
    possible_actions,
    reserve,
    restore,
)
from booking.states import RefusalCode, ReservationState
from machines.models import DirtyDay
from members.states import Audience
from notifications.models import Message
from tests.factories.booking import PolicyFactory, ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import (
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hour, minute=0, day=5):
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


def span(start, end):
    return BookingRequest(starts_at=start, ends_at=end)


def keep(machine=None, member=None, request=None, **more):
    member = member or MemberFactory()
    return reserve(
        **{
            "machine": machine or MachineFactory(),
            "member": member,
            "request": request or span(at(10), at(12)),
            "by": member,
            "now": NOW,
            **more,
        }
    )


def codes(refused):
    return [each.code for each in refused.value.refusals]


def staff_of(machine):
    return RoleFactory(space=machine.space).member


def test_keeps_the_machine_with_setup_turnaround_and_price():
    machine = MachineFactory()
    PolicyFactory(machine=machine, setup=timedelta(minutes=15), turnaround=timedelta(minutes=30))
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount=Decimal("12.50"))
    made = keep(machine, purpose="Box")
    made.refresh_from_db()
    assert made.state == ReservationState.CONFIRMED
    assert (made.occupied_from, made.occupied_until) == (at(9, 45), at(12, 30))
    assert (made.amount, made.purpose, made.created_at) == (Decimal("25.00"), "Box", NOW)
    assert Message.objects.filter(kind="reservation_confirmed").count() == 1
    assert DirtyDay.objects.filter(machine=machine).count() == 1


def test_someone_elses_time_is_taken_and_the_try_is_kept():
    machine = MachineFactory()
    keep(machine)
    with pytest.raises(TimeTaken) as refused:
        keep(machine, request=span(at(11), at(13)))
    assert codes(refused) == [RefusalCode.TAKEN]
    assert Reservation.objects.count() == 1
    kept = RefusedTry.objects.get()
    assert (kept.machine, kept.codes, kept.created_at) == (machine, ["TAKEN"], NOW)


def test_touching_reservations_stand_side_by_side():
    machine = MachineFactory()
    keep(machine)
    keep(machine, request=span(at(12), at(13)))
    keep(machine, request=span(at(9), at(10)))
    assert Reservation.objects.count() == 3


def test_every_broken_rule_is_told_at_once():
    machine = MachineFactory()
    machine.skills.add(SkillFactory())
    with pytest.raises(BookingRefused) as refused:
        keep(machine, request=span(at(7, 5, day=4), at(7, 10, day=4)), by=MemberFactory())
    assert codes(refused) == [
        "IN_THE_PAST",
        "TOO_SHORT",
        "OFF_GRID",
        "NOT_ALLOWED",
    ]


def test_only_who_may_book_for_somebody_learns_what_they_lack():
    machine = MachineFactory()
    PolicyFactory(machine=machine, membership_needed=True)
    machine.skills.add(SkillFactory())
    member = MemberFactory()
    told = {}
    for by in (member, MemberFactory(), staff_of(machine)):
        with pytest.raises(BookingRefused) as refused:
            keep(machine, member=member, by=by)
        told[by.pk] = codes(refused)
    assert list(told.values()) == [
        ["NOT_CERTIFIED", "MEMBERSHIP_INACTIVE"],
        ["NOT_ALLOWED"],
        ["NOT_CERTIFIED"],
    ]


def test_staff_of_one_space_put_nobody_on_a_machine_of_another():
    here, there = MachineFactory(), MachineFactory()
    made = keep(here)
    with pytest.raises(BookingRefused) as refused:
        move(
            reservation=made,
            request=span(at(12), at(13)),
            by=staff_of(here),
            now=NOW,
            machine=there,
        )
    assert codes(refused) == ["NOT_ALLOWED"]
    assert move(
        reservation=made, request=span(at(12), at(13)), by=made.member, now=NOW, machine=there
    )


def test_staff_waive_what_may_be_waived_for_anybody():
    machine = MachineFactory()
    made = keep(machine, request=span(at(10, 5), at(10, 10)), by=staff_of(machine))
    assert made.starts_at == at(10, 5)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (at(10), at(10), "TOO_SHORT"),
        (at(10), at(9), "TOO_SHORT"),
        (at(10), at(10) + timedelta(days=15), "TOO_LONG"),
        (datetime(9999, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, 1, tzinfo=UTC), "TOO_SHORT"),
        (at(10) + timedelta(days=2000), at(11) + timedelta(days=2000), "HORIZON"),
        (datetime(1, 1, 1, tzinfo=UTC), at(11), "IN_THE_PAST"),
    ],
)
def test_nobody_waives_what_cannot_be(start, end, code):
    machine = MachineFactory()
    with pytest.raises(BookingRefused) as refused:
        keep(machine, request=span(start, end), by=staff_of(machine))
    assert code in codes(refused)


def test_a_company_is_booked_for_by_its_delegates_only():
    company = CompanyFactory()
    delegate, colleague = (DelegateFactory(company=company).member for _ in range(2))
    made = keep(member=delegate, company=company)
    assert made.company == company
    assert keep(member=colleague, by=delegate, company=company).member == colleague
    for by, member in [(MemberFactory(), None), (delegate, MemberFactory())]:
        with pytest.raises(BookingRefused) as refused:
            keep(member=member or by, by=by, company=company)
        assert codes(refused) == ["NOT_ALLOWED"]


def test_an_inactive_person_reserves_nothing():
    with pytest.raises(BookingRefused) as refused:
        keep(member=MemberFactory(is_active=False))
    assert codes(refused) == ["NOT_ALLOWED"]


def test_a_stopping_fault_and_maintenance_are_out_of_service_never_taken():
    down = FaultFactory(starts_at=NOW - HOUR).machine
    upkeep = MachineFactory()
    ReservationFactory(machine=upkeep, member=None, kind="maintenance", starts_at=at(12))
    PolicyFactory(machine=upkeep, turnaround=HOUR)
    for machine in (down, upkeep, MachineFactory(retired_at=NOW)):
        with pytest.raises(BookingRefused) as refused:
            keep(machine, request=span(at(10), at(12)))
        assert codes(refused) == ["MACHINE_OUT_OF_SERVICE"]


def test_an_open_session_takes_the_unit_until_its_expected_end():
    session = UsageSessionFactory(started_at=NOW, expected_end_at=NOW + 2 * HOUR)
    with pytest.raises(TimeTaken):
        keep(session.machine, request=span(NOW + HOUR, NOW + 3 * HOUR))
    keep(session.machine, request=span(NOW + 2 * HOUR, NOW + 3 * HOUR))


def test_checking_books_nothing_and_tells_the_price():
    machine, member = MachineFactory(), MemberFactory()
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount=Decimal(6))
    arguments = {"machine": machine, "member": member, "by": member, "now": NOW}
    refusals, quote = check(request=span(at(10), at(11, 30)), **arguments)
    assert (refusals, quote.amount, quote.currency) == ([], Decimal("9.00"), "CHF")
    refusals, quote = check(request=span(at(11), at(10)), **arguments)
    assert ([each.code for each in refusals], quote) == (["TOO_SHORT"], None)
    assert not Reservation.objects.exists()
    assert not RefusedTry.objects.exists()


def test_companies_and_staff_have_prices_of_their_own():
    machine = MachineFactory()
    for audience, amount in [("maker", 10), ("company", 20), ("staff", 1)]:
        HourlyPrice.objects.create(machine=machine, audience=audience, amount=amount)
    delegate, staff = DelegateFactory(), staff_of(machine)
    assert keep(machine, delegate.member, company=delegate.company).amount == 40
    assert keep(machine, staff, request=span(at(13), at(14))).amount == 1
    assert keep(machine, by=staff, request=span(at(15), at(16))).amount == 10


def test_moving_excludes_itself_and_raises_the_sequence():
    made = keep()
    moved = move(reservation=made, request=span(at(11), at(13)), by=made.member, now=NOW)
    assert (moved.starts_at, moved.sequence, moved.pk) == (at(11), 1, made.pk)
    assert Message.objects.filter(kind="reservation_moved").count() == 1


def test_moving_to_another_machine_marks_the_days_of_both():
    made, other = keep(), MachineFactory()
    DirtyDay.objects.all().delete()
    moved = move(
        reservation=made,
        request=span(at(10, day=7), at(12, day=7)),
        by=made.member,
        now=NOW,
        machine=other,
        purpose="New",
    )
    assert (moved.machine, moved.purpose) == (other, "New")
    assert set(DirtyDay.objects.values_list("machine", "date")) == {
        (made.machine_id, at(10).date()),
        (other.pk, at(10, day=7).date()),
    }


def test_a_move_onto_others_is_refused_and_kept():
    made = keep()
    keep(made.machine, request=span(at(14), at(16)))
    with pytest.raises(TimeTaken):
        move(reservation=made, request=span(at(13), at(15)), by=made.member, now=NOW)
    made.refresh_from_db()
    assert (made.starts_at, made.sequence) == (at(10), 0)
    assert RefusedTry.objects.get().codes == ["TAKEN"]


def test_members_move_and_cancel_before_the_window_staff_also_later():
    made = keep()
    late = made.starts_at - timedelta(minutes=90)
    for change in (
        lambda **who: cancel(reservation=made, now=late, **who),
        lambda **who: move(reservation=made, request=span(at(14), at(15)), now=late, **who),
    ):
        with pytest.raises(BookingRefused) as refused:
            change(by=made.member)
        assert codes(refused) == ["CANCELLATION_TOO_LATE"]
    cancelled = cancel(reservation=made, by=staff_of(made.machine), now=late)
    assert (cancelled.state, cancelled.cancelled_late) == (ReservationState.CANCELLED, True)


def test_cancelling_frees_the_time_and_tells_once():
    made = keep()
    cancelled = cancel(reservation=made, by=made.member, now=NOW)
    assert (cancelled.cancelled_late, cancelled.cancelled_at) == (False, NOW)
    keep(made.machine)
    with pytest.raises(BookingRefused) as refused:
        cancel(reservation=made, by=made.member, now=NOW)
    assert codes(refused) == ["NOT_ALLOWED"]
    assert Message.objects.filter(kind="reservation_cancelled").count() == 1


def test_others_may_neither_move_nor_cancel():
    made, other = keep(), MemberFactory()
    for change in (
        lambda: cancel(reservation=made, by=other, now=NOW),
        lambda: move(reservation=made, request=span(at(14), at(15)), by=other, now=NOW),
    ):
        with pytest.raises(BookingRefused) as refused:
            change()
        assert codes(refused) == ["NOT_ALLOWED"]


def test_who_has_left_the_company_no_longer_disposes_of_its_reservations():
    company = CompanyFactory()
    holder, colleague = (DelegateFactory(company=company).member for _ in range(2))
    made = keep(member=holder, company=company)
    company.delegates.filter(member=holder).delete()
    for act in (
        lambda: move(reservation=made, request=span(at(13), at(14)), by=holder, now=NOW),
        lambda: cancel(reservation=made, by=holder, now=NOW),
    ):
        with pytest.raises(BookingRefused) as refused:
            act()
        assert codes(refused) == [RefusalCode.NOT_ALLOWED]
    offered = possible_actions(reservation=made, by=holder, now=NOW)
    assert (offered.move, offered.cancel) == (False, False)
    assert cancel(reservation=made, by=colleague, now=NOW).state == ReservationState.CANCELLED


def test_staff_undo_a_cancellation_while_the_time_is_free():
    made = keep()
    staff = staff_of(made.machine)
    cancel(reservation=made, by=made.member, now=NOW)
    with pytest.raises(BookingRefused) as refused:
        restore(reservation=made, by=made.member, now=NOW)
    assert codes(refused) == ["NOT_ALLOWED"]
    restored = restore(reservation=made, by=staff, now=NOW)
    assert (restored.state, restored.cancelled_at) == (ReservationState.CONFIRMED, None)
    cancel(reservation=made, by=made.member, now=NOW)
    keep(made.machine)
    with pytest.raises(TimeTaken):
        restore(reservation=made, by=staff, now=NOW)
    with pytest.raises(BookingRefused) as refused:
        restore(reservation=made, by=staff, now=at(10, 1))
    assert "IN_THE_PAST" in codes(refused)


def test_the_price_is_that_of_the_holder_whoever_presses_the_button():
    machine = MachineFactory()
    for audience, amount in [("maker", 10), ("company", 20), ("staff", 1)]:
        HourlyPrice.objects.create(machine=machine, audience=audience, amount=amount)
    one, other = staff_of(machine), staff_of(machine)
    made = keep(machine, one, by=other, request=span(at(10), at(12)))
    assert made.amount == 2
    moved = move(reservation=made, request=span(at(10), at(13)), by=other, now=NOW)
    assert moved.amount == 3
    maker = keep(machine, request=span(at(14), at(16)))
    assert maker.amount == 20
    cancel(reservation=maker, by=one, now=NOW)
    HourlyPrice.objects.update(amount=50)
    assert restore(reservation=maker, by=one, now=NOW).amount == 20


def test_what_does_not_change_is_not_written_and_not_told():
    made = keep(purpose="Lamp")
    Message.objects.all().delete()
    stay = span(made.starts_at, made.ends_at)
    for purpose in (None, "Lamp"):
        same = move(reservation=made, request=stay, by=made.member, now=NOW, purpose=purpose)
        assert same.sequence == 0
    # An hour and a half before the start is no time to reserve it, but to name it.
    PolicyFactory(machine=made.machine, lead_time=30 * HOUR)
    named = move(reservation=made, request=stay, by=made.member, now=NOW, purpose="Shade")
    made.refresh_from_db()
    assert (named.purpose, made.purpose, made.sequence) == ("Shade", "Shade", 0)
    assert not Message.objects.exists()
    for by, now, code in (
        (MemberFactory(), NOW, "NOT_ALLOWED"),
        (made.member, at(9), "CANCELLATION_TOO_LATE"),
    ):
        with pytest.raises(BookingRefused) as refused:
            move(reservation=made, request=stay, by=by, now=now, purpose="Other")
        assert codes(refused) == [code]


def bundled(*machines):
    bundle = uuid4()
    return [
        ReservationFactory(
            machine=machine, starts_at=at(10), kind="workshop", member=None, bundle_id=bundle
        )
        for machine in machines
    ]


def test_a_bundle_stands_and_falls_together():
    machine = MachineFactory()
    other = MachineFactory(space=machine.space)
    PolicyFactory(machine=other, cancellation_window=30 * HOUR)
    staff, rows = staff_of(machine), bundled(machine, other)
    cancel(reservation=rows[0], by=staff, now=NOW)
    late = Reservation.objects.order_by("pk").values_list("state", "cancelled_late")
    assert list(late) == [("cancelled", False), ("cancelled", True)]
    restore(reservation=rows[1], by=staff, now=NOW)
    assert set(Reservation.objects.values_list("state", flat=True)) == {"confirmed"}
    cancel(reservation=rows[0], by=staff, now=NOW)
    keep(other, request=span(at(10), at(11)))
    with pytest.raises(TimeTaken):
        restore(reservation=rows[0], by=staff, now=NOW)
    rows[0].refresh_from_db()
    assert rows[0].state == ReservationState.CANCELLED


def test_staff_of_one_space_cancel_and_restore_nothing_of_another():
    here, there = MachineFactory(), MachineFactory()
    staff, rows = staff_of(here), bundled(here, there)
    with pytest.raises(BookingRefused) as refused:
        cancel(reservation=rows[0], by=staff, now=NOW)
    assert codes(refused) == ["NOT_ALLOWED"]
    RoleFactory(member=staff, space=there.space)
    cancel(reservation=rows[0], by=staff, now=NOW)
    with pytest.raises(BookingRefused) as refused:
        restore(reservation=rows[0], by=staff_of(here), now=NOW)
    assert codes(refused) == ["NOT_ALLOWED"]


def test_rows_of_a_bundle_are_written_as_they_are_now():
    machine = MachineFactory()
    rows = bundled(machine, MachineFactory(space=machine.space))
    Reservation.objects.filter(pk=rows[1].pk).update(state=ReservationState.COMPLETED)
    cancel(reservation=rows[0], by=staff_of(machine), now=NOW)
    rows[1].refresh_from_db()
    assert rows[1].state == ReservationState.COMPLETED


def test_pages_offer_what_the_services_do():
    made = keep()
    staff, holder = staff_of(made.machine), made.member
    early = possible_actions(reservation=made, by=holder, now=NOW)
    assert (early.move, early.cancel, early.check_in, early.restore) == (True, True, False, False)
    due = possible_actions(reservation=made, by=holder, now=at(9, 50))
    assert (due.move, due.cancel, due.check_in) == (False, False, True)
    assert possible_actions(reservation=made, by=staff, now=at(9, 50)).cancel
    assert not any(
        getattr(possible_actions(reservation=made, by=MemberFactory(), now=NOW), name)
        for name in ("move", "cancel", "restore", "check_in", "check_out")
    )


@pytest.mark.parametrize("neighbours", [1, 3])
def test_reserving_takes_a_fixed_number_of_queries(neighbours, django_assert_num_queries):
    machine, member = MachineFactory(), MemberFactory()
    for number in range(neighbours):
        ReservationFactory(machine=machine, starts_at=at(14 + number))
    with django_assert_num_queries(14):
        keep(machine, member)


def test_who_presses_twice_is_told_that_the_time_is_theirs():
    machine, member = MachineFactory(), MemberFactory()
    keep(machine=machine, member=member)
    with pytest.raises(TimeTaken) as refused:
        keep(machine=machine, member=member)
    assert "among your reservations" in refused.value.refusals[0].message
    with pytest.raises(TimeTaken) as refused:
        keep(machine=machine, member=MemberFactory())
    assert "Someone else" in refused.value.refusals[0].message
