"""A vault: rows that lead from codes to patients, each sealed to the custodian's public key (deid.md, section 5.4).

Sealed as RFC 9180 says (HPKE, base mode: X25519, HKDF-SHA256, AES-256-GCM). Whoever writes rows cannot read them.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from treadle.deid.result import Link

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"treadle vault 1"


class VaultError(ValueError):
    """A key or row that cannot be used; the message says why and holds nothing of it."""


def new_key() -> tuple[bytes, bytes]:
    """A private and a public key, as PEM."""
    private = X25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, _public_pem(private.public_key())


def public_key(pem: bytes) -> X25519PublicKey:
    """The key that rows are sealed to."""
    try:
        found = serialization.load_pem_public_key(pem)
    except ValueError as error:
        raise VaultError("this is no public key in PEM") from error
    if not isinstance(found, X25519PublicKey):
        raise VaultError("the key of a vault is an X25519 key")
    return found


def private_key(pem: bytes) -> X25519PrivateKey:
    """The custodian's key."""
    try:
        found = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise VaultError("this is no private key in PEM without a passphrase") from error
    if not isinstance(found, X25519PrivateKey):
        raise VaultError("the key of a vault is an X25519 key")
    return found


def name_of(key: X25519PublicKey) -> str:
    """What a key is called in rows sealed to it."""
    digest = Hash(SHA256())
    digest.update(key.public_bytes_raw())
    return digest.finalize().hex()[:16]


def sealed(link: Link, key: X25519PublicKey) -> str:
    """A row as a line of JSON."""
    row = json.dumps(asdict(link), ensure_ascii=False).encode()
    return json.dumps(
        {"key": name_of(key), "row": base64.b64encode(_SUITE.encrypt(row, key, info=_INFO)).decode()}
    )


def opened(line: str, key: X25519PrivateKey) -> Link | None:
    """A row; `None` when it is sealed to another key."""
    try:
        entry = json.loads(line)
        if entry["key"] != name_of(key.public_key()):
            return None
        row = _SUITE.decrypt(base64.b64decode(entry["row"]), key, info=_INFO)
        return Link(**json.loads(row))
    except (ValueError, KeyError, TypeError, InvalidTag) as error:
        raise VaultError("a row is damaged") from error


def _public_pem(key: X25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
