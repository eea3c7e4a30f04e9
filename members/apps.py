"""Who books."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("members")

    def ready(self) -> None:
        """Make known which messages are about accounts, and what they tell."""
        from members.message_groups import GROUPS
        from members.samples import SAMPLES
        from notifications import kinds, pages, samples

        kinds.register(*GROUPS)
        samples.register(*SAMPLES)
        pages.register(pages.Page.SWITCH, "members:unsubscribe")
