"""Web push as the standards describe it: who sends (RFC 8292), and what only the browser can read.

The message is encrypted for one browser (RFC 8291) in one record of aes128gcm (RFC 8188).
"""

import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
NUMBER_BYTES = 32
AUTH_BYTES = 16
SALT_BYTES = 16
RECORD_SIZE = 4096
"""What every push service takes (RFC 8030, 7.2); header and padding are part of it."""

LONGEST_PAYLOAD = RECORD_SIZE - 16 - 1 - SALT_BYTES - 5 - (2 * NUMBER_BYTES + 1)
TOKEN_LASTS = timedelta(hours=12)
"""Half of what the standard allows: clocks differ."""


def new_private_key() -> str:
    """A key to sign with, as the environment holds it."""
    return encoded(_number(ec.generate_private_key(CURVE).private_numbers().private_value))


def public_key_of(private_key: str) -> str:
    """What browsers are told, so that they take messages from us and from nobody else."""
    return encoded(_point(_key(private_key).public_key()))


def authorization(*, url: str, private_key: str, contact: str, now: datetime) -> str:
    """The header that says who pushes to `url`; `contact` is whom its owner may write to."""
    target = urlsplit(url)
    claims = {
        "aud": f"{target.scheme}://{target.netloc}",
        "exp": int((now + TOKEN_LASTS).timestamp()),
        "sub": contact,
    }
    told = ".".join(
        encoded(json.dumps(part, separators=(",", ":")).encode())
        for part in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    signature = _key(private_key).sign(told.encode(), ec.ECDSA(SHA256()))
    proof = encoded(b"".join(map(_number, decode_dss_signature(signature))))
    return f"vapid t={told}.{proof}, k={public_key_of(private_key)}"


def encrypted(payload: bytes, *, p256dh: str, auth: str) -> bytes:
    """`payload` for the browser with these keys; raises ValueError where they are none."""
    return _sealed(
        payload,
        theirs=decoded(p256dh),
        auth=decoded(auth),
        ours=ec.generate_private_key(CURVE),
        salt=os.urandom(SALT_BYTES),
    )


def are_keys(*, p256dh: str, auth: str) -> bool:
    """Whether these are the keys of a browser."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(p256dh))
        return len(decoded(auth)) == AUTH_BYTES
    except ValueError:
        return False


def encoded(raw: bytes) -> str:
    """Base64 for addresses, without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """What `encoded` made, or a browser; raises ValueError for anything else."""
    return urlsafe_b64decode(text.rstrip("=").encode("ascii") + b"==")


def _sealed(
    payload: bytes, *, theirs: bytes, auth: bytes, ours: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """RFC 8291, 3.4: the keys come from both sides' points, the browser's secret and the salt."""
    if len(payload) > LONGEST_PAYLOAD:
        raise ValueError("too long for one record")
    point = _point(ours.public_key())
    browser = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs)
    shared = ours.exchange(ec.ECDH(), browser)
    material = _derived(shared, auth, b"WebPush: info\0" + theirs + point, 32)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    # One record, which is the last: 2 ends it.
    record = AESGCM(key).encrypt(nonce, payload + b"\x02", None)
    return salt + struct.pack("!IB", RECORD_SIZE, len(point)) + point + record


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)


def _key(private_key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(private_key), "big"), CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _number(value: int) -> bytes:
    return value.to_bytes(NUMBER_BYTES, "big")
