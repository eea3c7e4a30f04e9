"""Actions at the machine: check-in and check-out, sessions without a reservation."""

from booking.models import UsageSession
from booking.services import attendance, entering
from spaces.intervals import Interval, clip, local_dates, local_day, total_seconds
from tests.acceptance.answers import Action, Answer, accepted, at_once
from tests.acceptance.form import Facts
from tests.acceptance.world import STAFF, World

SECONDS_PER_HOUR = 3600


def check_in(world: World, step: Facts) -> Answer:
    """Come and use what was reserved."""
    row = world.reservation(step["reservation"])
    attendance.check_in(reservation=row, by=world.person(step["by"]), now=world.now)
    row.refresh_from_db()
    return accepted(status=row.state)


def check_out(world: World, step: Facts) -> Answer:
    """Leave the machine."""
    row = world.reservation(step["reservation"])
    attendance.stop_session(machine=row.machine, by=world.person(step["by"]), now=world.now)
    row.refresh_from_db()
    return accepted(status=row.state)


def start_session(world: World, step: Facts) -> Answer:
    """Use a machine without a reservation."""
    _start(world, step, step["by"])
    return accepted()


def start_session_concurrently(world: World, step: Facts) -> Answer:
    """Several people start the same machine at the same time."""
    world.people_of(step["by"])
    return at_once(step["by"], lambda name: _start(world, step, name))


def _start(world: World, step: Facts, name: str) -> UsageSession:
    person, machine = world.person(name), world.machine(step["unit"])
    return attendance.start_walk_in(machine=machine, member=person, by=person, now=world.now)


def stop_session(world: World, step: Facts) -> Answer:
    """Stop what runs on a machine."""
    machine, by = world.machine(step["unit"]), world.person(step["by"])
    attendance.stop_session(machine=machine, by=by, now=world.now)
    return accepted()


def enter_session(world: World, step: Facts) -> Answer:
    """Staff writes down afterwards that somebody used a machine."""
    span = Interval(world.moment(step["start"]), world.moment(step["end"]))
    entering.enter_session(
        machine=world.machine(step["target"]),
        member=world.person(step["by"]),
        span=span,
        by=world.person(STAFF),
        now=world.now,
    )
    return accepted()


def session_hours_by_day(world: World, step: Facts) -> Answer:
    """The hours of use of a machine by local day."""
    zone = world.space.zone
    ended = UsageSession.objects.filter(machine=world.machine(step["unit"]), ended_at__isnull=False)
    used = [Interval(*span) for span in ended.values_list("started_at", "ended_at")]
    days = sorted({day for each in used for day in local_dates(each, zone)})
    hours = {
        day.isoformat(): total_seconds(clip(used, local_day(day, zone))) / SECONDS_PER_HOUR
        for day in days
    }
    return {"result": "hours", "hours": hours}


ACTIONS: tuple[Action, ...] = (
    check_in,
    check_out,
    start_session,
    start_session_concurrently,
    stop_session,
    enter_session,
    session_hours_by_day,
)
