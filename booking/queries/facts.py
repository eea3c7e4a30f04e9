"""All that the rules may know about one request, read in a fixed number of queries."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import FilteredRelation, Q

from billing.allowance import Standing
from billing.queries import standing_of
from booking.models import Reservation
from booking.queries.holdings import Held as Holdings
from booking.queries.holdings import holdings_of, occupying_others
from booking.queries.quotas import accounts_for
from booking.queries.terms import terms_of, terms_of_many
from booking.rules import BookingRequest, Facts, Held, SkillNeeded, Terms
from booking.states import FARTHEST, MAX_SPAN, ReservationKind
from machines.models import Machine
from machines.queries.opening import Opening, openings_of
from members.models import Company, Member, Membership, Skill
from members.permissions import is_staff_of, may_book_for
from spaces.intervals import Interval, covers
from spaces.prepared import Prepared, given

__all__ = ["facts_for", "terms_of", "terms_of_many"]

LOOK_AHEAD = timedelta(days=14)
"""How far the next opening is looked for, to be told to who asks for a closed time."""


def facts_for(
    *,
    machine: Machine,
    request: BookingRequest,
    member: Member,
    by: Member,
    company: Company | None,
    now: datetime,
    excluding: Reservation | None = None,
    terms: Terms | None = None,
) -> Facts:
    """The facts about `request`, without the reservation that is being changed.

    `machine.space` should be loaded. At most nine queries, six more where the time is closed
    or a company is named.
    """
    terms = terms or terms_of(machine)
    window = _window(request, now)
    contract = _contract(machine, company, request, window, excluding)
    if contract is not None and contract.horizon_days is not None:
        terms = replace(terms, horizon_days=contract.horizon_days)
    is_staff = is_staff_of(by, machine.space)
    opening, next_opening = _opening(machine, window, now)
    reach = window.widened(before=terms.setup, after=terms.turnaround)
    held = holdings_of([machine.pk], reach, now=now)[machine.pk]
    others = occupying_others(held, excluding=excluding.pk if excluding else None)
    return Facts(
        now=now,
        zone=machine.space.zone,
        terms=terms,
        open=opening.open,
        staffed=opening.staffed,
        next_opening=next_opening,
        maintenance=tuple(
            Interval(row.occupied_from, row.occupied_until)
            for row in others
            if row.kind == ReservationKind.MAINTENANCE
        ),
        down=tuple(held.down),
        is_retired=machine.retired_at is not None,
        taken=(
            *(
                Interval(row.occupied_from, row.occupied_until)
                for row in others
                if row.kind != ReservationKind.MAINTENANCE
            ),
            *_used_now(held, excluding, now),
        ),
        skills=skills_needed(machine, member),
        memberships=_memberships(machine, member) if terms.membership_needed else (),
        is_allowed=_is_allowed(member=member, by=by, company=company, is_staff=is_staff),
        is_staff=is_staff,
        contract=contract,
        accounts=accounts_for(
            machine=machine,
            member=member,
            company=company,
            span=Interval(min(request.begun_at or window.start, window.start), window.end),
            now=now,
            excluding=excluding,
        ),
        overdue=tuple(held.overdue),
    )


def skills_needed(machine: Machine, member: Member) -> tuple[SkillNeeded, ...]:
    """What `machine` asks for, with the certifications of `member` that nobody has revoked."""
    held: dict[str, list[tuple[date, date | None]]] = {}
    for name, start, end in _SKILLS(machine=machine.pk, member=member.pk):
        dates = held.setdefault(name, [])
        if start is not None:
            dates.append((start, end))
    return tuple(
        SkillNeeded(
            name=name, held=tuple(Held(start_date=start, end_date=end) for start, end in dates)
        )
        for name, dates in sorted(held.items())
    )


def _is_allowed(*, member: Member, by: Member, company: Company | None, is_staff: bool) -> bool:
    """Whether `by` may hold a machine in the name of `member`, and of `company` where there is one.

    Staff of the space may do so for anybody, members for themselves, delegates of a company for
    each other.
    """
    if not (by.is_active and member.is_active):
        return False
    if is_staff or company is None:
        return is_staff or by.pk == member.pk
    return may_book_for(by, company) and (
        by.pk == member.pk or company.delegates.filter(member=member).exists()
    )


def _contract(
    machine: Machine,
    company: Company | None,
    request: BookingRequest,
    window: Interval,
    excluding: Reservation | None,
) -> Standing | None:
    """What the contracts of `company` say to the whole of the use."""
    if company is None:
        return None
    start = min(request.begun_at or window.start, window.start)
    return standing_of(
        company,
        machine.space,
        Interval(start, window.end),
        excluding=excluding.subject_key if excluding else None,
    )


def _window(request: BookingRequest, now: datetime) -> Interval:
    """The time that decides the request; a span out of all bounds is not followed to its end."""
    start = min(max(request.starts_at, now - FARTHEST), now + FARTHEST)
    return Interval(start, max(start, min(request.ends_at, start + MAX_SPAN)))


def _opening(machine: Machine, window: Interval, now: datetime) -> tuple[Opening, Interval | None]:
    """The hours of the span, and where it does not lie in them the next opening."""
    opening = openings_of([machine], window)[machine.pk]
    if covers(opening.open, window) or window.start == window.end:
        return opening, None
    ahead = Interval(max(window.start, now), max(window.end, now) + LOOK_AHEAD)
    later = openings_of([machine], ahead)[machine.pk]
    return opening, next(iter(later.open), None)


def _used_now(held: Holdings, excluding: Reservation | None, now: datetime) -> tuple[Interval, ...]:
    """The time for which the unit is in use now; a walk-in is among the rows already."""
    session = held.session
    if session is None or session.reservation_id is None:
        return ()
    if excluding is not None and session.reservation_id == excluding.pk:
        return ()
    return (Interval(session.starts_at, max(session.starts_at, session.taken_until(now))),)


def _memberships(machine: Machine, member: Member) -> tuple[Held, ...]:
    return tuple(
        Held(start_date=start, end_date=end)
        for start, end in _MEMBERSHIPS(member=member.pk, space=machine.space_id)
    )


_SKILLS = Prepared(
    lambda: (
        Skill.objects.filter(machines=given("machine"))
        .annotate(
            held=FilteredRelation(
                "certifications",
                condition=Q(
                    certifications__member=given("member"), certifications__revoked_at=None
                ),
            )
        )
        .values_list("name", "held__start_date", "held__end_date")
    )
)

_MEMBERSHIPS = Prepared(
    lambda: Membership.objects.filter(member=given("member"), space=given("space")).values_list(
        "start_date", "end_date"
    )
)
