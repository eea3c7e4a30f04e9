"""What a tablet says to who did something at it."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from booking.services.kiosk_entries import Outcome
from booking.states import KioskAct


def told_of(outcome: Outcome, zone: ZoneInfo) -> dict[str, Any]:
    """A heading and lines; a refusal says what to do about it."""
    entry = outcome.entry
    if not outcome.is_done:
        lines = list(outcome.reasons) or [_("It could not be done.")]
        return {"title": _("Not done"), "lines": [*lines, _("The staff of the space can help.")]}
    greeting = _("Hello %(name)s") % {"name": entry.member} if entry.member else ""
    session, machine = entry.session, str(entry.machine)
    if entry.act == KioskAct.CHECK_OUT or session is None:
        title = _("Checked out: %(machine)s") % {"machine": machine}
        lines = [_("Thank you for leaving the machine ready.")]
        return {"title": title, "lines": [greeting, *lines]}
    title = _("Checked in: %(machine)s")
    if entry.act == KioskAct.EXTEND:
        title = _("Extended: %(machine)s")
    lines = [greeting]
    if session.expected_end_at is not None:
        until = date_format(session.expected_end_at.astimezone(zone), "H:i")
        lines.append(_("It is yours until %(time)s.") % {"time": until})
    lines.append(_("Check out here when you leave."))
    return {"title": title % {"machine": machine}, "lines": lines}
