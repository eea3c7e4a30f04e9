"""A mail backend that counts its connections."""

from django.core.mail.backends.smtp import EmailBackend


class CountingBackend(EmailBackend):
    opened = 0

    def open(self) -> bool | None:
        was_new = super().open()
        CountingBackend.opened += bool(was_new)
        return was_new
