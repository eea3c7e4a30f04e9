"""Calendars from elsewhere as closures: taken up, read again, paused, let go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from schedule.models import Event

from machines.external.reading import Reading, read
from machines.models import DirtyDay, FollowedCalendar, FollowedDate, Settings
from machines.queries.followed import followed_by, is_stale
from machines.queries.opening import Closure, opening_of
from machines.services.events import Owner
from machines.services.followed.choosing import (
    draft,
    follow,
    forget_drafts,
    pause,
    resume,
    unfollow,
)
from machines.services.followed.closures import Taken, window_of
from machines.services.followed.refreshing import refresh, refresh_due
from machines.states import Following, Meaning, Trouble
from machines.tasks import refresh_followed
from spaces.intervals import DAY, Interval
from spaces.models import Space
from tests.factories.machines import FollowedCalendarFactory, MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.machines.calendars import at, span
from tests.machines.followed.files import CANCELLED, MOVED, WEEKLY, ZURICH, calendar, event
from tests.machines.followed.server import Given, Server, serving, stamped

pytestmark = pytest.mark.django_db

NOW = at("2026-10-20T11:40")
HOUR = timedelta(hours=1)
AUTUMN = span("2026-10-20T00:00", "2026-12-01T00:00")
CLOSES = Settings(name="Courses", meaning=Meaning.CLOSURE, takes_free=False)
BUSY = Settings(name="Courses", meaning=Meaning.BUSY, takes_free=False)


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A server that may be called although it is on this machine."""
    settings.PRIVATE_NETWORKS_ALLOWED = ("127.0.0.0/8",)
    with serving() as each:
        yield each


def said(followed: FollowedCalendar, now: datetime = NOW) -> Reading:
    """What a calendar says, read here and not in a process of its own, which takes longer."""
    return read(followed.content, followed.space.zone, window_of(followed.space, now))


def taken_up(
    content: bytes = b"", *, owner: Owner | None = None, settings: Settings = CLOSES, url: str = ""
) -> FollowedCalendar:
    """A calendar that is followed since a moment ago."""
    owner = owner or SpaceFactory.create()
    if url:
        followed = draft(owner=owner, settings=settings, by=None, now=NOW, url=url)
    else:
        space, machine = (owner, None) if isinstance(owner, Space) else (owner.space, owner)
        followed = FollowedCalendarFactory.create(
            space=space, machine=machine, content=content, state=Following.DRAFT
        )
    follow(followed=followed, reading=said(followed), settings=settings, now=NOW)
    return followed


def closures(followed: FollowedCalendar, window: Interval = AUTUMN) -> list[Closure]:
    return list(opening_of(followed.owner, window).closures)


def put(followed: FollowedCalendar, *components: str) -> Taken:
    """Read the calendar as if it had `components` now; once more, nothing changes."""
    followed.content = calendar(*components)
    followed.save()

    def again() -> Taken:
        return follow(
            followed=followed, reading=said(followed), settings=followed.settings, now=NOW
        )

    taken = again()
    assert again() == Taken()
    return taken


def test_a_draft_closes_nothing_and_a_followed_calendar_its_dates() -> None:
    space = SpaceFactory.create()
    followed = draft(
        owner=space, settings=CLOSES, by=None, now=NOW, filename="a.ics", content=calendar(event())
    )
    assert (followed.state, closures(followed)) == (Following.DRAFT, [])
    reading = said(followed)
    assert follow(followed=followed, reading=reading, settings=CLOSES, now=NOW) == Taken(added=1)
    assert closures(followed) == [Closure(span("2026-10-28T09:00", "2026-10-28T11:00"), "Course")]


def test_a_machines_calendar_closes_that_machine() -> None:
    machine = MachineFactory.create()
    other = MachineFactory.create(space=machine.space)
    followed = taken_up(calendar(event()), owner=machine)
    assert len(closures(followed)) == 1
    assert not opening_of(other, AUTUMN).closures
    assert not opening_of(machine.space, AUTUMN).closures


def test_it_is_named_by_staff_or_by_itself_or_by_its_file() -> None:
    nameless = Settings(name="", meaning=Meaning.CLOSURE, takes_free=False)

    def name_of(*components: str) -> str:
        return draft(
            owner=SpaceFactory.create(),
            settings=nameless,
            by=None,
            now=NOW,
            filename="autumn.ics",
            content=calendar(*components),
        ).name

    assert name_of("X-WR-CALNAME:Kurse", event()) == "Kurse"
    assert name_of(event()) == "autumn"


def test_busy_time_and_private_events_tell_nobody_what_they_are() -> None:
    secret = event(
        f"{ZURICH}:20261029T090000", f"{ZURICH}:20261029T100000", "CLASS:PRIVATE", uid="b"
    )
    space = SpaceFactory.create(languages=["fr"])
    followed = taken_up(calendar(event(), secret), owner=space)
    assert [each.reason for each in closures(followed)] == ["Course", "Fermé"]
    follow(followed=followed, reading=said(followed), settings=BUSY, now=NOW)
    assert [each.reason for each in closures(followed)] == ["Occupé", "Occupé"]
    assert set(FollowedDate.objects.values_list("summary", flat=True)) == {"Course", ""}


def test_what_is_marked_as_free_closes_only_where_staff_say_so() -> None:
    holidays = event(";VALUE=DATE:20261026", ";VALUE=DATE:20261031", "TRANSP:TRANSPARENT")
    followed = taken_up(calendar(holidays))
    assert closures(followed) == []
    all_of_it = Settings(name="Holidays", meaning=Meaning.CLOSURE, takes_free=True)
    follow(followed=followed, reading=said(followed), settings=all_of_it, now=NOW)
    assert [each.interval for each in closures(followed)] == [
        span("2026-10-26T00:00", "2026-10-31T00:00")
    ]


def test_dates_are_moved_and_taken_out_in_place() -> None:
    followed = taken_up(calendar(WEEKLY))
    rows = {each.key: each.event_id for each in followed.dates.all()}
    assert put(followed, WEEKLY, MOVED, CANCELLED) == Taken(changed=1, dropped=1)
    assert [each.interval for each in closures(followed)][:2] == [
        span("2026-10-22T19:00", "2026-10-22T20:00"),
        span("2026-11-04T18:00", "2026-11-04T21:00"),
    ]
    still = {each.key: each.event_id for each in followed.dates.all()}
    assert still.items() < rows.items()


def test_what_was_stays_and_what_goes_on_ends_now() -> None:
    running = event(f"{ZURICH}:20261020T080000", f"{ZURICH}:20261020T180000", uid="now")
    followed = taken_up(calendar(WEEKLY, running))
    past = span("2026-10-01T00:00", "2026-10-20T00:00")
    before = closures(followed, past)
    assert len(before) == 2
    put(followed)
    assert closures(followed, past) == before
    assert [each.interval for each in closures(followed)] == [Interval(at("2026-10-20T08:00"), NOW)]


def test_closures_by_hand_stay_out_of_it() -> None:
    followed = taken_up(calendar(event()))
    by_hand = Event.objects.create(
        calendar=Event.objects.get().calendar, title="By hand", start=NOW, end=NOW + HOUR
    )
    unfollow(followed=followed, now=NOW)
    assert list(Event.objects.all()) == [by_hand]
    assert not FollowedCalendar.objects.exists()


def test_the_days_it_changes_are_counted_again() -> None:
    machine = MachineFactory.create()
    followed = taken_up(calendar(event()), owner=machine.space)
    assert [str(each.date) for each in DirtyDay.objects.all()] == ["2026-10-28"]
    DirtyDay.objects.all().delete()
    put(followed, event(f"{ZURICH}:20261030T230000", f"{ZURICH}:20261031T010000"))
    assert sorted(str(each.date) for each in DirtyDay.objects.all()) == [
        "2026-10-28", "2026-10-30", "2026-10-31",
    ]  # fmt: skip


def test_what_is_not_read_is_kept_to_be_looked_at_once() -> None:
    followed = taken_up(calendar(event(), event("", "", uid="b", summary="No start")))
    (remark,) = followed.remarks.all()
    assert str(remark) == "No start: It has no start."
    put(followed, event(), event("", "", uid="b", summary="No start"))
    assert list(followed.remarks.all()) == [remark]
    put(followed, event())
    assert not followed.remarks.exists()


def test_the_dates_of_a_file_go_on_with_the_days() -> None:
    followed = taken_up(calendar(WEEKLY))
    horizon = NOW + 400 * DAY
    assert not closures(followed, Interval(horizon, horizon + 30 * DAY))
    refresh_due(NOW + 30 * DAY)
    assert closures(followed, Interval(horizon, horizon + 30 * DAY))


def test_an_address_is_read_again_by_the_hour(server: Server) -> None:
    server.answers["/a.ics"] = stamped(calendar(event()), '"one"')
    followed = taken_up(url=f"{server.url}/a.ics")
    assert len(closures(followed)) == 1
    assert refresh_due(NOW + 59 * timedelta(minutes=1)) == 0
    assert refresh_due(NOW + 75 * timedelta(minutes=1)) == 1
    assert [each[1].get("If-None-Match") for each in server.asked] == [None, '"one"']
    server.answers["/a.ics"] = stamped(calendar(WEEKLY), '"two"')
    assert refresh_due(NOW + 3 * HOUR) == 1
    followed.refresh_from_db()
    assert (followed.etag, len(closures(followed))) == ('"two"', 6)


def test_a_calendar_that_cannot_be_read_keeps_its_dates_and_says_why(server: Server) -> None:
    server.answers["/a.ics"] = Given(calendar(event()))
    followed = taken_up(url=f"{server.url}/a.ics")
    pauses = []
    for number, (given, trouble) in enumerate(
        [
            (Given(status=503), Trouble.STATUS),
            (Given(b"<html>Sign in</html>"), Trouble.NOT_A_CALENDAR),
            (Given(status=302, headers={"Location": "http://10.0.0.1/"}), Trouble.ADDRESS),
            (Given(status=404), Trouble.STATUS),
            (Given(status=404), Trouble.STATUS),
            (Given(status=404), Trouble.STATUS),
        ],
        start=1,
    ):
        server.answers["/a.ics"] = given
        followed.refresh_from_db()
        moment = followed.next_try_at
        assert refresh(followed=followed, now=moment) is None
        followed.refresh_from_db()
        assert (followed.trouble, followed.failures) == (trouble, number)
        assert len(closures(followed)) == 1
        pauses.append((followed.next_try_at - moment) // HOUR)
    assert pauses == [2, 4, 8, 16, 24, 24]
    assert "404" in followed.trouble_in_words
    server.answers["/a.ics"] = Given(calendar(WEEKLY))
    moment = followed.next_try_at
    assert refresh(followed=followed, now=moment) is not None
    assert (followed.trouble, followed.failures, followed.succeeded_at) == ("", 0, moment)


def test_one_that_was_not_read_for_days_is_told(server: Server) -> None:
    server.answers["/a.ics"] = Given(calendar(event()))
    followed = taken_up(url=f"{server.url}/a.ics")
    assert not is_stale(followed, NOW + 2 * DAY)
    assert is_stale(followed, NOW + 4 * DAY)
    pause(followed=followed, now=NOW)
    assert not is_stale(followed, NOW + 4 * DAY)
    assert not is_stale(taken_up(calendar(event())), NOW + 40 * DAY)


def test_paused_it_is_not_read_and_keeps_its_dates(server: Server) -> None:
    server.answers["/a.ics"] = Given(calendar(event()))
    followed = taken_up(url=f"{server.url}/a.ics")
    pause(followed=followed, now=NOW)
    assert refresh_due(NOW + DAY) == 0
    assert len(closures(followed)) == 1
    resume(followed=followed, now=NOW)
    assert refresh_due(NOW) == 1


def test_it_may_be_let_go_while_it_is_read(server: Server) -> None:
    server.answers["/a.ics"] = Given(calendar(event()))
    followed = taken_up(url=f"{server.url}/a.ics")
    same = FollowedCalendar.objects.get(pk=followed.pk)
    unfollow(followed=same, now=NOW)
    assert refresh(followed=followed, now=NOW) is None
    assert not Event.objects.exists()


def test_only_a_few_are_read_in_one_go_and_drafts_are_forgotten(
    server: Server, django_assert_max_num_queries: Any
) -> None:
    server.answers["/a.ics"] = Given(calendar(event()))
    space = SpaceFactory.create()
    for _number in range(4):
        taken_up(url=f"{server.url}/a.ics", owner=space)
    draft(owner=space, settings=CLOSES, by=None, now=NOW, filename="a", content=calendar())
    assert [refresh_due(NOW + 2 * HOUR) for _time in range(3)] == [3, 1, 0]
    forget_drafts(NOW + 2 * DAY)
    assert FollowedCalendar.objects.count() == 4
    refresh_followed()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_needs_as_many_queries_for_any_number(
    number: int, django_assert_num_queries: Any
) -> None:
    space = SpaceFactory.create()
    machine = MachineFactory.create(space=space)
    for owner in [machine, space, machine][:number]:
        taken_up(calendar(WEEKLY, event("", "", uid="b")), owner=owner)
    draft(owner=space, settings=CLOSES, by=None, now=NOW, filename="a", content=calendar())
    with django_assert_num_queries(3):
        rows = followed_by(space, NOW)
        assert [str(row.calendar.machine or row.calendar.space) for row in rows]
    assert [(row.ahead, row.remarks) for row in rows] == [(57, 1)] * number
    assert rows[0].next_at == at("2026-10-21T18:00")
    assert len(followed_by(machine, NOW)) == (number + 1) // 2


def test_who_took_it_up_is_known() -> None:
    person = RoleFactory.create().member
    followed = draft(
        owner=SpaceFactory.create(), settings=CLOSES, by=person, now=NOW, filename="a",
        content=calendar(),
    )  # fmt: skip
    assert followed.created_by == person
