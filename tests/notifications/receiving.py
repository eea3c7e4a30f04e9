"""The other side of web push: a browser that decrypts, and a service that checks who calls.

Written from the standards, sharing no code with what sends.
"""

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

P256 = ec.SECP256R1()


def from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def mac(key: bytes, *parts: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(b"".join(parts))
    return made.finalize()


class Browser:
    """A subscription: keys of its own, and what it reads with them."""

    def __init__(self, private: str = "", auth: str = "") -> None:
        if private:
            self._key = ec.derive_private_key(int.from_bytes(from_base64(private)), P256)
        else:
            self._key = ec.generate_private_key(P256)
        self._auth = from_base64(auth) if auth else os.urandom(16)
        self._point = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": to_base64(self._point), "auth": to_base64(self._auth)}

    def read(self, body: bytes) -> bytes:
        """RFC 8188 and RFC 8291, the receiving side, written out with HMAC instead of HKDF."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        assert len(body) <= 4096
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(P256, sender)
        shared = self._key.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\x00" + self._point + sender + b"\x01"
        material = mac(mac(self._auth, shared), info)
        secret = mac(salt, material)
        key = mac(secret, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = mac(secret, b"Content-Encoding: nonce\x00\x01")[:12]
        opened = Cipher(algorithms.AES(key), modes.GCM(nonce, record[-16:])).decryptor()
        plain = opened.update(record[:-16]) + opened.finalize()
        content, _delimiter, padding = plain.rpartition(b"\x02")
        assert not padding.strip(b"\x00")
        return content


def claims_of(authorization: str) -> tuple[dict[str, Any], str]:
    """What a VAPID header claims, once its signature is checked, and the key it was made with."""
    scheme, _space, rest = authorization.partition(" ")
    assert scheme == "vapid"
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, body, signature = fields["t"].split(".")
    assert json.loads(from_base64(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = from_base64(signature)
    assert len(raw) == 64
    key = ec.EllipticCurvePublicKey.from_encoded_point(P256, from_base64(fields["k"]))
    numbers = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(numbers, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(from_base64(body)), fields["k"]


__all__ = ["Browser", "InvalidSignature", "claims_of", "from_base64", "to_base64"]
