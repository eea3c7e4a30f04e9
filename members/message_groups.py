"""What members are told about their accounts and companies, as a group of messages."""

from django.utils.translation import gettext_lazy as _

from notifications.endpoints import SWITCHED_OFF, TEST
from notifications.kinds import Group

GROUPS = (
    Group(
        key="account",
        label=_("Your account"),
        help=_("Addresses, passwords, channels, and invitations to act for a company."),
        kinds=("account", "company_invitation", SWITCHED_OFF, TEST),
        is_essential=True,
    ),
)
