"""Setting the terms of a category or a machine, for everybody or for one audience."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction

from booking.facts import HoursOfWeek
from booking.models import AllowedHours, Policy, ReminderRule
from booking.queries.policies import Subject


class Reminder(NamedTuple):
    """How long before the start of what a category keeps; None means the default."""

    offset: timedelta | None


@transaction.atomic
def save_policy(
    *,
    subject: Subject,
    values: dict[str, Any],
    hours: Sequence[HoursOfWeek],
    reminder: Reminder | None = None,
) -> Policy:
    """Have the policy of `subject` say `values` and keep people to `hours`.

    What is None is left to the next policy. `reminder` is that of the whole category.
    """
    policy, _is_new = Policy.objects.update_or_create(**subject.key, defaults=values)
    policy.allowed_hours.all().delete()
    AllowedHours.objects.bulk_create(
        AllowedHours(
            policy=policy,
            weekdays=list(each.weekdays),
            start_time=each.start_time,
            end_time=each.end_time,
        )
        for each in hours
    )
    if reminder is not None:
        _remind(subject, reminder.offset)
    return policy


def remove_policy(*, subject: Subject) -> None:
    """Leave what the policy of `subject` said to the next one."""
    Policy.objects.filter(**subject.key).delete()


def _remind(subject: Subject, offset: timedelta | None) -> None:
    key: dict[str, Any] = {"space": subject.space, "category": subject.category}
    if offset is None:
        ReminderRule.objects.filter(**key).delete()
    else:
        ReminderRule.objects.update_or_create(**key, defaults={"offset": offset})
