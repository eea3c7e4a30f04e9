"""The five spaces of the demo. The spaces are invented; their machines are of real makes."""

from dataclasses import dataclass
from datetime import time

WEEKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Weekdays (Monday is 0) on which the same span recurs; an earlier end is the next day."""

    weekdays: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A space, its hours, and how busy it is (1 is usual)."""

    slug: str
    name: str
    city: str
    street: str
    country: str
    canton: str
    timezone: str
    languages: tuple[str, ...]
    currency: str
    latitude: float
    longitude: float
    description: dict[str, str]
    open: tuple[Hours, ...]
    staffed: tuple[Hours, ...]
    busyness: float
    inventory: str


PLACES = (
    Place(
        slug="geneve",
        name="Atelier du Rhône",
        city="Genève",
        street="Quai du Seujet 18",
        country="CH",
        canton="GE",
        timezone="Europe/Zurich",
        languages=("fr", "en"),
        currency="CHF",
        latitude=46.2062,
        longitude=6.1372,
        description={
            "en": "An open workshop on the river: laser, 3D printing, textile and metal.",
            "fr": "Un atelier ouvert au bord du fleuve : laser, impression 3D, textile et métal.",
            "de": "Eine offene Werkstatt am Fluss: Laser, 3D-Druck, Textil und Metall.",
            "it": "Un’officina aperta sul fiume: laser, stampa 3D, tessile e metallo.",
        },
        open=(
            Hours(weekdays=WEEKDAYS, start=time(9), end=time(22)),
            Hours(weekdays=(5,), start=time(10), end=time(18)),
        ),
        staffed=(
            Hours(weekdays=(1, 3), start=time(17), end=time(21)),
            Hours(weekdays=(5,), start=time(10), end=time(16)),
        ),
        busyness=1.7,
        inventory="geneve.csv",
    ),
    Place(
        slug="renens",
        name="La Fabrique de Renens",
        city="Renens",
        street="Avenue du 14-Avril 5",
        country="CH",
        canton="VD",
        timezone="Europe/Zurich",
        languages=("fr",),
        currency="CHF",
        latitude=46.5396,
        longitude=6.5881,
        description={
            "en": "A former printing house where students, neighbours and firms build together.",
            "fr": "Une ancienne imprimerie où étudiants, voisins et entreprises construisent.",
            "de": "Eine alte Druckerei, in der Studierende, Nachbarn und Firmen gemeinsam bauen.",
            "it": "Un’ex tipografia dove studenti, vicini e aziende costruiscono insieme.",
        },
        open=(
            Hours(weekdays=WEEKDAYS, start=time(8), end=time(12)),
            Hours(weekdays=WEEKDAYS, start=time(13), end=time(21)),
            Hours(weekdays=(5,), start=time(9), end=time(17)),
        ),
        staffed=(Hours(weekdays=(0, 2, 4), start=time(14), end=time(19)),),
        busyness=1.5,
        inventory="renens.csv",
    ),
    Place(
        slug="zuerich",
        name="Werkplatz Zürich",
        city="Zürich",
        street="Zollstrasse 121",
        country="CH",
        canton="ZH",
        timezone="Europe/Zurich",
        languages=("de", "en"),
        currency="CHF",
        latitude=47.3807,
        longitude=8.5290,
        description={
            "en": "Wood, metal and digital tools behind the tracks; members come late and stay.",
            "fr": "Bois, métal et numérique derrière les voies ; on y vient tard et l’on y reste.",
            "de": "Holz, Metall und Digitales hinter den Gleisen; man kommt spät und bleibt.",
            "it": "Legno, metallo e digitale dietro i binari; si arriva tardi e si resta.",
        },
        open=(
            Hours(weekdays=(0, 1, 2, 3), start=time(8), end=time(22)),
            Hours(weekdays=(4,), start=time(8), end=time(2)),
            Hours(weekdays=(5,), start=time(9), end=time(18)),
            Hours(weekdays=(6,), start=time(12), end=time(18)),
        ),
        staffed=(
            Hours(weekdays=(1, 2, 3), start=time(16), end=time(21)),
            Hours(weekdays=(5,), start=time(10), end=time(17)),
        ),
        busyness=1.9,
        inventory="zuerich.csv",
    ),
    Place(
        slug="lugano",
        name="Officina del Ceresio",
        city="Lugano",
        street="Via Cantonale 19",
        country="CH",
        canton="TI",
        timezone="Europe/Zurich",
        languages=("it", "en"),
        currency="CHF",
        latitude=46.0052,
        longitude=8.9508,
        description={
            "en": "A small lab by the lake, run by volunteers on evenings and Saturdays.",
            "fr": "Un petit lab au bord du lac, tenu par des bénévoles le soir et le samedi.",
            "de": "Ein kleines Lab am See, von Freiwilligen geführt, abends und samstags.",
            "it": "Un piccolo lab in riva al lago, animato da volontari la sera e il sabato.",
        },
        open=(
            Hours(weekdays=(1, 2, 3, 4), start=time(14), end=time(22)),
            Hours(weekdays=(5,), start=time(10), end=time(18)),
        ),
        staffed=(Hours(weekdays=(2, 4), start=time(18), end=time(22)),),
        busyness=1.4,
        inventory="lugano.csv",
    ),
    Place(
        slug="singapore",
        name="Bayfront Makers",
        city="Singapore",
        street="Bayfront Avenue 8",
        country="SG",
        canton="",
        timezone="Asia/Singapore",
        languages=("en",),
        currency="SGD",
        latitude=1.2816,
        longitude=103.8585,
        description={
            "en": "A sister workshop abroad, open around the clock for its members.",
            "fr": "Un atelier jumelé à l’étranger, ouvert jour et nuit à ses membres.",
            "de": "Eine Partnerwerkstatt im Ausland, für ihre Mitglieder rund um die Uhr offen.",
            "it": "Un’officina gemellata all’estero, aperta giorno e notte ai suoi membri.",
        },
        open=(Hours(weekdays=EVERY_DAY, start=time(0), end=time(0)),),
        staffed=(Hours(weekdays=WEEKDAYS, start=time(9), end=time(18)),),
        busyness=1.6,
        inventory="singapore.csv",
    ),
)
