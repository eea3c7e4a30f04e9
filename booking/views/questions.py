"""The questions of a space at check-out: the list, and one as a form."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from booking.models import Question
from booking.queries.questions import questions_of
from booking.question_forms import QuestionForm
from booking.question_words import title_of
from booking.services.questions import retire_question, save_question
from machines.views.staff import UNPROCESSABLE, StaffPage


class QuestionsPage(StaffPage):
    """Every question, by what it is about."""

    template_name = "booking/questions.html"

    def get(self, request: HttpRequest, space: str) -> HttpResponse:
        """The list."""
        questions = [(each, title_of(each)) for each in questions_of(self.space)]
        return self.show(request, questions=questions)


class QuestionPage(StaffPage):
    """One question, new or to be changed."""

    template_name = "booking/question.html"

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The question as it is."""
        return self.show(request, form=QuestionForm(instance=self._question(pk)))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Keep it, or give it up."""
        question = self._question(pk)
        if request.POST.get("step") == "remove" and question.pk is not None:
            retire_question(question=question, now=self.now)
            messages.success(request, _("The question is asked no more. Its answers are kept."))
            return redirect("booking:questions", self.space.slug)
        form = QuestionForm(request.POST, instance=question)
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        save_question(question=form.question())
        messages.success(request, _("The question is saved. It is asked from now on."))
        return redirect("booking:questions", self.space.slug)

    def _question(self, pk: int | None) -> Question:
        if pk is None:
            return Question(space=self.space)
        rows = Question.objects.asked().select_related("space", "category", "machine")
        return get_object_or_404(rows, pk=pk, space=self.space)
