"""What the demo's own company has agreed: a contract with hours, and a morning of each week."""

from datetime import datetime, time, timedelta

from billing.models import Contract, GuaranteedWindow
from billing.states import ContractPeriod
from booking.models import Reservation
from booking.services.changing import charge_company
from booking.services.guarantees import hold_guaranteed
from booking.states import BOOKED
from machines.models import Machine
from members.models import Company, Member
from members.services.companies import invite
from members.states import DelegateKind
from spaces.models import Space

HOURS_A_MONTH = 80
AGREED_FOR = timedelta(days=365)
TUESDAY, THURSDAY = 1, 3


def agree(company: Company, *, at: str, by: Member, now: datetime) -> None:
    """Hours of `company` in the space `at`, those of this month charged, and a kept morning."""
    space = Space.objects.get(slug=at)
    today = now.astimezone(space.zone).date()
    contract = Contract.objects.create(
        company=company,
        space=space,
        start_date=today.replace(day=1),
        end_date=today.replace(day=1) + AGREED_FOR,
        included_minutes=HOURS_A_MONTH * 60,
        period=ContractPeriod.MONTH,
        horizon_days=90,
        reference="R&D",
    )
    rows = Reservation.objects.filter(
        company=company, machine__space=space, state__in=BOOKED, starts_at__gte=now - AGREED_FOR
    )
    for row in rows.select_related("machine__space", "company", "created_by"):
        charge_company(row, by=row.created_by, now=row.created_at)
    machine = Machine.objects.filter(space=space, category__slug="cnc-mill").order_by("pk").first()
    if machine is not None:
        window = GuaranteedWindow.objects.create(
            contract=contract,
            machine=machine,
            weekdays=[TUESDAY, THURSDAY],
            start_time=time(9),
            end_time=time(12),
            release_days=2,
        )
        hold_guaranteed(now, only=window)
    invite(
        company=company,
        email="atelier@lemano-robotique.example",
        kind=DelegateKind.BOOKER,
        by=by,
        now=now,
    )
