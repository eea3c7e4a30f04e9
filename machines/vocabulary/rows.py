"""The rows of an inventory that are no machines, and the words that tell them."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from machines.vocabulary.kinds import KINDS
from machines.vocabulary.words import folded

_USED_UP = frozenset({
    "consumable", "consumables", "consommable", "consommables", "verbrauchsmaterial",
    "verbrauchsmaterialien", "consumabili", "materiale di consumo", "verbruiksmateriaal",
    "verbruiksmaterialen", "consumibles", "consumiveis",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMachine:
    """Why a row is no machine: its whole name, its first words, its end, or its category.

    Only a name of one word is judged by its end: "Holzwerkstatt", not "Säge (Werkstatt)".
    """

    reason: Promise
    names: frozenset[str] = frozenset()
    first: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()


NOT_MACHINES: tuple[NoMachine, ...] = (
    NoMachine(
        reason=_("This looks like a course, not a machine."),
        names=frozenset({"workshops", "training", "schulung", "formation", "formazione"}),
        first=("kurs", "kurse", "course", "courses", "cours", "corso", "corsi", "cursus", "curso",
               "schulung", "einfuhrungskurs", "einfuhrung in", "einweisung", "training for",
               "training on", "introduction to", "formation", "initiation a"),
        categories=frozenset({"kurs", "kurse", "course", "courses", "cours", "corsi", "cursus",
                              "schulungen", "trainings", "formations"}),
    ),
    NoMachine(
        reason=_("This looks like a day or a duty, not a machine."),
        names=frozenset({"holiday", "closed", "geschlossen", "ferme", "chiuso", "rest day",
                         "open day", "operator", "operator hour", "operateur", "operatore"}),
        first=("ruhetag", "werkstattpflege", "betreuung"),
    ),
    NoMachine(
        reason=_("This looks like a parking place, not a machine."),
        names=frozenset({"place de parc"}),
        first=("parkplatz", "parkplatze", "parking", "parcheggio", "parkeerplaats",
               "aparcamiento"),
    ),
    NoMachine(
        reason=_("This looks like a bicycle, not a machine."),
        names=frozenset({"velo", "fahrrad", "bicycle", "bike", "bicicletta", "fiets",
                         "bicicleta"}),
    ),
    NoMachine(
        reason=_("This looks like a door, not a machine."),
        names=frozenset({"frontdoor", "backdoor", "tur", "ture", "haustur", "eingangstur",
                         "eingangsture", "porte", "porte d entree", "porta", "deur", "voordeur",
                         "puerta", "gate", "door", "front door", "back door", "main door",
                         "side door", "garage door", "entrance door"}),
        categories=frozenset({"door", "doors", "tur", "ture", "turen", "portes", "deuren"}),
    ),
    NoMachine(
        reason=_("This looks like a place, not a machine."),
        names=frozenset({"workshop", "wood workshop", "metal workshop", "woodshop", "wood shop",
                         "metal shop", "atelier", "atelier bois", "atelier metal",
                         "atelier couture", "officina", "werkplaats", "taller", "laboratorio",
                         "room", "meeting room", "class room", "classroom", "conference room",
                         "salle", "salle de reunion", "sala", "sala riunioni", "raum",
                         "meetingraum", "coin couture", "coin electronique", "sewing corner",
                         "electronics corner", "kitchen", "kuche", "toilet", "lounge"}),
        first=("besprechungsraum", "sitzungszimmer"),
        end=("werkstatt", "raum", "zimmer", " ecke"),
        categories=frozenset({"raum", "raume", "room", "rooms", "meeting room", "meeting rooms",
                              "salle", "salles", "sala", "ruimte", "ruimtes"}),
    ),
    NoMachine(
        reason=_("This looks like a computer, not a machine."),
        names=frozenset({"computer", "laptop"}),
        first=("pc",),
    ),
    NoMachine(
        reason=_("This looks like a programme, not a machine."),
        names=frozenset({"software"}),
        categories=frozenset({"software", "logiciel", "logiciels", "lizenz", "lizenzen",
                              "licence", "licences", "license", "licenses"}),
    ),
    NoMachine(
        reason=_("This looks like something that is used up, not a machine."),
        names=frozenset({"filament", "pla filament"}) | _USED_UP,
        first=("verbrauchsmaterial", "materiale di consumo", "filament spool"),
        categories=_USED_UP | {"ppe", "psa", "epi"},
    ),
    NoMachine(
        reason=_("This looks like a title, not a machine."),
        names=frozenset({"machines", "maschinen", "macchine", "equipment", "tools", "hand tools",
                         "power tools", "grossgerate", "kleingerate", "werkzeug", "werkzeuge",
                         "handwerkzeug", "handwerkzeuge", "elektrowerkzeug", "elektrowerkzeuge",
                         "outils", "outillage", "utensili", "attrezzi", "gereedschap",
                         "herramientas", "diverses", "sonstiges", "divers", "autres", "misc",
                         "miscellaneous", "other", "altro", "overig", "varios"}),
        first=("abteilung", "bereich"),
    ),
    NoMachine(
        reason=_("This looks like a placeholder, not a machine."),
        names=frozenset({"spezial", "special", "test"}),
    ),
)  # fmt: skip
"""Doubt speaks for the machine: of all these words only those that leave none."""

SUMS = (
    "total", "totals", "grand total", "subtotal", "sub total", "sum", "summe", "zwischensumme",
    "gesamt", "gesamtsumme", "gesamtwert", "gesamtanzahl", "insgesamt", "totale", "somme",
    "sous total", "totaal", "subtotaal", "suma", "soma", "razem",
)  # fmt: skip
COUNTED = (
    r"\d+|machines?|maschinen|macchine|items?|units?|tools?|gerate|stuck|stk|appareils?|value|wert"
    r"|price|preis|prix|amount|anzahl|quantity|cost|general|generale|generaal|chf|eur|fr"
)
"""What stands beside the word in a line that sums up others."""

AREAS_FIRST = frozenset({
    "bereich", "abteilung", "atelier", "salle", "zone", "secteur", "officina", "sala", "reparto",
    "taller", "werkplaats", "afdeling", "area", "section", "department",
})  # fmt: skip
AREAS_LAST = frozenset({
    "shop", "room", "lab", "area", "section", "department", "machines", "maschinen", "tools",
    "equipment", "cutting", "printing", "printers", "cutters", "working",
})  # fmt: skip
AREAS_END = ("shop", "room", "working", "werkstatt", "bereich", "raum", "abteilung", "maschinen")
"""How a line without any other cell begins or ends where it is the title of those below."""
TITLES = _USED_UP | frozenset({
    "software", "ppe", "wood", "metal", "bois", "legno", "metallo", "hout", "madera", "textile",
    "sewing", "nahen", "couture", "tessile", "impression 3d", "stampa 3d", "3d druck",
    "decoupe laser", "taglio laser", "equipment", "machines", "maschinen", "tools",
})  # fmt: skip


NOTES = frozenset({
    "note", "notes", "nb", "n b", "hinweis", "hinweise", "anmerkung", "remarque", "remarques",
    "nota", "opmerking", "stand", "stand der liste", "last updated", "updated", "as of",
    "mise a jour", "etat au", "aggiornato", "legende", "legend", "key", "quelle", "source",
    "fonte", "preise", "prices", "prix", "prezzi", "alle preise", "all prices", "page", "seite",
    "contact", "kontakt", "contatto",
})  # fmt: skip
"""What stands before the colon of a remark on the whole table."""


def why_not_a_machine(name: str, category: str = "") -> Promise | None:
    """Why a row of this name and category is no machine, where that is plain; else None."""
    text = re.sub(r"( \d+)+$", "", folded(name))
    is_one_word = " " not in re.sub(r"[\s\d]+$", "", name)
    if is_sum(name):
        return _("This looks like a sum, not a machine.")
    for no_machine in NOT_MACHINES:
        if (
            text in no_machine.names
            or f"{text} ".startswith(tuple(f"{word} " for word in no_machine.first))
            or (is_one_word and text.endswith(no_machine.end))
            or folded(category) in no_machine.categories
        ):
            return no_machine.reason
    return None


def is_sum(name: str) -> bool:
    """Whether a name sums up the lines above it."""
    return bool(re.fullmatch(rf"(?:{'|'.join(SUMS)})(?: (?:{COUNTED}))*", folded(name)))


def is_note(text: str) -> bool:
    """Whether the only cell of a line is a remark on the table and no name."""
    is_footnote = bool(re.match(r"[*†‡¹²³#]|--|//", text)) or " = " in text
    is_address = bool(re.fullmatch(r"(https?://|www\.)\S+|\S+@\S+\.\w+", text))
    is_sentence = len(text.split()) > 2 and bool(re.search(r"\w{3,}[.!]$", text))  # noqa: PLR2004
    return is_footnote or is_address or is_sentence or folded(text.partition(":")[0]) in NOTES


def is_title(text: str) -> bool:
    """Whether the only cell of a line names an area or a kind of machines, not one machine."""
    words = folded(text).split()
    if not words or any(char.isdecimal() and word != "3d" for word in words for char in word):
        return False
    if text.rstrip().endswith(":"):
        return True
    plain = " ".join(words)
    if plain in TITLES or any(plain in map(folded, kind.names) for kind in KINDS):
        return True
    if len(words) == 1:
        return plain in AREAS_FIRST or plain.endswith(AREAS_END)
    # "Säge (Werkstatt)" says where the saw is, "Metal shop" is the area itself.
    return words[0] in AREAS_FIRST or words[-1] in AREAS_LAST
