"""What is asked at check-out, and what follows from the answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from booking.answer_forms import AnswersForm
from booking.models import Answer, Question, UsageSession
from booking.queries.questions import (
    answers_told,
    asked_about,
    asked_by_machine,
    questions_of,
)
from booking.question_forms import QuestionForm
from booking.services.leaving import Said, leave
from booking.services.questions import retire_question
from booking.services.refusing import BookingRefused
from booking.states import QuestionKind
from machines.models import Fault
from tests.booking.lively import Lively, lively_space, signed_in
from tests.factories.booking import UsageSessionFactory
from tests.factories.kiosk import QuestionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory
from tests.factories.stock import ConsumableFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def running(machine: Any = None) -> UsageSession:
    machine = machine or MachineFactory()
    return UsageSessionFactory(machine=machine, started_at=NOW - HOUR)


def one_of_each(machine: Any) -> dict[str, Question]:
    return {
        kind.value: QuestionFactory(
            machine=machine,
            kind=kind,
            unit="g" if kind in {QuestionKind.MATERIAL, QuestionKind.NUMBER} else "",
            choices=["PLA", "PETG"] if kind == QuestionKind.CHOICE else [],
        )
        for kind in QuestionKind
    }


def test_what_was_said_is_kept_with_the_use_and_told_in_words() -> None:
    session = running()
    asked = one_of_each(session.machine)
    data = {
        f"q{asked['material'].pk}": "PETG",
        f"q{asked['material'].pk}_much": "42.50",
        f"q{asked['result'].pk}": "well",
        f"q{asked['condition'].pk}": "good",
        f"q{asked['choice'].pk}": "PLA",
        f"q{asked['number'].pk}": "3",
    }
    form = AnswersForm(data, asked=asked_about(session.machine))
    assert form.is_valid(), form.errors
    leave(session=session, by=session.member, now=NOW, said=form.said())
    assert [told.answer for told in answers_told(session)] == [
        "PETG, 42.5\u00a0g", "It worked", "All in order", "PLA", "3\u00a0g",
    ]  # fmt: skip
    assert not Fault.objects.exists()


def test_what_was_asked_stays_as_it_was_asked() -> None:
    session = running()
    question = QuestionFactory(machine=session.machine, kind=QuestionKind.WORDS, words="All well?")
    leave(session=session, by=session.member, now=NOW, said=[Said(question=question, value="Yes")])
    question.words = "Is anything broken?"
    question.save()
    assert answers_told(session) == [("All well?", "Yes")]


@pytest.mark.parametrize(("state", "stops"), [("worn", False), ("broken", False), ("danger", True)])
def test_a_bad_state_becomes_a_report(state: str, stops: bool) -> None:
    session = running()
    question = QuestionFactory(machine=session.machine)
    said = [Said(question=question, value=state, words="The belt slips")]
    leave(session=session, by=session.member, now=NOW, said=said)
    fault = Fault.objects.get()
    assert (fault.summary, fault.stops_machine) == ("The belt slips", stops)
    assert (fault.machine, fault.reported_by) == (session.machine, session.member)


def test_what_was_used_is_taken_from_the_stock() -> None:
    session = running()
    question = QuestionFactory(machine=session.machine, kind=QuestionKind.MATERIAL)
    petg = ConsumableFactory(space=session.machine.space, name="PETG", price=Decimal("0.045"))
    ConsumableFactory(space=MachineFactory().space, name="PETG")
    asked = asked_about(session.machine)
    assert asked.materials == {str(petg.pk): petg}
    assert "PETG (g), CHF\u00a00.045 per g" in str(AnswersForm(asked=asked))
    data = {f"q{question.pk}": "PETG", f"q{question.pk}_much": "42"}
    form = AnswersForm(data, asked=asked)
    assert form.is_valid(), form.errors
    leave(session=session, by=session.member, now=NOW, said=form.said())
    movement = petg.movements.get()
    assert (movement.quantity, movement.session_key) == (-42, f"session:{session.pk}")
    assert answers_told(session) == [("What did you use, and how much of it?", "PETG, 42\u00a0g")]
    client = Client()
    client.force_login(session.member)
    page = client.get(f"/sessions/{session.pk}/").text
    assert "PETG, 42\u00a0g: CHF\u00a01.89" in page
    unknown = AnswersForm({f"q{question.pk}": "Gold"}, asked=asked)
    assert not unknown.is_valid()


def test_what_two_questions_ask_of_one_item_is_taken_together() -> None:
    session = running()
    questions = [
        QuestionFactory(machine=session.machine, kind=QuestionKind.MATERIAL, words=words)
        for words in ("What is the part of?", "And its support?")
    ]
    petg = ConsumableFactory(space=session.machine.space, name="PETG")
    asked = asked_about(session.machine)
    data = {f"q{each.pk}": str(petg.pk) for each in questions}
    data |= {f"q{questions[0].pk}_much": "40", f"q{questions[1].pk}_much": "2.5"}
    form = AnswersForm(data, asked=asked)
    assert form.is_valid(), form.errors
    # Somebody gives it another name meanwhile.
    petg.name = "PETG, black"
    petg.save()
    leave(session=session, by=session.member, now=NOW, said=form.said())
    assert petg.movements.get().quantity == Decimal("-42.5")
    assert [told.answer for told in answers_told(session)] == [
        "PETG, 40\u00a0g",
        "PETG, 2.5\u00a0g",
    ]


@pytest.mark.parametrize("state", ["worn", "danger"])
def test_the_space_is_held_before_the_machine(state: str) -> None:
    session = running()
    said = [Said(question=QuestionFactory(machine=session.machine), value=state, words="Slips")]
    with CaptureQueriesContext(connection) as asked:
        leave(session=session, by=session.member, now=NOW, said=said)
    statements = [each["sql"] for each in asked]
    space = next(at for at, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    machine = next(at for at, sql in enumerate(statements) if "pg_advisory_xact_lock" in sql)
    assert space < machine


def test_people_are_asked_in_their_language_and_answers_are_kept_once() -> None:
    session = running(MachineFactory(space__languages=["de", "fr"]))
    form = QuestionForm(
        {
            "about": f"machine:{session.machine.pk}",
            "kind": "choice",
            "words": "Welches Material?",
            "lines": "Holz\nAcryl",
            "words_fr": "Quel matériau ?",
            "lines_fr": "Bois\nAcrylique",
            "position": "0",
        },
        instance=Question(space=session.machine.space),
    )
    assert form.is_valid(), form.errors
    question = form.question()
    question.save()
    with override("fr"):
        answers = AnswersForm({f"q{question.pk}": "Acryl"}, asked=asked_about(session.machine))
        assert "Quel matériau" in str(answers)
        assert "Acrylique" in str(answers)
        assert answers.is_valid()
        leave(session=session, by=session.member, now=NOW, said=answers.said())
        assert answers_told(session) == [("Quel matériau ?", "Acrylique")]
    with override("it"):
        assert "Welches Material?" in str(AnswersForm(asked=asked_about(session.machine)))
        assert [told.answer for told in answers_told(session)] == ["Acryl"]
    wrong = QuestionForm(form.data | {"lines_fr": "Bois"}, instance=question)
    assert "lines_fr" in wrong.errors


def test_nothing_is_kept_of_who_may_not_leave() -> None:
    session = running()
    said = [Said(question=QuestionFactory(machine=session.machine), value="broken")]
    with pytest.raises(BookingRefused):
        leave(session=session, by=MemberFactory(), now=NOW, said=said)
    assert not Fault.objects.exists()
    assert not Answer.objects.exists()


def test_a_form_asks_what_is_missing_and_who_has_left_is_taken_at_their_word() -> None:
    machine = MachineFactory()
    asked = one_of_each(machine)
    bad, material = asked["condition"].pk, asked["material"].pk
    data = {f"q{bad}": "broken", f"q{material}": "PETG", f"q{asked['number'].pk}": "many"}
    form = AnswersForm(data, asked=asked_about(machine))
    assert not form.is_valid()
    assert set(form.errors) == {f"q{bad}_words", f"q{material}_much", f"q{asked['number'].pk}"}
    said = AnswersForm(data, asked=asked_about(machine)).said_as_far_as_valid()
    assert [(each.question.kind, each.value) for each in said] == [
        ("material", "PETG"), ("condition", "broken"),
    ]  # fmt: skip


def test_questions_are_those_of_the_category_and_of_the_machine() -> None:
    machine = MachineFactory()
    own = QuestionFactory(machine=machine)
    general = QuestionFactory(machine=None, space=machine.space, category=machine.category)
    QuestionFactory(machine=None, category=machine.category, space=MachineFactory().space)
    given_up = QuestionFactory(machine=machine)
    retire_question(question=given_up, now=NOW)
    retire_question(question=given_up, now=NOW + HOUR)
    assert given_up.retired_at == NOW
    assert set(asked_about(machine).questions) == {own, general}
    assert questions_of(machine.space) == [general, own]


@pytest.mark.parametrize("count", [1, 3])
def test_many_machines_cost_one_query(count: int, django_assert_num_queries: Any) -> None:
    machines = [QuestionFactory(machine=MachineFactory()).machine for _number in range(count)]
    with django_assert_num_queries(1):
        found = asked_by_machine(machines)
    assert [len(each.questions) for each in found.values()] == [1] * count


@pytest.fixture
def lively() -> Lively:
    return lively_space()


def test_the_page_asks_and_keeps_what_was_typed(lively: Lively) -> None:
    question = QuestionFactory(machine=lively.mill, kind=QuestionKind.CONDITION, is_required=True)
    session = UsageSessionFactory(machine=lively.mill, member=lively.maker, started_at=NOW)
    client = signed_in(lively.maker)
    address = f"/sessions/{session.pk}/leave/"
    assert "How do you leave the machine?" in client.get(address).text
    refused = client.post(address, {f"q{question.pk}": "worn"})
    assert refused.status_code == 422
    assert "Say what you found." in refused.text
    data = {f"q{question.pk}": "worn", f"q{question.pk}_words": "Lid squeaks"}
    page = client.post(address, data, follow=True)
    assert "The staff knows what you found." in page.text
    session.refresh_from_db()
    assert session.ended_at is not None
    assert Fault.objects.filter(machine=lively.mill, summary="Lid squeaks").exists()
    assert client.post(address, data).status_code == 302
    assert "Lid squeaks" in client.get(f"/sessions/{session.pk}/").text


def test_check_out_on_the_reservation_leads_to_the_questions(lively: Lively) -> None:
    QuestionFactory(machine=lively.laser)
    session = UsageSessionFactory(
        machine=lively.laser, member=lively.maker, started_at=NOW, reservation=lively.own
    )
    response = signed_in(lively.maker).post(f"/reservations/{lively.own.pk}/check-out/")
    assert response["Location"] == f"/sessions/{session.pk}/leave/"


def test_staff_sets_and_gives_up_questions(lively: Lively) -> None:
    client, address = signed_in(lively.staff), "/spaces/atelier/questions/"
    assert "Nothing is asked" in client.get(address).text
    about = f"category:{lively.laser.category_id}"
    base = {"about": about, "kind": "choice", "position": 0, "step": "save"}
    refused = client.post(f"{address}new/", base | {"lines": "PLA"})
    assert refused.status_code == 422
    assert "Say what is asked." in refused.text
    assert "Give at least two answers" in refused.text
    told = base | {"words": "Which material?", "lines": "PLA\n PETG \nPLA\n"}
    client.post(f"{address}new/", told)
    question = Question.objects.get()
    assert (question.choices, question.category) == (["PLA", "PETG"], lively.laser.category)
    page = f"{address}{question.pk}/"
    assert "PETG" in client.get(page).text
    client.post(page, told | {"about": f"machine:{lively.mill.pk}", "kind": "words"})
    question.refresh_from_db()
    assert (question.machine, question.category, question.choices) == (lively.mill, None, [])
    assert "Which material?" in client.get(address).text
    client.post(page, {"step": "remove"})
    assert client.get(page).status_code == 404


def test_a_visitor_has_no_use(client: Client) -> None:
    session = running()
    assert client.get(f"/sessions/{session.pk}/").status_code == 302


def test_amounts_are_told_without_zeros(lively: Lively) -> None:
    session = running()
    question = QuestionFactory(machine=session.machine, kind=QuestionKind.NUMBER, unit="m")
    said = [Said(question=question, quantity=Decimal("100.000"), unit="m")]
    leave(session=session, by=session.member, now=NOW, said=said)
    assert answers_told(session) == [("How much?", "100\u00a0m")]
