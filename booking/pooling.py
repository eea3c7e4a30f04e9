"""What people fill in to reserve any unit of a pool, and staff to say which machines are one."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.facts import BookingRequest
from booking.forms import ReservationForm
from machines.models import Machine, Pool
from spaces.models import Space

FEWEST_UNITS = 2


class PoolForm(ReservationForm):
    """A reservation of whichever unit of `pool` is free; `machine` is one of them, for its rules.

    `seen` is the time that was free when the person last looked: who then finds the pool full
    was beaten to it.
    """

    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pool: Pool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pool = pool

    def address(self, page: str) -> str:
        """The address of `page` about the pool."""
        return reverse(f"booking:pool_{page}", args=[self.machine.space.slug, self.pool.slug])

    def wait_url(self, **asked: str) -> str:
        """Where one asks to be told when any unit is free."""
        return super().wait_url(target="pool", **asked)

    @property
    def was_free_when_looked(self) -> bool:
        """Whether just this time was shown as free; only on a valid form."""
        return bool(self.cleaned_data["seen"] == seen_at(self.booking_request()))


def seen_at(request: BookingRequest) -> str:
    """How a form remembers the time that was shown as free."""
    return f"{request.starts_at.isoformat()}/{request.ends_at.isoformat()}"


class PoolOfSpaceForm(forms.Form):
    """The name of a pool and the machines that are its units."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("What people read: the make and model, or what all of them do."),
    )
    units = forms.ModelMultipleChoiceField(
        Machine.objects.none(),
        label=_("Units"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Machines of one category that do the same for everybody."),
    )

    def __init__(self, *args: Any, space: Space, pool: Pool | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pool = pool
        free = Machine.objects.in_service().filter(space=space, pool=None)
        own = Machine.objects.in_service().filter(space=space, pool=pool) if pool else free
        offered = (free | own).select_related("category").order_by("category__name", "name", "pk")
        self.fields["units"] = _UnitsField(
            offered,
            label=self.fields["units"].label,
            help_text=self.fields["units"].help_text,
            widget=forms.CheckboxSelectMultiple,
        )

    def clean_units(self) -> Any:
        """Two at least, all of one category."""
        units = self.cleaned_data["units"]
        if len({unit.category_id for unit in units}) > 1:
            raise forms.ValidationError(gettext("Units of a pool are all of one category."))
        if len(units) < FEWEST_UNITS:
            raise forms.ValidationError(gettext("Choose two machines at least."))
        return units


class _UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Machines named with their category, because only those of one make a pool."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, and behind it the category."""
        return f"{obj.name} · {obj.category.name}"
