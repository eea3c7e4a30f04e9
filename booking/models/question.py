"""What people are asked when they leave a machine, and what they said."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models.usage import UsageSession
from booking.states import QuestionKind
from machines.models import Category, Machine
from spaces.models import Space


class QuestionQuerySet(models.QuerySet["Question"]):
    """Filters of questions."""

    def asked(self) -> "QuestionQuerySet":
        """Questions that staff has not given up."""
        return self.filter(retired_at=None)

    def about(self, machine: Machine) -> "QuestionQuerySet":
        """Those of the category of `machine` in its space, and its own."""
        return self.filter(
            Q(machine=machine) | Q(space=machine.space_id, category=machine.category_id)
        )


class Question(models.Model):
    """One question of a space about a category or one machine; given up, never deleted."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="questions")
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    machine = models.ForeignKey(
        Machine, on_delete=models.CASCADE, null=True, blank=True, related_name="questions"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=QuestionKind.choices)
    words = models.CharField(
        _("question"),
        max_length=120,
        blank=True,
        help_text=_("Empty: the words of the house, in the language of whoever is asked."),
    )
    choices = ArrayField(
        models.CharField(max_length=60), verbose_name=_("answers"), default=list, blank=True
    )
    translations = models.JSONField(
        default=dict, blank=True, help_text="By language: its words, and its answers in order."
    )
    unit = models.CharField(
        _("unit"), max_length=20, blank=True, help_text=_("Such as g, m or sheets.")
    )
    is_required = models.BooleanField(_("has to be answered"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                condition=Q(category=None, machine__isnull=False)
                | Q(category__isnull=False, machine=None),
                name="question_of_a_category_or_a_machine",
            )
        ]

    def __str__(self) -> str:
        return self.words or self.get_kind_display()

    def words_in(self, language: str | None) -> str:
        """The space's own words in a language, else those that it wrote first; "" without any."""
        told: str = self.translations.get(language, {}).get("words", "")
        return told or self.words

    def choices_in(self, language: str | None) -> list[tuple[str, str]]:
        """Each answer as it is kept, and as it is read in a language."""
        told = self.translations.get(language, {}).get("choices", [])
        read = told if len(told) == len(self.choices) else self.choices
        return list(zip(self.choices, read, strict=True))


class Answer(models.Model):
    """What was said about one use; what was asked is kept with it, however it is worded later.

    `value` is the value of a Result or a Condition, the name of a material, or what was written.
    """

    session = models.ForeignKey(UsageSession, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    asked = models.CharField(_("question"), max_length=120)
    value = models.CharField(_("answer"), max_length=200, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    words = models.CharField(_("in words"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["session", "question"], name="answer_once_per_use")
        ]

    def __str__(self) -> str:
        return f"{self.asked}: {self.value}"
