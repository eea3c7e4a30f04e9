"""The plain admin of spaces, for superusers."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from spaces.models import Room, Space


class RoomInline(admin.TabularInline):  # type: ignore[type-arg]
    """The rooms of a space."""

    model = Room
    extra = 0


@admin.register(Space)
class SpaceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Spaces with their rooms."""

    list_display = ("name", "slug", "city", "timezone", "is_listed")
    inlines = (RoomInline,)
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.URLField: {"assume_scheme": "https"},
    }
    prepopulated_fields = {"slug": ("name",)}

    def get_readonly_fields(
        self, request: HttpRequest, obj: Space | None = None
    ) -> tuple[str, ...]:
        """The clock once there are machines: all their figures were counted by it."""
        return ("timezone",) if obj and obj.machines.exists() else ()
