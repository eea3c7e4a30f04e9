"""The letters of what is printed."""

from spaces.lettering import printable


def test_names_of_europe_keep_their_letters_and_others_lose_their_marks() -> None:
    kept = "Zoë Łukasz Ország Nguyễn Ștefan Şahin Đorđe Олена Παύλος “ß” – 5 → ≤ €"
    assert printable(kept) == kept
    assert printable("王 ǆ") == "? d"
