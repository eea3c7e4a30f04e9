"""Calls to addresses that people typed: only to the open internet, with an end to everything.

Whoever may name an address that we call could otherwise reach what only we can reach: databases,
the cloud's own services, the printers of the house. So the name is resolved here, what it
resolves to is checked, and the connection goes to that very address: nothing can slip in between.
Redirects are answers like any other; nobody follows them.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2_000
CHUNK = 64 * 1024
NAT64 = ip_network("64:ff9b::/96")
"""Where a network without IPv4 reaches it (RFC 6052): the last 32 bits are the real address."""

UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no column of text takes, or what would end a header that is sent back."""


class FetchError(Exception):
    """There is no answer that could be used; the message says why, in English, for logs."""


class AddressRefused(FetchError):
    """The address is none, or leads where we do not go."""


class Unreachable(FetchError):
    """Nobody answers there, or not as a web server does."""


class TookTooLong(Unreachable):
    """The time was over before the answer was whole."""


class TooLarge(FetchError):
    """The answer is longer than asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said; `headers` are found whatever their case."""

    status: int
    reason: str
    headers: Message
    body: bytes


def open_public(
    url: str,
    *,
    timeout: float,
    max_bytes: int,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    is_confidential: bool = False,
) -> Answer:
    """Call `url` and return the answer, whatever its status.

    `timeout` is in seconds and bounds all of it, the look-up of the name too. What
    `is_confidential` goes by plain http only within networks of our own.
    Raises AddressRefused, Unreachable, TookTooLong or TooLarge, all of them FetchErrors.
    """
    # The clock of the process, not of the day: how long, not when.
    ends = time.monotonic() + timeout
    target = checked(url)
    addresses = _resolved(target, timeout)
    if is_confidential:
        _refuse_what_others_could_read(target, addresses)
    left = max(ends - time.monotonic(), 0.01)
    connection = _connection(target, addresses, left)
    sent = {"Host": target.netloc, **(headers or {})}
    try:
        with _ended_after(left, connection):
            connection.request(method, _path_of(target), body, sent)
            with connection.getresponse() as response:
                return _read(response, max_bytes)
    except TimeoutError as error:
        raise TookTooLong(f"no answer within {timeout:g} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(printable(f"{type(error).__name__}: {error}")) from error
    finally:
        connection.close()


def printable(text: str) -> str:
    """What a stranger said, fit to be kept and shown."""
    return CONTROL.sub(" ", text)


def checked(url: str, *, is_confidential: bool = False) -> SplitResult:
    """The parts of an address that can be called, its host in the form that the network knows.

    Looks nothing up: names are let through, numbers in any spelling are checked. Where it
    `is_confidential`, plain http is let through for numbers of our own networks only.
    Raises AddressRefused.
    """
    if len(url) > LONGEST_URL or UNPRINTABLE.search(url):
        raise AddressRefused("not an address")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
        port = parts.port
    except ValueError as error:
        raise AddressRefused("not an address") from error
    if parts.scheme not in PORTS:
        raise AddressRefused("neither http nor https")
    if not host or port == 0:
        raise AddressRefused("no host")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("a user name or password within the address")
    numbers = _look_up(host, port or PORTS[parts.scheme], socket.AI_NUMERICHOST)
    for address in numbers:
        refuse_unless_open(address)
    if is_confidential:
        _refuse_what_others_could_read(parts, numbers)
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{shown}:{port}" if port else shown)


def refuse_unless_open(address: Address) -> None:
    """Raise AddressRefused unless `address` is of the open internet or of a network of ours."""
    if not (is_open(address) or _is_ours(address)):
        raise AddressRefused(f"{address} is not an address of the open internet")


def is_open(address: Address) -> bool:
    """Whether `address` belongs to the open internet, whatever form it is wrapped in."""
    inner = _within(address)
    if inner is not address:
        return is_open(inner)
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_link_local
        or address.is_unspecified
        or getattr(address, "is_site_local", False)
    )


def _within(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_ours(address: Address) -> bool:
    """Whether the installation says that calls may go there (PRIVATE_NETWORKS_ALLOWED)."""
    networks = [ip_network(each) for each in settings.PRIVATE_NETWORKS_ALLOWED]
    inner = _within(address)
    return any(inner.version == each.version and inner in each for each in networks)


def _resolved(target: SplitResult, seconds: float) -> list[Address]:
    """The addresses of the host, once every one of them is known to be open."""
    port = target.port or PORTS[target.scheme]
    found = _looked_up_within(seconds, target.hostname or "", port)
    if not found:
        raise Unreachable(f"{target.hostname} is unknown")
    for address in found:
        refuse_unless_open(address)
    return found


def _refuse_what_others_could_read(target: SplitResult, addresses: list[Address]) -> None:
    if target.scheme == "http" and not (addresses and all(map(_is_ours, addresses))):
        raise AddressRefused("plain http, where others could read along")


def _looked_up_within(seconds: float, host: str, port: int) -> list[Address]:
    """What a name resolves to; the system's resolver itself waits as long as it likes."""
    answers = SimpleQueue[list[Address]]()
    asking = threading.Thread(target=lambda: answers.put(_look_up(host, port, 0)), daemon=True)
    asking.start()
    try:
        return answers.get(timeout=seconds)
    except Empty as error:
        raise TookTooLong(f"{host} was not looked up within {seconds:g} s") from error


def _look_up(host: str, port: int, flags: int) -> list[Address]:
    """What a name resolves to, the preferred first; nothing where it is unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        return []
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


class _Plain(http.client.HTTPConnection):
    """Connects to the addresses that were checked, not to what the name says by now."""

    def __init__(self, host: str, port: int, timeout: float, addresses: list[Address]) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses
        self._line: socket.socket | None = None
        self.is_over = False

    def connect(self) -> None:
        """Take the first address that answers."""
        self._hold(self._connected())

    def cut(self) -> None:
        """End it, whoever is waiting for an answer."""
        self.is_over = True
        if self._line is not None:
            # Not the method of a TLS socket, which would first wait for whoever reads.
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)

    def _connected(self) -> socket.socket:
        share = (self.timeout or 0) / len(self._addresses)
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((str(address), self.port), share)
        return socket.create_connection((str(last), self.port), share)

    def _hold(self, line: socket.socket) -> None:
        # An answer that ends with the connection takes `sock` away before it has been read.
        self.sock = self._line = line
        line.settimeout(self.timeout)
        if self.is_over:
            raise TimeoutError


class _Secure(_Plain):
    """The same under TLS, with the certificate of the host that was named."""

    def connect(self) -> None:
        """Take the first address that answers, and agree on keys."""
        context = ssl.create_default_context()
        line = context.wrap_socket(
            self._connected(), server_hostname=self.host, do_handshake_on_connect=False
        )
        self._hold(line)
        line.do_handshake()


def _connection(target: SplitResult, addresses: list[Address], timeout: float) -> _Plain:
    kind = _Plain if target.scheme == "http" else _Secure
    return kind(target.hostname or "", target.port or PORTS[target.scheme], timeout, addresses)


@contextmanager
def _ended_after(seconds: float, connection: _Plain) -> Iterator[None]:
    """Cut `connection` when the time is over: a server may be slow with every single byte."""
    timer = threading.Timer(seconds, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if connection.is_over:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if connection.is_over:
        raise TimeoutError


def _read(response: http.client.HTTPResponse, max_bytes: int) -> Answer:
    """The whole answer, unless it is too long."""
    if (response.length or 0) > max_bytes:
        raise TooLarge(f"{response.length} bytes")
    body = bytearray()
    while chunk := response.read(CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise TooLarge(f"more than {max_bytes} bytes")
    return Answer(
        status=response.status,
        reason=printable(response.reason),
        headers=_printable(response.headers),
        body=bytes(body),
    )


def _printable(headers: Message) -> Message:
    cleaned = Message()
    for name, value in headers.items():
        cleaned[name] = printable(value)
    return cleaned


def _path_of(target: SplitResult) -> str:
    """The path and the query as they are sent."""
    path = quote(target.path or "/", safe="/%:@!$&'()*+,;=~")
    query = quote(target.query, safe="/%:@!$&'()*+,;=~?")
    return f"{path}?{query}" if query else path
