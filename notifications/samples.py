"""Every kind of message: what it is for, and a believable one of each for the preview.

The apps that post messages register theirs when they are ready; this app knows none of them.
A kind cannot be forgotten: `tests/notifications/test_samples.py` asks for each template's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.functional import Promise
from django.utils.translation import override

from notifications.models import Message
from spaces.intervals import moment_of

FACTS = "messages/_facts"
CALENDAR = "BEGIN:VCALENDAR"
"""Stands for the calendar file of a sample, of which nothing but that it is there is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a sample takes place: a space by its name, its clock, and the day it is there."""

    space: str
    zone: ZoneInfo
    today: date

    def at(self, days: int, hour: int, minute: int = 0) -> str:
        """A wall time so many days from today, as contexts write moments."""
        wall = datetime.combine(self.today + timedelta(days=days), time(hour, minute))
        return moment_of(wall, self.zone).isoformat()

    @staticmethod
    def page(path: str) -> str:
        """The whole address of a page of ours."""
        return f"{settings.BASE_URL}/{path}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One kind of message as staff gets to know it.

    `context` makes what the templates are filled with, in the active language. `facts` names
    the part of the templates that lists the facts, where there is one; `varies` is for subjects
    that the house words in more than one way. What is of no space (`is_of_space`) has the house's
    words everywhere.
    """

    kind: str
    title: str | Promise
    group: str | Promise
    sent_when: str | Promise
    sent_to: str | Promise
    context: Callable[[Scene], dict[str, Any]]
    facts: str = FACTS
    varies: bool = False
    is_of_space: bool = True


ANY_SCENE = Scene(space="Atelier", zone=ZoneInfo("UTC"), today=date(2026, 1, 1))

SAMPLES: dict[str, Sample] = {}
"""By kind, in the order in which they are listed."""


def register(*samples: Sample) -> None:
    """Make kinds known; an app does so when it is ready."""
    SAMPLES.update((sample.kind, sample) for sample in samples)


def title_of(kind: str) -> str:
    """What a kind is called; its own name where nobody registered it."""
    return str(SAMPLES[kind].title) if kind in SAMPLES else kind


def grouped() -> list[tuple[str, list[Sample]]]:
    """The kinds under the headings of their groups; what is of no space comes last."""
    groups: dict[str, list[Sample]] = {}
    for sample in sorted(SAMPLES.values(), key=lambda each: not each.is_of_space):
        groups.setdefault(str(sample.group), []).append(sample)
    return list(groups.items())


def sample_message(
    sample: Sample, scene: Scene, *, language: str, space_key: str = "", timezone: str = ""
) -> Message:
    """A message of that kind to an invented reader of `language`; it is in no table."""
    with override(language):
        context = {"language": language, **sample.context(scene)}
    reader = get_user_model()(language=language, timezone=timezone)
    return Message(
        kind=sample.kind,
        space_key=space_key,
        recipient=reader,
        context=context,
        attachment=CALENDAR,
    )
