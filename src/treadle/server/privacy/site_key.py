"""The key that secrets are sealed with: from the settings, else a file of our own under the home folder."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from treadle.server.kit.errors import Trouble
from treadle.server.kit.settings import Settings

FILE_NAME = "site.key"


class SiteKeyTrouble(Trouble):
    """The site's key does not open the secrets of this database; see 'site key' in the administrator's guide."""

    code = "privacy.site_key"


class SiteKey:
    """Seals and opens. Of several keys (one per line) the first seals, all open: that is how keys are changed."""

    def __init__(self, keys: str) -> None:
        found = keys.replace(",", "\n").split()
        try:
            self._keys = [Fernet(key) for key in found]
        except ValueError:
            raise SiteKeyTrouble(
                "The site key must be 32 bytes in URL-safe base64; with several, one per line."
            ) from None
        if not found:
            raise SiteKeyTrouble("The site key is empty.")

    def seal(self, secret: bytes) -> bytes:
        """Sealed by the newest key."""
        return self._keys[0].encrypt(secret)

    def open(self, sealed: bytes) -> tuple[bytes, bool]:
        """The secret, and whether an older key was needed."""
        try:
            return self._keys[0].decrypt(sealed), False
        except InvalidToken:
            pass
        try:
            return MultiFernet(self._keys).decrypt(sealed), True
        except InvalidToken:
            raise SiteKeyTrouble from None


def site_key(settings: Settings) -> SiteKey:
    """This site's key; the file is made when there is neither file nor setting."""
    if settings.site_key:
        return SiteKey(settings.site_key)
    return _of_file(settings.home / FILE_NAME)


@lru_cache(maxsize=8)
def _of_file(path: Path) -> SiteKey:
    try:
        return SiteKey(path.read_text("ascii"))
    except FileNotFoundError:
        _make(path)
    return SiteKey(path.read_text("ascii"))


def _make(path: Path) -> None:
    """A new key, there as a whole or not at all; of two processes that try at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".site.key.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(made, path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except FileExistsError:
        pass
    finally:
        Path(made).unlink()
