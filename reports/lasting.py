"""Scopes as saved reports keep them: by ids, which stay when a place or machine is renamed."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from machines.models import Category, Machine, Pool
from members.models import Company
from reports.filters import Scope, ScopeKind, UnknownScope
from spaces.models import Space

M = TypeVar("M", bound=Model)

DIGITS = 18
"""Ids have no more than this."""


def lasting_key(scope: Scope) -> str:
    """The key of a scope, such as `category:3@5`: a category in a space; unique."""
    subject = scope.machine or scope.pool or scope.category or scope.company or scope.space
    if subject is None:
        return str(scope.kind)
    place = f"@{scope.space.pk}" if scope.category is not None and scope.space is not None else ""
    return f"{scope.kind}:{subject.pk}{place}"


def scope_kept(key: str) -> Scope:
    """The scope of a key; raises UnknownScope where it is gone."""
    kind, _colon, rest = key.partition(":")
    subject, has_place, place = rest.partition("@")
    if kind == ScopeKind.NETWORK and not rest:
        return Scope.of_network()
    if kind == ScopeKind.MACHINE:
        machines = Machine.objects.select_related("space", "category", "pool")
        return Scope.of_machine(_one(machines, subject))
    if kind == ScopeKind.POOL:
        return Scope.of_pool(_one(Pool.objects.select_related("space"), subject))
    if kind == ScopeKind.CATEGORY:
        space = _one(Space.objects.all(), place) if has_place else None
        return Scope.of_category(_one(Category.objects.all(), subject), space)
    if kind == ScopeKind.COMPANY:
        return Scope.of_company(_one(Company.objects.all(), subject))
    if kind == ScopeKind.SPACE:
        return Scope.of_space(_one(Space.objects.all(), subject))
    raise UnknownScope(key)


def _one(rows: QuerySet[M], pk: str) -> M:
    is_id = pk.isascii() and pk.isdigit() and len(pk) <= DIGITS
    row = rows.filter(pk=int(pk)).first() if is_id else None
    if row is None:
        raise UnknownScope(pk)
    return row
