"""Every message belongs to a group, and what must arrive cannot be turned off."""

from pathlib import Path

import pytest
from django.conf import settings

from notifications.kinds import (
    DIGEST,
    essential_groups,
    group_named,
    group_of,
    optional_group,
    optional_groups,
)

FOLDER = Path(settings.BASE_DIR) / "templates" / "messages"
KINDS = sorted(path.name.removesuffix(".subject.txt") for path in FOLDER.glob("*.subject.txt"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != DIGEST])
def test_every_kind_with_a_template_belongs_to_a_group(kind: str) -> None:
    assert group_of(kind) is not None, f"register {kind} in a group of messages"


def test_no_kind_is_in_two_groups_and_none_is_invented() -> None:
    kinds = [kind for group in (*optional_groups(), *essential_groups()) for kind in group.kinds]
    assert sorted(kinds) == [kind for kind in KINDS if kind != DIGEST]


@pytest.mark.parametrize(
    "kind",
    [
        "account",
        "company_invitation",
        "displaced_moved",
        "exchange_proposed",
        "reservation_denied",
        "reservation_no_show",
        "request_to_decide",
        "waitlist_offer",
        DIGEST,
        "nobody_registered_this",
    ],
)
def test_what_must_arrive_cannot_be_turned_off(kind: str) -> None:
    assert optional_group(kind, {"is_own": True}) is None


def test_what_one_does_oneself_can_be_turned_off_and_what_others_do_cannot() -> None:
    own = optional_group("reservation_cancelled", {"is_own": True})
    assert own is not None
    assert own.key == "confirmations"
    assert optional_group("reservation_cancelled", {"is_own": False}) is None
    assert optional_group("reservation_cancelled", {}) is None


def test_a_key_opens_no_group_that_is_always_sent() -> None:
    assert group_named("reminders") is not None
    assert group_named("account") is None
    assert group_named("nothing") is None
