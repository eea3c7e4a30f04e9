from notifications.models.heartbeat import Heartbeat
from notifications.models.message import Message

__all__ = ["Heartbeat", "Message"]
