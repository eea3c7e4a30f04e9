"""Reservations over the API: who may, what is answered, what is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import HourlyPrice
from booking.models import RefusedTry, Reservation
from booking.states import ReservationState
from machines.models import Machine
from members.models import Member
from members.states import Audience, Scope
from tests.booking.api.conftest import client_of
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import (
    CertificationFactory,
    CompanyFactory,
    DelegateFactory,
    MemberFactory,
    MembershipFactory,
    RoleFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/reservations"
MOST_QUERIES = 15
"""For one reservation, from the token to the message."""


def body(machine: Machine, **changes: Any) -> dict[str, Any]:
    """A request for Tuesday from 10 to 12 in Zurich."""
    return {
        "machine": machine.pk,
        "starts_at": "2026-05-05T10:00:00+02:00",
        "ends_at": "2026-05-05T12:00:00+02:00",
        **changes,
    }


def post(client: Client, url: str, content: object = None, **headers: str) -> Any:
    """Post JSON."""
    return client.post(url, content or {}, content_type="application/json", headers=headers)


def made(client: Client, machine: Machine, **changes: Any) -> Any:
    """The reservation just made."""
    answer = post(client, URL, body(machine, **changes))
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_reserving_answers_201_with_the_offset_of_the_space(
    client: Client, machine: Machine, member: Member
) -> None:
    reservation = made(client, machine, purpose="Lamp")
    assert reservation["starts_at"] == "2026-05-05T10:00:00+02:00"
    assert reservation["state"] == ReservationState.CONFIRMED
    assert reservation["member"] == member.pk
    assert reservation["purpose"] == "Lamp"
    assert Reservation.objects.get().pk == reservation["id"]


def test_a_taken_time_is_409_and_kept_as_demand(client: Client, machine: Machine) -> None:
    made(client, machine)
    other = client_of(MemberFactory(), Scope.BOOK)
    answer = post(other, URL, body(machine))
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert [refusal["code"] for refusal in answer.json()["refusals"]] == ["TAKEN"]
    assert RefusedTry.objects.get().codes == ["TAKEN"]


def test_every_refusal_is_told_at_once(client: Client, machine: Machine) -> None:
    answer = post(
        client,
        URL,
        body(machine, starts_at="2026-05-03T10:07:00+02:00", ends_at="2026-05-03T10:17:00+02:00"),
    )
    assert answer.status_code == 422
    refusals = answer.json()["refusals"]
    assert [refusal["code"] for refusal in refusals] == ["IN_THE_PAST", "TOO_SHORT", "OFF_GRID"]
    assert refusals[0]["field"] == "starts_at"


def test_refusals_follow_accept_language(client: Client, machine: Machine) -> None:
    content = body(machine, starts_at="2026-05-03T10:00:00+02:00")
    english = post(client, URL, content).json()["refusals"][0]["message"]
    french = post(client, URL, content, **{"Accept-Language": "fr"}).json()["refusals"][0]
    assert french["code"] == "IN_THE_PAST"
    assert french["message"] != english


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"starts_at": "2026-05-05T10:00:00"},
        {"starts_at": "tomorrow"},
        {"purpose": "x" * 201},
    ],
)
def test_what_the_schema_does_not_know_is_422(
    client: Client, machine: Machine, changes: dict[str, str]
) -> None:
    answer = post(client, URL, body(machine, **changes))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == next(iter(changes))
    assert not Reservation.objects.exists()


def test_problems_are_told_in_the_language_of_the_caller(client: Client, machine: Machine) -> None:
    french = post(client, URL, {"machine": machine.pk}, **{"Accept-Language": "fr"}).json()
    assert french["title"] == "La demande n’est pas valable."
    assert {each["field"]: each["message"] for each in french["errors"]} == {
        "starts_at": "Cette indication manque.",
        "ends_at": "Cette indication manque.",
    }
    assert {each["code"] for each in french["errors"]} == {"missing"}
    nothing = client.get("/api/v1/nothing", headers={"Accept-Language": "fr"}).json()
    assert nothing["title"] == "Il n’y a rien ici."


def test_an_unknown_parameter_is_422(client: Client) -> None:
    answer = client.get(f"{URL}?colour=red")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "colour"


def test_without_a_token_nothing_is_read_or_written(machine: Machine) -> None:
    stranger = Client()
    assert post(stranger, URL, body(machine)).status_code == 401
    assert stranger.get(URL).status_code == 401


def test_a_token_reaches_no_further_than_its_scope(machine: Machine, member: Member) -> None:
    reader = client_of(member, Scope.READ)
    assert post(reader, URL, body(machine)).status_code == 401
    assert reader.get(URL).status_code == 200


def test_a_session_needs_the_csrf_token(machine: Machine, member: Member) -> None:
    page = Client(enforce_csrf_checks=True)
    page.force_login(member)
    assert post(page, URL, body(machine)).status_code == 403
    assert page.get(URL).status_code == 200


def test_somebody_elses_reservation_does_not_exist(client: Client, machine: Machine) -> None:
    reservation = made(client, machine)
    other = client_of(MemberFactory(), Scope.BOOK)
    for answer in (
        other.get(f"{URL}/{reservation['id']}"),
        other.patch(f"{URL}/{reservation['id']}", {}, content_type="application/json"),
        post(other, f"{URL}/{reservation['id']}/cancel"),
        post(other, f"{URL}/{reservation['id']}/check-in"),
        post(other, f"{URL}/{reservation['id']}/check-out"),
        post(client_of(MemberFactory(), Scope.STAFF), f"{URL}/{reservation['id']}/restore"),
    ):
        assert answer.status_code == 404
    assert other.get(URL).json()["items"] == []


def test_staff_of_the_space_see_it_and_others_staff_do_not(
    client: Client, machine: Machine
) -> None:
    reservation = made(client, machine)
    here = client_of(RoleFactory(space=machine.space).member, Scope.READ)
    elsewhere = client_of(RoleFactory().member, Scope.READ)
    assert here.get(f"{URL}/{reservation['id']}").status_code == 200
    assert elsewhere.get(f"{URL}/{reservation['id']}").status_code == 404


def test_moving_keeps_the_reservation_and_counts_it_out(client: Client, machine: Machine) -> None:
    reservation = made(client, machine)
    answer = client.patch(
        f"{URL}/{reservation['id']}",
        {"ends_at": "2026-05-05T13:00:00+02:00"},
        content_type="application/json",
    )
    assert answer.status_code == 200
    assert answer.json()["ends_at"] == "2026-05-05T13:00:00+02:00"
    assert answer.json()["id"] == reservation["id"]


def test_cancelling_frees_the_time(client: Client, machine: Machine) -> None:
    reservation = made(client, machine)
    cancelled = post(client, f"{URL}/{reservation['id']}/cancel")
    assert cancelled.json()["state"] == ReservationState.CANCELLED
    made(client_of(MemberFactory(), Scope.BOOK), machine)


def test_restoring_is_for_staff_and_refused_once_taken(
    client: Client, machine: Machine, member: Member
) -> None:
    reservation = made(client, machine)
    post(client, f"{URL}/{reservation['id']}/cancel")
    url = f"{URL}/{reservation['id']}/restore"
    assert post(client_of(member, Scope.STAFF), url).status_code == 403
    staff = client_of(RoleFactory(space=machine.space).member, Scope.STAFF)
    made(client_of(MemberFactory(), Scope.BOOK), machine)
    assert post(staff, url).status_code == 409


def test_check_in_and_check_out_over_the_api(
    client: Client, machine: Machine, frozen_clock: Any
) -> None:
    reservation = made(client, machine)
    frozen_clock.move_to("2026-05-05T10:02:00+02:00")
    checked_in = post(client, f"{URL}/{reservation['id']}/check-in")
    assert checked_in.json()["state"] == ReservationState.IN_USE
    frozen_clock.move_to("2026-05-05T11:00:00+02:00")
    checked_out = post(client, f"{URL}/{reservation['id']}/check-out")
    assert checked_out.json()["state"] == ReservationState.COMPLETED
    assert post(client, f"{URL}/{reservation['id']}/check-out").status_code == 409


def test_booking_for_a_company_needs_its_delegate(
    client: Client, machine: Machine, member: Member
) -> None:
    company = CompanyFactory()
    refused = post(client, URL, body(machine, company=company.slug))
    assert [each["code"] for each in refused.json()["refusals"]] == ["NOT_ALLOWED"]
    DelegateFactory(company=company, member=member)
    assert made(client, machine, company=company.slug)["company"] == company.slug


def test_booking_for_a_member_is_for_staff(client: Client, machine: Machine) -> None:
    maker = MemberFactory()
    refused = post(client, URL, body(machine, for_member=maker.pk))
    assert [each["code"] for each in refused.json()["refusals"]] == ["NOT_ALLOWED"]
    staff = client_of(RoleFactory(space=machine.space).member, Scope.BOOK)
    assert made(staff, machine, for_member=maker.pk)["member"] == maker.pk


def test_who_exists_is_not_found_out_by_asking(client: Client, machine: Machine) -> None:
    maker, company = MemberFactory(), CompanyFactory()
    for known, unknown in (
        ({"for_member": maker.pk}, {"for_member": maker.pk + 1000}),
        ({"company": company.slug}, {"company": "nobody"}),
    ):
        for url in (URL, f"{URL}/check"):
            one, other = (post(client, url, body(machine, **each)) for each in (known, unknown))
            assert one.status_code == other.status_code
            assert one.json() == other.json()
            assert [each["code"] for each in one.json()["refusals"]] == ["NOT_ALLOWED"]


def test_check_tells_refusals_and_price_and_books_nothing(client: Client, machine: Machine) -> None:
    answer = post(client, f"{URL}/check", body(machine, ends_at="2026-05-05T10:01:00+02:00"))
    assert answer.status_code == 200
    codes = [refusal["code"] for refusal in answer.json()["refusals"]]
    assert codes == ["TOO_SHORT", "OFF_GRID"]
    assert not Reservation.objects.exists()


def test_the_same_key_and_body_book_once(client: Client, machine: Machine) -> None:
    key = {"Idempotency-Key": "a-1"}
    first = post(client, URL, body(machine), **key)
    second = post(client, URL, body(machine), **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Reservation.objects.count() == 1


def test_a_call_with_a_key_is_counted_once(client: Client, machine: Machine, settings: Any) -> None:
    caches["rates"].clear()
    settings.API_CALLS_PER_MINUTE = 1
    key = {"Idempotency-Key": "a-1"}
    assert post(client, URL, body(machine), **key).status_code == 201
    assert post(client, URL, body(machine), **key).status_code == 429


def test_the_same_key_with_another_body_is_409(client: Client, machine: Machine) -> None:
    key = {"Idempotency-Key": "a-1"}
    post(client, URL, body(machine), **key)
    answer = post(client, URL, body(machine, purpose="Other"), **key)
    assert answer.status_code == 409
    assert "refusals" not in answer.json()


def test_a_refusal_is_answered_the_same_under_its_key(client: Client, machine: Machine) -> None:
    made(client, machine)
    other = client_of(MemberFactory(), Scope.BOOK)
    key = {"Idempotency-Key": "b-1"}
    assert post(other, URL, body(machine), **key).status_code == 409
    Reservation.objects.update(state=ReservationState.CANCELLED)
    assert post(other, URL, body(machine), **key).status_code == 409


def test_the_list_is_paged_by_cursor(client: Client, machine: Machine) -> None:
    for day in range(5, 10):
        made(
            client,
            machine,
            starts_at=f"2026-05-{day:02d}T10:00:00+02:00",
            ends_at=f"2026-05-{day:02d}T11:00:00+02:00",
        )
    seen, cursor = [], ""
    while True:
        page = client.get(f"{URL}?mine=true&limit=2{cursor}").json()
        seen += [item["starts_at"][:10] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [f"2026-05-{day:02d}" for day in range(5, 10)]
    assert client.get(f"{URL}?cursor=nonsense").status_code == 422


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=confirmed", 1),
        ("state=cancelled", 0),
        ("from=2026-05-05T11:00:00Z", 0),
        ("until=2026-05-05T08:00:00Z", 0),
        ("until=2026-05-05T08:00:01Z", 1),
        ("space=elsewhere", 0),
    ],
)
def test_the_list_can_be_filtered(client: Client, machine: Machine, query: str, found: int) -> None:
    made(client, machine)
    assert len(client.get(f"{URL}?{query}").json()["items"]) == found


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_a_fixed_number_of_queries(
    client: Client, machine: Machine, rows: int, django_assert_max_num_queries: Any
) -> None:
    for day in range(5, 5 + rows):
        made(
            client,
            machine,
            starts_at=f"2026-05-{day:02d}T10:00:00+02:00",
            ends_at=f"2026-05-{day:02d}T11:00:00+02:00",
        )
    with django_assert_max_num_queries(4):
        assert len(client.get(URL).json()["items"]) == rows


@pytest.mark.parametrize("is_owned", [False, True])
@pytest.mark.parametrize("neighbours", [1, 3])
def test_reserving_takes_fifteen_queries_where_every_rule_has_to_look(
    client: Client, member: Member, neighbours: int, *, is_owned: bool
) -> None:
    """As many as bench/create allows: one more would come with every reservation."""
    owner = {"owner_company": CompanyFactory(), "others_ahead_days": 14} if is_owned else {}
    machine = MachineFactory(**owner)
    PolicyFactory(machine=machine, membership_needed=True, turnaround=timedelta(minutes=10))
    skill = SkillFactory()
    skill.machines.add(machine)
    CertificationFactory(member=member, skill=skill)
    MembershipFactory(member=member, space=machine.space)
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount=Decimal(24))
    for hour in range(14, 14 + neighbours):
        ReservationFactory(machine=machine, starts_at=datetime(2026, 5, 5, hour, tzinfo=UTC))
    client.get(URL)  # The token was used just now.
    with CaptureQueriesContext(connection) as asked:
        made(client, machine)
    texts = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    assert len(texts) == MOST_QUERIES, "\n".join(text[:100] for text in texts)


def test_who_acted_is_told(client: Client, machine: Machine, member: Member) -> None:
    company = CompanyFactory()
    DelegateFactory(company=company, member=member)
    colleague = DelegateFactory(company=company).member
    told = made(client, machine, company=company.slug, for_member=colleague.pk)
    assert (told["member"], told["created_by"]) == (colleague.pk, member.pk)
    gone = post(client, f"{URL}/{told['id']}/cancel").json()
    assert (gone["cancelled_by"], gone["cancelled_late"]) == (member.pk, False)


def test_a_move_to_a_time_that_ends_too_early_is_refused(client: Client, machine: Machine) -> None:
    reservation = made(client, machine)
    answer = client.patch(
        f"{URL}/{reservation['id']}",
        {"ends_at": "2026-05-05T09:00:00+02:00"},
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert "TOO_SHORT" in {each["code"] for each in answer.json()["refusals"]}
