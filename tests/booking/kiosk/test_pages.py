"""The page of a tablet, with and without its script, and the page behind a QR code."""

import json
import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.kiosk_sent import received
from booking.models import KioskEntry, UsageSession
from booking.sealing import public_key, purpose_of, seal
from booking.states import KIOSK_TRIES, KIOSK_TRIES_OVER, KioskOutcome
from booking.views import space_use
from machines.models import Fault
from members.models import Pin
from members.services.tokens import digest_of
from members.states import BADGES_TRIED
from notifications.models import Message
from notifications.rendering import render
from tests.booking.lively import NOW, Lively, at, lively_space, signed_in
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import (
    PIN,
    SECRET,
    BadgeFactory,
    CorrectionFactory,
    KioskEntryFactory,
    KioskFactory,
    PinFactory,
    QuestionFactory,
)
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

READ = "04A1B2C3"
USE = "/spaces/atelier/use/"


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
        ({"badge": "0000FFFF"}, "This badge is not known here."),
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
    answers["key"] = str(asked.context["key"])
    empty = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out", **answers))
    assert empty.status_code == 422
    answers |= {f"q{question.pk}": "broken", f"q{question.pk}_words": "Smoke"}
    with time_machine.travel(NOW + 4 * (at("11:41") - at("11:40"))):
        stale = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out", **answers))
        assert "This took too long." in stale.text
    done = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "check_out", **answers))
    assert "Checked out" in done.text
    assert Fault.objects.filter(machine=lively.mill, summary="Smoke").exists()


def test_who_is_known_is_known_for_one_entry_at_one_tablet(lively: Lively) -> None:
    QuestionFactory(machine=lively.mill)
    tablet().post("/kiosk/", form_of(lively.mill))
    told = form_of(lively.mill, "check_out")
    known = tablet().post("/kiosk/", told).context["known"]
    told |= {"badge": "", "pin": "", "known": known, "asked": "1"}
    others = [
        {"key": str(uuid.uuid4())},
        {"machine": str(lively.laser.pk)},
        {"known": f"{known}x"},
    ]
    for other in others:
        page = tablet().post("/kiosk/?lang=en", told | other)
        assert "This took too long." in page.text
    KioskFactory(stands_at=lively.laser, secret_digest=digest_of("another"))
    stranger = Client()
    stranger.cookies["kiosk"] = "another"
    assert "This took too long." in stranger.post("/kiosk/?lang=en", told).text
    assert tablet().post("/kiosk/", told).status_code == 200


def test_a_tablet_does_not_tell_who_tries_on_which_badges_there_are(lively: Lively) -> None:
    wrong = [form_of(lively.mill, badge=f"0000{number:04X}") for number in range(KIOSK_TRIES)]
    for told in wrong:
        assert "not known here" in tablet().post("/kiosk/?lang=en", told).text
    page = tablet().post("/kiosk/?lang=en", form_of(lively.mill))
    assert page.status_code == 422
    assert "Too many badges or PINs were wrong at this tablet." in page.text
    [answer] = sent(lively, entry(lively, awaited=True)).json()["answers"]
    assert "Too many badges" in answer["lines"][0]
    # Who is gone cannot read that: it is kept by the tablet, and done when the time is over.
    kept = entry(lively)
    assert sent(lively, kept).json()["answers"] == []
    assert not KioskEntry.objects.exists()
    KioskFactory(stands_at=lively.laser, secret_digest=digest_of("another"))
    neighbour = Client()
    neighbour.cookies["kiosk"] = "another"
    assert neighbour.post("/kiosk/?lang=en", form_of(lively.mill)).status_code == 200
    with time_machine.travel(NOW + KIOSK_TRIES_OVER):
        assert [each["key"] for each in sent(lively, kept).json()["answers"]] == [kept["key"]]


def sent(lively: Lively, *entries: Any, client: Client | None = None, **more: Any) -> Any:
    body = {"sent_at": milliseconds(), "entries": list(entries)} | more
    return (client or tablet()).post(
        "/kiosk/entries/?lang=en", body, content_type="application/json"
    )


def milliseconds() -> int:
    return int(timezone.now().timestamp() * 1000)


def entry(lively: Lively, act: str = "check_in", pin: str = PIN, **more: Any) -> dict[str, Any]:
    """What the page makes of what somebody does."""
    told = {"badge": READ, "pin": pin, "answers": more.pop("answers", {})}
    made = {"key": str(uuid.uuid4()), "act": act, "machine": lively.mill.pk, "at": milliseconds()}
    made |= more
    purpose = purpose_of(made["key"], act, made["machine"], made["at"])
    return made | {"sealed": seal(told, public_key(lively.space.pk), purpose)}


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


def test_a_stolen_seal_does_nothing_else(lively: Lively) -> None:
    changes: list[dict[str, Any]] = [
        {"act": "check_out"},
        {"key": str(uuid.uuid4())},
        {"at": milliseconds() - 9 * 60_000},
        {"sealed": "AAAA.AAAA.AAAA"},
    ]
    stolen = [entry(lively, at=milliseconds() - 5 * 60_000) | change for change in changes]
    answers = sent(lively, *stolen).json()["answers"]
    assert {each["key"] for each in answers} == {each["key"] for each in stolen}
    assert not any(each["is_done"] for each in answers)
    for kept in KioskEntry.objects.to_settle():
        assert (kept.reasons, kept.member) == (["UNREADABLE"], None)
    assert not UsageSession.objects.filter(machine=lively.mill).exists()
    assert "it was not sealed for this" in signed_in(lively.staff).get(USE).text


def test_seals_that_are_none_are_tries_too(lively: Lively) -> None:
    wrong = [entry(lively) | {"sealed": "AAAA.AAAA.AAAA"} for _try in range(KIOSK_TRIES + 5)]
    answers = sent(lively, *wrong).json()["answers"]
    assert len(answers) == KioskEntry.objects.count() == KIOSK_TRIES
    assert sent(lively, *wrong[KIOSK_TRIES:]).json()["answers"] == []
    assert KioskEntry.objects.count() == KIOSK_TRIES


@pytest.mark.parametrize("ahead", [0, 90])
def test_the_clock_of_a_tablet_is_told_to_the_staff_and_moves_nothing(
    lively: Lively, ahead: int
) -> None:
    shown = milliseconds() + ahead * 1000
    sent(lively, entry(lively, at=shown - 9 * 60_000), sent_at=shown)
    assert UsageSession.objects.get(machine=lively.mill).started_at == NOW - timedelta(minutes=9)
    page = signed_in(lively.staff).get("/spaces/atelier/tablets/").text
    assert ("90 s off" in page) is bool(ahead)
    assert "Clock" in page


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_asked_is_looked_up_once_for_all_machines(
    lively: Lively, count: int, django_assert_num_queries: Any
) -> None:
    machines = [MachineFactory.create(space=lively.space) for _each in range(count)]
    for machine in machines:
        QuestionFactory.create(machine=machine)
    body = {
        "sent_at": milliseconds(),
        "entries": [entry(lively, "check_out", machine=each.pk) for each in machines],
    }
    kiosk = lively.space.kiosks.get()
    with django_assert_num_queries(2):
        told = received(json.dumps(body).encode(), kiosk, NOW)
    assert len(told.deeds) == count


def test_what_is_about_machines_of_elsewhere_ends_and_holds_up_nothing(lively: Lively) -> None:
    other = MachineFactory.create(name="Secret press")
    lively.laser.retired_at = NOW
    lively.laser.save()
    gone = [
        entry(lively, machine=pk, at=milliseconds() - 9 * 60_000)
        for pk in (other.pk, 2**40, lively.laser.pk)
    ]
    fine = entry(lively)
    answers = sent(lively, *gone, fine).json()["answers"]
    assert {each["key"]: each["is_done"] for each in answers} == {
        each["key"]: each is fine for each in (*gone, fine)
    }
    found = KioskEntry.objects.to_settle()
    assert (
        sorted((each.machine, each.reasons) for each in found if each.machine is None)
        == [(None, ["NOT_AT_TABLET"])] * 2
    )
    assert all(each.member == lively.maker for each in found)
    page = signed_in(lively.staff).get(USE)
    assert "a machine of elsewhere" in page.text
    assert "Secret press" not in page.text


def test_a_tablet_of_one_machine_begins_nothing_at_another(lively: Lively) -> None:
    lively.space.kiosks.update(machine=lively.laser)
    [answer] = sent(lively, entry(lively, awaited=True)).json()["answers"]
    assert answer["lines"][0] == "The machine is not one of this tablet."
    assert not UsageSession.objects.filter(machine=lively.mill).exists()


def test_what_came_late_is_shown_to_the_staff(lively: Lively) -> None:
    sent(lively, entry(lively, at=milliseconds() - 9 * 60_000))
    client = signed_in(lively.staff)
    assert "told late by a tablet" in client.get(USE).text
    session = UsageSession.objects.get(machine=lively.mill)
    page = " ".join(client.get(f"/sessions/{session.pk}/").text.split())
    assert "check-in on Tue 20 Oct 2026, 11:31, kept by “Tablet beside the lasers”" in page


def test_who_stands_there_gets_more_time(lively: Lively) -> None:
    row = lively.reserved
    row.starts_at = row.occupied_from = NOW
    row.machine, row.member = lively.mill, lively.maker
    row.ends_at = row.occupied_until = at("12:00")
    row.save()
    sent(lively, entry(lively, awaited=True))
    [answer] = sent(lively, entry(lively, "extend", awaited=True)).json()["answers"]
    assert (answer["title"], answer["is_done"]) == ("Extended: Shaper Origin", True)
    # Somebody else has reserved it from then on.
    assert "It is yours until 12:30." in answer["lines"]
    row.refresh_from_db()
    assert row.ends_at == at("12:30")
    [full] = sent(lively, entry(lively, "extend", awaited=True)).json()["answers"]
    assert "It cannot last longer" in full["lines"][0]
    other = MemberFactory.create()
    UsageSession.objects.update(member=other)
    page = tablet().post("/kiosk/?lang=en", form_of(lively.mill, "extend"))
    assert page.status_code == 422


def test_a_walk_in_gets_more_time_without_a_script(lively: Lively) -> None:
    machine = MachineFactory.create(space=lively.space, name="Lathe")
    UsageSessionFactory(
        machine=machine,
        member=lively.maker,
        started_at=at("11:00"),
        expected_end_at=at("12:00"),
    )
    page = tablet().post("/kiosk/?lang=en", form_of(machine, "extend"))
    assert "Extended: Lathe" in page.text
    assert "It is yours until 12:40." in page.text


def test_without_a_network_nothing_is_extended(lively: Lively) -> None:
    sent(lively, entry(lively, "extend", at=milliseconds() - 5 * 60_000))
    assert KioskEntry.objects.to_settle().get().reasons == ["TOO_LATE_TO_EXTEND"]


def test_entries_that_cannot_be_read_are_answered_and_hold_up_nothing(lively: Lively) -> None:
    wrong: list[dict[str, Any]] = [
        {"key": "-" * 36},
        {"key": "\ud800"},
        {"act": "dance"},
        {"machine": 10**30},
        {"at": "noon"},
        {"at": 10**4000},
        {"sealed": None},
    ]
    broken = [entry(lively) | change for change in wrong]
    fine = entry(lively)
    answers = {each["key"]: each for each in sent(lively, [], *broken, fine).json()["answers"]}
    assert answers.pop(fine["key"])["is_done"]
    assert set(answers) == {each["key"] for each in broken}
    assert all(each["lines"][0] == "This cannot be read." for each in answers.values())


def test_odd_answers_and_clocks_lose_nothing(lively: Lively) -> None:
    odd = {"q1": "a\0b", "\ud800": "\ud800", "q2": {"q": 1}, "x": "y"}
    for answers, clock in (
        (["q1"], {"sent_at": -(10**40)}), (odd, {"sent_at": 10**40}), ("q1", {}), (None, {}),
    ):  # fmt: skip
        told = entry(lively, "check_out", answers=answers)
        assert [each["key"] for each in sent(lively, told, **clock).json()["answers"]] == [
            told["key"]
        ]
    assert list(KioskEntry.objects.exclude(answers={}).values_list("answers", flat=True)) == [
        {"q1": "ab"}
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
sealed_words = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("badge", "pin", "answers"), anything)
)
changes = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("key", "act", "machine", "at", "awaited", "sealed"), anything)
)


@settings(
    max_examples=300 if os.environ.get("PROPERTIES") == "long" else 20,
    derandomize=os.environ.get("PROPERTIES") != "long",
    suppress_health_check=list(HealthCheck),
)
@given(words=sealed_words, change=changes, also=anything, sent_at=st.integers())
def test_whatever_lies_in_the_queue_the_rest_of_it_is_done(
    lively: Lively, words: dict[str, Any], change: dict[str, Any], also: Any, sent_at: int
) -> None:
    with transaction.atomic():
        fine, odd = entry(lively), entry(lively)
        purpose = purpose_of(odd["key"], odd["act"], odd["machine"], odd["at"])
        odd["sealed"] = seal(words, public_key(lively.space.pk), purpose)
        told = sent(lively, fine, odd | change, also, sent_at=sent_at)
        assert told.status_code == 200
        answered = [each["key"] for each in told.json()["answers"]]
        assert fine["key"] in answered
        assert odd["key"] in answered or "key" in change
        transaction.set_rollback(True)


def test_nobody_else_sends_entries(lively: Lively) -> None:
    assert sent(lively, entry(lively), client=Client()).status_code == 403
    wrong: list[dict[str, Any]] = [{"entries": "x"}, {"sent_at": "x"}, {"entries": [{}] * 101}]
    for nonsense in wrong:
        assert sent(lively, **nonsense).status_code == 422
    for text in ("", "[" * 100_000, "[]", "nonsense"):
        answer = tablet().post("/kiosk/entries/", text, content_type="application/json")
        assert answer.status_code == 422
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
    page = client.get(USE)
    assert "Somebody else had the machine then." in page.text
    form = client.get(f"{USE}new/?entry={late.pk}").text
    assert f'value="{lively.maker.email}"' in form
    assert client.get(f"{USE}new/?entry=x").status_code == 200
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
    letter = render(Message.objects.get(kind="badge_by_staff", recipient=anna))
    assert "Sam Staff has given you a badge and a PIN." in letter.text
    assert "at the tablets of Atelier Zürich only" in letter.text
    own = {"email": lively.maker.email, "read": "AABB0000", "pin": "7531"}
    refused = client.post(address, own)
    assert "They have a PIN already" in refused.text
    page = client.get(f"{address}?q=bernasconi")
    assert "Card" in page.text
    assert "AABBCCDD" not in page.text
    assert "Nothing is found." in client.get(f"{address}?q=nobody").text
    badge = anna.badges.get()
    client.post(f"{address}{badge.pk}/", {"step": "pin"})
    assert "no PIN" in client.get(address).text
    client.post(f"{address}{badge.pk}/", {"step": "revoke"})
    assert "Card" not in client.get(address).text


def test_staff_takes_away_nothing_of_ones_own(lively: Lively) -> None:
    client, badge = signed_in(lively.staff), lively.maker.badges.get()
    page = client.get("/spaces/atelier/badges/").text
    assert str(badge) in page
    assert "Take the PIN away" not in page
    assert 'value="revoke"' not in page
    for step in ("pin", "revoke"):
        answer = client.post(f"/spaces/atelier/badges/{badge.pk}/", {"step": step})
        assert answer.status_code == 404
    assert Pin.objects.filter(member=lively.maker).exists()
    assert lively.maker.badges.filter(revoked_at=None).exists()


def test_staff_does_not_learn_which_badges_there_are(lively: Lively) -> None:
    client, address = signed_in(lively.staff), "/spaces/atelier/badges/"
    told = {"email": lively.reserved.member.email, "read": READ, "name": "Card", "pin": ""}
    for _try in range(BADGES_TRIED):
        assert "belongs to somebody" in client.post(address, told).text
    page = client.post(address, told | {"read": "AABBCCDD"})
    assert "Several badges were those of others." in page.text
    assert not lively.reserved.member.badges.exists()


def test_a_long_list_of_what_waits_is_shown_from_its_start(
    lively: Lively, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space_use, "PER_PAGE", 2)
    late = KioskEntryFactory.create_batch(
        3, machine=lively.laser, kiosk=lively.space.kiosks.get(), received_at=NOW
    )
    for hour in ("05:00", "06:00"):
        use = UsageSessionFactory.create(
            machine=lively.mill, started_at=at(hour), ended_at=at(hour[:3] + "30")
        )
        CorrectionFactory.create(session=use)
    client = signed_in(lively.staff)
    page = client.get(USE).text
    assert "2 / 3</span>" in page
    assert page.count("/use/entries/") == page.count("/use/corrections/") == 2
    assert "2 / 2</span>" not in page
    late[0].delete()
    assert "2 / 3</span>" not in client.get(USE).text


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
