"""All that the rules may know about one request, read in a fixed number of queries."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, F, FilteredRelation, Q, When

from billing.allowance import Standing
from billing.queries import standing_of
from booking.facts import BookingRequest, Facts, Held, SkillNeeded, Terms
from booking.models import Reservation
from booking.queries.holdings import Held as Holdings
from booking.queries.holdings import holdings_of, occupying_others
from booking.queries.owners import for_owners
from booking.queries.quotas import accounts_for_units
from booking.queries.terms import Policies
from booking.states import FARTHEST, MAX_SPAN, UNDECIDED, ReservationKind
from machines.models import Machine
from machines.queries.opening import Opening, openings_of
from members import permissions
from members.models import Company, Member, Membership, Skill
from members.models.certification import counts_in
from members.permissions import is_staff_of, may_book_for
from members.states import Audience
from spaces.intervals import Interval, covers
from spaces.models import Space
from spaces.prepared import Prepared, any_given, given

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
    excluding: Collection[Reservation] = (),
    terms: Terms | None = None,
) -> Facts:
    """The facts about `request`, without the reservations that are being changed.

    `machine.space` should be loaded. At most nine queries, seven more where the time is closed
    or a company is named.
    """
    return facts_for_units(
        machines=[machine],
        request=request,
        member=member,
        by=by,
        company=company,
        now=now,
        excluding=excluding,
        terms={machine.pk: terms} if terms else None,
    )[machine.pk]


def facts_for_units(
    *,
    machines: Sequence[Machine],
    request: BookingRequest,
    member: Member,
    by: Member,
    company: Company | None,
    now: datetime,
    excluding: Collection[Reservation] = (),
    terms: dict[int, Terms] | None = None,
    together: bool = False,
) -> dict[int, Facts]:
    """The facts about `request` on each of `machines`, all of one space, by the machine's id.

    As many queries as for one machine. Where all are asked for `together`, each counts against
    quotas and contracts with those before it.
    """
    space = machines[0].space
    is_staff = is_staff_of(by, space)
    audience = audience_of(member, by=by, company=company, space=space, is_staff=is_staff)
    policies: Policies | None = None
    if terms is None:
        policies = Policies(machines)
        terms = policies.terms_for(audience)
    window = _window(request, now)
    whole = Interval(min(request.begun_at or window.start, window.start), window.end)
    contract = _contract(space, company, whole, excluding, now)
    terms = for_owners(terms, machines, member=member, company=company, now=now)
    if contract is not None:
        terms = {pk: each.agreed(contract.horizon_days) for pk, each in terms.items()}
    openings, later = _openings(machines, window, now)
    reach = window.widened(
        before=max(each.setup for each in terms.values()),
        after=max(each.turnaround for each in terms.values()),
    )
    held = holdings_of([machine.pk for machine in machines], reach, now=now, policies=policies)
    skills = skills_needed(machines, member)
    membership_needed = any(each.membership_needed for each in terms.values())
    memberships = memberships_of(space, member) if membership_needed else ()
    is_allowed = may_hold(member=member, by=by, company=company, is_staff=is_staff)
    accounts = accounts_for_units(
        machines=machines,
        member=member,
        company=company,
        span=whole,
        now=now,
        excluding=excluding,
        together=together,
    )
    return {
        machine.pk: Facts(
            now=now,
            zone=space.zone,
            terms=terms[machine.pk],
            open=openings[machine.pk].open,
            staffed=openings[machine.pk].staffed,
            next_opening=later.get(machine.pk),
            is_retired=machine.retired_at is not None,
            skills=skills[machine.pk],
            memberships=memberships if terms[machine.pk].membership_needed else (),
            is_allowed=is_allowed,
            is_staff=is_staff,
            audience=audience,
            contract=contract.after(number) if contract and together else contract,
            accounts=accounts[machine.pk],
            **_held_by_others(held[machine.pk], member, excluding, now),
        )
        for number, machine in enumerate(machines)
    }


def _held_by_others(
    held: Holdings, member: Member, excluding: Collection[Reservation], now: datetime
) -> dict[str, Any]:
    """What stands in the way on one machine, sorted by what it means."""
    left_out = {row.pk for row in excluding}
    others = occupying_others(held, excluding=left_out)
    return {
        "maintenance": tuple(
            Interval(row.occupied_from, row.occupied_until)
            for row in others
            if row.kind == ReservationKind.MAINTENANCE
        ),
        "down": tuple(held.stops),
        "taken": (
            *(
                Interval(row.occupied_from, row.occupied_until)
                for row in others
                if row.kind != ReservationKind.MAINTENANCE
            ),
            *used_now(held, left_out, now),
        ),
        "own": tuple(
            Interval(row.occupied_from, row.occupied_until)
            for row in others
            if row.member_id == member.pk
        ),
        "overdue": tuple(held.overdue),
    }


def audience_of(
    member: Member, *, by: Member, company: Company | None, space: Space, is_staff: bool
) -> Audience:
    """Whose terms and prices hold: those of who is to have the time, whoever presses the button.

    `is_staff` says whether `by` is staff of `space`.
    """
    if company is not None or by.pk != member.pk:
        return permissions.audience_of(member=member, company=company, space=space)
    return Audience.STAFF if is_staff else Audience.MAKER


def skills_needed(
    machines: Sequence[Machine], member: Member
) -> dict[int, tuple[SkillNeeded, ...]]:
    """What each machine asks for, with what of `member` counts in its space and stands."""
    held: dict[int, dict[str, list[tuple[date, date | None]]]] = {
        machine.pk: {} for machine in machines
    }
    for pk, name, start, end in _SKILLS(machines=list(held), member=member.pk):
        dates = held[pk].setdefault(name, [])
        if start is not None:
            dates.append((start, end))
    return {
        pk: tuple(
            SkillNeeded(
                name=name, held=tuple(Held(start_date=start, end_date=end) for start, end in dates)
            )
            for name, dates in sorted(skills.items())
        )
        for pk, skills in held.items()
    }


def may_hold(*, member: Member, by: Member, company: Company | None, is_staff: bool) -> bool:
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
    space: Space,
    company: Company | None,
    whole: Interval,
    excluding: Collection[Reservation],
    now: datetime,
) -> Standing | None:
    """What the contracts of `company` say to the whole of the use."""
    if company is None:
        return None
    return standing_of(
        company,
        space,
        whole,
        excluding=not_charged(company, excluding=excluding, now=now),
    )


def not_charged(
    company: Company, *, excluding: Collection[Reservation], now: datetime
) -> list[str]:
    """What of `company` takes no hours: what is being changed, and requests that are overdue.

    The job gives the hours of those back; until it has run, they count no more (RULES, C16).
    """
    overdue = Reservation.objects.filter(company=company, state__in=UNDECIDED, expires_at__lte=now)
    return [row.subject_key for row in (*excluding, *overdue.only("pk").order_by())]


def _window(request: BookingRequest, now: datetime) -> Interval:
    """The time that decides the request; a span out of all bounds is not followed to its end."""
    start = min(max(request.starts_at, now - FARTHEST), now + FARTHEST)
    return Interval(start, max(start, min(request.ends_at, start + MAX_SPAN)))


def _openings(
    machines: Sequence[Machine], window: Interval, now: datetime
) -> tuple[dict[int, Opening], dict[int, Interval]]:
    """The hours of the span, and the next opening of those on which it does not lie in them."""
    openings = openings_of(machines, window)
    closed = [each for each in machines if not covers(openings[each.pk].open, window)]
    if not closed or window.start == window.end:
        return openings, {}
    ahead = Interval(max(window.start, now), max(window.end, now) + LOOK_AHEAD)
    later = openings_of(closed, ahead)
    return openings, {pk: each.open[0] for pk, each in later.items() if each.open}


def used_now(held: Holdings, excluding: Collection[int], now: datetime) -> tuple[Interval, ...]:
    """The time for which the unit is in use now; a walk-in is among the rows already."""
    session = held.session
    if session is None or session.reservation_id is None or session.reservation_id in excluding:
        return ()
    return (Interval(session.starts_at, max(session.starts_at, session.taken_until(now))),)


def memberships_of(space: Space, member: Member) -> tuple[Held, ...]:
    """The memberships of `member` in `space`, whatever their dates."""
    return tuple(
        Held(start_date=start, end_date=end)
        for start, end in _MEMBERSHIPS(member=member.pk, space=space.pk)
    )


_SKILLS = Prepared(
    lambda: (
        Skill.objects.filter(machines=any_given("machines"))
        .annotate(
            held=FilteredRelation(
                "certifications",
                condition=Q(
                    certifications__member=given("member"), certifications__revoked_at=None
                ),
            )
        )
        .annotate(
            # A certification that does not count there leaves the skill without one.
            counting_from=Case(
                When(counts_in("machines__space", "held__"), then=F("held__start_date"))
            )
        )
        .values_list("machines", "name", "counting_from", "held__end_date")
    )
)

_MEMBERSHIPS = Prepared(
    lambda: Membership.objects.filter(member=given("member"), space=given("space")).values_list(
        "start_date", "end_date"
    )
)
