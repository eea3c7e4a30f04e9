"""What happened."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("reports")

    def ready(self) -> None:
        """Make known which messages are about reports, and what they tell."""
        from notifications import kinds, samples
        from reports.samples import GROUPS, SAMPLES

        kinds.register(*GROUPS)
        samples.register(*SAMPLES)
