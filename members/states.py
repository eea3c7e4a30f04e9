"""What a person can be, and what a token may do."""

from datetime import timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Audience(TextChoices):
    """Whom a price or a rule is made for."""

    MAKER = "maker", _("makers")
    COMPANY = "company", _("companies")
    STAFF = "staff", _("staff")


class RoleKind(TextChoices):
    """What a person does for a space."""

    STAFF = "staff", _("staff")
    ADMIN = "admin", _("administrator")


class DelegateKind(TextChoices):
    """What a person may do for a company."""

    ADMIN = "admin", _("administrator")
    BOOKER = "booker", _("may book")
    INVOICE = "invoice", _("invoice contact")


BOOKING = (DelegateKind.ADMIN, DelegateKind.BOOKER)
"""The kinds of delegates who may reserve in the name of their company."""


class Scope(TextChoices):
    """What a token may be used for."""

    READ = "read", _("read")
    BOOK = "book", _("book")
    STAFF = "staff", _("staff")
    REPORTS = "reports", _("reports")


class CertificateState(TextChoices):
    """What a certification is worth today."""

    VALID = "valid", _("valid")
    FUTURE = "future", _("not valid yet")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


LONGEST_VALIDITY = 120
"""After how many months at most a certification is to be renewed, where it is at all."""

SCOPES_INCLUDED: dict[Scope, frozenset[Scope]] = {
    Scope.READ: frozenset({Scope.READ}),
    Scope.BOOK: frozenset({Scope.BOOK, Scope.READ}),
    Scope.STAFF: frozenset({Scope.STAFF, Scope.BOOK, Scope.READ}),
    Scope.REPORTS: frozenset({Scope.REPORTS}),
}
"""What each scope reaches: who may book may also read, who may act as staff may also book."""


class IdentityProblem(StrEnum):
    """Why somebody with a badge and a PIN is not let in."""

    UNKNOWN_BADGE = "UNKNOWN_BADGE"
    NO_PIN = "NO_PIN"
    WRONG_PIN = "WRONG_PIN"
    PIN_LOCKED = "PIN_LOCKED"
    UNREADABLE = "UNREADABLE"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"


SHORTEST_BADGE = 4
"""Characters of a number below which it is no badge, but somebody leaning on the keys."""

SHORTEST_PIN, LONGEST_PIN = 4, 8

MOST_BADGES = 10
"""So many badges stand for one member at most: nobody takes the numbers that others need."""

BADGES_TRIED, BADGES_TRIED_OVER = 10, timedelta(hours=1)
"""So many badges of others may one member try to add within so long."""

WRONG_PINS = 5
"""Wrong tries in a row after which a PIN is locked."""

PIN_LOCKED_FOR = timedelta(minutes=15)

PAST_DOMAIN = "past.invalid"
"""Where those have their addresses of whom only the past tells: nobody can write to them."""
