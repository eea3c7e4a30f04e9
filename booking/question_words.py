"""Questions and answers as people read them, in the active language."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking.models import Answer, Question
from booking.states import Condition, QuestionKind, Result

ANSWERS = {QuestionKind.RESULT: Result, QuestionKind.CONDITION: Condition}


def question_in_words(kind: str, words: str) -> str:
    """What is asked: in the words of the space, or else in those of the house."""
    return words or {
        QuestionKind.MATERIAL: _("What did you use, and how much of it?"),
        QuestionKind.RESULT: _("How did it go?"),
        QuestionKind.CONDITION: _("How do you leave the machine?"),
        QuestionKind.NUMBER: _("How much?"),
        QuestionKind.CHOICE: _("Which one?"),
        QuestionKind.WORDS: _("Anything else that we should know?"),
    }.get(QuestionKind(kind), "")


def title_of(question: Question) -> str:
    """What `question` asks."""
    return question_in_words(question.kind, question.words_in(get_language()))


def answer_in_words(answer: Answer) -> str:
    """What was said, such as “PETG, 42 g”; `question` should be loaded."""
    parts = [_value(answer), amount_in_words(answer.quantity, answer.unit), answer.words]
    return ", ".join(filter(None, parts))


def amount_in_words(quantity: Decimal | None, unit: str) -> str:
    """A quantity such as “42 g”, without zeros that say nothing."""
    if quantity is None:
        return ""
    plain = quantity.normalize()
    number = number_format(plain if plain != plain.to_integral() else int(plain))
    return f"{number}\u00a0{unit}".rstrip()


def _value(answer: Answer) -> str:
    kind = ANSWERS.get(QuestionKind(answer.question.kind))
    if answer.question.kind == QuestionKind.CHOICE:
        return dict(answer.question.choices_in(get_language())).get(answer.value, answer.value)
    if kind is None or answer.value not in kind.values:
        return answer.value
    return str(kind(answer.value).label)
