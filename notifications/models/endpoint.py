"""Where else a member wants to be told: a browser, a Matrix room, a program of their own."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from notifications.states import BESIDE_MAIL, ChannelName, MessageState, Trouble


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Filters of endpoints."""

    def active(self) -> "EndpointQuerySet":
        """Endpoints that are told what happens."""
        return self.filter(is_active=True)

    def with_what_waits(self) -> "EndpointQuerySet":
        """With `waiting`, the messages still to be sent there, and `next_try_at`."""
        pending = Q(messages__state=MessageState.PENDING)
        return self.annotate(
            waiting=Count("messages", filter=pending),
            next_try_at=Min("messages__send_after", filter=pending),
        )


class Endpoint(models.Model):
    """One address on one channel, beside the mailbox that everybody has.

    `address` says where it is and may be shown; `keys` are secrets and never are.
    `groups` are the groups of kinds of messages that go there; empty: all of them.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="endpoints"
    )
    channel = models.CharField(
        _("channel"),
        max_length=10,
        choices=[each for each in ChannelName.choices if each[0] in BESIDE_MAIL],
    )
    name = models.CharField(_("name"), max_length=80)
    address = models.JSONField(_("address"))
    keys = models.JSONField(default=dict)
    groups = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    trouble = models.CharField(max_length=20, choices=Trouble.choices, blank=True)
    last_error = models.TextField(blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.CheckConstraint(
                condition=~Q(channel=ChannelName.EMAIL), name="endpoint_is_beside_mail"
            ),
            models.UniqueConstraint(
                fields=["member", "channel", "address"], name="endpoint_member_address_once"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at__isnull=True)
                | Q(is_active=False, disabled_at__isnull=False),
                name="endpoint_disabled_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name
