"""What an hour on a machine costs each audience."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from billing.models import HourlyPrice
from billing.queries import price_list, prices_of
from machines.models import Machine
from machines.queries.inventory import sheet_of
from machines.services.changes import Act, record_sheet
from machines.states import ChangeKind
from members.models import Member
from members.states import Audience


@transaction.atomic
def set_prices(
    *,
    machine: Machine,
    prices: Mapping[Audience, Decimal | None],
    by: Member,
    now: datetime,
) -> None:
    """Have an hour on `machine` cost `prices`; None is no price of its own.

    What was reserved before costs what was told then.
    """
    before = sheet_of(machine, prices_of([machine]))
    for audience, amount in prices.items():
        if amount is None:
            HourlyPrice.objects.filter(machine=machine, audience=audience).delete()
        else:
            HourlyPrice.objects.update_or_create(
                machine=machine, audience=audience, defaults={"amount": amount}
            )
    after = replace(before, prices=price_list(machine))
    record_sheet(machine, before, after, Act(kind=ChangeKind.PRICED, by=by, now=now))
