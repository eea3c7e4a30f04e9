"""How the dates of a calendar from elsewhere become closures, and follow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override
from schedule.models import Calendar, Event

from machines.external.apart import read_apart
from machines.external.merging import Entry, merge
from machines.external.reading import Found, Reading
from machines.models import FollowedCalendar, FollowedDate, FollowedRemark, Settings
from machines.services.events import calendar_of, mark_each
from machines.states import CalendarKind, Meaning
from spaces.intervals import DAY, Interval, local_days, wall_time
from spaces.models import Space

BACK, AHEAD = 30 * DAY, 400 * DAY
"""How far dates are taken: back, because a calendar may not have been read for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many closures came, changed and went."""

    added: int = 0
    changed: int = 0
    dropped: int = 0


def window_of(space: Space, now: datetime) -> Interval:
    """The days of which dates are taken: whole ones, so that they are the same all day."""
    today = wall_time(now, space.zone).date()
    return local_days(today - BACK, today + AHEAD, space.zone)


def read(followed: FollowedCalendar, now: datetime) -> Reading:
    """What the calendar says, as it was got last. Raises CannotRead."""
    return read_apart(bytes(followed.content), followed.space.zone, window_of(followed.space, now))


def entries(space: Space, settings: Settings, reading: Reading) -> dict[str, Entry]:
    """The dates that close something, each by its key, as everyone is to see them."""
    # Closures are called what a space calls them, whoever reads the calendar first.
    with override(space.languages[0]):
        return {
            each.key: Entry(
                interval=each.interval, title=_title(settings, each), summary=each.title
            )
            for each in reading.dates
            if settings.takes_free or not each.is_free
        }


def public_name(space: Space, settings: Settings) -> str:
    """What a calendar may be called where everyone reads it."""
    with override(space.languages[0]):
        return _("Busy") if settings.meaning == Meaning.BUSY else settings.name


def _title(settings: Settings, found: Found) -> str:
    return _("Busy") if settings.meaning == Meaning.BUSY else found.title or _("Closed")


def lock(followed: FollowedCalendar) -> None:
    """Wait for whoever changes the calendar, and see it as it is then.

    Raises FollowedCalendar.DoesNotExist where it is followed no more.
    """
    followed.refresh_from_db(from_queryset=FollowedCalendar.objects.select_for_update())


def take(followed: FollowedCalendar, reading: Reading, now: datetime) -> Taken:
    """Let what `reading` says be closed, and keep what of it could not be read."""
    taken = write(followed, entries(followed.space, followed.settings, reading), now)
    told = [(each.title, each.flaw.value, each.detail) for each in reading.remarks]
    if told != list(followed.remarks.values_list("title", "flaw", "detail")):
        followed.remarks.all().delete()
        FollowedRemark.objects.bulk_create(
            FollowedRemark(followed=followed, title=title, flaw=flaw, detail=detail)
            for title, flaw, detail in told
        )
    followed.read_on = wall_time(now, followed.space.zone).date()
    followed.save(update_fields=["read_on"])
    return taken


def write(followed: FollowedCalendar, wanted: Mapping[str, Entry], now: datetime) -> Taken:
    """Make the closures of a locked calendar those that are wanted; what was stays as it was."""
    calendar = calendar_of(followed.owner, CalendarKind.CLOSED).calendar
    followed.dates.filter(event__end__lt=window_of(followed.space, now).start).delete()
    rows = {each.key: each for each in followed.dates.select_related("event")}
    kept = {key: _entry(row) for key, row in rows.items()}
    merged = merge(kept, wanted, now=now)
    _change({rows[key]: entry for key, entry in merged.change.items()})
    Event.objects.filter(followed_date__in=[rows[key] for key in merged.drop]).delete()
    followed.dates.filter(key__in=merged.let_go).delete()
    _add(followed, calendar, merged.add)
    touched = [kept[key].interval for key in (*merged.change, *merged.drop)]
    touched += [entry.interval for entry in (*merged.change.values(), *merged.add.values())]
    mark_each(followed.owner, touched, now)
    return Taken(added=len(merged.add), changed=len(merged.change), dropped=len(merged.drop))


def _entry(row: FollowedDate) -> Entry:
    interval = Interval(row.event.start, row.event.end)
    return Entry(interval=interval, title=row.event.title, summary=row.summary)


def _change(rows: Mapping[FollowedDate, Entry]) -> None:
    for row, entry in rows.items():
        row.summary, row.event.title = entry.summary, entry.title
        row.event.start, row.event.end = entry.interval.start, entry.interval.end
    Event.objects.bulk_update([row.event for row in rows], ["start", "end", "title"])
    FollowedDate.objects.bulk_update(rows, ["summary"])


def _add(followed: FollowedCalendar, calendar: Calendar, dates: Mapping[str, Entry]) -> None:
    events = Event.objects.bulk_create(
        Event(
            calendar=calendar,
            title=entry.title,
            start=entry.interval.start,
            end=entry.interval.end,
        )
        for entry in dates.values()
    )
    FollowedDate.objects.bulk_create(
        FollowedDate(followed=followed, event=event, key=key, summary=entry.summary)
        for event, (key, entry) in zip(events, dates.items(), strict=True)
    )
