"""The rows of an inventory that are no machines, and the words that tell them."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from machines.vocabulary.kinds import KINDS
from machines.vocabulary.words import folded

NOT_MACHINES: tuple[tuple[Promise, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        _("This looks like a course, not a machine."),
        ("kurs", "kurse", "course", "courses", "cours", "corso", "corsi", "cursus", "curso",
         "schulung", "einfuhrungskurs"),
        ("workshops", "kursraum"),
    ),
    (
        _("This looks like a day or a duty, not a machine."),
        ("ruhetag", "werkstattpflege", "betreuung"),
        ("holiday", "closed", "geschlossen", "ferme", "chiuso", "rest day", "open day"),
    ),
    (
        _("This looks like a parking place, not a machine."),
        ("parkplatz", "parkplatze", "parking", "parcheggio", "parkeerplaats", "aparcamiento"),
        ("place de parc",),
    ),
    (
        _("This looks like a bicycle, not a machine."),
        (),
        ("velo", "fahrrad", "lastenrad", "bicycle", "bike", "bicicletta", "fiets", "bicicleta"),
    ),
    (
        _("This looks like a door, not a machine."),
        (),
        ("door", "front door", "frontdoor", "back door", "backdoor", "main door", "tur", "haustur",
         "eingangstur", "porte", "porte d entree", "porta", "deur", "voordeur", "puerta", "gate"),
    ),
    (
        _("This looks like a place, not a machine."),
        ("besprechungsraum", "sitzungszimmer", "meetingraum"),
        ("werkstatt", "workshop", "atelier", "officina", "werkplaats", "taller", "meeting room",
         "salle de reunion", "sala riunioni", "kitchen", "kuche", "toilet"),
    ),
    (_("This looks like a computer, not a machine."), ("pc",), ("computer", "laptop")),
    (_("This looks like a placeholder, not a machine."), (), ("spezial", "special", "test")),
    (_("This looks like a sum, not a machine."), (),
     ("total", "totals", "grand total", "total machines", "sum", "summe", "gesamt", "insgesamt",
      "totale", "somme", "totaal", "suma", "soma", "razem")),
)  # fmt: skip
"""Why, the first words and the whole names that tell it. Doubt speaks for the machine."""

HEADINGS = (
    "shop", "room", "lab", "area", "section", "studio", "department", "werkstatt", "bereich",
    "raum", "abteilung", "atelier", "salle", "zone", "secteur", "officina", "sala", "reparto",
    "taller", "werkplaats", "afdeling", "machines", "maschinen", "tools", "equipment", "cutting",
    "printing", "printers", "cutters", "working",
)  # fmt: skip
"""How a line without any other cell ends or begins where it is the title of those below."""
TITLES = frozenset({
    "wood", "metal", "bois", "legno", "metallo", "hout", "madera", "textile", "sewing", "nahen",
    "couture", "tessile", "impression 3d", "stampa 3d", "3d druck", "decoupe laser",
    "taglio laser",
})  # fmt: skip


def why_not_a_machine(name: str) -> Promise | None:
    """Why a row of this name is no machine, where that is plain; else None."""
    text = re.sub(r"( \d+)+$", "", folded(name))
    first = text.partition(" ")[0]
    for reason, beginnings, names in NOT_MACHINES:
        if first in beginnings or text in names:
            return reason
    return None


def is_title(text: str) -> bool:
    """Whether the only cell of a line names an area or a kind of machines, not one machine."""
    words = folded(text).split()
    if not words or any(char.isdecimal() and word != "3d" for word in words for char in word):
        return False
    if text.rstrip().endswith(":"):
        return True
    plain = " ".join(words)
    is_kind = any(plain in {folded(name) for name in kind.names} for kind in KINDS)
    return is_kind or plain in TITLES or words[0] in HEADINGS or words[-1].endswith(HEADINGS)
