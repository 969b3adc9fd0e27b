"""What all associations of one receiver process share."""

from pathlib import Path
from threading import Lock

from treadle.connector.receive.errors import AbortError
from treadle.connector.receive.folder import Folder
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.policy import Policy
from treadle.connector.receive.seats import Seats


class Site:
    """Policy, limits, seats and folders of a receiver process; `stopping` asks associations to end."""

    def __init__(
        self, *, arriving: Path, commitments: Path, policy: Policy, limits: Limits, seats: Seats
    ) -> None:
        self.policy = policy
        self.limits = limits
        self.seats = seats
        self.commitments = commitments
        self.stopping = False
        self._arriving = arriving
        self._folders: dict[str, Folder] = {}
        self._lock = Lock()

    def raise_if_stopping(self) -> None:
        """AbortError once the process is to end."""
        if self.stopping:
            raise AbortError("receiver is stopping")

    def close(self) -> None:
        """Remove the stocks of empty part files."""
        with self._lock:
            for folder in self._folders.values():
                folder.close()

    def folder(self, device: str) -> Folder:
        """The landing folder of `device`, one object for all associations so that they share its fsyncs."""
        with self._lock:
            if device not in self._folders:
                self._folders[device] = Folder(self._arriving / device)
            return self._folders[device]
