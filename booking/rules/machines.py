"""Rules about the machine: whether it can be had at the time asked for."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from booking.facts import BookingRequest, Facts, Refusal, Stop
from booking.states import RefusalCode
from booking.unattended import may_begin, may_end
from booking.wording import (
    moment_in_words,
    week_in_words,
)
from spaces.intervals import covers


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
    return (
        facts.terms.unattended_allowed
        and (request.begun_at is not None or may_begin(facts.open, request.starts_at))
        and may_end(facts.open, request.ends_at)
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
    stops = [stop for stop in facts.down if request.span.overlaps(stop.interval)]
    if stops:
        return Refusal(
            code=RefusalCode.MACHINE_OUT_OF_SERVICE, message=_out_of_order(stops, facts.zone)
        )
    return None


def _out_of_order(stops: Sequence[Stop], zone: ZoneInfo) -> str:
    """Why the machine stands still, and when it can be had again."""
    needs = next((stop.needs for stop in stops if stop.needs), "")
    if needs and all(stop.needs for stop in stops):
        why = _("The machine needs %(machine)s, which is out of order.") % {"machine": needs}
    else:
        why = _("The machine is out of order.")
    known = [stop.until for stop in stops if stop.until is not None]
    if len(known) < len(stops):
        return f"{why} {_('It can be booked again once it is repaired.')}"
    again = _("It is expected to work again from %(moment)s.")
    return f"{why} {again % {'moment': moment_in_words(max(known), zone)}}"


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
