"""The folders of the spool."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# At least one digit: `.` and `..` are made of legal UID characters too.
_UID = re.compile(r"(?=.*[0-9])[0-9.]{1,64}", re.ASCII)


def is_safe_uid(uid: str) -> bool:
    """Whether the UID may become part of a path."""
    return _UID.fullmatch(uid) is not None


@dataclass(frozen=True)
class Layout:
    """Where things are under the spool folder `root`.

    `arriving/<device>/` just received; `incoming/<device>/<Study>/<Series>/<SOP>.dcm` sorted;
    `quarantine/<device>/` without usable UIDs; `commitments/<device>/` to be answered;
    `outbox/` zips being uploaded; `reports/<day>/` of de-identification; `state.db` what was made of it.
    """

    root: Path

    @property
    def arriving(self) -> Path:
        """Where receivers put files."""
        return self.root / "arriving"

    @property
    def incoming(self) -> Path:
        """Where sorted files wait and stay until they are safely on the server."""
        return self.root / "incoming"

    @property
    def quarantine(self) -> Path:
        """Where files without usable UIDs are kept for a person to look at."""
        return self.root / "quarantine"

    @property
    def commitments(self) -> Path:
        """Requests for storage commitment that are not yet answered."""
        return self.root / "commitments"

    @property
    def outbox(self) -> Path:
        """Where packed series are."""
        return self.root / "outbox"

    @property
    def database(self) -> Path:
        """The state file."""
        return self.root / "state.db"

    @property
    def seats(self) -> Path:
        """The table of open associations."""
        return self.root / "associations"

    @property
    def status(self) -> Path:
        """What `treadle connector status` reads."""
        return self.root / "status.json"

    @property
    def lock(self) -> Path:
        """Held by the one connector that runs on this spool."""
        return self.root / "lock"

    @property
    def receivers_lock(self) -> Path:
        """Held by every receiver process."""
        return self.root / "receivers.lock"

    def polled(self, device: str) -> Path:
        """There once a poll of the device has succeeded: told so also when the state file is lost."""
        return self.root / f"polled.{device}"

    def series(self, *, device: str, study: str, series: str) -> Path:
        """The folder of one series; the UIDs must be safe."""
        return self.incoming / device / study / series

    @property
    def reports(self) -> Path:
        """What de-identification did, by day."""
        return self.root / "reports"

    def make(self) -> None:
        """Make all folders; nobody else looks into the spool."""
        for folder in (
            self.arriving,
            self.incoming,
            self.quarantine,
            self.commitments,
            self.outbox,
            self.reports,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(PermissionError):  # somebody else's folder: its owner decides
            self.root.chmod(0o700)


def keep_to_ourselves() -> None:
    """From now on this process and its children make files that nobody else can read."""
    os.umask(0o077)
