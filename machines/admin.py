"""The plain admin of machines, for superusers; calendars only through forms that check them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.timezone import now
from schedule.models import (
    Calendar,
    CalendarRelation,
    Event,
    EventRelation,
    Occurrence,
    Rule,
)

from machines.models import AvailabilityCalendar, Category, Document, Fault, Machine, Pool, Spec
from machines.recurrence import validate_event, validate_rule
from machines.services.calendars import mark_event
from machines.services.events import mark_days
from machines.services.measures import measure

# The library's own pages check nothing, and its relations are not used here.
for model in (Calendar, CalendarRelation, Event, EventRelation, Occurrence, Rule):
    admin.site.unregister(model)


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule that is surely understood."""

    class Meta:
        model = Rule
        fields = ["name", "frequency", "params"]

    def clean(self) -> dict[str, Any]:
        """Refuse what would be misread."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            validate_rule(Rule(frequency=cleaned["frequency"], params=cleaned["params"]))
        return cleaned


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    """An event with a length, under a rule that is understood."""

    class Meta:
        model = Event
        fields = ["calendar", "title", "start", "end", "rule", "end_recurring_period"]

    def clean(self) -> dict[str, Any]:
        """Refuse what would be misread."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            validate_event(Event(start=cleaned["start"], end=cleaned["end"], rule=cleaned["rule"]))
        return cleaned


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rules are shared by events: they are added, never changed or deleted."""

    form = RuleForm
    list_display = ("name", "frequency", "params")

    def has_change_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        """No: every event under the rule would change, also in the past."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        """No: its events would silently happen only once."""
        return False


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Events; daily work has its own pages, which also keep the figures in step."""

    form = EventForm
    list_display = ("title", "calendar", "start", "end", "rule", "end_recurring_period")
    list_filter = ("calendar",)
    raw_id_fields = ("rule",)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:  # noqa: FBT001
        """Have the days of the old and the new dates counted again."""
        before = Event.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        for each in filter(None, (before, obj)):
            mark_event(event=each, now=now())

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """No: what was is kept; the pages of the staff end an event instead."""
        return False


@admin.register(Occurrence)
class OccurrenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Cancelled and moved dates, to look at."""

    list_display = ("event", "original_start", "start", "end", "cancelled")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No: the original start must be one of the rule's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Occurrence | None = None) -> bool:
        """No: see adding."""
        return False


@admin.register(AvailabilityCalendar)
class AvailabilityCalendarAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which calendar means what, to look at: the pages of the staff say since when hours hold."""

    list_display = ("space", "machine", "kind", "holds_from", "holds_until")
    list_filter = ("space", "kind")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No: what is open would change, and no day would be counted again."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AvailabilityCalendar | None = None
    ) -> bool:
        """No: see adding."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AvailabilityCalendar | None = None
    ) -> bool:
        """No: see adding."""
        return False


class SpecInline(admin.TabularInline):  # type: ignore[type-arg]
    """The lines of a machine's sheet."""

    model = Spec
    extra = 0


class DocumentInline(admin.TabularInline):  # type: ignore[type-arg]
    """The manuals of a machine."""

    model = Document
    extra = 0
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.URLField: {"assume_scheme": "https"},
    }


@admin.register(Machine)
class MachineAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Machines."""

    list_display = ("name", "space", "category", "pool", "is_listed", "retired_at")
    list_filter = ("space", "category")
    search_fields = ("name", "make", "model", "inventory_number")
    inlines = (SpecInline, DocumentInline)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Machine | None = None
    ) -> tuple[str, ...]:
        """The space of a machine that is there: its past would be another staff's to read."""
        return ("space",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Machine, form: Any, change: bool) -> None:  # noqa: FBT001
        """Have the days counted again in which the machine now is, or is no more, in service."""
        before = Machine.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        was = before.retired_at if before else None
        if was != obj.retired_at:
            ends = [each for each in (was, obj.retired_at) if each]
            mark_days(obj, min(ends), None, now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Read what the sheet now says in numbers."""
        super().save_related(request, form, formsets, change)
        measure([form.instance])

    def has_delete_permission(self, request: HttpRequest, obj: Machine | None = None) -> bool:
        """No: its history stays; a machine is retired."""
        return False


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Categories."""

    list_display = ("name", "slug")


@admin.register(Pool)
class PoolAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Pools."""

    list_display = ("name", "space", "slug")
    list_filter = ("space",)


@admin.register(Fault)
class FaultAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Faults, to look at: the pages of the staff report and resolve them, and keep the figures."""

    list_display = ("machine", "summary", "severity", "stops_machine", "starts_at", "ends_at")
    list_filter = ("machine__space", "severity", "stops_machine")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No: see above."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Fault | None = None) -> bool:
        """No: see above."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Fault | None = None) -> bool:
        """No: it is down time that was."""
        return False
