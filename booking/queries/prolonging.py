"""How long a use that goes on could still last."""

from datetime import datetime, timedelta

from booking.facts import BookingRequest
from booking.models import Reservation
from booking.queries.facts import facts_for
from booking.queries.terms import terms_of_reservation
from booking.states import WALK_IN
from members.models import Member
from spaces.intervals import wall_time


def latest_end(reservation: Reservation, *, by: Member, now: datetime) -> datetime | None:
    """The latest end on the grid that the policy and the time behind leave to `reservation`.

    None where it cannot last longer than it does. `machine.space` and `member` loaded.
    """
    terms = terms_of_reservation(reservation)
    end = reservation.ends_at
    furthest = reservation.starts_at + terms.longest
    if furthest <= end:
        return None
    facts = facts_for(
        machine=reservation.machine,
        request=BookingRequest(starts_at=end, ends_at=furthest),
        member=reservation.member or by,
        by=by,
        company=reservation.company,
        now=now,
        excluding=[reservation],
        terms=terms,
    )
    hours = terms.bookable(opened=facts.open, staffed=facts.staffed, zone=facts.zone)
    closes = [span.end for span in hours if span.start <= end < span.end]
    begins = [max(span.start - terms.turnaround, end) for span in facts.held if span.end > end]
    latest = min([furthest, *begins, *closes]) if closes else end
    latest -= _past_the_grid(latest, reservation, terms.grid)
    return latest if latest > max(end, now) else None


def next_end(reservation: Reservation, *, by: Member, now: datetime) -> datetime | None:
    """The end on the grid that gives `reservation` as much more as a walk-in gets, or less.

    None where it cannot last longer than it does.
    """
    latest = latest_end(reservation, by=by, now=now)
    if latest is None:
        return None
    grid = terms_of_reservation(reservation).grid
    # Up to the whole steps of the grid, so that some time is left once it is cut to it.
    end = max(reservation.ends_at, now) + -(-WALK_IN // grid) * grid
    return min(latest, end - _past_the_grid(end, reservation, grid))


def _past_the_grid(moment: datetime, reservation: Reservation, grid: timedelta) -> timedelta:
    wall = wall_time(moment, reservation.machine.space.zone)
    return (wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)) % grid
