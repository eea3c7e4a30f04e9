"""The demo is an app, so that its command is found."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A year of believable life in five spaces, to look at and to try things on."""

    name = "demo"
