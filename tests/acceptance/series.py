"""Actions on series: their dates are booked, moved and given back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from booking.recurring import Pattern
from booking.services import series
from booking.services.placing import Claim
from booking.services.series import DateVerdict
from booking.states import Frequency, OnConflict
from spaces.intervals import wall_time
from tests.acceptance.answers import Action, Answer, accepted, refused
from tests.acceptance.form import Facts, NotUnderstood
from tests.acceptance.given import WEEKDAYS
from tests.acceptance.world import World, named


def book_series(world: World, step: Facts) -> Answer:
    """Reserve every date of a series, or those that can be reserved."""
    target, name, start = step["target"], step.get("as"), _wall(world, step["start"])
    rule = Facts(step["rule"], "rule")
    pattern = _pattern(rule)
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
            end=_wall(world, step["end"]),
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
        day=date.fromisoformat(step["date"]),
        request=world.request(step),
        by=world.person(step["by"]),
        now=world.now,
    )
    return accepted(status=moved.state, unit=world.name_of(moved.machine))


def move_series_from(world: World, step: Facts) -> Answer:
    """Give a date of a series and all that follow other times."""
    try:
        made = series.move_from(
            series=named(world.series, step["series"], "a series"),
            from_day=date.fromisoformat(step["date"]),
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
        from_day=date.fromisoformat(step["date"]),
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
            until=date.fromisoformat(step["until"]) if "until" in step else None,
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
        until=_date(rule.get("until")),
        count=rule.get("count"),
        excepted=frozenset(date.fromisoformat(str(each)) for each in rule.get("except") or ()),
    )


def _frequency(name: str) -> Frequency:
    if name.upper() not in Frequency:
        raise NotUnderstood(f"nothing recurs “{name}”")
    return Frequency(name.upper())


def _day(name: str) -> int:
    if name not in WEEKDAYS:
        raise NotUnderstood(f"“{name}” is no day of the week")
    return WEEKDAYS.index(name)


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
    move_series_from,
    cancel_series_from,
    cancel_series,
    extend_series,
)
