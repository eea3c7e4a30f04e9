"""How often the buttons of mails may be pressed, for which nobody signs in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from members.rates import address_of, counted, seconds_left


def pressed_too_often(request: HttpRequest, what: str) -> HttpResponse | None:
    """Count a press of `what`; the answer to who presses again and again, else None."""
    if counted(f"{what}:{address_of(request)}") <= settings.UNSUBSCRIBES_PER_MINUTE:
        return None
    told = _("Too many calls. Wait a little.")
    answer = HttpResponse(told, status=429, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = str(int(seconds_left()) + 1)
    return answer
