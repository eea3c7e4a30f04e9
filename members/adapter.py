"""What django-allauth asks of us: mails through the outbox, and the member's own language."""

import secrets
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation

from members.models import Member
from members.speaking import speak
from notifications import outbox

KIND = "account"
USEFUL_FOR = timedelta(days=1)
"""A mail about an account that is a day late is no help, and what it holds is a key."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Posts the mails about accounts, so that no request waits for a mail server."""

    def post_login(self, request: HttpRequest, user: Member, **options: Any) -> HttpResponse:
        """Where a sign-in leads to, from here on in the language of the profile."""
        response: HttpResponse = super().post_login(request, user, **options)
        speak(response, user.language)
        return response

    def send_account_already_exists_mail(self, email: str) -> None:
        """What somebody gets who signs up with an address that has an account.

        An account made from a file sleeps until then. Its password is chosen behind the link in
        the mail, so what was typed at the sign-up, by whomever, opens nothing.
        """
        asleep = Member.objects.filter(email__iexact=email, is_asleep=True).first()
        if asleep is None:
            super().send_account_already_exists_mail(email)
            return
        key = f"{user_pk_to_url_str(asleep)}-{default_token_generator.make_token(asleep)}"
        url = self.get_reset_password_from_key_url(key)
        self.send_mail("account/email/account_asleep", email, {"password_reset_url": url})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Post the mail `template_prefix` to `email`, whether or not somebody has an account there.

        Known and unknown addresses take the same road, so that the time taken tells nothing.
        """
        user = context.get("user")
        words = {"email": email, **context}
        now = timezone.now()
        message = outbox.draft(
            recipient=user if isinstance(user, Member) and user.pk else None,
            address=email,
            kind=KIND,
            subject_key=KIND,
            dedupe_key=f"{KIND}:{secrets.token_urlsafe(24)}",
            context={
                "language": translation.get_language(),
                "subject": " ".join(
                    render_to_string(f"{template_prefix}_subject.txt", words).split()
                ),
                "text": render_to_string(f"{template_prefix}_message.txt", words).strip(),
            },
            send_after=now,
            expires_at=now + USEFUL_FOR,
            is_secret=True,
        )
        outbox.post(message)
