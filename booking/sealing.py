"""What a tablet keeps while it has no network: sealed by it, opened by nobody but the server.

A badge and a PIN must not lie readable in a browser. The page carries a public key (P-256) of
the space; for each entry the tablet makes a key of its own, and what both give together encrypts
it (ECDH, HKDF with SHA-256, AES-GCM; static/js/kiosk-queue.js does the same with Web Crypto).
What it is for is authenticated with it: whoever steals a seal can do nothing else with it. The
private key follows from the secret of the installation, and is stored nowhere.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.crypto import salted_hmac

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PURPOSE = b"etabli kiosk"
NONCE_BYTES = 12
PARTS = 3


class SealBroken(Exception):
    """What was sent was not sealed for this space, or not by our page."""


def public_key(space: int) -> str:
    """What a tablet of `space` seals with: the point of its key, in base64."""
    point = _private_key(space).public_key()
    return _text(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def purpose_of(key: str, act: str, machine: int, at: int) -> str:
    """What a seal is for: this entry, this act at this machine, at this time of the tablet."""
    return f"{key}/{act}/{machine}/{at}"


def seal(told: dict[str, Any], key: str, purpose: str) -> str:
    """`told` sealed with a public key for one purpose, as the page does it."""
    own = ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, b64decode(key))
    nonce = AESGCM.generate_key(128)[:NONCE_BYTES]
    box = AESGCM(_shared(own, theirs)).encrypt(nonce, json.dumps(told).encode(), purpose.encode())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return ".".join(map(_text, (point, nonce, box)))


def opened(sealed: str, space: int, purpose: str) -> dict[str, Any]:
    """What a tablet of `space` sealed for just this purpose; raises SealBroken."""
    try:
        parts = [b64decode(part, validate=True) for part in sealed.split(".")]
        if len(parts) != PARTS:
            raise SealBroken
        point, nonce, box = parts
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        plain = AESGCM(_shared(_private_key(space), theirs)).decrypt(nonce, box, purpose.encode())
        told = json.loads(plain)
    except (NotBase64, InvalidTag, ValueError, RecursionError) as error:
        raise SealBroken from error
    if not isinstance(told, dict):
        raise SealBroken
    return told


def _private_key(space: int) -> ec.EllipticCurvePrivateKey:
    made = salted_hmac("booking.kiosk.seal", str(space), algorithm="sha512").digest()
    return ec.derive_private_key(int.from_bytes(made, "big") % (ORDER - 1) + 1, CURVE)


def _shared(own: ec.EllipticCurvePrivateKey, theirs: ec.EllipticCurvePublicKey) -> bytes:
    together = own.exchange(ec.ECDH(), theirs)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(together)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
