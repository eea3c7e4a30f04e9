"""Dates of a series that lost their time: what is held instead is answered before all move."""

from datetime import date

import pytest

from booking.models import Displacement, Reservation
from booking.queries.displacing import value_of
from booking.services import displaced, series
from booking.services.displacing import plan_ahead
from booking.services.refusing import BookingRefused
from booking.services.series import Made
from booking.services.taking import block_taking, take_out
from booking.states import DisplacementState, ReservationState, WayOut
from machines.models import Machine
from members.models import Member
from spaces.intervals import Interval
from tests.booking.series.booked import NOW, at, book, wall
from tests.factories.members import RoleFactory

pytestmark = pytest.mark.django_db

SECOND = date(2026, 5, 12)


@pytest.fixture
def made(machine: Machine, maker: Member) -> Made:
    """Four dates, for the second of which another time is held since it was displaced."""
    found = book(machine, maker)
    span = Interval(at(12, 17), at(12, 21))
    plan = plan_ahead(block_taking(machine, span), now=NOW)
    choices = {
        case.key: next(value_of(each) for each in case.options if each.way == WayOut.LATER)
        for case in plan.cases
    }
    staff = RoleFactory(space=machine.space).member
    take_out(machine=machine, span=span, purpose="x", choices=choices, by=staff, now=NOW)
    return found


def test_a_time_that_is_only_held_is_confirmed_before_its_series_moves(
    made: Made, maker: Member
) -> None:
    row = made.series.reservations.get(state=ReservationState.HELD)
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        series.move_from(
            series=made.series,
            from_day=SECOND,
            start=wall(13, 9),
            end=wall(13, 11),
            by=maker,
            now=NOW,
        )
    found = Displacement.objects.get(reservation=row)
    displaced.accept(displacement=found, by=maker, now=NOW)
    moved = series.move_from(
        series=made.series, from_day=SECOND, start=wall(13, 9), end=wall(13, 11), by=maker, now=NOW
    )
    assert {each.state for each in moved.rows} == {ReservationState.CONFIRMED}


def test_a_series_that_is_given_back_leaves_nothing_to_answer(made: Made, maker: Member) -> None:
    series.cancel_from(series=made.series, from_day=SECOND, by=maker, now=NOW)
    assert not Reservation.objects.filter(state=ReservationState.HELD).exists()
    assert Displacement.objects.get().state == DisplacementState.DECLINED
