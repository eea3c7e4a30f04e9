"""What a case says has happened: reservations, use, and who waits."""

from booking import notices
from booking.models import Policy, Reservation, UsageSession
from booking.services.changing import charge_company
from booking.states import OCCUPYING, ReservationState, SessionSource
from tests.acceptance.form import Facts
from tests.acceptance.given_machines import NEVER
from tests.acceptance.world import World, named
from tests.factories.booking import ReservationFactory, UsageSessionFactory

CHARGED = (*OCCUPYING, ReservationState.NO_SHOW)
"""What has taken hours from a contract and has not given them back."""


def add_reservation(world: World, given: Facts) -> None:
    """Write a reservation as it would stand, had it been made when the case says."""
    machine = world.machine(given["target"])
    policy = machine.policies.get()
    starts_at, ends_at = world.moment(given["start"]), world.moment(given["end"])
    created, released, pool = given.get("created"), given.get("released_at"), given.get("pool")
    row: Reservation = ReservationFactory(
        machine=machine,
        pool=pool and named(world.pools, pool, "a pool"),
        member=world.person(given["by"]),
        starts_at=starts_at,
        ends_at=ends_at,
        occupied_from=starts_at - policy.setup,
        occupied_until=ends_at + policy.turnaround,
        state=ReservationState(given.get("status", ReservationState.CONFIRMED)),
        created_at=world.now if created is None else world.moment(created),
        company=world.company(given),
        is_confidential=given.get("confidential", False),
        purpose=given.get("title", ""),
        released_at=released and world.moment(released),
    )
    world.reservations[given["id"]] = row
    _wait_for_approval(row, policy)
    if row.state in CHARGED:
        charge_company(row, by=None, now=row.created_at)
    notices.keep_reminders(row, now=row.created_at)


def _wait_for_approval(row: Reservation, policy: Policy) -> None:
    """Let a request expire when its policy says, or at its start."""
    if row.state == ReservationState.PENDING and policy.approval_hold != NEVER:
        row.expires_at = min(row.created_at + policy.approval_hold, row.starts_at)
        row.save(update_fields=["expires_at"])


def add_session(world: World, given: Facts) -> None:
    """Write the use of a machine as a list from elsewhere tells it; what has no end goes on."""
    end = given.get("end")
    UsageSessionFactory(
        source=SessionSource.IMPORT,
        machine=world.machine(given["target"]),
        member=world.person(given["by"]),
        started_at=world.moment(given["start"]),
        ended_at=end and world.moment(end),
    )


def use_what_is_in_use(world: World) -> None:
    """Let every reservation in use have its session, where the case tells of none."""
    for row in world.reservations.values():
        if row.state != ReservationState.IN_USE:
            continue
        told = UsageSession.objects.filter(machine=row.machine).touching(row.starts_at, row.ends_at)
        if told.update(reservation=row, expected_end_at=row.ends_at) == 0:
            UsageSessionFactory(
                machine=row.machine,
                member=row.member,
                reservation=row,
                started_at=min(row.starts_at, world.now),
                expected_end_at=row.ends_at,
            )


def add_wish(world: World, given: Facts) -> None:
    """Put a wish on the list, in the order in which people joined."""
    wish = world.wish(given)
    # The order is what counts; nothing refers to a wish by its name.
    given.get("id")
    wish.joined_at = world.moment(given["joined"]) if "joined" in given else world.now
    wish.save()
