"""Which price applies, and what the contracts of companies say."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from billing.allowance import Account, Agreement, Month, Standing, account_on, standing
from billing.models import Contract, ContractEntry, HourlyPrice
from machines.models import Machine
from members.models import Company
from members.states import Audience
from spaces.intervals import Interval
from spaces.models import Space
from spaces.prepared import Prepared, any_given


def price_list(machine: Machine) -> dict[Audience, Decimal]:
    """The hourly price of `machine` for each audience that has one."""
    return prices_of([machine]).get(machine.pk, {})


def prices_of(machines: Iterable[Machine]) -> dict[int, dict[Audience, Decimal]]:
    """The price lists of many machines by machine id, in one query."""
    lists: dict[int, dict[Audience, Decimal]] = {}
    for machine_id, audience, amount in _PRICES(machines=[machine.pk for machine in machines]):
        lists.setdefault(machine_id, {})[Audience(audience)] = amount
    return lists


_PRICES = Prepared(
    lambda: HourlyPrice.objects.filter(machine=any_given("machines")).values_list(
        "machine_id", "audience", "amount"
    )
)


def agreements_of(company: Company, space: Space) -> list[Agreement]:
    """Every contract of `company` with `space`, whatever its dates."""
    rows = Contract.objects.filter(company=company, space=space).order_by("start_date")
    return [_agreement(row) for row in rows]


def agreements_by_company(companies: Iterable[int]) -> dict[tuple[int, int], list[Agreement]]:
    """Every contract of the companies by company and space, whatever its dates, in one query."""
    found: dict[tuple[int, int], list[Agreement]] = {}
    for row in Contract.objects.filter(company__in=list(companies)).order_by("start_date"):
        found.setdefault((row.company_id, row.space_id), []).append(_agreement(row))
    return found


def used_minutes(
    contracts: Iterable[int], *, excluding: Collection[str] = (), subject: str | None = None
) -> dict[Month, int]:
    """The sums of the entries of `contracts` by month, in one query.

    Without those of the subjects `excluding`, or only those of `subject`.
    """
    rows = ContractEntry.objects.filter(contract__in=list(contracts)).order_by()
    if excluding:
        rows = rows.exclude(subject_key__in=excluding)
    if subject is not None:
        rows = rows.filter(subject_key=subject)
    sums = rows.values_list("contract_id", "month").annotate(total=Sum("minutes"))
    return {(contract, month): minutes for contract, month, minutes in sums}


def standing_of(
    company: Company, space: Space, span: Interval, *, excluding: Collection[str] = ()
) -> Standing | None:
    """What the contracts of `company` with `space` say to `span`, in at most two queries.

    The entries of the subjects `excluding` do not count. None for a company that never had a
    contract there: nothing limits it.
    """
    agreements = agreements_of(company, space)
    if not agreements:
        return None
    limited = [each.pk for each in agreements if each.included_minutes is not None]
    used = used_minutes(limited, excluding=excluding) if limited else {}
    return standing(span, agreements, used, space.zone)


def contracts_today(
    rows: Sequence[Contract], now: datetime, *, excluding: Collection[str] = ()
) -> list[tuple[Contract, Account | None, bool]]:
    """Each contract with its account of this month and whether it is in force, in one query.

    The entries of the subjects `excluding` do not count.
    """
    used = used_minutes((row.pk for row in rows), excluding=excluding)
    found = []
    for row in rows:
        today: date = now.astimezone(row.space.zone).date()
        agreement = _agreement(row)
        found.append((row, account_on(agreement, used, today), agreement.covers(today)))
    return found


def _agreement(row: Contract) -> Agreement:
    return Agreement(
        pk=row.pk,
        start_date=row.start_date,
        end_date=row.end_date,
        included_minutes=row.included_minutes,
        period=row.period,
        horizon_days=row.horizon_days,
    )
