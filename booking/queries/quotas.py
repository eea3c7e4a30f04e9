"""Which quotas a reservation counts against, and what counts there already."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from booking.models import Quota, Reservation
from booking.models.reservation import ReservationQuerySet
from booking.quotas import Account, Limit, Use, most, reach_of, used
from booking.states import (
    OCCUPYING,
    UPCOMING,
    HoursCounted,
    QuotaAccount,
    QuotaScope,
    QuotaWindow,
    ReservationState,
)
from booking.wording import quota_in_words, usage_in_words
from machines.models import Machine
from members.models import Company, Member
from spaces.intervals import Interval
from spaces.models import Space
from spaces.prepared import Prepared, given

COUNTED = (*OCCUPYING, ReservationState.NO_SHOW)
"""States in which a reservation counts: who does not come gets no second one for it."""


CONFIRMED = ReservationState.CONFIRMED
OPEN = (*UPCOMING, ReservationState.IN_USE)
"""States of what is still to come or goes on; of the rest nothing is open (RULES, C25)."""


class _Row(NamedTuple):
    """A reservation as far as quotas care."""

    machine_id: int
    pool_id: int | None
    category_id: int
    starts_at: datetime
    ends_at: datetime
    reserved_at: datetime
    state: str


def accounts_for_units(
    *,
    machines: Sequence[Machine],
    member: Member,
    company: Company | None,
    span: Interval,
    now: datetime,
    excluding: Collection[Reservation] = (),
    together: bool = False,
) -> dict[int, tuple[Account, ...]]:
    """The accounts on which `span` on each of `machines` of one space is charged, by their ids.

    The reservations that are being changed are left out. A member pays for what is not for a
    company, a company for all that its delegates reserve. Where all are asked for `together`, those
    before a machine are used already. One query where the space has no quota that applies, else
    two.
    """
    space_id = machines[0].space_id
    every = list(_QUOTAS(space=space_id))
    quotas = {
        machine.pk: [quota for quota in every if _applies(quota, machine, company)]
        for machine in machines
    }
    applying = {quota.pk: quota for found in quotas.values() for quota in found}
    if not applying:
        return dict.fromkeys(quotas, ())
    limits = {pk: limit_of(quota) for pk, quota in applying.items()}
    whose = Q(company=company) if company else Q(company=None, member=member)
    rows = _rows(
        Reservation.objects.filter(whose, machine__space=space_id),
        _reach(limits.values(), span, machines[0]),
        now=now,
        excluding=excluding,
    )
    asked = [
        _Row(each.pk, each.pool_id, each.category_id, span.start, span.end, now, CONFIRMED)
        for each in (machines if together else ())
    ]
    return {
        machine.pk: tuple(
            Account(
                limit=limits[quota.pk],
                name=_name_of(quota, machine),
                is_of_one_machine=quota.scope == QuotaScope.MACHINE,
                uses=tuple(
                    Use(
                        span=Interval(row.starts_at, row.ends_at),
                        reserved_at=row.reserved_at,
                        is_open=row.state in OPEN,
                    )
                    for row in (*rows, *asked[:number])
                    if _counts(quota, row, machine)
                ),
            )
            for quota in quotas[machine.pk]
        )
        for number, machine in enumerate(machines)
    }


class Usage(NamedTuple):
    """How much of a quota somebody has used, in seconds or reservations, and in words."""

    used: int
    most: int
    words: str

    @property
    def is_full(self) -> bool:
        """Whether nothing is left."""
        return self.used >= self.most


def usage_of(
    *,
    machine: Machine,
    member: Member,
    company: Company | None,
    span: Interval,
    now: datetime,
) -> list[Usage]:
    """What is used of each quota that `span` on `machine` would count against."""
    accounts = accounts_for_units(
        machines=[machine], member=member, company=company, span=span, now=now
    )[machine.pk]
    found = []
    for account in accounts:
        amount = used(account, span, now=now, zone=machine.space.zone)
        found.append(Usage(amount, most(account.limit), usage_in_words(account, amount)))
    return found


def quotas_in(space: Space) -> list[Quota]:
    """The quotas of `space`, with what they are about, in one query."""
    rows = Quota.objects.filter(space=space)
    return list(rows.select_related("space", "company", "machine", "pool", "category"))


def quota_told(quota: Quota) -> str:
    """A quota as a sentence or two."""
    return quota_in_words(limit_of(quota), whose=_whose(quota), what=_what(quota))


def _whose(quota: Quota) -> str:
    if quota.account == QuotaAccount.MEMBER:
        return _("Each member")
    return quota.company.name if quota.company else _("Each company")


def _what(quota: Quota) -> str:
    target = quota.machine or quota.pool or quota.category
    if target is not None:
        return str(target)
    return {
        QuotaScope.MACHINE: _("on each machine"),
        QuotaScope.POOL: _("on each pool"),
        QuotaScope.CATEGORY: _("on each category"),
        QuotaScope.SPACE: _("on all machines together"),
    }[QuotaScope(quota.scope)]


def _applies(quota: Quota, machine: Machine, company: Company | None) -> bool:
    if quota.account == QuotaAccount.MEMBER:
        is_theirs = company is None
    else:
        is_theirs = company is not None and quota.company_id in (None, company.pk)
    return (
        is_theirs
        and {
            QuotaScope.MACHINE: quota.machine_id in (None, machine.pk),
            QuotaScope.POOL: machine.pool_id is not None
            and quota.pool_id in (None, machine.pool_id),
            QuotaScope.CATEGORY: quota.category_id in (None, machine.category_id),
            QuotaScope.SPACE: True,
        }[QuotaScope(quota.scope)]
    )


def _counts(quota: Quota, row: _Row, machine: Machine) -> bool:
    """Whether a row is of the machine, pool or category that is charged for `machine`."""
    return {
        QuotaScope.MACHINE: row.machine_id == machine.pk,
        QuotaScope.POOL: row.pool_id == machine.pool_id,
        QuotaScope.CATEGORY: row.category_id == machine.category_id,
        QuotaScope.SPACE: True,
    }[QuotaScope(quota.scope)]


def limit_of(quota: Quota) -> Limit:
    """A quota as far as arithmetic cares."""
    return Limit(
        window=QuotaWindow(quota.window),
        duration=quota.duration,
        count=quota.count,
        days=quota.days or 1,
        hours_counted=HoursCounted(quota.hours_counted),
        weekdays=tuple(quota.weekdays),
        start_time=quota.start_time,
        end_time=quota.end_time,
        last_minute=quota.last_minute,
    )


def _name_of(quota: Quota, machine: Machine) -> str:
    """On what the quota counts, as people call it."""
    return {
        QuotaScope.MACHINE: machine.name,
        QuotaScope.POOL: machine.pool.name if machine.pool else "",
        QuotaScope.CATEGORY: machine.category.name,
        QuotaScope.SPACE: _("all machines of %(space)s") % {"space": machine.space.name},
    }[QuotaScope(quota.scope)]


def _reach(limits: Iterable[Limit], span: Interval, machine: Machine) -> Interval:
    reaches = [
        reach_of(limit, span, machine.space.zone)
        for limit in limits
        if limit.window != QuotaWindow.AT_ONCE
    ]
    return Interval(
        min((each.start for each in reaches), default=span.start),
        max((each.end for each in reaches), default=span.end),
    )


def _rows(
    of_theirs: ReservationQuerySet,
    reach: Interval,
    *,
    now: datetime,
    excluding: Collection[Reservation],
) -> list[_Row]:
    """What of theirs lies in `reach`, or is open."""
    rows = (
        of_theirs.filter(
            Q(starts_at__lt=reach.end, ends_at__gt=reach.start) | Q(ends_at__gt=now),
            state__in=COUNTED,
        )
        .not_overdue(now)
        .order_by()
    )
    if excluding:
        rows = rows.exclude(pk__in=[row.pk for row in excluding])
    return [
        _Row(*each)
        for each in rows.values_list(
            "machine",
            "machine__pool",
            "machine__category",
            "starts_at",
            "ends_at",
            "created_at",
            "state",
        )
    ]


_QUOTAS: Prepared[Quota] = Prepared(lambda: Quota.objects.filter(space=given("space")))
