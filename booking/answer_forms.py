"""The questions of a machine as a form."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from booking.models import Question
from booking.queries.questions import Asked
from booking.question_words import title_of
from booking.services.leaving import Said
from booking.states import Condition, QuestionKind, Result
from machines.models import Consumable
from machines.stock_words import offer_in_words

MOST = Decimal(99_999_999)


class MaterialField(forms.ChoiceField):
    """One of what the space has, by its id, so that another name meanwhile changes nothing.

    What a tablet has kept may say it by its name.
    """

    def __init__(self, *, materials: Mapping[str, Consumable], **options: Any) -> None:
        offered = [(key, offer_in_words(item)) for key, item in materials.items()]
        super().__init__(choices=[("", "–"), *offered], **options)
        self._offered = materials
        self._by_name = {item.name: key for key, item in materials.items()}

    def to_python(self, value: Any) -> str:
        """The id of what was chosen."""
        said: str = super().to_python(value)
        return said if said in self._offered else self._by_name.get(said, said)


class AnswersForm(forms.Form):
    """One field for each question, and beside it how much, or what is wrong."""

    def __init__(self, *args: Any, asked: Asked, **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions, self._materials = asked.questions, asked.materials
        for each in self.questions:
            self.fields |= _fields_of(each, asked.materials)

    def clean(self) -> dict[str, Any]:
        """Who names a material says how much, and who finds something wrong says what."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for each in self.questions:
            name, value = _name(each), told.get(_name(each), "")
            if each.kind == QuestionKind.MATERIAL and value and told.get(f"{name}_much") is None:
                self.add_error(f"{name}_much", gettext("Say how much of it."))
            is_bad = value not in ("", Condition.GOOD)
            if each.kind == QuestionKind.CONDITION and is_bad and not told.get(f"{name}_words"):
                self.add_error(f"{name}_words", gettext("Say what you found."))
        return told

    def said(self) -> list[Said]:
        """The answers, without the questions that were left out; only on a valid form."""
        return self._said(self.cleaned_data)

    def said_as_far_as_valid(self) -> list[Said]:
        """What can be understood of the answers: who has left cannot be asked again."""
        self.is_valid()
        return self._said(self.cleaned_data)

    def _said(self, told: dict[str, Any]) -> list[Said]:
        answers = []
        for each in self.questions:
            name, is_number = _name(each), each.kind == QuestionKind.NUMBER
            value = told.get(name)
            if value in (None, ""):
                continue
            item = self._item(each, str(value))
            answers.append(
                Said(
                    question=each,
                    value="" if is_number else (item.name if item else str(value)),
                    item=item,
                    quantity=value if is_number else told.get(f"{name}_much"),
                    unit=item.get_unit_display() if item else each.unit,
                    words=told.get(f"{name}_words") or "",
                )
            )
        return answers

    def _item(self, question: Question, value: str) -> Consumable | None:
        return self._materials.get(value) if question.kind == QuestionKind.MATERIAL else None


def _name(question: Question) -> str:
    return f"q{question.pk}"


def _fields_of(question: Question, materials: Mapping[str, Consumable]) -> dict[str, forms.Field]:
    """The fields with which `question` is answered; materials are those that the space has."""
    name = _name(question)
    common: dict[str, Any] = {"label": title_of(question), "required": question.is_required}
    if question.kind == QuestionKind.MATERIAL:
        return {
            name: _material(materials, **common),
            f"{name}_much": _amount(
                _("How much"), question.unit, required=question.is_required, when=name
            ),
        }
    if question.kind == QuestionKind.RESULT:
        return {name: _choice(Result.choices, **common)}
    if question.kind == QuestionKind.CONDITION:
        words = forms.CharField(
            label=_("What did you find?"),
            required=False,
            max_length=300,
            help_text=_("Nobody asks whose fault it is. The staff looks at it."),
            widget=forms.TextInput(attrs={"data-when": name, "data-unless": Condition.GOOD.value}),
        )
        return {name: _choice(Condition.choices, **common), f"{name}_words": words}
    if question.kind == QuestionKind.CHOICE:
        return {name: _choice(question.choices_in(get_language()), **common)}
    if question.kind == QuestionKind.NUMBER:
        return {name: _amount(title_of(question), question.unit, required=question.is_required)}
    return {name: forms.CharField(max_length=200, **common)}


def _material(materials: Mapping[str, Consumable], **common: Any) -> forms.Field:
    """One of what the space has, each with what it is counted in; free words where it has none."""
    if not materials:
        return forms.CharField(max_length=200, **common)
    return MaterialField(materials=materials, **common)


def _choice(choices: Sequence[tuple[str, Any]], **common: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _amount(label: Any, unit: str, *, required: bool, when: str = "") -> forms.DecimalField:
    attrs = {"inputmode": "decimal", "step": "any"}
    if when:
        attrs["data-when"] = when
    if unit:
        label = f"{label} ({unit})"
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_value=MOST,
        decimal_places=3,
        widget=forms.NumberInput(attrs=attrs),
    )
