"""The words that inventories use, in the languages of the labs that wrote them.

Every word is written folded (see `folded`): lower case, without accents or punctuation.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def folded(text: str) -> str:
    """`text` in lower case, without accents, with single spaces for everything else."""
    text = text.replace("€", " eur ").replace("#", " no ").casefold()
    text = text.replace("ø", "o").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", plain).strip()


class Field(TextChoices):
    """What a column of an inventory can say of a machine."""

    NAME = "name", _("name")
    CATEGORY = "category", _("category")
    MAKE = "make", _("make")
    MODEL = "model", _("model")
    ROOM = "room", _("room or site")
    NUMBER = "number", _("inventory number")
    ORDINAL = "ordinal", _("number of the row")
    STATUS = "status", _("status")
    STOPPED = "stopped", _("out of service (yes or no)")
    FAULT = "fault", _("what is wrong")
    LISTED = "listed", _("visible (yes or no)")
    ARCHIVED = "archived", _("archived (yes or no)")
    PRICE = "price", _("price for makers")
    PRICE_COMPANY = "price_company", _("price for companies")
    PRICE_STAFF = "price_staff", _("price for staff")
    PRICE_UNIT = "price_unit", _("unit of the price")
    CURRENCY = "currency", _("currency")
    TRAINING = "training", _("training needed (yes or no)")
    SKILLS = "skills", _("skills needed")
    MATERIALS = "materials", _("materials")
    WORK_AREA = "work_area", _("work area")
    QUANTITY = "quantity", _("number of units")
    DESCRIPTION = "description", _("description or remark")
    POOL = "pool", _("pool")
    DETAIL = "detail", _("line of the machine's sheet")
    DETAILS = "details", _("all lines of the machine's sheet")
    KEY = "key", _("key of an earlier export")


MANY = frozenset({Field.DESCRIPTION, Field.DETAIL})
"""Fields that several columns may fill; of the others one column is read."""

HEADERS: dict[Field, tuple[str, ...]] = {
    Field.KEY: ("etabli key",),
    Field.DETAILS: ("sheet",),
    Field.POOL: ("pool", "machine group", "gruppe", "groupe"),
    Field.SKILLS: ("skills",),
    Field.PRICE_COMPANY: (
        "company price per hour", "company price", "price company", "company",
        "commercial", "commercial price", "firma",
        "firmen", "preis firmen", "kommerziell", "entreprise", "entreprises", "tarif entreprise",
        "prix entreprise", "aziende", "prezzo aziende", "bedrijf", "bedrijven", "empresa",
        "business", "business rate", "commercial rate", "company rate",
    ),
    Field.PRICE_STAFF: ("staff price per hour", "staff price", "price staff"),
    Field.PRICE_UNIT: (
        "price unit", "unit", "units", "per", "einheit", "preiseinheit", "abrechnung",
        "abrechnungseinheit", "unite", "unite de prix", "unita", "eenheid", "unidad",
        "billing unit",
    ),
    Field.PRICE: (
        "price", "price per hour", "hourly price", "hourly rate", "rate", "cost", "fee", "tariff",
        "preis", "preis pro stunde", "stundenpreis", "stundensatz", "gebuhr", "kosten", "tarif",
        "entspricht eur", "eur", "chf", "gbp", "usd", "eur h", "chf h", "prix", "prix horaire",
        "prix par heure", "tarif horaire", "cout", "prezzo", "prezzo orario", "tariffa", "costo",
        "prijs", "tarief", "uurtarief", "precio", "tarifa", "precio hora", "maker price",
        "price maker", "maker price per hour", "member price", "membres", "mitglieder",
        "sales price", "preco", "preco por hora", "cena", "cena za godzine",
    ),
    Field.CURRENCY: ("currency", "wahrung", "devise", "monnaie", "valuta", "moneda"),
    Field.TRAINING: (
        "training", "training needed", "training required", "needs training", "induction",
        "induction required", "induction needed", "inducted", "instruction", "introduction",
        "restricted", "certification", "certification required", "badge", "badge required",
        "einfuhrung", "einfuhrung notig", "einweisung", "einweisung notig", "unterweisung",
        "schulung", "kurs notig", "formation", "formation requise", "formation obligatoire",
        "initiation", "habilitation", "formazione", "formazione richiesta", "corso obbligatorio",
        "abilitazione", "instructie", "instructie nodig", "training nodig", "formacion",
        "formacion necesaria", "requires training", "requires induction", "authorization required",
        "trained", "corso", "formacao", "treinamento", "szkolenie",
    ),
    Field.STOPPED: (
        "under maintenance", "maintenance", "in maintenance", "out of order", "broken", "defective",
        "in wartung", "wartung", "defekt", "gesperrt", "en panne", "hors service", "en maintenance",
        "fuori servizio", "guasto", "in manutenzione", "buiten gebruik", "fuera de servicio",
    ),
    Field.FAULT: ("fault", "fault description", "what is wrong", "defect", "panne", "storung"),
    Field.STATUS: (
        "status", "state", "zustand", "etat", "statut", "stato", "estado", "toestand", "condition",
        "working", "in service", "operational", "fonctionnel", "funktioniert", "stan",
    ),
    Field.ARCHIVED: (
        "archived", "archiviert", "archive", "archiviato", "gearchiveerd", "hidden", "disabled",
        "retired", "deleted", "versteckt", "cache", "masque",
    ),
    Field.LISTED: (
        "visible", "listed", "public", "published", "active", "enabled", "sichtbar", "aktiv",
        "offentlich", "actif", "publie", "visibile", "attivo", "zichtbaar", "actief", "activo",
        "bookable", "buchbar", "reservierbar", "reservable",
    ),
    Field.QUANTITY: (
        "quantity", "qty", "count", "amount", "number of units", "units owned", "pieces", "pcs",
        "anzahl", "menge", "stuck", "stuckzahl", "quantite", "qte", "nombre", "quantita",
        "aantal", "cantidad", "how many", "quantidade", "ilosc",
    ),
    Field.NAME: (
        "name", "machine", "machine name", "machines", "equipment", "equipment name", "device",
        "tool", "tool name", "tools", "resource", "resource name", "asset", "asset name", "item",
        "printer", "printer name", "title", "label", "designation", "gerat", "gerate",
        "geratename", "geratebezeichnung", "arbeitsplatz", "maschine", "maschinen",
        "maschinenname", "bezeichnung", "drucker", "anlage", "werkzeug", "benennung", "nom",
        "nom de la machine", "equipement", "equipements", "appareil", "outil", "libelle",
        "intitule", "materiel", "nome", "macchina", "macchinario", "macchinari", "attrezzatura",
        "apparecchio", "dispositivo", "denominazione", "naam", "apparaat", "toestel",
        "gereedschap", "machinenaam", "nombre de la maquina", "maquina", "equipo", "herramienta",
        "equipamento", "ferramenta", "nazwa", "maszyna", "urzadzenie",
    ),
    Field.CATEGORY: (
        "category", "type", "kind", "section", "area", "class", "group", "department", "technology",
        "process", "machine type", "equipment type", "zone", "shop", "bereich", "kategorie", "typ",
        "art", "abteilung", "technologie", "geratetyp", "maschinentyp", "categorie", "genre",
        "domaine", "secteur", "famille", "categoria", "tipo", "settore", "reparto", "soort",
        "afdeling", "seccion", "tipo de maquina", "resource group", "kategoria",
    ),
    Field.MAKE: (
        "make", "brand", "manufacturer", "maker", "vendor", "marke", "hersteller", "fabrikat",
        "marque", "fabricant", "constructeur", "marca", "produttore", "costruttore", "merk",
        "fabrikant", "fabricante", "producent",
    ),
    Field.MODEL: (
        "model", "model name", "model number", "modell", "typenbezeichnung", "modele",
        "reference", "modello", "modelo", "make and model", "make model",
    ),
    Field.ROOM: (
        "location", "room", "site", "building", "floor", "place", "where", "standort", "raum",
        "ort", "lage", "gebaude", "stockwerk", "werkstatt", "lieu", "emplacement", "salle",
        "local", "localisation", "etage", "atelier", "luogo", "posizione", "stanza", "sala",
        "sede", "ubicazione", "locatie", "ruimte", "plaats", "lokaal", "ubicacion", "lugar",
        "localizacao", "pomieszczenie", "lokalizacja",
        "workshop", "space", "campus", "lab",
    ),
    Field.NUMBER: (
        "id", "machine id", "equipment id", "asset id", "asset tag", "asset number", "tag",
        "inventory", "inventory number", "inventory no", "inventory id", "code", "serial",
        "serial number", "serial no", "s n", "sn", "kennung", "inventarnummer", "inventar nr",
        "inv nr", "seriennummer", "gerate id", "geratenummer", "schlussel", "identifiant",
        "numero d inventaire", "no inventaire", "n inventaire", "numero de serie", "no de serie",
        "matricola", "numero di serie", "numero inventario", "codice", "inventarisnummer",
        "serienummer", "numero de inventario", "codigo", "uuid", "slug", "key", "barcode",
        "asset no", "internal reference", "ref",
    ),
    Field.ORDINAL: (
        "no", "nr", "nb", "num", "pos", "position", "row", "line", "lfd nr", "laufnummer", "n",
        "number", "nummer", "numero", "index", "zeile", "ligne", "lp",
    ),
    Field.MATERIALS: (
        "materials", "material", "materialien", "werkstoff", "werkstoffe", "materiaux", "matiere",
        "matieres", "materiali", "materiale", "materialen", "materiales", "filament",
    ),
    Field.WORK_AREA: (
        "work area", "working area", "usable area", "workspace", "workspace dimensions",
        "bed size", "build volume", "build area", "dimensions", "size", "max size", "capacity",
        "arbeitsbereich", "arbeitsflache", "bauraum", "masse", "abmessungen", "grosse",
        "surface de travail", "zone de travail", "volume d impression", "surface utile", "format",
        "taille", "area di lavoro", "dimensioni", "volume di stampa", "werkgebied", "afmetingen",
        "werkoppervlak", "area de trabajo", "dimensiones", "volumen",
    ),
    Field.DESCRIPTION: (
        "description", "notes", "note", "remark", "remarks", "comment", "comments", "info",
        "information", "details", "bemerkung", "bemerkungen", "beschreibung", "anmerkung",
        "anmerkungen", "kommentar", "hinweis", "hinweise", "notiz", "notizen", "zusatz",
        "remarque", "remarques", "commentaire", "commentaires", "descriptif", "descrizione",
        "osservazioni", "commento", "omschrijving", "beschrijving", "opmerking", "opmerkingen",
        "toelichting", "descripcion", "observaciones", "notas", "use", "purpose",
    ),
    Field.DETAIL: (
        "software", "required software", "power", "leistung", "puissance", "potenza", "vermogen",
        "max dauer", "nachtbuchung", "permit", "shortname", "short name", "nickname", "year",
        "baujahr", "annee", "anno", "bouwjaar", "firmware", "nozzle", "speed", "voltage",
        "purchase date", "purchase cost", "purchase price", "anschaffungspreis", "kaufpreis",
        "prix d achat", "prezzo d acquisto", "replacement cost", "manual", "url", "link", "website",
    ),
}  # fmt: skip

LANGUAGES = ("en", "fr", "de", "it")
"""In which everything of the house is named, in the order of the names."""

INDUCTIONS = ("Induction: ", "Initiation\u202f: ", "Einführung: ", "Introduzione: ")
"""What comes before the name of a category in the name of the skill that it asks for."""

INSTRUCTION_AND_FORM = {"i": Field.TRAINING, "f": Field.DETAIL}
"""Two headers of one letter, which mean this only where they stand together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A category: its names in four languages, and the beginnings of words that tell it."""

    slug: str
    names: tuple[str, str, str, str]
    words: tuple[str, ...]
    is_area: bool = False


KINDS: tuple[Kind, ...] = (
    Kind(slug="3d-scanner", names=("3D scanners", "Scanners 3D", "3D-Scanner", "Scanner 3D"),
         words=("3d scan", "scanner 3d", "skanect", "kinect", "3dscan")),
    Kind(slug="laser-cutter",
         names=("Laser cutters", "Découpeuses laser", "Lasercutter", "Taglierine laser"),
         words=("laser", "decoupeuse laser", "gravurlaser", "epilog", "trotec", "gcc spirit",
                "xtool", "glowforge", "taglio laser")),
    Kind(slug="pcb-mill", names=("PCB mills", "Fraiseuses PCB", "Platinenfräsen", "Fresatrici PCB"),
         words=("platinenfras", "pcb", "circuit mill", "bantam")),
    Kind(slug="vinyl-cutter",
         names=("Vinyl cutters", "Découpeuses vinyle", "Schneideplotter", "Plotter da taglio"),
         words=("vinyl", "folienschneid", "schneideplot", "schneidplot", "plotter", "cricut",
                "silhouette", "electronic cutter", "gcc expert", "roland gs", "decoupe vinyle",
                "stika", "zund")),
    Kind(slug="textile", names=("Sewing and textile", "Couture et textile", "Nähen und Textil",
                                "Cucito e tessile"),
         words=("sewing", "nah", "overlock", "stickmasch", "cnc stick", "embroid", "broderie",
                "brodeuse", "couture", "coudre", "surjeteuse", "knit", "textil", "cucire",
                "cucito", "ricam", "naaimach", "lockmach", "borduur", "coser",
                "costura", "szycia", "bordadora", "strick", "loom", "webstuhl", "serger")),
    Kind(slug="3d-printer",
         names=("3D printers", "Imprimantes 3D", "3D-Drucker", "Stampanti 3D"),
         words=("3d print", "3d druck", "3dprint", "3d drucker", "imprimante 3d", "imprimantes 3d",
                "impression 3d", "stampante 3d", "stampanti 3d", "stampa 3d", "impresora 3d",
                "prusa", "ultimaker", "ultimkaer", "makerbot", "replicat", "bambu", "elegoo",
                "impressora 3d", "drukarka 3d", "resin", "formlabs", "creality", "ender",
                "zprinter", "stratasys", "objet",
                "dimension sst", "anycubic", "voron", "craftbot", "craft bot", "i3 berlin",
                "fdm", "sla", "filament")),
    Kind(slug="cnc-mill", names=("CNC mills", "Fraiseuses CNC", "CNC-Fräsen", "Fresatrici CNC"),
         words=("cnc", "milling", "shopbot", "router", "shaper origin", "fraiseuse", "fras",
                "fresatrice", "fresadora", "freesmach", "mill", "metallcnc")),
    Kind(slug="electronics", names=("Electronics", "Électronique", "Elektronik", "Elettronica"),
         words=("electroni", "elektroni", "elettronic", "solder", "lot", "desolder", "desoldeer",
                "soldeer", "fer a souder", "saldatore", "oscillo", "oszillo", "multimeter",
                "kweld"), is_area=True),
    Kind(slug="metal", names=("Metalwork", "Travail du métal", "Metall", "Lavorazione metalli"),
         words=("metal", "drehbank", "drehmasch", "lathe", "weld", "schweiss", "soudure",
                "soudage", "poste a souder", "saldatrice", "lasapp", "grinder", "schleifbock",
                "shear", "press brake", "hydraulic", "tour a metaux", "tornio", "water jet"),
         is_area=True),
    Kind(slug="wood", names=("Woodwork", "Travail du bois", "Holz", "Falegnameria"),
         words=("wood", "holz", "bois", "legno", "hout", "madera", "saw", "mitresaw", "jigsaw",
                "tablesaw", "scrollsaw", "bandsaw", "sag", "kreissag", "bandsag", "stichsag",
                "scie", "sega", "zaag", "sierra", "serra", "pila", "drechsel", "hobel",
                "planer", "jointer",
                "sander", "sanding", "ponceuse", "rabot", "drill", "drillpress", "bohr", "perceuse",
                "trapano", "boor", "router table", "oberfras", "chisel"), is_area=True),
    Kind(slug="painting", names=("Painting", "Peinture", "Lackieren", "Verniciatura"),
         words=("spritzkabine", "spray booth", "airbrush", "lackier", "peinture")),
    Kind(slug="media", names=("Sound and image", "Son et image", "Ton und Bild", "Audio e video"),
         words=("audio", "recorder", "camera", "kamera", "video", "photo", "microphone", "foto")),
    Kind(slug="printing", names=("Printing", "Impression", "Drucken", "Stampa"),
         words=("printer", "drucker", "imprimante", "stampante", "screen print", "siebdruck",
                "serigraph", "risograph", "heat press", "transferpresse", "letterpress"),
         is_area=True),
    Kind(slug="other", names=("Other machines", "Autres machines", "Andere Maschinen",
                              "Altre macchine"), words=("other", "divers", "misc"), is_area=True),
)  # fmt: skip
"""From the particular to the general: the first that matches is taken."""

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

YES = frozenset({"yes", "y", "ja", "j", "oui", "o", "si", "s", "true", "wahr", "vrai", "x", "1",
                 "required", "notig", "obligatoire", "mandatory", "needed", "on",
                 "vero", "checked", "sim", "tak"})  # fmt: skip
NO = frozenset({"no", "n", "nein", "non", "false", "falsch", "faux", "0", "nee", "none", "off",
                "not required", "not needed", "keine", "aucune", "aucun", "geen",
                "falso", "unchecked", "nao", "nie"})  # fmt: skip

DOWN = ("defekt", "defect", "kaputt", "broken", "under maintenance", "maintenance", "in wartung",
        "wartung", "gesperrt", "out of order", "out of service", "ausser betrieb", "en panne",
        "hors service", "guasto", "fuori servizio", "in manutenzione", "buiten gebruik", "down",
        "nicht freigegeben", "in repair", "in reparatur", "en reparation", "offline", "stopped",
        "not working", "fuera de servicio", "averiado", "locked", "error")  # fmt: skip
GONE = ("archived", "archiviert", "archive", "retired", "ausgemustert", "hidden", "sold",
        "verkauft", "vendu", "scrapped", "not visible", "disposed")  # fmt: skip

SIDES = frozenset({"links", "mitte", "rechts", "left", "middle", "right", "gauche", "milieu",
                   "droite", "sinistra", "destra", "centro", "rechter", "linker"})  # fmt: skip
NUMBERED_MODELS = frozenset({"ultimaker", "replicator", "makerbot replicator", "form", "maker",
                             "formlabs form", "prusa", "cameo", "silhouette cameo", "ender",
                             "craftbot", "makerbot replicatior"})  # fmt: skip
"""Names of which a small number tells the model, not the unit."""


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


def says(text: str, words: Iterable[str]) -> bool:
    """Whether a word of the folded `text` begins with one of `words`."""
    return any(f" {word}" in f" {text}" for word in words)


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


def kind_of(*, category: str, name: str, room: str) -> Kind | None:
    """The category that a row tells: by its own word, else by its name, its area, its room."""
    word, title = folded(category), folded(name)
    for kind in KINDS:
        if word and (category == kind.slug or (not kind.is_area and _is_word_of(word, kind))):
            return kind
    for text in (title, word, folded(room)):
        for kind in KINDS:
            if text and says(text, kind.words):
                return kind
    return None


def _is_word_of(word: str, kind: Kind) -> bool:
    """Whether a category's own word says this kind and no area besides."""
    names = {folded(name) for name in kind.names}
    return word in names or (len(word.split()) <= 2 and says(word, kind.words))  # noqa: PLR2004
