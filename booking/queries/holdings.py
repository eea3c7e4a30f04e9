"""What holds machines in a span of time: reservations, stops and open walk-ins, in one query."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Expression,
    F,
    Func,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Least, NullIf

from booking.facts import Stop
from booking.models import Reservation, UsageSession
from booking.queries.presence import AWAITED, Presence, presence_columns
from booking.queries.terms import Holder, Policies
from booking.states import MAX_SPAN, UNDECIDED, ReservationKind, ReservationState
from machines.models import Machine, Stoppage
from spaces.intervals import Interval
from spaces.prepared import Prepared, any_given, given

NOBODY = (Value(None, output_field=BigIntegerField()),) * 2
START, END = given("start", DateTimeField()), given("end", DateTimeField())
STOPPAGE = "stoppage"
SESSION = "session"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Holding(NamedTuple):
    """Whatever occupies a machine, as much of it as a calendar shows.

    `pk` is that of the reservation, and 0 for the open session of a walk-in.
    """

    machine_id: int
    kind: str
    pk: int
    state: str
    starts_at: datetime
    ends_at: datetime
    occupied_from: datetime
    occupied_until: datetime
    member_id: int | None
    company_id: int | None
    holder: str
    purpose: str
    is_confidential: bool
    expires_at: datetime | None


COLUMNS = len(Holding._fields)
"""What is told of a Holding; behind it stands the Presence of what awaits a check-in."""


class OpenSession(NamedTuple):
    """Use that goes on, until the moment that its user expects."""

    reservation_id: int | None
    starts_at: datetime
    expected_end_at: datetime | None

    def taken_until(self, now: datetime) -> datetime:
        """The unit is taken until the expected end, and once that is past until now (HOUSE §5)."""
        return max(self.expected_end_at or now, now)


@dataclass(slots=True)
class Held:
    """What holds one machine: rows that occupy it, when it stands still, who uses it now.

    `overdue` are the ids of rows that nobody decided or came for in time: they hold nothing any
    more, and are still to be written so. `missed` are no-shows until they were given back, where
    asked for.
    """

    rows: list[Holding]
    stops: list[Stop]
    session: OpenSession | None = None
    overdue: list[int] = field(default_factory=list)
    missed: list[Holding] = field(default_factory=list)

    @property
    def down(self) -> list[Interval]:
        """When it stands still, whatever for."""
        return [stop.interval for stop in self.stops]


PERSON = Coalesce(
    NullIf("member__name", Value("")), "member__email", Value(""), output_field=CharField()
)
COMPANY = Case(
    When(company=None, then=Value("")),
    # A guaranteed date that waits to be confirmed has nobody yet.
    When(member=None, then="company__name"),
    default=Concat(Value(", "), "company__name"),
    output_field=CharField(),
)
HOLDER = Concat(PERSON, COMPANY, output_field=CharField())
"""The member, with the company for which it is."""


def holdings_of(
    machine_ids: Collection[int],
    window: Interval,
    *,
    now: datetime,
    with_missed: bool = False,
    policies: Policies | None = None,
) -> dict[int, Held]:
    """What holds each machine during `window`, in one query for any number of machines.

    A stop lasts to the end of the window where nobody knows better. Nobody keeps time whose grace
    period is over, whatever the job has done (RULES, C17): where a check-in is awaited, it takes
    two more queries to know that period, or none where the `policies` are given, and one where
    staff has its own.
    """
    found = {pk: Held([], []) for pk in machine_ids}
    ask = _HOLDINGS_AND_MISSED if with_missed else _HOLDINGS
    waiting: dict[int, Presence] = {}
    for told in ask(machines=list(machine_ids), start=window.start, end=window.end, now=now):
        row = _with_moments(told)
        held = found[row[0]]
        if row[1] == STOPPAGE:
            held.stops.append(_stop(row, window, now))
        elif row[1] == SESSION:
            held.session = OpenSession(row[2], row[4], row[5])
            if row[2] is None:
                held.rows.append(_walk_in(row, held.session.taken_until(now)))
        else:
            _add(held, Holding._make(row), now)
            grace_from = _moment(told[COLUMNS])
            if grace_from is not None and grace_from < now:
                waiting[row[2]] = Presence(grace_from, _moment(told[COLUMNS + 1]))
    if waiting:
        _give_up_missed(found, waiting, now, policies=policies, with_missed=with_missed)
    for held in found.values():
        held.rows.sort(key=_by_start)
        held.missed.sort(key=_by_start)
    return found


def _add(held: Held, row: Holding, now: datetime) -> None:
    if row.state == ReservationState.NO_SHOW:
        held.missed.append(row)
    elif row.expires_at is not None and row.expires_at <= now and row.state in UNDECIDED:
        held.overdue.append(row.pk)
    else:
        held.rows.append(row)


def _give_up_missed(
    found: Mapping[int, Held],
    waiting: Mapping[int, Presence],
    now: datetime,
    *,
    policies: Policies | None,
    with_missed: bool,
) -> None:
    """Hold nothing for whom nobody came in time; of those in `waiting` a check-in is awaited."""
    rows = [row for held in found.values() for row in held.rows if row.pk in waiting]
    if policies is None:
        policies = Policies(Machine.objects.filter(pk__in=[row.machine_id for row in rows]))
    terms = policies.of_holders(
        {row.pk: Holder(row.machine_id, row.company_id, row.member_id) for row in rows}
    )
    for row in rows:
        if waiting[row.pk].is_missed(terms[row.pk].grace_period, now):
            held = found[row.machine_id]
            held.rows.remove(row)
            held.overdue.append(row.pk)
            if with_missed:
                held.missed.append(_missed_until(row, now))


def _missed_until(row: Holding, now: datetime) -> Holding:
    """As the job will write it; what is still to come of its time is free."""
    return row._replace(
        state=ReservationState.NO_SHOW,
        occupied_from=row.starts_at,
        occupied_until=min(row.ends_at, now),
    )


def _with_moments(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with moments in the place of microseconds; setup and turnaround are often none."""
    start, end, occupied_from, occupied_until = row[4:8]
    starts_at, ends_at = _moment(start), _moment(end)
    return (
        *row[:4],
        starts_at,
        ends_at,
        starts_at if occupied_from == start else _moment(occupied_from),
        ends_at if occupied_until == end else _moment(occupied_until),
        *row[8:13],
        _moment(row[13]),
    )


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def _by_start(row: Holding) -> datetime:
    return row.occupied_from


def _reservations() -> Any:
    return (
        Reservation.objects.occupying()
        .touching(START, END)
        .filter(machine=any_given("machines"))
        .order_by()
        .values_list(
            "machine_id", "kind", "pk", "state", _microseconds("starts_at"),
            _microseconds("ends_at"), _microseconds("occupied_from"),
            _microseconds("occupied_until"), "member_id", "company_id",
            HOLDER, "purpose", "is_confidential", _microseconds("expires_at"),
            *_presence(),
        )
    )  # fmt: skip


def _presence() -> Iterator[Func]:
    """Who was there in time, asked of nothing but what awaits a check-in now."""
    is_awaited = Q(**AWAITED, starts_at__lt=given("now", DateTimeField()))
    for column in presence_columns():
        yield _microseconds(Case(When(is_awaited, then=column)))


def _missed() -> Any:
    """No-shows, which hold nothing any more, for the time until they were given back."""
    until = _microseconds(Least("ends_at", Coalesce("released_at", "ends_at")))
    return (
        Reservation.objects.filter(
            state=ReservationState.NO_SHOW,
            # Both ends by the start, which has an index in every state.
            starts_at__lt=END,
            starts_at__gt=START - MAX_SPAN,
            ends_at__gt=START,
            machine=any_given("machines"),
        )
        .order_by()
        .values_list(
            "machine_id", "kind", "pk", "state", _microseconds("starts_at"),
            _microseconds("ends_at"), _microseconds("starts_at"), until, "member_id", "company_id",
            HOLDER, "purpose", "is_confidential", _microseconds("expires_at"), *NOBODY,
        )
    )  # fmt: skip


NEEDED = Case(
    When(fault__machine=F("machine"), then=Value("")),
    default="fault__machine__name",
    output_field=CharField(),
)
"""The machine whose fault it is, where that is another one."""


def _stoppages() -> Any:
    return (
        Stoppage.objects.touching(START, END)
        .filter(machine=any_given("machines"))
        .order_by()
        .values_list(
            "machine_id", _text(STOPPAGE), "pk", _text(""), _microseconds("starts_at"),
            _microseconds("ends_at"), _microseconds("starts_at"), _microseconds("ends_at"),
            F("pk"), F("pk"),
            NEEDED, _text(""), Value(value=False), _microseconds("fault__expected_at"), *NOBODY,
        )
    )  # fmt: skip


def _sessions() -> Any:
    return (
        UsageSession.objects.open()
        .filter(machine=any_given("machines"))
        .order_by()
        .values_list(
            "machine_id", _text(SESSION), "reservation_id", _text(""), _microseconds("started_at"),
            _microseconds("expected_end_at"), _microseconds("started_at"),
            _microseconds("expected_end_at"), "member_id", F("member_id"),
            PERSON,
            "note", Value(value=False), F("member_id"), *NOBODY,
        )
    )  # fmt: skip


def _microseconds(moment: str | Expression) -> Func:
    """A moment as an integer since 1970: reading thousands as text takes longer than the query."""
    return Func(
        moment,
        template="(extract(epoch FROM %(expressions)s) * 1000000)::bigint",
        output_field=BigIntegerField(),
    )


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


_HOLDINGS: Prepared[tuple[Any, ...]] = Prepared(
    lambda: _reservations().union(_stoppages(), _sessions(), all=True)
)
_HOLDINGS_AND_MISSED: Prepared[tuple[Any, ...]] = Prepared(
    lambda: _reservations().union(_missed(), _stoppages(), _sessions(), all=True)
)


def _stop(row: tuple[Any, ...], window: Interval, now: datetime) -> Stop:
    """A stop until it ended or is expected to; what was expected by now is not known any more."""
    start, end, needs, expected = row[4], row[5], row[10], row[13]
    until = expected if end is None and expected is not None and expected > now else None
    return Stop(Interval(start, max(start, end or until or window.end)), needs, until)


def _walk_in(row: tuple[Any, ...], until: datetime) -> Holding:
    """An open session without a reservation, as if it were one."""
    until = max(until, row[4])
    return Holding(
        row[0], ReservationKind.BOOKING, 0, ReservationState.IN_USE, row[4], until, row[4], until,
        row[8], None, row[10], row[11], row[12], None,
    )  # fmt: skip


def occupying_others(held: Held, *, excluding: Collection[int]) -> list[Holding]:
    """The rows that hold time, without the reservations that are being changed."""
    return [row for row in held.rows if row.pk not in excluding]
