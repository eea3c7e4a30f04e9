"""The form of a rule of a space that is told in words beside it, as it is typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from booking.views.policies import WORDS
from machines.views.staff import UNPROCESSABLE, StaffPage


class ToldPage(StaffPage):
    """One rule, new or to be changed; whoever saves or removes it is sent back to the list.

    `words_name` is the template of the words, `list_name` the address of the list.
    """

    form_class: type[Any]
    words_name: str
    list_name: str

    def rule(self, pk: int | None) -> Any:
        """The rule that the address names, or a new one of the space."""
        raise NotImplementedError

    def in_words(self, rule: Any) -> str:
        """The rule as a sentence."""
        raise NotImplementedError

    def save(self, form: Any) -> str:
        """Keep the rule of a valid form, and say so."""
        raise NotImplementedError

    def at_once(self, rule: Any, step: str) -> str:
        """Do what needs no form, and say what was done; nothing for another `step`."""
        raise NotImplementedError

    def get(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """The rule as it is."""
        return self._page(request, self.form_class(instance=self.rule(pk)))

    def post(self, request: HttpRequest, space: str, pk: int | None = None) -> HttpResponse:
        """Tell it in words, keep it, or do with it what needs no form."""
        rule, step = self.rule(pk), request.POST.get("step", "")
        if rule.pk is not None and (done := self.at_once(rule, step)):
            return self._back(request, done)
        form = self.form_class(request.POST, instance=rule)
        is_valid = form.is_valid()
        if request.headers.get("HX-Target") == WORDS:
            return render(request, self.words_name, self._words(form))
        if step != "save" or not is_valid:
            return self._page(request, form, 200 if is_valid else UNPROCESSABLE)
        return self._back(request, self.save(form))

    def _back(self, request: HttpRequest, done: str) -> HttpResponse:
        messages.success(request, done)
        return redirect(self.list_name, self.space.slug)

    def _page(self, request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        return self.show(request, status, form=form, **self._words(form))

    def _words(self, form: Any) -> dict[str, Any]:
        """The rule in words, as it is kept or typed; empty while that is not understood."""
        if form.is_bound:
            return {
                "words": self.in_words(form.rule()) if form.is_valid() else "",
                "is_draft": True,
            }
        return {"words": self.in_words(form.instance) if form.instance.pk else ""}
