"""What the kinds of messages are called."""

from django.template import Library

from notifications.samples import title_of

register = Library()
register.filter("kind_title", title_of)
