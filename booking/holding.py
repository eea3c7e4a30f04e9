"""What each rule asks for, in words, and who says so: the table of the rules, for people.

Whoever adds a rule says here what it asks; a test holds the two tables together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking import rules
from booking.facts import Facts
from booking.rules import Rule
from booking.wording import duration_in_words, limit_in_words, week_in_words


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule asks for under the facts of a request.

    `terms` are those that policies set; `source` says who or what else does.
    """

    says: Callable[[Facts], str]
    terms: tuple[str, ...] = ()
    source: Any = ""


def _lead_time(facts: Facts) -> str:
    if not facts.terms.lead_time:
        return _("The start may be as near as one likes.")
    return _("The start is at least %(duration)s ahead.") % {
        "duration": duration_in_words(facts.terms.lead_time)
    }


def _horizon(facts: Facts) -> str:
    days = facts.terms.horizon_days
    return ngettext(
        "The start is at most %(days)d day ahead.",
        "The start is at most %(days)d days ahead.",
        days,
    ) % {"days": days}


def _shortest(facts: Facts) -> str:
    return _("It lasts %(duration)s at least.") % {
        "duration": duration_in_words(facts.terms.shortest)
    }


def _longest(facts: Facts) -> str:
    return _("It lasts %(duration)s at most.") % {
        "duration": duration_in_words(facts.terms.longest)
    }


def _grid(facts: Facts) -> str:
    return _("Start and end exist on the clock and fall on steps of %(duration)s.") % {
        "duration": duration_in_words(facts.terms.grid)
    }


def _open(facts: Facts) -> str:
    if facts.terms.staff_needed:
        return _("The space is open, and staff is there.")
    if facts.terms.unattended_allowed:
        return _("The space is open at the start and at the end; in between it may run on.")
    return _("The space is open.")


def _hours(facts: Facts) -> str:
    if not facts.terms.hours:
        return _("No hours of the week are kept for others.")
    return _("It lies in the hours allowed: %(hours)s.") % {
        "hours": week_in_words(facts.terms.hours)
    }


def _skills(facts: Facts) -> str:
    if not facts.skills:
        return _("The machine asks for no certification.")
    return _("The person has been certified: %(skills)s.") % {
        "skills": ", ".join(skill.name for skill in facts.skills)
    }


def _membership(facts: Facts) -> str:
    if not facts.terms.membership_needed:
        return _("No membership is asked for.")
    return _("A membership covers the whole time.")


def _contract(facts: Facts) -> str:
    if facts.contract is None:
        return _("No contract limits it.")
    return _("The contract of the company covers the whole time.")


def _contract_hours(facts: Facts) -> str:
    if facts.contract is None:
        return _("No contract counts its hours.")
    return _("The contract has enough hours left.")


def _quotas(facts: Facts) -> str:
    if not facts.accounts:
        return _("No quota applies.")
    return _("No quota is passed: %(limits)s.") % {
        "limits": "; ".join(limit_in_words(account) for account in facts.accounts)
    }


def _plainly(text: Any) -> Callable[[Facts], str]:
    return lambda _facts: str(text)


OURS = gettext_lazy("the same everywhere")
MACHINE = gettext_lazy("the machine")
QUOTAS = gettext_lazy("the quotas of the space")
CONTRACT = gettext_lazy("the contract with the company")

ASKED: dict[Rule, Asked] = {
    rules.start_is_in_the_future: Asked(
        _plainly(gettext_lazy("The start has not passed.")), source=OURS
    ),
    rules.lead_time_is_kept: Asked(_lead_time, terms=("lead_time",)),
    rules.horizon_is_kept: Asked(_horizon, terms=("horizon_days",)),
    rules.span_is_long_enough: Asked(_shortest, terms=("shortest",)),
    rules.span_is_short_enough: Asked(_longest, terms=("longest",)),
    rules.times_are_on_the_grid: Asked(_grid, terms=("grid",)),
    rules.space_is_open: Asked(
        _open, terms=("staff_needed", "unattended_allowed"), source=gettext_lazy("opening hours")
    ),
    rules.hours_are_allowed: Asked(_hours, terms=("hours",)),
    rules.machine_is_in_service: Asked(
        _plainly(gettext_lazy("The machine works, and no maintenance is planned.")), source=MACHINE
    ),
    rules.member_is_certified: Asked(_skills, source=MACHINE),
    rules.certification_is_valid: Asked(
        _plainly(gettext_lazy("Each certification is valid for the whole time.")), source=MACHINE
    ),
    rules.membership_is_active: Asked(_membership, terms=("membership_needed",)),
    rules.contract_is_in_force: Asked(_contract, source=CONTRACT),
    rules.contract_has_the_hours: Asked(_contract_hours, source=CONTRACT),
    rules.quotas_are_kept: Asked(_quotas, source=QUOTAS),
    rules.open_reservations_are_few: Asked(
        _plainly(gettext_lazy("Not too much is reserved at once.")), source=QUOTAS
    ),
    rules.time_is_free: Asked(
        _plainly(gettext_lazy("Nobody else has the time, setup and turnaround included.")),
        terms=("setup", "turnaround"),
    ),
    rules.person_may_book: Asked(
        _plainly(gettext_lazy("The person may book for themselves or for the company.")),
        source=OURS,
    ),
}
"""Every rule of RULES."""
