"""The plain admin of spaces, for superusers."""

from django.contrib import admin

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
    prepopulated_fields = {"slug": ("name",)}
