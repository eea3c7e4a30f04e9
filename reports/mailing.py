"""Whether a saved report still serves when it is due: asked by the outbox before it is sent."""

from notifications.models import Message
from reports.filters import Scope, UnknownScope
from reports.models import SavedReport
from reports.permissions import may_see
from reports.queries.shown import may_see_parts


def is_wanted(message: Message) -> bool:
    """Whether the report still goes to its reader, who may still read it."""
    saved = SavedReport.objects.filter(pk=message.context["report_id"]).first()
    reader = message.recipient
    if saved is None or reader is None:
        return False
    if not saved.recipients.filter(pk=reader.pk).exists():
        return False
    try:
        scope = Scope.named(message.context["scope_key"])
    except UnknownScope:
        return False
    return may_see(reader, scope) and may_see_parts(reader, message.context.get("parts", ()))
