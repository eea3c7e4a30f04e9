"""What becomes of the dates that were taken from a calendar when it is read again; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from spaces.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A date as it is kept: when, what everyone sees, and what the calendar calls it."""

    interval: Interval
    title: str
    summary: str


@dataclass(slots=True)
class Merge:
    """What is to be written, each by the key of its date."""

    add: dict[str, Entry] = field(default_factory=dict)
    change: dict[str, Entry] = field(default_factory=dict)
    drop: set[str] = field(default_factory=set)
    """Dates ahead of us that went."""

    let_go: set[str] = field(default_factory=set)
    """Dates that stay as they were, because their key is that of another date now."""


def merge(kept: Mapping[str, Entry], wanted: Mapping[str, Entry], *, now: datetime) -> Merge:
    """How `kept` becomes `wanted`; figures are computed from the past, so that stays as it was.

    Merged with the same again, nothing is to be written.
    """
    merged = Merge(add={key: entry for key, entry in wanted.items() if key not in kept})
    for key, old in kept.items():
        new = wanted.get(key)
        if old.interval.end <= now:
            _keep_what_was(merged, key, old, new, now=now)
        elif old.interval.start < now:
            _follow_what_goes_on(merged, key, old, new, now=now)
        elif new is None:
            merged.drop.add(key)
        elif new != old:
            merged.change[key] = new
    return merged


def _keep_what_was(
    merged: Merge, key: str, old: Entry, new: Entry | None, *, now: datetime
) -> None:
    """What is over stays; put off to a time ahead, it takes place again."""
    if new is not None and new.interval.end > now and new.interval != old.interval:
        merged.let_go.add(key)
        merged.add[key] = new


def _follow_what_goes_on(
    merged: Merge, key: str, old: Entry, new: Entry | None, *, now: datetime
) -> None:
    """It began when it began; its end may change, and come at once."""
    if new is not None and new.interval.start <= now < new.interval.end:
        changed = replace(new, interval=Interval(old.interval.start, new.interval.end))
        if changed != old:
            merged.change[key] = changed
        return
    ended = replace(old, interval=Interval(old.interval.start, now))
    merged.change[key] = ended
    _keep_what_was(merged, key, ended, new, now=now)
