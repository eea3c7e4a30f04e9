"""How long certifications last, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.lasting import earlier, kept_until, months_after, state_on
from members.states import CertificateState

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "told"),
    [
        (date(2026, 5, 6), 12, date(2027, 5, 6)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 5, 6), None, None),
    ],
)
def test_months_end_on_the_same_day_or_the_last(
    day: date, months: int | None, told: date | None
) -> None:
    assert months_after(day, months) == told


def test_the_earlier_of_two_days_of_which_one_may_never_come() -> None:
    assert earlier(None, None) is None
    assert earlier(date(2026, 1, 1), None) == date(2026, 1, 1)
    assert earlier(date(2026, 1, 2), date(2026, 1, 1)) == date(2026, 1, 1)


@given(end=DAYS, used=DAYS, months=st.integers(1, 24), expiry=st.none() | DAYS)
def test_use_puts_the_end_off_but_never_over_the_expiry(
    end: date, used: date, months: int, expiry: date | None
) -> None:
    if expiry is not None and end > expiry:
        end = expiry
    kept = kept_until(end, used=used, disuse_months=months, expiry=expiry)
    assert kept >= end
    assert expiry is None or kept <= expiry
    assert used <= end or kept == end
    again = kept_until(kept, used=used, disuse_months=months, expiry=expiry)
    assert again == kept or used > end


@pytest.mark.parametrize(
    ("day", "is_revoked", "told"),
    [
        (date(2026, 4, 30), False, CertificateState.FUTURE),
        (date(2026, 5, 1), False, CertificateState.VALID),
        (date(2026, 5, 31), False, CertificateState.VALID),
        (date(2026, 6, 1), False, CertificateState.EXPIRED),
        (date(2026, 5, 1), True, CertificateState.REVOKED),
    ],
)
def test_both_dates_are_included(day: date, is_revoked: bool, told: str) -> None:
    state = state_on(day, start=date(2026, 5, 1), end=date(2026, 5, 31), is_revoked=is_revoked)
    assert state == told


def test_without_a_last_day_it_never_expires() -> None:
    state = state_on(date(2099, 1, 1), start=date(2026, 5, 1), end=None, is_revoked=False)
    assert state == CertificateState.VALID
