"""Checks signatures as RFC 8032 (5.1) tells it, with nothing but arithmetic.

It shares no code with what signs, so that both cannot be wrong in the same way.
"""

import hashlib
import json
from base64 import urlsafe_b64decode
from typing import Any

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
SIGN = 1 << 255

Point = tuple[int, int]
NEUTRAL: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    """The sum of two points of the curve."""
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P)
    return x % P, y % P


def times(number: int, point: Point) -> Point:
    """A point added to itself so many times."""
    total = NEUTRAL
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def point_of(octets: bytes) -> Point:
    """The point that 32 octets stand for; raises ValueError for none."""
    number = int.from_bytes(octets, "little")
    sign, y = number >> 255, number & (SIGN - 1)
    if y >= P:
        raise ValueError("not reduced")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        raise ValueError("not on the curve")
    return (P - x if x & 1 != sign else x), y


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the owner of a key has signed a message."""
    if len(signature) != 64 or len(public_key) != 32:
        return False
    try:
        key, r = point_of(public_key), point_of(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(digest, "little") % L
    return times(s, BASE) == add(r, times(k, key))


def opened(token: str, jwk: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a token; raises ValueError where `jwk` has not signed it."""
    if (jwk["kty"], jwk["crv"]) != ("OKP", "Ed25519"):
        raise ValueError("another kind of key")
    head, body, signature = token.split(".")
    if not is_signed(f"{head}.{body}".encode(), decoded(signature), decoded(jwk["x"])):
        raise ValueError("not signed with this key")
    return json.loads(decoded(head)), json.loads(decoded(body))


def decoded(text: str) -> bytes:
    """The octets of a base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
