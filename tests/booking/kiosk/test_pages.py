"""The page of a tablet, with and without its script, and the page behind a QR code."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from booking.models import KioskEntry, UsageSession
from booking.sealing import public_key, seal
from booking.states import KioskOutcome
from machines.models import Fault
from tests.booking.lively import NOW, Lively, at, lively_space, signed_in
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import (
    PIN,
    SECRET,
    BadgeFactory,
    KioskEntryFactory,
    KioskFactory,
    PinFactory,
    QuestionFactory,
)

pytestmark = pytest.mark.django_db

READ = "04A1B2C3"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lively() -> Lively:
    world = lively_space()
    badge = BadgeFactory(read=READ, member=world.maker)
    PinFactory(member=badge.member)
    KioskFactory(stands_at=world.laser)
    return world


def tablet() -> Client:
    client = Client()
    client.cookies["kiosk"] = SECRET
    return client


def form_of(machine: Any, act: str = "check_in", **more: str) -> dict[str, str]:
    told = {"machine": str(machine.pk), "badge": READ, "pin": PIN, "act": act}
    return told | {"key": str(uuid.uuid4())} | more


def test_it_shows_every_machine_and_nobody(lively: Lively) -> None:
    UsageSessionFactory(machine=lively.mill, member=lively.maker, started_at=NOW)
    page = tablet().get("/kiosk/")
    for name in ("Speedy 400", "Shaper Origin", "Stepcraft"):
        assert name in page.text
    for name in ("Mira Maker", "Anna Bernasconi", "Luc Morel", "Secret"):
        assert name not in page.text
    assert page["X-Kiosk"] == "start"
    assert page.cookies["kiosk"]["httponly"]
    assert page.cookies["kiosk"]["path"] == "/kiosk/"


def test_it_speaks_the_language_of_the_space_until_another_is_chosen(lively: Lively) -> None:
    assert '<html lang="de">' in tablet().get("/kiosk/").text
    assert '<html lang="fr">' in tablet().get("/kiosk/?lang=fr").text
    assert '<html lang="de">' in tablet().get("/kiosk/?lang=xx").text


def test_a_walk_in_without_a_script(lively: Lively) -> None:
    page = tablet().post("/kiosk/?lang=en", form_of(lively.mill))
    assert page.status_code == 200, page.text
    assert "Checked in: Shaper Origin" in page.text
    assert "Hello Mira Maker" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert UsageSession.objects.get(machine=lively.mill).member == lively.maker
    left = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out"))
    assert "Checked out: Shaper Origin" in left.text
    assert not UsageSession.objects.open().filter(machine=lively.mill).exists()


def test_pressed_twice_it_is_done_once(lively: Lively) -> None:
    told = form_of(lively.mill)
    assert [tablet().post("/kiosk/", told).status_code for _press in range(2)] == [200, 200]
    assert UsageSession.objects.filter(machine=lively.mill).count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"badge": "0000FFFF"}, "This badge is not known."),
        ({"pin": "9753"}, "This is not your PIN."),
        ({"machine": ""}, "This field is required."),
    ],
)
def test_errors_stand_beside_their_cause(lively: Lively, wrong: Any, told: str) -> None:
    page = tablet().post("/kiosk/?lang=en", form_of(lively.mill) | wrong)
    assert page.status_code == 422
    assert told in page.text
    assert PIN not in page.text
    assert READ not in page.text


def test_a_refusal_says_why_and_what_to_do(lively: Lively) -> None:
    page = tablet().post("/kiosk/?lang=en", form_of(lively.space.machines.get(slug="stepcraft")))
    assert page.status_code == 422
    assert "out of order" in page.text
    assert "The staff of the space can help." in page.text


def test_the_questions_come_before_the_check_out(lively: Lively) -> None:
    question = QuestionFactory(machine=lively.mill, is_required=True)
    tablet().post("/kiosk/", form_of(lively.mill))
    asked = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out"))
    assert "How do you leave the machine?" in asked.text
    known = asked.context["known"]
    answers = {"badge": "", "pin": "", "known": known, "asked": "1"}
    empty = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out", **answers))
    assert empty.status_code == 422
    answers |= {f"q{question.pk}": "broken", f"q{question.pk}_words": "Smoke"}
    with time_machine.travel(NOW + 4 * (at("11:41") - at("11:40"))):
        stale = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out", **answers))
        assert "This took too long." in stale.text
    done = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out", **answers))
    assert "Checked out" in done.text
    assert Fault.objects.filter(machine=lively.mill, summary="Smoke").exists()


def sent(lively: Lively, *entries: dict[str, Any], client: Client | None = None) -> Any:
    now = int(timezone.now().timestamp() * 1000)
    body = {"sent_at": now, "entries": [{"at": now, **entry} for entry in entries]}
    return (client or tablet()).post(
        "/kiosk/entries/?lang=en", body, content_type="application/json"
    )


def entry(lively: Lively, act: str = "check_in", pin: str = PIN, **more: Any) -> dict[str, Any]:
    told = {"badge": READ, "pin": pin, "answers": more.pop("answers", {})}
    return {
        "key": str(uuid.uuid4()),
        "act": act,
        "machine": lively.mill.pk,
        "sealed": seal(told, public_key(lively.space.pk)),
        **more,
    }


def test_what_was_kept_is_sent_in_order_and_answered(lively: Lively) -> None:
    now = int(NOW.timestamp() * 1000)
    question = QuestionFactory(machine=lively.mill)
    came = entry(lively, at=now - 9 * 60_000)
    left = entry(lively, "check_out", at=now - 60_000, answers={f"q{question.pk}": "good"})
    answers = sent(lively, left, came).json()["answers"]
    assert [each["title"] for each in answers] == [
        "Checked in: Shaper Origin", "Checked out: Shaper Origin",
    ]  # fmt: skip
    session = UsageSession.objects.get(machine=lively.mill)
    assert (session.ended_at - session.started_at).total_seconds() == 8 * 60
    assert session.answers.get().value == "good"
    again = sent(lively, came).json()["answers"]
    assert [each["is_done"] for each in again] == [True]
    assert UsageSession.objects.filter(machine=lively.mill).count() == 1


def test_a_wrong_pin_is_told_to_who_waits(lively: Lively) -> None:
    [answer] = sent(lively, entry(lively, pin="9753", awaited=True)).json()["answers"]
    assert not answer["is_done"]
    assert "4 more tries" in answer["lines"][0]
    assert KioskEntry.objects.get().outcome == KioskOutcome.REFUSED


def test_a_broken_seal_and_a_machine_of_elsewhere_are_not_dropped(lively: Lively) -> None:
    broken = entry(lively) | {"sealed": "AAAA.AAAA.AAAA"}
    elsewhere = entry(lively) | {"machine": 0}
    answer = sent(lively, broken, elsewhere).json()
    assert [each["key"] for each in answer["answers"]] == [broken["key"]]
    assert KioskEntry.objects.to_settle().get().reasons == ["UNKNOWN_BADGE"]


def test_nobody_else_sends_entries(lively: Lively) -> None:
    assert sent(lively, entry(lively), client=Client()).status_code == 403
    assert sent(lively, {"key": "x"}).status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["kiosk"] = SECRET
    assert sent(lively, entry(lively), client=strict).status_code == 403
    assert not KioskEntry.objects.exists()


def test_a_tablet_of_one_machine_knows_no_other(lively: Lively) -> None:
    kiosk = lively.space.kiosks.get()
    kiosk.machine = lively.laser
    kiosk.save()
    page = tablet().get("/kiosk/")
    assert "Shaper Origin" not in page.text
    assert tablet().post("/kiosk/", form_of(lively.mill)).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    lively: Lively, count: int, django_assert_max_num_queries: Any
) -> None:
    lively.space.machines.exclude(pk__in=lively.space.machines.values("pk")[:count]).update(
        retired_at=NOW
    )
    with django_assert_max_num_queries(9):
        tablet().get("/kiosk/")


def test_the_staff_sees_and_settles_what_could_not_be_done(lively: Lively) -> None:
    late = KioskEntryFactory(machine=lively.laser, member=lively.maker)
    client = signed_in(lively.staff)
    page = client.get("/spaces/atelier/use/")
    assert "Somebody else had the machine then." in page.text
    client.post(f"/spaces/atelier/use/entries/{late.pk}/", {"note": "Asked her"})
    late.refresh_from_db()
    assert (late.outcome, late.settled_by) == (KioskOutcome.SETTLED, lively.staff)
    assert "Somebody else had the machine then." not in client.get("/spaces/atelier/use/").text


def test_staff_gives_badges_at_the_desk(lively: Lively) -> None:
    client, address = signed_in(lively.staff), "/spaces/atelier/badges/"
    anna = lively.reserved.member
    told = {"email": anna.email, "read": "AABBCCDD", "name": "Card", "pin": "1111"}
    assert client.post(address, told).status_code == 422
    assert client.post(address, told | {"email": "nobody@example.org"}).status_code == 422
    assert client.post(address, told | {"pin": "7531"}).status_code == 302
    page = client.get(f"{address}?q=bernasconi")
    assert "Card" in page.text
    assert "AABBCCDD" not in page.text
    assert "Nothing is found." in client.get(f"{address}?q=nobody").text
    badge = anna.badges.get()
    client.post(f"{address}{badge.pk}/", {"step": "pin"})
    assert "no PIN" in client.get(address).text
    client.post(f"{address}{badge.pk}/", {"step": "revoke"})
    assert "Card" not in client.get(address).text


def test_a_free_machine_is_used_at_once_from_the_phone(lively: Lively) -> None:
    client = signed_in(lively.maker)
    page = client.get("/at/atelier/shaper/")
    assert "it can be yours until Tue 20 Oct, 12:30" in page.text
    used = client.post("/at/atelier/shaper/use/", follow=True)
    assert "You are using this machine" in used.text
    session = UsageSession.objects.open().get(machine=lively.mill)
    full = client.post(f"/sessions/{session.pk}/extend/", follow=True)
    assert "Someone else has this time." in full.text
    left = client.post(f"/sessions/{session.pk}/leave/", follow=True)
    assert "Checked out." in left.text


def test_the_phone_says_why_not(lively: Lively) -> None:
    client = signed_in(lively.maker)
    assert "out of order" in client.get("/at/atelier/stepcraft/").text
    page = client.post("/at/atelier/stepcraft/use/", follow=True)
    assert "out of order" in page.text
