"""The yearly report in words, as its page and its paper say them, in the active language."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.blocks import FEWEST_PEOPLE
from reports.definitions import BY_ID, Definition
from reports.figures import Totals
from reports.queries.yearly import YearOfSpace
from reports.wording import (
    few_in_words,
    hours_in_words,
    percent_in_words,
    share_of_people_in_words,
)

DEFINED = ("opening_h", "available_h", "used_h", "booked_h", "use_rate", "booked_rate", "uptime")
"""What the figures mean is told of these."""

TERMS_TOLD = ("opening_h", "available_h", "booked_h", "used_h", "maintenance_h", "down_h")
MEASURES = ("used", "booked")
"""The terms that people make, so that few may be told of."""

UNKNOWN = "–"

HourRow = tuple[Definition, str | None, str | None]
GivenRow = tuple[str, int | str, int | str]


def hidden() -> str:
    """What stands in the place of a figure that few people made."""
    return pgettext("a figure", "hidden")


def hour_rows(told: YearOfSpace) -> Iterator[HourRow]:
    """Each term in hours, beside the year before; None where it would tell of few people."""
    before = told.report.before or Totals({})
    for each in TERMS_TOLD:
        definition = BY_ID[each]
        yield (
            definition,
            hours_if_shown(definition.column, told.report.totals, told.shown),
            hours_if_shown(definition.column, before, told.shown_before),
        )


def hours_if_shown(term: str, totals: Totals, shown: frozenset[str]) -> str | None:
    """One term in hours; None where it would tell of few people."""
    if term in MEASURES and term not in shown:
        return None
    return hours_in_words(totals.seconds(term))


def use_rate_if_shown(totals: Totals, shown: frozenset[str]) -> str | None:
    """The utilisation; None where it would tell of few people."""
    return percent_in_words(totals.share("use_rate")) if "used" in shown else None


def given_rows(told: YearOfSpace) -> list[GivenRow]:
    """What people gave to each other; the year before only where that is known."""
    given, before, made = told.given, told.given_before, told.report.contributions
    return [
        (_("Inductions held"), given.inductions, before.inductions),
        (_("People who passed one"), few_in_words(given.taught), few_in_words(before.taught)),
        (_("Documents written"), given.documents, before.documents),
        (_("Skills granted"), few_in_words(made.skills_granted), UNKNOWN),
        (_("Faults reported"), made.faults_reported, UNKNOWN),
        (_("Upkeep done"), made.upkeep_done, UNKNOWN),
        (_("Machines in the catalogue, today"), given.machines, UNKNOWN),
    ]


def newcomers(told: YearOfSpace) -> str:
    """How many came for the first time, and what part of all came back unless that tells of few."""
    reach = told.report.reach
    if 0 < reach.people - reach.first_timers < FEWEST_PEOPLE <= reach.first_timers:
        came = _("All but fewer than five people came for the first time.")
    else:
        came = _("%(first)s people came for the first time.") % {
            "first": capfirst(few_in_words(reach.first_timers))
        }
    share = share_of_people_in_words(reach.came_back)
    if share is None:
        return came
    return f"{came} " + _("%(back)s of all came back within 60 days.") % {"back": share}
