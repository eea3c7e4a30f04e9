"""Which price applies."""

from collections.abc import Iterable
from decimal import Decimal

from billing.models import HourlyPrice
from machines.models import Machine
from members.states import Audience
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
