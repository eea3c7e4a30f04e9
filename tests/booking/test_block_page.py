"""Blocking a time from the board: what stands in the way is named, what is free is held."""

import pytest
from django.test import Client

from booking.models import Reservation
from booking.states import ReservationKind
from spaces.intervals import DAY
from tests.booking.lively import TUESDAY, Lively, at, reserve
from tests.factories.booking import UsageSessionFactory

pytestmark = pytest.mark.django_db

URL = "/spaces/atelier/machines/speedy/block/"
BOARD = "/spaces/atelier/board/"
TYPED = {
    "date": "2026-10-21",
    "start": "10:15",
    "end": "12:00",
    "end_date": "",
    "purpose": "New lens",
}


def test_a_free_time_of_the_board_offers_reserving_and_blocking(
    staff: Client, lively: Lively
) -> None:
    page = staff.get(f"{BOARD}?day=2026-10-21").text
    link = f"?day=2026-10-21&amp;machine={lively.laser.pk}&amp;date=2026-10-21&amp;start=08:00"
    assert link in page
    asked = f"?day=2026-10-21&machine={lively.laser.pk}&date=2026-10-21&start=10:15&end=12:00"
    panel = staff.get(BOARD + asked, headers={"HX-Target": "panel"}).text
    assert (
        "/machines/atelier/speedy/?week=2026-10-21&amp;date=2026-10-21&amp;start=10%3A15" in panel
    )
    assert f'action="{URL}"' in panel
    assert '<option value="10:15" selected>' in panel


def test_what_is_not_in_the_catalogue_is_not_offered_there(staff: Client, lively: Lively) -> None:
    lively.laser.is_listed = False
    lively.laser.save()
    asked = f"?day=2026-10-21&machine={lively.laser.pk}"
    for more in ("", "&date=2026-10-21&start=10:15&end=12:00"):
        panel = staff.get(BOARD + asked + more, headers={"HX-Target": "panel"}).text
        assert "/machines/atelier/speedy/?" not in panel
        assert URL in panel


def test_what_is_blocked_is_held_and_seen_on_the_board_of_that_day(
    staff: Client, lively: Lively
) -> None:
    page = staff.post(URL, TYPED, follow=True)
    row = Reservation.objects.get(machine=lively.laser, purpose="New lens")
    assert (row.kind, row.created_by) == (ReservationKind.MAINTENANCE, lively.staff)
    assert (row.starts_at, row.ends_at) == (
        at("10:15", TUESDAY + DAY),
        at("12:00", TUESDAY + DAY),
    )
    assert page.redirect_chain[-1][0] == f"{BOARD}?reservation={row.pk}"
    assert "Wednesday 21 October 2026" in page.text
    assert f'action="/reservations/{row.pk}/cancel/"' in page.text


def test_what_is_not_displaced_is_named_and_keeps_its_time(staff: Client, lively: Lively) -> None:
    walk_in = UsageSessionFactory.create(
        machine=lively.mill, started_at=at("11:30"), expected_end_at=at("12:15")
    )
    reserve(lively.mill, "17:00", "18:00", member=lively.maker, purpose="x", is_confidential=True)
    typed = TYPED | {"date": "2026-10-20", "start": "09:00", "end": "19:00"}
    answer = staff.post(URL.replace("speedy", "shaper"), typed)
    assert answer.status_code == 409
    assert "Maintenance" in answer.text
    assert "Anna Bernasconi" not in answer.text
    assert str(walk_in.member) in answer.text
    assert "Mira Maker" not in answer.text
    assert "17:00–18:00" not in answer.text
    assert '<option value="09:00" selected>' in answer.text
    assert not Reservation.objects.filter(purpose="New lens").exists()


def test_whoever_has_not_left_yet_is_in_the_way(staff: Client, lively: Lively) -> None:
    luc = Reservation.objects.get(machine=lively.laser, state="in_use")
    Reservation.objects.filter(pk=luc.pk).update(ends_at=at("11:15"), occupied_until=at("11:15"))
    UsageSessionFactory.create(
        machine=lively.laser,
        member=luc.member,
        reservation=luc,
        started_at=at("11:00"),
        expected_end_at=at("11:15"),
    )
    typed = TYPED | {"date": "2026-10-20", "start": "11:30", "end": "12:00"}
    answer = staff.post(URL, typed)
    assert answer.status_code == 409
    assert "Luc Morel" in answer.text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"purpose": ""}, "This field is required."),
        ({"end": "10:15"}, "The end must come after the start."),
        ({"date": "2026-10-20", "start": "08:00", "end": "09:00"}, "This time is over already."),
        ({"end_date": "2028-10-21"}, "A block lasts a year at most."),
        ({"date": "2027-03-28", "start": "02:30", "end": "04:00"}, "The clock skips this time"),
        ({"start": "noon"}, "Give a time such as 14:30."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    staff: Client, wrong: dict[str, str], message: str
) -> None:
    answer = staff.post(URL, TYPED | wrong)
    assert answer.status_code == 422
    assert message in answer.text
    assert wrong.get("purpose", "New lens") in answer.text


def test_several_weeks_are_blocked_in_one_go_and_given_back_in_one_go(
    staff: Client, lively: Lively
) -> None:
    staff.post(URL, TYPED | {"date": "2026-11-02", "end_date": "2026-11-27"})
    rows = Reservation.objects.filter(purpose="New lens")
    assert rows.count() == 2
    staff.post(f"/reservations/{rows[0].pk}/cancel/")
    assert not rows.maintenance().exists()


def test_blocking_is_for_the_staff_of_the_space(client: Client, lively: Lively) -> None:
    assert client.get(URL).status_code == 302
    client.force_login(lively.maker)
    assert client.get(URL).status_code == 403
    assert client.post(URL, TYPED).status_code == 403


def test_moving_from_the_board_leads_back_to_the_board_at_the_new_day(
    staff: Client, lively: Lively
) -> None:
    number = lively.reserved.pk
    panel = staff.get(f"{BOARD}?day=2026-10-20&reservation={number}").text
    back = f"{BOARD}?reservation={number}"
    assert (
        f"/reservations/{number}/move/?next=%2Fspaces%2Fatelier%2Fboard%2F%3Freservation" in panel
    )
    form = staff.get(f"/reservations/{number}/move/", {"next": back}).text
    assert f'name="next" value="{back}"' in form
    typed = {"date": "2026-10-21", "start": "14:00", "end": "15:30", "next": back}
    page = staff.post(f"/reservations/{number}/move/", typed, follow=True)
    assert page.redirect_chain[-1][0] == back
    assert "Wednesday 21 October 2026" in page.text
    refused = typed | {"start": "03:00", "end": "03:00"}
    assert f'value="{back}"' in staff.post(f"/reservations/{number}/move/", refused).text
