"""Trying the rules: what each of them would say to somebody, and which policy says so."""

from dataclasses import dataclass
from datetime import datetime

from billing.pricing import Quote
from billing.queries import prices_of
from booking.facts import BookingRequest, Facts, Refusal, Terms
from booking.holding import ASKED, CONTRACT
from booking.queries.facts import facts_for
from booking.queries.terms import Resolved, Saying, resolved_for_many
from booking.rules import Judged, binding, judge
from booking.services.verdict import verdict_of
from machines.models import Machine
from members.models import Company, Member
from members.permissions import audience_of
from members.states import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule: what it asks for, whether it is kept, and who says so.

    `said_by` holds the policies that set its terms, None standing for the default of the house;
    `source` names who else asks. A broken rule that staff is let off is `is_waived`.
    """

    asks: str
    refusal: Refusal | None
    is_waived: bool
    said_by: tuple[Saying | None, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Every rule, kept or broken, in the order of the rules; and what would come of the request."""

    audience: Audience
    lines: list[Line]
    terms: Terms
    quote: Quote | None
    may_book: bool
    waits_for_approval: bool


def try_out(
    *,
    machine: Machine,
    member: Member,
    company: Company | None,
    request: BookingRequest,
    now: datetime,
) -> Trial:
    """What the rules would say if `member` asked for this themselves; nothing is written."""
    audience = audience_of(member=member, company=company, space=machine.space)
    found = resolved_for_many([machine], audience=audience)[machine.pk]
    facts = facts_for(
        machine=machine,
        request=request,
        member=member,
        by=member,
        company=company,
        now=now,
        terms=found.terms,
    )
    verdict = verdict_of(
        facts,
        request=request,
        machine=machine,
        prices=prices_of([machine]).get(machine.pk, {}),
        is_own=True,
    )
    return Trial(
        audience=audience,
        lines=[_line(each, facts, found) for each in judge(request, facts)],
        terms=facts.terms,
        quote=verdict.quote,
        may_book=not verdict.refusals,
        waits_for_approval=facts.terms.approval_needed and not facts.is_staff,
    )


def _line(judged: Judged, facts: Facts, found: Resolved) -> Line:
    asked = ASKED[judged.rule]
    # A contract may agree on a horizon of its own.
    agreed = any(getattr(facts.terms, name) != getattr(found.terms, name) for name in asked.terms)
    said_by = () if agreed else tuple(dict.fromkeys(found.said_by[name] for name in asked.terms))
    refusal = judged.refusal
    return Line(
        asks=asked.says(facts),
        refusal=refusal,
        is_waived=refusal is not None and facts.is_staff and not binding([refusal]),
        said_by=said_by,
        source=str(CONTRACT if agreed else asked.source),
    )
