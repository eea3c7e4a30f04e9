"""Series over the API: each date told, all or those that are free kept, read and given back."""

from typing import Any

import pytest
from django.test import Client

from booking.models import Series
from machines.models import Machine
from members.models import Member
from members.states import Scope
from tests.booking.api.conftest import client_of
from tests.factories.booking import ReservationFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

WEEKLY = "FREQ=WEEKLY;COUNT=3"


def asked(machine: Machine, **more: Any) -> dict[str, Any]:
    return {
        "machine": machine.pk,
        "starts_at": "2026-05-05T18:00:00+02:00",
        "ends_at": "2026-05-05T20:00:00+02:00",
        "rule": WEEKLY,
        **more,
    }


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/series{path}", body, content_type="application/json")


def take_the_second(machine: Machine) -> None:
    ReservationFactory(machine=machine, starts_at="2026-05-12T16:00Z", ends_at="2026-05-12T17:00Z")


def test_each_date_is_told_before_anything_is_reserved(client: Client, machine: Machine) -> None:
    take_the_second(machine)
    dates = post(client, "/check", asked(machine)).json()["dates"]
    assert [each["date"] for each in dates] == ["2026-05-05", "2026-05-12", "2026-05-19"]
    assert [[of["code"] for of in each["refusals"]] for each in dates] == [[], ["TAKEN"], []]
    assert dates[0]["starts_at"] == "2026-05-05T18:00:00+02:00"
    assert not Series.objects.exists()


def test_all_or_nothing_tells_which_dates_are_not_free(client: Client, machine: Machine) -> None:
    take_the_second(machine)
    answer = post(client, "", asked(machine))
    assert answer.status_code == 422
    told = answer.json()
    assert [each["code"] for each in told["refusals"]] == ["SERIES_CONFLICT"]
    assert [each["date"] for each in told["conflicts"]] == ["2026-05-12"]


def test_it_is_kept_read_and_given_back(client: Client, machine: Machine) -> None:
    take_the_second(machine)
    made = post(client, "", asked(machine, on_conflict="skip", purpose="Course"))
    assert made.status_code == 201
    told = made.json()
    assert (told["rule"], told["until"]) == ("FREQ=WEEKLY;BYDAY=TU", "2026-05-19")
    assert [each["starts_at"][:10] for each in told["reservations"]] == ["2026-05-05", "2026-05-19"]
    assert told["gaps"] == [{"starts_at": "2026-05-12T18:00:00+02:00", "codes": ["TAKEN"]}]
    address = f"/{told['id']}"
    assert client.get(f"/api/v1/series{address}").json() == told
    gone = post(client, f"{address}/cancel", {"from_date": "2026-05-10"}).json()["cancelled"]
    assert gone == [told["reservations"][1]["id"]]
    assert len(post(client, f"{address}/cancel", {}).json()["cancelled"]) == 1


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=WEEKLY;UNTIL=20260101", "nonsense"])
def test_a_rule_that_is_not_understood_is_refused(
    client: Client, machine: Machine, rule: str
) -> None:
    for path in ("", "/check"):
        assert post(client, path, asked(machine, rule=rule)).status_code == 422


def test_dates_are_left_out_and_strangers_turned_away(
    client: Client, machine: Machine, member: Member
) -> None:
    made = post(client, "", asked(machine, excepted=["2026-05-12"])).json()
    assert len(made["reservations"]) == 2
    stranger = client_of(MemberFactory(), Scope.BOOK)
    assert stranger.get(f"/api/v1/series/{made['id']}").status_code == 404
    assert post(stranger, f"/{made['id']}/cancel", {}).status_code == 404
    refused = post(stranger, "", asked(machine, for_member=member.pk))
    assert [each["code"] for each in refused.json()["refusals"]] == ["NOT_ALLOWED"]
