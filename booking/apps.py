"""Who has which machine when, and what was really used."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("booking")

    def ready(self) -> None:
        """Make known which messages are about reservations, what they tell and let one do."""
        from booking.message_clicks import CLICKS
        from booking.message_groups import GROUPS
        from booking.notices import fault_samples
        from booking.notices.samples import SAMPLES
        from notifications import clicks, kinds, pages, samples

        kinds.register(*GROUPS)
        samples.register(*SAMPLES, *fault_samples.SAMPLES)
        clicks.register(CLICKS)
        pages.register(pages.Page.CHOICES, "booking:message_choices")
        pages.register(pages.Page.CLICK, "booking:click")
