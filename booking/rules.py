"""Every rule that a request must keep, as one readable table.

A rule's name states what holds; it returns a Refusal when it does not. Rules are pure: they
see a request and the facts about it, never the database and never the clock.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.facts import BookingRequest, Facts, Refusal, Terms
from booking.quotas import too_much_at_once, window_is_full
from booking.states import FARTHEST, MAX_SPAN, RefusalCode
from booking.wording import (
    date_in_words,
    duration_in_words,
    hours_in_words,
    limit_in_words,
    moment_in_words,
    week_in_words,
)
from spaces.intervals import covers, moment_of, wall_time

Rule = Callable[[BookingRequest, Facts], Refusal | None]


def start_is_in_the_future(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The start is not before now."""
    if request.starts_at >= facts.now:
        return None
    return Refusal(
        code=RefusalCode.IN_THE_PAST,
        message=_("This time has passed. Choose a later start."),
        field="start",
    )


def lead_time_is_kept(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The start is at least the lead time away, in real time."""
    if request.starts_at < facts.now or request.starts_at - facts.now >= facts.terms.lead_time:
        return None
    return Refusal(
        code=RefusalCode.LEAD_TIME,
        message=_("Book at least %(duration)s ahead: the earliest start is %(moment)s.")
        % {
            "duration": duration_in_words(facts.terms.lead_time),
            "moment": moment_in_words(facts.now + facts.terms.lead_time, facts.zone),
        },
        field="start",
    )


def end_is_in_the_future(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The end of a use that goes on is not before now."""
    if request.ends_at >= facts.now:
        return None
    return Refusal(
        code=RefusalCode.IN_THE_PAST,
        message=_("This time has passed. Choose a later end."),
        field="end",
    )


def lead_time_to_the_end_is_kept(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The end of a use that goes on is at least the lead time away, in real time."""
    if request.ends_at < facts.now or request.ends_at - facts.now >= facts.terms.lead_time:
        return None
    return Refusal(
        code=RefusalCode.LEAD_TIME,
        message=_("Extend at least %(duration)s ahead: the earliest end is %(moment)s.")
        % {
            "duration": duration_in_words(facts.terms.lead_time),
            "moment": moment_in_words(facts.now + facts.terms.lead_time, facts.zone),
        },
        field="end",
    )


def horizon_is_kept(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The start lies at most the horizon ahead, in wall-clock days, limit included (RULES, C3)."""
    days = facts.terms.horizon_days
    last = moment_of(wall_time(facts.now, facts.zone) + timedelta(days=days), facts.zone)
    if request.starts_at <= last:
        return None
    return Refusal(
        code=RefusalCode.HORIZON,
        message=ngettext(
            "Book at most %(days)d day ahead: the latest start today is %(moment)s.",
            "Book at most %(days)d days ahead: the latest start today is %(moment)s.",
            days,
        )
        % {"days": days, "moment": moment_in_words(last, facts.zone)},
        field="start",
        is_firm=request.starts_at - facts.now > FARTHEST,
    )


def span_is_long_enough(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The duration is positive and at least the shortest."""
    if request.duration <= timedelta(0):
        return Refusal(
            code=RefusalCode.TOO_SHORT,
            message=_("The end must lie after the start."),
            field="end",
            is_firm=True,
        )
    if request.duration >= facts.terms.shortest:
        return None
    return Refusal(
        code=RefusalCode.TOO_SHORT,
        message=_("Book at least %(duration)s.")
        % {"duration": duration_in_words(facts.terms.shortest)},
        field="end",
    )


def use_becomes_longer(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The new end lies after the end so far: what is not needed is given back by check-out."""
    if request.duration > timedelta(0):
        return None
    return Refusal(
        code=RefusalCode.TOO_SHORT,
        message=_("Choose an end after %(moment)s, or check out to give the rest back.")
        % {"moment": moment_in_words(request.starts_at, facts.zone)},
        field="end",
        is_firm=True,
    )


def span_is_short_enough(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The duration is at most the longest."""
    duration = request.ends_at - (request.begun_at or request.starts_at)
    if duration <= facts.terms.longest:
        return None
    return Refusal(
        code=RefusalCode.TOO_LONG,
        message=_("Book at most %(duration)s at a time.")
        % {"duration": duration_in_words(facts.terms.longest)},
        field="end",
        # A longer row would reach out of every search for neighbours.
        is_firm=duration + facts.terms.setup + facts.terms.turnaround > MAX_SPAN,
    )


def times_are_on_the_grid(request: BookingRequest, facts: Facts) -> Refusal | None:
    """Start and end exist on the clock and lie on the grid from local midnight (RULES, C5, C6)."""
    if not request.is_on_the_clock:
        return Refusal(
            code=RefusalCode.OFF_GRID,
            message=_("The clocks go forward that night and skip this time. Choose another."),
            field="start",
            is_firm=True,
        )
    for moment, field in ((request.starts_at, "start"), (request.ends_at, "end")):
        if request.begun_at is not None and field == "start":
            # Where the use that goes on was to end is not for its holder to mend.
            continue
        wall = wall_time(moment, facts.zone)
        past_midnight = timedelta(
            hours=wall.hour,
            minutes=wall.minute,
            seconds=wall.second,
            microseconds=wall.microsecond,
        )
        if past_midnight % facts.terms.grid:
            return Refusal(
                code=RefusalCode.OFF_GRID,
                message=_("Start and end fall on steps of %(duration)s, counted from midnight.")
                % {"duration": duration_in_words(facts.terms.grid)},
                field=field,
            )
    return None


def space_is_open(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The whole span lies in opening hours, and in staffed hours where the policy says so."""
    if request.duration <= timedelta(0):
        return None
    if not covers(facts.open, request.span) and not _runs_on_unattended(request, facts):
        return Refusal(code=RefusalCode.CLOSED, message=_closed(facts), field="start")
    if facts.terms.staff_needed and not covers(facts.staffed, request.span):
        return Refusal(
            code=RefusalCode.CLOSED,
            message=_("This machine may only be used while staff is there."),
            field="start",
        )
    return None


def _closed(facts: Facts) -> str:
    if facts.terms.unattended_allowed:
        return _("It may run on while the space is closed, but starts and ends while it is open.")
    if facts.next_opening is None:
        return _("The space is closed for part of this time.")
    return _(
        "The space is closed for part of this time. It is next open from %(start)s to %(end)s."
    ) % {
        "start": moment_in_words(facts.next_opening.start, facts.zone),
        "end": moment_in_words(facts.next_opening.end, facts.zone),
    }


def _runs_on_unattended(request: BookingRequest, facts: Facts) -> bool:
    """Whether the machine may run on while the space is closed, with people there at both ends."""
    start, end = request.whole.start, request.ends_at
    return (
        facts.terms.unattended_allowed
        and (
            request.begun_at is not None
            or any(each.start <= start < each.end for each in facts.open)
        )
        and any(each.start < end <= each.end for each in facts.open)
    )


def hours_are_allowed(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The whole span lies in the hours to which the policy keeps its audience, if to any."""
    if not facts.terms.hours or request.duration <= timedelta(0):
        return None
    if covers(facts.terms.allowed(request.span, facts.zone), request.span):
        return None
    return Refusal(
        code=RefusalCode.CLOSED,
        message=_("At this time the machine is kept for others. You may book it: %(hours)s.")
        % {"hours": week_in_words(facts.terms.hours)},
        field="start",
    )


def machine_is_in_service(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The machine works for the whole span: not retired, no maintenance, not down."""
    if facts.is_retired:
        return Refusal(
            code=RefusalCode.MACHINE_OUT_OF_SERVICE,
            message=_("This machine has been retired."),
        )
    if request.duration <= timedelta(0):
        return None
    occupied = request.span.widened(before=facts.terms.setup, after=facts.terms.turnaround)
    if any(occupied.overlaps(block) for block in facts.maintenance):
        return Refusal(
            code=RefusalCode.MACHINE_OUT_OF_SERVICE,
            message=_("Maintenance is planned during this time. Choose a time beside it."),
            field="start",
        )
    if any(request.span.overlaps(fault) for fault in facts.down):
        return Refusal(
            code=RefusalCode.MACHINE_OUT_OF_SERVICE,
            message=_("The machine is out of order. It can be booked again once it is repaired."),
        )
    return None


def member_is_certified(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The member has ever been certified in every skill needed."""
    missing = [skill.name for skill in facts.skills if not skill.held]
    if not missing:
        return None
    return Refusal(
        code=RefusalCode.NOT_CERTIFIED,
        message=_("You need this first: %(skills)s. Ask the staff of the space for an induction.")
        % {"skills": ", ".join(missing)},
    )


def certification_is_valid(request: BookingRequest, facts: Facts) -> Refusal | None:
    """Each certification held covers the whole span, in the zone of the site (RULES, C22)."""
    first, last = _dates_of(request, facts.zone)
    stale = [
        skill.name
        for skill in facts.skills
        if skill.held and not any(held.covers(first, last) for held in skill.held)
    ]
    if not stale:
        return None
    return Refusal(
        code=RefusalCode.CERTIFICATION_EXPIRED,
        message=_("Your certification is not valid for the whole time: %(skills)s. Renew it first.")
        % {"skills": ", ".join(stale)},
    )


def membership_is_active(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The membership covers the whole span, where the policy asks for one."""
    if not facts.terms.membership_needed:
        return None
    first, last = _dates_of(request, facts.zone)
    if any(held.covers(first, last) for held in facts.memberships):
        return None
    return Refusal(
        code=RefusalCode.MEMBERSHIP_INACTIVE,
        message=_("A membership of the space is needed for the whole time. Renew or take one out."),
    )


def contract_is_in_force(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The company's contract covers the whole span, its last day included."""
    if facts.contract is None or facts.contract.is_in_force:
        return None
    return Refusal(
        code=RefusalCode.CONTRACT_NOT_IN_FORCE,
        message=_(
            "The contract of the company does not cover the whole time. Choose a time within it, "
            "or ask the staff of the space."
        ),
        field="start",
    )


def contract_has_the_hours(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The included hours suffice, in each month that the span touches or in all (RULES, C8)."""
    accounts = facts.contract.accounts if facts.contract else ()
    short = next((each for each in accounts if each.is_exceeded), None)
    if short is None:
        return None
    words = {
        "left": hours_in_words(short.left),
        "included": hours_in_words(short.included),
    }
    if short.month is None:
        message = _("Of the %(included)s of the company’s contract, %(left)s are left.") % words
    else:
        message = _(
            "Of the %(included)s of the company’s contract, %(left)s are left in %(month)s."
        ) % {**words, "month": date_format(short.month, "F Y")}
    return Refusal(code=RefusalCode.CONTRACT_EXHAUSTED, message=message, field="end")


def quotas_are_kept(request: BookingRequest, facts: Facts) -> Refusal | None:
    """No quota of a day, week, month or of days in a row is passed (RULES, C8, C9)."""
    if request.duration <= timedelta(0):
        return None
    for account in facts.accounts:
        first = window_is_full(account, request.whole, now=facts.now, zone=facts.zone)
        if first is not None:
            return Refusal(
                code=RefusalCode.QUOTA,
                message=_("This is more than you may have: %(limit)s. It is used up from %(date)s.")
                % {"limit": limit_in_words(account), "date": date_in_words(first)},
                field="start",
            )
    return None


def open_reservations_are_few(request: BookingRequest, facts: Facts) -> Refusal | None:
    """No limit on what is held at once is passed (RULES, C25)."""
    if request.duration <= timedelta(0):
        return None
    for account in facts.accounts:
        if too_much_at_once(account, request.whole, now=facts.now, zone=facts.zone):
            return Refusal(
                code=RefusalCode.TOO_MANY_OPEN_RESERVATIONS,
                message=_(
                    "You have reserved as much as you may at once: %(limit)s. Use or cancel "
                    "something first."
                )
                % {"limit": limit_in_words(account)},
            )
    return None


def time_is_free(request: BookingRequest, facts: Facts) -> Refusal | None:
    """Nobody holds part of the occupied time, setup and turnaround included (RULES, C1)."""
    if request.duration <= timedelta(0):
        return None
    occupied = request.span.widened(before=facts.terms.setup, after=facts.terms.turnaround)
    in_the_way = [other for other in facts.taken if occupied.overlaps(other)]
    if not in_the_way:
        return None
    if all(other in facts.own for other in in_the_way):
        return Refusal(
            code=RefusalCode.TAKEN,
            message=_("You have this time already: it is among your reservations."),
            field="start",
        )
    return taken()


def taken() -> Refusal:
    """The refusal of a time that someone else has."""
    return Refusal(
        code=RefusalCode.TAKEN,
        message=_("Someone else has this time. Choose a free gap in the calendar."),
        field="start",
    )


def person_may_book(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The acting person may do this for this member or company."""
    if facts.is_allowed:
        return None
    return Refusal(
        code=RefusalCode.NOT_ALLOWED,
        message=_("You may not book for this person or company."),
    )


def _dates_of(request: BookingRequest, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last local date of the span; the end itself is outside."""
    last = max(request.starts_at, request.ends_at - timedelta(microseconds=1))
    return request.starts_at.astimezone(zone).date(), last.astimezone(zone).date()


RULES: tuple[Rule, ...] = (
    start_is_in_the_future,
    lead_time_is_kept,
    horizon_is_kept,
    span_is_long_enough,
    span_is_short_enough,
    times_are_on_the_grid,
    space_is_open,
    hours_are_allowed,
    machine_is_in_service,
    member_is_certified,
    certification_is_valid,
    membership_is_active,
    contract_is_in_force,
    contract_has_the_hours,
    quotas_are_kept,
    open_reservations_are_few,
    time_is_free,
    person_may_book,
)

PROLONGING: tuple[Rule, ...] = (
    end_is_in_the_future,
    lead_time_to_the_end_is_kept,
    use_becomes_longer,
    span_is_short_enough,
    times_are_on_the_grid,
    space_is_open,
    hours_are_allowed,
    machine_is_in_service,
    member_is_certified,
    certification_is_valid,
    membership_is_active,
    contract_is_in_force,
    contract_has_the_hours,
    quotas_are_kept,
    open_reservations_are_few,
    time_is_free,
)
"""What the time added to a use that goes on must keep: how it began is not asked again."""

WAIVABLE = frozenset(
    {
        RefusalCode.LEAD_TIME,
        RefusalCode.HORIZON,
        RefusalCode.TOO_SHORT,
        RefusalCode.TOO_LONG,
        RefusalCode.OFF_GRID,
        RefusalCode.CLOSED,
        RefusalCode.MEMBERSHIP_INACTIVE,
        RefusalCode.QUOTA,
        RefusalCode.TOO_MANY_OPEN_RESERVATIONS,
    }
)
"""Staff may book in spite of these, never in spite of the others."""


def not_allowed(message: str) -> Refusal:
    """The refusal of something that this person may not do, or not any more."""
    return Refusal(code=RefusalCode.NOT_ALLOWED, message=message)


def cancellation_is_free(starts_at: datetime, now: datetime, terms: Terms) -> bool:
    """Whether a member may still cancel or move: the window's edge is included (RULES, C4)."""
    return now < starts_at and starts_at - now >= terms.cancellation_window


def too_late_to_change() -> Refusal:
    """The refusal of a cancellation or move inside the window."""
    return Refusal(
        code=RefusalCode.CANCELLATION_TOO_LATE,
        message=_("It is too late to change this reservation. Ask the staff of the space."),
    )


def binding(refusals: Iterable[Refusal]) -> list[Refusal]:
    """The refusals that stand for staff too."""
    return [each for each in refusals if each.is_firm or each.code not in WAIVABLE]


class Judged(NamedTuple):
    """A rule, and its refusal where it is broken."""

    rule: Rule
    refusal: Refusal | None


def judge(
    request: BookingRequest, facts: Facts, rules: tuple[Rule, ...] = RULES
) -> Iterator[Judged]:
    """What each rule says to `request`, kept or broken, in the order of `rules`."""
    for rule in rules:
        yield Judged(rule, rule(request, facts))


def check(request: BookingRequest, facts: Facts, rules: tuple[Rule, ...] = RULES) -> list[Refusal]:
    """Every refusal that applies to `request`, in the order of `rules`."""
    return [each.refusal for each in judge(request, facts, rules) if each.refusal is not None]
