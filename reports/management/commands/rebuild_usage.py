"""Compute the rollup again from the log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from reports.services.rollup import rebuild_all
from spaces.models import Space


class Command(BaseCommand):
    """`rebuild_usage [--space SLUG]`: every day of every machine, with progress."""

    help = (
        "Computes the hours of every machine again from the log; running it twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option: the space."""
        parser.add_argument("--space", metavar="SLUG", help="only the machines of this space")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rebuild, telling how far it is."""
        slug = options["space"]
        space = Space.objects.filter(slug=slug).first() if slug else None
        if slug and space is None:
            raise CommandError(f"There is no space “{slug}”.")
        done = rebuild_all(now=now(), space=space, told=self._tell)
        self.stdout.write(f"{done:,} machine-days computed from the log.")

    def _tell(self, done: int, of: int) -> None:
        ending = "\n" if done >= of else "\r"
        if self.stderr.isatty():
            self.stderr.write(f"{done:,} of {of:,} machine-days", ending=ending)
