"""Who really used the machine: check-in, check-out, walk-ins (HOUSE §5; RULES, C17, C18)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from booking.facts import BookingRequest, Facts, Refusal, Terms
from booking.models import Reservation, UsageSession
from booking.queries.facts import facts_for
from booking.queries.presence import grace_is_over
from booking.queries.terms import terms_of, terms_of_reservation
from booking.rules import (
    Rule,
    binding,
    certification_is_valid,
    check,
    hours_are_allowed,
    machine_is_in_service,
    member_is_certified,
    membership_is_active,
    not_allowed,
    person_may_book,
    space_is_open,
    span_is_short_enough,
    taken,
    time_is_free,
)
from booking.services.changing import PARTS, is_theirs, locked, may_act, touch_days
from booking.services.expiring import give_up, give_up_on
from booking.services.locking import in_transaction, lock, sqlstate
from booking.services.refusing import (
    EXCLUSION_VIOLATION,
    UNIQUE_VIOLATION,
    BookingRefused,
    TimeTaken,
    refuse,
)
from booking.services.settling import close_forgotten, mark_no_shows
from booking.services.usage import close, make_way
from booking.states import MAX_SPAN, WALK_IN, ReservationKind, ReservationState, SessionSource
from machines.models import Machine
from members.models import Member
from members.permissions import audience_of, is_staff_of
from spaces.intervals import Interval

__all__ = [
    "CheckInRefused",
    "WalkIn",
    "check_in",
    "check_out",
    "close_forgotten",
    "mark_no_shows",
    "may_walk_in",
    "start_walk_in",
    "stay_longer",
    "stop_session",
]

CheckInRefused = BookingRefused

AT_THE_MACHINE = (
    machine_is_in_service,
    member_is_certified,
    certification_is_valid,
    membership_is_active,
)
"""What is asked again where the machine stands, because it may have changed since booking."""

WALKING_IN = (
    span_is_short_enough,
    space_is_open,
    hours_are_allowed,
    *AT_THE_MACHINE,
    time_is_free,
    person_may_book,
)

STAYING = tuple(rule for rule in WALKING_IN if rule is not time_is_free)
"""What is asked of who stays longer; their own use stands in nobody's way but others'."""

MOMENT = timedelta(minutes=1)
"""The least time that somebody without a stated end is taken to stay, or to stay longer."""


class WalkIn(NamedTuple):
    """Why somebody may not use a machine at once, or until when nobody is disturbed by it."""

    refusals: list[Refusal]
    until: datetime | None


def check_in(
    *,
    reservation: Reservation,
    by: Member,
    now: datetime,
    source: SessionSource | None = None,
) -> UsageSession:
    """Open the usage session of `reservation`; without `source` whoever asks has seen it.

    Allowed from the early check-in on, where nobody else has the machine then, up to and
    including the end of the grace period. Raises CheckInRefused, and TimeTaken while somebody
    else still uses the machine.
    """

    def work() -> UsageSession:
        row = locked(reservation)
        return _checked_in(row, user=_user_of(row, by), by=by, now=now, source=source)

    return in_transaction(work)


def check_out(*, session: UsageSession, by: Member, now: datetime) -> UsageSession:
    """Close `session` and give back the rest of its reservation, less the turnaround.

    Raises CheckInRefused where it is closed already or is not of `by`.
    """

    def work() -> UsageSession:
        lock(machines=[session.machine_id])
        row = UsageSession.objects.select_related("machine__space", "reservation__company").get(
            pk=session.pk
        )
        if row.ended_at is not None:
            refuse([not_allowed(_("This use has ended already."))])
        if not _may_end(row, by):
            refuse([not_allowed(_("Somebody else is using this machine."))])
        close(row, ended_at=now, is_assumed=False)
        return row

    return in_transaction(work)


def start_walk_in(
    *,
    machine: Machine,
    member: Member,
    by: Member,
    now: datetime,
    ends_at: datetime | None = None,
    source: SessionSource | None = None,
) -> UsageSession:
    """Open a session without a reservation, until `ends_at` or for as long as a walk-in may last.

    Whoever names no end keeps the machine from others for WALK_IN, or the shortest reservation
    where that is longer; at most until it closes or somebody else has it. Where `member` has
    reserved the machine for now, this is their check-in: nobody stands in their own way, and who
    came is no no-show (RULES, C31). Raises CheckInRefused, and TimeTaken where somebody uses the
    machine or has reserved it.
    """

    def work() -> UsageSession:
        reserved = _reserved_for_now(machine, member, now)
        if reserved is not None:
            row = locked(reserved)
            return _checked_in(row, user=member, by=by, now=now, source=source)
        lock(machines=[machine.pk])
        refusals, facts = _judged(machine, member, by=by, now=now, ends_at=ends_at)
        refuse(refusals)
        give_up(facts.overdue, now=now)
        session = _open(
            machine=machine,
            member=member,
            reservation=None,
            now=now,
            until=ends_at or _free_until(facts, now + _stay(facts.terms)),
            source=source or _seen_by(is_own=member.pk == by.pk),
        )
        touch_days(machine, now, now)
        return session

    return in_transaction(work)


def may_walk_in(*, machine: Machine, member: Member, now: datetime) -> WalkIn:
    """What `member` could do on `machine` now without a reservation; the service says it again."""
    refusals, facts = _judged(machine, member, by=member, now=now, ends_at=None)
    latest = now + _stay(facts.terms)
    return WalkIn(refusals, None if refusals else _free_until(facts, latest))


def stay_longer(*, session: UsageSession, by: Member, now: datetime) -> UsageSession:
    """Let a use without a reservation last as much longer as a walk-in may, from now.

    Raises CheckInRefused, also where it lasts that long already, as just after the check-in, and
    TimeTaken where somebody else has the machine then.
    """

    def work() -> UsageSession:
        lock(machines=[session.machine_id])
        row = UsageSession.objects.select_related("machine__space", "member").get(pk=session.pk)
        if row.ended_at is not None:
            refuse([not_allowed(_("This use has ended already."))])
        if row.reservation_id is not None or not _may_end(row, by):
            refuse([not_allowed(_("Only a use that goes on can be extended."))])
        refusals, facts = _judged(
            row.machine, row.member or by, by=by, now=now, ends_at=None, rules=STAYING
        )
        refuse(refusals)
        others = tuple(span for span in facts.taken if span.start != row.started_at)
        latest, least = now + _stay(facts.terms), (row.expected_end_at or now) + MOMENT
        until = _free_until(replace(facts, taken=others), latest)
        if any(span.start <= now < span.end for span in others):
            raise TimeTaken
        if latest < least:
            refuse([not_allowed(_("You have it as long as that already: extend it later."))])
        if until < least:
            raise TimeTaken
        row.expected_end_at = until
        row.save(update_fields=["expected_end_at"])
        return row

    return in_transaction(work)


def stop_session(*, machine: Machine, by: Member, now: datetime) -> UsageSession:
    """Close the session that runs on `machine`; raises CheckInRefused where there is none."""
    session = UsageSession.objects.open().filter(machine=machine).first()
    if session is None:
        raise CheckInRefused([not_allowed(_("Nobody is using this machine."))])
    return check_out(session=session, by=by, now=now)


def _judged(
    machine: Machine,
    member: Member,
    *,
    by: Member,
    now: datetime,
    ends_at: datetime | None,
    rules: tuple[Rule, ...] = WALKING_IN,
) -> tuple[list[Refusal], Facts]:
    """Why `member` may not use `machine` without a reservation, and the facts behind that."""
    terms = terms_of(
        machine, audience=audience_of(member=member, company=None, space=machine.space)
    )
    facts = facts_for(
        machine=machine,
        request=BookingRequest(starts_at=now, ends_at=ends_at or now + _stay(terms)),
        member=member,
        by=by,
        company=None,
        now=now,
        terms=terms,
    )
    request = BookingRequest(starts_at=now, ends_at=ends_at or now + MOMENT)
    refusals = check(request, _ready_made(facts), rules)
    return binding(refusals) if facts.is_staff else refusals, facts


def _checked_in(
    row: Reservation,
    *,
    user: Member | None,
    by: Member,
    now: datetime,
    source: SessionSource | None,
) -> UsageSession:
    """The session of `row`, which is held, where nothing speaks against it."""
    terms = terms_of_reservation(row)
    refuse(_reasons_not_to_check_in(row, terms, by, now))
    refuse(_reasons_at_the_machine(row, terms, user=user or by, by=by, now=now))
    if now < row.starts_at:
        give_up_on([row.machine_id], now=now)
    session = _open(
        machine=row.machine,
        member=user,
        reservation=row,
        now=now,
        until=row.ends_at,
        source=source or _seen_by(is_own=is_theirs(row, by)),
    )
    row.state = ReservationState.IN_USE
    row.save(update_fields=["state"])
    touch_days(row.machine, now, row.ends_at)
    return session


def _reserved_for_now(machine: Machine, member: Member, now: datetime) -> Reservation | None:
    """What `member` may check in now on `machine`, being its holder or a delegate."""
    rows = (
        Reservation.objects.filter(
            machine=machine,
            kind=ReservationKind.BOOKING,
            state=ReservationState.CONFIRMED,
            ends_at__gt=now,
        )
        .select_related(*PARTS)
        .order_by("starts_at")
    )
    # No two overlap: the first may be under way, the second is the next.
    for row in rows[:2]:
        if not is_theirs(row, member):
            continue
        terms = terms_of_reservation(row)
        if now >= row.starts_at - terms.early_check_in and not grace_is_over(row, terms, now):
            return row
    return None


def _reasons_not_to_check_in(
    row: Reservation, terms: Terms, by: Member, now: datetime
) -> list[Refusal]:
    """Who, in which state, and when."""
    if not may_act(row, by):
        return [not_allowed(_("This is not your reservation."))]
    if row.kind != ReservationKind.BOOKING or row.state != ReservationState.CONFIRMED:
        return [not_allowed(_("This reservation cannot be checked in any more."))]
    if now < row.starts_at - terms.early_check_in:
        return [not_allowed(_("It is too early to check in."))]
    if now >= row.ends_at or grace_is_over(row, terms, now):
        return [not_allowed(_("It is too late to check in: the time has been given to others."))]
    return []


def _user_of(row: Reservation, by: Member) -> Member | None:
    """Who works at the machine when `by` checks in: the holder, or the colleague who came."""
    if by.pk == row.member_id or is_staff_of(by, row.machine.space):
        return row.member
    return by


def _reasons_at_the_machine(
    row: Reservation, terms: Terms, *, user: Member, by: Member, now: datetime
) -> list[Refusal]:
    """The machine and the papers now, and whether somebody still has the machine."""
    request = BookingRequest(starts_at=now, ends_at=row.ends_at)
    facts = facts_for(
        machine=row.machine,
        request=request,
        member=user,
        by=by,
        company=row.company,
        now=now,
        excluding=[row],
        terms=terms,
    )
    refusals = check(request, _ready_made(facts), AT_THE_MACHINE)
    if facts.is_staff:
        refusals = binding(refusals)
    # Early, the time before the start belongs to whoever has reserved it.
    if now < row.starts_at and any(
        Interval(now, row.starts_at).overlaps(other) for other in facts.taken
    ):
        refusals.append(taken())
    return refusals


def _ready_made(facts: Facts) -> Facts:
    """The same facts for somebody who stands at the machine: nothing has to be set up before."""
    return replace(facts, terms=replace(facts.terms, setup=timedelta(0), turnaround=timedelta(0)))


def _stay(terms: Terms) -> timedelta:
    """For how long a machine is kept for who names no end."""
    return min(terms.longest, max(terms.shortest, WALK_IN))


def _free_until(facts: Facts, latest: datetime) -> datetime:
    """The end of the time in which a walk-in disturbs nobody, at most `latest`."""
    now = facts.now
    hours = facts.terms.bookable(opened=facts.open, staffed=facts.staffed, zone=facts.zone)
    ends = [span.end for span in hours if span.start <= now < span.end]
    return min([latest, *ends, *(span.start for span in facts.held if span.start > now)])


def _may_end(session: UsageSession, by: Member) -> bool:
    """Whether `by` may check out: who uses the machine, who may act for them, staff."""
    if session.member_id == by.pk or is_staff_of(by, session.machine.space):
        return True
    return session.reservation is not None and may_act(session.reservation, by)


def _seen_by(*, is_own: bool) -> SessionSource:
    """Who says that the machine is used: the person who uses it, or the staff for them."""
    return SessionSource.KIOSK if is_own else SessionSource.STAFF


def _open(
    *,
    machine: Machine,
    member: Member | None,
    reservation: Reservation | None,
    now: datetime,
    until: datetime,
    source: SessionSource,
) -> UsageSession:
    """Write the session; raises TimeTaken while another one is open on the machine."""
    make_way(machine, Interval(now, now + MAX_SPAN))
    try:
        with transaction.atomic():
            return UsageSession.objects.create(
                machine=machine,
                member=member,
                reservation=reservation,
                started_at=now,
                expected_end_at=until,
                source=source,
            )
    except IntegrityError as error:
        # A session of a tablet that had no network may reach back into another one.
        if sqlstate(error) in {UNIQUE_VIOLATION, EXCLUSION_VIOLATION}:
            raise TimeTaken from error
        raise
