"""Who stands at a tablet: by badge and PIN, with a limit on what may be tried at each tablet."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import ngettext

from booking.models import Kiosk
from booking.states import KIOSK_TRIES, KIOSK_TRIES_OVER
from members.models import Member
from members.rates import note_try, tries, window_ends_in
from members.services.badges import NotIdentified, identify
from members.states import IdentityProblem


class TriedTooOften(NotIdentified):
    """So many were wrong at this tablet that nobody is asked for a while, not even the right one.

    Else a tablet would tell whoever has patience which badges there are.
    """


def identify_at(kiosk: Kiosk, *, read: str, pin: str, now: datetime) -> Member:
    """The member who held their badge to `kiosk`; raises NotIdentified, or TriedTooOften."""
    return tried_at(
        kiosk, lambda: identify(read=read, pin=pin, space=kiosk.space, now=now), now=now
    )


def tried_at(kiosk: Kiosk, who: Callable[[], Member], *, now: datetime) -> Member:
    """What `who` says, as one try at `kiosk`; raises NotIdentified as it does, or TriedTooOften.

    Wrong tries are counted whatever becomes of the caller's work, so call it outside of a
    transaction.
    """
    what = f"kiosk:{kiosk.pk}"
    if tries(what, over=KIOSK_TRIES_OVER, now=now) >= KIOSK_TRIES:
        raise _too_often(now)
    try:
        return who()
    except NotIdentified:
        note_try(what, over=KIOSK_TRIES_OVER, now=now)
        raise


def _too_often(now: datetime) -> TriedTooOften:
    minutes = -(-window_ends_in(KIOSK_TRIES_OVER, now=now) // 60)
    told = ngettext(
        "Too many badges or PINs were wrong at this tablet. Wait %(count)d minute, or scan the "
        "code on the machine with your phone.",
        "Too many badges or PINs were wrong at this tablet. Wait %(count)d minutes, or scan the "
        "code on the machine with your phone.",
        minutes,
    )
    return TriedTooOften(IdentityProblem.TOO_MANY_TRIES, told % {"count": minutes})
