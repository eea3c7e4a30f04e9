"""Which column of a log says what, and the words of its kinds."""

from collections.abc import Mapping, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from booking.history.entries import EntryKind
from machines.vocabulary import folded


class Field(TextChoices):
    """What a column of a log may say."""

    MACHINE = "machine", _("machine")
    START = "start", _("start")
    END = "end", _("end")
    DATE = "date", _("date")
    END_DATE = "end_date", _("last day")
    DAY = "day", _("day of the month")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    WEEKDAY = "weekday", _("weekday")
    DURATION = "duration", _("duration")
    UNIT = "unit", _("unit of the duration")
    PERSON = "person", _("person")
    EMAIL = "email", _("e-mail address")
    KIND = "kind", _("kind")
    NOTE = "note", _("note")


HEADERS: dict[Field, tuple[str, ...]] = {
    Field.MACHINE: ("machine", "machine name", "maschine", "maschinenname", "gerat", "gerate",
                    "resource", "ressource", "equipment", "device", "tool", "asset", "appareil",
                    "macchina", "risorsa", "anlage"),
    Field.START: ("start", "start time", "starttime", "start at", "started", "started at",
                  "starts at", "from", "von", "beginn", "begin", "anfang", "startzeit",
                  "uhrzeit von", "debut", "heure de debut", "heure debut", "inizio", "ora inizio",
                  "ora di inizio", "dalle", "check in", "time in"),
    Field.END: ("end", "end time", "endtime", "end at", "ended", "ended at", "ends at", "until",
                "to", "bis", "ende", "endzeit", "end zeit", "uhrzeit bis", "fin", "heure de fin",
                "heure fin", "fine", "ora fine", "ora di fine", "alle", "check out", "time out"),
    Field.DATE: ("date", "datum", "data", "start date", "startdatum", "date de debut"),
    Field.END_DATE: ("end date", "enddatum", "date de fin", "data fine"),
    Field.DAY: ("day", "tag", "jour", "giorno"),
    Field.MONTH: ("month", "monat", "mois", "mese"),
    Field.YEAR: ("year", "jahr", "annee", "anno"),
    Field.WEEKDAY: ("weekday", "day of week", "wochentag", "jour de la semaine",
                    "giorno della settimana"),
    Field.DURATION: ("duration", "dauer", "duree", "durata", "quantity", "menge", "quantite",
                     "quantita", "laufzeit", "hours", "stunden", "heures", "ore", "minutes",
                     "minuten", "minuti"),
    Field.UNIT: ("unit", "einheit", "unite", "unita"),
    Field.EMAIL: ("email", "e mail", "mail", "e mail address", "email address", "e mail adresse",
                  "mailadresse", "courriel", "adresse e mail", "user email", "posta elettronica"),
    Field.PERSON: ("user", "user no", "user id", "user name", "username", "person", "member",
                   "member id", "member no", "benutzer", "benutzerin", "nutzer", "nutzerin",
                   "mitglied", "mitgliedernummer", "kunde", "utilisateur", "membre", "personne",
                   "utente", "membro", "socio", "persona", "name", "nom", "nome"),
    Field.KIND: ("kind", "type", "art", "typ", "genre", "tipo", "status", "statut", "stato"),
    Field.NOTE: ("note", "notes", "purpose", "zweck", "bemerkung", "kommentar", "comment",
                 "projekt", "project", "projet", "progetto", "remarque", "nota", "scopo", "motif"),
}  # fmt: skip

KINDS: dict[EntryKind, tuple[str, ...]] = {
    EntryKind.USE: ("use", "used", "usage", "session", "activation", "activated", "run", "job",
                    "nutzung", "benutzung", "einschaltung", "betrieb", "utilisation", "seance",
                    "uso", "utilizzo", "sessione", "walk in", "switch on"),
    EntryKind.BOOKING: ("booking", "booked", "reservation", "reserved", "buchung", "gebucht",
                        "reservierung", "reserviert", "prenotazione", "prenotato", "reserve",
                        "confirmed", "completed", "bestatigt", "abgeschlossen", "confirme",
                        "termine", "confermato", "completato"),
    EntryKind.NO_SHOW: ("no show", "noshow", "nicht erschienen", "absent", "absence", "assente",
                        "assenza"),
    EntryKind.MAINTENANCE: ("maintenance", "maint", "wartung", "unterhalt", "reinigung", "putzen",
                            "cleaning", "cleaner", "entretien", "nettoyage", "manutenzione",
                            "pulizia", "service"),
    EntryKind.STOPPAGE: ("stoppage", "fault", "broken", "out of order", "down", "downtime",
                         "defect", "defekt", "storung", "ausfall", "panne", "hors service", "arret",
                         "guasto", "fermo", "fuori servizio"),
    EntryKind.NOTHING: ("cancelled", "canceled", "storniert", "abgesagt", "annule", "annulee",
                        "annullato", "annullata", "denied", "abgelehnt", "refuse", "rifiutato"),
}  # fmt: skip
"""Words of a log for what took place, folded."""

_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_EXACT = {word: field for field, words in HEADERS.items() for word in words}
_MONEY = frozenset({"price", "preis", "prix", "prezzo", "cost", "kosten", "total", "eur", "chf"})
"""Beside these a known word tells of money."""


def kind_of(text: str) -> EntryKind | None:
    """What a cell says that took place; None where nobody knows the word."""
    return _KIND_OF.get(folded(text))


def header_score(cells: Sequence[str]) -> int:
    """How many of the cells are headers that we know; a machine counts twice."""
    found = {field for cell in cells if (field := _EXACT.get(folded(cell)))}
    return len(found) + (Field.MACHINE in found)


def columns_of(headers: Sequence[str]) -> dict[str, Field]:
    """What each header means; known words before headers that only contain one."""
    columns: dict[str, Field] = {}
    for find in (_exact, _contained):
        for header in headers:
            field = find(header)
            if field and header not in columns and field not in columns.values():
                columns[header] = field
    return {header: columns[header] for header in headers if header in columns}


def chosen_columns(headers: Sequence[str], told: Mapping[str, str]) -> dict[str, Field]:
    """The columns as somebody chose them."""
    return {name: Field(told[name]) for name in headers if told.get(name)}


def _exact(header: str) -> Field | None:
    return _EXACT.get(folded(header))


def _contained(header: str) -> Field | None:
    words = folded(header)
    if _MONEY & set(words.split()):
        return None
    found = [word for word in _EXACT if f" {word} " in f" {words} "]
    return _EXACT[max(found, key=len)] if found else None
