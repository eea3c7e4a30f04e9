"""What people are told."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("notifications")

    def ready(self) -> None:
        """Make known the one kind of message that this app posts itself."""
        from notifications import samples
        from notifications.digest_sample import SAMPLE

        samples.register(SAMPLE)
