"""The pages on which a member reserves, moves, cancels and uses a machine."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from booking.models import RefusedTry, Reservation, UsageSession
from booking.states import ReservationState
from machines.models import Machine
from members.models import Member
from tests.booking.lively import signed_in
from tests.factories.booking import OfferFactory, PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    """The clock stands at NOW, ten on a Monday morning in Zurich."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine() -> Machine:
    """A machine that is always open."""
    return MachineFactory()


@pytest.fixture
def member() -> Member:
    """Somebody who reserves."""
    return MemberFactory()


@pytest.fixture
def web(member: Member) -> Client:
    """The browser of `member`."""
    return signed_in(member)


def address(name: str, machine: Machine) -> str:
    """A page of a machine."""
    return reverse(f"booking:{name}", args=[machine.space.slug, machine.slug])


WINDOW = "from=2026-05-05T00:00:00Z&until=2026-05-06T00:00:00Z"
SPAN = {"date": "2026-05-05", "start": "10:00", "end": "12:00"}


def reserved(web: Client, machine: Machine, **changes: str) -> Reservation:
    """The reservation made by the form."""
    answer = web.post(address("reserve", machine), {**SPAN, **changes})
    assert answer.status_code == 302, answer.content.decode()
    return Reservation.objects.latest("pk")


def moments(reservation: Reservation) -> tuple[str, str]:
    """Start and end in UTC."""
    return f"{reservation.starts_at:%d %H:%M}", f"{reservation.ends_at:%d %H:%M}"


def test_the_form_reserves_in_the_wall_time_of_the_space(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine, purpose="Lamp")
    assert moments(reservation) == ("05 08:00", "05 10:00")
    assert reservation.purpose == "Lamp"


def test_an_end_before_the_start_is_the_next_day(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine, start="22:00", end="01:00")
    assert moments(reservation) == ("05 20:00", "05 23:00")


def test_long_reservations_name_their_last_day(web: Client, machine: Machine) -> None:
    PolicyFactory(machine=machine, longest=timedelta(hours=48))
    reservation = reserved(web, machine, end="10:00", end_date="2026-05-07")
    assert moments(reservation) == ("05 08:00", "07 08:00")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("02:00", "03:00", ("25 00:00", "25 02:00")),
        ("02:30/2", "03:30", ("25 01:30", "25 02:30")),
        ("02:00", "02:30/2", ("25 00:00", "25 01:30")),
    ],
)
def test_both_passes_of_the_repeated_hour_can_be_meant(
    member: Member,
    machine: Machine,
    clock: Any,
    start: str,
    end: str,
    expected: tuple[str, str],
) -> None:
    clock.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    web = signed_in(member)
    reservation = reserved(web, machine, date="2026-10-25", start=start, end=end)
    assert moments(reservation) == expected


def test_the_repeated_hour_is_offered_twice_and_the_skipped_one_not(
    web: Client, machine: Machine
) -> None:
    autumn = web.get(address("reserve", machine), {"date": "2026-10-25", "start": "02:00"})
    times = [value for value, _label in autumn.context["form"].fields["start"].widget.choices]
    assert times[7:17] == [
        "01:45", "02:00", "02:15", "02:30", "02:45",
        "02:00/2", "02:15/2", "02:30/2", "02:45/2", "03:00",
    ]  # fmt: skip
    spring = web.get(address("reserve", machine), {"date": "2027-03-28", "start": "02:00"})
    labels = dict(spring.context["form"].fields["start"].widget.choices)
    assert "02:15" not in labels
    assert "03:00" in labels


def test_every_reason_stands_beside_its_field_and_nothing_typed_is_lost(
    web: Client, machine: Machine
) -> None:
    typed = {"date": "2026-05-03", "start": "10:07", "end": "10:17", "purpose": "Lamp"}
    answer = web.post(address("reserve", machine), typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"start", "end"}
    html = answer.content.decode()
    for value in ('value="2026-05-03"', 'value="10:07" selected', 'value="Lamp"'):
        assert value in html
    assert RefusedTry.objects.get().codes == ["IN_THE_PAST", "TOO_SHORT", "OFF_GRID"]


@pytest.mark.parametrize(
    "typed", [{"start": "half past"}, {"start": ""}, {"date": "5 May"}, {"end": "25:00"}]
)
def test_what_is_not_a_time_is_told(web: Client, machine: Machine, typed: dict[str, str]) -> None:
    answer = web.post(address("reserve", machine), {**SPAN, **typed})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(typed)
    assert not Reservation.objects.exists()


def test_the_second_person_is_told_politely(web: Client, machine: Machine) -> None:
    reserved(signed_in(MemberFactory()), machine)
    answer = web.post(address("reserve", machine), SPAN)
    assert answer.status_code == 409
    assert "Someone else has this time" in answer.content.decode()


def test_the_form_offers_the_next_free_hour(web: Client, machine: Machine) -> None:
    ReservationFactory(machine=machine, starts_at=NOW)
    form = web.get(address("reserve", machine)).context["form"]
    assert form.initial == {"date": "2026-05-04", "start": "11:00", "end": "12:00"}


def test_the_verdict_tells_reasons_and_price_before_anyone_commits(
    web: Client, machine: Machine
) -> None:
    good = web.get(address("verdict", machine), SPAN).content.decode()
    assert "You can reserve this time" in good
    bad = web.get(address("verdict", machine), {**SPAN, "date": "2026-05-03"}).content.decode()
    assert "This time has passed" in bad
    assert not Client().get(address("verdict", machine), SPAN).content.strip()


def test_a_company_is_offered_to_its_delegates_only(
    web: Client, machine: Machine, member: Member
) -> None:
    assert "company" not in web.get(address("reserve", machine)).context["form"].fields
    company = DelegateFactory(member=member).company
    reservation = reserved(web, machine, company=str(company.pk), is_confidential="on")
    assert (reservation.company, reservation.is_confidential) == (company, True)


def test_my_reservations_are_mine(web: Client, machine: Machine, member: Member) -> None:
    reserved(web, machine, purpose="Mine")
    ReservationFactory(machine=machine, starts_at=NOW + timedelta(days=3), purpose="Theirs")
    html = web.get(reverse("booking:reservations")).content.decode()
    assert "Mine" in html
    assert "Theirs" not in html
    assert (
        "Nothing reserved"
        in signed_in(MemberFactory()).get(reverse("booking:reservations")).content.decode()
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_my_reservations_take_a_fixed_number_of_queries(
    web: Client, member: Member, rows: int, django_assert_max_num_queries: Any
) -> None:
    for day in range(rows):
        ReservationFactory(member=member, starts_at=NOW + timedelta(days=day + 1))
    with django_assert_max_num_queries(8):
        web.get(reverse("booking:reservations"))


def test_what_is_kept_for_who_waited_asks_for_an_answer(web: Client, member: Member) -> None:
    offer = OfferFactory(entry__member=member, entry__earliest_at=NOW + timedelta(days=1))
    answer = reverse("booking:offer", args=[offer.pk])
    assert answer in web.get(reverse("booking:reservations")).text
    assert answer in web.get(reverse("booking:reservation", args=[offer.reservation_id])).text


def test_moving_by_the_form(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    url = reverse("booking:reservation_move", args=[reservation.pk])
    form = web.get(url).context["form"]
    assert (form.initial["start"], form.initial["end"]) == ("10:00", "12:00")
    assert web.post(url, {**SPAN, "start": "13:00", "end": "15:00"}).status_code == 302
    reservation.refresh_from_db()
    assert moments(reservation) == ("05 11:00", "05 13:00")


def test_moving_to_another_machine_of_the_kind(web: Client, machine: Machine) -> None:
    twin = MachineFactory(space=machine.space, category=machine.category)
    stranger = MachineFactory()
    reservation = reserved(web, machine)
    url = reverse("booking:reservation_move", args=[reservation.pk])
    assert web.post(url, {**SPAN, "to_machine": stranger.pk}).status_code == 422
    assert web.post(url, {**SPAN, "to_machine": twin.pk}).status_code == 302
    reservation.refresh_from_db()
    assert reservation.machine == twin


def test_a_refused_move_answers_programs_as_the_api_does(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    ReservationFactory(machine=machine, starts_at=datetime(2026, 5, 5, 12, tzinfo=UTC))
    url = reverse("booking:reservation_move", args=[reservation.pk])
    answer = web.post(
        url, {**SPAN, "start": "14:00", "end": "15:00"}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert [each["code"] for each in answer.json()["refusals"]] == ["TAKEN"]


def test_cancelling_and_the_way_back_for_staff(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    web.post(reverse("booking:reservation_cancel", args=[reservation.pk]))
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.CANCELLED
    restore = reverse("booking:reservation_restore", args=[reservation.pk])
    assert web.post(restore).status_code == 403
    staff = signed_in(RoleFactory(space=machine.space).member)
    staff.post(restore)
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.CONFIRMED


def test_checking_in_and_out_writes_the_session(web: Client, machine: Machine, clock: Any) -> None:
    reservation = reserved(web, machine)
    early = web.get(address("at_machine", machine)).content.decode()
    assert "You can check in here from Tue 5 May, 09:45" in early
    clock.move_to(datetime(2026, 5, 5, 8, 5, tzinfo=UTC))
    at_machine = web.get(address("at_machine", machine)).content.decode()
    assert "Check in" in at_machine
    web.post(reverse("booking:check_in", args=[reservation.pk]), {"next": "/machines/"})
    assert "Check out" in web.get(address("at_machine", machine)).content.decode()
    clock.move_to(datetime(2026, 5, 5, 9, tzinfo=UTC))
    web.post(reverse("booking:check_out", args=[reservation.pk]))
    session = UsageSession.objects.get()
    assert session.ended_at - session.started_at == timedelta(minutes=55)
    twice = web.post(reverse("booking:check_out", args=[reservation.pk]), follow=True)
    assert "Nobody has checked in" in twice.content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_next_never_leaves_the_site(web: Client, machine: Machine, target: str) -> None:
    reservation = reserved(web, machine)
    answer = web.post(
        reverse("booking:reservation_cancel", args=[reservation.pk]), {"next": target}
    )
    assert answer["Location"] == reverse("booking:reservation", args=[reservation.pk])


def test_the_calendar_file_is_the_reservation(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    answer = web.get(reverse("booking:reservation_ics", args=[reservation.pk]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert str(reservation.uid) in answer.content.decode()


def test_an_unlisted_machine_is_there_for_its_staff_and_who_has_reserved_it(
    web: Client, machine: Machine
) -> None:
    reservation = reserved(web, machine)
    Machine.objects.update(is_listed=False)
    staff = signed_in(RoleFactory(space=machine.space).member)
    for name in ("machine", "at_machine", "machine_qr"):
        for client in (web, staff):
            assert client.get(address(name, machine)).status_code == 200
        for client in (Client(), signed_in(MemberFactory())):
            assert client.get(address(name, machine)).status_code == 404
    assert machine.name not in web.get(reverse("booking:catalogue")).text
    web.post(reverse("booking:reservation_cancel", args=[reservation.pk]))
    assert web.get(address("machine", machine)).status_code == 404


def test_what_was_cancelled_is_taken_out_of_the_calendar(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    page, event = (
        reverse(f"booking:{name}", args=[reservation.pk])
        for name in ("reservation", "reservation_ics")
    )
    assert event in web.get(page).text
    assert "STATUS:CONFIRMED" in web.get(event).text
    web.post(reverse("booking:reservation_cancel", args=[reservation.pk]))
    assert event not in web.get(page).text
    text = web.get(event).text
    assert "METHOD:CANCEL" in text
    assert "STATUS:CANCELLED" in text


def test_somebody_elses_reservation_does_not_exist(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    other = signed_in(MemberFactory())
    for name in ("reservation", "reservation_move", "reservation_ics"):
        assert other.get(reverse(f"booking:{name}", args=[reservation.pk])).status_code == 404
    for name in (
        "reservation_move", "reservation_cancel", "reservation_restore", "check_in", "check_out",
    ):  # fmt: skip
        assert other.post(reverse(f"booking:{name}", args=[reservation.pk])).status_code == 404


def test_visitors_are_asked_to_sign_in(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    visitor = Client()
    for url in (
        address("reserve", machine),
        reverse("booking:reservations"),
        reverse("booking:reservation", args=[reservation.pk]),
        reverse("booking:reservation_move", args=[reservation.pk]),
        reverse("booking:reservation_ics", args=[reservation.pk]),
    ):
        answer = visitor.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_a_confidential_reservation_is_told_to_its_company_and_the_staff_only(
    web: Client, machine: Machine, member: Member
) -> None:
    delegate = DelegateFactory(member=member)
    reservation = reserved(
        web, machine, company=str(delegate.company_id), is_confidential="on", purpose="Secret part"
    )
    url = reverse("booking:reservation", args=[reservation.pk])
    calendar_file = reverse("booking:reservation_ics", args=[reservation.pk])
    secrets = ("Secret part", member.name, delegate.company.name)

    colleague = signed_in(DelegateFactory(company=delegate.company).member)
    staff = signed_in(RoleFactory(space=machine.space).member)
    for inside in (web, colleague, staff):
        assert all(secret in inside.get(url).content.decode() for secret in secrets)
        told = inside.get(f"/api/v1/reservations/{reservation.pk}").json()
        assert (told["member"], told["purpose"]) == (member.pk, "Secret part")
        assert "Secret part" in inside.get(calendar_file).content.decode()
    log = reverse("members:messages", args=[machine.space.slug])
    assert member.email in staff.get(log).content.decode()

    week = f"{address('machine', machine)}?week=2026-05-04"
    board = reverse("booking:board", args=[machine.space.slug])
    outsiders = (Client(), signed_in(MemberFactory()), signed_in(RoleFactory().member))
    for outside in outsiders:
        for page in (url, calendar_file, log, board, f"/api/v1/reservations/{reservation.pk}"):
            assert outside.get(page).status_code in {302, 401, 403, 404}
        for page in (week, f"/api/v1/machines/{machine.pk}/availability?{WINDOW}"):
            told = outside.get(page)
            assert told.status_code == 200
            assert not any(secret in told.content.decode() for secret in secrets)


def test_over_midnight_the_end_may_lie_in_the_repeated_hour(
    member: Member, machine: Machine, clock: Any
) -> None:
    clock.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    web = signed_in(member)
    evening = {"date": "2026-10-24", "start": "23:00", "end": "02:30/2"}
    form = web.get(address("reserve", machine), {"date": "2026-10-24"}).context["form"]
    assert "02:30/2" in dict(form.fields["end"].widget.choices)
    assert "02:30/2" not in dict(form.fields["start"].widget.choices)
    assert moments(reserved(web, machine, **evening)) == ("24 21:00", "25 01:30")


def test_the_calendar_file_of_a_cancelled_one_takes_it_out(web: Client, machine: Machine) -> None:
    reservation = reserved(web, machine)
    page, file = (
        reverse(f"booking:{name}", args=[reservation.pk])
        for name in ("reservation", "reservation_ics")
    )
    assert file in web.get(page).content.decode()
    web.post(reverse("booking:reservation_cancel", args=[reservation.pk]))
    assert "STATUS:CANCELLED" in web.get(file).content.decode()
    assert file not in web.get(page).content.decode()


def test_who_comes_too_late_to_cancel_learns_whom_to_ask(
    web: Client, machine: Machine, member: Member
) -> None:
    machine.space.email = "team@lab.example"
    machine.space.save()
    soon = ReservationFactory(machine=machine, member=member, starts_at=NOW + timedelta(minutes=30))
    page = web.get(reverse("booking:reservation", args=[soon.pk])).content.decode()
    assert "You can no longer move or cancel this reservation yourself." in page
    assert "mailto:team@lab.example" in page


def test_who_is_refused_is_led_to_the_free_time_and_to_the_staff(
    web: Client, machine: Machine
) -> None:
    machine.space.email = "team@lab.example"
    machine.space.save()
    reserved(web, machine)
    refused = web.post(address("reserve", machine), SPAN).content.decode()
    assert f"{address('machine', machine)}?week=2026-05-05" in refused
    assert "mailto:team@lab.example" in refused


def test_a_span_over_the_clock_change_names_both_seasons(
    web: Client, machine: Machine, member: Member
) -> None:
    """From half past two to half past two, an hour later."""
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    reservation = ReservationFactory(machine=machine, member=member, starts_at=start)
    for page in (
        reverse("booking:reservation", args=[reservation.pk]),
        reverse("booking:reservations"),
    ):
        shown = re.sub(r"<[^>]+>", "", web.get(page).content.decode())
        assert "02:30 (CEST)–02:30 (CET)" in shown
