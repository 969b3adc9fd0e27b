"""What DICOMweb refuses."""

from __future__ import annotations

from treadle.server.kit.errors import BadRequest, Invalid, NotFound, Refused


class ObjectMissing(NotFound):
    """There is no such DICOM study, series, instance or element here."""

    code = "dicomweb.not_found"


class QueryInvalid(BadRequest):
    """The DICOMweb request has a parameter this server does not understand."""

    code = "dicomweb.bad_query"


class NotAcceptable(Refused):
    """The answer does not come in any of the media types asked for."""

    status = 406
    code = "dicomweb.not_acceptable"


class BodyUnsupported(Refused):
    """Store instances as multipart/related with type application/dicom."""

    status = 415
    code = "dicomweb.unsupported_body"


class InstanceUnreadable(Refused):
    """The stored instance cannot be read as DICOM, or its pixels cannot be decoded."""

    status = 422
    code = "dicomweb.unreadable"


class TooManyInstances(Invalid):
    """One request covers too many instances; ask for single series."""

    code = "dicomweb.too_many"
