"""Each date is judged, kept and charged; what is not free is left out, or nothing is kept."""

from datetime import date

import pytest
from icalendar import Calendar

from billing.models import ContractEntry
from booking import notices
from booking.models import Quota, RefusedTry, Series
from booking.notices import series as series_notices
from booking.services import series
from booking.services.approvals import expire_requests
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.series import SeriesConflict
from booking.states import OnConflict, ReservationState
from machines.models import Machine
from members.models import Member
from notifications.models import Message
from notifications.rendering import render
from tests.booking.series.booked import DAY, NOW, at, book, in_the_way, starts, told, wall, weekly
from tests.factories.billing import ContractFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db


def test_one_message_tells_of_all_dates_and_each_has_its_reminder(
    machine: Machine, maker: Member
) -> None:
    made = book(machine, maker)
    assert starts(made.rows) == [at(5), at(12), at(19), at(26)]
    (message,) = told(series_notices.CONFIRMED)
    letter = render(message)
    assert letter.subject == f"Reserved as a series: {machine.name}"
    assert "Every week on Tuesday, 18:00–20:00, until 26 May 2026" in letter.text
    assert letter.text.count("18:00–20:00") == 5
    assert letter.html.count("<li>") == 4
    events = Calendar.from_ical(render(message).attachment).walk("VEVENT")
    assert [str(each["uid"]) for each in events] == [f"{row.uid}@etabli" for row in made.rows]
    assert len(told(notices.REMINDER)) == 4
    assert not told(notices.CONFIRMED)


def test_what_is_skipped_is_a_gap_a_refused_try_and_told(machine: Machine, maker: Member) -> None:
    in_the_way(machine, 12)
    made = book(machine, maker, on_conflict=OnConflict.SKIP)
    assert starts(made.rows) == [at(5), at(19), at(26)]
    gap = made.series.gaps.get()
    assert (gap.original_start_at, gap.codes) == (at(12), ["TAKEN"])
    tried = RefusedTry.objects.get()
    assert (tried.member, tried.machine, tried.codes) == (maker, machine, ["TAKEN"])
    letter = render(told(series_notices.CONFIRMED)[0])
    for text in (letter.text, letter.html):
        assert "Not reserved:" in text
        assert "Tuesday 12 May 2026, 18:00–20:00: Someone else has this time." in text


def test_all_or_nothing_writes_nothing_but_what_was_wanted(machine: Machine, maker: Member) -> None:
    in_the_way(machine, 12)
    with pytest.raises(SeriesConflict) as refused:
        book(machine, maker)
    assert [each.day for each in refused.value.conflicts] == [date(2026, 5, 12)]
    assert not Series.objects.exists()
    assert not maker.reservations.exists()
    assert RefusedTry.objects.get().starts_at == at(12)
    assert not Message.objects.exists()


def test_nothing_is_begun_where_no_date_is_free(machine: Machine, maker: Member) -> None:
    in_the_way(machine, 5)
    with pytest.raises(SeriesConflict):
        book(machine, maker, weekly(1), on_conflict=OnConflict.SKIP)


def test_the_preview_tells_who_has_a_date_only_to_those_who_may_know(
    machine: Machine, maker: Member
) -> None:
    staff = RoleFactory(space=machine.space).member
    mine, theirs = in_the_way(machine, 5, member=maker), in_the_way(machine, 12)
    for person, known in ((maker, [mine, None]), (staff, [mine, theirs])):
        dates = series.preview(
            Claim(member=person, by=person),
            target=machine, pattern=weekly(2), start=wall(5, 18), end=wall(5, 20), now=NOW,
        )  # fmt: skip
        assert [each.in_the_way for each in dates] == known
        assert [each.codes for each in dates] == [["TAKEN"], ["TAKEN"]]


def test_who_may_not_book_for_somebody_learns_nothing(machine: Machine, maker: Member) -> None:
    for claim in ({"by": MemberFactory()}, {"company": CompanyFactory()}):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            book(machine, maker, **claim)


def test_staff_reserves_for_a_member_beyond_quota_and_horizon(
    machine: Machine, maker: Member
) -> None:
    machine.policies.update(horizon_days=2)
    Quota.objects.create(
        space=machine.space, account="member", scope="machine", window="month", count=1
    )
    staff = RoleFactory(space=machine.space).member
    with pytest.raises(SeriesConflict) as refused:
        book(machine, maker)
    assert [each.codes for each in refused.value.conflicts] == [["HORIZON", "QUOTA"]] * 3
    made = book(machine, maker, by=staff)
    assert {(row.member, row.created_by) for row in made.rows} == {(maker, staff)}


def test_dates_of_a_company_are_charged_each_and_given_back(machine: Machine) -> None:
    contract = ContractFactory(space=machine.space, included_minutes=6 * 60)
    maker = DelegateFactory(company=contract.company).member
    made = book(
        machine, maker, on_conflict=OnConflict.SKIP, company=contract.company, is_confidential=True
    )
    assert [each.codes for each in made.skipped] == [["CONTRACT_EXHAUSTED"]]
    assert all(row.is_confidential and row.company == contract.company for row in made.rows)
    assert minutes() == 6 * 60
    series.cancel_from(series=made.series, from_day=date(2026, 5, 12), by=maker, now=NOW)
    assert minutes() == 2 * 60


def minutes() -> int:
    return sum(ContractEntry.objects.values_list("minutes", flat=True))


def test_on_an_approval_machine_staff_is_asked_once_and_decides_once(
    machine: Machine, maker: Member
) -> None:
    machine.policies.update(approval_needed=True, approval_hold=2 * DAY)
    staff = RoleFactory(space=machine.space, member__name="Sam").member
    made = book(machine, maker)
    assert {row.state for row in made.rows} == {ReservationState.PENDING}
    assert len(told(series_notices.REQUESTED)) == len(told(series_notices.TO_DECIDE)) == 1
    assert render(told(series_notices.REQUESTED)[0]).attachment == ""
    assert not told(notices.REMINDER)
    assert "Mira Maker asks for a series" in render(told(series_notices.TO_DECIDE)[0]).text
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        series.approve_all(series=made.series, by=maker, now=NOW)
    series.approve_all(series=made.series, by=staff, now=NOW)
    assert not made.series.reservations.exclude(state="confirmed").exists()
    assert "Sam has approved your series" in render(told(series_notices.APPROVED)[0]).text
    assert len(told(notices.REMINDER)) == 4
    assert not told(series_notices.TO_DECIDE)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        series.deny_all(series=made.series, by=staff, now=NOW, reason="No.")


def test_a_denial_and_an_expiry_are_told_once(machine: Machine, maker: Member) -> None:
    machine.policies.update(approval_needed=True, approval_hold=2 * DAY)
    staff = RoleFactory(space=machine.space).member
    made = book(machine, maker)
    series.deny_all(series=made.series, by=staff, now=NOW, reason="Open day")
    assert "The reason: Open day" in render(told(series_notices.NOT_GIVEN)[0]).text
    again = book(machine, maker)
    assert expire_requests(NOW + 3 * DAY) == len(again.rows)
    letters = [render(each).text for each in told(series_notices.NOT_GIVEN)]
    # The first date ends the hold at its start, the others end together.
    assert sum("Nobody decided in time" in each for each in letters) == 2
