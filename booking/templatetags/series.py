"""Series and what stands in the way of their dates, as templates write them."""

from django.template import Library
from django.utils.translation import gettext as _

from booking.models import Series
from booking.pattern_words import series_in_words
from booking.services.series import DateVerdict
from booking.states import RefusalCode

register = Library()


@register.filter
def in_words(series: Series) -> str:
    """How often a series recurs: `{{ series|in_words }}`."""
    return series_in_words(series)


@register.filter
def verdict_in_a_word(date: DateVerdict) -> str:
    """What a date of a preview is: `{{ line.verdict|verdict_in_a_word }}`."""
    if date.is_free:
        return _("staff decides") if date.is_for_staff else _("free")
    return code_in_a_word(date.codes[0])


@register.filter
def code_in_a_word(code: str) -> str:
    """What stands in the way of a date, as short as a badge: `{{ gap.codes.0|code_in_a_word }}`."""
    return {
        RefusalCode.TAKEN: _("taken"),
        RefusalCode.CLOSED: _("closed"),
        RefusalCode.QUOTA: _("over quota"),
        RefusalCode.TOO_MANY_OPEN_RESERVATIONS: _("over quota"),
        RefusalCode.CONTRACT_EXHAUSTED: _("contract used up"),
        RefusalCode.HORIZON: _("too far ahead"),
        RefusalCode.IN_THE_PAST: _("past"),
        RefusalCode.MACHINE_OUT_OF_SERVICE: _("out of service"),
    }.get(RefusalCode(code), _("not possible"))
