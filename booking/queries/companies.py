"""What a company has agreed, used and reserved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from billing.allowance import Account
from billing.models import Contract, ContractEntry, GuaranteedWindow
from billing.queries import contracts_today
from booking.models import Reservation
from booking.queries.facts import not_charged
from booking.queries.guarantees import WINDOW_PARTS, GuaranteedDate, dates_not_held, held_for
from members.models import Company
from spaces.models import Space

ENTRIES_SHOWN = 40
PARTS = ("machine__space", "pool", "member", "company", "created_by")


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract, its account of this month or of the whole, and whether it is in force."""

    contract: Contract
    account: Account | None
    is_in_force: bool
    windows: list[GuaranteedWindow]

    @property
    def share(self) -> int:
        """How much of what is included is used, in percent, at most 100."""
        if self.account is None or not self.account.included:
            return 0
        return min(100, 100 * self.account.used // self.account.included)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger with the reservation that it is about, where there is one."""

    entry: ContractEntry
    reservation: Reservation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOverview:
    """All that a company's page shows; `not_held` are dates that something stood in the way of.

    Of the spaces `unread` it shows nothing: nobody can tell what time it is there.
    """

    agreed: list[Agreed]
    entries: list[Entry]
    upcoming: list[Reservation]
    held: list[Reservation]
    not_held: list[GuaranteedDate]
    unread: list[Space]


def overview_of(company: Company, *, now: datetime, space: Space | None = None) -> CompanyOverview:
    """What `company` has in every space, or in one, newest agreements first."""
    contracts = Contract.objects.filter(company=company).select_related("space", "company")
    upcoming = Reservation.objects.filter(company=company, member__isnull=False).upcoming(now)
    held = held_for(company, now)
    if space is not None:
        contracts = contracts.filter(space=space)
        upcoming = upcoming.filter(machine__space=space)
        held = [row for row in held if row.machine.space_id == space.pk]
    rows = [row for row in contracts if row.space.has_clock]
    overdue = not_charged(company, excluding=(), now=now)
    windows = list(GuaranteedWindow.objects.filter(contract__in=rows).select_related(*WINDOW_PARTS))
    return CompanyOverview(
        agreed=[
            Agreed(
                contract,
                account,
                is_in_force,
                [window for window in windows if window.contract_id == contract.pk],
            )
            for contract, account, is_in_force in contracts_today(rows, now, excluding=overdue)
        ],
        entries=_entries(rows),
        upcoming=_told(upcoming.select_related(*PARTS).order_by("starts_at", "pk")),
        held=_told(held),
        not_held=dates_not_held(windows, now),
        unread=list(dict.fromkeys(row.space for row in contracts if not row.space.has_clock)),
    )


def _told(rows: Iterable[Reservation]) -> list[Reservation]:
    """Those of which one can tell when they are."""
    return [row for row in rows if row.machine.space.has_clock]


def _entries(contracts: list[Contract]) -> list[Entry]:
    """The latest lines of the ledger."""
    rows = ContractEntry.objects.filter(contract__in=contracts)
    rows = rows.select_related("contract__space", "created_by").order_by("-pk")
    entries = list(rows[:ENTRIES_SHOWN])
    numbers = {entry.pk: entry.subject_key.removeprefix("reservation:") for entry in entries}
    pks = {int(number) for number in numbers.values() if number.isdecimal()}
    known = Reservation.objects.select_related("machine__space", "pool").in_bulk(pks)
    return [
        Entry(entry, known.get(int(numbers[entry.pk])) if numbers[entry.pk].isdecimal() else None)
        for entry in entries
    ]
