"""A person, known by an e-mail address."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.states import PAST_DOMAIN
from spaces.models import validate_zone


class MemberManager(BaseUserManager["Member"]):
    """Creates members, who have no user name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Save a member who signs in with `email`."""
        member = self.model(email=self.normalize_email(email), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Save a member who may do everything, the plain admin included."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Member":
        """The member of an e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class Member(AbstractBaseUser, PermissionsMixin):
    """Whoever signs in: a maker, a colleague of a company, a member of staff."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_zone],
        help_text=_("Empty: the one of each space."),
    )
    reminder_offset = models.DurationField(
        _("reminder before the start"),
        null=True,
        blank=True,
        help_text=_("Empty: as each space says."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_asleep = models.BooleanField(
        _("asleep"),
        default=False,
        help_text=_(
            "Made from a file of the past, with an address that nobody has claimed: whoever signs "
            "up with it and reads its mails gets the account."
        ),
    )
    is_staff = models.BooleanField(_("may open the plain admin"), default=False)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = MemberManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="member_email_once"),
            models.CheckConstraint(
                condition=Q(reminder_offset=None) | Q(reminder_offset__gt=timedelta(0)),
                name="member_reminder_offset_positive",
            ),
            models.CheckConstraint(
                condition=Q(is_asleep=False) | Q(is_active=False),
                name="member_asleep_is_not_active",
                violation_error_message=_("An account that is asleep is not active."),
            ),
        ]

    def __str__(self) -> str:
        if self.is_past:
            return gettext("Somebody earlier, %(mark)s") % {"mark": self.email[:4]}
        return self.name or self.email

    @property
    def is_past(self) -> bool:
        """Whether only a log from elsewhere tells of this person, without a name or an address."""
        return self.email.endswith(f"@{PAST_DOMAIN}")

    def get_full_name(self) -> str:
        """The name to address the person by."""
        return str(self)
