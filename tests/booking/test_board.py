"""The board of a space: who sees it, what it shows, and how many queries it takes."""

import json
from datetime import date
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from booking.board_json import board_as_json
from booking.lane_parts import Viewer
from booking.queries.board import Board, board_of, viewer_in, week_of
from booking.states import ReservationState
from booking.views.calendar import day_asked, week_context
from tests.booking.lively import NOW, TUESDAY, Lively, at, reserve
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db


def shown(lively: Lively, days: int = 1) -> Board:
    viewer = Viewer(member_id=lively.staff.pk, is_staff=True)
    return board_of(lively.space, TUESDAY, days=days, viewer=viewer, now=NOW, link="?reservation=")


def test_the_board_is_for_staff_of_the_space(client: Client, lively: Lively) -> None:
    address = f"/spaces/{lively.space.slug}/board/"
    assert client.get(address).status_code == HTTPStatus.FOUND
    client.force_login(lively.maker)
    assert client.get(address).status_code == HTTPStatus.FORBIDDEN
    client.force_login(lively.staff)
    assert client.get(f"/spaces/{SpaceFactory.create().slug}/board/").status_code == 403


def test_the_day_shows_every_machine_with_names_and_times(staff: Client) -> None:
    page = staff.get("/spaces/atelier/board/").text
    assert "Tuesday 20 October 2026" in page
    for text in ("Speedy 400", "Shaper Origin", "Anna Bernasconi", "14:00–15:30", "Out of order"):
        assert text in page
    assert '<tr id="machine-' in page
    assert "Secret" in page
    assert 'style="' not in page


def test_the_week_shows_every_machine_on_seven_days(staff: Client) -> None:
    page = staff.get("/spaces/atelier/board/?week=2026-10-21").text
    assert page.count("?day=2026-10-19#machine-") == 4
    assert page.count("?day=2026-10-25#machine-") == 4


def test_the_same_address_answers_json_where_it_is_asked_for(staff: Client, lively: Lively) -> None:
    answer = staff.get(
        "/spaces/atelier/board/?week=2026-10-19", headers={"Accept": "application/json"}
    )
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert told["machines"][0]["name"] == "Speedy 400"
    assert [len(machine["days"]) for machine in told["machines"]] == [7, 7, 7, 7]
    items = told["machines"][0]["days"][1]["items"]
    found = next(item for item in items if item.get("reservation") == str(lively.reserved.pk))
    assert found["starts_at"] == "2026-10-20T14:00:00+02:00"
    assert found["name"] == "Anna Bernasconi"
    assert found["marks"] == []


def test_who_did_not_come_is_on_the_board_of_the_staff_and_in_no_other_calendar(
    staff: Client, lively: Lively
) -> None:
    reserve(
        lively.mill,
        "10:00",
        "11:30",
        member=MemberFactory.create(name="Nora Nowhere"),
        state=ReservationState.NO_SHOW,
        released_at=at("10:45"),
    )
    reserve(lively.mill, "10:45", "11:30", state=ReservationState.COMPLETED)
    page = staff.get("/spaces/atelier/board/").text
    assert "Nora Nowhere" in page
    assert "no-show" in page
    staff.logout()
    page = staff.get("/machines/atelier/shaper/").text
    assert "no-show" not in page


def test_each_category_stands_once_though_nobody_translated_it(lively: Lively) -> None:
    with translation.override("fr"):
        assert [group.name for group in shown(lively).groups] == ["Lasers", "Mills"]


def test_an_unreadable_day_is_today(staff: Client) -> None:
    for asked in ("yesterday", "0001-01-01", "9999-12-31", "2026-13-01"):
        assert "Tuesday 20 October 2026" in staff.get(f"/spaces/atelier/board/?day={asked}").text


def test_a_space_without_machines_says_where_to_begin(staff: Client, lively: Lively) -> None:
    lively.space.machines.update(retired_at=NOW)
    assert "No machine is in service here." in staff.get("/spaces/atelier/board/").text


def test_choosing_a_reservation_opens_what_can_be_done_to_it(staff: Client, lively: Lively) -> None:
    address = f"/spaces/atelier/board/?day=2026-10-20&reservation={lively.reserved.pk}"
    page = staff.get(address).text
    assert f"/reservations/{lively.reserved.pk}/move/" in page
    panel = staff.get(address, headers={"HX-Target": "panel"}).text
    assert "Anna Bernasconi" in panel
    assert "<table" not in panel


def test_what_was_cancelled_stays_chosen_and_listed_and_can_be_undone(
    staff: Client, lively: Lively
) -> None:
    number = lively.reserved.pk
    address = f"/spaces/atelier/board/?reservation={number}"
    assert f'value="{address}"' in staff.get(address).text

    page = staff.post(f"/reservations/{number}/cancel/", {"next": address}, follow=True).text
    assert f'action="/reservations/{number}/restore/"' in page
    assert "1 cancelled reservation that can be undone" in page
    assert f'href="?day=2026-10-20&amp;reservation={number}"' in page

    page = staff.post(f"/reservations/{number}/restore/", {"next": address}, follow=True).text
    assert f'action="/reservations/{number}/restore/"' not in page
    assert "that can be undone" not in page
    tomorrow = staff.get("/spaces/atelier/board/?day=2026-10-21").text
    assert "that can be undone" not in tomorrow


def test_choosing_a_machine_offers_to_block_it_or_report_a_fault(
    staff: Client, lively: Lively
) -> None:
    page = staff.get(f"/spaces/atelier/board/?machine={lively.mill.pk}").text
    assert "/spaces/atelier/machines/shaper/maintenance/" in page
    assert "/spaces/atelier/machines/shaper/faults/" in page


def test_what_another_space_holds_cannot_be_chosen(staff: Client) -> None:
    other = reserve(MachineFactory.create(), "14:00", "15:00")
    for asked in (f"reservation={other.pk}", f"machine={other.machine_id}", "machine=x"):
        assert staff.get(f"/spaces/atelier/board/?{asked}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("days", [1, 7])
def test_the_queries_are_the_same_for_any_number_of_machines(
    lively: Lively, days: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        shown(lively, days)
    for number in range(20):
        machine = MachineFactory.create(space=lively.space, category=lively.laser.category)
        reserve(machine, "14:00", f"15:{number + 10}")
    with django_assert_num_queries(4):
        board_as_json(shown(lively, days))


def test_the_hours_drawn_reach_from_the_first_to_the_last_that_matters(lively: Lively) -> None:
    assert [shown(lively).axes[0].labels[end] for end in (0, -1)] == ["08:00", "22:00"]
    reserve(lively.mill, "22:00", "23:15")
    assert shown(lively).axes[0].labels[-1] == "24:00"


def test_a_day_on_which_nothing_happens_is_drawn_from_eight_to_six() -> None:
    space = SpaceFactory.create()
    board = board_of(space, TUESDAY, days=1, viewer=Viewer(), now=NOW, link="")
    assert [board.axes[0].labels[end] for end in (0, -1)] == ["08:00", "18:00"]


def test_single_quarters_to_press_ask_for_a_wider_drawing(lively: Lively) -> None:
    assert not shown(lively).is_fine
    reserve(lively.mill, "20:00", "20:15")
    assert shown(lively).is_fine


def test_a_visitor_sees_no_names_and_a_delegate_those_of_the_company(lively: Lively) -> None:
    delegate = DelegateFactory.create()
    lively.reserved.company = delegate.company
    lively.reserved.save()
    names = {}
    for person in (delegate.member, MemberFactory.create()):
        viewer = viewer_in(person, lively.space)
        board = week_of(lively.laser, date(2026, 10, 19), viewer=viewer, now=NOW)
        names[person] = [item.name for item in board.rows[0].lanes[1].items]
    assert any(name.startswith("Anna") for name in names[delegate.member])
    assert not any(
        name.startswith(("Anna", "Luc")) for own in list(names.values())[1:] for name in own
    )


def test_the_week_of_a_machine_leads_to_the_form_on_its_own_page(lively: Lively) -> None:
    context = week_context(lively.laser, TUESDAY, lively.maker, NOW)
    assert context["monday"] == date(2026, 10, 19)
    assert context["is_this_week"]
    hrefs = [item.href for item in context["row"].lanes[1].items if item.kind == "free"]
    assert "?week=2026-10-19&date=2026-10-20&start=12:30&end=13:30#reserve" in hrefs


def test_json_tells_moments_as_the_clock_of_the_space_shows_them(lively: Lively) -> None:
    told = json.loads(json.dumps(board_as_json(shown(lively, 7)), default=str))
    sunday = told["machines"][0]["days"][-1]["items"]
    assert sunday[0]["starts_at"] == "2026-10-26T08:00:00+01:00"


def test_days_out_of_reach_are_not_asked_for() -> None:
    assert day_asked("1066-10-14", TUESDAY) == TUESDAY
    assert day_asked("2026-10-25", TUESDAY) == date(2026, 10, 25)
