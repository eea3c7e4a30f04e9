"""Make a key that signs certificates; each installation has one of its own."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from members.credentials.keys import new_private_key, public_key_of


class Command(BaseCommand):
    help = "Print a new key that signs certificates, as lines for the environment."

    def handle(self, **_: Any) -> None:
        self.stdout.write(f"CREDENTIAL_PRIVATE_KEY={new_private_key()}")
        if settings.CREDENTIAL_PRIVATE_KEY:
            today = public_key_of(settings.CREDENTIAL_PRIVATE_KEY)
            retired = ",".join((today, *settings.CREDENTIAL_KEYS_RETIRED))
            self.stdout.write(f"CREDENTIAL_KEYS_RETIRED={retired}")
            self.stdout.write("# What the key of today has signed is checked with the second line.")
