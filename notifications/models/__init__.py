from notifications.models.endpoint import Endpoint
from notifications.models.heartbeat import Heartbeat
from notifications.models.message import Message
from notifications.models.preference import Preference
from notifications.models.text import MessageText

__all__ = ["Endpoint", "Heartbeat", "Message", "MessageText", "Preference"]
