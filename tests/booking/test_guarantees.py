"""Guaranteed windows: held ahead, confirmed by the company's people, released in time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from billing.models import GuaranteedWindow
from booking.facts import BookingRequest
from booking.models import Reservation
from booking.queries.guarantees import dates_not_held
from booking.services.guarantees import confirm, hold_guaranteed, release_guaranteed
from booking.services.reservations import BookingRefused, cancel, move, reserve
from booking.states import ReservationState
from machines.models import Machine, Pool
from machines.services.calendars import add_closure
from members.models import Member
from notifications.models import Message
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.billing import GuaranteedWindowFactory
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
"""A Monday; the first date is tomorrow, but its release has passed."""

FIRST = Interval(datetime(2026, 5, 12, 6, tzinfo=UTC), datetime(2026, 5, 12, 10, tzinfo=UTC))
RELEASE = datetime(2026, 5, 9, 22, tzinfo=UTC)
"""Midnight of Sunday in Zurich, two days before Tuesday."""

MINUTE = timedelta(minutes=1)


@pytest.fixture
def window() -> GuaranteedWindow:
    """Every Tuesday from 8 to 12."""
    return GuaranteedWindowFactory()


@pytest.fixture
def booker(window: GuaranteedWindow) -> Member:
    """Who books for the company."""
    return DelegateFactory(company=window.contract.company).member


def first(window: GuaranteedWindow) -> Reservation:
    """The row of the first date."""
    return Reservation.objects.get(guarantee=window, original_start_at=FIRST.start)


def wish(span: Interval) -> BookingRequest:
    """A request for `span`."""
    return BookingRequest(starts_at=span.start, ends_at=span.end)


def refused(action: Any, **arguments: Any) -> list[str]:
    """The codes with which `action` is refused."""
    with pytest.raises(BookingRefused) as caught:
        action(**arguments)
    return [str(each.code) for each in caught.value.refusals]


def test_dates_are_held_once_for_the_company_until_their_release(
    window: GuaranteedWindow,
) -> None:
    report = hold_guaranteed(NOW)
    rows = list(Reservation.objects.filter(guarantee=window))
    assert report.held == len(rows) == 8
    row = first(window)
    assert (row.span, row.expires_at) == (FIRST, RELEASE)
    assert (row.state, row.company, row.member) == ("held", window.contract.company, None)
    again = hold_guaranteed(NOW)
    assert (again.held, again.withdrawn) == (0, 0)
    outsider = MemberFactory()
    who = {"member": outsider, "by": outsider, "machine": row.machine}
    assert refused(reserve, request=wish(FIRST), now=NOW, **who) == ["TAKEN"]


def test_a_booker_confirms_a_date_and_the_contract_is_charged(
    window: GuaranteedWindow, booker: Member
) -> None:
    hold_guaranteed(NOW)
    row = confirm(reservation=first(window), by=booker, now=NOW)
    assert (row.state, row.member, row.expires_at) == ("confirmed", booker, None)
    assert sum(each.minutes for each in window.contract.entries.all()) == 240
    assert Message.objects.filter(kind="reservation_confirmed", recipient=booker).exists()
    release_guaranteed(RELEASE)
    row.refresh_from_db()
    assert row.state == ReservationState.CONFIRMED
    assert hold_guaranteed(NOW).held == 0


def test_others_and_invoice_contacts_may_not_confirm(window: GuaranteedWindow) -> None:
    hold_guaranteed(NOW)
    contact = DelegateFactory(company=window.contract.company, kind="invoice").member
    for person in (contact, MemberFactory()):
        codes = refused(confirm, reservation=first(window), by=person, now=NOW)
        assert codes == ["NOT_ALLOWED"]


def test_a_confirmation_needs_hours_of_the_contract(
    window: GuaranteedWindow, booker: Member
) -> None:
    window.contract.included_minutes = 239
    window.contract.save()
    hold_guaranteed(NOW)
    codes = refused(confirm, reservation=first(window), by=booker, now=NOW)
    assert codes == ["CONTRACT_EXHAUSTED"]


@pytest.mark.parametrize("job_has_run", [True, False])
def test_at_its_release_the_time_is_free_whatever_the_job_has_done(
    window: GuaranteedWindow, booker: Member, job_has_run: bool
) -> None:
    hold_guaranteed(NOW)
    row = first(window)
    outsider = MemberFactory()
    who = {"member": outsider, "by": outsider, "machine": row.machine}
    assert refused(reserve, request=wish(FIRST), now=RELEASE - MINUTE, **who) == ["TAKEN"]
    if job_has_run:
        assert (release_guaranteed(RELEASE), release_guaranteed(RELEASE)) == (1, 0)
    assert refused(confirm, reservation=row, by=booker, now=RELEASE) == ["NOT_ALLOWED"]
    reserve(request=wish(FIRST), now=RELEASE, **who)
    row.refresh_from_db()
    assert row.state == ReservationState.EXPIRED
    assert hold_guaranteed(RELEASE).not_held == []


def test_what_is_taken_is_reported_not_covered_and_tried_again(
    window: GuaranteedWindow,
) -> None:
    other = ReservationFactory(machine=window.machine, starts_at=FIRST.start, ends_at=FIRST.end)
    assert [each.interval for each in hold_guaranteed(NOW).not_held] == [FIRST]
    assert [each.interval for each in dates_not_held([window], NOW)] == [FIRST]
    Reservation.objects.filter(pk=other.pk).update(state=ReservationState.CANCELLED)
    report = hold_guaranteed(NOW)
    assert (report.held, report.not_held) == (1, [])


def test_a_closed_day_is_not_held(window: GuaranteedWindow) -> None:
    add_closure(owner=window.contract.space, title="Holiday", interval=FIRST, now=NOW)
    assert [each.interval for each in hold_guaranteed(NOW).not_held] == [FIRST]


def test_a_pool_gives_whichever_unit_is_free(window: GuaranteedWindow) -> None:
    space = window.contract.space
    pool = Pool.objects.create(space=space, slug="pool", name="Pool")
    busy, free = (MachineFactory(space=space, pool=pool) for _unit in range(2))
    GuaranteedWindow.objects.filter(pk=window.pk).update(machine=None, pool=pool)
    ReservationFactory(machine=busy, starts_at=FIRST.start, ends_at=FIRST.end)
    hold_guaranteed(NOW)
    row = first(window)
    assert (row.machine, row.pool) == (free, pool)


def test_what_the_company_gives_back_is_not_held_again(
    window: GuaranteedWindow, booker: Member
) -> None:
    hold_guaranteed(NOW)
    cancel(reservation=first(window), by=booker, now=NOW)
    assert hold_guaranteed(NOW).held == 0
    assert first(window).state == ReservationState.CANCELLED


def test_a_date_that_is_only_held_is_not_moved(window: GuaranteedWindow, booker: Member) -> None:
    hold_guaranteed(NOW)
    later = Interval(FIRST.start + timedelta(days=1), FIRST.end + timedelta(days=1))
    row = first(window)
    assert refused(move, reservation=row, request=wish(later), by=booker, now=NOW) == [
        "NOT_ALLOWED"
    ]


def test_held_dates_follow_their_window(window: GuaranteedWindow) -> None:
    hold_guaranteed(NOW)
    window.end_time = time(13)
    window.save()
    assert hold_guaranteed(NOW).withdrawn == 0
    assert first(window).ends_at == FIRST.end + timedelta(hours=1)
    window.end_date = date(2026, 5, 19)
    window.save()
    assert hold_guaranteed(NOW).withdrawn == 6
    held = Reservation.objects.filter(guarantee=window, state=ReservationState.HELD)
    assert [f"{row.starts_at:%d}" for row in held] == ["12", "19"]


def test_bookers_are_reminded_once_some_days_before_the_release(
    window: GuaranteedWindow, booker: Member
) -> None:
    hold_guaranteed(NOW)
    reminders = Message.objects.filter(kind="guarantee_reminder")
    assert not reminders.exists()
    for _again in range(2):
        hold_guaranteed(RELEASE - timedelta(days=3))
    assert [each.recipient for each in reminders.all()] == [booker]
    confirm(reservation=first(window), by=booker, now=RELEASE - timedelta(days=1))
    assert [each.state for each in reminders.all()] == ["withdrawn"]


def test_a_retired_machine_is_not_held(window: GuaranteedWindow) -> None:
    Machine.objects.filter(guaranteedwindow=window).update(retired_at=NOW)
    assert hold_guaranteed(NOW).held == 0


def test_a_window_that_breaks_does_not_hold_up_the_others(
    window: GuaranteedWindow, caplog: pytest.LogCaptureFixture
) -> None:
    sound = GuaranteedWindowFactory()
    # Nobody can tell when its dates are.
    Space.objects.filter(pk=window.contract.space_id).update(timezone="Mars/Olympus")
    report = hold_guaranteed(NOW)
    assert (report.failed, report.held) == ([window], 8)
    assert Reservation.objects.filter(guarantee=sound).count() == 8
    assert f"Guaranteed window {window.pk} could not be followed" in caplog.text
