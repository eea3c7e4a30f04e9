"""Badges and PINs: given, taken back, and asked for at a machine.

What members do themselves counts in every space. What the staff of a space does for them counts
there only until they confirm it, and they are told.
"""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Badge, Member, Pin
from members.notices import BadgeNews, told_of_badge
from members.states import (
    LONGEST_PIN,
    MOST_BADGES,
    PIN_LOCKED_FOR,
    SHORTEST_BADGE,
    SHORTEST_PIN,
    WRONG_PINS,
    IdentityProblem,
)
from spaces.models import Space

TOUCH_EVERY = timedelta(minutes=1)
DIGITS = "0123456789"


class BadgeTaken(Exception):
    """Somebody has this badge already."""


class BadgeUnreadable(Exception):
    """What was read is too short to be the number of a badge."""


class PinTooWeak(Exception):
    """Not digits, too short or too long, or what everybody tries first."""


class TooManyBadges(Exception):
    """The member has as many badges as one may have."""


class BadgeOfTheirOwn(Exception):
    """The badge counts elsewhere: no staff revokes it."""


class PinOfTheirOwn(Exception):
    """The member has a PIN that counts elsewhere: no staff replaces it."""


class NotIdentified(Exception):
    """A badge and a PIN that open nothing; the message says what to do about it.

    `member` is whose badge it is, where it is somebody's.
    """

    def __init__(
        self, problem: IdentityProblem, message: str, member: Member | None = None
    ) -> None:
        super().__init__(message)
        self.problem, self.message, self.member = problem, message, member


def number_of(read: str) -> str:
    """What readers of different makes write alike: letters and digits, in capitals."""
    return "".join(character for character in read.upper() if character.isalnum())


def digest_of(read: str) -> str:
    """What is kept of a badge: numbers are short, so without our key nobody may try them all."""
    return salted_hmac("members.badge", number_of(read), algorithm="sha256").hexdigest()


@transaction.atomic
def enrol_badge(
    *,
    member: Member,
    read: str,
    name: str,
    by: Member,
    now: datetime,
    pin: str = "",
    space: Space | None = None,
) -> Badge:
    """Let the badge whose number was `read` stand for `member`, with another `pin` if one is told.

    Given by staff it counts in their `space`, and the member is told; a member who adds such a
    badge themselves confirms it. Raises BadgeUnreadable, BadgeTaken where it stands for anybody
    already, TooManyBadges, PinTooWeak and PinOfTheirOwn.
    """
    if len(number_of(read)) < SHORTEST_BADGE:
        raise BadgeUnreadable
    if Badge.objects.standing().filter(member=member).count() >= MOST_BADGES:
        raise TooManyBadges
    if pin:
        set_pin(member=member, pin=pin, space=space, now=now)
    digest = digest_of(read)
    given = Badge.objects.standing().filter(digest=digest, member=member).exclude(space=None)
    if space is None and (badge := given.first()) is not None:
        return confirm_badge(badge=badge)
    try:
        with transaction.atomic():
            badge = Badge.objects.create(
                member=member, space=space, name=name, digest=digest, created_by=by, created_at=now
            )
    except IntegrityError as error:
        raise BadgeTaken from error
    if space is not None:
        what = BadgeNews.GIVEN_WITH_PIN if pin else BadgeNews.GIVEN
        told_of_badge(what, member=member, space=space, badge=badge, by=by, now=now)
    return badge


def confirm_badge(*, badge: Badge) -> Badge:
    """Let a badge that staff has given count in every space; for its member."""
    badge.space = None
    badge.save(update_fields=["space"])
    return badge


@transaction.atomic
def revoke_badge(*, badge: Badge, by: Member, now: datetime, space: Space | None = None) -> Badge:
    """Let `badge` stand for nobody any more; revoking twice keeps the first moment.

    Staff of a `space` may revoke what was given there; its member is told. Raises BadgeOfTheirOwn
    for another: anybody may reserve anywhere, and no space may shut them out of the others.
    """
    if space is not None and badge.space_id != space.pk:
        raise BadgeOfTheirOwn
    if badge.revoked_at is None:
        badge.revoked_at = now
        badge.save(update_fields=["revoked_at"])
        if space is not None:
            what = BadgeNews.REVOKED
            told_of_badge(what, member=badge.member, space=space, badge=badge, by=by, now=now)
    return badge


@transaction.atomic
def set_pin(*, member: Member, pin: str, now: datetime, space: Space | None = None) -> Pin:
    """Give `member` another PIN, which also opens a locked one.

    Their own counts everywhere, and takes the place of what staff has given; one that the staff
    of a `space` gives counts there. Raises PinTooWeak, and PinOfTheirOwn where staff would take
    away what counts elsewhere.
    """
    if not (pin.isascii() and pin.isdecimal() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise PinTooWeak
    if len(set(pin)) == 1 or pin in DIGITS or pin in DIGITS[::-1]:
        raise PinTooWeak
    before = Pin.objects.select_for_update().filter(member=member).first()
    if space is not None and before is not None and before.space_id != space.pk:
        raise PinOfTheirOwn
    kept, _is_new = Pin.objects.update_or_create(
        member=member,
        defaults={
            "space": space,
            "digest": make_password(pin),
            "failures": 0,
            "locked_until": None,
            "changed_at": now,
        },
    )
    return kept


@transaction.atomic
def remove_pin(*, member: Member, space: Space, by: Member, now: datetime) -> bool:
    """Take the PIN away that the staff of `space` has given `member`; whether there was one.

    They are told. Their badges open nothing until they set another one. One of their own stays:
    it counts elsewhere too.
    """
    removed, _each = Pin.objects.filter(member=member, space=space).delete()
    if removed:
        told_of_badge(BadgeNews.PIN_TAKEN, member=member, space=space, badge=None, by=by, now=now)
    return bool(removed)


def identify(*, read: str, pin: str, space: Space, now: datetime) -> Member:
    """The member whose badge was `read`, where both it and `pin` count in `space`.

    Raises NotIdentified; a badge of another space is as unknown as any other.

    Wrong tries are counted whatever becomes of the caller's work, so call it outside of a
    transaction.
    """
    rows = Badge.objects.standing().counting_in(space).filter(digest=digest_of(read))
    badge = rows.select_related("member").first()
    if badge is None:
        raise NotIdentified(
            IdentityProblem.UNKNOWN_BADGE,
            _(
                "This badge is not known here. Add or confirm it in your profile, or ask the staff "
                "of the space."
            ),
        )
    check_pin(member=badge.member, pin=pin, space=space, now=now)
    if badge.last_used_at is None or now - badge.last_used_at >= TOUCH_EVERY:
        Badge.objects.filter(pk=badge.pk).update(last_used_at=now)
    return badge.member


def check_pin(*, member: Member, pin: str, space: Space, now: datetime) -> None:
    """Raise NotIdentified unless `pin` is that of `member`; after so many tries it is locked."""
    refused = _tried(member, pin, space, now)
    if refused is not None:
        raise refused


@transaction.atomic
def _tried(member: Member, pin: str, space: Space, now: datetime) -> NotIdentified | None:
    """One try, counted while nobody else tries."""
    rows = Pin.objects.select_for_update(of=("self",)).counting_in(space)
    kept = rows.filter(member=member).first()
    if kept is None:
        told = _("You have no PIN yet. Set one in your profile, or ask the staff of the space.")
        return NotIdentified(IdentityProblem.NO_PIN, told, member)
    if kept.locked_until is not None and kept.locked_until > now:
        return _locked(member, kept.locked_until, now)
    if check_password(pin, kept.digest):
        if kept.failures:
            Pin.objects.filter(pk=kept.pk).update(failures=0, locked_until=None)
        return None
    kept.failures = kept.failures + 1 if kept.locked_until is None else 1
    kept.locked_until = now + PIN_LOCKED_FOR if kept.failures >= WRONG_PINS else None
    kept.save(update_fields=["failures", "locked_until"])
    if kept.locked_until is not None:
        return _locked(member, kept.locked_until, now)
    left = WRONG_PINS - kept.failures
    told = ngettext(
        "This is not your PIN. You have %(count)d more try.",
        "This is not your PIN. You have %(count)d more tries.",
        left,
    )
    return NotIdentified(IdentityProblem.WRONG_PIN, told % {"count": left}, member)


def _locked(member: Member, until: datetime, now: datetime) -> NotIdentified:
    minutes = max(1, -(-(until - now) // timedelta(minutes=1)))
    told = ngettext(
        "Your PIN is locked for %(count)d minute. Set another one in your profile, or ask the "
        "staff of the space.",
        "Your PIN is locked for %(count)d minutes. Set another one in your profile, or ask the "
        "staff of the space.",
        minutes,
    )
    return NotIdentified(IdentityProblem.PIN_LOCKED, told % {"count": minutes}, member)
