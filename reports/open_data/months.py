"""The figures of a month as everybody may see them: whole hours, and nothing of few people."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from machines.models import Machine
from reports.blocks import FEWEST_PEOPLE, Block
from reports.bounding import agreeing, shown_within
from reports.definitions import VERSION
from reports.disclosure import Part, Shown
from reports.figures import HOUR, Share
from reports.filters import Period
from reports.hours import UsedBy
from reports.models import UsageMonth
from reports.queries.contributions import MadeByPerson, made_by_person
from spaces.models import Space

WHOLE = ""
MEASURES = ("used", "booked")
AUDIENCES = (UsedBy.MAKER, UsedBy.COMPANY, UsedBy.STAFF)
"""Who is told of; what nobody is named for stays in the sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """One line of the figures; what is hidden is None. Hours are whole, so rates are of those."""

    level: str
    key: str
    name: str
    opening_h: int | None = None
    available_h: int | None = None
    used_h: int | None = None
    booked_h: int | None = None
    use_rate: str | None = None
    booked_rate: str | None = None
    people_at_least: int | None = None


def public_month(space: Space, month: date, *, now: datetime) -> dict[str, Any]:
    """The figures of `space` in the month that begins on `month`, ready to be kept as JSON."""
    machines = list(Machine.objects.filter(space=space).select_related("category"))
    sums = {
        row.machine_id: row
        for row in UsageMonth.objects.filter(machine__in=machines, month=month)
        if row.opening
    }
    machines = [machine for machine in machines if machine.pk in sums]
    whole = _whole(machines)
    made = made_by_person(space, Period.month_of(month), now=now)
    shown = _shown(whole, made, sums)
    rows = [
        _row(part, shown, made, sums, level=level, key=key, name=name)
        for part, level, key, name in _lines(space, whole, machines)
    ]
    rows += [_audience_row(each, shown, made, sums) for each in AUDIENCES]
    return {
        "month": f"{month:%Y-%m}",
        "timezone": space.timezone,
        "definitions": VERSION,
        "rows": [asdict(row) for row in rows],
    }


def _shown(whole: Part, made: MadeByPerson, sums: Mapping[int, UsageMonth]) -> dict[str, Shown]:
    """What may be shown of each measure; nothing where the rollup tells of others than the log."""
    columns = [each.value for each in UsedBy]
    told = shown_within(whole, columns, made.used, made.booked, made.acting)
    return {
        measure: agreeing(
            each,
            uses,
            rows={pk: getattr(row, measure) for pk, row in sums.items()},
            columns={
                column: sum(getattr(row, f"{measure}_by_{column}") for row in sums.values())
                for column in columns
            },
        )
        for measure, uses, each in zip(MEASURES, (made.used, made.booked), told, strict=True)
    }


def _whole(machines: Iterable[Machine]) -> Part:
    """The space, its categories, its machines; one that the catalogue does not show is secret."""
    categories: dict[str, list[Part]] = {}
    for machine in machines:
        own = Part(machine.pk, secret=not machine.is_listed)
        categories.setdefault(machine.category.slug, []).append(own)
    return Part(WHOLE, tuple(Part(slug, tuple(own)) for slug, own in sorted(categories.items())))


def _lines(
    space: Space, whole: Part, machines: Iterable[Machine]
) -> Iterable[tuple[Part, str, str, str]]:
    by_pk = {machine.pk: machine for machine in machines}
    names = {machine.category.slug: machine.category.name for machine in by_pk.values()}
    yield whole, "space", space.slug, space.name
    for category in whole.below:
        yield category, "category", str(category.key), names[str(category.key)]
        for part in category.below:
            machine = next(machine for pk, machine in by_pk.items() if pk == part.key)
            if not part.secret:
                yield part, "machine", machine.slug, machine.name


def _row(
    part: Part,
    shown: dict[str, Shown],
    made: MadeByPerson,
    sums: dict[int, UsageMonth],
    **named: str,
) -> PublicRow:
    own = [sums[pk] for pk in part.rows if isinstance(pk, int)]
    available = whole_hours(sum(row.opening - row.maintenance - row.down for row in own))
    used, booked = (
        whole_hours(sum(getattr(row, each) for row in own))
        if part.key in shown[each].parts
        else None
        for each in MEASURES
    )
    users = Block.of(use for use in made.used if use.row in part.rows).people
    return PublicRow(
        **named,
        opening_h=whole_hours(sum(row.opening for row in own)),
        available_h=available,
        used_h=used,
        booked_h=booked,
        use_rate=_rate(used, available),
        booked_rate=_rate(booked, available),
        people_at_least=None if used is None else fives(users),
    )


def _audience_row(
    audience: UsedBy,
    shown: dict[str, Shown],
    made: MadeByPerson,
    sums: dict[int, UsageMonth],
) -> PublicRow:
    used, booked = (
        whole_hours(sum(getattr(row, f"{each}_by_{audience.value}") for row in sums.values()))
        if audience.value in shown[each].columns
        else None
        for each in MEASURES
    )
    people = Block.of(use for use in made.used if use.column == audience.value).people
    return PublicRow(
        level="audience",
        key=audience.value,
        name=str(audience.label),
        used_h=used,
        booked_h=booked,
        people_at_least=None if used is None else fives(people),
    )


def whole_hours(seconds: int) -> int:
    """Seconds in whole hours, half up."""
    return (seconds + HOUR // 2) // HOUR


def fives(people: Iterable[Hashable]) -> int:
    """How many people at least, in steps of five: who comes or goes cannot be read off."""
    count = len(set(people))
    return count - count % FEWEST_PEOPLE


def _rate(hours: int | None, available: int) -> str | None:
    rate = None if hours is None else Share(hours, available).rate
    return None if rate is None else str(rate)
