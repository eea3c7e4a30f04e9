"""Who has which machine when, and what was really used."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("booking")

    def ready(self) -> None:
        """Make known which messages are about reservations."""
        from booking.message_groups import GROUPS  # noqa: PLC0415
        from notifications.kinds import register  # noqa: PLC0415

        register(*GROUPS)
