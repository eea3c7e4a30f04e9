"""How a program or a page proves for whom it calls the API."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.timezone import now
from ninja.security import HttpBearer, SessionAuth

from members.models import Member
from members.services.tokens import token_for
from members.states import SCOPES_INCLUDED, Scope


class BearerToken(HttpBearer):
    """A personal token that carries the scope needed."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        """The member whose token this is, or None."""
        found = token_for(token, now=now())
        if found is None:
            return None
        reached = {scope for held in found.scopes for scope in SCOPES_INCLUDED[Scope(held)]}
        return found.member if self.scope in reached else None


class SignedIn(SessionAuth):
    """The session of the pages; writes need the CSRF token too."""


def anybody(_request: HttpRequest) -> AnonymousUser:
    """A visitor, who proves nothing."""
    return AnonymousUser()


def heeds(scope: Scope) -> list[object]:
    """What an operation open to everybody accepts that tells some callers more than others."""
    return [*needs(scope), anybody]


def needs(scope: Scope) -> list[HttpBearer | SessionAuth]:
    """What an operation of `scope` accepts: a bearer token or the session."""
    return [BearerToken(scope), SignedIn()]
