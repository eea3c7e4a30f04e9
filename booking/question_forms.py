"""The form of a question that is asked at check-out."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from booking.models import Question
from booking.states import QuestionKind
from machines.models import Category, Machine

OWN_WORDS = (QuestionKind.CHOICE, QuestionKind.NUMBER)
"""Kinds about which the house cannot know what is asked."""

FEWEST_CHOICES = 2


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is asked, of whom, and how it is answered."""

    about = forms.ChoiceField(label=_("About"))
    lines = forms.CharField(
        label=_("Answers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For one of several answers: one on each line."),
    )

    class Meta:
        model = Question
        fields = ("kind", "words", "unit", "is_required", "position")
        labels = {"kind": _("Asks for"), "position": _("Place in the list")}

    field_order = ("about", "kind", "words", "lines", "unit", "is_required", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        space = self.instance.space
        self._targets: dict[str, Category | Machine] = {}
        groups = []
        for scope, title, rows in (
            (
                "category",
                gettext("A category"),
                Category.objects.filter(machines__space=space).distinct(),
            ),
            ("machine", gettext("A machine"), Machine.objects.in_service().filter(space=space)),
        ):
            found = {f"{scope}:{each.pk}": each for each in rows.order_by("name")}
            self._targets |= found
            groups.append((title, [(key, str(each)) for key, each in found.items()]))
        self.fields["about"].choices = groups  # type: ignore[attr-defined]
        about = self.instance.machine or self.instance.category
        if about is not None:
            scope = "machine" if self.instance.machine_id else "category"
            self.initial["about"] = f"{scope}:{about.pk}"
        self.initial["lines"] = "\n".join(self.instance.choices)
        self._others = [code for code in space.languages[1:] if code in dict(settings.LANGUAGES)]
        for code in self._others:
            self._add_translation(code)

    def _add_translation(self, code: str) -> None:
        """The question and its answers in another language of the space, which may be left out."""
        told = self.instance.translations.get(code, {})
        name = get_language_info(code)["name_local"]
        self.fields[f"words_{code}"] = forms.CharField(
            label=f"{gettext('question').capitalize()} ({name})",
            max_length=120,
            required=False,
            initial=told.get("words", ""),
        )
        self.fields[f"lines_{code}"] = forms.CharField(
            label=f"{gettext('Answers')} ({name})",
            required=False,
            initial="\n".join(told.get("choices", [])),
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=gettext("In the same order. Empty: as above."),
        )

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("What is asked"), ("about", "kind", "words")),
                (_("How it is answered"), ("lines", "unit", "is_required", "position")),
                (
                    _("In the other languages of the space"),
                    [f"{part}_{code}" for code in self._others for part in ("words", "lines")],
                ),
            )
            if names
        ]

    def clean(self) -> dict[str, Any]:
        """Words where the house has none, and answers to choose from."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("kind") in OWN_WORDS and not told.get("words"):
            self.add_error("words", gettext("Say what is asked."))
        told["lines"] = list(dict.fromkeys(_lines(told.get("lines", ""))))
        for code in self._others:
            others = told[f"lines_{code}"] = _lines(told.get(f"lines_{code}", ""))
            is_choice = told.get("kind") == QuestionKind.CHOICE
            if is_choice and others and len(others) != len(told["lines"]):
                self.add_error(f"lines_{code}", gettext("Give as many answers as above, or none."))
        if told.get("kind") == QuestionKind.CHOICE and len(told["lines"]) < FEWEST_CHOICES:
            self.add_error("lines", gettext("Give at least two answers, one on each line."))
        return told

    def question(self) -> Question:
        """The question as it was filled in; only on a valid form."""
        question: Question = self.save(commit=False)
        target = self._targets[self.cleaned_data["about"]]
        question.machine = target if isinstance(target, Machine) else None
        question.category = target if isinstance(target, Category) else None
        is_choice = question.kind == QuestionKind.CHOICE
        question.choices = self.cleaned_data["lines"] if is_choice else []
        question.translations = {code: self._told_in(code, is_choice) for code in self._others}
        return question

    def _told_in(self, code: str, is_choice: bool) -> dict[str, Any]:  # noqa: FBT001
        told = self.cleaned_data
        return {
            "words": told[f"words_{code}"],
            "choices": told[f"lines_{code}"] if is_choice else [],
        }


def _lines(text: str) -> list[str]:
    return [line.strip()[:60] for line in text.splitlines() if line.strip()]
