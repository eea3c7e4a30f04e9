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


class Scope(TextChoices):
    """What a token may be used for; each one stands alone."""

    READ = "read", _("read")
    BOOK = "book", _("book")
    STAFF = "staff", _("staff")
    REPORTS = "reports", _("reports")
