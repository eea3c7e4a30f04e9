"""How far ahead people reserve."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from booking.states import BOOKED, ReservationKind
from reports.filters import Period
from reports.models import UsageMonth
from reports.queries.clocks import clocks_of
from reports.queries.columns import columns_of
from reports.queries.scopes import Chosen
from reports.queries.sums import split

LEADS = """
    SELECT extract(epoch FROM starts_at - created_at)::int8 FROM booking_reservation
    WHERE kind = %(kind)s AND state = ANY(%(states)s) AND created_at <= starts_at
          AND starts_at >= %(start)s AND starts_at < %(end)s AND {here}
"""


def lead_time_of(chosen: Chosen, period: Period) -> int | None:
    """The median seconds from making a reservation to its start; None without any."""
    months, rest = ([], [period]) if chosen.company else split(period)
    found = []
    if months:
        rows = chosen.of(UsageMonth.objects.filter(month__in=months))
        kept = b"".join(bytes(leads) for leads in rows.values_list("leads", flat=True))
        found.append(np.frombuffer(kept, ">i4"))
    found += [_leads(chosen, each) for each in rest]
    return _median(np.concatenate(found).astype(np.int32))


def _median(numbers: NDArray[np.int32]) -> int | None:
    """The middle one, or the whole part of what lies between the two in the middle."""
    if not len(numbers):
        return None
    middle = [(len(numbers) - 1) // 2, len(numbers) // 2]
    return int(np.partition(numbers, middle)[middle].sum()) // 2


def _leads(chosen: Chosen, period: Period) -> Any:
    clocks = clocks_of(chosen.scope, period)
    window = clocks.window
    company = chosen.company
    here = (
        "machine_id = ANY(%(machines)s::bigint[])"
        if company is None
        else "company_id = %(company)s"
    )
    here = f"{here} AND {clocks.hold('starts_at')}"
    values = {
        **clocks.dates,
        "kind": ReservationKind.BOOKING,
        "states": list(BOOKED),
        "start": window.start,
        "end": window.end,
        "machines": chosen.pks,
        "company": company.pk if company else None,
    }
    return columns_of(LEADS.format(here=here), values, 1)[0]
