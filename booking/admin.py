"""The plain admin of bookings, for superusers: policies are edited, the log is only read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from booking.models import Policy, RefusedTry, ReminderRule, Reservation, UsageSession


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only services write: a change here would go round the rules."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a row by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are never deleted."""
        return False


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Terms of categories and machines."""

    list_display = ["space", "category", "machine"]
    list_filter = ["space"]
    list_select_related = ["space", "category", "machine"]


@admin.register(ReminderRule)
class ReminderRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """When reminders go out."""

    list_display = ["space", "category", "offset"]
    list_filter = ["space"]


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    """All reservations and blocks."""

    list_display = ["machine", "member", "starts_at", "ends_at", "state"]
    list_filter = ["state", "kind", "machine__space"]
    list_select_related = ["machine", "member"]
    date_hierarchy = "starts_at"


@admin.register(UsageSession)
class UsageSessionAdmin(ReadOnlyAdmin):
    """The log of use."""

    list_display = ["machine", "member", "started_at", "ended_at", "source"]
    list_filter = ["source", "machine__space"]
    list_select_related = ["machine", "member"]


@admin.register(RefusedTry)
class RefusedTryAdmin(ReadOnlyAdmin):
    """Demand that could not be met."""

    list_display = ["machine", "member", "starts_at", "codes", "created_at"]
    list_filter = ["machine__space"]
    list_select_related = ["machine", "member"]
