"""Where things are: spaces with their clock, languages and rooms."""

from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone of the IANA database."""
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class SpaceQuerySet(models.QuerySet["Space"]):
    """Filters of spaces."""

    def listed(self) -> "SpaceQuerySet":
        """Spaces that the public directory shows."""
        return self.filter(is_listed=True)


class Space(models.Model):
    """A site with one time zone, hours, staff and rules."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    languages = ArrayField(models.CharField(max_length=8), verbose_name=_("languages"))
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1, two letters"))
    canton = models.CharField(
        _("canton"),
        max_length=3,
        blank=True,
        help_text=_("ISO 3166-2 without the country"),
    )
    city = models.CharField(_("city"), max_length=80)
    street = models.CharField(_("street"), max_length=120, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CHF")
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    is_listed = models.BooleanField(_("listed"), default=True)
    logo = models.FileField(
        _("logo"), upload_to="logos", blank=True, help_text=_("Stands on printed reports.")
    )

    objects = SpaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("space")
        verbose_name_plural = _("spaces")

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        """The clock on the wall of this space."""
        return ZoneInfo(self.timezone)

    @property
    def has_clock(self) -> bool:
        """Whether its clock can be read; a later list of time zones may not know it any more."""
        try:
            return bool(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return False


class Room(models.Model):
    """A part of a space where machines stand."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.UniqueConstraint(fields=["space", "name"], name="room_name_once_per_space")
        ]

    def __str__(self) -> str:
        return self.name
