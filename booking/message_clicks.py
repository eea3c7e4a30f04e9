"""What the mails about reservations let their readers do with one press."""

from django.utils.translation import gettext_lazy as _

from booking.notices import kinds
from notifications.clicks import Click

CANCEL = Click(name="cancel", label=_("Cancel this reservation"))
CONFIRM = Click(name="confirm", label=_("Confirm this date"))

CLICKS: dict[str, tuple[Click, ...]] = {
    **dict.fromkeys(
        (
            kinds.CONFIRMED,
            kinds.MOVED,
            kinds.RESTORED,
            kinds.APPROVED,
            kinds.REQUESTED,
            kinds.REMINDER,
        ),
        (CANCEL,),
    ),
    kinds.GUARANTEE: (CONFIRM,),
    kinds.OFFER: (
        Click(name="accept", label=_("Reserve it")),
        Click(name="decline", label=_("Pass it on")),
    ),
    kinds.DISPLACED_PROPOSED: (
        Click(name="accept", label=_("Take the new time")),
        Click(name="decline", label=_("Give it back")),
    ),
    kinds.EXCHANGE: (
        Click(name="accept", label=_("Agree")),
        Click(name="decline", label=_("Decline")),
    ),
}
DONE = {
    "cancel": _("Cancelled. The time is free for others again."),
    "confirm": _("Confirmed. The date is yours."),
    "accept": _("Done. A confirmation is on its way to you."),
    "decline": _("Done. Nothing else is asked of you."),
}
"""What is said afterwards."""
