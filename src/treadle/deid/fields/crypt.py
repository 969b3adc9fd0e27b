"""`encrypt` and `decrypt`: AES-EAX without its tag, as the original writes it (deid.md, section 2.3).

EAX is counter mode whose first counter is the CMAC of a zero block and the nonce; the tag, which would come from
further CMACs, is not kept.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.cmac import CMAC

NONCE_BYTES = 8
NONCE_CHARACTERS = 12
KEY_BYTES = (16, 24, 32)


def encrypt(text: str, key: str, nonce: str = "") -> str:
    """base64 of the nonce, then of the encrypted text."""
    raw = base64.b64decode(nonce) if nonce else os.urandom(NONCE_BYTES)
    return (base64.b64encode(raw) + base64.b64encode(_counter(text.encode(), key, raw))).decode()


def decrypt(text: str, key: str) -> str:
    """What `encrypt` was given; ValueError when key or text are wrong."""
    try:
        nonce = base64.b64decode(text[:NONCE_CHARACTERS], validate=True)
        return _counter(base64.b64decode(text[NONCE_CHARACTERS:], validate=True), key, nonce).decode()
    except binascii.Error as error:
        raise ValueError("not encrypted text") from error


def _counter(data: bytes, key: str, nonce: bytes) -> bytes:
    algorithm = AES(key.encode())
    first = CMAC(algorithm)
    first.update(bytes(16) + nonce)
    return Cipher(algorithm, CTR(first.finalize())).encryptor().update(data)
