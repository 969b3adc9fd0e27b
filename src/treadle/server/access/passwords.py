"""Passwords: argon2, off the event loop."""

from __future__ import annotations

from functools import cache

import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from treadle.server.access.errors import WeakPassword
from treadle.server.kit.ids import new_secret

SHORTEST, LONGEST = 8, 1024

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to spend the usual time on when the account does not exist."""
    return _hasher.hash(new_secret())


def check_strength(password: str) -> None:
    """WeakPassword unless the password may be set."""
    if not SHORTEST <= len(password) <= LONGEST or not password.strip():
        raise WeakPassword


def _hash(password: str) -> str:
    return _hasher.hash(password.encode("utf-8", "surrogatepass"))


def _verify(kept: str | None, password: str) -> bool:
    try:
        right = _hasher.verify(kept or _nobody(), password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


async def hash_password(password: str) -> str:
    """The form in which the password is kept; WeakPassword when it is too short or too long."""
    check_strength(password)
    return await anyio.to_thread.run_sync(_hash, password)


async def is_right(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept; takes as long when nothing is kept."""
    if len(password) > LONGEST:
        return False
    return await anyio.to_thread.run_sync(_verify, kept, password)


def needs_new_hash(kept: str) -> bool:
    """Whether the kept form is of an older, weaker setting."""
    return _hasher.check_needs_rehash(kept)
