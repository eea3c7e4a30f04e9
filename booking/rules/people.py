"""Rules about the person and the company: what they hold, and how much they have already."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from booking.facts import BookingRequest, Facts, Refusal, held_throughout
from booking.quotas import too_much_at_once, window_is_full
from booking.states import RefusalCode
from booking.wording import (
    date_in_words,
    hours_in_words,
    limit_in_words,
)


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
    """The certifications held cover the whole span, in the zone of the site (RULES, C22)."""
    first, last = _dates_of(request, facts.zone)
    stale = [
        skill.name
        for skill in facts.skills
        if skill.held and not held_throughout(skill.held, first, last)
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
    if held_throughout(facts.memberships, first, last):
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
