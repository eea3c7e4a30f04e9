"""What members are told about their accounts and certifications, as groups of messages."""

from django.utils.translation import gettext_lazy as _

from members.notices import BADGE, CERTIFIED, REVOKED
from notifications.endpoints import SWITCHED_OFF, TEST
from notifications.kinds import Group

GROUPS = (
    Group(
        key="account",
        label=_("Your account"),
        help=_("Addresses, passwords, badges, channels, and invitations to act for a company."),
        kinds=("account", "company_invitation", BADGE, SWITCHED_OFF, TEST),
        is_essential=True,
    ),
    Group(
        key="certifications",
        label=_("Your certifications"),
        help=_("When you are certified, and when a certification of yours is revoked."),
        kinds=(CERTIFIED, REVOKED),
        is_essential=True,
    ),
)
