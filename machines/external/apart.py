"""Strangers' calendar files are read in a process of their own, with an end to everything.

Whatever a file does to the libraries that read it, it does there: time and memory are bounded by
the system, and nothing that they keep, such as the zones that a file defines, outlives it.
"""

import json
import os
import resource
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from machines.external.parsing import NotACalendar
from machines.external.reading import Found, Reading, Remark, read
from machines.states import Flaw, Trouble
from spaces.intervals import Interval

ROOT = Path(__file__).resolve().parents[2]
PROCESSOR_SECONDS = 10
CLOCK_SECONDS = 15
"""Longer, because the machine may have other things to do; whoever looks at a page waits for it."""

MEMORY = 1 << 30


class CannotRead(Exception):
    """A calendar that cannot be read at all; `detail` is what a program or a server said."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble, self.detail = trouble, detail


def read_apart(content: bytes, zone: ZoneInfo, window: Interval) -> Reading:
    """The dates of `content` that touch `window`, as `reading.read` finds them.

    Raises CannotRead.
    """
    asked = [zone.key, window.start.isoformat(), window.end.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603 - no word of the command comes from outside
            [sys.executable, "-m", "machines.external.apart", *asked],
            input=content,
            capture_output=True,
            timeout=CLOCK_SECONDS,
            cwd=ROOT,
            # None of the secrets of the web.
            env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": os.defpath},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotRead(Trouble.TOO_MUCH) from error
    if done.returncode:
        raise CannotRead(Trouble.TOO_MUCH)
    told = json.loads(done.stdout)
    if told is None:
        raise CannotRead(Trouble.NOT_A_CALENDAR)
    return _reading_of(told)


def _reading_of(told: dict[str, Any]) -> Reading:
    return Reading(
        name=told["name"],
        events=told["events"],
        dates=tuple(
            Found(
                key=key,
                interval=Interval(datetime.fromisoformat(start), datetime.fromisoformat(end)),
                title=title,
                is_free=is_free,
            )
            for key, start, end, title, is_free in told["dates"]
        ),
        remarks=tuple(
            Remark(title=title, flaw=Flaw(flaw), detail=detail)
            for title, flaw, detail in told["remarks"]
        ),
    )


def _told(reading: Reading) -> dict[str, Any]:
    return {
        "name": reading.name,
        "events": reading.events,
        "dates": [
            (
                each.key,
                each.interval.start.isoformat(),
                each.interval.end.isoformat(),
                each.title,
                each.is_free,
            )
            for each in reading.dates
        ],
        "remarks": [(each.title, each.flaw, each.detail) for each in reading.remarks],
    }


def main() -> None:
    """Read standard input, within bounds, and write what it says to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    zone, start, end = sys.argv[1:]
    window = Interval(datetime.fromisoformat(start), datetime.fromisoformat(end))
    try:
        told = _told(read(sys.stdin.buffer.read(), ZoneInfo(zone), window))
    except NotACalendar:
        told = None
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
