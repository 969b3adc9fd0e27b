"""Gears: what a manifest may say, what a run of it must be given. No server, no database (README.md)."""

from treadle.gears.config import ConfigError, complete
from treadle.gears.invocation import derive
from treadle.gears.manifest import Document, ManifestError, read
from treadle.gears.verdict import Verdict, judge

__all__ = ["ConfigError", "Document", "ManifestError", "Verdict", "complete", "derive", "judge", "read"]
