"""Who has which machine when, and what was really used."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("booking")

    def ready(self) -> None:
        """Follow the plans of machines as soon as their staff change them."""
        from booking.services.blocking import follow_plan  # noqa: PLC0415 - needs the models
        from machines.signals import maintenance_changed  # noqa: PLC0415

        maintenance_changed.connect(follow_plan, dispatch_uid="booking.follow_plan")
