"""The people of the demo; every one of them is invented."""

LOGINS = {
    "maker@etabli.example": "Camille Rochat",
    "staff@etabli.example": "Jonas Widmer",
    "company@etabli.example": "Nadia Bernasconi",
    "admin@etabli.example": "Alex Favre",
}
PASSWORD = "atelier-demo"  # noqa: S105
BADGE, BADGE_PIN = "04A1B2C3", "2580"

MAKERS = (
    "Aline Perret", "Amir Haddad", "Anna Keller", "Arnaud Moret", "Beatrice Lombardi",
    "Bruno Jaquet", "Carla Fontana", "Céline Dubuis", "Daniel Meier", "David Nguyen",
    "Elena Rossi", "Elif Demir", "Emma Zbinden", "Fabio Galli", "Felix Brunner",
    "Giulia Ferrari", "Grace Tan", "Hannah Frei", "Hugo Chappuis", "Ines Carvalho",
    "Jan Suter", "Julie Monnier", "Kai Lim", "Karin Egli", "Lara Gerber",
    "Léa Blanchard", "Livia Caduff", "Luca Bianchi", "Luc Maillard", "Manon Gillard",
    "Marco Crivelli", "Marie Aubert", "Mei Lin Chua", "Michael Ong", "Milena Petrović",
    "Nico Baumann", "Nina Hofer", "Noémie Cretton", "Olivier Schmid", "Paula Ribeiro",
    "Priya Nair", "Rafael Studer", "Rahel Imhof", "Robin Pasche", "Samuel Wyss",
    "Sara Quadri", "Simon Ledermann", "Sofia Marchetti", "Stefan Arnold", "Théo Girardin",
    "Tim Aebischer", "Valérie Oberson", "Vera Steiner", "Wei Jie Koh", "Yann Besson",
)  # fmt: skip

COMPANIES = {
    "orbe-optique": "Orbe Optique SA",
    "studio-nord": "Studio Nord GmbH",
    "lemano-robotique": "Lémano Robotique Sàrl",
    "ticino-tessile": "Ticino Tessile SA",
    "limmat-medtech": "Limmat Medtech AG",
}
DEMO_COMPANY = "lemano-robotique"
