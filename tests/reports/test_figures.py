"""Sums first, one division, rounded half up; nothing to divide by is no rate at all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from reports.figures import Mean, Share, Totals, hours, percent, rate
from reports.filters import Filters, Period, Scope
from reports.page.figures import Figure
from reports.printing.report import warmth as on_paper
from reports.templatetags import figures as words
from reports.templatetags.public_figures import rate_or_none
from reports.wording import (
    hours_in_words,
    mean_in_words,
    percent_in_words,
    period_in_words,
    stage_in_words,
    whole_percent_in_words,
    with_percent,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "told"),
    [
        (1, 3, "0.3333"),
        (2, 3, "0.6667"),
        (1, 20000, "0.0001"),
        (3, 20000, "0.0002"),
        (0, 5, "0.0000"),
        (5, 5, "1.0000"),
    ],
)
def test_rates_have_four_decimals_half_up(numerator: int, denominator: int, told: str) -> None:
    assert rate(numerator, denominator) == Decimal(told)


def test_what_is_only_assumed_leaves_the_metered_use_as_well() -> None:
    sums = {"used": 10, "used_assumed": 8, "used_metered": 9, "used_metered_assumed": 7}
    sums |= {"working": 5, "working_assumed": 4}
    assert Totals(sums).share("working_share") == Share(5, 9)
    assert Totals(sums, with_assumed=False).share("working_share") == Share(1, 2)


@pytest.mark.parametrize(
    ("first", "last", "ends"),
    [
        (date(2026, 5, 1), date(2026, 6, 30), "so its rates still change."),
        (date(2026, 5, 1), date(2026, 7, 1), "after 30 June 2026 nothing is counted yet."),
        (date(2026, 9, 1), date(2026, 9, 30), "after 30 June 2026 nothing is counted yet."),
        (date(2026, 4, 1), date(2026, 4, 30), ""),
    ],
)
def test_it_is_said_up_to_when_figures_are_kept_ahead(first: date, last: date, ends: str) -> None:
    filters = Filters(scope=Scope.of_network(), period=Period(first, last))
    told = stage_in_words(filters, now=datetime(2026, 5, 20, 10, tzinfo=UTC))
    assert told.endswith(ends)
    assert bool(told) == bool(ends)


def test_nothing_to_divide_by_is_no_rate() -> None:
    assert rate(0, 0) is None
    assert rate(5, 0) is None
    assert percent(0, 0) is None


def test_percent_is_rounded_once() -> None:
    # 0.33345 would be 0.3335 and then 33.4 %.
    assert percent(33345, 100000) == Decimal("33.3")


def test_a_published_rate_is_rounded_and_not_cut() -> None:
    assert rate_or_none("0.3257") == "32.6\u00a0%"


def test_a_period_of_one_day_is_told_as_that_day() -> None:
    day = date(2024, 2, 29)
    assert period_in_words(Period(day, day)) == "29 February 2024"


def test_hours_are_rounded_half_up() -> None:
    assert hours(18) == Decimal("0.01")
    assert hours(3600) == Decimal("1.00")


def test_sums_are_divided_never_rates_averaged() -> None:
    rows = [{"opening": 3600, "used": 3600}, {"opening": 32400, "used": 0}]
    assert Totals.of(rows).share("use_rate").rate == Decimal("0.1000")


def test_assumed_use_leaves_every_figure_of_use() -> None:
    sums = {
        "opening": 100,
        "used": 60,
        "used_assumed": 20,
        "used_kiosk": 40,
        "used_in_booking": 50,
        "used_in_booking_assumed": 15,
        "walk_in": 10,
        "used_outside": 8,
        "used_outside_assumed": 3,
    }
    told = Totals(sums, with_assumed=False)
    terms = ("used", "used_in_booking", "walk_in", "used_outside", "used_assumed", "used_kiosk")
    assert [told.seconds(term) for term in terms] == [40, 35, 5, 5, 0, 40]
    assert told.share("use_rate").rate == Decimal("0.4000")
    assert told.assumed_share.rate == Decimal("0.3333")
    assert Totals(sums).seconds("used") == 60


def test_figures_in_words() -> None:
    with override("en"):
        assert hours_in_words(3600 * 1234) == "1,234"
        assert hours_in_words(5400) == "1.5"
        # 0.95 hours: rounded, not cut off.
        assert [hours_in_words(seconds) for seconds in (3419, 3420)] == ["0.9", "1.0"]
        assert mean_in_words(Mean(2 * 3420, 2)) == "1.0\u00a0h"
        assert percent_in_words(Share(1, 0)) == "n/a"
        assert percent_in_words(Share(1, 3)) == "33.3\u00a0%"
        assert words.warmth(Share(0, 0)) is None
        assert words.warmth(Share(1, 3)) == (3, "33")
        warm = [words.warmth(Share(n, 100)) for n in (0, 9, 10, 99, 100, 130)]
    assert [cell and cell[0] for cell in warm] == [0, 0, 1, 9, 10, 10]


@given(
    st.integers(1, 10**7).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
)
@example((89, 200))
@example((4445, 10_000))
def test_a_cell_of_the_week_is_rounded_once(parts: tuple[int, int]) -> None:
    """44.5 and 44.45 percent are 45 and 44: half up, from the seconds, in every face."""
    share = Share(*parts)
    half_up = floor(Fraction(100 * parts[0], parts[1]) + Fraction(1, 2))
    with override("de"):
        cell = words.warmth(share)
        assert cell == (min(10, half_up // 10), str(half_up))
        assert on_paper(share)[0] == str(half_up)
        assert whole_percent_in_words(share) == with_percent(str(half_up))


def change_of(metric: str, now: dict[str, int], before: dict[str, int] | None) -> dict[str, object]:
    earlier = None if before is None else Totals(before)
    return words.figure_change(Figure.of(metric, Totals(now), earlier))


def test_changes_in_words() -> None:
    half, quarter = {"used": 1, "opening": 2}, {"used": 1, "opening": 4}
    with override("en"):
        assert change_of("use_rate", {"used": 1}, half) == {"direction": "unknown"}
        assert change_of("use_rate", half, None) == {"direction": ""}
        assert change_of("use_rate", half, quarter) == {
            "direction": "up",
            "amount": "25.0\u00a0pts",
        }
        assert change_of("used_h", {"used": 50}, {"used": 100}) == {
            "direction": "down",
            "amount": "50.0\u00a0%",
        }
        assert change_of("used_h", {"used": 5}, {}) == {"direction": "unknown"}
        assert change_of("used_h", {}, {})["direction"] == "same"
        assert words.change_of_count(3, None) == {"direction": ""}
