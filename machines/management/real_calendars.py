"""Puts a calendar file through what follows calendars, twice, and says what came of it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from schedule.models import Event

from machines.external.apart import read_apart
from machines.external.reading import Reading
from machines.models import FollowedCalendar, Settings
from machines.services.followed.choosing import draft, follow
from machines.services.followed.closures import Taken, read
from machines.states import Meaning
from spaces.intervals import DAY, Interval
from spaces.models import Space

EVER = Interval(datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
SETTINGS = Settings(name="", meaning=Meaning.CLOSURE, takes_free=False)


def report_on(path: Path, space: Space) -> tuple[list[str], list[str]]:
    """What to print of a file that closes `space`, and why it fails; raises CannotRead."""
    content = path.read_bytes()
    everything = read_apart(content, space.zone, EVER)
    # As if it had been found the day before its first date, so that all of it is to come.
    first = min((each.interval.start for each in everything.dates), default=EVER.start + DAY)
    now = first - DAY
    followed = draft(
        owner=space, settings=SETTINGS, by=None, now=now, filename=path.name, content=content
    )
    reading = read(followed, now)
    taken = follow(followed=followed, reading=reading, settings=SETTINGS, now=now)
    closures = _closures(followed)
    again = follow(followed=followed, reading=read(followed, now), settings=SETTINGS, now=now)
    failures = []
    if again != Taken() or _closures(followed) != closures:
        failures.append(f"a second import changes something: {again}")
    if len(closures) != taken.added:
        failures.append(f"{taken.added} closures were counted and {len(closures)} made")
    return _told(path.name, reading, closures, space.zone), failures


def _closures(followed: FollowedCalendar) -> list[tuple[int, datetime, datetime, str]]:
    events = Event.objects.filter(followed_date__followed=followed)
    return list(events.order_by("start", "pk").values_list("pk", "start", "end", "title"))


def _told(
    name: str, reading: Reading, closures: list[tuple[int, datetime, datetime, str]], zone: ZoneInfo
) -> list[str]:
    free = sum(each.is_free for each in reading.dates)
    not_read = sum(not each.is_taken for each in reading.remarks)
    summary = (
        f"{name}: {reading.events} events in, {len(closures)} closures made, "
        f"{free} dates left aside as free, {not_read} events not read"
    )
    told = [summary]
    told += [
        f"    closed {start.astimezone(zone):%Y-%m-%d %H:%M %Z} – "
        f"{end.astimezone(zone):%Y-%m-%d %H:%M %Z}: {title}"
        for _pk, start, end, title in closures
    ]
    told += [
        f"    {'doubtful' if each.is_taken else 'not read'}, “{each.title}”: "
        f"{each.flaw.label} {each.detail}".rstrip()
        for each in reading.remarks
    ]
    return told
