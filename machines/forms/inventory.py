"""What the list of machines can be narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from machines.queries.inventory import OWN, categories_in, owners_in
from spaces.models import Space


class InventoryFilter(forms.Form):
    """Filters of the inventory; one that makes no sense filters nothing."""

    text = forms.CharField(label=_("Search"), required=False, max_length=100)
    category = forms.ChoiceField(label=_("Category"), required=False)
    room = forms.ChoiceField(label=_("Room"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            ("down", _("out of service")),
            ("unlisted", _("not listed")),
            ("retired", _("retired")),
        ],
    )

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = [(row.slug, row.name) for row in categories_in(space)]
        rooms = [(room.name, room.name) for room in space.rooms.all()]
        owners = [("", _("all")), (OWN, space.name), *owners_in(space)]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("all")), *categories]  # type: ignore[attr-defined]
        self.fields["room"].choices = [("", _("all")), *rooms]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The filters that hold."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
