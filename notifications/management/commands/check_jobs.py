"""Look once whether the jobs are late, for a timer of the system."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from notifications.heartbeats import signs_of_life
from notifications.services.alarm import raise_alarm


class Command(BaseCommand):
    """`python manage.py check_jobs`: exits with 1 where worker or beat are silent or mail waits."""

    help = "Tell the administrators where worker or beat are silent; exits with 1 then."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, tell, and say so."""
        signs = signs_of_life(now())
        if signs.celery_is_silent:
            raise_alarm(signs)
        if signs.jobs_are_late:
            message = "The jobs are late."
            raise CommandError(message)
        self.stdout.write("The jobs are on time.")
