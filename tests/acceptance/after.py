"""What a case expects of the tables once all steps are done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from booking import notices
from booking.models import Reservation, UsageSession
from booking.queries.waitlist import open_offers
from booking.states import ReservationState
from notifications.models import Message
from notifications.states import MessageState
from tests.acceptance.answers import Check, Differs, same
from tests.acceptance.form import Facts
from tests.acceptance.world import World

ACTIVE = (ReservationState.PENDING, ReservationState.CONFIRMED, ReservationState.IN_USE)


def reservations(world: World, expected: dict[str, dict[str, Any]]) -> None:
    """The rows as they stand, by id."""
    for name, wanted in expected.items():
        row = world.reservation(name)
        row.refresh_from_db()
        facts = Facts(wanted, f"after.reservations.{name}")
        told: dict[str, Any] = {
            "status": row.state,
            "unit": world.name_of(row.machine),
            "by": row.member and row.member.name,
            "cancelled_late": row.cancelled_late,
        }
        moments = {
            "start": row.starts_at, "end": row.ends_at, "released_at": row.released_at
        }  # fmt: skip
        for key in wanted:
            if key in moments:
                _same_moment(world, f"{name}/{key}", facts[key], moments[key])
            elif key in told:
                same(f"{name}/{key}", expected=facts[key], got=told[key])
        facts.finish()


def _same_moment(world: World, what: str, expected: str | None, got: datetime | None) -> None:
    wanted = None if expected is None else world.moment(expected)
    if wanted != got:
        told = None if got is None else got.astimezone(world.space.zone).isoformat()
        raise Differs(what, expected=expected, got=told)


def active_starts_of(world: World, expected: dict[str, list[str]]) -> None:
    """When what each person has reserved begins."""
    for name, starts in expected.items():
        found = [row.starts_at for row in _active_of(world, name)]
        same(
            f"active_starts_of/{name}",
            expected=_walls(world, sorted(map(world.moment, starts))),
            got=_walls(world, found),
        )


def reservations_of(world: World, expected: dict[str, int]) -> None:
    """How many active rows each person has."""
    for name, count in expected.items():
        got = len(_active_of(world, name))
        same(f"reservations_of/{name}", expected=count, got=got)


def _active_of(world: World, name: str) -> list[Reservation]:
    rows = world.person(name).reservations.filter(state__in=ACTIVE)
    return list(rows.order_by("starts_at", "pk"))


def notices_count(world: World, expected: dict[str, int]) -> None:
    """How many messages of a kind were posted about a row."""
    for key, count in expected.items():
        name, _slash, event = key.partition("/")
        messages = Message.objects.about(world.reservation(name).subject_key)
        got = messages.filter(kind=f"reservation_{event}").count()
        same(f"notices_count/{key}", expected=count, got=got)


def sessions(world: World, expected: list[dict[str, Any]]) -> None:
    """The complete list of sessions, in the order of their starts."""
    rows = UsageSession.objects.order_by("started_at", "pk").select_related("machine", "member")
    found = [
        {
            "unit": world.name_of(row.machine),
            "by": row.member and row.member.name,
            **_walls_of(world, start=row.started_at, end=row.ended_at),
            "assumed_end": row.end_is_assumed,
        }
        for row in rows
    ]
    wanted = [
        {
            "unit": facts["unit"],
            "by": facts["by"],
            **_walls_of(
                world, start=_moment(world, facts["start"]), end=_moment(world, facts.get("end"))
            ),
            "assumed_end": facts.get("assumed_end", False),
        }
        for facts in _each("sessions", expected)
    ]
    same("sessions", expected=wanted, got=found)


def open_offers_are(world: World, expected: list[dict[str, Any]]) -> None:
    """The complete list of the offers that can still be accepted."""
    rows = open_offers(world.now).select_related("entry__member", "reservation__machine")
    found = [
        {
            "to": row.entry.member.name,
            "unit": world.name_of(row.reservation.machine),
            **_walls_of(world, expires=row.expires_at),
        }
        for row in rows.order_by("made_at", "pk")
    ]
    _same_list(world, "open_offers", expected, found, moment="expires")


def reminders(world: World, expected: list[dict[str, Any]]) -> None:
    """The complete list of the reminders that were sent."""
    rows = Message.objects.filter(kind=notices.REMINDER, state=MessageState.SENT)
    sent = list(rows.select_related("recipient").order_by("sent_at", "pk"))
    names = {row.subject_key: name for name, row in world.reservations.items()}
    found = [
        {
            "to": row.recipient.name,
            "for": names.get(row.subject_key, row.subject_key),
            **_walls_of(world, sent_at=row.sent_at),
        }
        for row in sent
    ]
    bare = [
        {key: value for key, value in each.items() if not key.startswith("text_")}
        for each in expected
    ]
    _same_list(world, "reminders", bare, found, moment="sent_at")
    for each, row in zip(expected, sent, strict=True):
        text = f"{row.subject}\n{row.text}\n{row.html}"
        _text_is("reminders", each, text)


def _text_is(what: str, expected: dict[str, Any], text: str) -> None:
    for words in expected.get("text_has", []):
        if words not in text:
            raise Differs(f"{what}/text_has", expected=words, got=text)
    for words in expected.get("text_has_not", []):
        if words in text:
            raise Differs(f"{what}/text_has_not", expected=f"no {words}", got=text)


def _same_list(
    world: World,
    what: str,
    expected: list[dict[str, Any]],
    found: list[dict[str, Any]],
    *,
    moment: str,
) -> None:
    """Raise Differs unless the lists agree in all that is expected; `moment` names a time."""
    keys = [set(each) for each in expected]
    wanted = [
        each | _walls_of(world, **{moment: world.moment(each[moment])}) if moment in each else each
        for each in expected
    ]
    told = [
        {key: value for key, value in each.items() if key in of_it}
        for each, of_it in zip(found, keys, strict=False)
    ]
    same(what, expected=wanted, got=told + found[len(keys) :])


def _each(what: str, expected: list[dict[str, Any]]) -> list[Facts]:
    return [Facts(each, f"after.{what}[{number}]") for number, each in enumerate(expected)]


def _moment(world: World, text: str | None) -> datetime | None:
    return None if text is None else world.moment(text)


def _walls(world: World, moments: Iterable[datetime]) -> list[str]:
    """Moments as they are read on the site's clock, so that a failure can be read."""
    zone = world.space.zone
    return [each.astimezone(zone).isoformat(timespec="minutes") for each in moments]


def _walls_of(world: World, **moments: datetime | None) -> dict[str, str | None]:
    """The same of moments that have a name; one that is not there yet is None."""
    return {
        name: None if each is None else _walls(world, [each])[0] for name, each in moments.items()
    }


CHECKS: dict[str, Check] = {
    "reservations": reservations,
    "active_starts_of": active_starts_of,
    "reservations_of": reservations_of,
    "notices_count": notices_count,
    "sessions": sessions,
    "open_offers": open_offers_are,
    "reminders": reminders,
}
