"""Make a key for notifications in browsers; each installation has one of its own."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.pushing import new_private_key, public_key_of


class Command(BaseCommand):
    help = "Print a new pair of keys for web push, the private one as a line for the environment."

    def handle(self, **_: Any) -> None:
        private_key = new_private_key()
        self.stdout.write(f"VAPID_PRIVATE_KEY={private_key}")
        self.stdout.write(
            f"# Browsers are told {public_key_of(private_key)};\n"
            "# with another key everybody has to allow notifications again."
        )
