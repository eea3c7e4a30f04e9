"""Give a member a token for a program."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.models import Member
from members.services.tokens import create_token
from members.states import Scope


class Command(BaseCommand):
    """Print a new token, its secret on the last line."""

    help = "Create a token with which a program may act for a member; the last line is the token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose token, for what, and for how long."""
        parser.add_argument("email", help="who the program acts for")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            required=True,
            help="what it may do; repeat for more than one",
        )
        parser.add_argument("--name", default="", help="what it is for")
        parser.add_argument("--days", type=int, help="days until it expires; never if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the token."""
        now = timezone.now()
        member = Member.objects.filter(email__iexact=options["email"], is_active=True).first()
        if member is None:
            raise CommandError(f"No active member has the address {options['email']}.")
        days = options["days"]
        _token, secret = create_token(
            member=member,
            scopes=[Scope(scope) for scope in options["scope"]],
            name=options["name"],
            expires_at=now + timedelta(days=days) if days is not None else None,
            now=now,
        )
        self.stdout.write(f"Token of {member.email} for: {', '.join(options['scope'])}")
        self.stdout.write(secret)
