"""Use of machines over the API: begun, ended, written down, corrected."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from booking.models import Correction, UsageSession
from machines.models import Machine
from members.models import Member
from members.states import Scope
from tests.booking.api.conftest import NOW, client_of
from tests.booking.api.test_reservations import post
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import QuestionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

SESSIONS = "/api/v1/usage-sessions"
HOUR = timedelta(hours=1)


def patch(client: Client, session: int, body: dict[str, Any]) -> Any:
    return client.patch(f"{SESSIONS}/{session}", body, content_type="application/json")


def staff(machine: Machine) -> Client:
    return client_of(RoleFactory(space=machine.space).member, Scope.STAFF)


def over(machine: Machine, member: Member) -> UsageSession:
    return UsageSessionFactory(
        machine=machine, member=member, started_at=NOW - 3 * HOUR, ended_at=NOW - HOUR
    )


def test_begun_and_ended(client: Client, machine: Machine, member: Member) -> None:
    begun = post(client, SESSIONS, {"machine": machine.pk})
    assert begun.status_code == 201, begun.content
    told = begun.json()
    assert (told["member"], told["source"], told["ends_at"]) == (member.pk, "api", None)
    assert told["starts_at"] == "2026-05-04T10:00:00+02:00"
    assert post(client, SESSIONS, {"machine": machine.pk}).status_code == 409
    ended = patch(client, told["id"], {"ended": True})
    assert ended.json()["ends_at"] == "2026-05-04T10:00:00+02:00"
    assert patch(client, told["id"], {"ended": True}).status_code == 422


def test_the_same_key_begins_once(client: Client, machine: Machine) -> None:
    for _time in range(2):
        answer = client.post(
            SESSIONS,
            {"machine": machine.pk},
            content_type="application/json",
            headers={"Idempotency-Key": "once"},
        )
        assert answer.status_code == 201
    assert UsageSession.objects.count() == 1


def test_a_refusal_says_why(client: Client, machine: Machine) -> None:
    FaultFactory(machine=machine, starts_at=NOW - HOUR)
    refused = post(client, SESSIONS, {"machine": machine.pk})
    assert refused.status_code == 422
    assert refused.json()["refusals"][0]["code"] == "MACHINE_OUT_OF_SERVICE"


def test_staff_writes_down_what_is_over(client: Client, machine: Machine, member: Member) -> None:
    body = {
        "machine": machine.pk,
        "starts_at": "2026-05-04T07:00:00+02:00",
        "ends_at": "2026-05-04T08:00:00+02:00",
        "for_member": member.pk,
    }
    assert post(client, SESSIONS, body).status_code == 422
    made = post(staff(machine), SESSIONS, body)
    assert made.status_code == 201, made.content
    assert (made.json()["member"], made.json()["source"]) == (member.pk, "staff")
    assert post(staff(machine), SESSIONS, body).status_code == 409
    wrong = body | {"ends_at": body["starts_at"]}
    assert post(staff(machine), SESSIONS, wrong).status_code == 422


def test_nobody_begins_in_the_name_of_another(client: Client, machine: Machine) -> None:
    for other in (MemberFactory().pk, 10**9):
        refused = post(client, SESSIONS, {"machine": machine.pk, "for_member": other})
        assert refused.json()["refusals"][0]["code"] == "NOT_ALLOWED"


def test_who_used_it_asks_and_staff_corrects(
    client: Client, machine: Machine, member: Member
) -> None:
    session = over(machine, member)
    body = {"ends_at": "2026-05-04T08:30:00+02:00", "reason": "Left earlier"}
    asked = patch(client, session.pk, body)
    assert asked.status_code == 200, asked.content
    assert (asked.json()["correction"], asked.json()["ends_at"][11:16]) == ("open", "09:00")
    Correction.objects.all().delete()
    done = patch(staff(machine), session.pk, body)
    assert (done.json()["correction"], done.json()["ends_at"][11:16]) == ("accepted", "08:30")
    other = MachineFactory(space=machine.space)
    moved = patch(staff(machine), session.pk, {"machine": other.pk, "was_not_me": True})
    assert (moved.json()["machine"], moved.json()["member"]) == (other.pk, None)


def test_what_goes_on_is_ended_before_it_is_corrected(
    client: Client, machine: Machine, member: Member
) -> None:
    session = UsageSessionFactory(machine=machine, member=member, started_at=NOW - HOUR)
    assert patch(client, session.pk, {"was_not_me": True}).status_code == 422
    assert patch(client, session.pk, {}).status_code == 422


def test_a_list_is_of_ones_own_or_of_a_space_one_works_for(
    client: Client, machine: Machine, member: Member
) -> None:
    mine = over(machine, member)
    other = UsageSessionFactory(machine=machine, started_at=NOW - HOUR, ended_at=NOW)
    listed = client.get(SESSIONS).json()["items"]
    assert [each["id"] for each in listed] == [mine.pk]
    place = {"space": machine.space.slug}
    assert client.get(SESSIONS, place).json()["items"] == []
    found = staff(machine).get(SESSIONS, place).json()["items"]
    assert [each["id"] for each in found] == [mine.pk, other.pk]
    window = {"from": "2026-05-04T09:30:00+02:00", "until": "2026-05-04T12:00:00+02:00"}
    found = staff(machine).get(SESSIONS, place | window).json()["items"]
    assert [each["id"] for each in found] == [other.pk]
    assert client.get(f"{SESSIONS}/{other.pk}").status_code == 404
    assert client.get(SESSIONS, {"cursor": "x"}).status_code == 422


def test_what_was_said_is_told(client: Client, machine: Machine, member: Member) -> None:
    session = over(machine, member)
    question = QuestionFactory(machine=machine)
    session.answers.create(question=question, asked="All well?", value="good")
    told = client.get(f"{SESSIONS}/{session.pk}").json()
    assert told["answers"] == [{"question": "All well?", "answer": "All in order"}]
