"""Profiles: the Flywheel format, its checks, and Treadle's extension (deid.md, 2 and 3). No file is touched."""

from treadle.deid.profile.issues import Issue, ProfileError
from treadle.deid.profile.profile import HEAD_BYTES, Profile

__all__ = ["HEAD_BYTES", "Issue", "Profile", "ProfileError"]
