"""What people of a space write: each space writes its own language, whatever a reader speaks."""

from dataclasses import dataclass

from spaces.models import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The texts of one language; each tuple is as long as in the others."""

    pause: str
    courses: str
    course: str
    exam: str
    upkeep: str
    sheet: str
    laser_power: str
    cuts: str
    thicknesses: str
    recipes: str
    care: str
    purposes: tuple[str, ...]
    company_purposes: tuple[str, ...]
    faults: tuple[str, ...]


ENGLISH = Words(
    pause="Summer break",
    courses="Evening school",
    course="Evening course",
    exam="Exam",
    upkeep="Cleaning and alignment",
    sheet="Care sheet",
    laser_power="Laser power",
    cuts="Cuts",
    thicknesses="acrylic up to 10 mm, plywood up to 6 mm, cardboard up to 5 mm",
    recipes="Laser settings",
    care="""Care of {name}

Before: look at the machine, clear the work area, check the extraction.
While it runs: stay within reach, keep the emergency stop free.
After: clean, empty the waste, write down what you noticed.
""",
    purposes=(
        "Front panel, 3 mm acrylic", "Prototype of a housing", "Lamp for the hallway",
        "Gift boxes", "Bracket for a bicycle", "Stool, second try", "Stage scenery",
        "Enclosure for a sensor", "Course preparation", "Model of a roof", "Jig for drilling",
        "Spare part for a mixer", "Letters for a shop window", "Costume",
        "Test of a new filament", "Diploma project", "", "",
    ),
    company_purposes=(
        "Fixture, series 2", "Fatigue test samples", "Optical mount", "Prototype run",
        "Pilot series", "Material trial",
    ),
    faults=(
        "Lens is clouded", "Nozzle blocked", "Bed does not heat", "Belt slips",
        "Extraction is weak", "Spindle makes a noise", "Emergency stop sticks",
        "Display stays dark", "Blade is blunt",
    ),
)  # fmt: skip

FRENCH = Words(
    pause="Pause d’été",
    courses="École du soir",
    course="Cours du soir",
    exam="Examen",
    upkeep="Nettoyage et réglage",
    sheet="Fiche d’entretien",
    laser_power="Puissance laser",
    cuts="Coupe",
    thicknesses="acrylique jusqu’à 10 mm, contreplaqué jusqu’à 6 mm, carton jusqu’à 5 mm",
    recipes="Réglages du laser",
    care="""Entretien : {name}

Avant : regardez la machine, dégagez la surface de travail, contrôlez l’aspiration.
Pendant : restez à portée, gardez l’arrêt d’urgence libre.
Après : nettoyez, videz les déchets, notez ce que vous avez remarqué.
""",
    purposes=(
        "Façade, acrylique 3 mm", "Prototype de boîtier", "Lampe pour le couloir",
        "Boîtes cadeaux", "Support pour un vélo", "Tabouret, deuxième essai", "Décor de scène",
        "Boîtier pour un capteur", "Préparation d’un cours", "Maquette de toit",
        "Gabarit de perçage", "Pièce de rechange pour un mixeur", "Lettres pour une vitrine",
        "Costume", "Essai d’un nouveau filament", "Travail de diplôme", "", "",
    ),
    company_purposes=(
        "Gabarit, série 2", "Éprouvettes de fatigue", "Monture optique", "Série de prototypes",
        "Présérie", "Essai de matériau",
    ),
    faults=(
        "La lentille est voilée", "La buse est bouchée", "Le plateau ne chauffe pas",
        "La courroie patine", "L’aspiration est faible", "La broche fait du bruit",
        "L’arrêt d’urgence coince", "L’écran reste noir", "La lame est émoussée",
    ),
)  # fmt: skip

GERMAN = Words(
    pause="Sommerpause",
    courses="Abendschule",
    course="Abendkurs",
    exam="Prüfung",
    upkeep="Reinigen und Ausrichten",
    sheet="Pflegeblatt",
    laser_power="Laserleistung",
    cuts="Schneidet",
    thicknesses="Acryl bis 10 mm, Sperrholz bis 6 mm, Karton bis 5 mm",
    recipes="Einstellungen des Lasers",
    care="""Pflege: {name}

Vorher: Maschine ansehen, Arbeitsfläche räumen, Absaugung prüfen.
Während sie läuft: in Reichweite bleiben, Not-Aus freihalten.
Nachher: reinigen, Abfall leeren, Auffälliges notieren.
""",
    purposes=(
        "Frontplatte, Acryl 3 mm", "Prototyp eines Gehäuses", "Lampe für den Flur",
        "Geschenkschachteln", "Halter fürs Velo", "Hocker, zweiter Versuch", "Bühnenbild",
        "Gehäuse für einen Sensor", "Kursvorbereitung", "Modell eines Dachs", "Bohrlehre",
        "Ersatzteil für einen Mixer", "Buchstaben fürs Schaufenster", "Kostüm",
        "Test eines neuen Filaments", "Diplomarbeit", "", "",
    ),
    company_purposes=(
        "Vorrichtung, Serie 2", "Proben für Dauerversuch", "Optische Halterung",
        "Prototypenserie", "Nullserie", "Materialversuch",
    ),
    faults=(
        "Linse ist trüb", "Düse verstopft", "Heizbett bleibt kalt", "Riemen rutscht",
        "Absaugung ist schwach", "Spindel macht Lärm", "Not-Aus klemmt",
        "Anzeige bleibt dunkel", "Sägeblatt ist stumpf",
    ),
)  # fmt: skip

ITALIAN = Words(
    pause="Pausa estiva",
    courses="Scuola serale",
    course="Corso serale",
    exam="Esame",
    upkeep="Pulizia e regolazione",
    sheet="Scheda di manutenzione",
    laser_power="Potenza laser",
    cuts="Taglia",
    thicknesses="acrilico fino a 10 mm, compensato fino a 6 mm, cartone fino a 5 mm",
    recipes="Impostazioni del laser",
    care="""Manutenzione: {name}

Prima: guardare la macchina, liberare il piano di lavoro, controllare l’aspirazione.
Durante: restare vicino, tenere libero l’arresto d’emergenza.
Dopo: pulire, svuotare i rifiuti, annotare ciò che si è notato.
""",
    purposes=(
        "Pannello frontale, acrilico 3 mm", "Prototipo di una custodia",
        "Lampada per il corridoio", "Scatole regalo", "Supporto per bicicletta",
        "Sgabello, secondo tentativo", "Scenografia", "Custodia per un sensore",
        "Preparazione di un corso", "Modello di un tetto", "Dima di foratura",
        "Ricambio per un frullatore", "Lettere per una vetrina", "Costume",
        "Prova di un nuovo filamento", "Lavoro di diploma", "", "",
    ),
    company_purposes=(
        "Attrezzatura, serie 2", "Provini di fatica", "Supporto ottico", "Serie di prototipi",
        "Preserie", "Prova di materiale",
    ),
    faults=(
        "La lente è appannata", "Ugello otturato", "Il piano non si scalda",
        "La cinghia slitta", "Aspirazione debole", "Il mandrino fa rumore",
        "L’arresto d’emergenza si blocca", "Lo schermo resta buio", "La lama non taglia più",
    ),
)  # fmt: skip

LANGUAGES = {"en": ENGLISH, "fr": FRENCH, "de": GERMAN, "it": ITALIAN}


def language_of(space: Space) -> str:
    """The language in which the people of a space write: its first that is known here."""
    return next((code for code in space.languages if code in LANGUAGES), "en")


def words_of(space: Space) -> Words:
    """What the people of a space write, in their language."""
    return LANGUAGES[language_of(space)]
