"""A believable message of each kind about the channels of a member."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.endpoints import SWITCHED_OFF, TEST
from notifications.samples import Sample, Scene
from notifications.states import Trouble

OF_ACCOUNTS = gettext_lazy("Accounts")
TO_ITS_OWNER = gettext_lazy("whoever added it")


def _tried(scene: Scene) -> dict[str, Any]:
    return {"endpoint": _("Display at the door"), "url": scene.page("profile/channels")}


def _given_up(scene: Scene) -> dict[str, Any]:
    return _tried(scene) | {"reason": str(Trouble.GONE.label), "detail": "HTTP 410 Gone"}


SAMPLES = (
    Sample(
        kind=TEST,
        title=gettext_lazy("Test of a channel"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("When somebody tries out a browser, a room or a webhook."),
        sent_to=TO_ITS_OWNER,
        context=_tried,
        is_of_space=False,
    ),
    Sample(
        kind=SWITCHED_OFF,
        title=gettext_lazy("Channel switched off"),
        group=OF_ACCOUNTS,
        sent_when=gettext_lazy("When a channel has failed for good, or too often in a row."),
        sent_to=TO_ITS_OWNER,
        context=_given_up,
        is_of_space=False,
    ),
)
