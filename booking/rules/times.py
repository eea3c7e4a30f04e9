"""Rules about the time asked for: how far ahead, how long, on which steps."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.facts import BookingRequest, Facts, Refusal
from booking.states import FARTHEST, MAX_SPAN, RefusalCode
from booking.wording import (
    duration_in_words,
    moment_in_words,
)
from spaces.intervals import moment_of, wall_time


def start_is_in_the_future(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The start is not before now."""
    if request.starts_at >= facts.now:
        return None
    return Refusal(
        code=RefusalCode.IN_THE_PAST,
        message=_("This time has passed. Choose a later start."),
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
    if facts.terms.owner_horizon_days is not None:
        message = ngettext(
            "Who owns this machine comes first. You may book at most %(days)d day ahead: the "
            "latest start today is %(moment)s.",
            "Who owns this machine comes first. You may book at most %(days)d days ahead: the "
            "latest start today is %(moment)s.",
            days,
        )
    else:
        message = ngettext(
            "Book at most %(days)d day ahead: the latest start today is %(moment)s.",
            "Book at most %(days)d days ahead: the latest start today is %(moment)s.",
            days,
        )
    return Refusal(
        code=RefusalCode.HORIZON,
        message=message % {"days": days, "moment": moment_in_words(last, facts.zone)},
        field="start",
        is_firm=request.starts_at - facts.now > FARTHEST,
    )


def span_is_long_enough(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The duration is positive and at least the shortest, where it has one.

    How long it is from a time that the clock skips, nobody can say: OFF_GRID alone tells of it.
    """
    if not request.is_on_the_clock:
        return None
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


def span_is_short_enough(request: BookingRequest, facts: Facts) -> Refusal | None:
    """The duration is at most the longest; that from a time that the clock skips nobody knows."""
    if not request.is_on_the_clock:
        return None
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
