"""The choice of a space to publish, and what others may do with it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.forms.previewed import PreviewedForm
from reports.licences import Licence


class OpenDataForm(PreviewedForm):
    """Published or not, under which licence; what that means is shown before it is saved."""

    is_on = forms.BooleanField(
        label=_("Everybody may have the open data of this space"), required=False
    )
    licence = forms.ChoiceField(
        label=_("Licence"), choices=Licence.choices, widget=forms.RadioSelect
    )
