"""Dates are moved and given back: one, from one on, or all; and a series goes on for longer."""

from datetime import date

import pytest
from icalendar import Calendar

from booking import notices
from booking.facts import BookingRequest
from booking.models import Reservation, Series
from booking.notices import series as series_notices
from booking.pattern_words import series_in_words
from booking.recurring import PatternInvalid
from booking.services import reservations, series
from booking.services.refusing import BookingRefused
from booking.services.series import SeriesConflict
from booking.states import OnConflict
from machines.models import Machine
from members.models import Member
from notifications.rendering import render
from tests.booking.series.booked import (
    DAY,
    HOUR,
    NOW,
    TUESDAY,
    at,
    book,
    in_the_way,
    standing,
    starts,
    told,
    wall,
    weekly,
)
from tests.factories.billing import ContractFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

SECOND = date(2026, 5, 12)


def test_one_date_moves_alone_and_still_is_one_of_the_series(
    machine: Machine, maker: Member
) -> None:
    made = book(machine, maker)
    series.move_occurrence(
        series=made.series,
        day=SECOND,
        request=BookingRequest(starts_at=at(13, 9), ends_at=at(13, 11)),
        by=maker,
        now=NOW,
    )
    assert standing(made.series) == [at(5), at(13, 9), at(19), at(26)]
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        series.move_occurrence(
            series=made.series,
            day=date(2026, 5, 13),
            request=BookingRequest(starts_at=at(13, 9), ends_at=at(13, 11)),
            by=maker,
            now=NOW,
        )


def test_from_a_date_on_all_are_given_back_at_once_and_told_once(
    machine: Machine, maker: Member
) -> None:
    made = book(machine, maker)
    gone = series.cancel_from(series=made.series, from_day=SECOND, by=maker, now=NOW)
    assert starts(gone) == [at(12), at(19), at(26)]
    assert standing(made.series) == [at(5)]
    (message,) = told(series_notices.CANCELLED)
    assert "Tuesday 19 May 2026, 18:00–20:00" in render(message).text
    calendar = Calendar.from_ical(render(message).attachment)
    assert str(calendar["METHOD"]) == "CANCEL"
    assert [int(each["sequence"]) for each in calendar.walk("VEVENT")] == [1, 1, 1]
    (reminder,) = told(notices.REMINDER)
    assert reminder.subject_key == made.rows[0].subject_key
    # The time is free for others.
    assert in_the_way(machine, 12)


def test_a_member_gives_nothing_back_where_one_date_is_too_near(
    machine: Machine, maker: Member
) -> None:
    made = book(machine, maker)
    late = at(5, 10)
    with pytest.raises(BookingRefused, match="CANCELLATION_TOO_LATE"):
        series.cancel_all(series=made.series, by=maker, now=late)
    assert len(standing(made.series)) == 4
    staff = RoleFactory(space=machine.space).member
    gone = series.cancel_all(series=made.series, by=staff, now=late)
    assert [row.cancelled_late for row in gone] == [True, False, False, False]


def test_a_stranger_changes_nothing(machine: Machine, maker: Member) -> None:
    found, stranger = book(machine, maker).series, MemberFactory()
    for act in (
        lambda: series.cancel_all(series=found, by=stranger, now=NOW),
        lambda: series.fill_gaps(series=found, by=stranger, now=NOW),
        lambda: series.extend(
            series=found, until=None, on_conflict=OnConflict.SKIP, by=stranger, now=NOW
        ),
        lambda: move(found, stranger),
    ):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            act()
    assert len(standing(found)) == 4


def move(
    found: Series, by: Member, *, from_day: date = SECOND, to: int = 13, hour: int = 9
) -> series.Made:
    return series.move_from(
        series=found,
        from_day=from_day,
        start=wall(to, hour),
        end=wall(to, hour + 2),
        by=by,
        now=NOW,
    )


def test_from_a_date_on_all_move_and_stay_what_they_are_in_calendars(
    machine: Machine, maker: Member
) -> None:
    made = book(machine, maker)
    before = {row.uid for row in made.rows[1:]}
    reservations.cancel(reservation=made.rows[2], by=maker, now=NOW)
    moved = move(made.series, maker)
    assert standing(made.series) == [at(5)]
    assert "until 11 May 2026" in series_in_words(Series.objects.get(pk=made.series.pk))
    assert standing(moved.series) == [at(13, 9), at(27, 9)]
    assert {row.uid for row in moved.rows} < before
    (message,) = told(series_notices.MOVED)
    assert "Every week on Wednesday, 09:00–11:00, until 27 May 2026" in render(message).text
    events = Calendar.from_ical(render(message).attachment).walk("VEVENT")
    assert [int(each["sequence"]) for each in events] == [1, 1]
    reminded = sorted(each.send_after for each in told(notices.REMINDER))
    assert reminded == [at(4), at(12, 9), at(26, 9)]


def test_where_all_move_the_old_series_is_forgotten(machine: Machine, maker: Member) -> None:
    made = book(machine, maker)
    moved = move(made.series, maker, from_day=TUESDAY, to=6)
    assert Series.objects.get() == moved.series
    assert standing(moved.series) == [at(6, 9), at(13, 9), at(20, 9), at(27, 9)]


def test_who_moves_all_twice_at_once_is_told_that_they_have_moved(
    machine: Machine, maker: Member
) -> None:
    found = book(machine, maker).series
    seen_before = Series.objects.get()
    move(found, maker, from_day=TUESDAY, to=6)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        move(seen_before, maker, from_day=TUESDAY, to=7)


def test_each_may_move_to_where_another_of_them_was(machine: Machine, maker: Member) -> None:
    made = book(machine, maker)
    moved = move(made.series, maker, from_day=TUESDAY, to=12, hour=18)
    assert standing(moved.series) == [at(12), at(19), at(26), at(2, month=6)]


def test_all_move_or_none(machine: Machine, maker: Member) -> None:
    made = book(machine, maker)
    in_the_way(machine, 20, member=maker)
    with pytest.raises(SeriesConflict) as refused:
        move(made.series, maker, hour=18)
    assert [each.day for each in refused.value.conflicts] == [date(2026, 5, 20)]
    assert standing(made.series) == [at(5), at(12), at(19), at(26)]


def test_a_date_that_comes_to_lie_too_far_ahead_waits(machine: Machine, maker: Member) -> None:
    machine.policies.update(horizon_days=23)
    made = book(machine, maker)
    moved = move(made.series, maker, hour=12)
    assert standing(moved.series) == [at(13, 12), at(20, 12)]
    assert moved.series.gaps.get().codes == ["HORIZON"]
    series.materialise(NOW + 2 * DAY)
    assert standing(moved.series) == [at(13, 12), at(20, 12), at(27, 12)]


def test_moved_dates_of_a_company_cost_what_they_last(machine: Machine) -> None:
    contract = ContractFactory(space=machine.space, included_minutes=8 * 60)
    maker = DelegateFactory(company=contract.company).member
    made = book(machine, maker, company=contract.company)
    moved = series.move_from(
        series=made.series,
        from_day=SECOND,
        start=wall(12, 18),
        end=wall(12, 19),
        by=maker,
        now=NOW,
    )
    assert {row.ends_at - row.starts_at for row in moved.rows} == {HOUR}
    assert sum(each.minutes for each in contract.entries.all()) == 2 * 60 + 3 * 60


def test_a_series_goes_on_to_a_day_and_then_without_an_end(machine: Machine, maker: Member) -> None:
    found = book(machine, maker, weekly(2)).series
    with pytest.raises(PatternInvalid):
        extend(found, date(2026, 5, 12), maker)
    in_the_way(machine, 19)
    with pytest.raises(SeriesConflict):
        extend(found, date(2026, 5, 26), maker)
    until = date(2026, 5, 26)
    shown = series.preview_extension(series=found, until=until, by=maker, now=NOW)
    assert [each.codes for each in shown] == [["TAKEN"], []]
    made = extend(found, until, maker, OnConflict.SKIP)
    assert starts(made.rows) == [at(26)]
    machine.policies.update(horizon_days=35)
    made = extend(found, None, maker)
    assert starts(made.rows) == [at(2, month=6)]
    with pytest.raises(PatternInvalid):
        extend(found, date(2027, 1, 1), maker)


def extend(
    found: Series,
    until: date | None,
    by: Member,
    on_conflict: OnConflict = OnConflict.ALL_OR_NOTHING,
) -> series.Made:
    return series.extend(series=found, until=until, on_conflict=on_conflict, by=by, now=NOW)


def test_moving_an_approved_date_asks_the_staff_again(machine: Machine, maker: Member) -> None:
    machine.policies.update(approval_needed=True)
    staff = RoleFactory(space=machine.space).member
    made = book(machine, maker)
    series.approve_all(series=made.series, by=staff, now=NOW)
    move(made.series, maker)
    assert Reservation.objects.filter(state="pending").count() == 3
    assert len(told(series_notices.TO_DECIDE)) == 1
