"""The account the embedded PostgreSQL runs as, and what that account can reach.

PostgreSQL refuses to run as root. Started by root, it runs as an ordinary account; that account often cannot
pass the folders above the data or the virtual environment (a 0700 home), which is cured without widening
anybody's permissions: the data folder is handed over as an open descriptor, the programs are copied.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from treadle.server.kit.operator import OperatorError

PREFERRED = ("treadle", "postgres", "nobody")


class AccountError(OperatorError):
    """No account fits; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """A user and group to switch to."""

    uid: int
    gid: int

    def can_pass(self, folder: Path) -> bool:
        """Whether the account may enter the folder and all above it, by their permission bits."""
        return all(self._may_enter(parent) for parent in (folder, *folder.parents))

    def _may_enter(self, folder: Path) -> bool:
        info = folder.stat()
        if info.st_uid == self.uid:
            return bool(info.st_mode & stat.S_IXUSR)
        if info.st_gid == self.gid:
            return bool(info.st_mode & stat.S_IXGRP)
        return bool(info.st_mode & stat.S_IXOTH)


def account_for(data: Path, *, named: str | None = None) -> Account | None:
    """Whom to switch to: None (stay) unless we are root; the owner of existing data stays its owner."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in (named,) if named else PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise AccountError(
        "PostgreSQL does not run as root and none of the accounts "
        f"{', '.join((named,) if named else PREFERRED)} exists; "
        "create one (useradd --system treadle) or name one in TREADLE_POSTGRES_ACCOUNT"
    )
