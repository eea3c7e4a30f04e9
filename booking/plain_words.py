"""The terms of a machine as sentences that a maker understands."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.facts import Terms
from booking.reminders import Offsets
from booking.wording import duration_in_words, week_in_words

NOTHING = timedelta(0)


def rules_in_words(terms: Terms) -> list[str]:
    """Every term that a maker has to know, one sentence each, the general ones first."""
    sentences = [_when(terms), _how_long(terms), _cancelling(terms), _coming(terms)]
    if terms.setup or terms.turnaround:
        sentences.append(_around(terms))
    if terms.hours:
        sentences.append(
            _("Only at these hours: %(hours)s.") % {"hours": week_in_words(terms.hours)}
        )
    if terms.staff_needed:
        sentences.append(_("Only while staff is there."))
    if terms.unattended_allowed:
        sentences.append(_("It may run on while the space is closed, such as over night."))
    if terms.membership_needed:
        sentences.append(_("For members of the space."))
    if terms.approval_needed:
        sentences.append(
            _("Staff approves each reservation; without an answer within %(duration)s it lapses.")
            % {"duration": duration_in_words(terms.approval_hold)}
        )
    return sentences


def running_in_words(terms: Terms, reminders: Offsets) -> list[str]:
    """What the terms have the system do, one sentence each, for who sets them."""
    return [
        _("Check-in opens %(duration)s before the start.")
        % {"duration": duration_in_words(terms.early_check_in)},
        _("A forgotten check-out is made up %(duration)s after the end.")
        % {"duration": duration_in_words(terms.auto_close_after)},
        _("Freed time is held for %(duration)s for the first on the waitlist.")
        % {"duration": duration_in_words(terms.offer_hold)},
        _reminding(reminders),
    ]


def _reminding(reminders: Offsets) -> str:
    if not reminders:
        return _("No reminder goes out before the start.")
    told = [duration_in_words(offset) for offset in reminders]
    if len(told) == 1:
        return _("A reminder goes out %(duration)s before the start.") % {"duration": told[0]}
    words = {"durations": ", ".join(told[:-1]), "last": told[-1]}
    return _("Reminders go out %(durations)s and %(last)s before the start.") % words


def _when(terms: Terms) -> str:
    if terms.lead_time == NOTHING:
        return ngettext(
            "Book up to %(days)d day ahead, until the last minute.",
            "Book up to %(days)d days ahead, until the last minute.",
            terms.horizon_days,
        ) % {"days": terms.horizon_days}
    return ngettext(
        "Book from %(duration)s to %(days)d day ahead.",
        "Book from %(duration)s to %(days)d days ahead.",
        terms.horizon_days,
    ) % {"duration": duration_in_words(terms.lead_time), "days": terms.horizon_days}


def _how_long(terms: Terms) -> str:
    steps = {
        15: _("starting and ending on a quarter of an hour"),
        30: _("starting and ending on a half hour"),
        60: _("starting and ending on a full hour"),
    }
    grid = int(terms.grid.total_seconds()) // 60
    return _("From %(shortest)s to %(longest)s at a time, %(grid)s.") % {
        "shortest": duration_in_words(terms.shortest),
        "longest": duration_in_words(terms.longest),
        "grid": steps.get(grid)
        or _("in steps of %(duration)s") % {"duration": duration_in_words(terms.grid)},
    }


def _cancelling(terms: Terms) -> str:
    if terms.cancellation_window == NOTHING:
        return _("Cancel free of charge until it starts.")
    return _("Cancel free of charge until %(duration)s before it starts.") % {
        "duration": duration_in_words(terms.cancellation_window)
    }


def _coming(terms: Terms) -> str:
    return _("Check in within %(duration)s of the start; after that the time is given back.") % {
        "duration": duration_in_words(terms.grace_period)
    }


def _around(terms: Terms) -> str:
    if terms.setup and terms.turnaround:
        return _(
            "The machine is kept %(setup)s before for setup and %(after)s after for cleaning."
        ) % {
            "setup": duration_in_words(terms.setup),
            "after": duration_in_words(terms.turnaround),
        }
    if terms.setup:
        return _("The machine is kept %(setup)s before for setup.") % {
            "setup": duration_in_words(terms.setup)
        }
    return _("The machine is kept %(after)s after for cleaning.") % {
        "after": duration_in_words(terms.turnaround)
    }
