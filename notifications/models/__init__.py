from notifications.models.heartbeat import Heartbeat
from notifications.models.message import Message
from notifications.models.preference import Preference

__all__ = ["Heartbeat", "Message", "Preference"]
