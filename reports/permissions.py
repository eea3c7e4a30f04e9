"""Who may read the figures of what."""

from members.models import Member
from members.permissions import Visitor, is_of, is_staff_of
from reports.filters import Scope
from reports.models import SavedReport, Statement


def may_see(person: Visitor, scope: Scope) -> bool:
    """Whether `person` may read the figures of `scope`.

    The staff of a space read those of its machines, pools, its part of a category and its own;
    who works in any space, those of the network and of whole categories; who acts for a company,
    those of the company. Of a report of many spaces, each part is asked for apart.
    """
    if not isinstance(person, Member) or not person.is_active:
        return False
    if person.is_superuser:
        return True
    if scope.space is not None:
        return is_staff_of(person, scope.space)
    if scope.company is not None:
        return is_of(person, scope.company)
    return person.roles.exists()


def may_see_sessions(person: Visitor, scope: Scope) -> bool:
    """Whether `person` may go from the figures of `scope` down to single sessions."""
    if scope.is_of_many_spaces and scope.company is None:
        return isinstance(person, Member) and person.is_active and person.is_superuser
    return may_see(person, scope)


def may_change(person: Member, saved: SavedReport, scope: Scope) -> bool:
    """Whether `person` may change, send and delete a saved report of `scope`.

    Of many spaces, who made it and superusers; otherwise whoever may read the figures.
    """
    if scope.is_of_many_spaces and scope.company is None:
        is_theirs = person.is_superuser or saved.made_by_id == person.pk
        return is_theirs and may_see(person, scope)
    return may_see(person, scope)


def may_withdraw(person: Member, statement: Statement) -> bool:
    """Whether `person` may withdraw a proof: whoever might have issued it."""
    if statement.space is None:
        return is_of(person, statement.company)
    return is_staff_of(person, statement.space)
