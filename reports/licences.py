"""What can be chosen for what a space publishes."""

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Licence(TextChoices):
    """What others may do with open data."""

    CC0 = "CC0-1.0", _("CC0: do as you like")
    CC_BY = "CC-BY-4.0", _("CC BY 4.0: name the source")
    ODBL = "ODbL-1.0", _("ODbL: name the source, share alike")


LICENCE_PAGES = {
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.ODBL: "https://opendatacommons.org/licenses/odbl/1-0/",
}
"""Where the text of each licence is."""

EU = "http://publications.europa.eu/resource/authority"

LICENCE_CODES = {
    Licence.CC0: f"{EU}/licence/CC0",
    Licence.CC_BY: f"{EU}/licence/CC_BY_4_0",
    Licence.ODBL: f"{EU}/licence/ODC_BL",
}
"""Each licence by its name in the vocabulary that DCAT-AP asks for."""

SWISS_TERMS = "http://dcat-ap.ch/vocabulary/licenses"

LICENCE_TERMS = {
    Licence.CC0: f"{SWISS_TERMS}/terms_open",
    Licence.CC_BY: f"{SWISS_TERMS}/terms_by",
    Licence.ODBL: f"{SWISS_TERMS}/terms_by",
}
"""Each licence by the terms of use of DCAT-AP CH that come closest."""

FROZEN_AFTER = timedelta(days=14)
"""How long after its end a month is corrected before it is published, once and for all."""

MONTHS_BACK = 12
"""How many months are published at most when a space begins."""
