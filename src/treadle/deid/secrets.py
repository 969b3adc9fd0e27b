"""The project's secret, the keys derived from it, and where a file is bound for (deid.md, section 4.1)."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """One secret of 32 bytes. Whoever has it can test guesses of identifiers; it is in no repr, report or log."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")

    @classmethod
    def random(cls) -> Secrets:
        """A secret nobody knows: identifiers agree within what is done with it, and with nothing else."""
        return cls(os.urandom(SECRET_BYTES))

    @classmethod
    def read(cls, content: bytes) -> Secrets:
        """What a file holds: 32 bytes, or 64 hexadecimal digits."""
        try:
            return cls(
                content if len(content) == SECRET_BYTES else bytes.fromhex(content.decode("ascii").strip())
            )
        except ValueError:
            raise ValueError("a secret is 32 bytes, or 64 hexadecimal digits") from None

    def key(self, purpose: str) -> bytes:
        """The derived key for `uid`, `pid`, `date` or `hash`."""
        return _hkdf(self.secret, purpose.encode())

    def digest(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA256 of a value under the key of a purpose."""
        return hmac.digest(self.key(purpose), value, "sha256")


@cache
def _hkdf(secret: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt, one block."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a file is bound for. `subject` becomes the patient's code when the profile asks for `subject-label`.

    `code` is a subject map: it gives the code of a patient, whose attributes it reads by keyword.
    `identity` stands for the PatientID where something else stands there, such as a routing string; empty: the study.
    """

    group: str = ""
    project: str = ""
    subject: str | None = None
    session: str | None = None
    code: Callable[[Callable[[str], object]], str] | None = None
    identity: str | None = None
