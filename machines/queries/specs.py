"""Machines that have what a search asks for in numbers."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from machines.measuring.asking import Sign, Wish
from machines.models import Machine, Measure


def fitting(machines: QuerySet[Machine], wishes: Iterable[Wish]) -> QuerySet[Machine]:
    """Those of `machines` for which every wish holds; still one query."""
    for wish in wishes:
        machines = machines.filter(Exists(_serving(wish).filter(machine=OuterRef("pk"))))
    return machines


def _serving(wish: Wish) -> QuerySet[Measure]:
    found = Measure.objects.filter(_holds(wish), key__in=wish.keys)
    return found.filter(material__in=wish.materials) if wish.materials else found


def _holds(wish: Wish) -> Q:
    if wish.sign == Sign.AT_LEAST:
        return Q(high__gte=wish.value)
    if wish.sign == Sign.AT_MOST:
        return Q(low__lte=wish.value)
    return Q(low__lte=wish.value, high__gte=wish.value)
