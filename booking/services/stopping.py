"""Faults as reservations feel them: who loses their time, who is told, what comes back.

A fault stops a machine and all that need it, until it is expected to be mended. What is reserved
until then goes to other units, is displaced with proposals, or stays; when it is solved earlier,
what nobody has answered yet gets its old time again, and the rest is offered to who waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from booking import notices
from booking.models import UsageSession
from booking.queries.displaced import free_again_on
from booking.queries.displacing import Plan, Taking
from booking.queries.stops import coming_after_all, coming_in_vain
from booking.services.attendance import check_out
from booking.services.displaced import give_back
from booking.services.displacing import displace, plan_ahead
from booking.services.locking import in_transaction
from booking.services.refusing import BookingRefused
from booking.services.spreading import hold_units, spread, stop_unit
from booking.services.taking import refuse_strangers
from booking.services.waking import time_was_freed
from booking.states import STOP_TOLD_AHEAD
from machines.models import Fault, Machine, Stoppage
from machines.queries.dependencies import stopped_with
from machines.queries.faults import LATELY, overdue_faults
from machines.services import faults
from machines.services.faults import Judgement, Photos, Repair
from machines.services.holding import hold_machines_of
from members.models import Member
from spaces.intervals import Interval

Choices = Mapping[int, str]


def stop_taking(machine: Machine, *, until: datetime | None, now: datetime) -> Taking:
    """What a fault takes until it is likely to be mended; nothing where nobody says when."""
    spans = (Interval(now, until),) if until is not None and until > now else ()
    return Taking(machines=tuple(stopped_with(machine)), spans=spans)


def plan_of_stop(
    machine: Machine, summary: str, *, until: datetime | None, by: Member, now: datetime
) -> Plan:
    """What is displaced once others of the pool have taken over what they can."""
    return plan_ahead(
        stop_taking(machine, until=until, now=now),
        first=lambda: stop_unit(machine=machine, summary=summary, until=until, by=by, now=now),
        now=now,
    )


def running_on(machines: Iterable[Machine]) -> list[UsageSession]:
    """The use that goes on, which is not displaced."""
    found = UsageSession.objects.open().filter(machine__in=list(machines))
    return list(found.select_related("member", "machine__space").order_by("pk"))


def stop_and_displace(
    *,
    machine: Machine,
    summary: str,
    until: datetime | None,
    choices: Choices,
    ends_use: bool,
    by: Member,
    now: datetime,
) -> None:
    """Write down that `machine` stands still, and displace who has reserved it until then.

    Use that goes on is left to its user, or ended now. Raises Outdated.
    """
    refuse_strangers(by, machine.space)

    def work() -> None:
        hold_machines_of(machine.space_id)
        taking = stop_taking(machine, until=until, now=now)
        displace(
            taking=taking,
            choices=choices,
            reason=summary,
            by=by,
            now=now,
            first=lambda: stop_unit(machine=machine, summary=summary, until=until, by=by, now=now),
            then=lambda: _after_stop(taking.machines, ends_use=ends_use, by=by, now=now),
        )

    in_transaction(work)


def plan_of_judgement(fault: Fault, judgement: Judgement, *, by: Member, now: datetime) -> Plan:
    """What is displaced if `fault` is judged so."""
    return plan_ahead(
        judgement_taking(fault, judgement, now=now),
        first=lambda: _judged(fault, judgement, by=by, now=now),
        now=now,
    )


def judgement_taking(fault: Fault, judgement: Judgement, *, now: datetime) -> Taking:
    """What a judgement takes: nothing where the machine works all the same."""
    until = judgement.expected_at if judgement.stops_machine else None
    return stop_taking(fault.machine, until=until, now=now)


def judge_and_displace(
    *,
    fault: Fault,
    judgement: Judgement,
    choices: Choices,
    ends_use: bool,
    by: Member,
    now: datetime,
) -> Fault:
    """Say how bad it is and until when, displace who has reserved it until then, tell all.

    Where it is now thought to be mended earlier, or to work, what has no answer yet gets its old
    time again. Raises Outdated and FaultClosed.
    """
    refuse_strangers(by, fault.machine.space)
    before = _stood_still_for(fault)

    def work() -> Fault:
        hold_machines_of(fault.machine.space_id)
        taking = judgement_taking(fault, judgement, now=now)

        def then() -> Fault:
            kept = Fault.objects.select_related("machine__space", "reported_by").get(pk=fault.pk)
            if kept.stops_machine:
                _after_stop(taking.machines, ends_use=ends_use, by=by, now=now)
            notices.machines_work(coming_after_all(before, now=now), now=now)
            notices.fault_news(kept, by=by, now=now)
            return kept

        return displace(
            taking=taking,
            choices=choices,
            reason=fault.summary,
            by=by,
            now=now,
            first=lambda: _judged(fault, judgement, by=by, now=now),
            then=then,
        )

    kept = in_transaction(work)
    _give_back_what_is_free(before, by=by, now=now)
    return kept


def resolve(
    *, fault: Fault, by: Member, now: datetime, repair: Repair | None = None, photos: Photos = ()
) -> Fault:
    """End a fault: all that stood still for it work again, and their time comes back."""
    refuse_strangers(by, fault.machine.space)
    before = _stood_still_for(fault)

    def work() -> Fault:
        hold_units(before)
        was_open = Fault.objects.open().filter(pk=fault.pk).exists()
        kept = faults.resolve_fault(fault=fault, by=by, now=now, repair=repair, photos=photos)
        if was_open:
            notices.fault_news(kept, by=by, now=now)
            notices.machines_work(coming_after_all(before, now=now), now=now)
        return kept

    kept = in_transaction(work)
    _give_back_what_is_free(before, by=by, now=now)
    return kept


def open_again(*, fault: Fault, text: str, by: Member, now: datetime) -> Fault:
    """Open a resolved fault again: who stood still for it does so from now on."""
    refuse_strangers(by, fault.machine.space)

    def work() -> Fault:
        hold_machines_of(fault.machine.space_id)
        stopped = stopped_with(fault.machine)
        hold_units(stopped)
        kept = faults.reopen(fault=fault, by=by, now=now, text=text)
        if kept.stops_machine:
            spread(stopped, now=now)
            _after_stop(stopped, ends_use=False, by=by, now=now)
        notices.fault_news(kept, by=by, now=now)
        return kept

    return in_transaction(work)


def _judged(fault: Fault, judgement: Judgement, *, by: Member, now: datetime) -> None:
    """Write the judgement, and give what is reserved on pools other units."""
    kept = faults.judge(fault=fault, judgement=judgement, by=by, now=now)
    if kept.stops_machine:
        spread(stopped_with(kept.machine), until=kept.until(now), now=now)


def _after_stop(machines: Sequence[Machine], *, ends_use: bool, by: Member, now: datetime) -> None:
    """End the use that goes on where that is wanted, and warn who still comes soon."""
    if ends_use:
        for session in running_on(machines):
            check_out(session=session, by=by, now=now)
    notices.machines_stand_still(
        coming_in_vain(machines, ahead=STOP_TOLD_AHEAD, now=now), by=by, now=now
    )


def _stood_still_for(fault: Fault) -> list[Machine]:
    """The machines that stand still for a fault."""
    running = Stoppage.objects.open().filter(fault=fault)
    rows = Machine.objects.filter(pk__in=running.values("machine"))
    return list(rows.select_related("space", "pool").order_by("pk"))


def _give_back_what_is_free(machines: Sequence[Machine], *, by: Member, now: datetime) -> None:
    """Withdraw the proposals whose old time can be had again, each by itself, and offer the rest.

    What cannot be given back stays proposed.
    """
    for displacement in free_again_on(machines, now=now):
        try:
            give_back(displacement=displacement, by=by, now=now)
        except BookingRefused:
            continue
    for space in {machine.space_id for machine in machines}:
        time_was_freed(space)


def look_after_faults(now: datetime) -> int:
    """Ask about what was to be mended by now, warn who comes to what stands still; how many.

    What was told once is not told again.
    """
    asked = notices.faults_overdue(overdue_faults(since=now - LATELY, now=now), now=now)
    in_vain = coming_in_vain(None, ahead=STOP_TOLD_AHEAD, now=now)
    return asked + notices.machines_stand_still(in_vain, by=None, now=now)
