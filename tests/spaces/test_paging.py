"""Lists page by page: every row once, and no cursor of somebody else's making goes through."""

import base64
import json

import pytest
from django.test import Client

from spaces.models import Space
from spaces.paging import CursorInvalid, page
from tests.factories.booking import ReservationFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FOREIGN = [
    "nonsense",
    *(
        cursor_of(text)
        for text in (
            "{}",
            '"a"',
            '["a"]',
            '["a", 1, 2]',
            '["a", "x"]',
            '["a\\u0000", 1]',
            '["a", null]',
            "[null, 1]",
            '["a", {}]',
            '["a", 1.5]',
            f'["a", {2**70}]',
            "[" * 3900,
        )
    ),
]


def test_every_row_comes_once() -> None:
    made = [SpaceFactory(name=name) for name in ("B", "A", "A", "C")]
    seen: list[Space] = []
    cursor: str | None = None
    while True:
        found = page(Space.objects.all(), keys=["name", "id"], cursor=cursor, limit=1)
        seen += found.items
        cursor = found.next
        if cursor is None:
            break
    assert seen == sorted(made, key=lambda space: (space.name, space.pk))


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_cursor_of_another_making_is_refused(cursor: str, client: Client) -> None:
    with pytest.raises(CursorInvalid):
        page(Space.objects.all(), keys=["name", "id"], cursor=cursor)
    for address in ("spaces", "machines"):
        answer = client.get(f"/api/v1/{address}", {"cursor": cursor})
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "moment",
    ["abc", "2026-01-01", "2026-01-01T10:00", "0001-01-01T00:00:00+14:00", 5],
)
def test_a_moment_must_be_one_that_the_table_could_hold(moment: object) -> None:
    cursor = cursor_of(json.dumps([moment, 1]))
    row = ReservationFactory._meta.model.objects.all()
    with pytest.raises(CursorInvalid):
        page(row, keys=["starts_at", "id"], cursor=cursor)
