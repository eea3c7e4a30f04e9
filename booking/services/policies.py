"""Setting the terms of a category or a machine, for everybody or for one audience."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from booking.facts import HoursOfWeek
from booking.models import AllowedHours, Policy
from booking.queries.policies import Subject


@transaction.atomic
def save_policy(
    *, subject: Subject, values: dict[str, Any], hours: Sequence[HoursOfWeek]
) -> Policy:
    """Have the policy of `subject` say `values` and keep people to `hours`.

    What is None is left to the next policy.
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
    return policy


def remove_policy(*, subject: Subject) -> None:
    """Leave what the policy of `subject` said to the next one."""
    Policy.objects.filter(**subject.key).delete()
