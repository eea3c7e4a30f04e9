"""Whether the jobs are late, as this process has seen it last: no page asks for it."""

from django.template import Library

from notifications.heartbeats import Signs
from notifications.lookout import LOOKOUT

register = Library()


@register.simple_tag
def late_jobs() -> Signs | None:
    """What was seen where people should know, else None."""
    return LOOKOUT.late
