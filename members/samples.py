"""A believable message of each kind about accounts and companies."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.adapter import KIND
from members.services.companies import INVITED
from notifications.samples import Sample, Scene

OF_ACCOUNTS = gettext_lazy("Accounts")


def _account(scene: Scene) -> dict[str, Any]:
    return {
        "subject": _("Please confirm your e-mail address"),
        "text": _("To finish, open this address: %(url)s")
        % {"url": scene.page("account/confirm-email/sample")},
    }


def _invitation(scene: Scene) -> dict[str, Any]:
    return {
        "company": "Lémano Robotique Sàrl",
        "kind": "booker",
        "by": "Nadia Bernasconi",
        "has_account": True,
        "url": scene.page("companies"),
    }


SAMPLES = (
    Sample(
        kind=KIND,
        title=gettext_lazy("About an account"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("To confirm an address, choose a new password, and so on."),
        sent_to=gettext_lazy("whoever has the address"),
        context=_account,
        is_of_space=False,
    ),
    Sample(
        kind=INVITED,
        title=gettext_lazy("Invitation to a company"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("When a company asks somebody to act for it."),
        sent_to=gettext_lazy("whoever is invited"),
        context=_invitation,
        is_of_space=False,
    ),
)
