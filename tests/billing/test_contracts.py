"""Contracts: minutes by local month, a ledger without drift, one contract at a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from billing.allowance import minutes_by_month
from billing.models import Contract, ContractEntry
from billing.queries import standing_of
from billing.services.contracts import charge, release, save_contract
from billing.states import ContractPeriod
from spaces.intervals import Interval, moment_of
from tests.factories.billing import ContractFactory
from tests.factories.members import CompanyFactory
from tests.factories.spaces import SpaceFactory

ZURICH = ZoneInfo("Europe/Zurich")
NOW = datetime(2026, 5, 4, 6, tzinfo=UTC)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def span(start: str, end: str) -> Interval:
    """A span in wall times of Zurich."""
    one, other = (moment_of(datetime.fromisoformat(wall), ZURICH) for wall in (start, end))
    return Interval(one, other)


def take(contract: Contract, wanted: Interval, key: str = "reservation:1") -> None:
    """Charge `wanted` to the company of `contract`."""
    charge(
        company=contract.company,
        space=contract.space,
        span=wanted,
        subject_key=key,
        by=None,
        now=NOW,
    )


def entered(contract: Contract) -> dict[date, int]:
    """The sums of the entries by month."""
    rows = contract.entries.order_by().values_list("month").annotate(Sum("minutes"))
    return {month: minutes for month, minutes in rows if minutes}


def test_a_span_over_the_end_of_a_month_counts_in_both() -> None:
    found = minutes_by_month(span("2026-05-31T21:00", "2026-06-01T04:00"), ZURICH)
    assert found == {MAY: 180, JUNE: 240}


def test_minutes_are_real_over_a_clock_change() -> None:
    assert minutes_by_month(span("2026-03-29T01:00", "2026-03-29T04:00"), ZURICH) == {
        date(2026, 3, 1): 120
    }


moments = st.datetimes(
    datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC), allow_imaginary=False
)


@given(
    start=moments,
    first=st.timedeltas(timedelta(0), timedelta(14)),
    rest=st.timedeltas(timedelta(0), timedelta(14)),
)
def test_parts_add_up_to_the_whole(start: datetime, first: timedelta, rest: timedelta) -> None:
    cut, end = start + first, start + first + rest
    parts = [minutes_by_month(each, ZURICH) for each in (Interval(start, cut), Interval(cut, end))]
    whole = minutes_by_month(Interval(start, end), ZURICH)
    months = {*parts[0], *parts[1], *whole}
    assert {m: parts[0].get(m, 0) + parts[1].get(m, 0) for m in months} == {
        m: whole.get(m, 0) for m in months
    }
    assert abs(sum(whole.values()) * 60 - (end - start).total_seconds()) < 60


@pytest.mark.django_db
class TestLedger:
    def test_a_move_enters_the_difference_only_and_giving_back_leaves_nothing(self) -> None:
        contract = ContractFactory()
        take(contract, span("2026-05-31T21:00", "2026-06-01T04:00"))
        assert entered(contract) == {MAY: 180, JUNE: 240}
        take(contract, span("2026-05-31T21:00", "2026-06-01T04:00"))
        assert contract.entries.count() == 2
        take(contract, span("2026-06-01T01:00", "2026-06-01T04:00"))
        assert entered(contract) == {JUNE: 180}
        assert contract.entries.count() == 4
        for _again in range(2):
            release(subject_key="reservation:1", by=None, now=NOW)
        assert entered(contract) == {}
        assert contract.entries.count() == 5
        assert sum(each.minutes for each in ContractEntry.objects.all()) == 0

    def test_what_two_contracts_cover_together_is_taken_from_both(self) -> None:
        may = ContractFactory(end_date=date(2026, 5, 31))
        june = ContractFactory(company=may.company, space=may.space, start_date=JUNE)
        wanted = span("2026-05-31T22:00", "2026-06-01T01:00")
        assert standing_of(may.company, may.space, wanted).is_in_force
        take(may, wanted)
        assert (entered(may), entered(june)) == ({MAY: 120}, {JUNE: 60})

    def test_a_company_without_any_contract_is_not_limited(self) -> None:
        company, space = CompanyFactory(), SpaceFactory()
        assert standing_of(company, space, span("2026-05-05T10:00", "2026-05-05T12:00")) is None

    @pytest.mark.parametrize(
        ("start", "end", "covered"),
        [
            ("2026-06-30T20:00", "2026-07-01T00:00", True),
            ("2026-06-30T22:00", "2026-07-01T01:00", False),
            ("2025-12-31T23:00", "2026-01-01T01:00", False),
        ],
    )
    def test_both_dates_are_included_in_the_zone_of_the_space(
        self, start: str, end: str, covered: bool
    ) -> None:
        contract = ContractFactory(end_date=date(2026, 6, 30))
        found = standing_of(contract.company, contract.space, span(start, end))
        assert found is not None
        assert found.is_in_force is covered

    @pytest.mark.parametrize(
        ("period", "exceeded"), [(ContractPeriod.MONTH, False), (ContractPeriod.TOTAL, True)]
    )
    def test_hours_are_meant_for_each_month_or_for_the_whole_contract(
        self, period: ContractPeriod, exceeded: bool
    ) -> None:
        contract = ContractFactory(included_minutes=600, period=period)
        take(contract, span("2026-05-06T08:00", "2026-05-06T15:00"))
        june = span("2026-06-06T08:00", "2026-06-06T12:00")
        found = standing_of(contract.company, contract.space, june)
        assert found is not None
        assert [each.is_exceeded for each in found.accounts] == [exceeded]

    def test_what_is_being_changed_does_not_count_against_itself(self) -> None:
        contract = ContractFactory(included_minutes=600)
        take(contract, span("2026-05-06T08:00", "2026-05-06T15:00"))
        wanted = span("2026-05-06T08:00", "2026-05-06T17:00")
        for keys, used in (((), 420), (("reservation:1",), 0)):
            found = standing_of(contract.company, contract.space, wanted, excluding=keys)
            assert found is not None
            assert (found.accounts[0].used, found.accounts[0].asked) == (used, 540)

    def test_two_contracts_never_hold_at_once(self) -> None:
        contract = ContractFactory()
        terms: dict[str, Any] = {
            "company": contract.company,
            "space": contract.space,
            "included_minutes": None,
            "period": ContractPeriod.MONTH,
            "horizon_days": None,
            "reference": "",
        }
        with pytest.raises(ValidationError):
            save_contract(start_date=date(2026, 12, 31), end_date=None, **terms)
        assert save_contract(start_date=date(2027, 1, 1), end_date=None, **terms).pk
