"""The error tree; a class docstring is the default message.

TreadleError
├── Refused            4xx: the caller's doing
│   ├── BadRequest 400   Unauthenticated 401   Forbidden 403   NotFound 404
│   ├── Conflict 409     TooLarge 413          RangeInvalid 416
│   └── Invalid 422      TooMany 429
└── Trouble            503: a time-out, a full disk, a lost race: worth repeating
"""

from __future__ import annotations

from typing import Any, ClassVar


class TreadleError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, *, detail: Any = None, **fields: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.detail = detail
        self.fields = fields
        super().__init__(self.message)


class Refused(TreadleError):
    """The request was refused."""

    status = 400
    code = "refused"


class BadRequest(Refused):
    """The request cannot be read."""

    status = 400
    code = "bad_request"


class Unauthenticated(Refused):
    """Log in or send a valid API key."""

    status = 401
    code = "unauthenticated"


class Forbidden(Refused):
    """You may not do this."""

    status = 403
    code = "forbidden"


class NotFound(Refused):
    """Not found."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """This conflicts with what is there."""

    status = 409
    code = "conflict"


class TooLarge(Refused):
    """The request is larger than this site allows."""

    status = 413
    code = "too_large"


class RangeInvalid(Refused):
    """The requested range lies outside the file."""

    status = 416
    code = "range_invalid"


class Invalid(Refused):
    """A value is not valid."""

    status = 422
    code = "invalid"


class TooMany(Refused):
    """Too many requests; try again later."""

    status = 429
    code = "too_many"


class Trouble(TreadleError):
    """The server cannot do this right now; try again."""

    status = 503
    code = "trouble"


class StorageFull(Trouble):
    """The server's storage is full; nothing was stored. Free space and try again."""

    status = 507
    code = "storage_full"
