"""The policies, reminders and quotas of the demo's spaces, by category."""

from datetime import time, timedelta
from typing import Any, NamedTuple

from booking.models import AllowedHours, Policy, Quota, ReminderRule
from booking.states import QuotaAccount, QuotaScope, QuotaWindow, ReminderEvent, ReminderTo
from machines.models import Category
from members.states import Audience
from spaces.models import Space

HOUR = timedelta(hours=1)


class Rules(NamedTuple):
    """What holds for one category: a policy by audience, and a quota."""

    everybody: dict[str, Any]
    apart: dict[Audience, dict[str, Any]]
    quota: dict[str, Any]


RULES = {
    "laser-cutter": Rules(
        {
            "lead_time": HOUR,
            "horizon_days": 30,
            "shortest": HOUR / 2,
            "longest": 4 * HOUR,
            "turnaround": HOUR / 4,
            "cancellation_window": 4 * HOUR,
        },
        {
            Audience.COMPANY: {"horizon_days": 90, "longest": 8 * HOUR},
            Audience.STAFF: {"lead_time": 0 * HOUR},
        },
        {
            "account": QuotaAccount.MEMBER,
            "duration": 10 * HOUR,
            "window": QuotaWindow.WEEK,
            "last_minute": 2 * HOUR,
        },
    ),
    "3d-printer": Rules(
        {
            "longest": 24 * HOUR,
            "horizon_days": 30,
            "shortest": HOUR / 2,
            "unattended_allowed": True,
        },
        {},
        {"account": QuotaAccount.MEMBER, "count": 4, "window": QuotaWindow.AT_ONCE},
    ),
    "cnc-mill": Rules(
        {
            "lead_time": 2 * HOUR,
            "horizon_days": 45,
            "shortest": HOUR,
            "longest": 8 * HOUR,
            "setup": HOUR / 4,
            "turnaround": HOUR / 2,
            "cancellation_window": 12 * HOUR,
            "staff_needed": True,
        },
        {Audience.COMPANY: {"horizon_days": 90}},
        {"account": QuotaAccount.COMPANY, "duration": 40 * HOUR, "window": QuotaWindow.MONTH},
    ),
}
"""The other categories keep the defaults."""

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

REMINDERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {"offset": 24 * HOUR}),
    ("", {"event": ReminderEvent.CHECK_IN, "offset": 10 * MINUTE}),
    ("", {"event": ReminderEvent.CERTIFICATION, "offset": 30 * DAY}),
    ("", {"event": ReminderEvent.MEMBERSHIP, "offset": 30 * DAY}),
    ("", {"event": ReminderEvent.CONTRACT, "offset": 60 * DAY, "to": ReminderTo.BOOKERS}),
    ("", {"event": ReminderEvent.CONTRACT, "offset": 60 * DAY, "to": ReminderTo.STAFF}),
    ("", {"event": ReminderEvent.MAINTENANCE, "offset": 2 * DAY, "to": ReminderTo.STAFF}),
    ("cnc-mill", {"offset": 48 * HOUR}),
    ("cnc-mill", {"offset": 2 * HOUR}),
    ("cnc-mill", {"offset": 24 * HOUR, "to": ReminderTo.STAFF, "audience": Audience.COMPANY}),
    ("3d-printer", {"offset": 2 * HOUR}),
    ("laser-cutter", {"event": ReminderEvent.END, "offset": 15 * MINUTE}),
)
"""Of a category by its address, or of the whole space; before the start, and to who has it."""

COMPANIES_COME = {"weekdays": [0, 1, 2, 3, 4], "start_time": time(7), "end_time": time(18)}
"""When companies may use the lasers; the evening is for makers."""


def set_rules(space: Space) -> None:
    """The policies, reminders and quotas of a space for the categories that it has."""
    _remind(space)
    for category in Category.objects.filter(machines__space=space).distinct():
        _remind(space, category)
        rules = RULES.get(category.slug)
        if rules:
            _set(space, category, rules)


def _remind(space: Space, category: Category | None = None) -> None:
    for slug, said in REMINDERS:
        if slug == (category.slug if category else ""):
            ReminderRule.objects.create(space=space, category=category, **said)


def _set(space: Space, category: Category, rules: Rules) -> None:
    about = {"space": space, "category": category}
    Policy.objects.create(**about, **rules.everybody)
    for audience, values in rules.apart.items():
        policy = Policy.objects.create(**about, audience=audience, **values)
        if category.slug == "laser-cutter" and audience == Audience.COMPANY:
            AllowedHours.objects.create(policy=policy, **COMPANIES_COME)
    Quota.objects.create(**about, scope=QuotaScope.CATEGORY, **rules.quota)
