"""The form of a quota: how much, in which window, on what, and for whom."""

from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booking.lengths import LengthField
from booking.models import Quota
from booking.states import HoursCounted, QuotaAccount, QuotaScope, QuotaWindow
from machines.forms.times import ENDS, MIDNIGHT, STARTS, TimeField, time_of
from machines.models import Category, Machine, Pool
from members.models import Company

WHOSE = (("member", _("each member")), ("company", _("each company")))
WHAT = (
    ("space", _("all machines together")),
    ("machine", _("each machine")),
    ("pool", _("each pool")),
    ("category", _("each category")),
)
WINDOWS = (
    (QuotaWindow.DAY, _("a day")),
    (QuotaWindow.WEEK, _("a week")),
    (QuotaWindow.MONTH, _("a month")),
    (QuotaWindow.ROLLING, _("in any days in a row")),
    (QuotaWindow.AT_ONCE, _("at once")),
)


class QuotaForm(forms.ModelForm):  # type: ignore[type-arg]
    """A quota; exactly one of time and number."""

    whose = forms.ChoiceField(label=_("For"))
    what = forms.ChoiceField(label=_("On"))
    window = forms.ChoiceField(label=_("In"), choices=WINDOWS)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        required=False,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: every day."),
    )
    start_time = TimeField(label=_("From"), texts=STARTS, required=False)
    end_time = TimeField(label=_("Until"), texts=ENDS, required=False)

    class Meta:
        model = Quota
        fields = ("duration", "count", "window", "days", "hours_counted", "last_minute")
        field_classes = dict.fromkeys(("duration", "last_minute"), LengthField)
        labels = {
            "duration": _("Time"),
            "count": _("Number of reservations"),
            "days": _("Days in a row"),
            "hours_counted": _("What counts"),
            "last_minute": _("Last minute"),
        }
        help_texts = {
            "duration": _("Such as 4 h; or else a number of reservations."),
            "days": _("Only for a window of days in a row."),
            "last_minute": _("What is reserved this shortly before its start counts nothing."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        space = self.instance.space
        self._companies = {f"company:{each.pk}": each for each in Company.objects.order_by("name")}
        self._targets: dict[str, Machine | Pool | Category] = {}
        groups: list[Any] = list(WHAT)
        for scope, title, rows in (
            ("machine", _("A machine"), Machine.objects.in_service().filter(space=space)),
            ("pool", _("A pool"), Pool.objects.filter(space=space)),
            (
                "category",
                _("A category"),
                Category.objects.filter(machines__space=space).distinct(),
            ),
        ):
            found = {f"{scope}:{each.pk}": each for each in rows.order_by("name")}
            self._targets |= found
            if found:
                groups.append((title, [(key, str(each)) for key, each in found.items()]))
        whose = [*WHOSE, *((key, each.name) for key, each in self._companies.items())]
        self.fields["whose"].choices = whose  # type: ignore[attr-defined]
        self.fields["what"].choices = groups  # type: ignore[attr-defined]
        self.initial.update(self._as_it_is())

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names])
            for title, names in (
                (_("How much"), ("duration", "count", "window", "days")),
                (_("Of what, for whom"), ("what", "whose")),
                (
                    _("Which hours"),
                    ("hours_counted", "weekdays", "start_time", "end_time", "last_minute"),
                ),
            )
        ]

    def clean(self) -> dict[str, Any]:
        """One amount, the days of a rolling window, the hours that count."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return told
        if (told["duration"] is None) == (told["count"] is None):
            self.add_error("duration", gettext("Give a time or a number, not both."))
        if told["window"] != QuotaWindow.ROLLING:
            told["days"] = None
        elif not told["days"]:
            self.add_error("days", gettext("Say how many days."))
        if told["hours_counted"] != HoursCounted.ALL:
            for name in ("start_time", "end_time"):
                if not told[name]:
                    self.add_error(name, gettext("Say which hours."))
        return told

    def rule(self) -> Quota:
        """The quota as it was filled in; only on a valid form."""
        quota: Quota = self.save(commit=False)
        told = self.cleaned_data
        account, _colon, _pk = told["whose"].partition(":")
        scope, _colon, _pk = told["what"].partition(":")
        quota.account, quota.scope = QuotaAccount(account), QuotaScope(scope)
        quota.company = self._companies.get(told["whose"])
        target = self._targets.get(told["what"])
        quota.machine = target if isinstance(target, Machine) else None
        quota.pool = target if isinstance(target, Pool) else None
        quota.category = target if isinstance(target, Category) else None
        counts_all = told["hours_counted"] == HoursCounted.ALL
        quota.weekdays = [] if counts_all else told["weekdays"]
        quota.start_time = None if counts_all else time_of(told["start_time"])
        quota.end_time = None if counts_all else time_of(told["end_time"])
        return quota

    def _as_it_is(self) -> dict[str, Any]:
        quota: Quota = self.instance
        if quota.pk is None:
            return {"whose": "member", "what": "space", "window": QuotaWindow.WEEK}
        target = quota.machine_id or quota.pool_id or quota.category_id
        return {
            "whose": f"company:{quota.company_id}" if quota.company_id else quota.account,
            "what": f"{quota.scope}:{target}" if target else quota.scope,
            "weekdays": quota.weekdays,
            "start_time": f"{quota.start_time:%H:%M}" if quota.start_time else "",
            "end_time": _end_text(quota.end_time),
        }


def _end_text(end: time | None) -> str:
    if end is None:
        return ""
    return MIDNIGHT if end == time.min else f"{end:%H:%M}"
