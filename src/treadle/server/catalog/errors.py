"""What the catalog refuses."""

from __future__ import annotations

from treadle.server.access.errors import ContainerNotFound
from treadle.server.kit.errors import Conflict, Forbidden, Invalid, NotFound


class DeletionNotFound(ContainerNotFound):
    """There is no such entry in the trash; it may have been purged or restored."""


class FileMissing(NotFound):
    """There is no such file, or you may not see it."""

    code = "catalog.file_not_found"


class LabelTaken(Conflict):
    """This label is already used here."""

    code = "catalog.label_taken"


class NameTaken(Conflict):
    """A file of this name is already there."""

    code = "catalog.name_taken"


class NotEmpty(Conflict):
    """Only an empty group can be deleted; delete or move its projects first."""

    code = "catalog.not_empty"


class RevisionChanged(Conflict):
    """Somebody else changed this meanwhile; load it again."""

    code = "catalog.revision_changed"


class ProjectLocked(Forbidden):
    """The project is locked."""

    code = "catalog.project_locked"


class BadLabel(Invalid):
    """A label has 1 to 255 characters."""

    code = "catalog.bad_label"
