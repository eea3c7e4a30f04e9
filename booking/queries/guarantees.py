"""The dates of guaranteed windows: which are to come, which are held, which could not be."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.models import GuaranteedWindow
from booking.models import Reservation
from booking.queries.terms import terms_of_many
from booking.states import GUARANTEED_AHEAD, ReservationState
from machines.models import Machine
from members.models import Company
from members.states import Audience
from spaces.intervals import DAY, Interval, local_dates, local_day
from spaces.weekdays import weekly_intervals

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteedDate:
    """One date of a window: its hours, and the moment from which they are free for all."""

    window: GuaranteedWindow
    interval: Interval
    released_at: datetime


WINDOW_PARTS = (
    "contract__company",
    "contract__space",
    "machine__space",
    "machine__category",
    "pool",
)


def windows_to_follow() -> list[GuaranteedWindow]:
    """Every window with what its dates depend on, in one query."""
    return list(GuaranteedWindow.objects.select_related(*WINDOW_PARTS).order_by("pk"))


def units_of(window: GuaranteedWindow) -> list[Machine]:
    """The machine of `window`, or the units of its pool that are in service."""
    if window.machine is not None:
        return [window.machine] if window.machine.retired_at is None else []
    units = Machine.objects.in_service().filter(pool=window.pool)
    return list(units.select_related("space", "category").order_by("pk"))


def dates_ahead(window: GuaranteedWindow, now: datetime) -> list[GuaranteedDate]:
    """The dates of `window` that begin after now, as far ahead as anybody may book there."""
    contract = window.contract
    zone = contract.space.zone
    terms = terms_of_many(units_of(window), audience=Audience.COMPANY).values()
    days = [GUARANTEED_AHEAD.days, contract.horizon_days or 0]
    days += [each.horizon_days for each in terms]
    found = weekly_intervals(
        window.weekdays,
        window.start_time,
        window.end_time,
        zone=zone,
        window=Interval(now, now + timedelta(days=max(days))),
    )
    return [
        GuaranteedDate(window=window, interval=each, released_at=_release(window, each))
        for each in found
        if each.start > now and _is_agreed(window, each)
    ]


def _is_agreed(window: GuaranteedWindow, interval: Interval) -> bool:
    """Whether the contract covers the whole date, and the window has not ended before."""
    contract = window.contract
    zone = contract.space.zone
    first, last = interval.start.astimezone(zone).date(), local_dates(interval, zone)[-1]
    return (
        contract.start_date <= first
        and (contract.end_date is None or last <= contract.end_date)
        and (window.end_date is None or first <= window.end_date)
    )


def dates_not_held(windows: Iterable[GuaranteedWindow], now: datetime) -> list[GuaranteedDate]:
    """The dates that somebody else's time or a closure stands in the way of, soonest first.

    A window of which nobody can tell when its dates are is logged and left out.
    """
    windows = list(windows)
    known = set(
        Reservation.objects.filter(guarantee__in=windows, original_start_at__gt=now).values_list(
            "guarantee_id", "original_start_at"
        )
    )
    return sorted(
        (
            each
            for window in windows
            for each in _dates_told(window, now)
            if each.released_at > now and (window.pk, each.interval.start) not in known
        ),
        key=lambda each: each.interval,
    )


def _dates_told(window: GuaranteedWindow, now: datetime) -> list[GuaranteedDate]:
    try:
        return dates_ahead(window, now)
    except Exception:
        logger.exception("When guaranteed window %s is cannot be told", window.pk)
        return []


def held_for(company: Company, now: datetime) -> list[Reservation]:
    """The dates kept for `company` that wait to be confirmed, soonest first."""
    return list(
        Reservation.objects.filter(
            company=company,
            guarantee__isnull=False,
            state=ReservationState.HELD,
            expires_at__gt=now,
        )
        .select_related("machine__space", "pool", "company")
        .order_by("starts_at", "pk")
    )


def _release(window: GuaranteedWindow, interval: Interval) -> datetime:
    """Midnight on the clock of the space, so many days before the date."""
    zone = window.contract.space.zone
    day = interval.start.astimezone(zone).date()
    return local_day(day - window.release_days * DAY, zone).start
