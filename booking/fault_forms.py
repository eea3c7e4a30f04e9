"""The small things that staff do about a fault: each a form of its own on its page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.models import Fault
from machines.services.faults import Repair
from machines.states import FaultFilter, Severity
from members.models import Member
from spaces.models import Space
from spaces.uploads import PictureField

MOST_MINUTES = 100_000


class _WithPhoto(forms.Form):
    """A form that a photo may come with."""

    photo = PictureField(label=_("Photo"), required=False)

    @property
    def photos(self) -> list[Any]:
        """What was photographed; only on a valid form."""
        photo = self.cleaned_data["photo"]
        return [photo] if photo else []


class AssignForm(forms.Form):
    """Who looks after it."""

    to = forms.ModelChoiceField(
        label=_("Taken on by"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )

    def __init__(self, *args: Any, space: Space, fault: Fault, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["to"] = fault.assigned_to_id
        staff = Member.objects.filter(is_active=True, roles__space=space)
        field: Any = self.fields["to"]
        field.queryset = staff.distinct().order_by("name", "pk")


class CommentForm(_WithPhoto):
    """A word about it, with a photo or without one."""

    text = forms.CharField(
        label=_("Comment"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_shared = forms.BooleanField(
        label=_("Tell whoever reported it"), required=False, initial=True
    )

    field_order = ["text", "photo", "is_shared"]


class DuplicateForm(forms.Form):
    """Which other fault it is."""

    original = forms.ModelChoiceField(
        label=_("The same as"), queryset=Fault.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, originals: list[Fault], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["original"]
        field.queryset = Fault.objects.filter(pk__in=[each.pk for each in originals])
        field.label_from_instance = lambda fault: fault.summary


class RepairForm(_WithPhoto):
    """What was done about it, and what that took."""

    text = forms.CharField(
        label=_("What was done"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes = forms.IntegerField(
        label=_("Minutes of work"), min_value=0, max_value=MOST_MINUTES, required=False
    )
    cost = forms.DecimalField(
        label=_("Cost of parts and service"),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        required=False,
    )

    field_order = ["text", "minutes", "cost", "photo"]

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["cost"].help_text = currency

    def repair(self) -> Repair:
        """What was said; only on a valid form."""
        told = self.cleaned_data
        return Repair(text=told["text"], minutes=told["minutes"], cost=told["cost"])


class ReopenForm(forms.Form):
    """Why it is not resolved after all."""

    text = forms.CharField(
        label=_("What is still wrong?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FaultFilterForm(forms.Form):
    """Which faults of a space are listed; what makes no sense shows what is open."""

    q = forms.CharField(label=_("Words"), max_length=80, required=False)
    state = forms.ChoiceField(label=_("Show"), choices=FaultFilter.choices, required=False)
    severity = forms.ChoiceField(
        label=_("Severity"), choices=[("", _("any")), *Severity.choices], required=False
    )

    def filters(self) -> dict[str, Any]:
        """The filters as the query takes them."""
        told = self.cleaned_data if self.is_valid() else {}
        return {
            "state": FaultFilter(told.get("state") or FaultFilter.OPEN),
            "text": told.get("q", ""),
            "severity": told.get("severity", ""),
        }
