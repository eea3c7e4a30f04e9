"""What the utilisation page shows, put into the order in which it shows it."""

from reports.page.utilisation import Reader, UtilisationPage

__all__ = ["Reader", "UtilisationPage"]
