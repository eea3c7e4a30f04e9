"""The action `report` of the case files: figures of a machine or pool, from the rollup."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from machines.models import Machine
from reports.definitions import RATES, TERMS
from reports.queries.usage import totals_of
from reports.services.rollup import rebuild_days
from spaces.intervals import Interval, local_dates, moment_of

Figures = Mapping[str, Decimal | None]


def report(
    machines: Sequence[Machine], first: datetime, last: datetime, *, now: datetime
) -> Figures:
    """Every figure over the machines from one wall time up to another, both on a full hour."""
    zone = machines[0].space.zone
    window = Interval(moment_of(first, zone), moment_of(last, zone))
    pks = [machine.pk for machine in machines]
    rebuild_days({(pk, day) for pk in pks for day in local_dates(window, zone)}, now=now)
    totals = totals_of(pks, (first.date(), first.hour), (last.date(), last.hour))
    figures = {term.id: Decimal(totals.seconds(term.column)) / 3600 for term in TERMS}
    return {**figures, **{rate.id: totals.share(rate.id).rate for rate in RATES}}
