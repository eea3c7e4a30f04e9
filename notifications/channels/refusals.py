"""What a mail server means by a refusal: itself, this mail for now, or this mail for good."""

from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from notifications.channels import NotNow, ServerBusy

CLOSING, NO_ROOM = 421, 452
FOR_NOW = range(400, 500)


def raise_unless_final(error: Exception) -> None:
    """Raise ServerBusy or NotNow where the mail may be taken another time (RFC 5321, 4.2.1)."""
    told = f"{type(error).__name__}: {error}"
    codes = _codes(error)
    are_for_now = bool(codes) and all(code in FOR_NOW for code in codes)
    if are_for_now and _is_about_itself(error, codes):
        raise ServerBusy(told) from error
    # A line that broke may have been broken by the mail: it must not come first for ever.
    is_broken = isinstance(error, SMTPServerDisconnected) or (
        isinstance(error, OSError) and not isinstance(error, SMTPException)
    )
    if are_for_now or is_broken:
        raise NotNow(told) from error


def _is_about_itself(error: Exception, codes: set[int]) -> bool:
    """Whether any other mail would be refused as well: the sender of all is the same."""
    return (
        isinstance(error, SMTPSenderRefused)
        or CLOSING in codes
        or (isinstance(error, SMTPDataError) and NO_ROOM in codes)
    )


def _codes(error: Exception) -> set[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return {code for code, _told in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, SMTPResponseException) else set()
