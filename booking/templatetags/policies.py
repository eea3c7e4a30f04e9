"""Where policies are changed."""

from django.template import Library
from django.urls import reverse

from booking.queries.policies import Subject

register = Library()


@register.simple_tag
def policy_url(subject: Subject) -> str:
    """The address of the policy of `subject`: `{% policy_url each.subject %}`."""
    if subject.machine is None:
        names = [subject.space.slug, subject.category.slug, subject.whom]
        return reverse("booking:category_policy", args=names)
    names = [subject.space.slug, subject.machine.slug, subject.whom]
    return reverse("booking:machine_policy", args=names)
