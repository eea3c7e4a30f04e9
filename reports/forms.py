"""The forms of saved reports and of the logo that stands on printed ones."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from members.models import Member
from reports.filters import Compare, Filters, Scope
from reports.lasting import lasting_key
from reports.models import SavedReport
from reports.queries.readers import choosable_by
from reports.states import Moving
from spaces.uploads import PictureField


class ReaderChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Readers by name and address."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, and the address that tells two of the same name apart."""
        member: Member = obj
        return f"{member.name} ({member.email})" if member.name else member.email


class SavedReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is mailed of one scope, and to whom: only colleagues of `by` who may read it."""

    moving = forms.TypedChoiceField(
        label=_("Period"),
        choices=Moving.choices,
        coerce=int,
        help_text=_("Whole months, up to the last one; a mail comes on the first of every month."),
    )
    compare = forms.ChoiceField(label=_("Compared with"), choices=Compare.choices)
    assumed = forms.ChoiceField(
        label=_("Assumed use"), choices=[("1", _("counted")), ("0", _("left out"))]
    )
    recipients = ReaderChoice(
        label=_("Sent to"),
        queryset=Member.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each in their language, with a PDF and a workbook."),
    )

    class Meta:
        model = SavedReport
        fields = ["name", "moving", "compare", "assumed", "recipients"]

    def __init__(self, *args: Any, scope: Scope, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scope = scope
        is_kept = self.instance.pk is not None
        chosen = [each.pk for each in self.instance.recipients.all()] if is_kept else []
        choices = choosable_by(by, scope, chosen=chosen)
        self.fields["recipients"].queryset = choices  # type: ignore[attr-defined]
        told = QueryDict(self.instance.options)
        self.fields["compare"].initial = told.get("compare", Compare.BEFORE)
        self.fields["assumed"].initial = told.get("assumed", "1")

    def report(self) -> SavedReport:
        """The report as the form has it, not yet written."""
        saved: SavedReport = self.save(commit=False)
        told = self.cleaned_data
        saved.scope = lasting_key(self.scope)
        saved.options = options_of(Compare(told["compare"]), with_assumed=told["assumed"] != "0")
        return saved


def options_of(compare: Compare, *, with_assumed: bool) -> str:
    """What a saved report keeps of the filters beside scope and period, as an address has it."""
    query = QueryDict(mutable=True)
    if compare != Compare.BEFORE:
        query["compare"] = compare.value
    if not with_assumed:
        query["assumed"] = "0"
    return query.urlencode()


def initial_of(filters: Filters) -> dict[str, str]:
    """What a new report begins with on the way from a page."""
    return {
        "compare": filters.compare.value,
        "assumed": "1" if filters.with_assumed else "0",
        "name": filters.scope.name,
    }


class LogoForm(forms.Form):
    """The picture that stands on the printed reports of a space."""

    logo = PictureField(
        label=_("Logo"),
        help_text=_("PNG or JPEG; on paper it is at most 46 mm wide and 18 mm high."),
    )
