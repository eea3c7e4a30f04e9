"""Who books."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("members")

    def ready(self) -> None:
        """Make known which messages are about accounts."""
        from members.message_groups import GROUPS  # noqa: PLC0415
        from notifications.kinds import register  # noqa: PLC0415

        register(*GROUPS)
