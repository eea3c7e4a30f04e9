"""The agenda: reservations by day, and the week of all machines as a list."""

from datetime import date

import pytest
from django.test import Client

from booking.agenda import agenda_of
from booking.models import Reservation
from booking.states import ReservationState
from tests.booking.lively import Lively, reserve
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

BOARD = "/spaces/atelier/board/"


def test_each_lies_on_the_day_that_its_own_space_has(lively: Lively) -> None:
    singapore = SpaceFactory.create(name="Bayfront", timezone="Asia/Singapore")
    far = MachineFactory.create(space=singapore, name="Printer")
    reserve(far, "18:30", "19:00", member=lively.maker, company=CompanyFactory.create(name="Orbe"))
    rows = Reservation.objects.filter(member=lively.maker).select_related(
        "machine__space", "company"
    )
    days = agenda_of(
        [(row, row.what) for row in rows.order_by("starts_at")], lambda row: f"/{row.pk}/"
    )
    told = [(day.day, item.kind, item.name, item.times) for day in days for item in day.items]
    assert told == [
        (date(2026, 10, 20), "own", "Speedy 400", "17:00–18:00"),
        (date(2026, 10, 21), "company", "Printer", "00:30–01:00"),
    ]
    assert days[1].items[0].detail == "Bayfront · Orbe"


@pytest.mark.parametrize(
    ("state", "marks", "note"),
    [
        (ReservationState.CONFIRMED, "", ""),
        (ReservationState.PENDING, "pending", "awaiting approval"),
        (ReservationState.CANCELLED, "gone", "cancelled"),
        (ReservationState.NO_SHOW, "no-show", "no-show"),
    ],
)
def test_each_says_how_it_stands(
    lively: Lively, state: ReservationState, marks: str, note: str
) -> None:
    lively.own.state = state
    ((item,),) = (day.items for day in agenda_of([(lively.own, "Speedy")], lambda _row: "/"))
    assert (item.marks, item.note) == (marks, note)


def test_over_midnight_the_end_names_its_day(lively: Lively) -> None:
    night = reserve(lively.laser, "22:00", "23:00")
    night.ends_at += (night.ends_at - night.starts_at) * 3
    (day,) = agenda_of([(night, "Speedy")], lambda _row: "/")
    assert day.items[0].times == "22:00–Wed 21 Oct 02:00"


def test_the_week_as_a_list_has_every_day_with_its_gaps_and_reservations(staff: Client) -> None:
    page = staff.get(f"{BOARD}?week=2026-10-19&view=agenda").text
    assert page.count('<details class="day"') == 7
    assert page.count('<details class="day" open') == 1
    assert '<details class="day" open id="day-2026-10-20"' in page
    assert "Anna Bernasconi" in page
    assert "start=12:30&amp;end=13:30#panel" in page
    assert 'class="glance' not in page


def test_a_week_without_today_opens_its_first_day(staff: Client) -> None:
    page = staff.get(f"{BOARD}?week=2026-11-02&view=agenda").text
    assert '<details class="day" open id="day-2026-11-02"' in page


@pytest.mark.parametrize("view", ["agenda", "grid"])
def test_what_was_chosen_stays_in_the_address_of_every_way_on(staff: Client, view: str) -> None:
    page = staff.get(f"{BOARD}?day=2026-10-20&view={view}").text
    assert f"?day=2026-10-21&amp;view={view}" in page
    assert f"?week=2026-10-20&amp;view={view}" in page
    assert f"?day=2026-10-20&amp;view={view}&amp;machine=" in page
    week = staff.get(f"/machines/atelier/speedy/?week=2026-10-19&view={view}").text
    assert f"?week=2026-10-26&amp;view={view}" in week
    assert f"?week=2026-10-19&amp;view={view}&amp;date=2026-10-21" in week


@pytest.mark.parametrize(
    ("view", "media"),
    [("", "screen and (width &lt; 44rem)"), ("agenda", "all"), ("grid", None), ("x", "screen")],
)
def test_without_a_wish_the_screen_decides(staff: Client, view: str, media: str | None) -> None:
    page = staff.get(f"{BOARD}?view={view}").text
    assert ("calendar-agenda.css" in page) is (media is not None)
    if media:
        assert media.replace("&lt;", "<") in page
