"""Calls to what people typed: real servers, and a resolver that lies where a test needs one."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest

from spaces.fetching import (
    AddressRefused,
    Answer,
    TookTooLong,
    TooLarge,
    Unreachable,
    checked,
    is_open,
    open_public,
)
from tests.listening import Listener, listening
from tests.smtp import free_port

GIVEN_UP_WITHIN = 60
"""Seconds; who was not given up would be waited for ten and more."""


def fetch(url: str, **options: Any) -> Answer:
    return open_public(url, **{"timeout": 5, "max_bytes": 1_000} | options)


@pytest.fixture
def server() -> Iterator[Listener]:
    with listening(body=b"BEGIN:VCALENDAR") as listener:
        yield listener


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let names resolve to each of `answers` in turn, then always to the last; what was asked."""
    real, asked, rest = socket.getaddrinfo, list[str](), list(answers)

    def look_up(host: Any, port: Any, *given: Any, **named: Any) -> Any:
        try:
            ip_address(host)
        except ValueError:
            if named.get("flags"):
                raise socket.gaierror from None
            asked.append(host)
            host = rest.pop(0) if len(rest) > 1 else rest[0]
        return real(host, port, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


class TestAnswers:
    def test_an_answer_is_status_headers_and_body(self, server: Listener) -> None:
        server.status, server.headers = 404, {"ETag": '"1"'}
        answer = fetch(f"{server.url}/ä%20b?q=ü")
        assert (answer.status, answer.body) == (404, b"BEGIN:VCALENDAR")
        assert answer.headers["etag"] == '"1"'
        (call,) = server.calls
        assert (call.method, call.path) == ("GET", "/%C3%A4%20b?q=%C3%BC")
        assert call.headers["Host"] == f"127.0.0.1:{server.port}"

    def test_something_may_be_sent(self, server: Listener) -> None:
        fetch(server.url, method="PUT", headers={"X-Mark": "1"}, body=b"told")
        (call,) = server.calls
        assert (call.method, call.path, call.body) == ("PUT", "/", b"told")
        assert call.headers["X-Mark"] == "1"

    def test_redirects_are_not_followed(self, server: Listener) -> None:
        with listening() as secret:
            server.status, server.headers = 302, {"Location": secret.url}
            assert fetch(server.url).status == 302
            assert secret.calls == []

    def test_a_name_is_called_by_its_name(
        self, server: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = resolve(monkeypatch, "127.0.0.1")
        fetch(f"http://Bücher.example:{server.port}/")
        assert asked == ["xn--bcher-kva.example"]
        assert server.calls[0].headers["Host"] == f"xn--bcher-kva.example:{server.port}"

    def test_what_it_says_is_fit_to_be_kept(self) -> None:
        def talk(line: socket.socket) -> None:
            line.sendall(
                b"HTTP/1.1 500 N\0o\x1b[1m\x85\r\nX-A: a\0b\r\n c\r\nContent-Length: 0\r\n\r\n"
            )

        with saying(talk) as url:
            answer = fetch(url)
        assert answer.reason == "N o [1m"
        assert answer.headers["x-a"] == "a b   c"

    def test_so_is_what_it_says_in_another_language(self) -> None:
        with (
            saying(lambda line: line.sendall(b"SSH\0-2.0\r\n")) as url,
            pytest.raises(Unreachable, match=r"SSH -2\.0"),
        ):
            fetch(url)


class TestLimits:
    def test_a_long_answer_is_not_read(self, server: Listener) -> None:
        with pytest.raises(TooLarge):
            fetch(server.url, max_bytes=14)
        assert fetch(server.url, max_bytes=15).status == 200

    def test_an_answer_without_a_length_is_not_read_for_ever(self) -> None:
        with (
            saying(lambda line: endless(line, b"x" * 1_000)) as url,
            pytest.raises(TooLarge),
        ):
            fetch(url, max_bytes=100_000)

    def test_a_server_that_says_nothing_is_given_up(self, server: Listener) -> None:
        server.go_on.clear()
        with pytest.raises(TookTooLong):
            fetch(server.url, timeout=0.2)

    def test_a_server_that_drips_is_given_up_in_time(self) -> None:
        begun = time.monotonic()
        with (
            saying(lambda line: endless(line, b"x", every=0.05)) as url,
            pytest.raises(TookTooLong),
        ):
            fetch(url, timeout=0.3)
        assert time.monotonic() - begun < GIVEN_UP_WITHIN

    def test_a_name_that_nobody_tells_is_given_up_in_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, go_on = socket.getaddrinfo, threading.Event()

        def ask(host: Any, *given: Any, **named: Any) -> Any:
            if not named.get("flags"):
                go_on.wait(2 * GIVEN_UP_WITHIN)
            return real("127.0.0.1", *given, **named)

        monkeypatch.setattr(socket, "getaddrinfo", ask)
        begun = time.monotonic()
        with pytest.raises(TookTooLong):
            fetch("http://slow.example/", timeout=0.2)
        go_on.set()
        assert time.monotonic() - begun < GIVEN_UP_WITHIN

    def test_headers_that_drip_are_given_up_in_time(self) -> None:
        begun = time.monotonic()
        with (
            saying(lambda line: endless(line, b"X-A: b\r\n", every=0.05, after=b"")) as url,
            pytest.raises(TookTooLong),
        ):
            fetch(url, timeout=0.3)
        assert time.monotonic() - begun < GIVEN_UP_WITHIN

    def test_whoever_speaks_another_language_is_unreachable(self) -> None:
        with saying(lambda line: line.sendall(b"SSH-2.0\r\n")) as url, pytest.raises(Unreachable):
            fetch(url)

    def test_a_closed_port_and_an_unknown_name_are_unreachable(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(Unreachable):
            fetch(f"http://127.0.0.1:{free_port()}")
        with pytest.raises(Unreachable):
            fetch("http://nobody.invalid/")

    def test_a_certificate_that_nobody_vouches_for_is_none(self, server: Listener) -> None:
        with pytest.raises(Unreachable):
            fetch(server.url.replace("http", "https"))


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "//example.org/",
            "example.org",
            "http://",
            "http://:80/",
            "http://example.org:0/",
            "http://example.org:99999/",
            "http://user:pass@example.org/",
            "http://user@example.org/",
            "http://a..b/",
            "http://exam ple.org/",
            "http://example.org/\r\nX: y",
            "http://example.org\\@10.0.0.1/",
            f"http://example.org/{'x' * 2_000}",
        ],
    )
    def test_what_is_no_address_is_refused(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            checked(url)

    @pytest.mark.parametrize(
        "host",
        [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "127.1",
            "0x7f.0.0.1",
            "2130706433",
            "0177.0.0.1",
            "127。0。0。1",
            "0.0.0.0",  # noqa: S104 - nobody binds to it
            "169.254.169.254",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b:1::1]",
            "[2002:a00:1::1]",
            "[2001:0:4136:e378:8000:63bf:f5ff:fffe]",
        ],
    )
    def test_no_spelling_of_a_private_address_gets_through(self, host: str, settings: Any) -> None:
        settings.PRIVATE_NETWORKS_ALLOWED = ()
        with pytest.raises(AddressRefused):
            checked(f"http://{host}/")
        with pytest.raises(AddressRefused):
            fetch(f"https://{host}/")

    @pytest.mark.parametrize(
        "address",
        ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"],
    )
    def test_the_open_internet_is_open(self, address: str) -> None:
        assert is_open(ip_address(address))

    def test_networks_of_our_own_are_open_where_the_installation_says_so(
        self, settings: Any
    ) -> None:
        settings.PRIVATE_NETWORKS_ALLOWED = ("10.1.0.0/16", "fd00::/8")
        checked("http://10.1.2.3/")
        checked("http://[::ffff:10.1.2.3]/")
        checked("http://[fd00::1]/")
        for other in ("10.2.0.1", "127.0.0.1", "[fc00::1]"):
            with pytest.raises(AddressRefused):
                checked(f"http://{other}/")

    def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(
        self, server: Listener, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.PRIVATE_NETWORKS_ALLOWED = ()
        resolve(monkeypatch, "127.0.0.1")
        with pytest.raises(AddressRefused):
            fetch(f"http://inside.example:{server.port}/")
        assert server.calls == []

    def test_a_name_that_leads_elsewhere_after_the_check_gains_nothing(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.PRIVATE_NETWORKS_ALLOWED = ("127.0.0.2/32",)
        asked = resolve(monkeypatch, "127.0.0.2", "127.0.0.1")
        with listening("127.0.0.2") as allowed, listening("127.0.0.1", allowed.port) as inside:
            fetch(f"http://rebinding.example:{allowed.port}/")
            assert (len(allowed.calls), len(inside.calls), len(asked)) == (1, 0, 1)
            with pytest.raises(AddressRefused):
                fetch(f"http://rebinding.example:{allowed.port}/")

    def test_what_is_confidential_goes_by_plain_http_only_at_home(
        self, server: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert fetch(server.url, is_confidential=True).status == 200
        resolve(monkeypatch, "1.1.1.1")
        with pytest.raises(AddressRefused):
            fetch("http://open.example/", is_confidential=True)
        checked(server.url, is_confidential=True)
        checked("https://open.example/", is_confidential=True)
        for url in ("http://open.example/", "http://1.1.1.1/"):
            with pytest.raises(AddressRefused):
                checked(url, is_confidential=True)


@contextmanager
def saying(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers the first who calls with whatever `talk` says."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            line, _where = door.accept()
            with line:
                line.recv(10_000)
                talk(line)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}/"
        finally:
            thread.join()


def endless(
    line: socket.socket,
    part: bytes,
    *,
    every: float = 0,
    after: bytes = b"Connection: close\r\n\r\n",
) -> None:
    """Say `part` again and again, until the other side hangs up."""
    try:
        line.sendall(b"HTTP/1.1 200 OK\r\n" + after)
        while True:
            line.sendall(part)
            time.sleep(every)
    except OSError:
        return
