"""The key of the house: Ed25519, as JSON Web Keys tell it (RFC 7517, 7638, 8037).

`new_private_key` and the settings write a key as the base64url of its 32 bytes.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Jwk = dict[str, str]


def new_private_key() -> str:
    """A new key, as the settings want it."""
    return encoded(Ed25519PrivateKey.generate().private_bytes_raw())


def public_key_of(private_key: str) -> str:
    """The public half of a key; raises ValueError for what is none."""
    return encoded(_loaded(private_key).public_key().public_bytes_raw())


def jwk_of(public_key: str) -> Jwk:
    """A public key as programs read it; its `kid` is its thumbprint."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": public_key}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return {**members, "kid": encoded(hashlib.sha256(text.encode()).digest())}


def published(private_key: str, retired: Iterable[str]) -> dict[str, Jwk]:
    """The keys that anybody may check with, by `kid`: today's, and those that signed before."""
    today = [public_key_of(private_key)] if private_key else []
    return {jwk["kid"]: jwk for jwk in map(jwk_of, (*today, *retired))}


def signed(payload: Mapping[str, Any], *, private_key: str, key_address: str) -> str:
    """`payload` as a compact JSON Web Signature (RFC 7515), its key found at `key_address`."""
    header = {"alg": "EdDSA", "kid": key_address, "typ": "JWT"}
    text = f"{_part(header)}.{_part(payload)}"
    return f"{text}.{encoded(_loaded(private_key).sign(text.encode()))}"


def encoded(content: bytes) -> str:
    """The base64url of RFC 7515, without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _part(told: Mapping[str, Any]) -> str:
    return encoded(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def _loaded(private_key: str) -> Ed25519PrivateKey:
    padding = "=" * (-len(private_key) % 4)
    return Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(private_key + padding))
