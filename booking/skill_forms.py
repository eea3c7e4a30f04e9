"""What staff and teachers fill in about skills: terms, who is certified, who may certify."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models import Member, Skill, SkillTerms
from spaces.models import Space

LONGEST_SLUG = 50


class SkillForm(forms.Form):
    """A skill that nobody has named yet."""

    name = forms.CharField(label=_("Name"), max_length=120)

    def clean_name(self) -> str:
        """A name that makes an address of its own."""
        name: str = self.cleaned_data["name"]
        self.slug = slugify(name)[:LONGEST_SLUG].strip("-")
        if not self.slug:
            raise forms.ValidationError(gettext("Give a name with letters in it."))
        if Skill.objects.filter(slug=self.slug).exists():
            raise forms.ValidationError(gettext("There is a skill of that name already."))
        return name


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What it takes, and how long it lasts."""

    class Meta:
        model = SkillTerms
        fields = ("criteria", "validity_months", "disuse_months")
        widgets = {"criteria": forms.Textarea(attrs={"rows": 4})}
        labels = {
            "criteria": _("What it takes"),
            "validity_months": _("Valid for so many months"),
            "disuse_months": _("Ends after so many months without use"),
        }
        help_texts = {
            "criteria": _("What somebody knows and can do who has it. The certificate says so."),
            "validity_months": _("Empty: without an end. A refresher renews it."),
            "disuse_months": _("Empty: never. Each use of a machine that needs it counts."),
        }


class PersonForm(forms.Form):
    """Somebody by the address with which they sign in."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, people: QuerySet[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = people

    def clean_email(self) -> str:
        """The address of one of the people; keeps the person as `member`."""
        email: str = self.cleaned_data["email"]
        found = self.people.filter(email__iexact=email, is_active=True).first()
        if found is None:
            raise forms.ValidationError(gettext("No member has this address."))
        self.member = found
        return email


class RevokeForm(forms.Form):
    """Why a certification counts no more."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It is told to the person.")
    )


class RecognitionForm(forms.Form):
    """Whose certifications count here besides our own."""

    everybody = forms.BooleanField(
        label=_("Those of every space"),
        required=False,
        help_text=_("Also of spaces that are still to come."),
    )
    others = forms.ModelMultipleChoiceField(
        Space.objects.none(),
        label=_("Those of these spaces"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, space: Space, **options: Any) -> None:
        super().__init__(*args, **options)
        others = Space.objects.exclude(pk=space.pk).order_by("name")
        self.fields["others"].queryset = others  # type: ignore[attr-defined]
