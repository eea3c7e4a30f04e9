"""What a tablet keeps can be read by the server of its space, and by nobody else."""

import pytest

from booking.sealing import SealBroken, opened, public_key, seal

TOLD = {"badge": "04A1B2C3", "pin": "2580", "answers": {"q1": "Müsterli"}}


def test_it_is_opened_as_it_was_sealed() -> None:
    sealed = seal(TOLD, public_key(7))
    assert "04A1B2C3" not in sealed
    assert opened(sealed, 7) == TOLD
    assert seal(TOLD, public_key(7)) != sealed


@pytest.mark.parametrize("part", [0, 1, 2])
def test_what_was_changed_is_not_opened(part: int) -> None:
    parts = seal(TOLD, public_key(7)).split(".")
    parts[part] = parts[part][:-4] + "AAA="
    with pytest.raises(SealBroken):
        opened(".".join(parts), 7)


@pytest.mark.parametrize("sealed", ["", "a.b", "....", "AAAA.AAAA.AAAA", "ü.ü.ü"])
def test_what_is_no_seal_is_not_opened(sealed: str) -> None:
    with pytest.raises(SealBroken):
        opened(sealed, 7)


def test_another_space_does_not_open_it_nor_a_text() -> None:
    with pytest.raises(SealBroken):
        opened(seal(TOLD, public_key(7)), 8)
    with pytest.raises(SealBroken):
        opened(seal("only a text", public_key(7)), 7)
