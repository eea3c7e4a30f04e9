"""Getting calendars over real sockets: what is called, what is not, and when it ends."""

import gzip
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from machines.external import fetching
from machines.external.apart import CannotRead
from machines.external.fetching import MOST_BYTES, fetch
from machines.states import Trouble
from tests.machines.followed.files import WEEKLY, calendar
from tests.machines.followed.server import Given, Server, serving, stamped

CONTENT = calendar(WEEKLY)


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A server that may be called although it is on this machine."""
    settings.PRIVATE_NETWORKS_ALLOWED = ("127.0.0.0/8",)
    with serving() as each:
        yield each


def trouble(url: str) -> Trouble:
    with pytest.raises(CannotRead) as refused:
        fetch(url)
    return refused.value.trouble


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    server.answers["/a.ics"] = stamped(CONTENT, '"one"')
    first = fetch(f"{server.url}/a.ics")
    assert (first.content, first.etag) == (CONTENT, '"one"')
    assert fetch(f"{server.url}/a.ics", etag=first.etag) is None
    assert server.asked[1][1]["If-None-Match"] == '"one"'


def test_a_server_that_knows_only_when_it_changed(server: Server) -> None:
    stamp = "Tue, 20 Oct 2026 08:00:00 GMT"
    server.answers["/a.ics"] = Given(CONTENT, headers={"Last-Modified": stamp})
    first = fetch(f"{server.url}/a.ics")
    fetch(f"{server.url}/a.ics", last_modified=first.last_modified)
    assert server.asked[1][1]["If-Modified-Since"] == stamp


def test_a_stamp_too_long_to_keep_is_left_aside(server: Server) -> None:
    server.answers["/a.ics"] = Given(CONTENT, headers={"ETag": '"' + "x" * 400 + '"'})
    assert fetch(f"{server.url}/a.ics").etag == ""


def test_it_goes_where_it_is_sent(server: Server) -> None:
    server.answers["/old"] = Given(status=301, headers={"Location": "/new?key=1"})
    server.answers["/new?key=1"] = Given(CONTENT)
    assert fetch(f"{server.url}/old").content == CONTENT
    server.answers["/round"] = Given(status=302, headers={"Location": "/round"})
    assert trouble(f"{server.url}/round") == Trouble.REDIRECTS
    server.answers["/nowhere"] = Given(status=302)
    assert trouble(f"{server.url}/nowhere") == Trouble.STATUS


@pytest.mark.parametrize("onward", ["http://[", "http://[::1", "http://[x]/"])
def test_it_is_sent_to_what_is_no_address(server: Server, onward: str) -> None:
    server.answers["/a.ics"] = Given(status=302, headers={"Location": onward})
    assert trouble(f"{server.url}/a.ics") == Trouble.ADDRESS


def test_what_a_server_says_can_be_kept_and_sent_back(server: Server) -> None:
    server.answers["/a.ics"] = Given(CONTENT, headers={"ETag": '"o\0ne"'})
    etag = fetch(f"{server.url}/a.ics").etag
    assert etag == '"o ne"'
    assert fetch(f"{server.url}/a.ics", etag=etag) is not None
    server.answers["/b.ics"] = Given(status=500, reason="No\0pe")
    with pytest.raises(CannotRead) as refused:
        fetch(f"{server.url}/b.ics")
    assert refused.value.detail == "500 No pe"


INWARD = [
    "http://127.0.0.1/", "http://localhost/a.ics", "http://[::1]/", "http://0.0.0.0/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/",
    "http://100.64.0.1/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[::ffff:127.0.0.1]/",
    "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
    "http://[64:ff9b::7f00:1]/", "http://224.0.0.1/", "http://255.255.255.255/",
    "file:///etc/passwd", "ftp://example.org/a.ics", "gopher://example.org/", "data:text/calendar,",
    "http://user:secret@example.org/", "http:///a.ics", "http://", "https://example.org:99999/",
    "http://example.org/\r\nX: y",
]  # fmt: skip


@pytest.mark.parametrize("url", INWARD)
def test_what_is_never_called(url: str, settings: Any) -> None:
    settings.PRIVATE_NETWORKS_ALLOWED = ()
    assert trouble(url) == Trouble.ADDRESS


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://[::1]:1/", "file:///etc/passwd"])
def test_nor_when_an_open_address_leads_there(server: Server, url: str) -> None:
    server.answers["/a.ics"] = Given(status=302, headers={"Location": url})
    assert trouble(f"{server.url}/a.ics") == Trouble.ADDRESS


def test_a_name_is_looked_up_once_and_called_where_it_led(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, port = "calendar.example.org", server.url.rpartition(":")[2]
    led = ["127.0.0.1", "10.0.0.1"]
    look_up = socket.getaddrinfo

    def leads_elsewhere(host: str, *rest: Any, **more: Any) -> Any:
        if host != name:
            return look_up(host, *rest, **more)
        if more.get("flags"):
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (led.pop(0), int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", leads_elsewhere)
    server.answers["/a.ics"] = Given(CONTENT)
    assert fetch(f"http://{name}:{port}/a.ics").content == CONTENT
    assert led == ["10.0.0.1"]
    assert trouble(f"http://{name}:{port}/a.ics") == Trouble.ADDRESS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500, 503, 204])
def test_a_server_that_does_not_give_it_out(server: Server, status: int) -> None:
    server.answers["/a.ics"] = Given(status=status)
    with pytest.raises(CannotRead) as refused:
        fetch(f"{server.url}/a.ics")
    assert refused.value.trouble == Trouble.STATUS
    assert refused.value.detail.startswith(str(status))


def test_nobody_answers(server: Server) -> None:
    assert trouble("http://127.0.0.1:1/a.ics") == Trouble.UNREACHABLE


def test_more_than_anybody_needs(server: Server) -> None:
    server.answers["/said"] = Given(b"x" * (MOST_BYTES + 1))
    assert trouble(f"{server.url}/said") == Trouble.TOO_LARGE
    # Without saying beforehand how much it will be.
    chunk = b"%x\r\n" % MOST_BYTES + b"x" * MOST_BYTES + b"\r\n"
    unsaid = Given(chunk * 2 + b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})
    server.answers["/unsaid"] = unsaid
    assert trouble(f"{server.url}/unsaid") in {Trouble.TOO_LARGE, Trouble.UNREACHABLE}


def test_what_comes_packed_stays_packed(server: Server) -> None:
    packed = gzip.compress(b"x" * 50_000_000)
    server.answers["/a.ics"] = Given(packed, headers={"Content-Encoding": "gzip"})
    assert fetch(f"{server.url}/a.ics").content == packed
    assert server.asked[0][1]["Accept-Encoding"] == "identity"


def test_a_server_that_gives_out_one_byte_at_a_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 1)
    server.answers["/a.ics"] = Given(CONTENT, drip=2)
    began = time.monotonic()
    assert trouble(f"{server.url}/a.ics") == Trouble.SLOW
    assert time.monotonic() - began < 60


def test_the_time_is_that_of_all_addresses_together(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.3)

    def slowly(_headers: object) -> Given:
        time.sleep(0.2)
        return Given(status=302, headers={"Location": "/a.ics"})

    server.answers["/a.ics"] = slowly
    assert trouble(f"{server.url}/a.ics") == Trouble.SLOW
