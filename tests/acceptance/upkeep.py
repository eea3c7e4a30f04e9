"""Actions of the staff and of the clock: broken units, certifications, the periodic jobs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection

from booking.services.spreading import stop_unit
from booking.services.taking import refuse_strangers
from machines.models import Fault
from machines.services.faults import resolve_fault
from members.models import Certification
from notifications.delivery import deliver_due
from tests.acceptance.answers import DONE, TIMEOUT, Action, Answer, accepted
from tests.acceptance.form import Facts, NotUnderstood
from tests.acceptance.given_machines import IN_SERVICE, OUT_OF_SERVICE
from tests.acceptance.world import STAFF, World
from tests.jobs import run_every_job

MINUTE = timedelta(minutes=1)


def set_unit_status(world: World, step: Facts) -> Answer:
    """Staff finds a unit broken, or has repaired it."""
    machine, by = world.machine(step["unit"]), world.person(step.get("by", STAFF))
    status = step["status"]
    refuse_strangers(by, world.space)
    if status == IN_SERVICE:
        for fault in Fault.objects.open().stopping().filter(machine=machine):
            resolve_fault(fault=fault, by=by, now=world.now)
        return accepted(moved=[], without_unit=[])
    if status != OUT_OF_SERVICE:
        raise NotUnderstood(f"“{status}” is not a status of a machine")
    done = stop_unit(machine=machine, summary="Broken", by=by, now=world.now)
    return accepted(
        moved=[
            {"reservation": world.name_of_row(row.pk), "to": world.name_of(row.machine)}
            for row in done.moved
        ],
        without_unit=[world.name_of_row(row.pk) for row in done.without_unit],
    )


def revoke_certification(world: World, step: Facts) -> Answer:
    """Staff withdraws a certification."""
    held = Certification.objects.filter(
        member=world.person(step["member"]), skill__slug=step["name"]
    )
    refuse_strangers(world.person(step.get("by", STAFF)), world.space)
    held.update(revoked_at=world.now)
    return accepted()


def run_jobs(world: World, _step: Facts) -> Answer:
    """Every periodic job runs once."""
    _jobs(world)
    return DONE


def run_jobs_concurrently(world: World, step: Facts) -> Answer:
    """Several workers run the same jobs at the same minute."""
    workers = step["workers"]
    start = Barrier(workers, timeout=TIMEOUT)

    def work(_number: int) -> None:
        try:
            start.wait()
            _jobs(world)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    return DONE


def _jobs(world: World) -> None:
    now = world.now
    run_every_job(now)
    deliver_due(clock=lambda: now, lasting=MINUTE)


ACTIONS: tuple[Action, ...] = (
    set_unit_status,
    revoke_certification,
    run_jobs,
    run_jobs_concurrently,
)
