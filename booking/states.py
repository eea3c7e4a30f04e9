"""What a reservation and a usage session can be, and the defaults that a space may change."""

from datetime import date, time, timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReservationState(TextChoices):
    """Where a reservation stands; rows are never deleted."""

    HELD = "held", _("held")
    PENDING = "pending", _("awaiting approval")
    CONFIRMED = "confirmed", _("confirmed")
    IN_USE = "in_use", _("in use")
    COMPLETED = "completed", _("completed")
    NO_SHOW = "no_show", _("no-show")
    CANCELLED = "cancelled", _("cancelled")
    DENIED = "denied", _("denied")
    EXPIRED = "expired", _("expired")


OCCUPYING = (
    ReservationState.HELD,
    ReservationState.PENDING,
    ReservationState.CONFIRMED,
    ReservationState.IN_USE,
    ReservationState.COMPLETED,
)
"""States in which a row keeps its occupied time; a completed one to the end of its turnaround."""

UPCOMING = (ReservationState.HELD, ReservationState.PENDING, ReservationState.CONFIRMED)
"""States in which a reservation may still be moved or cancelled."""

UNIT_TOLD = (ReservationState.IN_USE, ReservationState.COMPLETED)
"""States in which it is settled which unit of a pool is meant; before, it may be exchanged."""

GIVEN_UP = (ReservationState.CANCELLED, ReservationState.DENIED, ReservationState.EXPIRED)
"""States of what will not take place."""

UNDECIDED = (ReservationState.HELD, ReservationState.PENDING)
"""States that somebody must leave in time: at `expires_at` the time is given back."""

NEXT_STATES: dict[ReservationState, tuple[ReservationState, ...]] = {
    ReservationState.HELD: (
        ReservationState.PENDING,
        ReservationState.CONFIRMED,
        ReservationState.CANCELLED,
        ReservationState.EXPIRED,
    ),
    ReservationState.PENDING: (
        ReservationState.CONFIRMED,
        ReservationState.CANCELLED,
        ReservationState.DENIED,
        ReservationState.EXPIRED,
    ),
    ReservationState.CONFIRMED: (
        # A new time on a machine that needs approval is asked for anew (RULES, C29).
        ReservationState.PENDING,
        ReservationState.IN_USE,
        ReservationState.NO_SHOW,
        ReservationState.CANCELLED,
    ),
    ReservationState.IN_USE: (ReservationState.COMPLETED,),
    # Staff undo a cancellation; a planned date that comes back takes its row up again.
    ReservationState.CANCELLED: (ReservationState.CONFIRMED, ReservationState.HELD),
    ReservationState.COMPLETED: (),
    ReservationState.NO_SHOW: (),
    ReservationState.DENIED: (),
    ReservationState.EXPIRED: (),
}
"""What may become of a reservation; whatever is not here never happens (tests/properties)."""

FIRST_STATES = (ReservationState.HELD, ReservationState.PENDING, ReservationState.CONFIRMED)
"""States in which a reservation may begin."""

BOOKED = (
    ReservationState.CONFIRMED,
    ReservationState.IN_USE,
    ReservationState.COMPLETED,
    ReservationState.NO_SHOW,
)
"""States that count as booked in the figures (METRICS, B)."""


class ReservationKind(TextChoices):
    """What keeps the machine busy."""

    BOOKING = "booking", _("reservation")
    WORKSHOP = "workshop", _("workshop")
    MAINTENANCE = "maintenance", _("maintenance")


class Frequency(TextChoices):
    """How often a series recurs."""

    DAILY = "DAILY", _("every day")
    WEEKLY = "WEEKLY", _("every week")
    MONTHLY = "MONTHLY", _("every month")


class OnConflict(TextChoices):
    """What becomes of a series of which a date cannot be reserved."""

    ALL_OR_NOTHING = "all_or_nothing", _("reserve nothing")
    SKIP = "skip", _("reserve the others")


class OfferState(TextChoices):
    """What became of time that was offered to somebody on the waitlist."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")


class WishState(TextChoices):
    """Where an entry of the waitlist stands."""

    WAITING = "waiting", _("waiting")
    OFFERED = "offered", _("time offered")
    FULFILLED = "fulfilled", _("reserved")
    LEFT = "left", _("given up")
    EXPIRED = "expired", _("past")


class ExchangeState(TextChoices):
    """What became of a proposal to exchange or to hand over reservations."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


class DisplacementState(TextChoices):
    """What became of a reservation that a block stood in the way of."""

    OPEN = "open", _("to be decided")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("not answered")
    CANCELLED = "cancelled", _("cancelled")
    RESTORED = "restored", _("old time given back")


class WayOut(StrEnum):
    """What becomes of a displaced reservation, the best for its holder first."""

    SAME_TIME = "same_time"
    LATER = "later"
    ELSEWHERE = "elsewhere"
    CANCEL = "cancel"
    KEEP = "keep"


class InductionKind(TextChoices):
    """Whom an induction is for."""

    FULL = "full", _("induction")
    REFRESHER = "refresher", _("refresher")


class InductionState(TextChoices):
    """Where an induction stands."""

    PLANNED = "planned", _("planned")
    CONFIRMED = "confirmed", _("takes place")
    DONE = "done", _("over")
    CANCELLED = "cancelled", _("cancelled")


AHEAD = (InductionState.PLANNED, InductionState.CONFIRMED)
"""States in which people come and go; only what is PLANNED may fall through for want of people."""


class PlaceState(TextChoices):
    """What became of somebody who asked for a seat in an induction."""

    SEATED = "seated", _("has a seat")
    WAITING = "waiting", _("waits for a seat")
    LEFT = "left", _("gave it back")
    PASSED = "passed", _("passed")
    FAILED = "failed", _("did not pass")
    ABSENT = "absent", _("was not there")


COMING = (PlaceState.SEATED, PlaceState.WAITING)
"""States of those who want to come."""

TAUGHT = (PlaceState.PASSED, PlaceState.FAILED, PlaceState.ABSENT)
"""What the attendance list says of who had a seat."""


class FeedKind(TextChoices):
    """What a calendar that programs follow is about."""

    MINE = "mine", _("my reservations")
    MACHINE = "machine", _("a machine")
    SPACE = "space", _("a space")
    COMPANY = "company", _("a company")
    DUTY = "duty", _("staffed hours")


OWN_FEEDS = (FeedKind.MINE, FeedKind.COMPANY)
"""Calendars of what there is to do oneself: they make busy, and a cart is one thing to do."""


class QuotaAccount(TextChoices):
    """Whose use is counted: that of a member, or that of a company by all its delegates."""

    MEMBER = "member", _("each member")
    COMPANY = "company", _("each company")


class QuotaScope(TextChoices):
    """On what use is counted."""

    MACHINE = "machine", _("machine")
    POOL = "pool", _("pool")
    CATEGORY = "category", _("category")
    SPACE = "space", _("space")


class QuotaWindow(TextChoices):
    """Over what time use is counted, in local days of the space; weeks start on Monday."""

    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    ROLLING = "rolling", _("any days in a row")
    AT_ONCE = "at_once", _("at once")


class HoursCounted(TextChoices):
    """Which hours of a day a quota counts."""

    ALL = "all", _("all hours")
    INSIDE = "inside", _("inside these hours")
    OUTSIDE = "outside", _("outside these hours")


class ReminderEvent(TextChoices):
    """What people are reminded of: it lies so long ahead, or so long back."""

    START = "start", _("before the start")
    END = "end", _("before the end")
    CHECK_IN = "check_in", _("after a missed check-in")
    CERTIFICATION = "certification", _("before a certification ends")
    MEMBERSHIP = "membership", _("before a membership ends")
    CONTRACT = "contract", _("before a contract ends")
    MAINTENANCE = "maintenance", _("before planned maintenance")
    STOCK = "stock", _("after stock has become low")
    INDUCTION = "induction", _("before an induction")


class ReminderTo(TextChoices):
    """Who is reminded."""

    HOLDER = "holder", _("who it is about")
    BOOKERS = "bookers", _("who books for the company")
    STAFF = "staff", _("staff of the space")


EVERYBODY = ""
"""What a policy or a reminder names as its audience that holds for everybody."""

REMINDED: dict[ReminderEvent, tuple[ReminderTo, ...]] = {
    ReminderEvent.START: (ReminderTo.HOLDER, ReminderTo.BOOKERS, ReminderTo.STAFF),
    ReminderEvent.END: (ReminderTo.HOLDER,),
    ReminderEvent.CHECK_IN: (ReminderTo.HOLDER, ReminderTo.BOOKERS, ReminderTo.STAFF),
    ReminderEvent.CERTIFICATION: (ReminderTo.HOLDER, ReminderTo.STAFF),
    ReminderEvent.MEMBERSHIP: (ReminderTo.HOLDER, ReminderTo.STAFF),
    ReminderEvent.CONTRACT: (ReminderTo.BOOKERS, ReminderTo.STAFF),
    ReminderEvent.MAINTENANCE: (ReminderTo.STAFF,),
    ReminderEvent.STOCK: (ReminderTo.STAFF,),
    ReminderEvent.INDUCTION: (ReminderTo.HOLDER,),
}
"""Who can be reminded of what."""

AFTERWARDS = (ReminderEvent.CHECK_IN, ReminderEvent.STOCK)
"""Of these people are reminded at once, or so long after."""

OF_RESERVATIONS = (ReminderEvent.START, ReminderEvent.END, ReminderEvent.CHECK_IN)
"""What befalls a reservation, and so differs by whose it is."""

OF_DATES = (ReminderEvent.CERTIFICATION, ReminderEvent.MEMBERSHIP, ReminderEvent.CONTRACT)
"""What ends with a day; people hear of it in the morning, whole days before."""

OF_WHOLE_SPACES = (
    ReminderEvent.MEMBERSHIP,
    ReminderEvent.CONTRACT,
    ReminderEvent.STOCK,
    ReminderEvent.INDUCTION,
)
"""What has nothing to do with a category."""


class UpkeepState(TextChoices):
    """How pressing upkeep is."""

    DUE = "due", _("due")
    SOON = "soon", _("due soon")
    LATER = "later", _("not due yet")
    UNKNOWN = "unknown", _("not foreseeable")


class MachineState(TextChoices):
    """What a machine does at one moment."""

    FREE = "free", _("free")
    RESERVED = "reserved", _("reserved")
    IN_USE = "in_use", _("in use")
    MAINTENANCE = "maintenance", _("maintenance")
    DOWN = "down", _("out of order")
    CLOSED = "closed", _("closed")


class SessionSource(TextChoices):
    """Who says that a machine was used; kept apart in every report."""

    METER = "meter", _("power meter")
    KIOSK = "kiosk", _("at the machine")
    API = "api", _("program")
    STAFF = "staff", _("staff")
    IMPORT = "import", _("import")
    ASSUMED = "assumed", _("assumed from the booking")


OBSERVED = (
    SessionSource.METER,
    SessionSource.KIOSK,
    SessionSource.API,
    SessionSource.STAFF,
)
"""Who has seen it: such sessions of one machine never overlap. Lists from elsewhere, and what is
only assumed, are kept as they are."""


class QuestionKind(TextChoices):
    """What people are asked when they leave a machine."""

    MATERIAL = "material", _("material and how much of it")
    RESULT = "result", _("how it went")
    CONDITION = "condition", _("state of the machine")
    CHOICE = "choice", _("one of several answers")
    NUMBER = "number", _("a number")
    WORDS = "words", _("a few words")


class Result(TextChoices):
    """How it went."""

    WELL = "well", _("It worked")
    PARTLY = "partly", _("Partly")
    FAILED = "failed", _("It failed")


class Condition(TextChoices):
    """How a machine is left."""

    GOOD = "good", _("All in order")
    WORN = "worn", _("Needs a look")
    BROKEN = "broken", _("Cannot be used")
    DANGER = "danger", _("Could hurt somebody")


class CorrectionState(TextChoices):
    """What became of a wish to have a session corrected."""

    OPEN = "open", _("to be decided")
    ACCEPTED = "accepted", _("accepted")
    DENIED = "denied", _("denied")


class KioskAct(TextChoices):
    """What people do at a tablet."""

    CHECK_IN = "check_in", _("check-in")
    CHECK_OUT = "check_out", _("check-out")
    EXTEND = "extend", _("extension")


class KioskOutcome(TextChoices):
    """What became of it; who is gone by then cannot be told, so staff are."""

    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    TO_SETTLE = "to_settle", _("to be settled")
    SETTLED = "settled", _("settled")


class RefusalCode(TextChoices):
    """The rule that does not hold, in the order in which refusals are told (RULES)."""

    IN_THE_PAST = "IN_THE_PAST"
    LEAD_TIME = "LEAD_TIME"
    HORIZON = "HORIZON"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    OFF_GRID = "OFF_GRID"
    CLOSED = "CLOSED"
    MACHINE_OUT_OF_SERVICE = "MACHINE_OUT_OF_SERVICE"
    NOT_CERTIFIED = "NOT_CERTIFIED"
    CERTIFICATION_EXPIRED = "CERTIFICATION_EXPIRED"
    MEMBERSHIP_INACTIVE = "MEMBERSHIP_INACTIVE"
    CONTRACT_NOT_IN_FORCE = "CONTRACT_NOT_IN_FORCE"
    CONTRACT_EXHAUSTED = "CONTRACT_EXHAUSTED"
    QUOTA = "QUOTA"
    TOO_MANY_OPEN_RESERVATIONS = "TOO_MANY_OPEN_RESERVATIONS"
    TAKEN = "TAKEN"
    NOT_ALLOWED = "NOT_ALLOWED"
    CANCELLATION_TOO_LATE = "CANCELLATION_TOO_LATE"
    SERIES_CONFLICT = "SERIES_CONFLICT"


MAX_SPAN = timedelta(days=14)
"""The longest occupied time of one row; it bounds every search for neighbours."""

LONG_USE = timedelta(days=1)
"""Few sessions are longer; those have an index of their own, which bounds every other search."""

LONGEST_BLOCK = timedelta(days=366)
"""The longest time for which staff take a machine out of use in one go."""

MAX_BUFFER = timedelta(days=3)
"""The longest setup or turnaround, so that both leave time for use."""

FARTHEST = timedelta(days=1100)
"""Beyond this nobody books, whatever the horizon; it bounds every expansion of a calendar."""

GUARANTEED_AHEAD = timedelta(days=60)
"""How far guaranteed windows are held at least; further where the horizon reaches further."""

GUARANTEE_REMINDER = timedelta(days=3)
"""How long before its release a guaranteed date is called to the mind of those who may book."""

PROPOSED_AHEAD = timedelta(days=14)
"""How far behind the time that was lost another one is looked for."""

PROPOSAL_HOLD = timedelta(hours=48)
"""How long another time is held for who lost theirs; at most until its start."""

PROPOSAL_NOTICE = timedelta(hours=1)
"""The least time to read of a proposal before it begins."""

WALK_IN = timedelta(hours=1)
"""How long a machine is kept for who starts it without a reservation and names no end."""

UPKEEP_AHEAD = timedelta(days=14)
"""How long before upkeep is due time is put aside for it."""

REPAIR_EXPECTED = timedelta(days=2)
"""How long a machine that breaks is thought to stand still, where nobody knows better."""

STOP_TOLD_AHEAD = timedelta(hours=48)
"""How long before their time people are told that the machine stands still, and still may then."""

LONGEST_WISH = timedelta(days=62)
"""The longest window within which somebody waits for time; it bounds the search for it."""

EXCHANGE_HOLD = timedelta(hours=48)
"""How long a proposal between members waits for its answer, at most until either time begins."""

MOST_SEATS = 200
"""How many people an induction has room for at most."""

DEFAULT_DECISION_AHEAD = timedelta(hours=24)
"""How long before its start an induction with too few people falls through."""

DISUSE_LOOKED_BACK = timedelta(days=366)
"""How long ago a certification may have lapsed of which a late job still finds the use."""

FEED_PAST = timedelta(days=90)
"""How much of the past calendar programs are told."""

FEED_HOURS_AHEAD = timedelta(days=180)
"""How far ahead they are told staffed hours, which go on for ever; reservations however far."""

FEED_GONE = timedelta(days=14)
"""How long they are told that a reservation was given up, so that they let it go."""

EARLIEST_DAY, LATEST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""What calendars and forms can be asked for; no machine of the house is older."""

DEFAULT_LEAD_TIME = timedelta(0)
DEFAULT_HORIZON_DAYS = 60
DEFAULT_SHORTEST = timedelta(minutes=30)
DEFAULT_LONGEST = timedelta(hours=8)
DEFAULT_GRID = timedelta(minutes=15)
DEFAULT_SETUP = timedelta(0)
DEFAULT_TURNAROUND = timedelta(0)
DEFAULT_APPROVAL_HOLD = timedelta(hours=48)
DEFAULT_GRACE_PERIOD = timedelta(minutes=30)
DEFAULT_EARLY_CHECK_IN = timedelta(minutes=15)
DEFAULT_CANCELLATION_WINDOW = timedelta(hours=2)
DEFAULT_OFFER_HOLD = timedelta(hours=4)
DEFAULT_AUTO_CLOSE_AFTER = timedelta(minutes=60)
DEFAULT_REMINDER_OFFSET = timedelta(hours=24)

REMINDERS_LEAVE_AT = time(8)
"""When people hear of what ends in so many days, on the clock of the space."""

LONGEST_REMINDER_OFFSET = timedelta(days=366)
"""How long before something people are reminded of it at most; it bounds what the jobs look at."""

OVERRUN_TOLERATED = timedelta(minutes=2)
"""How long after its end a use may go on before people are told."""

OVERRUN_NOTICE = timedelta(minutes=15)
"""How long before their start the next ones are told that the machine is still in use."""

LEFT_LATE = timedelta(hours=12)
"""How long after an end that a job assumed somebody may still say when they really left."""

PAIRING_HOLD = timedelta(minutes=15)
"""How long the code counts with which a tablet is paired."""

KIOSK_LATEST = timedelta(days=7)
"""How old an entry of a tablet may be; of an older one nobody knows when it was."""

KIOSK_TRUSTED = timedelta(days=1)
"""How old it may be to be done as the tablet tells it: nobody else saw when it was, so the staff
looks at what is older."""

KIOSK_LATE = timedelta(minutes=1)
"""How long somebody waits at a tablet for an answer; whoever gets it later is not there to read."""

KIOSK_TRIES, KIOSK_TRIES_OVER = 10, timedelta(minutes=5)
"""So many badges or PINs may be wrong at one tablet within so long; then it asks to wait."""
