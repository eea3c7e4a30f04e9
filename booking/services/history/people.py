"""Those of whom a file of the past tells, as members: known ones, accounts that sleep, nobody.

Whoever a file names in any other way than by an address becomes a member without name, address,
or a way to sign in, found again by a keyed digest: figures count them, nobody learns who they are.
So does whoever has nothing to do with the space: a list could hang a no-show on anybody's account.
"""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from booking.history.entries import Who
from booking.models import HistoryImport
from booking.queries.people import people_of
from members.models import Member
from members.states import PAST_DOMAIN
from spaces.models import Space

DIGEST = 24


class People:
    """Finds members, and makes those that are missing; `made` are the latter."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._found: dict[str, Member] = {}
        self.made: list[Member] = []

    def known(self, people: Iterable[Who]) -> dict[str, Member]:
        """Those who are members already, by their keys, in one query.

        A fab-manager names its accounts: whoever it is, theirs is what they did there.
        """
        wanted = [each for each in people if each.key not in self._found]
        addresses = {address: each for each in wanted for address in self._addresses(each)}
        rows = Member.objects.annotate(
            address=Lower("email"), is_ours=Q(pk__in=self._people_here())
        ).filter(address__in=addresses)
        by_address = {row.email.casefold(): row for row in rows}
        for each in wanted:
            for address in self._addresses(each):
                row = by_address.get(address)
                if row is not None and (row.is_ours or row.is_past or each.name):
                    self._found.setdefault(each.key, row)
        return self._found

    def _people_here(self) -> QuerySet[Member, int]:
        """Who has to do with the space, accounts included that sleep since an import of it."""
        asleep = HistoryImport.objects.filter(space=self._space).values("people")
        return Member.objects.filter(
            Q(pk__in=people_of(self._space).values("pk")) | Q(pk__in=asleep)
        ).values_list("pk", flat=True)

    def members(self, people: Iterable[Who]) -> dict[str, Member]:
        """All of them by their keys, made where they are missing; nobody is sent anything."""
        wanted = {each.key: each for each in people}
        known = self.known(wanted.values())
        made = Member.objects.bulk_create(
            [self._sleeping(each) for key, each in wanted.items() if key not in known]
        )
        by_address = {row.email: row for row in made}
        for key, each in wanted.items():
            if key not in self._found:
                self._found[key] = by_address[self._address(each)]
        self.made += made
        return self._found

    def _sleeping(self, who: Who) -> Member:
        return Member(
            email=self._address(who),
            name=who.name,
            is_active=False,
            # Whoever is known by an address may claim it; of the others nobody ever can.
            is_asleep=not self._address(who).endswith(f"@{PAST_DOMAIN}"),
            password=make_password(None),
            language=self._space.languages[0] if self._space.languages else "en",
        )

    def _addresses(self, who: Who) -> list[str]:
        """Under what they may be found, the better first."""
        return [who.email, self._past(who)] if who.email else [self._past(who)]

    def _address(self, who: Who) -> str:
        """Their own, where they are to have an account."""
        return who.email if who.email and who.name else self._past(who)

    def _past(self, who: Who) -> str:
        told = f"{self._space.pk}|{who.key}"
        digest = salted_hmac("booking.history.person", told, algorithm="sha256").hexdigest()
        return f"{digest[:DIGEST]}@{PAST_DOMAIN}"
