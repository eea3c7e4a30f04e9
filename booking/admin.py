"""The plain admin of bookings, for superusers: policies are edited, the log is only read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from booking.models import Policy, RefusedTry, Reservation, UsageSession
from booking.permissions import visible_to
from members.models import Member


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


def _visible(request: HttpRequest, rows: "QuerySet[Any]", key: str) -> "QuerySet[Any]":
    """The rows whose reservation, named by `key`, the person may see."""
    person = request.user
    if not isinstance(person, Member):
        return rows.none()
    if person.is_superuser:
        return rows
    return rows.filter(**{f"{key}__in": visible_to(person).values("pk")})


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Terms of categories and machines."""

    list_display = ["space", "category", "machine"]
    list_filter = ["space"]
    list_select_related = ["space", "category", "machine"]


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    """Reservations and blocks, as far as the pages show them to the same person."""

    list_display = ["machine", "member", "starts_at", "ends_at", "state"]
    list_filter = ["state", "kind", "machine__space"]
    list_select_related = ["machine", "member"]
    date_hierarchy = "starts_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        """What is confidential is for its company and the staff of its space, here too."""
        return _visible(request, super().get_queryset(request), "pk")


@admin.register(UsageSession)
class UsageSessionAdmin(ReadOnlyAdmin):
    """The log of use."""

    list_display = ["machine", "member", "started_at", "ended_at", "source"]
    list_filter = ["source", "machine__space"]
    list_select_related = ["machine", "member"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UsageSession]:
        """Who used a machine on a reservation is told as the reservation is."""
        return _visible(request, super().get_queryset(request), "reservation")


@admin.register(RefusedTry)
class RefusedTryAdmin(ReadOnlyAdmin):
    """Demand that could not be met."""

    list_display = ["machine", "member", "starts_at", "codes", "created_at"]
    list_filter = ["machine__space"]
    list_select_related = ["machine", "member"]
