"""What a person can be, and what a token may do."""

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
