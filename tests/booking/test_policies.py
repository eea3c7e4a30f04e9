"""Policies that would take their machines down are refused, by the form and by the table."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from booking.models import Policy
from tests.factories.booking import PolicyFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grid", 0 * HOUR),
        ("setup", -3 * HOUR),
        ("setup", 20 * 24 * HOUR),
        ("lead_time", -HOUR),
        ("longest", -HOUR),
        ("grace_period", -HOUR),
    ],
)
def test_what_cannot_be_kept_is_refused_twice(name: str, value: timedelta) -> None:
    policy: Policy = PolicyFactory()
    setattr(policy, name, value)
    with pytest.raises(ValidationError) as refused:
        policy.full_clean()
    assert name in refused.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        policy.save()


@pytest.mark.parametrize("minutes", [7, 25, 7 * 60, 25 * 60])
def test_steps_that_leave_a_rest_of_the_day_are_refused(minutes: int) -> None:
    with pytest.raises(ValidationError, match="Whole steps"):
        Policy(grid=timedelta(minutes=minutes)).clean_fields(exclude=["space", "category"])


def test_the_shortest_may_be_as_long_as_the_longest_but_not_longer() -> None:
    policy: Policy = PolicyFactory(shortest=2 * HOUR, longest=2 * HOUR)
    policy.full_clean()
    policy.shortest = 3 * HOUR
    with pytest.raises(ValidationError, match="The shortest must not be longer"):
        policy.full_clean()
