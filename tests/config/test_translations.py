"""Nobody gets half a page: what is offered as a language has every sentence."""

import re
from datetime import UTC, datetime
from pathlib import Path

import allauth
import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from tests.config.messages import (
    ROOT,
    Message,
    messages_of_code,
    messages_of_templates,
    templates,
    words_outside,
)

OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+>|https?://\S+")
THE_SAME_EVERYWHERE = {"Établi", "API", "CSV", "JSON", "SpaceAPI", "XLSX"}
SET_BADLY = {
    "fr": r" [;:?!»]|« |\w'\w|[“”]",
    "de": r"ß|«\s|\s»|\w'\w|[“”„]| - ",
    "it": r"\s[;:?!»]| %%|«\s|\w'|[“”]|\bE’|\b(perch|poich|finch|affinch|n|s)è\b|\bpò\b",
}
"""What stands in no translation: a space where none belongs, a straight apostrophe, English quotes;
in German a ß or a hyphen for a dash, and in Italian the accent that is wrong.
"""
IMPOLITE = {
    "de": r"ß|\b[Dd](u|ich|ir|ein(e[mnrs]?)?)\b",
    "it": r"\b([Tt]i|[Tt]u|tu[aeo]|tuoi|[Hh]ai|[Pp]uoi|[Dd]evi|[Ss]ei|[Ss]tai|[Ii]nserisci)\b",
}
"""What a package must not say of an account: it speaks to somebody who is no friend of ours."""
THOUSANDS = {"fr": "\u202f", "de": "’", "it": "’"}


def catalogue(language: str) -> dict[Message, polib.POEntry]:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    return {
        Message(entry.msgid, entry.msgctxt or "", entry.msgid_plural): entry
        for entry in polib.pofile(str(path))
    }


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def messages() -> set[Message]:
    return {*messages_of_code(), *messages_of_templates()}


def test_messages_are_found_where_they_are(messages: set[Message]) -> None:
    assert Message("Someone else has this time.") in messages
    assert Message("Skip to content") in messages
    assert Message("%(count)s machine", "", "%(count)s machines") in messages
    assert Message("%(number)s\u00a0%%", "a rate") in messages


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str, messages: set[Message]) -> None:
    entries = catalogue(language)
    known = {key for key, entry in entries.items() if all(said(entry)) and not entry.fuzzy}
    assert sorted(messages - known) == [], "run makemessages and translate these"
    assert sorted(set(entries) - messages) == [], "nothing says these any more"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_what_is_filled_in(language: str) -> None:
    for entry in catalogue(language).values():
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for text in said(entry):
            assert sorted(PLACEHOLDER.findall(text)) == wanted, entry.msgid


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_set_as_it_is_at_home(language: str) -> None:
    for entry in catalogue(language).values():
        for text in said(entry):
            assert not re.search(SET_BADLY[language], text), text


@pytest.mark.parametrize("language", OTHERS)
def test_thousands_are_set_apart_as_at_home(language: str) -> None:
    for entry in catalogue(language).values():
        for number in re.findall(r"\d{1,3}(?:,\d{3})+", entry.msgid):
            assert number.replace(",", THOUSANDS[language]) in entry.msgstr, entry.msgstr


@pytest.mark.parametrize("language", IMPOLITE)
def test_what_packages_say_of_accounts_is_polite_too(language: str) -> None:
    """They say du here and Sie there: locale/packages holds what we have them say instead."""
    theirs = Path(allauth.__file__).parent / "locale" / language / "LC_MESSAGES" / "django.po"
    shown = re.compile(r"\b(account|mfa|usersessions)/")
    with translation.override(language):
        for entry in polib.pofile(str(theirs)):
            if any(shown.search(place) for place, _line in entry.occurrences):
                text = gettext(entry.msgid)
                assert not re.search(IMPOLITE[language], text), text


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_a_template_is_left_out(path: Path) -> None:
    assert set(words_outside(path)) <= THE_SAME_EVERYWHERE


@pytest.mark.django_db
def test_only_whole_languages_are_offered(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "rm, fr;q=0.5"}).text
    offered = re.findall(r'<button name="language"\s+value="(\w+)"', page)
    assert offered == [code for code, _name in settings.LANGUAGES]
    assert '<html lang="fr">' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "password"), [("fr", "mot de passe"), ("de", "passwort"), ("it", "password")]
)
def test_the_pages_for_accounts_are_translated_too(
    client: Client, language: str, password: str
) -> None:
    for path in ("/account/login/", "/account/signup/", "/account/password/reset/"):
        page = client.get(path, headers={"Accept-Language": language}).text
        assert f'<html lang="{language}">' in page
        assert password in page.lower()
        assert not re.search(r">\s*(Sign|Log|Forgot|Remember|Reset)\b", page)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "5 May 2026, 14:30"),
        ("fr", "5 mai 2026, 14:30"),
        ("de", "5. Mai 2026, 14:30"),
        ("it", "5 maggio 2026, 14:30"),
    ],
)
def test_dates_and_times_are_those_of_the_language(language: str, told: str) -> None:
    with translation.override(language):
        assert date_format(datetime(2026, 5, 5, 14, 30, tzinfo=UTC), "DATETIME_FORMAT") == told
