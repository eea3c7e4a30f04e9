"""What a tablet keeps can be read by the server of its space, and for nothing but its purpose."""

import pytest

from booking.sealing import SealBroken, opened, public_key, purpose_of, seal

TOLD = {"badge": "04A1B2C3", "pin": "2580", "answers": {"q1": "Müsterli"}}
PURPOSE = purpose_of("key", "check_in", 5, 1_000)


def test_it_is_opened_as_it_was_sealed() -> None:
    sealed = seal(TOLD, public_key(7), PURPOSE)
    assert "04A1B2C3" not in sealed
    assert opened(sealed, 7, PURPOSE) == TOLD
    assert seal(TOLD, public_key(7), PURPOSE) != sealed


@pytest.mark.parametrize("part", [0, 1, 2])
def test_what_was_changed_is_not_opened(part: int) -> None:
    parts = seal(TOLD, public_key(7), PURPOSE).split(".")
    parts[part] = parts[part][:-4] + "AAA="
    with pytest.raises(SealBroken):
        opened(".".join(parts), 7, PURPOSE)


@pytest.mark.parametrize("sealed", ["", "a.b", "....", "AAAA.AAAA.AAAA", "ü.ü.ü"])
def test_what_is_no_seal_is_not_opened(sealed: str) -> None:
    with pytest.raises(SealBroken):
        opened(sealed, 7, PURPOSE)


def test_another_space_does_not_open_it_nor_a_text() -> None:
    with pytest.raises(SealBroken):
        opened(seal(TOLD, public_key(7), PURPOSE), 8, PURPOSE)
    with pytest.raises(SealBroken):
        opened(seal("only a text", public_key(7), PURPOSE), 7, PURPOSE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [("other", "check_in", 5, 1_000), ("key", "check_out", 5, 1_000), ("key", "check_in", 6, 1_000),
     ("key", "check_in", 5, 1_001)],
)  # fmt: skip
def test_it_is_good_for_nothing_else(other: tuple[str, str, int, int]) -> None:
    with pytest.raises(SealBroken):
        opened(seal(TOLD, public_key(7), PURPOSE), 7, purpose_of(*other))
