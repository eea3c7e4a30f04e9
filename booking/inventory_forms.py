"""What staff fill in to change many machines at once, and to let them go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.bulk import Bulk
from machines.forms.previewed import PreviewedForm
from machines.forms.times import DateInput
from machines.models import Machine
from machines.queries.machine_choices import category_choices, skill_choices
from machines.queries.owners import choices_of_owners
from members.models import Member
from spaces.models import Space

NONE = "-"
"""What stands for nothing, where an empty field leaves what there is."""

LEAVE = ("", _("leave as it is"))
TEXTS = ("room", "pool", "funder", "loaded")


class BulkForm(PreviewedForm):
    """What all ticked machines are to say; whatever is left empty stays as it is."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    room = forms.CharField(
        label=_("Room"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "rooms"}),
    )
    pool = forms.CharField(
        label=_("Pool"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "pools"}),
    )
    is_listed = forms.ChoiceField(
        label=_("Shown in the catalogue"),
        required=False,
        choices=[LEAVE, ("yes", _("yes")), ("no", _("no"))],
    )
    loaded = forms.CharField(label=_("Loaded now"), max_length=120, required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    funder = forms.CharField(label=_("Funder"), max_length=120, required=False)
    purchase_date = forms.DateField(label=_("Purchase date"), required=False, widget=DateInput)
    useful_life = forms.IntegerField(
        label=_("Useful life in years"), required=False, min_value=1, max_value=100
    )
    adds = forms.MultipleChoiceField(
        label=_("Skills needed as well"), required=False, widget=forms.CheckboxSelectMultiple
    )
    drops = forms.MultipleChoiceField(
        label=_("Skills not needed any more"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, space: Space, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rooms = [room.name for room in space.rooms.all()]
        self.pools = [pool.name for pool in space.pools.all()]
        skills = skill_choices()
        offered = {
            "category": [LEAVE, *category_choices()],
            "owner": [LEAVE, (NONE, space.name), *choices_of_owners(space)],
            "adds": skills,
            "drops": skills,
        }
        for name, choices in offered.items():
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Something must be changed, and no skill both ways."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if set(told.get("adds", ())) & set(told.get("drops", ())):
            self.add_error("drops", _("A skill cannot be asked for and not be asked for."))
        if not self.errors and not self.bulk().says_something:
            self.add_error(None, _("Say what is to be changed."))
        return told

    def bulk(self) -> Bulk:
        """What was filled in; only on a valid form."""
        told = self.cleaned_data
        texts = {name: _meant(told[name]) for name in (*TEXTS, "owner")}
        listed = {"yes": True, "no": False}.get(told["is_listed"])
        return Bulk(
            category=told["category"] or None,
            is_listed=listed,
            purchase_date=told["purchase_date"],
            useful_life=told["useful_life"],
            adds=frozenset(told.get("adds", ())),
            drops=frozenset(told.get("drops", ())),
            **texts,
        )


def _meant(text: str) -> str | None:
    """None for what is left as it is, "" for nothing."""
    return "" if text == NONE else (text or None)


class RetireForm(forms.Form):
    """Why a machine leaves."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=120,
        help_text=_("Whoever has reserved it reads this."),
        widget=forms.TextInput(attrs={"placeholder": _("Sold, broken for good, …")}),
    )


class MoveForm(RetireForm):
    """Where a machine goes, and why."""

    to = forms.ChoiceField(label=_("To"))
    room = forms.CharField(label=_("Room there"), max_length=80, required=False)
    field_order = ("to", "room", "reason")

    def __init__(self, *args: Any, machine: Machine, by: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        spaces = Space.objects.exclude(pk=machine.space_id).order_by("name")
        if not by.is_superuser:
            spaces = spaces.filter(roles__member=by).distinct()
        self.spaces = {space.slug: space for space in spaces}
        choices = [(slug, space.name) for slug, space in self.spaces.items()]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    @property
    def space(self) -> Space:
        """Where it goes; only on a valid form."""
        return self.spaces[self.cleaned_data["to"]]


class CopyForm(forms.Form):
    """More machines of the same kind."""

    name = forms.CharField(
        label=_("Name"), max_length=130, help_text=_("Several of them are numbered.")
    )
    count = forms.IntegerField(label=_("How many more"), min_value=1, max_value=30, initial=1)
