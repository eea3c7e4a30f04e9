"""Actions on reservations: book, move, cancel, approve, deny."""

from booking.models import Reservation
from booking.services import approvals, reservations
from booking.services.allocation import reserve_unit
from booking.services.placing import Claim
from tests.acceptance.answers import Action, Answer, accepted, at_once
from tests.acceptance.form import Facts
from tests.acceptance.world import World

SECONDS_PER_MINUTE = 60


def book(world: World, step: Facts) -> Answer:
    """Reserve a machine, or any unit of a pool."""
    name = step.get("as")
    made = _reserve(world, step, step["by"])
    if name is not None:
        world.reservations[name] = made
    elapsed = (made.ends_at - made.starts_at).total_seconds()
    return accepted(
        status=made.state,
        elapsed_min=int(elapsed // SECONDS_PER_MINUTE),
        unit=world.name_of(made.machine),
    )


def book_concurrently(world: World, step: Facts) -> Answer:
    """Several people reserve the same span at the same time."""
    world.people_of(step["by"])
    return at_once(step["by"], lambda name: _reserve(world, step, name))


def _reserve(world: World, step: Facts, name: str) -> Reservation:
    """Reserve for who acts; `for` names somebody else in whose name they do so."""
    person, target = world.person(name), step["target"]
    claim = Claim(
        member=world.person(step.get("for", name)),
        by=person,
        company=world.company(step),
        purpose=step.get("title", ""),
        is_confidential=step.get("confidential", False),
    )
    request = world.request(step)
    if target in world.pools:
        pool = world.pools[target]
        return reserve_unit(pool=pool, claim=claim, request=request, now=world.now)
    return reservations.reserve(
        machine=world.machine(target),
        member=claim.member,
        request=request,
        by=claim.by,
        now=world.now,
        company=claim.company,
        purpose=claim.purpose,
        is_confidential=claim.is_confidential,
    )


def move(world: World, step: Facts) -> Answer:
    """Give a reservation another time, and another machine where the step names one."""
    row, target = world.reservation(step["reservation"]), step.get("target")
    moved = reservations.move(
        reservation=row,
        request=world.request(step),
        by=world.person(step["by"]),
        now=world.now,
        machine=None if target is None else world.machine(target),
    )
    return accepted(status=moved.state, unit=world.name_of(moved.machine))


def cancel(world: World, step: Facts) -> Answer:
    """Give a reservation back."""
    row, by = world.reservation(step["reservation"]), world.person(step["by"])
    return accepted(status=reservations.cancel(reservation=row, by=by, now=world.now).state)


def restore(world: World, step: Facts) -> Answer:
    """Undo a cancellation."""
    row, by = world.reservation(step["reservation"]), world.person(step["by"])
    return accepted(status=reservations.restore(reservation=row, by=by, now=world.now).state)


def approve(world: World, step: Facts) -> Answer:
    """Say yes to a request."""
    row, by = world.reservation(step["reservation"]), world.person(step["by"])
    return accepted(status=approvals.approve(reservation=row, by=by, now=world.now).state)


def deny(world: World, step: Facts) -> Answer:
    """Say no to a request."""
    row, by = world.reservation(step["reservation"]), world.person(step["by"])
    reason = step.get("reason", "No.")
    decided = approvals.deny(reservation=row, by=by, now=world.now, reason=reason)
    return accepted(status=decided.state)


ACTIONS: tuple[Action, ...] = (book, book_concurrently, move, cancel, restore, approve, deny)
