"""The definitions of every figure: one source for the page behind each “?”, the exports and docs.

The symbols and formulas are those of docs/metrics.md, which a test holds in step.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERSION = "v1"

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure: its id, which never changes its meaning within a version, and what it says."""

    id: str
    symbol: str
    name: Words
    formula: Words
    text: Words

    @property
    def column(self) -> str:
        """The name under which `figures.Totals` knows the term."""
        return self.id.removesuffix("_h")


TERMS = (
    Definition(
        "calendar_h",
        "T",
        _("Calendar hours"),
        _("size of P"),
        _("All hours of the period in real time: a day has 23, 24 or 25."),
    ),
    Definition(
        "opening_h",
        "O",
        _("Opening hours"),
        "",
        _("The machine may be used by rule: opening hours less closures."),
    ),
    Definition(
        "maintenance_h", "M", _("Maintenance"), "", _("Planned maintenance within opening hours.")
    ),
    Definition(
        "down_h",
        "D",
        _("Down"),
        "",
        _(
            "Not planned: the machine stood still for a fault, within opening hours and outside "
            "maintenance."
        ),
    ),
    Definition(
        "available_h",
        "A",
        _("Available hours"),
        "O − M − D",
        _("Opening hours less maintenance and down time."),
    ),
    Definition(
        "booked_h",
        "B",
        _("Booked hours"),
        "",
        _(
            "Confirmed, running and completed reservations, workshops and no-shows, as booked, "
            "within opening hours."
        ),
    ),
    Definition(
        "occupied_h",
        "",
        _("Occupied hours"),
        "",
        _("Booked hours with setup and turnaround, within opening hours."),
    ),
    Definition(
        "no_show_h",
        "N",
        _("No-show hours"),
        "",
        _("The part of the booked hours for which nobody came."),
    ),
    Definition(
        "released_h",
        "R",
        _("Released hours"),
        "",
        _(
            "From the moment a no-show’s machine was really freed to the booked end, within "
            "opening hours."
        ),
    ),
    Definition(
        "late_cancelled_h",
        "",
        _("Cancelled late"),
        "",
        _(
            "Reservations that staff cancelled after their window had closed. They are not "
            "booked hours."
        ),
    ),
    Definition(
        "used_h",
        "U",
        _("Used hours"),
        "",
        _("Usage sessions, overlaps counted once, within available hours."),
    ),
    Definition(
        "used_outside_h",
        "",
        _("Used outside"),
        "",
        _(
            "Use outside the available hours. It is shown apart and never enters a rate, except "
            "calendar loading."
        ),
    ),
    Definition(
        "used_in_booking_h",
        "",
        _("Used in own booking"),
        "",
        _(
            "The part of the used hours inside a reservation of the same person, or of a company "
            "whose delegate they were."
        ),
    ),
    Definition(
        "walk_in_h",
        "",
        _("Walk-in hours"),
        "U − used_in_booking",
        _("Used hours outside any reservation of the same person."),
    ),
    Definition(
        "used_assumed_h",
        "",
        _("Assumed"),
        "",
        _(
            "The part of the used hours that is assumed from the booking because nobody told the "
            "end. It can be left out."
        ),
    ),
    Definition(
        "used_meter_h",
        "",
        _("Used, told by meters"),
        "",
        _("Used hours that a power meter, a plug or a printer tells."),
    ),
    Definition(
        "used_kiosk_h",
        "",
        _("Used, told at the machine"),
        "",
        _("Used hours told by people at the machine."),
    ),
    Definition(
        "used_api_h",
        "",
        _("Used, told by programs"),
        "",
        _("Used hours told by another program."),
    ),
    Definition(
        "used_staff_h",
        "",
        _("Used, told by staff"),
        "",
        _("Used hours entered by staff."),
    ),
    Definition(
        "used_import_h",
        "",
        _("Used, from lists"),
        "",
        _("Used hours from lists of another system."),
    ),
    Definition(
        "working_h",
        "W",
        _("Working hours"),
        "",
        _("The part of the used hours in which the meter says that the machine works."),
    ),
    Definition(
        "used_metered_h",
        "",
        _("Used with a meter"),
        "",
        _("The part of the used hours in which the machine had a meter to say so."),
    ),
)

RATES = (
    Definition(
        "use_rate", "", _("Utilisation"), "U / A", _("How much of the available time was used.")
    ),
    Definition(
        "booked_rate",
        "",
        _("Booked rate"),
        "B / A",
        _("How much was booked, beside the available time."),
    ),
    Definition(
        "booking_efficiency",
        "",
        _("Booking efficiency"),
        "used_in_booking / B",
        _("How much of what was booked was used by who booked it."),
    ),
    Definition(
        "no_show_rate_count",
        "",
        _("No-show rate by count"),
        _("no-shows / reservations due"),
        _(
            "Of the reservations that start in the period and need a check-in, the part for "
            "which nobody came."
        ),
    ),
    Definition(
        "no_show_rate_hours",
        "",
        _("No-show rate by hours"),
        "N / B",
        _("The part of the booked hours for which nobody came."),
    ),
    Definition(
        "use_rate_gross",
        "",
        _("Use of opening time"),
        "U / O",
        _("Like utilisation, with breakdowns and maintenance not forgiven."),
    ),
    Definition(
        "loading",
        "",
        _("Calendar loading"),
        _("merged sessions / T"),
        _("All use beside all hours of the calendar."),
    ),
    Definition(
        "walk_in_share",
        "",
        _("Walk-in share"),
        "walk_in / U",
        _("How much of the use came without a reservation."),
    ),
    Definition(
        "working_share",
        "",
        _("Working share"),
        "W / used_metered",
        _("How much of its use a machine with a meter worked; without a meter it is not known."),
    ),
    Definition(
        "uptime",
        "",
        _("Technical availability"),
        "(O − M − D) / (O − M)",
        _("How much of the time outside maintenance the machine worked."),
    ),
)

FURTHER = (
    Definition(
        "saturation",
        "",
        _("Saturation"),
        _("busy / open"),
        _(
            "How much of the time in which any machine of a pool or category was open all that "
            "worked were used, or kept for somebody. Sums of its hours are divided. Assumed use "
            "always counts here: the machine was not free."
        ),
    ),
    Definition(
        "unmet_demand",
        "",
        _("Unmet demand"),
        _("counts and hours"),
        _(
            "Refused tries by the rule that stood in the way, by the time that was asked for; the "
            "same time asked for again by the same person counts once in hours. Beside it the "
            "wishes that waited until it was too late."
        ),
    ),
    Definition(
        "lead_time",
        "",
        _("Lead time"),
        _("median of start − created"),
        _("Half of the reservations of the period were made earlier than this before their start."),
    ),
    Definition(
        "mtbf",
        "",
        _("Time between failures"),
        _("U / failures"),
        _(
            "Used hours for each time that a machine stopped for a fault. Without failures it is "
            "not known."
        ),
    ),
    Definition(
        "mttr",
        "",
        _("Time to repair"),
        _("D / failures"),
        _("Down hours for each time that a machine stopped for a fault."),
    ),
    Definition(
        "reach",
        "",
        _("Reach"),
        _("distinct people and companies"),
        _(
            "People who used a machine, and companies for which one was booked, each once. "
            "First-timers never used a machine of the same report before."
        ),
    ),
    Definition(
        "came_back",
        "",
        _("Came back"),
        _("people back / people"),
        _(
            "Of the people of the period, those who came again on another date within 60 days of "
            "their first."
        ),
    ),
    Definition(
        "cost_recovery",
        "",
        _("Cost recovery"),
        _("revenue / (depreciation + maintenance + consumables + energy)"),
        _("How much of what the machines cost comes back. It is not known until there are prices."),
    ),
)
"""What is told beside the terms and rates: of groups of machines, of failures, and of people."""

BY_ID = {definition.id: definition for definition in (*TERMS, *RATES, *FURTHER)}
