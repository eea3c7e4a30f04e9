"""What an hour on a machine costs each audience."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from billing.models import HourlyPrice
from machines.models import Machine
from members.states import Audience


@transaction.atomic
def set_prices(*, machine: Machine, prices: Mapping[Audience, Decimal | None]) -> None:
    """Have an hour on `machine` cost `prices`; None is no price of its own.

    What was reserved before costs what was told then.
    """
    for audience, amount in prices.items():
        if amount is None:
            HourlyPrice.objects.filter(machine=machine, audience=audience).delete()
        else:
            HourlyPrice.objects.update_or_create(
                machine=machine, audience=audience, defaults={"amount": amount}
            )
