"""What a calendar of a machine or a space can say."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CalendarKind(TextChoices):
    """What the events of an availability calendar mean."""

    OPEN = "open", _("opening hours")
    STAFFED = "staffed", _("staffed hours")
    CLOSED = "closed", _("closures")
    MAINTENANCE = "maintenance", _("maintenance")


class Repeat(TextChoices):
    """How often a closure or a maintenance job comes back."""

    ONCE = "once", _("once")
    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every second week")
    MONTHLY_DATE = "monthly_date", _("every month on this date")
    MONTHLY_WEEKDAY = "monthly_weekday", _("every month on this weekday")
    YEARLY = "yearly", _("every year")


class UpkeepBasis(TextChoices):
    """What tells that upkeep is due again."""

    DAYS = "days", _("days")
    HOURS = "hours", _("hours of use")
    CYCLES = "cycles", _("uses")
    COUNTER = "counter", _("a counter")


class Following(TextChoices):
    """How far a calendar from elsewhere is followed."""

    DRAFT = "draft", _("not saved yet")
    ACTIVE = "active", _("followed")
    PAUSED = "paused", _("paused")


class Meaning(TextChoices):
    """What the events of a calendar from elsewhere are taken for."""

    CLOSURE = "closure", _("Closures: everyone sees what the events are called")
    BUSY = "busy", _("Busy time: everyone sees only “Busy”")


class Flaw(TextChoices):
    """Why an event of a calendar from elsewhere was not read, or not quite as it was written."""

    BROKEN = "broken", _("A line of it cannot be understood.")
    NO_START = "no_start", _("It has no start.")
    NO_LENGTH = "no_length", _("It has no length.")
    ENDS_FIRST = "ends_first", _("It ends before it starts.")
    TOO_OFTEN = "too_often", _("It repeats too often to be read.")
    TOO_MANY = "too_many", _("There are too many dates; those that come first were taken.")
    UNKNOWN_ZONE = "unknown_zone", _("Its time zone is unknown: it was read on the clock here.")


TAKEN_ALL_THE_SAME = frozenset({Flaw.TOO_MANY, Flaw.UNKNOWN_ZONE})
"""Flaws of what was read in spite of them."""


class Trouble(TextChoices):
    """Why a calendar from elsewhere could not be read at all."""

    ADDRESS = "address", _("We do not call this address: it is none of the open internet.")
    UNREACHABLE = "unreachable", _("Nobody answers at this address.")
    SLOW = "slow", _("The answer took too long.")
    STATUS = "status", _("The server did not give the calendar out.")
    REDIRECTS = "redirects", _("The address leads from one to another without an end.")
    TOO_LARGE = "too_large", _("The calendar is larger than 5 MB.")
    NOT_A_CALENDAR = "not_a_calendar", _("This is not a calendar (.ics).")
    TOO_MUCH = "too_much", _("The calendar takes too long to read.")


class StockUnit(TextChoices):
    """In what a consumable is counted; the signs of measures are the same in every language."""

    PIECE = "piece", _("pieces")
    SHEET = "sheet", _("sheets")
    GRAM = "g", "g"
    KILOGRAM = "kg", "kg"
    MILLILITRE = "ml", "ml"
    LITRE = "l", "l"
    MILLIMETRE = "mm", "mm"
    METRE = "m", "m"
    SQUARE_CENTIMETRE = "cm2", "cm²"
    SQUARE_METRE = "m2", "m²"


COUNTED_WHOLE = (StockUnit.PIECE, StockUnit.SHEET)
"""Of these there is no half."""


class MovementKind(TextChoices):
    """Why the stock of a consumable changed."""

    RECEIVED = "received", _("received")
    TAKEN = "taken", pgettext_lazy("movement", "taken")
    DISCARDED = "discarded", _("thrown away")
    COUNTED = "counted", _("difference of a count")


INTO_STOCK = (MovementKind.RECEIVED,)
OUT_OF_STOCK = (MovementKind.TAKEN, MovementKind.DISCARDED)


def in_words(trouble: str, detail: str) -> str:
    """Why a calendar could not be read, with what its server said where it said something."""
    said = str(Trouble(trouble).label)
    return f"{said} ({detail})" if detail else said


class Outcome(TextChoices):
    """What a code that is read at a stocktake tells."""

    FOUND = "found", _("found")
    ELSEWHERE = "elsewhere", _("belongs elsewhere")
    DOUBLE = "double", _("counted already")
    UNKNOWN = "unknown", _("unknown")
    MISSING = "missing", _("missing")


class ChangeKind(TextChoices):
    """What was done to machines."""

    MADE = "made", _("made")
    EDITED = "edited", _("changed")
    BULK = "bulk", _("changed together")
    IMPORTED = "imported", _("imported")
    COPIED = "copied", _("duplicated")
    LOADED = "loaded", _("loaded")
    OWNER = "owner", _("priority of the owner")
    PRICED = "priced", _("prices")
    PHOTOS = "photos", _("photos")
    MOVED = "moved", _("moved to another space")
    ARRIVED = "arrived", _("came from another space")
    RETIRED = "retired", _("retired")
    BACK = "back", _("back in service")
    UNDONE = "undone", _("taken back")


FINAL = frozenset({ChangeKind.MOVED, ChangeKind.ARRIVED})
"""Acts that are not taken back: the machine goes back the way it came, with its history."""


class FilePurpose(TextChoices):
    """What a file is brought for."""

    INVENTORY = "inventory", _("inventory")
    HISTORY = "history", _("the past of a space")


class DraftState(TextChoices):
    """How far a file is between its upload and its import."""

    OPEN = "open", _("not imported")
    WAITING = "waiting", _("being imported")
    REFUSED = "refused", _("not imported")
    DONE = "done", _("imported")
    FAILED = "failed", _("failed")


BEFORE_IMPORT = (DraftState.OPEN, DraftState.REFUSED)
"""In these a file is still looked at, and read another way."""


class Found(TextChoices):
    """How a fault came to light, as whoever was there says it; nobody asks whose fault it is."""

    FOUND = "found", _("I found it broken")
    BROKE = "broke", _("It broke while I used it")
    FIXED = "fixed", _("I fixed it already")


class Severity(TextChoices):
    """How bad a fault is, as the staff judges it."""

    MINOR = "minor", _("minor: it works all the same")
    HAMPERS = "hampers", _("hampers: part of it does not work")
    SERIOUS = "serious", _("serious: it cannot be used well")
    HAZARD = "hazard", _("safety hazard: somebody could get hurt")


class FaultEvent(TextChoices):
    """What happened to a fault."""

    REPORTED = "reported", _("reported")
    JUDGED = "judged", _("looked at")
    ASSIGNED = "assigned", _("taken on")
    COMMENT = "comment", _("comment")
    DUPLICATE = "duplicate", _("the same as another")
    RESOLVED = "resolved", _("resolved")
    REOPENED = "reopened", _("opened again")


class FaultFilter(TextChoices):
    """Which faults a list shows."""

    OPEN = "open", _("open")
    NEW = "new", _("not looked at yet")
    MINE = "mine", _("taken on by me")
    NOBODYS = "nobodys", _("taken on by nobody")
    STOPPING = "stopping", _("stopping a machine")
    OVERDUE = "overdue", _("later than expected")
    RESOLVED = "resolved", _("resolved")
    ALL = "all", _("all")
