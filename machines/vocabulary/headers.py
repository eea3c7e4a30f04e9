"""What the columns of an inventory can say, and the headers that announce it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Field(TextChoices):
    """What a column of an inventory can say of a machine."""

    NAME = "name", _("name")
    CATEGORY = "category", _("category")
    MAKE = "make", _("make")
    MODEL = "model", _("model")
    ROOM = "room", _("room or site")
    NUMBER = "number", _("inventory number")
    SERIAL = "serial", _("serial number")
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
    LOADED = "loaded", _("loaded now")
    OWNER = "owner", _("owner, a company or another space")
    OTHERS_AHEAD = "others_ahead", _("days ahead for others than the owner")
    FUNDER = "funder", _("funder")
    BOUGHT = "bought", _("purchase date")
    COST = "cost", _("purchase price")
    RESIDUAL = "residual", _("residual value")
    LIFE = "life", _("useful life in years")
    QUANTITY = "quantity", _("number of units")
    DESCRIPTION = "description", _("description or remark")
    POOL = "pool", _("pool")
    DETAIL = "detail", _("line of the machine's sheet")
    DETAILS = "details", _("all lines of the machine's sheet")
    KEY = "key", _("key of an earlier export")


MANY = frozenset({Field.DESCRIPTION, Field.DETAIL})
"""Fields that several columns may fill; of the others one column is read."""

PRICED = frozenset({Field.PRICE, Field.PRICE_COMPANY, Field.PRICE_STAFF})
"""Fields that hold an amount."""

# A word that two fields have (French "nombre" counts, Spanish "nombre" names) means the first
# whose column reads like it.
HEADERS: dict[Field, tuple[str, ...]] = {
    Field.KEY: ("etabli key",),
    Field.DETAILS: ("sheet",),
    Field.POOL: ("pool",),
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
        "sales price", "preco", "preco por hora", "cena", "cena za godzine", "membre", "member",
        "members", "mitglied", "soci", "socio", "leden", "socios", "price per minute",
        "preis pro minute", "pris",
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
        "trained", "corso", "formacao", "treinamento", "szkolenie", "einweisungspflicht",
        "einweisungspflichtig", "einschulung", "maschinenfuhrerschein", "fuhrerschein",
        "safety training", "sign off", "checkout required", "certified", "certificazione",
        "certificacion", "kraever kursus", "kursus", "utbildning", "opplaering", "skoleni",
    ),
    Field.STOPPED: (
        "under maintenance", "maintenance", "in maintenance", "out of order", "broken", "defective",
        "in wartung", "wartung", "defekt", "gesperrt", "en panne", "hors service", "en maintenance",
        "fuori servizio", "guasto", "in manutenzione", "buiten gebruik", "fuera de servicio",
    ),
    Field.FAULT: ("fault", "fault description", "what is wrong", "defect", "panne", "storung"),
    Field.STATUS: (
        "status", "state", "zustand", "etat", "statut", "stato", "estado", "toestand", "condition",
        "working", "in service", "operational", "fonctionnel", "funktioniert", "stan", "tilstand",
        "stav", "betriebszustand",
    ),
    Field.ARCHIVED: (
        "archived", "archiviert", "archive", "archiviato", "gearchiveerd", "hidden", "disabled",
        "retired", "deleted", "versteckt", "cache", "masque",
    ),
    Field.LISTED: (
        "visible", "listed", "public", "published", "active", "enabled", "sichtbar", "aktiv",
        "offentlich", "actif", "publie", "visibile", "attivo", "zichtbaar", "actief", "activo",
        "bookable", "buchbar", "reservierbar", "reservable", "ausleihbar", "leihbar", "loanable",
        "available for loan", "empruntable", "prestabile", "uitleenbaar", "prestable",
    ),
    Field.QUANTITY: (
        "quantity", "qty", "count", "amount", "number of units", "units owned", "pieces", "pcs",
        "anzahl", "menge", "stuck", "stuckzahl", "quantite", "qte", "nombre", "quantita", "aantal",
        "cantidad", "how many", "quantidade", "ilosc", "q ta", "qta", "qt", "nb", "nbre", "stk",
        "st", "anz", "number of", "no of", "nombre de", "numero di", "numero de", "stock",
        "bestand", "antal", "antall", "pocet",
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
        "equipamento", "ferramenta", "nazwa", "maszyna", "urzadzenie", "nombre",
        "nombre del equipo", "service", "services", "prestation", "objekt", "objet", "objets",
        "oggetto", "oggetti", "gegenstand", "gegenstande", "ding", "thing", "artikel", "article",
        "articolo", "articulo", "produkt", "product", "item name", "item description",
        "kurzbezeichnung", "benamning", "maskin", "verktyg", "utrustning", "maskine", "vaerktoj",
        "udstyr", "utstyr", "stroj", "nazev", "zarizeni",
    ),
    Field.CATEGORY: (
        "category", "type", "kind", "section", "area", "class", "group", "department",
        "technology", "process", "machine type", "equipment type", "zone", "shop", "bereich",
        "kategorie", "typ", "art", "abteilung", "technologie", "geratetyp", "maschinentyp",
        "categorie", "genre", "domaine", "secteur", "famille", "categoria", "tipo", "settore",
        "reparto", "soort", "afdeling", "seccion", "tipo de maquina", "resource group",
        "kategoria", "machine group", "gruppe", "groupe", "gruppo", "groep", "grupo", "kategorien",
        "categories", "subcategory", "warengruppe", "geratekategorie", "resource type",
        "tool type", "item type", "device type", "type of machine", "type de machine",
        "tipo di macchina", "omrade", "kategori", "typ stroje",
    ),
    Field.MAKE: (
        "make", "brand", "manufacturer", "maker", "vendor", "marke", "hersteller", "fabrikat",
        "marque", "fabricant", "constructeur", "marca", "produttore", "costruttore", "merk",
        "fabrikant", "fabricante", "producent", "brand name", "manufacturer name",
        "manufacturer brand", "hersteller marke", "tillverkare", "producer", "vyrobce",
    ),
    Field.MODEL: (
        "model", "model name", "model number", "modell", "typenbezeichnung", "modele", "reference",
        "modello", "modelo", "make and model", "make model", "modellname", "modellbezeichnung",
        "modell nr", "model no", "model nr", "typ", "type", "typennummer", "ref modele",
        "hersteller modell", "marque modele", "marca modello",
    ),
    Field.ROOM: (
        "location", "room", "site", "building", "floor", "place", "where", "standort", "raum",
        "ort", "lage", "gebaude", "stockwerk", "werkstatt", "lieu", "emplacement", "salle",
        "local", "localisation", "etage", "atelier", "luogo", "posizione", "stanza", "sala",
        "sede", "ubicazione", "locatie", "ruimte", "plaats", "lokaal", "ubicacion", "lugar",
        "localizacao", "pomieszczenie", "lokalizacja", "workshop", "space", "campus", "lab",
        "zone", "bereich", "area", "section", "aufstellort", "aufstellungsort", "raumnummer",
        "raum nr", "room no", "room number", "usual location", "storage location", "lagerort",
        "facility", "plats", "placering", "lokation", "sted", "umisteni", "mistnost",
    ),
    Field.NUMBER: (
        "id", "machine id", "equipment id", "asset id", "asset tag", "asset number", "tag",
        "inventory", "inventory number", "inventory no", "inventory id", "code", "serial",
        "serial number", "serial no", "s n", "sn", "kennung", "inventarnummer", "inventar nr",
        "inv nr", "seriennummer", "gerate id", "geratenummer", "schlussel", "identifiant",
        "numero d inventaire", "no inventaire", "n inventaire", "numero de serie", "no de serie",
        "matricola", "numero di serie", "numero inventario", "codice", "inventarisnummer",
        "serienummer", "numero de inventario", "codigo", "uuid", "slug", "key", "barcode",
        "asset no", "internal reference", "ref", "inventarcode", "inventory code", "artikelnr",
        "artikelnummer", "artikel nr", "art nr", "gerate nr", "geratenr", "maschinennummer",
        "maschinen nr", "machine no", "machine number", "tool id", "tool no", "item id", "item no",
        "item number", "equipment no", "equipment number", "n de serie", "n serie", "n inv",
        "numero di inventario", "codice inventario", "objektnummer", "sku",
    ),
    Field.SERIAL: (
        "serial number", "serial", "serial no", "s n", "sn", "seriennummer", "serien nr",
        "numero de serie", "no de serie", "n de serie", "n serie", "numero di serie", "matricola",
        "serienummer", "numero de serie",
    ),
    Field.LOADED: ("loaded now", "geladen", "charge actuellement", "caricato ora"),
    Field.OWNER: ("owned by", "gehort", "appartient a", "appartiene a"),
    Field.OTHERS_AHEAD: ("owner priority days",),
    Field.FUNDER: (
        "funder", "funded by", "funding", "funding source", "forderer", "gefordert durch",
        "finanziert durch", "financeur", "finance par", "financement", "finanziatore",
        "finanziato da", "gefinancierd door",
    ),
    Field.BOUGHT: (
        "purchase date", "date of purchase", "purchased", "purchased on", "bought on",
        "acquisition date", "kaufdatum", "anschaffungsdatum", "angeschafft am", "gekauft am",
        "date d achat", "date d acquisition", "achete le", "data di acquisto", "data acquisto",
        "acquistato il", "aankoopdatum", "fecha de compra",
    ),
    Field.COST: (
        "purchase price", "purchase cost", "acquisition cost", "anschaffungspreis",
        "anschaffungskosten", "anschaffungswert", "kaufpreis", "prix d achat", "cout d acquisition",
        "prezzo d acquisto", "prezzo di acquisto", "aankoopprijs", "precio de compra",
    ),
    Field.RESIDUAL: ("residual value", "restwert", "valeur residuelle", "valore residuo"),
    Field.LIFE: (
        "useful life years", "useful life", "lifetime years", "nutzungsdauer",
        "nutzungsdauer jahre", "duree d utilisation", "duree d amortissement", "vita utile",
    ),
    Field.ORDINAL: (
        "no", "nr", "num", "pos", "position", "row", "line", "lfd nr", "laufnummer", "n", "number",
        "nummer", "numero", "index", "zeile", "ligne", "lp",
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
        "company", "firma", "entreprise", "bedrijf", "empresa", "business",
        "replacement cost", "manual", "url", "link", "website",
        # What is read into numbers (machines/measuring).
        "laser power", "laserleistung", "puissance laser", "potenza laser", "duse", "buse",
        "ugello", "layer height", "schichthohe", "hauteur de couche", "altezza strato",
        "thickness", "material thickness", "cuts", "schnittdicke", "materialstarke", "schneidet",
        "epaisseur", "epaisseur de coupe", "spessore", "spessore di taglio", "spannung",
        "tension", "tensione", "drehzahl", "temperature", "temperatur", "temperatura",
    ),
}  # fmt: skip

INSTRUCTION_AND_FORM = {"i": Field.TRAINING, "f": Field.DETAIL}
"""Two headers of one letter, which mean this only where they stand together."""
