"""What people are told."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("notifications")

    def ready(self) -> None:
        """Make known the kinds of messages that this app posts itself."""
        from notifications import channel_samples, digest_sample, samples

        samples.register(digest_sample.SAMPLE, *channel_samples.SAMPLES)
