"""Why something that a tablet sent could not be done, as staff read it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.states import RefusalCode
from members.states import IdentityProblem

NO_SHOW_MEANWHILE = "NO_SHOW_MEANWHILE"
"""Somebody came in time, and the tablet could not say so before their time was given away."""

NOT_AT_TABLET = "NOT_AT_TABLET"
"""The tablet is for another machine, or the machine is of another space."""

TOO_LATE_TO_EXTEND = "TOO_LATE_TO_EXTEND"
"""Whether the time behind is free is known only while somebody waits for the answer."""

CLOCK_WRONG = "CLOCK_WRONG"
"""It would have happened so long ago that the clock of the tablet was set meanwhile."""

TOLD_TOO_LATE = "TOLD_TOO_LATE"
"""The tablet alone says when it was, and kept it for longer than it is trusted."""

FAILED = "FAILED"
"""Something is wrong with us: it is logged, and staff see to what was meant."""

REASONS: dict[str, str | Promise] = {
    IdentityProblem.UNKNOWN_BADGE: _("The badge is not known."),
    IdentityProblem.NO_PIN: _("There is no PIN for this badge."),
    IdentityProblem.WRONG_PIN: _("The PIN was wrong."),
    IdentityProblem.PIN_LOCKED: _("The PIN was locked."),
    IdentityProblem.UNREADABLE: _("Who it was cannot be read: it was not sealed for this."),
    RefusalCode.CLOSED: _("The space was closed then."),
    RefusalCode.MACHINE_OUT_OF_SERVICE: _("The machine was out of service."),
    RefusalCode.NOT_CERTIFIED: _("A certification is missing."),
    RefusalCode.CERTIFICATION_EXPIRED: _("A certification is not valid any more."),
    RefusalCode.MEMBERSHIP_INACTIVE: _("The membership does not cover the time."),
    RefusalCode.TAKEN: _("Somebody else had the machine then."),
    RefusalCode.NOT_ALLOWED: _("It was not theirs to begin or to end."),
    NO_SHOW_MEANWHILE: _(
        "They came in time, but their reservation was taken for a no-show before the tablet could "
        "say so."
    ),
    NOT_AT_TABLET: _("The machine is not one of this tablet."),
    TOO_LATE_TO_EXTEND: _("Nothing can be extended without a network."),
    CLOCK_WRONG: _("When it was is not known: the clock of the tablet was wrong."),
    TOLD_TOO_LATE: _("The tablet kept it for more than a day, and nobody else saw when it was."),
    FAILED: _("It could not be done."),
}


def reason_in_words(code: str) -> str:
    """What stood in the way; the code itself for what no tablet should meet."""
    return str(REASONS.get(code, code))
