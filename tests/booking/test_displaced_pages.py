"""The pages of displacement: what staff choose before they save, what members answer."""

import re
from datetime import date, time, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.models import Displacement, Reservation
from booking.queries.displacing import affected_by
from booking.services.hours import NewHours, hours_taking, set_hours
from booking.states import DisplacementState, ReservationKind, ReservationState
from machines.models import Fault
from machines.services.calendars import WeeklySpan
from machines.states import CalendarKind
from spaces.intervals import DAY
from tests.booking.lively import NOW, TUESDAY, Lively, at, reserve
from tests.factories.booking import DisplacementFactory, PolicyFactory, UsageSessionFactory
from tests.factories.members import DelegateFactory, MemberFactory

pytestmark = pytest.mark.django_db

THURSDAY = TUESDAY + 2 * DAY
BLOCK = "/spaces/atelier/machines/speedy/block/"
CLOSURES = "/spaces/atelier/closures/"
HOLIDAYS = "/spaces/atelier/holidays/"
FAULTS = "/spaces/atelier/machines/speedy/faults/"
QUEUE = "/spaces/atelier/displaced/"
TYPED = {
    "date": THURSDAY.isoformat(),
    "start": "09:00",
    "end": "13:00",
    "end_date": "",
    "purpose": "New lens",
}


@pytest.fixture
def boxes(lively: Lively) -> Reservation:
    """Anna’s reservation of the laser on Thursday, 10:00 to 12:00."""
    return Reservation.objects.get(purpose="Boxes")


def web(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def options(page: str) -> dict[str, dict[str, str]]:
    """The selects of a page: each option by its words."""
    return {
        name: {
            words.strip(): value
            for value, words in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', inner)
        }
        for name, inner in re.findall(r'<select name="(to-\d+)"(.*?)</select>', page, re.DOTALL)
    }


def choosing(page: str, words: str) -> dict[str, str]:
    """The first option of each select whose words begin so."""
    return {
        name: next(value for each, value in found.items() if each.startswith(words))
        for name, found in options(page).items()
    }


def test_a_block_shows_who_is_in_the_way_with_proposals_and_writes_nothing_yet(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    page = staff.post(BLOCK, TYPED)
    assert page.status_code == 200
    assert "1 reservation is in the way" in page.text
    assert "Anna Bernasconi" in page.text
    assert list(options(page.text)[f"to-{boxes.pk}"]) == [
        "Move it now: same time on Trotec Q500",
        "Propose Thu 22 Oct 12:00–14:00 on Trotec Q500",
        "Cancel it, with an apology",
    ]
    assert not Reservation.objects.filter(purpose="New lens").exists()


def test_what_is_chosen_is_done_with_the_block(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    page = staff.post(BLOCK, TYPED).text
    saved = staff.post(BLOCK, TYPED | choosing(page, "Propose") | {"step": "save"})
    held = Reservation.objects.get(purpose="New lens")
    assert saved["Location"] == f"/spaces/atelier/board/?reservation={held.pk}"
    assert held.kind == ReservationKind.MAINTENANCE
    boxes.refresh_from_db()
    assert (boxes.state, boxes.starts_at) == (ReservationState.HELD, at("12:00", THURSDAY))


def test_another_time_that_nobody_has_is_blocked_without_asking_again(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    page = staff.post(BLOCK, TYPED).text
    later = TYPED | {"start": "19:00", "end": "20:00", "step": "save"}
    assert staff.post(BLOCK, later | choosing(page, "Cancel it")).status_code == 302
    boxes.refresh_from_db()
    assert boxes.state == ReservationState.CONFIRMED


def test_one_choice_for_all(staff: Client, lively: Lively, boxes: Reservation) -> None:
    reserve(lively.laser, "12:00", "13:00", THURSDAY, member=lively.maker)
    page = staff.post(BLOCK, TYPED | {"all": "cancel"}).text
    assert len(options(page)) == 2
    assert re.findall(r'value="(\w+)-\w+"\s+selected', page) == ["cancel", "cancel"]


def test_what_moved_in_between_is_shown_again(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    page = staff.post(BLOCK, TYPED).text
    twin = lively.space.machines.get(slug="trotec")
    reserve(twin, "11:00", "12:00", THURSDAY, member=lively.maker)
    again = staff.post(BLOCK, TYPED | choosing(page, "Move it now") | {"step": "save"})
    assert again.status_code == 409
    assert "Something moved in between" in again.text
    assert "Move it now" not in again.text
    boxes.refresh_from_db()
    assert boxes.machine == lively.laser
    assert not Reservation.objects.filter(purpose="New lens").exists()


def test_a_closure_is_previewed_with_the_reservations_and_may_leave_them(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    typed = {
        "title": "Stocktaking",
        "first": THURSDAY.isoformat(),
        "start": "08:00",
        "last": THURSDAY.isoformat(),
        "end": "14:00",
        "repeat": "once",
    }
    page = staff.post(CLOSURES, typed | {"step": "preview"}).text
    seen = re.findall(r'name="previewed" value="(\w+)"', page)
    assert f"to-{boxes.pk}" in options(page), page
    step = {"step": "save", "previewed": seen[0]}
    assert staff.post(CLOSURES, typed | step).status_code == 409
    kept = staff.post(CLOSURES, typed | step | choosing(page, "Leave it"))
    assert kept.status_code == 302
    boxes.refresh_from_db()
    assert boxes.state == ReservationState.CONFIRMED


def test_holidays_ask_too(staff: Client, lively: Lively) -> None:
    christmas = at("10:00").date().replace(month=12, day=25)
    row = reserve(lively.laser, "10:00", "11:00", christmas, member=lively.maker)
    address = f"{HOLIDAYS}?year=2026"
    typed = {"dates": [christmas.isoformat()], "step": "preview"}
    page = staff.post(address, typed).text
    seen = re.findall(r'name="previewed" value="(\w+)"', page)[0]
    chosen = choosing(page, "Cancel it")
    saved = staff.post(address, typed | chosen | {"step": "save", "previewed": seen})
    assert saved.status_code == 302
    row.refresh_from_db()
    assert row.state == ReservationState.CANCELLED


def test_shorter_hours_of_a_machine_show_who_has_reserved_outside_of_them(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    address = "/spaces/atelier/machines/speedy/hours/"
    typed = {"from_date": THURSDAY.isoformat(), "step": "preview"}
    for day in range(7):
        typed |= {f"from_{day}_0": "12:00", f"until_{day}_0": "22:00"}
    page = staff.post(address, typed).text
    morning = at("09:00", date(2026, 10, 25))
    sunday = Reservation.objects.get(machine=lively.laser, starts_at=morning)
    # Thursday and Sunday before noon; what lies in the hours, or before they hold, is not asked.
    offered = options(page)
    assert set(offered) == {f"to-{boxes.pk}", f"to-{sunday.pk}"}
    first, second = list(offered[f"to-{boxes.pk}"])[:2]
    assert first == "Move it now: same time on Trotec Q500"
    assert second.startswith("Propose Thu 22 Oct 12:00")
    seen = re.findall(r'name="previewed" value="(\w+)"', page)[0]
    step = {"step": "save", "previewed": seen}
    assert staff.post(address, typed | step).status_code == 409
    assert not lively.laser.calendars.filter(kind="open").exists()
    assert staff.post(address, typed | choosing(page, "Cancel it") | step).status_code == 302
    boxes.refresh_from_db()
    assert boxes.state == ReservationState.CANCELLED
    assert lively.laser.calendars.filter(kind="open").exists()
    # As the space again: what is open longer takes nothing from anybody.
    back = {**typed, "as_space": "on", "step": "preview"}
    assert not options(staff.post(address, back).text)


def test_hours_of_a_space_ask_of_machines_that_have_none_of_their_own(
    lively: Lively, boxes: Reservation
) -> None:
    twin, hours = (
        lively.space.machines.get(slug="trotec"),
        partial(NewHours, kind=CalendarKind.OPEN),
    )
    week = [WeeklySpan(tuple(range(7)), time(8), time(22))]
    set_hours(hours(owner=twin, week=week, from_date=TUESDAY), now=NOW)
    reserve(twin, "10:00", "12:00", THURSDAY, member=lively.maker)
    late = hours(
        owner=lively.space,
        week=[WeeklySpan(tuple(range(7)), time(12), time(22))],
        from_date=THURSDAY,
    )
    PolicyFactory(machine=twin, staff_needed=True)
    taking = hours_taking(late, now=NOW)
    assert boxes in affected_by(taking, now=NOW)
    assert {row.machine.slug for row in affected_by(taking, now=NOW)} == {"speedy"}
    # Without staff the twin cannot be reserved, although it stays open.
    mornings = NewHours(owner=lively.space, kind=CalendarKind.STAFFED, week=week, from_date=TUESDAY)
    set_hours(mornings, now=NOW)
    none = NewHours(owner=lively.space, kind=CalendarKind.STAFFED, week=[], from_date=THURSDAY)
    rows = affected_by(hours_taking(none, now=NOW), now=NOW)
    assert [row.machine.slug for row in rows] == ["trotec"]


def test_a_fault_asks_about_reservations_and_the_use_that_goes_on(
    staff: Client, lively: Lively, boxes: Reservation
) -> None:
    luc = Reservation.objects.get(machine=lively.laser, state="in_use")
    session = UsageSessionFactory.create(
        machine=lively.laser, member=luc.member, reservation=luc, started_at=at("11:00")
    )
    typed = {
        "summary": "Dark tube",
        "stops_machine": "on",
        "mended": TUESDAY.isoformat(),
    }
    page = staff.post(FAULTS, typed)
    assert page.status_code == 200
    assert "The machine is in use" in page.text
    assert not Fault.objects.filter(machine=lively.laser).exists()
    assert f"to-{boxes.pk}" not in options(page.text)
    chosen = choosing(page.text, "Leave it") | {"step": "save", "ends_use": "on"}
    saved = staff.post(FAULTS, typed | chosen)
    assert saved["Location"] == FAULTS
    session.refresh_from_db()
    luc.refresh_from_db()
    assert (session.ended_at, luc.state) == (NOW, ReservationState.COMPLETED)
    assert Fault.objects.get(machine=lively.laser).stops_machine


def test_a_fault_that_stops_nothing_or_displaces_nobody_is_reported_at_once(
    staff: Client, lively: Lively
) -> None:
    for typed in (
        {"summary": "Squeaks"},
        {"summary": "Dark", "stops_machine": "on", "mended": ""},
    ):
        assert staff.post(FAULTS, typed).status_code == 302
    assert Fault.objects.filter(machine=lively.laser).count() == 2


@pytest.fixture
def lost(lively: Lively) -> Displacement:
    """Mira’s hour on Wednesday morning, for which one on Friday is held until Thursday."""
    found: Displacement = DisplacementFactory.create(
        reservation__member=lively.maker,
        reservation__machine=lively.laser,
        starts_at=at("09:00", TUESDAY + DAY),
        created_by=lively.staff,
    )
    return found


def test_the_holder_reads_what_was_lost_and_what_is_held_and_takes_it(
    lively: Lively, lost: Displacement
) -> None:
    page = reverse("booking:displacement", args=[lost.pk])
    maker = web(lively.maker)
    with time_machine.travel(NOW, tick=False):
        for address in (reverse("booking:reservations"),
                        reverse("booking:reservation", args=[lost.reservation_id])):  # fmt: skip
            assert f'href="{page}"' in maker.get(address).text
        shown = maker.get(page).text
        assert "Speedy 400 cannot be used then" in shown
        assert "Take this time" in shown
        lost.refresh_from_db()
        assert lost.state == DisplacementState.OPEN
        after = maker.post(f"{page}accept/", follow=True).text
        assert "Accepted. A confirmation is on its way to you." in after
        assert "Take this time" not in after
        again = maker.post(f"{page}decline/", follow=True).text
        assert "This has been decided already." in again
        assert f'href="{page}"' not in maker.get(reverse("booking:reservations")).text


def test_the_holder_chooses_another_time_or_declines_and_may_wait(
    lively: Lively, lost: Displacement
) -> None:
    page = reverse("booking:displacement", args=[lost.pk])
    maker = web(lively.maker)
    with time_machine.travel(NOW, tick=False):
        form = maker.get(f"{page}choose/").text
        assert "Choose another time" in form
        typed = {"date": "2026-10-22", "start": "10:00", "end": "11:00", "end_date": ""}
        refused = maker.post(f"{page}choose/", typed)
        assert refused.status_code == 409
        assert "Someone else has this time" in refused.text
        declined = maker.post(f"{page}decline/", follow=True).text
        assert "Wait for a time" in declined
        assert "wait/?date=2026-10-21" in declined
    lost.reservation.refresh_from_db()
    assert lost.reservation.state == ReservationState.CANCELLED


def test_colleagues_who_book_may_answer_and_nobody_else_sees_it(
    lively: Lively, lost: Displacement
) -> None:
    delegate = DelegateFactory(kind="booker")
    invoices = DelegateFactory(company=delegate.company, kind="invoices")
    Reservation.objects.filter(pk=lost.reservation_id).update(
        company=delegate.company, is_confidential=True
    )
    page = reverse("booking:displacement", args=[lost.pk])
    with time_machine.travel(NOW, tick=False):
        for person, status in (
            (delegate.member, 200),
            (lively.staff, 200),
            (invoices.member, 404),
            (MemberFactory(), 404),
        ):
            assert web(person).get(page).status_code == status


def test_staff_answer_for_many_and_are_told_what_could_not_be(
    staff: Client, lively: Lively, lost: Displacement
) -> None:
    other = DisplacementFactory.create(
        reservation__machine=lively.laser, starts_at=at("11:00", TUESDAY + DAY)
    )
    page = staff.get(QUEUE).text
    assert "Mira Maker" in page
    assert page.count("old time free again") == 2
    assert '<span class="badge warn">2' in page
    nothing = staff.post(QUEUE, {"act": "accept"}, follow=True).text
    assert "Tick at least one" in nothing
    reserve(lively.laser, "11:00", "12:00", TUESDAY + DAY, member=lively.maker)
    both = {"act": "give_back", "chosen": [lost.pk, other.pk]}
    told = staff.post(QUEUE, both, follow=True).text
    assert "1 is settled" in told
    assert f"{other.reservation.member}: Someone else has this time." in told
    staff.post(QUEUE, {"act": "cancel", "chosen": [other.pk]})
    states = dict(Displacement.objects.values_list("pk", "state"))
    assert states == {lost.pk: "restored", other.pk: "cancelled"}


def test_staff_of_one_space_settle_nothing_of_another(
    staff: Client, lively: Lively, lost: Displacement
) -> None:
    elsewhere = DisplacementFactory.create(starts_at=at("09:00", TUESDAY + DAY))
    staff.post(QUEUE, {"act": "accept", "chosen": [elsewhere.pk, "x"]})
    elsewhere.refresh_from_db()
    assert elsewhere.state == DisplacementState.OPEN


def test_the_queue_asks_as_much_for_three_as_for_one(staff: Client, lively: Lively) -> None:
    counts = []
    for number in range(3):
        start = at("09:00", TUESDAY + DAY) + timedelta(hours=2 * number)
        DisplacementFactory.create(reservation__machine=lively.laser, starts_at=start)
        with CaptureQueriesContext(connection) as queries:
            staff.get(QUEUE)
        counts.append(len(queries))
    assert counts[0] == counts[2]
