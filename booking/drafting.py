"""A policy while staff writes it: its fields, its rows of hours, and what would come of them."""

from collections.abc import Iterable, Iterator
from datetime import time
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from booking.facts import HoursOfWeek
from booking.models import AllowedHours
from booking.plain_words import rules_in_words, running_in_words
from booking.policy_forms import HoursFormSet, PolicyForm
from booking.queries.policies import Subject, policy_of, without
from booking.queries.reminders import offsets_told
from booking.queries.terms import HOURS
from booking.wording import week_in_words
from machines.forms.times import MIDNIGHT


class PolicyDraft:
    """The policy of `subject` as it is kept, or with what was typed in its place."""

    def __init__(self, subject: Subject, data: Any = None) -> None:
        self.subject = subject
        others, self._silent = without(subject)
        policy = policy_of(subject)
        kept = list(policy.allowed_hours.all()) if policy.pk else []
        self.is_new = policy.pk is None
        self.form = PolicyForm(
            data, instance=policy, subject=subject, others=others, silent=self._silent
        )
        self.rows = HoursFormSet(data, initial=list(_rows_of(kept)), prefix="hours")
        self._kept = [
            HoursOfWeek(
                weekdays=tuple(each.weekdays), start_time=each.start_time, end_time=each.end_time
            )
            for each in kept
        ]

    @cached_property
    def is_valid(self) -> bool:
        """Whether all that was typed is understood and goes together."""
        return all([self.form.is_valid(), self.rows.is_valid()])

    @property
    def hours(self) -> list[HoursOfWeek]:
        """The hours to which people would be kept."""
        if not self.form.is_bound:
            return self._kept
        return [hours for row in self.rows if (hours := row.hours()) is not None]

    @property
    def lines(self) -> list[str]:
        """What people would read."""
        return rules_in_words(self.form.drafted(self.hours).terms)

    @property
    def running(self) -> list[str]:
        """What the system would do."""
        subject = self.subject
        offsets = offsets_told(subject.space).of(subject.category, subject.audience)
        return running_in_words(self.form.drafted(self.hours).terms, offsets)

    @property
    def hours_told(self) -> str:
        """What no rows of hours mean, and who says so."""
        words = {"policy": self.subject.words_of(self._silent.said_by[HOURS])}
        if not self._silent.terms.hours:
            return _("Without a row, all opening hours are allowed (%(policy)s).") % words
        words["hours"] = week_in_words(self._silent.terms.hours)
        return _("Without a row: %(hours)s (%(policy)s).") % words


def _rows_of(hours: Iterable[AllowedHours]) -> Iterator[dict[str, Any]]:
    """What the rows show of hours that are kept."""
    for each in hours:
        yield {
            "weekdays": each.weekdays,
            "start_time": f"{each.start_time:%H:%M}",
            "end_time": MIDNIGHT if each.end_time == time.min else f"{each.end_time:%H:%M}",
        }
