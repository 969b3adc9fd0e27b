"""What the door out refuses."""

from __future__ import annotations

from treadle.server.kit.errors import Conflict, NotFound


class TicketUnknown(NotFound):
    """This ticket is unknown, has expired or is for something else; ask for a new one."""

    code = "delivery.ticket_unknown"


class NothingToDownload(NotFound):
    """Nothing of the selection is left to download."""

    code = "delivery.nothing_to_download"


class HashDiffers(Conflict):
    """The file's content does not have this hash."""

    code = "delivery.hash_differs"


class InstanceMissing(NotFound):
    """This file has no such DICOM instance."""

    code = "delivery.instance_not_found"
