"""What members are told about their accounts and companies, as a group of messages."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Group

GROUPS = (
    Group(
        key="account",
        label=_("Your account"),
        help=_("Addresses, passwords, and invitations to act for a company."),
        kinds=("account", "company_invitation"),
        is_essential=True,
    ),
)
