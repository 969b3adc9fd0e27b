"""De-identification: one engine for server, connector, command line and browser (see README.md)."""

from treadle.deid.codes import Code
from treadle.deid.engine import Engine
from treadle.deid.profile import Profile, ProfileError
from treadle.deid.report import FileReport
from treadle.deid.result import Result
from treadle.deid.secrets import Context, Secrets

__all__ = ["Code", "Context", "Engine", "FileReport", "Profile", "ProfileError", "Result", "Secrets"]
