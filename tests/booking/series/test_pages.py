"""The pages of series: previewed before anything is reserved, and then changed as a whole."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.models import Series
from booking.services import series
from booking.states import OnConflict
from machines.models import Machine, Pool
from members.models import Member
from tests.booking.series.booked import DAY, NOW, at, book, in_the_way, standing, weekly
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen_clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def web(maker: Member) -> Client:
    return client_of(maker)


ASKED = {
    "date": "2026-05-05",
    "start": "18:00",
    "end": "20:00",
    "every": "1",
    "frequency": "WEEKLY",
    "monthly": "day",
    "ends": "count",
    "count": "4",
    "purpose": "Course",
    "target": "machine",
}


def page_of(machine: Machine) -> str:
    return reverse("booking:series_new", args=[machine.space.slug, machine.slug])


def post(web: Client, address: str, told: dict[str, Any], step: str, seen: Any = None) -> Any:
    """Press a button of a form, as it was last `seen`."""
    previewed = seen.context["form"].fingerprint() if seen else ""
    return web.post(address, told | {"step": step, "previewed": previewed})


def test_repeat_takes_over_what_the_form_to_reserve_was_filled_with(
    web: Client, machine: Machine
) -> None:
    form = web.get(reverse("booking:reserve", args=[machine.space.slug, machine.slug]))
    assert page_of(machine) in form.content.decode()
    told = {"date": "2026-05-05", "start": "18:00", "end": "20:00", "purpose": "Lamps"}
    shown = web.post(page_of(machine), told)
    assert shown.status_code == 200
    assert 'value="Lamps"' in shown.content.decode()
    assert not Series.objects.exists()


def test_every_date_is_shown_with_its_verdict_before_anything_is_reserved(
    web: Client, machine: Machine, maker: Member
) -> None:
    in_the_way(machine, 12, member=MemberFactory(name="Sara Secret"), purpose="Hidden")
    seen = post(web, page_of(machine), ASKED, "preview")
    text = seen.content.decode()
    assert "3 of 4 dates are free" in text
    assert "Tue 12 May, 18:00" in text
    assert ">taken<" in text
    assert "Secret" not in text
    assert "Hidden" not in text
    assert not Series.objects.exists()
    done = post(web, page_of(machine), ASKED, "skip", seen)
    found = Series.objects.get()
    assert done["Location"] == reverse("booking:series", args=[found.pk])
    assert standing(found) == [at(5), at(19), at(26)]
    shown = web.get(done["Location"]).content.decode()
    assert "Every week on Tuesday, 18:00–20:00, until 26 May 2026" in shown
    assert "Not reserved" in shown


def test_what_was_not_shown_is_not_reserved(web: Client, machine: Machine) -> None:
    seen = post(web, page_of(machine), ASKED, "preview")
    other = post(web, page_of(machine), ASKED | {"end": "21:00"}, "all_or_nothing", seen)
    assert "This is new since the preview" in other.content.decode()
    assert not Series.objects.exists()


def test_a_date_may_be_left_out_after_the_preview(web: Client, machine: Machine) -> None:
    seen = post(web, page_of(machine), ASKED, "preview")
    told = ASKED | {"excepted": ["2026-05-12"]}
    again = post(web, page_of(machine), told, "preview", seen)
    assert "left out" in again.content.decode()
    post(web, page_of(machine), told, "all_or_nothing", again)
    assert standing(Series.objects.get()) == [at(5), at(19), at(26)]


def test_who_was_faster_is_told_date_by_date(web: Client, machine: Machine) -> None:
    seen = post(web, page_of(machine), ASKED, "preview")
    in_the_way(machine, 19)
    answer = post(web, page_of(machine), ASKED, "all_or_nothing", seen)
    assert answer.status_code == 409
    assert "3 of 4 dates are free" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends": "until", "until": ""}, "Say on which day it ends."),
        ({"ends": "count", "count": ""}, "Say how many dates there are."),
        ({"ends": "until", "until": "2026-05-04"}, "This pattern has no date."),
        ({"start": "18:00", "end": "18:00"}, "Each date must end after its start"),
        ({"date": "someday"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    web: Client, machine: Machine, change: dict[str, str], words: str
) -> None:
    answer = post(web, page_of(machine), ASKED | change, "preview")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    assert 'value="Course"' in text


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ({"frequency": "DAILY", "every": "2"}, [5, 7, 9, 11]),
        ({"weekdays": ["1", "3"]}, [5, 7, 12, 14]),
        ({"frequency": "MONTHLY", "count": "1"}, [5]),
        ({"frequency": "MONTHLY", "monthly": "last", "count": "1"}, [26]),
        ({"frequency": "MONTHLY", "monthly": "last_day", "count": "1"}, [31]),
        ({"ends": "until", "until": "2026-05-19"}, [5, 12, 19]),
    ],
)
def test_how_often_is_read_from_the_form(
    web: Client, machine: Machine, change: dict[str, Any], days: list[int]
) -> None:
    seen = post(web, page_of(machine), ASKED | change, "preview")
    assert [each.day.day for each in seen.context["lines"]] == days


def test_without_an_end_it_says_that_more_follow(web: Client, machine: Machine) -> None:
    machine.policies.update(horizon_days=14)
    seen = post(web, page_of(machine), ASKED | {"ends": "open"}, "preview")
    assert len(seen.context["lines"]) == 2
    assert "More follow by themselves" in seen.content.decode()


def test_any_of_a_pool(web: Client, pool: Pool, machine: Machine) -> None:
    machine.refresh_from_db()
    seen = post(web, page_of(machine), ASKED | {"target": "pool"}, "preview")
    post(web, page_of(machine), ASKED | {"target": "pool"}, "all_or_nothing", seen)
    found = Series.objects.get()
    assert found.pool == pool
    shown = web.get(reverse("booking:series", args=[found.pk])).content.decode()
    assert "any of Prusa MK4" in shown


def test_staff_reserves_for_a_member_and_sees_who_has_a_date(
    machine: Machine, maker: Member
) -> None:
    staff = RoleFactory(space=machine.space).member
    in_the_way(machine, 12, member=MemberFactory(name="Ana Nunes"))
    told = ASKED | {"for_email": maker.email}
    seen = post(client_of(staff), page_of(machine), told, "preview")
    assert "Ana Nunes" in seen.content.decode()
    post(client_of(staff), page_of(machine), told, "skip", seen)
    found = Series.objects.get()
    assert (found.member, found.created_by) == (maker, staff)


def test_from_a_date_on_it_is_cancelled_by_a_button(
    web: Client, machine: Machine, maker: Member
) -> None:
    found = book(machine, maker).series
    page = reverse("booking:series", args=[found.pk])
    assert '<option value="2026-05-12">' in web.get(page).content.decode()
    address = reverse("booking:series_cancel", args=[found.pk])
    answer = web.post(address, {"from_day": "2026-05-12"}, follow=True)
    assert "3 dates are cancelled" in answer.content.decode()
    assert standing(found) == [at(5)]
    assert web.post(address, {"from_day": "one day"}).status_code == 404


def test_it_is_moved_once_the_new_dates_were_seen(
    web: Client, machine: Machine, maker: Member
) -> None:
    found = book(machine, maker).series
    address = reverse("booking:series_move", args=[found.pk])
    assert web.get(address).context["form"].initial["start"] == "18:00"
    told = {"from_day": "2026-05-12", "date": "2026-05-13", "start": "09:00", "end": "11:00"}
    seen = post(web, address, told, "preview")
    assert "All 3 dates are free" in seen.content.decode()
    assert standing(found) == [at(5), at(12), at(19), at(26)]
    done = post(web, address, told, "all_or_nothing", seen)
    moved = Series.objects.exclude(pk=found.pk).get()
    assert done["Location"] == reverse("booking:series", args=[moved.pk])
    assert standing(moved) == [at(13, 9), at(20, 9), at(27, 9)]


def test_a_move_into_others_is_refused_whole(web: Client, machine: Machine, maker: Member) -> None:
    found = book(machine, maker).series
    address = reverse("booking:series_move", args=[found.pk])
    told = {"from_day": "2026-05-12", "date": "2026-05-13", "start": "18:00", "end": "20:00"}
    seen = post(web, address, told, "preview")
    in_the_way(machine, 20)
    answer = post(web, address, told, "all_or_nothing", seen)
    assert answer.status_code == 409
    assert "All are moved, or none." in answer.content.decode()
    late = told | {"from_day": "2026-05-05", "date": "2026-05-06"}
    machine.policies.update(cancellation_window=3 * DAY)
    answer = post(web, address, late, "preview")
    assert answer.status_code == 422
    assert "It is too late to change this reservation." in answer.content.decode()
    assert post(web, address, told | {"date": ""}, "preview").status_code == 422


def test_a_date_that_was_missing_before_does_not_keep_the_others_from_moving(
    web: Client, machine: Machine, maker: Member
) -> None:
    in_the_way(machine, 19)
    found = book(machine, maker, on_conflict=OnConflict.SKIP).series
    in_the_way(machine, 20)
    address = reverse("booking:series_move", args=[found.pk])
    told = {"from_day": "2026-05-12", "date": "2026-05-13", "start": "18:00", "end": "20:00"}
    seen = post(web, address, told, "preview")
    assert "Dates that are not free stay out" in seen.content.decode()
    post(web, address, told, "all_or_nothing", seen)
    assert standing(Series.objects.exclude(pk=found.pk).get()) == [at(13), at(27)]


def test_it_goes_on_once_the_new_dates_were_seen(
    web: Client, machine: Machine, maker: Member
) -> None:
    found = book(machine, maker).series
    address = reverse("booking:series_extend", args=[found.pk])
    assert web.get(address).status_code == 200
    told = {"ends": "until", "until": "2026-06-09"}
    in_the_way(machine, 2, month=6)
    seen = post(web, address, told, "preview")
    assert "1 of 2 dates are free" in seen.content.decode()
    post(web, address, told, "skip", seen)
    assert standing(found)[-1] == at(9, month=6)
    assert post(web, address, {"ends": "until"}, "preview").status_code == 422
    early = post(web, address, told | {"until": "2026-05-26"}, "preview")
    assert "Choose a day after the end of the series so far." in early.content.decode()


def test_what_cannot_be_changed_says_so(web: Client, machine: Machine, maker: Member) -> None:
    found = book(machine, maker, weekly(None)).series
    answer = web.get(reverse("booking:series_extend", args=[found.pk]), follow=True)
    assert "goes on without an end already" in answer.content.decode()
    series.cancel_all(series=found, by=maker, now=NOW)
    answer = web.get(reverse("booking:series_move", args=[found.pk]), follow=True)
    assert "There is no date of this series that can be moved." in answer.content.decode()


def test_missing_dates_are_tried_again(web: Client, machine: Machine, maker: Member) -> None:
    row = in_the_way(machine, 12)
    found = book(machine, maker, on_conflict=OnConflict.SKIP).series
    address = reverse("booking:series_try", args=[found.pk])
    assert "None of the missing dates" in web.post(address, follow=True).content.decode()
    row.delete()
    assert "1 date is reserved" in web.post(address, follow=True).content.decode()
    assert len(standing(found)) == 4


def test_a_colleague_may_look_and_only_bookers_change(machine: Machine) -> None:
    booker = DelegateFactory()
    colleague = DelegateFactory(company=booker.company, kind="invoices").member
    found = book(machine, booker.member, company=booker.company, is_confidential=True).series
    page = reverse("booking:series", args=[found.pk])
    shown = client_of(colleague).get(page)
    assert shown.status_code == 200
    assert "Cancel dates" not in shown.content.decode()
    assert client_of(MemberFactory()).get(page).status_code == 404
    answer = client_of(colleague).get(reverse("booking:series_move", args=[found.pk]), follow=True)
    assert "This is not your series." in answer.content.decode()


def test_lists_tell_what_comes_next_in_as_many_queries_for_three_as_for_one(
    web: Client, machine: Machine, maker: Member
) -> None:
    staff = client_of(RoleFactory(space=machine.space).member)
    addresses = [
        (web, reverse("booking:series_list")),
        (staff, reverse("booking:space_series", args=[machine.space.slug])),
    ]
    for client, address in addresses:
        assert "series" in client.get(address).content.decode()
    book(machine, maker, weekly(2))
    counts = [queries(client, address) for client, address in addresses]
    for start in (8, 12):
        book(machine, maker, weekly(2), start=start)
    assert [queries(client, address) for client, address in addresses] == counts
    assert "Next: Tue 5 May 2026, 18:00" in web.get(addresses[0][1]).content.decode()


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_staff_decides_on_all_dates_at_once(machine: Machine, maker: Member) -> None:
    machine.policies.update(approval_needed=True)
    staff = client_of(RoleFactory(space=machine.space).member)
    found = book(machine, maker).series
    queue = staff.get(reverse("booking:requests", args=[machine.space.slug])).content.decode()
    assert queue.count("Mira Maker</a>") == 1
    assert "Approve all 4" in queue
    assert '<span class="badge warn">1' in queue
    first = found.reservations.earliest("starts_at")
    page = reverse("booking:request", args=[machine.space.slug, first.pk])
    assert "For all 4 dates of the series that wait" in staff.get(page).content.decode()
    staff.post(page, {"decision": "approve", "whole_series": "on"})
    assert found.reservations.filter(state="confirmed").count() == 4
    denied = book(machine, MemberFactory(), weekly(2), on_conflict=OnConflict.SKIP, start=9).series
    first = denied.reservations.earliest("starts_at")
    page = reverse("booking:request", args=[machine.space.slug, first.pk])
    staff.post(page, {"decision": "deny", "reason": "Open day", "whole_series": "on"})
    assert denied.reservations.filter(state="denied", decision="Open day").count() == 2


def test_a_date_leads_to_its_series(web: Client, machine: Machine, maker: Member) -> None:
    made = book(machine, maker)
    address = reverse("booking:series", args=[made.series.pk])
    page = reverse("booking:reservation", args=[made.rows[0].pk])
    assert address in web.get(page).content.decode()
    assert reverse("booking:series_list") in web.get("/reservations/").content.decode()
