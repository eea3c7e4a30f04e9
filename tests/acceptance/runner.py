"""Runs an acceptance case: one function per action, each answering as the case files do."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

from django.db import connection

from booking.lane_parts import ItemKind
from booking.models import Offer, Reservation, UsageSession, WaitlistEntry
from booking.queries.board import viewer_in, week_of
from booking.queries.waitlist import open_offers
from booking.services import approvals, attendance, reservations, waitlist
from booking.services.allocation import reserve_unit, stop_unit
from booking.services.blocking import materialise_maintenance
from booking.services.guarantees import hold_guaranteed, release_guaranteed
from booking.services.offering import offer_freed
from booking.services.placing import Claim
from booking.services.reservations import BookingRefused
from booking.states import WishState
from members.models import Certification
from notifications.models import Message
from spaces.intervals import (
    Interval,
    clip,
    local_dates,
    local_day,
    total_seconds,
    week_start,
)
from tests.acceptance.world import World

Step = dict[str, Any]
Answer = dict[str, Any]
SECONDS_PER_HOUR = 3600


def run(case: dict[str, Any]) -> None:
    """Play the steps of a case in order and compare what came of them."""
    world = World(case["given"])
    answers = []
    for step in case["when"]:
        if "at" in step:
            world.now = world.moment(step["at"])
        answers.append(_answer(world, step))
    for answer, expected in zip(answers, case["then"]["results"], strict=True):
        _compare(answer, expected)
    for what, expected in case["then"].get("after", {}).items():
        AFTER[what](world, expected)


def _compare(answer: Answer, expected: Answer) -> None:
    """Every key expected matches; what must not be told is nowhere in the whole answer."""
    wanted = {key: value for key, value in expected.items() if key not in SPECIAL}
    assert {key: answer.get(key) for key in wanted} == wanted
    whole = repr(answer)
    for text in expected.get("must_contain", []):
        assert text in whole
    for text in expected.get("must_not_contain", []):
        assert text not in whole
    if "unit_in" in expected:
        assert answer["unit"] in expected["unit_in"]
    if "entries" in expected:
        for found, each in zip(answer["entries"], expected["entries"], strict=True):
            _compare(found, each)


SPECIAL = ("must_contain", "must_not_contain", "entries", "unit_in")


def _answer(world: World, step: Step) -> Answer:
    try:
        return ACTIONS[step["action"]](world, step)
    except BookingRefused as error:
        codes = [str(each.code) for each in error.refusals]
        # Each refused step breaks exactly one rule.
        return {
            "result": "refused",
            "code": codes[0] if len(codes) == 1 else codes,
            "messages": [each.message for each in error.refusals],
        }


def book(world: World, step: Step) -> Answer:
    """Reserve a machine."""
    made = _reserve(world, step, step["by"])
    if "as" in step:
        world.reservations[step["as"]] = made
    elapsed = (made.ends_at - made.starts_at).total_seconds() // 60
    return {
        "result": "accepted",
        "status": made.state,
        "elapsed_min": int(elapsed),
        "unit": world.name_of(made.machine),
    }


def book_concurrently(world: World, step: Step) -> Answer:
    """Several people reserve the same span at the same time."""
    return _at_once(step["by"], lambda name: _reserve(world, step, name))


def _reserve(world: World, step: Step, name: str) -> Reservation:
    if step["target"] in world.pools:
        claim = Claim(
            member=world.person(name), by=world.person(name), purpose=step.get("title", "")
        )
        return reserve_unit(
            pool=world.pools[step["target"]],
            claim=claim,
            request=world.request(step),
            now=world.now,
        )
    return reservations.reserve(
        machine=world.machine(step["target"]),
        member=world.person(name),
        request=world.request(step),
        by=world.person(name),
        now=world.now,
        company=world.companies[step["company"]] if "company" in step else None,
        purpose=step.get("title", ""),
        is_confidential=step.get("confidential", False),
    )


def view_calendar(world: World, step: Step) -> Answer:
    """What somebody sees of a machine: in the week's calendar, and of each row by itself."""
    machine, person = world.machine(step["target"]), world.person(step["by"])
    window = Interval(world.moment(step["from"]), world.moment(step["to"]))
    zone = world.space.zone
    viewer = viewer_in(person, world.space)
    first = week_start(window.start.astimezone(zone).date())
    items = [
        item
        for row in week_of(machine, first, viewer=viewer, now=world.now).rows
        for lane in row.lanes
        for item in lane.items
        if item.kind in {ItemKind.RESERVED, ItemKind.OWN}
    ]
    shown = {item.starts_at: item for item in items}
    entries = []
    for moment, item in sorted(shown.items()):
        start, end = (datetime.fromtimestamp(each, tz=zone) for each in (moment, item.ends_at))
        if start < window.end and end > window.start:
            entry = {
                "start": start.strftime(WALL),
                "end": end.strftime(WALL),
                "shows": "full" if item.href else "busy_only",
                "text": f"{item.name} {item.detail}",
            }
            entries.append(entry)
    return {"result": "entries", "entries": entries}


WALL = "%Y-%m-%dT%H:%M"


def move(world: World, step: Step) -> Answer:
    """Move a reservation."""
    moved = reservations.move(
        reservation=world.reservations[step["reservation"]],
        request=world.request(step),
        by=world.person(step["by"]),
        now=world.now,
    )
    return {"result": "accepted", "status": moved.state}


def cancel(world: World, step: Step) -> Answer:
    """Cancel a reservation."""
    row = world.reservations[step["reservation"]]
    cancelled = reservations.cancel(reservation=row, by=world.person(step["by"]), now=world.now)
    return {"result": "accepted", "status": cancelled.state}


def approve(world: World, step: Step) -> Answer:
    """Say yes to a request."""
    row = world.reservations[step["reservation"]]
    decided = approvals.approve(reservation=row, by=world.person(step["by"]), now=world.now)
    return {"result": "accepted", "status": decided.state}


def deny(world: World, step: Step) -> Answer:
    """Say no to a request."""
    row = world.reservations[step["reservation"]]
    decided = approvals.deny(
        reservation=row, by=world.person(step["by"]), now=world.now, reason="No."
    )
    return {"result": "accepted", "status": decided.state}


def check_in(world: World, step: Step) -> Answer:
    """Come and use what was reserved."""
    row = world.reservations[step["reservation"]]
    attendance.check_in(reservation=row, by=world.person(step["by"]), now=world.now)
    row.refresh_from_db()
    return {"result": "accepted", "status": row.state}


def check_out(world: World, step: Step) -> Answer:
    """Leave the machine."""
    row = world.reservations[step["reservation"]]
    attendance.stop_session(machine=row.machine, by=world.person(step["by"]), now=world.now)
    row.refresh_from_db()
    return {"result": "accepted", "status": row.state}


def start_session(world: World, step: Step) -> Answer:
    """Use a machine without a reservation."""
    _start(world, step, step["by"])
    return {"result": "accepted"}


def start_session_concurrently(world: World, step: Step) -> Answer:
    """Several people start the same machine at the same time."""
    return _at_once(step["by"], lambda name: _start(world, step, name))


def _start(world: World, step: Step, name: str) -> UsageSession:
    person = world.person(name)
    return attendance.start_walk_in(
        machine=world.machine(step["unit"]), member=person, by=person, now=world.now
    )


def stop_session(world: World, step: Step) -> Answer:
    """Stop what runs on a machine."""
    attendance.stop_session(
        machine=world.machine(step["unit"]), by=world.person(step["by"]), now=world.now
    )
    return {"result": "accepted"}


def set_unit_status(world: World, step: Step) -> Answer:
    """Staff finds a unit broken."""
    assert step["status"] == "out_of_service"
    done = stop_unit(
        machine=world.machine(step["unit"]),
        summary="Broken",
        by=world.person(step["by"]),
        now=world.now,
    )
    names = {row.pk: name for name, row in world.reservations.items()}
    return {
        "result": "accepted",
        "moved": [
            {"reservation": names[row.pk], "to": world.name_of(row.machine)} for row in done.moved
        ],
        "without_unit": [names[row.pk] for row in done.without_unit],
    }


def session_hours_by_day(world: World, step: Step) -> Answer:
    """The hours of use of a machine by local day."""
    sessions = UsageSession.objects.filter(machine=world.machine(step["unit"])).exclude(
        ended_at=None
    )
    used = [Interval(each.started_at, each.ended_at or each.started_at) for each in sessions]
    seconds: dict[str, int] = {}
    zone = world.space.zone
    for day in {day for each in used for day in local_dates(each, zone)}:
        seconds[day.isoformat()] = total_seconds(clip(used, local_day(day, zone)))
    hours = {day: total / SECONDS_PER_HOUR for day, total in seconds.items()}
    return {"result": "hours", "hours": hours}


def run_jobs(world: World, _step: Step) -> Answer:
    """Every periodic job runs once."""
    materialise_maintenance(world.now)
    hold_guaranteed(world.now)
    release_guaranteed(world.now)
    approvals.expire_requests(world.now)
    attendance.close_forgotten(world.now)
    attendance.mark_no_shows(world.now)
    offer_freed(world.now)
    return {"result": "done"}


def run_jobs_concurrently(world: World, step: Step) -> Answer:
    """Several workers run the same jobs at the same minute."""
    start = Barrier(step["workers"], timeout=30)

    def work(_number: int) -> None:
        try:
            start.wait()
            run_jobs(world, step)
        finally:
            connection.close()

    with ThreadPoolExecutor(step["workers"]) as pool:
        list(pool.map(work, range(step["workers"])))
    return {"result": "done"}


def join_waiting_list(world: World, step: Step) -> Answer:
    """Wait for time that is taken."""
    waitlist.join(world.wish(step), now=world.now)
    return {"result": "accepted"}


def leave_waiting_list(world: World, step: Step) -> Answer:
    """Give up what one waits for."""
    person = world.person(step["by"])
    settled = (WishState.LEFT, WishState.FULFILLED, WishState.EXPIRED)
    wish = WaitlistEntry.objects.exclude(state__in=settled).get(member=person)
    waitlist.leave(wish=wish, by=person, now=world.now)
    return {"result": "accepted"}


def accept_offer(world: World, step: Step) -> Answer:
    """Take the time that was offered last."""
    person = world.person(step["by"])
    offer = Offer.objects.filter(entry__member=person).latest("made_at", "pk")
    row = waitlist.accept(offer=offer, by=person, now=world.now)
    return {"result": "accepted", "status": row.state}


def revoke_certification(world: World, step: Step) -> Answer:
    """Staff withdraws a certification."""
    Certification.objects.filter(
        member=world.person(step["member"]), skill__slug=step["name"]
    ).update(revoked_at=world.now)
    return {"result": "accepted"}


def _at_once(names: list[str], act: Callable[[str], object]) -> Answer:
    """Let everybody act at the same moment, each on a connection of their own."""
    start = Barrier(len(names), timeout=30)

    def one(name: str) -> str:
        try:
            start.wait()
            act(name)
        except BookingRefused as error:
            (refusal,) = error.refusals
            return str(refusal.code)
        else:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as pool:
        codes = Counter(pool.map(one, names))
    accepted = codes.pop("", 0)
    (code,) = codes
    return {
        "result": "counts", "accepted": accepted, "refused": codes.total(), "code": code
    }  # fmt: skip


def reservations_are(world: World, expected: dict[str, dict[str, str]]) -> None:
    """The rows as they stand at the end, by id."""
    for name, wanted in expected.items():
        row = world.reservations[name]
        row.refresh_from_db()
        found: dict[str, str | datetime | None] = {
            "status": row.state,
            "start": row.starts_at,
            "end": row.ends_at,
            "released_at": row.released_at,
            "unit": world.name_of(row.machine),
        }
        for key, value in wanted.items():
            assert found[key] == (value if key in {"status", "unit"} else world.moment(value))


def notices_are(world: World, expected: dict[str, int]) -> None:
    """How many messages of a kind were posted about a row."""
    for key, count in expected.items():
        name, event = key.split("/")
        subject = world.reservations[name].subject_key
        assert Message.objects.filter(
            subject_key=subject, kind=f"reservation_{event}"
        ).count() == count  # fmt: skip


def sessions_are(world: World, expected: list[dict[str, Any]]) -> None:
    """The complete list of sessions."""
    found = [
        {
            "unit": row.machine,
            "by": row.member,
            "start": row.started_at,
            "end": row.ended_at,
            "assumed_end": row.end_is_assumed,
        }
        for row in UsageSession.objects.order_by("started_at").select_related("machine", "member")
    ]
    assert found == [
        {
            "unit": world.machine(each["unit"]),
            "by": world.person(each["by"]),
            "start": world.moment(each["start"]),
            "end": world.moment(each["end"]),
            "assumed_end": each.get("assumed_end", False),
        }
        for each in expected
    ]


def starts_are(world: World, expected: dict[str, list[str]]) -> None:
    """When what each person has reserved begins."""
    for name, starts in expected.items():
        rows = world.person(name).reservations.filter(state__in=ACTIVE)
        found = sorted(rows.values_list("starts_at", flat=True))
        assert found == [world.moment(each) for each in starts]


ACTIVE = ("pending", "confirmed", "in_use")


def open_offers_are(world: World, expected: list[dict[str, str]]) -> None:
    """The complete list of the offers that can still be accepted."""
    offers = open_offers(world.now).select_related("entry__member", "reservation__machine")
    found = [
        {
            "to": each.entry.member,
            "unit": each.reservation.machine,
            "expires": each.expires_at,
        }
        for each in offers.order_by("made_at", "pk")
    ]
    wanted = [
        {
            "to": world.person(each["to"]),
            "unit": world.machine(each["unit"]) if "unit" in each else of_found["unit"],
            "expires": world.moment(each["expires"]),
        }
        for each, of_found in zip(expected, found, strict=True)
    ]
    assert found == wanted


ACTIONS: dict[str, Callable[[World, Step], Answer]] = {
    action.__name__: action
    for action in (
        book,
        book_concurrently,
        view_calendar,
        move,
        cancel,
        approve,
        deny,
        check_in,
        check_out,
        start_session,
        start_session_concurrently,
        stop_session,
        set_unit_status,
        session_hours_by_day,
        run_jobs,
        run_jobs_concurrently,
        join_waiting_list,
        leave_waiting_list,
        accept_offer,
        revoke_certification,
    )
}
AFTER: dict[str, Callable[[World, Any], None]] = {
    "reservations": reservations_are,
    "notices_count": notices_are,
    "sessions": sessions_are,
    "active_starts_of": starts_are,
    "open_offers": open_offers_are,
}
