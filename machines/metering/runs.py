"""From readings and jobs to the runs of a machine: the time in which it really worked. Pure.

The same events give the same runs in whatever order they came. A part of a log may be read alone:
`began` tells the start of the run that was going on before its first event.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from machines.metering.states import LONGEST_SILENT_JOB


class Reading(NamedTuple):
    """Power at a moment, in watts."""

    at: datetime
    watts: float


class Edge(NamedTuple):
    """A job that stopped or started; of two at one moment the end comes first."""

    at: datetime
    is_start: bool


class Limits(NamedTuple):
    """From which power on a machine works, below which it rests, and how long either must last.

    Between the two it goes on as it was. Who says nothing for longer than `silence` is not known
    to work.
    """

    start_watts: float
    stop_watts: float
    start_after: timedelta
    stop_after: timedelta
    silence: timedelta

    @property
    def memory(self) -> timedelta:
        """How far back a reading can matter for what a later one means."""
        return max(self.start_after, self.stop_after) + self.silence


class Worked(NamedTuple):
    """A run: from when, until when it is known, and its end, or None while it goes on."""

    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None


def runs_of_power(
    readings: Iterable[Reading], limits: Limits, *, now: datetime, began: datetime | None = None
) -> list[Worked]:
    """The runs in `readings`, by thresholds with hysteresis and delays."""
    watch = _Watch(limits, began)
    for reading in sorted(readings):
        watch.read(*reading)
    return watch.all_until(now)


class _Watch:
    """What the readings so far say of a machine."""

    def __init__(self, limits: Limits, began: datetime | None) -> None:
        self.limits = limits
        self.runs: list[Worked] = []
        self.began = began
        self.is_high = began is not None
        self.since: datetime | None = None
        """Since when the power has been otherwise than the machine is taken to be."""

        self.last: datetime | None = None

    def read(self, at: datetime, watts: float) -> None:
        """Take in one more reading, later than all before."""
        if self.last is not None and at - self.last > self.limits.silence:
            self._fall_silent()
        threshold = self.limits.stop_watts if self.is_high else self.limits.start_watts
        if (watts >= threshold) != self.is_high:
            self.is_high, self.since = not self.is_high, at
        self._settle(at)
        self.last = at

    def all_until(self, now: datetime) -> list[Worked]:
        """The runs; the last one goes on unless nothing was heard for too long."""
        if self.began is not None and self.last is not None:
            if now - self.last > self.limits.silence:
                self._fall_silent()
            else:
                self.runs.append(Worked(self.began, self._seen_until(self.last), None))
        return self.runs

    def _settle(self, at: datetime) -> None:
        if self.since is None:
            return
        lasts = at - self.since
        if self.is_high == (self.began is not None):
            self.since = None
        elif self.is_high and lasts >= self.limits.start_after:
            self.began, self.since = self.since, None
        elif not self.is_high and lasts >= self.limits.stop_after:
            _end(self.runs, self.began, self.since)
            self.began, self.since = None, None

    def _fall_silent(self) -> None:
        if self.last is not None:
            _end(self.runs, self.began, self._seen_until(self.last))
        self.began, self.since, self.is_high = None, None, False

    def _seen_until(self, last: datetime) -> datetime:
        """Until when a run is known: to the last reading, or to when the power fell."""
        return last if self.is_high or self.since is None else self.since


def runs_of_jobs(
    edges: Iterable[Edge], *, now: datetime, began: datetime | None = None
) -> list[Worked]:
    """The runs between starts and stops; what says the same again says nothing new.

    A job of which no end was told for LONGEST_SILENT_JOB counts nothing.
    """
    runs: list[Worked] = []
    last: datetime | None = None
    for at, is_start in sorted(edges):
        if began is not None and last is not None and at - last > LONGEST_SILENT_JOB:
            _end(runs, began, last)
            began = None
        if is_start:
            began = began or at
        else:
            _end(runs, began, at)
            began = None
        last = at
    if began is not None and last is not None:
        if now - last > LONGEST_SILENT_JOB:
            _end(runs, began, last)
        else:
            runs.append(Worked(began, last, None))
    return runs


def _end(runs: list[Worked], began: datetime | None, ended_at: datetime) -> None:
    """Add the run that ended, where there was one that lasted."""
    if began is not None and began < ended_at:
        runs.append(Worked(began, ended_at, ended_at))
