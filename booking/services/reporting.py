"""Reports of faults by whoever stands at the machine, with or without an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import notices
from booking.queries.stops import coming_in_vain
from booking.services.locking import in_transaction
from booking.services.spreading import hold_units, spread
from booking.states import STOP_TOLD_AHEAD
from machines.models import Fault, Machine
from machines.queries.dependencies import stopped_with
from machines.queries.faults import reports_of, reports_without_name, stops_without_name
from machines.services.faults import Photos, report_fault
from machines.services.holding import hold_machines_of
from machines.states import Found, Severity
from members.models import Member
from spaces.models import Space

COUNTED_OVER = timedelta(hours=1)
"""Over how long reports are counted."""

MOST_WITHOUT_NAME, MOST_OF_A_MEMBER = 3, 10
"""So many are taken on one machine from people without an account, and of one member anywhere."""


MOST_STOPPED_WITHOUT_NAME = 3
"""So many machines of a space are stopped by people without an account; more wait for the staff."""


class TooManyReports(Exception):
    """There were so many in the last hour that the staff would be told nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody saw, in their words."""

    summary: str
    found: Found
    is_hazard: bool = False
    photos: Photos = ()


def report_at_machine(
    *, machine: Machine, report: Report, by: Member | None, now: datetime
) -> Fault:
    """Write a report down and tell the staff; what could hurt somebody stops the machine at once.

    Whoever comes soon to a machine that was stopped is told. Nobody is displaced before the staff
    has looked at it. From the street nobody stops a whole space: beyond a few in an hour, a hazard
    told without a name is told to the staff at once, and they stop the machine. Raises
    TooManyReports.
    """
    is_hazard = report.is_hazard and report.found != Found.FIXED

    def work() -> Fault:
        hold_machines_of(machine.space_id)
        _refuse_floods(machine, by, now)
        stops = is_hazard and not (by is None and _is_enough(machine.space, now))
        stopped = stopped_with(machine) if stops else []
        if stopped:
            hold_units(stopped)
        fault = report_fault(
            machine=machine,
            summary=report.summary,
            stops_machine=stops,
            severity=_severity(is_hazard=is_hazard, stops=stops),
            found=report.found,
            is_unstopped_hazard=is_hazard and not stops,
            photos=report.photos,
            by=by,
            now=now,
        )
        if stopped:
            spread(stopped, now=now)
            notices.machines_stand_still(
                coming_in_vain(stopped, ahead=STOP_TOLD_AHEAD, now=now), by=by, now=now
            )
        notices.fault_reported(fault, now=now)
        return fault

    return in_transaction(work)


def _severity(*, is_hazard: bool, stops: bool) -> Severity | None:
    if not is_hazard:
        return None
    return Severity.HAZARD if stops else Severity.SERIOUS


def _is_enough(space: Space, now: datetime) -> bool:
    """Whether people without a name have stopped as many machines lately as they may."""
    return stops_without_name(space, since=now - COUNTED_OVER) >= MOST_STOPPED_WITHOUT_NAME


def _refuse_floods(machine: Machine, by: Member | None, now: datetime) -> None:
    """Raise TooManyReports; the faults of the space are held, so that none slips by."""
    since = now - COUNTED_OVER
    if by is None:
        if reports_without_name(machine, since=since) >= MOST_WITHOUT_NAME:
            raise TooManyReports
    elif reports_of(by, since=since) >= MOST_OF_A_MEMBER:
        raise TooManyReports
