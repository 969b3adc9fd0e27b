"""Profiles: the Flywheel format, its checks, and Treadle's extension (deid.md, 2 and 3). No file is touched."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from treadle.deid.profile.issues import Issue, ProfileError

if TYPE_CHECKING:
    from treadle.deid.profile.profile import HEAD_BYTES, Profile

__all__ = ["HEAD_BYTES", "Issue", "Profile", "ProfileError"]


def __getattr__(name: str) -> Any:  # reading a profile takes pydicom, telling what is wrong with one does not
    if name in ("HEAD_BYTES", "Profile"):
        return getattr(import_module("treadle.deid.profile.profile"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
