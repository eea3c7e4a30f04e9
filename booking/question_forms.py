"""The form of a question that is asked at check-out."""

from typing import Any

from django import forms
from django.utils.translation import gettext
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

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("What is asked"), ("about", "kind", "words")),
                (_("How it is answered"), ("lines", "unit", "is_required", "position")),
            )
        ]

    def clean(self) -> dict[str, Any]:
        """Words where the house has none, and answers to choose from."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("kind") in OWN_WORDS and not told.get("words"):
            self.add_error("words", gettext("Say what is asked."))
        lines = [line.strip()[:60] for line in told.get("lines", "").splitlines() if line.strip()]
        told["lines"] = list(dict.fromkeys(lines))
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
        return question
