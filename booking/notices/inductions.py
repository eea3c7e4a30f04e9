"""Which message follows which event of an induction."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from booking.models import Induction, InductionPlace
from booking.notices.kinds import INDUCTION_SOON
from booking.notices.telling import page
from booking.queries.inductions import machines_taken
from machines.models import Machine
from members.models import Member
from notifications import ical, outbox
from notifications.models import Message
from spaces.models import Space

SEAT = "induction_seat"
CANCELLED = "induction_cancelled"
CHANGED = "induction_changed"


def seat_given(place: InductionPlace, *, moved_up: bool, now: datetime) -> None:
    """Tell somebody that there is a seat for them: at once, or after they waited for it."""
    more = {"moved_up": moved_up, "url": page("induction", place.induction_id)}
    outbox.post(_message(place, SEAT, method="REQUEST", more=more, now=now))


def seat_given_back(place: InductionPlace) -> None:
    """Who has not read that there is a seat for them need not."""
    outbox.withdraw(subject_key=key_of(place), kinds=[SEAT, CHANGED, INDUCTION_SOON])


def induction_cancelled(induction: Induction, *, now: datetime) -> None:
    """Tell everybody who wanted to come that it does not take place, and why."""
    places = list(induction.places.coming().select_related("member").order_by("pk"))
    keys = [key_of(place) for place in places]
    outbox.withdraw_all(subject_keys=keys, kinds=[SEAT, CHANGED, INDUCTION_SOON])
    letters = []
    for place in places:
        place.induction = induction
        with override(place.member.language):
            reason = induction.cancel_reason or _("Too few people asked for a seat.")
        more = {"reason": reason, "url": f"{page('inductions')}?space={induction.space.slug}"}
        letters.append(_message(place, CANCELLED, method="CANCEL", more=more, now=now))
    outbox.post(*letters)


def induction_changed(induction: Induction, *, without: Sequence[Machine], now: datetime) -> None:
    """Tell everybody who comes, and who teaches, that it takes place without some machines."""
    told = {"without": ", ".join(machine.name for machine in without)}
    lost = "-".join(str(machine.pk) for machine in without)
    places = induction.places.coming().select_related("member").order_by("pk")
    comes = [(place.member, key_of(place), page("induction", induction.pk)) for place in places]
    teacher = induction.led_by or induction.created_by
    url = page("space_induction", induction.space.slug, induction.pk)
    if teacher.pk not in {member.pk for member, _key, _url in comes}:
        comes.append((teacher, induction.subject_key, url))
    outbox.post(
        *(
            outbox.draft(
                recipient=member,
                space_key=str(induction.space_id),
                kind=CHANGED,
                subject_key=key,
                dedupe_key=f"{CHANGED}:{induction.pk}:{member.pk}:{lost}",
                context=facts_of(induction, member) | told | {"url": where},
                send_after=now,
            )
            for member, key, where in comes
        )
    )


def facts_of(induction: Induction, member: Member) -> dict[str, Any]:
    """What the templates tell of an induction, in the language of `member`."""
    space = induction.space
    machines = machines_taken([induction]).get(induction.bundle_id, [])
    with override(member.language):
        skill = str(induction.skill)
    return {
        "name": member.name,
        "skill": skill,
        "machine": ", ".join(machine.name for machine in machines),
        "space": space.name,
        "place": _place_of(space),
        "zone": space.timezone,
        "starts_at": induction.starts_at.isoformat(),
        "ends_at": induction.ends_at.isoformat(),
        "url": page("induction", induction.pk),
    }


def _message(
    place: InductionPlace, kind: str, *, method: str, more: dict[str, Any], now: datetime
) -> Message:
    induction, member = place.induction, place.member
    space = induction.space
    facts = facts_of(induction, member)
    with override(member.language):
        summary = _("Induction: %(skill)s") % {"skill": facts["skill"]}
    event = {
        "uid": f"{induction.uid}@etabli",
        "sequence": 1 if method == "CANCEL" else 0,
        "method": method,
        "starts_at": induction.starts_at,
        "ends_at": induction.ends_at,
        "zone": space.zone,
        "summary": summary,
        "location": _place_of(space),
        "description": page("induction", induction.pk),
        "organizer": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "attendee": member.email,
        "now": now,
    }
    context = {**facts, "event": ical.packed(event), **more}
    return outbox.draft(
        recipient=member,
        space_key=str(space.pk),
        kind=kind,
        subject_key=key_of(place),
        dedupe_key=f"{kind}:{place.pk}",
        context=context,
        send_after=now,
    )


def _place_of(space: Space) -> str:
    return ", ".join(filter(None, (space.name, space.street, space.city)))


def key_of(place: InductionPlace) -> str:
    """By which messages about a seat are known."""
    return f"{place.induction.subject_key}:{place.member_id}"
