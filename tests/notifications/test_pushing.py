"""What is pushed can be read by one browser, and shows who sent it."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import call_command

from notifications.pushing import (
    LONGEST_PAYLOAD,
    _key,
    _sealed,
    are_keys,
    authorization,
    decoded,
    encoded,
    encrypted,
    new_private_key,
    public_key_of,
)
from tests.notifications.receiving import Browser, InvalidSignature, claims_of

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PLAIN = b"When I grow up, I want to be a watermelon"


class TestTheExampleOfTheStandard:
    """RFC 8291, section 5 and appendix A."""

    BROWSER = Browser("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg")
    BODY = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
        "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a"
        "-fN"
    )

    def test_is_what_we_send(self) -> None:
        body = _sealed(
            PLAIN,
            theirs=decoded(self.BROWSER.keys["p256dh"]),
            auth=decoded(self.BROWSER.keys["auth"]),
            ours=_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
            salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        )
        assert encoded(body) == self.BODY

    def test_is_read_by_the_browser_of_these_tests(self) -> None:
        assert self.BROWSER.read(decoded(self.BODY)) == PLAIN


@pytest.mark.parametrize("length", [0, 1, 41, LONGEST_PAYLOAD])
def test_only_the_browser_reads_it(length: int) -> None:
    browser = Browser()
    body = encrypted(b"x" * length, **browser.keys)
    assert browser.read(body) == b"x" * length
    with pytest.raises(InvalidTag):
        Browser().read(body)


def test_what_does_not_fit_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        encrypted(b"x" * (LONGEST_PAYLOAD + 1), **Browser().keys)


def test_no_two_bodies_are_alike() -> None:
    keys = Browser().keys
    assert encrypted(PLAIN, **keys) != encrypted(PLAIN, **keys)


def test_the_signature_says_who_pushes_where_and_until_when() -> None:
    private = new_private_key()
    told, key = claims_of(
        authorization(
            url="https://push.example:8443/abc/def?x=1",
            private_key=private,
            contact="mailto:noreply@etabli.example",
            now=NOW,
        )
    )
    assert key == public_key_of(private)
    assert told["aud"] == "https://push.example:8443"
    assert told["sub"] == "mailto:noreply@etabli.example"
    left = datetime.fromtimestamp(told["exp"], UTC) - NOW
    assert timedelta(0) < left <= timedelta(hours=24)


def test_a_signature_of_somebody_else_is_none() -> None:
    header = authorization(
        url="https://push.example/", private_key=new_private_key(), contact="mailto:a@b.c", now=NOW
    )
    forged = header.rpartition("k=")[0] + "k=" + public_key_of(new_private_key())
    with pytest.raises(InvalidSignature):
        claims_of(forged)


def test_only_keys_of_browsers_are_keys() -> None:
    good = Browser().keys
    assert are_keys(**good)
    assert are_keys(p256dh=good["p256dh"] + "=", auth=good["auth"] + "==")
    not_on_the_curve = urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()
    assert not are_keys(p256dh=not_on_the_curve, auth=good["auth"])
    assert not are_keys(p256dh=good["p256dh"], auth="c2hvcnQ")
    assert not are_keys(p256dh="", auth="")
    assert not are_keys(p256dh="ü", auth=good["auth"])


def test_the_command_prints_a_key_that_works() -> None:
    output = StringIO()
    call_command("make_vapid_key", stdout=output)
    name, _equals, private = output.getvalue().splitlines()[0].partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert public_key_of(private) in output.getvalue()
