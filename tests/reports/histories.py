"""Random histories of a machine, and how to write one into the tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, overload
from zoneinfo import ZoneInfo

from django.db import models
from hypothesis import strategies as st
from schedule.models import Calendar, Event, Rule

from booking.models import Reservation, UsageSession
from booking.states import OBSERVED, SessionSource
from machines.models import AvailabilityCalendar, Device, Machine, Meter, Pool, Run
from machines.states import CalendarKind
from members.models import Company, Delegate, Member
from members.states import DelegateKind
from reports.hours import AUDIENCES, SOURCES, UsedBy
from reports.log import NOT_RELEASED, Acting, Bookings, Late, Log, Uses
from reports.spans import Span
from reports.sweep import Spans
from tests.factories.machines import CategoryFactory, FaultFactory, MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.reports import oracle
from tests.reports.oracle import Booking, History, Session

DAYS_OF_CHANGE = {
    "Europe/Zurich": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "Pacific/Chatham": (date(2026, 9, 27), date(2026, 4, 5)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Asia/Kathmandu": (date(2026, 5, 6), date(2026, 12, 31)),
}
"""Zones, and the dates around which their histories happen: where they have any, clock changes."""

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)

Delegations = dict[int, frozenset[int]]
"""The companies for which each person acts."""

PEOPLE = (1, 2, 3)
COMPANIES = (8, 9)


@overload
def moment(seconds: int) -> datetime: ...
@overload
def moment(seconds: None) -> None: ...
@overload
def moment(seconds: int | None) -> datetime | None: ...
def moment(seconds: int | None) -> datetime | None:
    """Seconds since 1970 as a moment."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@st.composite
def histories(draw: st.DrawFn) -> tuple[History, list[date]]:
    """A history around a day of change, and the three days to be told."""
    zone = draw(st.sampled_from(sorted(DAYS_OF_CHANGE)))
    middle = draw(st.sampled_from(DAYS_OF_CHANGE[zone]))
    days = [middle + timedelta(days=n) for n in (-1, 0, 1)]
    noon = int(
        datetime(middle.year, middle.month, middle.day, 12, tzinfo=ZoneInfo(zone)).timestamp()
    )
    start, end = noon - 54 * 3600, noon + 54 * 3600
    times = st.one_of(
        st.integers(start // 900, end // 900).map(lambda n: n * 900), st.integers(start, end)
    )
    lengths = st.one_of(st.integers(1, 40).map(lambda n: n * 900), st.integers(1, 36000))
    sessions = draw(st.lists(_sessions(times, lengths, draw(_delegations())), max_size=6))
    running = [each for each in sessions if each.end is None]
    now = draw(times)
    metered = draw(st.none() | _spans(times, lengths))
    if metered is not None and metered[0] >= now:
        # A device is known once it was heard, and nobody hears what is to come.
        metered = None
    bookings = _apart(draw(st.lists(_bookings(times, lengths), max_size=8)))
    sessions = _one_at_a_time([each for each in sessions if each.end is not None] + running[:1])
    places = st.none() | st.sampled_from(range(len(bookings))) if bookings else st.none()
    return (
        History(
            zone=zone,
            now=now,
            week=draw(st.none() | st.dictionaries(st.integers(0, 6), _hours(), max_size=7)) or None,
            closures=draw(st.lists(_spans(times, lengths), max_size=2)),
            bookings=bookings,
            sessions=[_checked_in(each, draw(places), bookings) for each in sessions],
            faults=draw(st.lists(_faults(times, lengths), max_size=2)),
            retired=draw(st.none() | times),
            metered=metered,
            runs=_within(draw(st.lists(_spans(times, lengths), max_size=4)), metered),
        ),
        days,
    )


def _checked_in(session: Session, place: int | None, bookings: list[Booking]) -> Session:
    """The session linked to a booking; nobody checks in to a block."""
    if place is None or bookings[place].kind == "maintenance":
        return session
    return replace(session, booking=place)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[History], list[History], list[date]]:
    """Two machines of one space around a day of change, and what is known of them later.

    Later a session is taken away, a fault was none, a reservation is cancelled, and a closed day
    was open after all.
    """
    (first, days), (second, _) = draw(histories()), draw(histories())
    pair = [
        first,
        replace(
            first,
            retired=None,
            bookings=_moved(second.bookings, first, second),
            sessions=[
                replace(each, end=first.now - 60 if each.end is None else each.end, booking=None)
                for each in _moved(second.sessions, first, second)
                if each.end is not None or each.start < first.now - 60
            ],
            faults=_moved(second.faults, first, second),
            runs=[],
            metered=None,
        ),
    ]
    later = [
        replace(
            each,
            sessions=each.sessions[1:] if draw(st.booleans()) else each.sessions,
            faults=each.faults[1:],
            bookings=_first_cancelled(each.bookings) if draw(st.booleans()) else each.bookings,
            closures=[],
        )
        for each in pair
    ]
    return pair, later, days


def _first_cancelled(bookings: list[Booking]) -> list[Booking]:
    return [replace(each, state="cancelled", released=None) for each in bookings[:1]] + bookings[1:]


def _moved(rows: list[T], here: History, there: History) -> list[T]:
    """What happened around one day, as if it had happened around another."""
    shift = here.now - there.now
    return [
        replace(  # type: ignore[type-var]
            each,
            **{
                name: value + shift
                for name in ("start", "end", "released")
                if (value := getattr(each, name, None)) is not None
            },
        )
        for each in rows
    ]


def _within(spans: list[Span], whole: Span | None) -> list[Span]:
    """The parts in which somebody was there to tell of them."""
    if whole is None:
        return []
    parts = [(max(start, whole[0]), min(end, whole[1])) for start, end in spans]
    # No two begin at once: a run is known by its start.
    return list({start: (start, end) for start, end in parts if start < end}.values())


def _one_at_a_time(sessions: list[Session]) -> list[Session]:
    """Without those that the database would not let stand beside the earlier ones."""
    kept: list[Session] = []
    for each in sessions:
        if each.source not in OBSERVED or not any(
            other.source in OBSERVED
            and (each.end is None or other.start < each.end)
            and (other.end is None or each.start < other.end)
            for other in kept
        ):
            kept.append(each)
    return kept


def _hours() -> st.SearchStrategy[list[tuple[int, int]]]:
    quarter = st.integers(0, 95).map(lambda n: n * 15)
    return st.lists(st.tuples(quarter, quarter), min_size=1, max_size=2)


@st.composite
def _spans(draw: st.DrawFn, times: st.SearchStrategy[int], lengths: st.SearchStrategy[int]) -> Span:
    start = draw(times)
    return start, start + draw(lengths)


def _delegations() -> st.SearchStrategy[list[Delegations]]:
    """Who acts for whom at some times, as it may change between any two sessions."""
    whom = st.frozensets(st.sampled_from(COMPANIES))
    return st.lists(st.dictionaries(st.sampled_from(PEOPLE), whom), min_size=1, max_size=2)


@st.composite
def _sessions(
    draw: st.DrawFn,
    times: st.SearchStrategy[int],
    lengths: st.SearchStrategy[int],
    delegations: list[Delegations],
) -> Session:
    start, end = draw(_spans(times, lengths))
    member = draw(st.none() | st.sampled_from(PEOPLE))
    return Session(
        start=start,
        end=draw(st.sampled_from([end, end, end, None])),
        member=member,
        acts_for=draw(st.sampled_from(delegations)).get(member or 0, frozenset()),
        forgotten=member is not None and draw(st.integers(0, 4)) == 4,
        source=draw(st.sampled_from(oracle.TRUST)),
        end_is_assumed=draw(st.booleans()),
    )


@st.composite
def _faults(
    draw: st.DrawFn, times: st.SearchStrategy[int], lengths: st.SearchStrategy[int]
) -> oracle.Fault:
    start, end = draw(_spans(times, lengths))
    return oracle.Fault(start, draw(st.sampled_from([end, end, None])), stops=draw(st.booleans()))


@st.composite
def _bookings(
    draw: st.DrawFn, times: st.SearchStrategy[int], lengths: st.SearchStrategy[int]
) -> Booking:
    start, end = draw(_spans(times, lengths))
    kind = draw(st.sampled_from(["booking", "booking", "booking", "workshop", "maintenance"]))
    state = draw(
        st.sampled_from(
            ["pending", "confirmed", "in_use", "completed", "no_show", "cancelled", "denied"]
        )
    )
    company = draw(st.sampled_from([None, *COMPANIES]))
    member = draw(st.sampled_from(PEOPLE)) if kind == "booking" else None
    buffers = st.sampled_from([0, 600, 1800])
    released = min(start + draw(lengths), end) if state == "no_show" else None
    return Booking(
        start=start,
        end=end,
        state=state,
        kind=kind,
        member=member,
        company=company,
        setup=draw(buffers),
        turnaround=draw(buffers),
        cancelled_late=state == "cancelled" and draw(st.booleans()),
        released=released,
    )


def _apart(bookings: list[Booking]) -> list[Booking]:
    """Without those that the database would not let stand beside the earlier ones."""
    kept: list[Booking] = []
    for each in bookings:
        occupies = each.state not in ("no_show", "cancelled", "denied")
        if not occupies or not any(
            other.state not in ("no_show", "cancelled", "denied")
            and each.start - each.setup < other.end + other.turnaround
            and other.start - other.setup < each.end + each.turnaround
            for other in kept
        ):
            kept.append(each)
    return kept


def as_log(history: History, opening: list[Span]) -> Log:
    """The history as the pure arithmetic takes it, with the opening hours already worked out."""
    counted = ("confirmed", "in_use", "completed", "no_show")
    rows = [each for each in history.bookings if each.kind != "maintenance"]
    places = [
        place
        for place, each in enumerate(history.bookings)
        if each.kind != "maintenance" and each.state in counted
    ]
    return Log(
        machines=(1,),
        life=_lane([(0, history.retired if history.retired is not None else 1 << 40)]),
        opening=_lane(opening),
        maintenance=_lane(
            (each.start, each.end)
            for each in history.bookings
            if each.kind == "maintenance"
            and each.state in ("pending", "confirmed", "in_use", "completed")
        ),
        faults=_lane(
            (each.start, max(each.start, history.now if each.end is None else each.end))
            for each in history.faults
            if each.stops
        ),
        late_cancelled=Late.of(
            [(0, each.start, each.end, each.company or 0) for each in rows if each.cancelled_late]
        ),
        bookings=Bookings.of([_booking(place, history.bookings[place]) for place in places]),
        uses=Uses.of([_use(history, each) for each in history.sessions]),
        acting=Acting.of(
            [
                (place, company)
                for place, each in enumerate(history.sessions)
                for company in each.acts_for
            ]
        ),
        runs=_lane(history.runs),
        metered=_lane([history.metered] if history.metered else []),
    )


def _lane(spans: Iterable[Span]) -> Spans:
    return Spans.of([(0, *span) for span in spans])


def _booking(number: int, each: Booking) -> tuple[int, ...]:
    until = each.end + each.turnaround
    released = NOT_RELEASED if each.released is None else each.released
    by = "company" if each.company else "maker" if each.member else "nobody"
    by = "staff" if by == "maker" and each.member in oracle.STAFF else by
    return (
        number + 1,
        0,
        each.start,
        each.end,
        each.start - each.setup,
        until,
        min(until, released),
        released,
        each.member or 0,
        each.company or 0,
        AUDIENCES.index(UsedBy(by)),
        each.kind == "booking",
        each.state == "no_show",
    )


def _use(history: History, each: Session) -> tuple[int, ...]:
    source = SessionSource.ASSUMED if each.end_is_assumed else SessionSource(each.source)
    by = "staff" if each.member in oracle.STAFF else "maker" if each.member else "nobody"
    end = history.now if each.end is None else each.end
    return (
        0,
        each.start,
        max(each.start, end),
        SOURCES.index(source),
        0 if each.forgotten else each.member or 0,
        0 if each.booking is None else each.booking + 1,
        0 if each.booking is None else history.bookings[each.booking].company or 0,
        AUDIENCES.index(UsedBy(by)),
    )


def machines_with(histories: list[History]) -> list[Machine]:
    """Write the histories of machines of one space, one category and one pool."""
    first = histories[0]
    space = SpaceFactory(timezone=first.zone)
    pool = Pool.objects.create(space=space, slug="alike", name="Alike")
    category = CategoryFactory()
    machines: list[Machine] = [
        MachineFactory(
            space=space, pool=pool, category=category, retired_at=moment(history.retired)
        )
        for history in histories
    ]
    if first.week is not None:
        open_weekly(machines[0], first.week)
    close(machines[0], first.closures)
    people = _numbered(PEOPLE, MemberFactory.build_batch(len(PEOPLE), password=None))
    for number in oracle.STAFF:
        RoleFactory(member=people[number], space=space)
    companies = _numbered(COMPANIES, CompanyFactory.build_batch(len(COMPANIES)))
    for machine, history in zip(machines, histories, strict=True):
        write_log(machine, history, people, companies)
    return machines


def _numbered(numbers: Sequence[int], rows: list[M]) -> dict[int, M]:
    """Rows of one kind, written at once, by the numbers that histories have for them."""
    written = type(rows[0])._default_manager.bulk_create(rows)
    return dict(zip(numbers, written, strict=True))


def write_log(
    machine: Machine, history: History, people: dict[int, Member], companies: dict[int, Company]
) -> None:
    """Write what happened to one machine."""
    bookings = Reservation.objects.bulk_create(
        Reservation(
            machine=machine,
            kind=each.kind,
            state=each.state,
            member=people[each.member] if each.member else None,
            company=companies[each.company] if each.company else None,
            starts_at=moment(each.start),
            ends_at=moment(each.end),
            occupied_from=moment(each.start - each.setup),
            occupied_until=moment(each.end + each.turnaround),
            cancelled_late=each.cancelled_late,
            released_at=moment(each.released),
            created_at=moment(each.start - 3600 * place),
        )
        for place, each in enumerate(history.bookings)
    )
    _write_sessions(machine, history, bookings, people, companies)
    for each in history.faults:
        FaultFactory.create(
            machine=machine,
            starts_at=moment(each.start),
            ends_at=moment(each.end),
            stops_machine=each.stops,
        )
    if history.metered is not None:
        _meter(machine, history.metered, history.runs)


def _write_sessions(
    machine: Machine,
    history: History,
    bookings: list[Reservation],
    people: dict[int, Member],
    companies: dict[int, Company],
) -> None:
    """Each is written while its people act for those for whom they did, as the database reads."""
    forgotten: list[int] = []
    for delegations, sessions in _told_together(history.sessions):
        Delegate.objects.all().delete()
        Delegate.objects.bulk_create(
            Delegate(company=companies[company], member=people[member], kind=DelegateKind.BOOKER)
            for member, acts_for in delegations.items()
            for company in acts_for
        )
        rows = UsageSession.objects.bulk_create(
            UsageSession(
                machine=machine,
                member=people[each.member] if each.member else None,
                reservation=None if each.booking is None else bookings[each.booking],
                started_at=moment(each.start),
                ended_at=moment(each.end),
                source=each.source,
                end_is_assumed=each.end_is_assumed,
            )
            for each in sessions
        )
        forgotten += [row.pk for row, each in zip(rows, sessions, strict=True) if each.forgotten]
    if forgotten:
        UsageSession.objects.filter(pk__in=forgotten).update(member=None)


def _told_together(sessions: list[Session]) -> Iterator[tuple[Delegations, list[Session]]]:
    """The sessions in order, as long as their people act for the same companies."""
    delegations: Delegations = {}
    together: list[Session] = []
    for each in sessions:
        if each.member and delegations.get(each.member, each.acts_for) != each.acts_for:
            yield delegations, together
            delegations, together = {}, []
        if each.member:
            delegations[each.member] = each.acts_for
        together.append(each)
    yield delegations, together


def _meter(machine: Machine, metered: Span, runs: list[Span]) -> None:
    """A device that tells of the machine for a time, by one job after the other."""
    device = Device.objects.create(space=machine.space, name="Meter")
    heard_from, removed_at = (moment(each) for each in metered)
    Meter.objects.create(
        device=device, machine=machine, heard_from=heard_from, removed_at=removed_at
    )
    Run.objects.bulk_create(
        Run(
            device=device,
            machine=machine,
            source="job",
            started_at=moment(start),
            seen_at=moment(end),
            ended_at=moment(end),
        )
        for start, end in runs
    )


def _calendar(machine: Machine, kind: CalendarKind) -> Calendar:
    calendar = Calendar.objects.create(name=f"{kind} {machine.pk}", slug=f"{kind}-{machine.pk}")
    AvailabilityCalendar.objects.create(calendar=calendar, space=machine.space, kind=kind)
    return calendar


def open_weekly(machine: Machine, week: dict[int, list[tuple[int, int]]]) -> None:
    """Opening hours of the machine's space from 2026 on, in minutes after midnight."""
    calendar = _calendar(machine, CalendarKind.OPEN)
    zone = machine.space.zone
    names = [("MO", "TU", "WE", "TH", "FR", "SA", "SU")[weekday] for weekday in week]
    rules = Rule.objects.bulk_create(
        Rule(name=f"every {name}", description="", frequency="WEEKLY", params=f"byweekday:{name}")
        for name in names
    )
    Event.objects.bulk_create(
        Event(
            calendar=calendar,
            rule=rule,
            title="Open",
            start=_before_2026(weekday, start, zone),
            end=_before_2026(weekday, end + 1440 if end <= start else end, zone),
        )
        for rule, (weekday, spans) in zip(rules, week.items(), strict=True)
        for start, end in spans
    )


def _before_2026(weekday: int, minutes: int, zone: ZoneInfo) -> datetime:
    """A weekday of its first week, and so many minutes after midnight on the wall."""
    midnight = datetime(2025, 12, 29) + timedelta(days=weekday)
    return (midnight + timedelta(minutes=minutes)).replace(tzinfo=zone)


def close(machine: Machine, closures: list[tuple[int, int]]) -> None:
    """Closures of the machine's space."""
    if closures:
        calendar = _calendar(machine, CalendarKind.CLOSED)
        Event.objects.bulk_create(
            Event(calendar=calendar, title="Closed", start=moment(start), end=moment(end))
            for start, end in closures
        )
