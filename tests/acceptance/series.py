"""Actions on series: their dates are booked, moved and given back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.recurring import Pattern, plan
from booking.rules import not_allowed
from booking.services import reservations, series
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.series import DateVerdict
from booking.states import Frequency, OnConflict
from spaces.intervals import local_day, wall_time
from tests.acceptance.answers import Action, Answer, accepted, refused
from tests.acceptance.form import Facts, NotUnderstood
from tests.acceptance.given import WEEKDAYS
from tests.acceptance.world import World, named


def book_series(world: World, step: Facts) -> Answer:
    """Reserve every date of a series, or those that can be reserved."""
    target, name = step["target"], step.get("as")
    start, end = _wall(world, step["start"]), _wall(world, step["end"])
    rule = Facts(step["rule"], "rule")
    pattern = _ending(_pattern(rule), _date(rule.get("until")), (start, end, world.space.zone))
    rule.finish()
    claim = Claim(
        member=world.person(step.get("for", step["by"])),
        by=world.person(step["by"]),
        company=world.company(step),
        purpose=step.get("title", ""),
        is_confidential=step.get("confidential", False),
    )
    try:
        made = series.reserve_series(
            claim,
            target=world.pools.get(target) or world.machine(target),
            pattern=pattern,
            start=start,
            end=end,
            on_conflict=OnConflict(step.get("on_conflict", OnConflict.ALL_OR_NOTHING)),
            now=world.now,
        )
    except series.SeriesConflict as error:
        return {**refused(error), "conflicts": _told(error.conflicts)}
    if name is not None:
        world.series[name] = made.series
        for number, row in enumerate(made.rows, 1):
            world.reservations[f"{name}.{number}"] = row
    return accepted(
        created=[row.starts_at for row in made.rows],
        skipped=_told(made.skipped),
        units=[world.name_of(row.machine) for row in made.rows],
        statuses=[str(row.state) for row in made.rows],
    )


def move_occurrence(world: World, step: Facts) -> Answer:
    """Give one date of a series another time."""
    moved = series.move_occurrence(
        series=named(world.series, step["series"], "a series"),
        day=_day_of(step),
        request=world.request(step),
        by=world.person(step["by"]),
        now=world.now,
    )
    return accepted(status=moved.state, unit=world.name_of(moved.machine))


def cancel_occurrence(world: World, step: Facts) -> Answer:
    """Give one date of a series back."""
    found, by = named(world.series, step["series"], "a series"), world.person(step["by"])
    day = _day_of(step)
    that_day = local_day(day, world.space.zone)
    row = found.reservations.filter(
        original_start_at__gte=that_day.start, original_start_at__lt=that_day.end
    ).first()
    if row is None:
        raise BookingRefused([not_allowed(f"The series has no date on {day}.")])
    cancelled = reservations.cancel(reservation=row, by=by, now=world.now)
    return accepted(status=cancelled.state)


def move_series_from(world: World, step: Facts) -> Answer:
    """Give a date of a series and all that follow other times."""
    try:
        made = series.move_from(
            series=named(world.series, step["series"], "a series"),
            from_day=_day_of(step),
            start=_wall(world, step["start"]),
            end=_wall(world, step["end"]),
            by=world.person(step["by"]),
            now=world.now,
        )
    except series.SeriesConflict as error:
        return {**refused(error), "conflicts": _told(error.conflicts)}
    world.series[step.get("as", step["series"])] = made.series
    return accepted(moved=[row.starts_at for row in made.rows])


def cancel_series_from(world: World, step: Facts) -> Answer:
    """Give a date of a series and all that follow back."""
    rows = series.cancel_from(
        series=named(world.series, step["series"], "a series"),
        from_day=_day_of(step),
        by=world.person(step["by"]),
        now=world.now,
    )
    return accepted(cancelled=len(rows))


def cancel_series(world: World, step: Facts) -> Answer:
    """Give all dates of a series back that have not begun."""
    rows = series.cancel_all(
        series=named(world.series, step["series"], "a series"),
        by=world.person(step["by"]),
        now=world.now,
    )
    return accepted(cancelled=len(rows))


def extend_series(world: World, step: Facts) -> Answer:
    """Let a series go on to another day."""
    try:
        made = series.extend(
            series=named(world.series, step["series"], "a series"),
            until=_date(step.get("until")),
            on_conflict=OnConflict(step.get("on_conflict", OnConflict.ALL_OR_NOTHING)),
            by=world.person(step["by"]),
            now=world.now,
        )
    except series.SeriesConflict as error:
        return {**refused(error), "conflicts": _told(error.conflicts)}
    return accepted(created=[row.starts_at for row in made.rows], skipped=_told(made.skipped))


def _wall(world: World, text: str) -> datetime:
    """What the clock of the site shows at a time of a case."""
    given = datetime.fromisoformat(text)
    return wall_time(given, world.space.zone) if given.tzinfo else given


def _pattern(rule: Facts) -> Pattern:
    weekday = rule.get("weekday")
    return Pattern(
        frequency=_frequency(rule["freq"]),
        every=rule.get("every", 1),
        weekdays=tuple(_day(each) for each in rule.get("weekdays") or ()),
        nth=rule.get("nth"),
        weekday=None if weekday is None else _day(weekday),
        day=rule.get("day"),
        count=rule.get("count"),
        excepted=frozenset(date.fromisoformat(str(each)) for each in rule.get("except") or ()),
    )


def _ending(
    pattern: Pattern, until: date | None, times: tuple[datetime, datetime, ZoneInfo]
) -> Pattern:
    """The pattern with a last day; where it has a count too, it ends with what comes first."""
    if until is None:
        return pattern
    if pattern.count is not None:
        last = plan(pattern, *times).event.end_recurring_period
        if last < local_day(until, times[-1]).end:
            return pattern
    return replace(pattern, until=until, count=None)


def _frequency(name: str) -> Frequency:
    if name.upper() not in Frequency:
        raise NotUnderstood(f"nothing recurs “{name}”")
    return Frequency(name.upper())


def _day(name: str) -> int:
    if name not in WEEKDAYS:
        raise NotUnderstood(f"“{name}” is no day of the week")
    return WEEKDAYS.index(name)


def _day_of(step: Facts) -> date:
    """The date of a series that a step is about."""
    return date.fromisoformat(str(step["date"]))


def _date(given: Any) -> date | None:
    return None if given is None else date.fromisoformat(str(given))


def _told(dates: Iterable[DateVerdict]) -> list[Answer]:
    """Each date with the rule that stands in its way; with several, all of them."""
    return [
        {
            "date": each.day.isoformat(),
            "code": str(each.codes[0]) if len(each.codes) == 1 else list(map(str, each.codes)),
        }
        for each in dates
    ]


ACTIONS: tuple[Action, ...] = (
    book_series,
    move_occurrence,
    cancel_occurrence,
    move_series_from,
    cancel_series_from,
    cancel_series,
    extend_series,
)
