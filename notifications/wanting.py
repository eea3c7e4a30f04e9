"""Whether a due message is wanted: by those who know what it is about, and by its reader."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.kinds import DIGEST, optional_group
from notifications.models import Message, Preference
from notifications.states import ChannelName, Ways
from notifications.waiting import first_zone


def is_wanted(message: Message) -> bool:
    """Whether it still serves, where those who know what it is about want to be asked."""
    path = settings.MESSAGES_ASKED_ABOUT.get(message.kind)
    if path is None:
        return True
    is_wanted: Callable[[Message], bool] = import_string(path)
    return is_wanted(message)


def ways_of(message: Message) -> Ways:
    """By which ways it goes, as those say who know why it was posted."""
    path = settings.MESSAGES_GO_BY.get(message.kind)
    if path is None:
        return Ways.EVERY
    ways_of: Callable[[Message], Ways] = import_string(path)
    return ways_of(message)


def is_muted(message: Message) -> bool:
    """Whether its reader has turned off what it belongs to."""
    preference = preference_of(message)
    group = optional_group(message.kind, message.context)
    return preference is not None and group is not None and group.key in preference.muted


def preference_of(message: Message) -> Preference | None:
    """What the reader prefers; None where nothing was said, or where there is nothing to choose.

    What goes to an address of its own is about that address, a digest was chosen already, and
    what goes beside a mail was weighed with it.
    """
    is_beside_mail = message.channel != ChannelName.EMAIL
    if message.recipient is None or message.address or message.kind == DIGEST or is_beside_mail:
        return None
    preference: Preference | None = getattr(message.recipient, "preference", None)
    return preference


def zone_of(message: Message) -> ZoneInfo:
    """The clock of the reader, else that of the space which the message is about."""
    return first_zone(getattr(message.recipient, "timezone", ""), message.context.get("zone", ""))
