"""What is asked at check-out, and what was said."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import Q

from booking.models import Question, UsageSession
from booking.question_words import answer_in_words, question_in_words
from booking.states import QuestionKind
from machines.models import Consumable, Machine
from machines.queries.stock import sold_in
from spaces.models import Space


class Told(NamedTuple):
    """A question and its answer, in words."""

    question: str
    answer: str


class Asked(NamedTuple):
    """The questions about a machine, and what the space has of materials, by their ids as text."""

    questions: Sequence[Question] = ()
    materials: Mapping[str, Consumable] = MappingProxyType({})


def asked_about(machine: Machine) -> Asked:
    """What is asked of who leaves `machine`."""
    return asked_by_machine([machine])[machine.pk]


def asked_by_machine(machines: Iterable[Machine]) -> dict[int, Asked]:
    """What is asked of who leaves each of several machines, by its id."""
    machines = list(machines)
    questions = _questions(machines)
    needing = [
        machine
        for machine in machines
        if any(row.kind == QuestionKind.MATERIAL for row in questions[machine.pk])
    ]
    materials = _materials(needing)
    nothing: Mapping[str, Consumable] = MappingProxyType({})
    return {pk: Asked(rows, materials.get(pk, nothing)) for pk, rows in questions.items()}


def _materials(machines: Sequence[Machine]) -> dict[int, dict[str, Consumable]]:
    """What may be taken where each machine is used; two queries for each space, or none."""
    spaces = {machine.space_id: machine.space for machine in machines}
    sold = {pk: list(sold_in(space)) for pk, space in spaces.items()}
    found: dict[int, dict[str, Consumable]] = {}
    for machine in machines:
        for item in sold[machine.space_id]:
            categories = {each.pk for each in item.categories.all()}
            if not categories or machine.category_id in categories:
                found.setdefault(machine.pk, {})[str(item.pk)] = item
    return found


def _questions(machines: Sequence[Machine]) -> dict[int, list[Question]]:
    """One query for any number of machines."""
    rows = list(
        Question.objects.asked().filter(
            Q(machine__in=machines) | Q(space__in={machine.space_id for machine in machines})
        )
    )
    return {
        machine.pk: [
            row
            for row in rows
            if row.machine_id == machine.pk
            or (row.space_id == machine.space_id and row.category_id == machine.category_id)
        ]
        for machine in machines
    }


def questions_of(space: Space) -> list[Question]:
    """Every question of `space` that is asked, those of categories first."""
    rows = Question.objects.asked().filter(space=space).select_related("category", "machine")
    return sorted(rows, key=lambda row: (row.machine is not None, str(row.machine or row.category)))


def answers_told(session: UsageSession) -> list[Told]:
    """What was said when `session` ended; `answers__question` may be loaded."""
    return [
        Told(question_in_words(row.question.kind, row.asked), answer_in_words(row))
        for row in session.answers.all()
    ]
