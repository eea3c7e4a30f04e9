"""The forms of a proof of use: of when, for which project, where; and why it counts no longer."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models import Company
from reports.filters import FIRST_DATE, LAST_DATE, MOST_DAYS, Period
from reports.models import Statement
from reports.models.statement import LONGEST_REASON
from reports.queries.proofs import Asked, has_project, projects_of
from spaces.models import Space

DAY_INPUT = {"type": "date"}


class ProofForm(forms.Form):
    """Both dates are included; where one is left out, that of the year so far is put in."""

    first = forms.DateField(label=_("from"), widget=forms.DateInput(DAY_INPUT, "%Y-%m-%d"))
    last = forms.DateField(label=_("until"), widget=forms.DateInput(DAY_INPUT, "%Y-%m-%d"))
    project = forms.ChoiceField(label=_("Project"), required=False)

    def __init__(
        self, data: Any, *, company: Company, today: date, space: Space | None = None
    ) -> None:
        usual = {"first": today.replace(month=1, day=1), "last": today}
        dates = {name: data.get(name) or day.isoformat() for name, day in usual.items()}
        super().__init__({**dates, "project": data.get("project", "")})
        self._company, self._today, self._space = company, today, space
        projects = projects_of(company, space=space)
        chosen = data.get("project", "")
        # The list has the most frequent ones only.
        if chosen not in projects and has_project(company, chosen, space=space):
            projects.append(chosen)
        choices = [("", _("All of it")), *((each, each) for each in projects)]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A period with an end after its start, of five years at most."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = told.get("first"), told.get("last")
        if first is None or last is None:
            return told
        if not FIRST_DATE <= first <= LAST_DATE or not FIRST_DATE <= last <= LAST_DATE:
            self.add_error("first", gettext("Choose dates of this century."))
        elif last < first:
            self.add_error("last", gettext("The last day comes before the first."))
        elif (last - first).days >= MOST_DAYS:
            self.add_error("last", gettext("At most five years."))
        return told

    def asked(self) -> Asked:
        """What is to be proved; only on a valid form."""
        told = self.cleaned_data
        return Asked(
            self._company, Period(told["first"], told["last"]), self._space, told["project"]
        )


class WithdrawForm(forms.Form):
    """Why a proof is true no longer; each proof of a list has a form of its own."""

    because = forms.CharField(
        label=_("Why? Whoever checks the proof is told."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Say why: whoever checks the proof is told.")},
    )

    def __init__(self, data: Any = None, *, statement: Statement) -> None:
        super().__init__(data, auto_id=f"%s-{statement.pk}")
        self.statement = statement
