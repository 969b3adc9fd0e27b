"""De-identification: one engine for server, connector, command line and browser (see README.md)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from treadle.deid.codes import Code
from treadle.deid.profile import ProfileError
from treadle.deid.report import FileReport
from treadle.deid.result import Result
from treadle.deid.secrets import Context, Secrets

if TYPE_CHECKING:
    from treadle.deid.engine import Engine
    from treadle.deid.profile import Profile

__all__ = ["Code", "Context", "Engine", "FileReport", "Profile", "ProfileError", "Result", "Secrets"]

# They bring pydicom with all its codecs, which who handles errors or secrets need not load.
_HEAVY = {"Engine": "treadle.deid.engine", "Profile": "treadle.deid.profile"}


def __getattr__(name: str) -> Any:
    if name in _HEAVY:
        return getattr(import_module(_HEAVY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
