"""The job that keeps the dates of series without an end, and what it could not keep."""

import pytest
from schedule.models import Event

from booking.models import Series
from booking.notices import series as series_notices
from booking.services import series
from booking.states import OnConflict
from machines.models import Machine
from members.models import Member
from notifications.rendering import render
from tests.booking.series.booked import (
    DAY,
    NOW,
    WEEK,
    at,
    book,
    in_the_way,
    standing,
    told,
    weekly,
)
from tests.factories.booking import PolicyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def endless(machine: Machine, maker: Member) -> Series:
    """Every Tuesday, as far as two weeks ahead by now."""
    machine.policies.update(horizon_days=14)
    return book(machine, maker, weekly(None)).series


def test_it_follows_the_horizon_late_twice_or_at_once(endless: Series) -> None:
    assert standing(endless) == [at(5), at(12)]
    reports = [series.materialise(NOW + days * DAY) for days in (0, 0, 22, 22)]
    assert [each.kept for each in reports] == [0, 0, 2, 0]
    # What passed while nobody worked is not made up for.
    assert standing(endless) == [at(5), at(12), at(26), at(2, month=6)]


def test_what_is_taken_is_told_to_the_holder_once_and_stands_as_a_gap(
    machine: Machine, endless: Series
) -> None:
    in_the_way(machine, 19)
    report = series.materialise(NOW + WEEK)
    assert (report.kept, report.not_kept) == (0, 1)
    (message,) = told(series_notices.GAPS)
    assert "Tuesday 19 May 2026, 18:00–20:00: Someone else" in render(message).text
    assert render(message).attachment == ""
    series.materialise(NOW + WEEK)
    assert endless.gaps.get().codes == ["TAKEN"]
    assert len(told(series_notices.GAPS)) == 1


def test_a_gap_is_filled_once_the_time_is_free(
    machine: Machine, endless: Series, maker: Member
) -> None:
    row = in_the_way(machine, 19)
    series.materialise(NOW + WEEK)
    assert not series.fill_gaps(series=endless, by=maker, now=NOW + WEEK).rows
    row.delete()
    made = series.fill_gaps(series=endless, by=maker, now=NOW + WEEK)
    assert [each.starts_at for each in made.rows] == [at(19)]
    assert not endless.gaps.exists()


def test_dates_once_too_far_are_kept_when_they_may_be(machine: Machine, maker: Member) -> None:
    machine.policies.update(horizon_days=14)
    made = book(machine, maker, weekly(4), on_conflict=OnConflict.SKIP)
    assert [each.codes for each in made.series.gaps.all()] == [["HORIZON"]] * 2
    series.materialise(NOW + WEEK)
    assert standing(made.series) == [at(5), at(12), at(19)]
    assert not told(series_notices.GAPS)
    series.materialise(NOW + 2 * WEEK)
    assert len(standing(made.series)) == 4


def test_who_may_not_book_any_more_is_told_date_by_date(endless: Series, maker: Member) -> None:
    maker.is_active = False
    maker.save()
    report = series.materialise(NOW + WEEK)
    assert (report.kept, report.not_kept) == (0, 1)
    assert endless.gaps.get().codes == ["NOT_ALLOWED"]


def test_a_series_that_was_given_back_goes_on_no_more(endless: Series, maker: Member) -> None:
    series.cancel_all(series=endless, by=maker, now=NOW)
    assert series.materialise(NOW + 4 * WEEK).kept == 0
    assert standing(endless) == []


def test_a_series_that_breaks_holds_up_no_other(
    endless: Series, maker: Member, caplog: pytest.LogCaptureFixture
) -> None:
    other = PolicyFactory(horizon_days=14).machine
    after = book(other, maker, weekly(None)).series
    # Nobody can tell when it comes again.
    Event.objects.filter(pk=endless.event_id).update(rule=None)
    report = series.materialise(NOW + WEEK)
    assert report.kept == 1
    assert at(19) in standing(after)
    assert f"Series {endless.pk}" in caplog.text
