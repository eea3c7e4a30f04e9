"""All that the page of one machine says about it, its calendar apart."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.queries import price_list
from booking.facts import Terms
from booking.plain_words import rules_in_words
from booking.queries.availability import MachineNow, state_now
from booking.queries.catalogue import price_for
from booking.queries.terms import terms_of
from booking.queries.viewer import Viewer
from machines.models import Document, Fault, Machine, Photo, Spec, Stoppage
from machines.permissions import documents_open_to, may_see
from machines.queries.opening import openings_of
from members.permissions import Visitor
from members.states import Audience
from spaces.intervals import DAY, clip, local_day, local_days, week_start

WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillOnSheet:
    """A skill that the machine asks for, and whether the viewer has it today."""

    name: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOnSheet:
    """An hourly price, for whom, and whether that is the viewer."""

    audience: Audience
    amount: Decimal
    is_yours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfDay:
    """The opening hours of a local date as wall times; an end of midnight reads 24:00."""

    date: date
    hours: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]

    @property
    def all_day(self) -> bool:
        """Whether it never closes that day."""
        return self.hours == (("00:00", "24:00"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What a machine, or any unit of a pool, asks of the viewer, costs, and when it is open."""

    terms: Terms
    rules: list[str]
    skills: tuple[SkillOnSheet, ...]
    prices: tuple[PriceOnSheet, ...]
    your_price: Decimal | None
    hours: tuple[HoursOfDay, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The skills that the viewer still has to learn."""
        return tuple(skill.name for skill in self.skills if not skill.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How a machine is, now and by its papers."""

    now: MachineNow
    photos: tuple[Photo, ...]
    specs: tuple[Spec, ...]
    documents: tuple[Document, ...]
    faults: tuple[Fault, ...]


def sheet_of(machine: Machine, terms: Terms, *, person: Visitor, now: datetime) -> Sheet:
    """The sheet of `machine`, which is used by `terms`, as far as it is for `person`."""
    today = now.astimezone(machine.space.zone).date()
    return Sheet(
        now=state_now([machine], now=now, terms={machine.pk: terms})[machine.pk],
        photos=tuple(machine.photos.all()) if may_see(person, machine) else (),
        specs=tuple(machine.specs.all()),
        documents=tuple(documents_open_to(person, machine, on=today)),
        faults=tuple(faults_told_on(machine)),
    )


def faults_told_on(machine: Machine) -> QuerySet[Fault]:
    """The open faults of `machine`, and those of others for which it stands still."""
    stopped = Stoppage.objects.open().filter(machine=machine)
    return (
        Fault.objects.open()
        .filter(Q(machine=machine) | Q(pk__in=stopped.values("fault")))
        .select_related("machine")
    )


def asks_of(machine: Machine, viewer: Viewer, *, week: date, now: datetime) -> Asks:
    """What `machine` asks of `viewer`, with the opening hours of the week of a date."""
    today = now.astimezone(machine.space.zone).date()
    missing = viewer.missing_for(machine, on=today)
    yours = viewer.audience_in(machine.space_id)
    terms = terms_of(machine, audience=yours)
    prices = price_list(machine)
    return Asks(
        terms=terms,
        rules=rules_in_words(terms),
        skills=tuple(
            SkillOnSheet(name=skill.name, held=skill.name not in missing)
            for skill in machine.skills.all()
        ),
        prices=tuple(
            PriceOnSheet(audience=each, amount=prices[each], is_yours=each == yours)
            for each in Audience
            if each in prices
        ),
        your_price=price_for(prices, yours),
        hours=hours_of_week(machine, week),
    )


def hours_of_week(machine: Machine, day: date) -> tuple[HoursOfDay, ...]:
    """When `machine` is open on each date of the week of `day`, on the clock of its space."""
    zone = machine.space.zone
    monday = week_start(day)
    opening = openings_of([machine], local_days(monday, monday + WEEK * DAY, zone))[machine.pk]
    rows = []
    for offset in range(WEEK):
        each = monday + offset * DAY
        whole = local_day(each, zone)
        rows.append(
            HoursOfDay(
                date=each,
                hours=tuple(
                    (_clock(span.start, machine, each), _clock(span.end, machine, each))
                    for span in clip(opening.open, whole)
                ),
                reasons=tuple(
                    dict.fromkeys(
                        closure.reason
                        for closure in opening.closures
                        if closure.reason and closure.interval.overlaps(whole)
                    )
                ),
            )
        )
    return tuple(rows)


def _clock(moment: datetime, machine: Machine, day: date) -> str:
    local = moment.astimezone(machine.space.zone)
    if local.date() > day and local.time() == time.min:
        return "24:00"
    return f"{local:%H:%M}"
