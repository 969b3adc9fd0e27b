"""What the door in refuses."""

from __future__ import annotations

from treadle.server.kit.errors import BadRequest, Conflict, Invalid, NotFound


class BadForm(BadRequest):
    """The request is not a readable multipart form."""

    code = "ingest.bad_form"


class Interrupted(BadRequest):
    """The upload was interrupted; nothing was stored."""

    code = "ingest.interrupted"


class NoFile(BadRequest):
    """The form has no file part; add one with a file name."""

    code = "ingest.no_file"


class FileNotNamed(BadRequest):
    """A file of the form is not named in the metadata."""

    code = "ingest.file_not_named"


class TicketUnknown(NotFound):
    """This upload ticket is unknown or has expired; start the upload again."""

    code = "ingest.ticket_unknown"


class NotArrived(Conflict):
    """Not all files of this ticket have arrived; start the upload again."""

    code = "ingest.not_arrived"


class NotResumable(Conflict):
    """Files for this project are de-identified when they arrive; send them as a form, in one piece."""

    code = "ingest.not_resumable"


class HashMismatch(Conflict):
    """The content does not have the announced hash; send it again."""

    code = "ingest.hash_mismatch"


class TargetMissing(NotFound):
    """There is no such group or project, or you may not upload to it."""

    code = "ingest.target_missing"


class ArrivalRefused(Invalid):
    """A file could not be de-identified; nothing of the request was kept."""

    code = "DEID_REJECTED"


class BadMetadata(Invalid):
    """The metadata part is not valid."""

    code = "ingest.bad_metadata"


class NoSignedUrls(Conflict):
    """This site hands out no upload addresses; send the file itself as a multipart form."""

    code = "ingest.no_signed_urls"


class AliasRefused(Conflict):
    """This text cannot be remembered as another name of a project."""

    code = "ingest.alias_refused"


class AliasMissing(NotFound):
    """There is no such alias, or you may not see it."""

    code = "ingest.alias_missing"
