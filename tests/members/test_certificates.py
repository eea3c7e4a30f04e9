"""Certificates as anybody checks them: the page, the sheet, and the signed credential."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from members.credentials.keys import jwk_of, new_private_key, public_key_of, signed
from members.credentials.sheet import sheet_of
from members.models import Certification, SkillTerms
from members.services.certifications import revoke
from tests.factories.members import CertificationFactory, MemberFactory, SkillFactory
from tests.factories.spaces import SpaceFactory
from tests.members.ed25519 import decoded, is_signed, opened

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def row() -> Certification:
    space = SpaceFactory.create(slug="atelier", name="Atelier", website="https://atelier.example")
    skill = SkillFactory.create(slug="laser", name="Laser cutter")
    SkillTerms.objects.create(space=space, skill=skill, criteria="Cut a square.")
    return CertificationFactory.create(
        space=space,
        skill=skill,
        member__name="Ana Łuczak",
        member__email="Ana@example.org",
        granted_by=MemberFactory.create(name="Sam"),
        start_date=date(2026, 1, 10),
        end_date=date(2026, 12, 31),
    )


def address(row: Certification, what: str = "") -> str:
    return f"/certificates/{row.key}/{what}"


def as_holder(row: Certification) -> Client:
    client = Client()
    client.force_login(row.member)
    return client


class TestThePage:
    @pytest.mark.parametrize(
        ("day", "told"),
        [
            (datetime(2026, 1, 1, tzinfo=UTC), "not valid yet"),
            (NOW, "valid today"),
            (datetime(2027, 1, 2, tzinfo=UTC), "has expired"),
        ],
    )
    def test_it_says_what_it_is_worth(
        self, client: Client, row: Certification, day: datetime, told: str
    ) -> None:
        with time_machine.travel(day, tick=False):
            page = client.get(address(row))
        assert told in page.text
        assert "Cut a square." in page.text
        assert page["X-Robots-Tag"] == "noindex"

    def test_revoked_is_revoked(self, client: Client, row: Certification) -> None:
        revoke(certification=row, by=MemberFactory.create(), reason="secret reason", now=NOW)
        page = client.get(address(row)).text
        assert "was revoked on" in page
        assert "secret reason" not in page

    def test_the_name_is_told_as_its_holder_allows(
        self, client: Client, row: Certification
    ) -> None:
        assert "Łuczak" not in client.get(address(row)).text
        assert "Only you see your name here." in as_holder(row).get(address(row)).text
        name = f"/profile/certifications/{row.pk}/name/"
        for shows in ("yes", "no"):
            as_holder(row).post(name, {"shows": shows})
            assert ("Łuczak" in client.get(address(row)).text) == (shows == "yes")

    @pytest.mark.parametrize("key", ["1", "00000000-0000-4000-8000-000000000000"])
    def test_no_other_address_is_one(self, client: Client, key: str) -> None:
        assert client.get(f"/certificates/{key}/").status_code == 404

    def test_what_is_of_no_space_has_no_certificate(self, client: Client) -> None:
        assert client.get(address(CertificationFactory.create())).status_code == 404


class TestTheSheet:
    def test_its_holder_prints_it(self, row: Certification) -> None:
        sheet = as_holder(row).get(address(row, "certificate.pdf"))
        assert sheet["Content-Type"] == "application/pdf"
        assert sheet.content.startswith(b"%PDF-")

    def test_it_is_the_same_each_time(self) -> None:
        told = {"title": "t", "name": "n" * 90, "skill": "s", "hint": "h", "address": "https://x"}
        assert sheet_of(**told, facts=[("a", "b")]) == sheet_of(**told, facts=[("a", "b")])


class TestTheCredential:
    def claims(self, client: Client, row: Certification) -> dict[str, object]:
        """What the token says, checked with the key that its header names."""
        token = client.get(address(row, "badge.jwt"))
        assert token["Content-Type"] == "application/vc+jwt"
        head = json.loads(decoded(token.text.split(".")[0]))
        assert head["alg"] == "EdDSA"
        jwk = client.get(head["kid"].removeprefix(settings.BASE_URL)).json()
        assert jwk in client.get("/.well-known/jwks.json").json()["keys"]
        assert "d" not in jwk
        return opened(token.text, jwk)[1]

    def test_it_is_an_open_badge_and_says_what_the_claims_say(
        self, client: Client, row: Certification
    ) -> None:
        told = self.claims(client, row)
        badge = client.get(address(row, "badge.json")).json()
        assert {name: told[name] for name in badge} == badge
        assert badge["@context"][0] == "https://www.w3.org/ns/credentials/v2"
        assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
        assert told["iss"] == badge["issuer"]["id"]
        assert told["sub"] == badge["credentialSubject"]["id"]
        assert told["jti"] == badge["id"]
        for claim, name in (("nbf", "validFrom"), ("exp", "validUntil")):
            assert told[claim] == datetime.fromisoformat(badge[name]).timestamp()
        # The whole of the last day, on the clock of the space.
        assert badge["validFrom"] == "2026-01-09T23:00:00Z"
        assert badge["validUntil"] == "2026-12-31T22:59:59Z"

    def test_its_addresses_answer(self, client: Client, row: Certification) -> None:
        badge = client.get(address(row, "badge.json")).json()
        achievement = badge["credentialSubject"]["achievement"]
        for told in (badge["issuer"], achievement):
            assert client.get(told["id"].removeprefix(settings.BASE_URL)).json() == told
        assert achievement["criteria"] == {"narrative": "Cut a square."}
        page = client.get(badge["id"].removeprefix(settings.BASE_URL))
        assert page.status_code == 200

    def test_it_proves_an_address_without_telling_it(
        self, client: Client, row: Certification
    ) -> None:
        badge = client.get(address(row, "badge.json"))
        assert "example.org" not in badge.text.replace(settings.BASE_URL, "")
        [proof] = badge.json()["credentialSubject"]["identifier"]
        digest = hashlib.sha256(("ana@example.org" + proof["salt"]).encode()).hexdigest()
        assert proof["identityHash"] == f"sha256${digest}"
        as_holder(row).post(f"/profile/certifications/{row.pk}/name/", {"shows": "yes"})
        assert "Ana Łuczak" in json.dumps(self.claims(client, row), ensure_ascii=False)

    def test_it_is_told_where_it_is_revoked(self, client: Client, row: Certification) -> None:
        status = address(row, "status.json")
        assert client.get(status).json()["revokedCredentials"] == []
        revoke(certification=row, by=MemberFactory.create(), reason="x", now=NOW)
        [revoked] = client.get(status).json()["revokedCredentials"]
        assert revoked["id"] == client.get(address(row, "badge.json")).json()["id"]

    def test_without_an_end_there_is_none(self, client: Client, row: Certification) -> None:
        endless = CertificationFactory.create(space=row.space, start_date=date(2026, 1, 1))
        told = self.claims(client, endless)
        assert "exp" not in told
        assert "validUntil" not in told

    def test_a_change_is_found_out(self, client: Client, row: Certification) -> None:
        token = client.get(address(row, "badge.jwt")).text
        jwk = jwk_of(public_key_of(settings.CREDENTIAL_PRIVATE_KEY))
        head, body, signature = token.split(".")
        with pytest.raises(ValueError, match="not signed"):
            opened(f"{head}.{body[:-2]}AA.{signature}", jwk)
        with pytest.raises(ValueError, match="not signed"):
            opened(token, jwk_of(public_key_of(new_private_key())))


class TestKeys:
    def test_without_a_key_nothing_is_signed(
        self, client: Client, row: Certification, settings: Any
    ) -> None:
        settings.CREDENTIAL_PRIVATE_KEY = ""
        assert client.get(address(row, "badge.jwt")).status_code == 404
        assert "Signed credential" not in client.get(address(row)).text
        assert client.get("/.well-known/jwks.json").json() == {"keys": []}
        assert client.get("/credentials/keys/other/").status_code == 404

    def test_what_an_older_key_has_signed_is_still_checked(
        self, client: Client, row: Certification, settings: Any
    ) -> None:
        token = client.get(address(row, "badge.jwt")).text
        old = public_key_of(settings.CREDENTIAL_PRIVATE_KEY)
        settings.CREDENTIAL_PRIVATE_KEY = new_private_key()
        settings.CREDENTIAL_KEYS_RETIRED = (old,)
        kid = json.loads(decoded(token.split(".")[0]))["kid"]
        jwk = client.get(kid.removeprefix(settings.BASE_URL)).json()
        assert opened(token, jwk)[1]["jti"]

    def test_the_command_makes_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("make_credential_key")
        lines = capsys.readouterr().out.splitlines()
        key = lines[0].removeprefix("CREDENTIAL_PRIVATE_KEY=")
        assert len(decoded(key)) == 32
        today = public_key_of(settings.CREDENTIAL_PRIVATE_KEY)
        assert lines[1] == f"CREDENTIAL_KEYS_RETIRED={today}"

    def test_the_thumbprint_is_that_of_the_standard(self) -> None:
        """RFC 8037, appendix A.3."""
        x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        assert jwk_of(x)["kid"] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

    def test_a_signature_is_that_of_the_standard(self) -> None:
        """RFC 8032, 7.1, test 3; and what checks ours knows it too."""
        public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
        signature = bytes.fromhex(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        )
        assert is_signed(bytes.fromhex("af82"), signature, public)
        assert not is_signed(bytes.fromhex("af83"), signature, public)
        assert not is_signed(b"", b"short", public)
        key = new_private_key()
        token = signed({"a": 1}, private_key=key, key_address="k")
        assert opened(token, jwk_of(public_key_of(key)))[1] == {"a": 1}


class TestMine:
    @time_machine.travel(NOW, tick=False)
    def test_everything_is_told(self, row: Certification) -> None:
        CertificationFactory.create(member=row.member, end_date=date(2021, 1, 1))
        page = as_holder(row).get("/profile/certifications/").text
        assert "Laser cutter" in page
        assert "counts in every space" in page
        assert "expired" in page

    def test_nothing_yet(self, client: Client) -> None:
        client.force_login(MemberFactory.create())
        assert "None yet." in client.get("/profile/certifications/").text

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_fixed_number_of_queries(
        self, row: Certification, number: int, django_assert_max_num_queries: object
    ) -> None:
        CertificationFactory.create_batch(number, member=row.member, space=row.space)
        client = as_holder(row)
        with django_assert_max_num_queries(9):  # type: ignore[operator]
            client.get("/profile/certifications/")
