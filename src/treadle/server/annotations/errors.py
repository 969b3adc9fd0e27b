"""What the room of annotations refuses."""

from __future__ import annotations

from treadle.server.kit.errors import Invalid, NotFound


class AnnotationMissing(NotFound):
    """There is no such annotation."""

    code = "annotations.not_found"


class MeasureWrong(Invalid):
    """A measure does not follow from the points of its region."""

    code = "annotations.measure_wrong"


class ReasonNeeded(Invalid):
    """Say why: 'delete_reason' must be one of the known reasons."""

    code = "annotations.reason_needed"


class OverlayMissing(NotFound):
    """No object of that UID belongs to these images."""

    code = "annotations.overlay_not_found"


class OverlayUnreadable(Invalid):
    """The object cannot be shown on these images."""

    code = "annotations.overlay_unreadable"


class NotExportable(Invalid):
    """These annotations cannot be written in this form."""

    code = "annotations.not_exportable"
