"""Calendars from elsewhere, and what was taken from them."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from schedule.models import Event

from machines.models.machine import Machine
from machines.states import Flaw, Following, Meaning, Trouble, in_words
from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What staff say of a calendar: its name here, and what its events are taken for."""

    name: str
    meaning: Meaning
    takes_free: bool


class FollowedQuerySet(models.QuerySet["FollowedCalendar"]):
    """Filters of calendars from elsewhere."""

    def saved(self) -> "FollowedQuerySet":
        """Those that staff decided to follow, also while they are paused."""
        return self.exclude(state=Following.DRAFT)


class FollowedCalendar(models.Model):
    """A calendar whose events close a space or one of its machines.

    It is read from an address again and again, or from a file that was given once; `content` is
    what was read last, because the dates of a rule go on when the calendar does not change.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="followed_calendars")
    machine = models.ForeignKey(
        Machine,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="followed_calendars",
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    filename = models.CharField(_("file"), max_length=200, blank=True)
    meaning = models.CharField(
        _("its events are"), max_length=8, choices=Meaning.choices, default=Meaning.CLOSURE
    )
    takes_free = models.BooleanField(_("also events that are marked as free"), default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=Following.choices, default=Following.DRAFT
    )
    content = models.BinaryField()
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=300, blank=True)
    read_on = models.DateField(
        null=True, help_text="The local date from which its dates were counted last."
    )
    next_try_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    succeeded_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=16, choices=Trouble.choices, blank=True)
    trouble_detail = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = FollowedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("followed calendar")
        verbose_name_plural = _("followed calendars")
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") & Q(filename="") | Q(url="") & ~Q(filename=""),
                name="followedcalendar_has_one_source",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state=Following.ACTIVE),
                name="followedcalendar_due",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> Space | Machine:
        """The machine that it closes, or else its whole space."""
        return self.machine or self.space

    @property
    def host(self) -> str:
        """What is shown of its address: the rest may be a key to it."""
        return urlsplit(self.url).hostname or ""

    @property
    def trouble_in_words(self) -> str:
        """Why it could not be read the last time."""
        return in_words(self.trouble, self.trouble_detail) if self.trouble else ""

    @property
    def settings(self) -> Settings:
        """What staff have said of it."""
        return Settings(name=self.name, meaning=Meaning(self.meaning), takes_free=self.takes_free)


class FollowedDate(models.Model):
    """Which closure was taken from which date of a calendar, so that it moves with it."""

    followed = models.ForeignKey(FollowedCalendar, on_delete=models.CASCADE, related_name="dates")
    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="followed_date")
    key = models.CharField(max_length=64)
    summary = models.CharField(
        max_length=120, blank=True, help_text="What the calendar calls it; only staff see it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["followed", "key"], name="followeddate_taken_once")
        ]

    def __str__(self) -> str:
        return self.summary


class FollowedRemark(models.Model):
    """An event that could not be read, or not quite as it was written, and why."""

    followed = models.ForeignKey(FollowedCalendar, on_delete=models.CASCADE, related_name="remarks")
    title = models.CharField(max_length=120, blank=True)
    flaw = models.CharField(max_length=16, choices=Flaw.choices)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_flaw_display()}"
