"""Words for yes and no, for states and sides; how words of all languages are compared."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

REMEMBERED = 100
"""Characters of a text that comes again in many rows, such as a name or a heading."""


def folded(text: str) -> str:
    """`text` in lower case, without accents, with single spaces for everything else."""
    return _remembered(text) if len(text) <= REMEMBERED else _folded(text)


@lru_cache(maxsize=20_000)
def _remembered(text: str) -> str:
    """Names and headings stand in thousands of rows; descriptions do not, and would fill memory."""
    return _folded(text)


def _folded(text: str) -> str:
    text = text.replace("€", " eur ").replace("#", " no ").casefold()
    text = text.replace("ø", "o").replace("ł", "l").replace("æ", "ae").replace("œ", "oe")
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", plain).strip()


COMPOUND = 6


def says(text: str, words: Iterable[str]) -> bool:
    """Whether a word of the folded `text` begins with one of `words`, or ends in a long one."""
    return any(
        f" {word}" in f" {text}" or (len(word) >= COMPOUND and word in text) for word in words
    )


YES = frozenset({
    "yes", "y", "ja", "j", "oui", "o", "si", "s", "true", "wahr", "vrai", "x", "1", "required",
    "notig", "obligatoire", "mandatory", "needed", "on", "vero", "checked", "sim", "tak",
    "pflicht", "obligatorisch", "erforderlich", "benotigt", "requis", "requise", "obbligatorio",
    "obbligatoria", "necessaria", "verplicht", "vereist", "obligatorio", "obligatoria",
    "induction", "einweisung", "initiation", "formation",
})  # fmt: skip
NO = frozenset({
    "no", "n", "nein", "non", "false", "falsch", "faux", "0", "nee", "none", "off", "not required",
    "not needed", "keine", "aucune", "aucun", "geen", "falso", "unchecked", "nao", "nie",
    "nej", "nicht notig", "nicht erforderlich", "nessuna", "nessuno", "ninguna",
    "pas necessaire", "non requise",
})  # fmt: skip

DOWN = (
    "defekt", "defect", "kaputt", "broken", "under maintenance", "maintenance", "in wartung",
    "wartung", "gesperrt", "out of order", "out of service", "ausser betrieb", "en panne",
    "hors service", "guasto", "fuori servizio", "in manutenzione", "buiten gebruik", "down",
    "nicht freigegeben", "in repair", "in reparatur", "en reparation", "offline", "stopped",
    "not working", "fuera de servicio", "averiado", "locked", "error", "out for repair",
    "needs repair", "repariert", "in reparatie", "a reparer", "da riparare", "riparazione",
    "unsafe", "nicht in betrieb", "nicht nutzbar", "non fonctionnel", "non funzionante", "kapot",
    "defecte", "defectueux",
)  # fmt: skip
GONE = (
    "archived", "archiviert", "archive", "retired", "ausgemustert", "hidden", "sold", "verkauft",
    "vendu", "scrapped", "not visible", "disposed",
)  # fmt: skip

SIDES = frozenset({"links", "mitte", "rechts", "left", "middle", "right", "gauche", "milieu",
                   "droite", "sinistra", "destra", "centro", "rechter", "linker"})  # fmt: skip
NUMBERED_MODELS = frozenset({"ultimaker", "replicator", "makerbot replicator", "form", "maker",
                             "formlabs form", "prusa", "cameo", "silhouette cameo", "ender",
                             "craftbot", "makerbot replicatior"})  # fmt: skip
"""Names of which a small number tells the model, not the unit."""

FREE = frozenset({"free", "gratis", "kostenlos", "gratuit", "gratuito", "included", "inklusive",
                  "bezplatnie", "free of charge", "inbegriffen", "inclus"})  # fmt: skip
"""Words for an amount of nothing."""
