"""What the gear catalogue refuses."""

from __future__ import annotations

from treadle.server.kit.errors import Conflict, Forbidden, Invalid, NotFound


class GearMissing(NotFound):
    """There is no such gear."""

    code = "gear_missing"


class GearExists(Conflict):
    """This version of the gear exists already."""

    code = "gear_exists"


class GearInvalid(Invalid):
    """The manifest breaks the gear specification."""

    code = "gear_invalid"


class GearRestricted(Forbidden):
    """This gear is restricted: neither you nor this project is among those who may run it."""

    code = "gear_restricted"


class GearWithoutFolder(NotFound):
    """This gear has no folder here; it runs from an image."""

    code = "gear_without_folder"


class TicketUnknown(NotFound):
    """This ticket is unknown or has expired; announce the gear again."""

    code = "gear_ticket_unknown"


class NotATar(Invalid):
    """The folder of a gear is sent as a tar archive, uncompressed."""

    code = "gear_not_a_tar"


class NotInExchange(NotFound):
    """No catalogue has this gear."""

    code = "gear_not_in_exchange"
