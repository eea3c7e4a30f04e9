"""The categories of machines and the words that tell them."""

from dataclasses import dataclass

from machines.vocabulary.words import folded, says

LANGUAGES = ("en", "fr", "de", "it")
"""In which everything of the house is named, in the order of the names."""

INDUCTIONS = ("Induction: ", "Initiation\u202f: ", "Einführung: ", "Introduzione: ")
"""What comes before the name of a category in the name of the skill that it asks for."""


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
                "xtool", "glowforge", "taglio laser", "fiberlaser", "faserlaser")),
    Kind(slug="pcb-mill", names=("PCB mills", "Fraiseuses PCB", "Platinenfräsen", "Fresatrici PCB"),
         words=("platinenfras", "pcb", "circuit mill", "bantam")),
    Kind(slug="vinyl-cutter",
         names=("Vinyl cutters", "Découpeuses vinyle", "Schneideplotter", "Plotter da taglio"),
         words=("vinyl", "folienschneid", "schneideplot", "schneidplot", "plotter", "cricut",
                "silhouette", "electronic cutter", "gcc expert", "roland gs", "decoupe vinyle",
                "stika", "zund", "vinil", "snijplotter")),
    Kind(slug="textile", names=("Sewing and textile", "Couture et textile", "Nähen und Textil",
                                "Cucito e tessile"),
         words=("sewing", "nah", "overlock", "stickmasch", "cnc stick", "embroid", "broderie",
                "brodeuse", "couture", "coudre", "surjeteuse", "knit", "textil", "cucire",
                "cucito", "ricam", "naaimach", "lockmach", "borduur", "coser", "costura",
                "szycia", "bordadora", "strick", "loom", "webstuhl", "serger")),
    Kind(slug="3d-printer",
         names=("3D printers", "Imprimantes 3D", "3D-Drucker", "Stampanti 3D"),
         words=("3d print", "3d druck", "3dprint", "3d drucker", "imprimante 3d",
                "imprimantes 3d", "impression 3d", "stampante 3d", "stampanti 3d", "stampa 3d",
                "impresora 3d", "prusa", "ultimaker", "ultimkaer", "makerbot", "replicat",
                "bambu", "elegoo", "impressora 3d", "drukarka 3d", "resin", "formlabs",
                "creality", "ender", "zprinter", "stratasys", "objet", "dimension sst",
                "anycubic", "voron", "craftbot", "craft bot", "i3 berlin", "fdm", "sla",
                "filament")),
    Kind(slug="cnc-mill", names=("CNC mills", "Fraiseuses CNC", "CNC-Fräsen", "Fresatrici CNC"),
         words=("cnc", "milling", "shopbot", "router", "shaper origin", "fraiseuse", "fras",
                "fresatrice", "fresadora", "freesmach", "mill", "metallcnc", "fresa",
                "freesbank", "portalfras")),
    Kind(slug="electronics", names=("Electronics", "Électronique", "Elektronik", "Elettronica"),
         words=("electroni", "elektroni", "elettronic", "solder", "lot", "desolder",
                "desoldeer", "soldeer", "fer a souder", "saldatore", "oscillo", "oszillo",
                "multimeter", "kweld", "soldad", "reflow", "netzgerat", "labornetz"), is_area=True),
    Kind(slug="metal", names=("Metalwork", "Travail du métal", "Metall", "Lavorazione metalli"),
         words=("metal", "drehbank", "drehmasch", "lathe", "weld", "schweiss", "soudure",
                "soudage", "poste a souder", "saldatrice", "lasapp", "grinder", "schleifbock",
                "shear", "press brake", "hydraulic", "tour a metaux", "tornio", "torno",
                "water jet", "draaibank", "winkelschleif"),
         is_area=True),
    Kind(slug="wood", names=("Woodwork", "Travail du bois", "Holz", "Falegnameria"),
         words=("wood", "holz", "bois", "legno", "hout", "madera", "saw", "mitresaw", "jigsaw",
                "tablesaw", "scrollsaw", "bandsaw", "sag", "kreissag", "bandsag", "stichsag",
                "scie", "sega", "zaag", "sierra", "serra", "pila", "drechsel", "hobel",
                "planer", "jointer", "sander", "sanding", "ponceuse", "rabot", "drill",
                "drillpress", "bohr", "perceuse", "trapano", "boor", "boormach", "bohrmasch",
                "taladro", "lintzaag", "afkortzaag", "toupie", "defonceuse", "holzwerk",
                "router table", "oberfras", "chisel"), is_area=True),
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
