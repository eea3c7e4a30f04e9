"""Why something that a tablet sent could not be done, as staff read it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.states import RefusalCode
from members.states import IdentityProblem

REASONS: dict[str, str | Promise] = {
    IdentityProblem.UNKNOWN_BADGE: _("The badge is not known."),
    IdentityProblem.NO_PIN: _("There is no PIN for this badge."),
    IdentityProblem.WRONG_PIN: _("The PIN was wrong."),
    IdentityProblem.PIN_LOCKED: _("The PIN was locked."),
    RefusalCode.CLOSED: _("The space was closed then."),
    RefusalCode.MACHINE_OUT_OF_SERVICE: _("The machine was out of service."),
    RefusalCode.NOT_CERTIFIED: _("A certification is missing."),
    RefusalCode.CERTIFICATION_EXPIRED: _("A certification is not valid any more."),
    RefusalCode.MEMBERSHIP_INACTIVE: _("The membership does not cover the time."),
    RefusalCode.TAKEN: _("Somebody else had the machine then."),
    RefusalCode.NOT_ALLOWED: _("It was not theirs to begin or to end."),
    "NO_SHOW_MEANWHILE": _(
        "They came in time, but their reservation was taken for a no-show before the tablet could "
        "say so."
    ),
}


def reason_in_words(code: str) -> str:
    """What stood in the way; the code itself for what no tablet should meet."""
    return str(REASONS.get(code, code))
