"""Contracts of companies: agreeing them, and taking minutes from them and giving them back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from billing.allowance import Month, portions
from billing.models import Contract, ContractEntry, GuaranteedWindow
from billing.queries import agreements_of, used_minutes
from members.models import Company, Member
from spaces.intervals import Interval
from spaces.models import Space


@transaction.atomic
def charge(
    *,
    company: Company,
    space: Space,
    span: Interval,
    subject_key: str,
    by: Member | None,
    now: datetime,
) -> None:
    """Let what `subject_key` has taken be the minutes of `span`, whatever it had taken before.

    Entries are only added, those of the difference; doing it again adds none. A company that
    has no contract there is charged nothing.
    """
    wanted = portions(span, agreements_of(company, space), space.zone)
    _settle(wanted, subject_key=subject_key, by=by, now=now)


def charge_new(
    *,
    company: Company,
    space: Space,
    spans: Mapping[str, Interval],
    by: Member | None,
    now: datetime,
) -> None:
    """Charge several subjects that have taken nothing yet, in two queries."""
    agreements = agreements_of(company, space)
    ContractEntry.objects.bulk_create(
        ContractEntry(
            contract_id=contract,
            month=month,
            minutes=minutes,
            subject_key=subject_key,
            created_at=now,
            created_by=by,
        )
        for subject_key, span in spans.items()
        for (contract, month), minutes in sorted(portions(span, agreements, space.zone).items())
    )


@transaction.atomic
def release(*, subject_key: str, by: Member | None, now: datetime) -> None:
    """Give back all that `subject_key` has taken; giving it back again gives nothing."""
    _settle({}, subject_key=subject_key, by=by, now=now)


def release_many(*, subject_keys: Sequence[str], by: Member | None, now: datetime) -> None:
    """Give back all that each of these has taken, in two queries."""
    entries = ContractEntry.objects.filter(subject_key__in=subject_keys).order_by()
    taken = entries.values_list("contract_id", "month", "subject_key").annotate(Sum("minutes"))
    ContractEntry.objects.bulk_create(
        ContractEntry(
            contract_id=contract,
            month=month,
            minutes=-minutes,
            subject_key=subject_key,
            created_at=now,
            created_by=by,
        )
        for contract, month, subject_key, minutes in taken
        if minutes
    )


def _settle(
    wanted: Mapping[Month, int], *, subject_key: str, by: Member | None, now: datetime
) -> None:
    entries = ContractEntry.objects.filter(subject_key=subject_key)
    contracts = set(entries.order_by().values_list("contract", flat=True))
    taken = used_minutes(contracts, subject=subject_key) if contracts else {}
    ContractEntry.objects.bulk_create(
        ContractEntry(
            contract_id=contract,
            month=month,
            minutes=difference,
            subject_key=subject_key,
            created_at=now,
            created_by=by,
        )
        for contract, month in sorted({*wanted, *taken})
        if (difference := wanted.get((contract, month), 0) - taken.get((contract, month), 0))
    )


def save_contract(
    *,
    contract: Contract | None = None,
    company: Company,
    space: Space,
    start_date: date,
    end_date: date | None,
    included_minutes: int | None,
    period: str,
    horizon_days: int | None,
    reference: str,
) -> Contract:
    """Agree a contract, or change one; raises ValidationError where another is in force then."""
    contract = contract or Contract(company=company, space=space)
    contract.start_date, contract.end_date = start_date, end_date
    contract.included_minutes, contract.period = included_minutes, period
    contract.horizon_days, contract.reference = horizon_days, reference
    contract.full_clean()
    contract.save()
    return contract


def save_window(*, window: GuaranteedWindow) -> GuaranteedWindow:
    """Keep the hours of `window` for its company; its dates are held by a job of booking."""
    window.full_clean()
    window.save()
    return window
