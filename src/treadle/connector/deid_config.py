"""What a device's series must go through before they leave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.deid import Profile

PRESETS = ("minimal", "ps315-basic", "research")


@dataclass(frozen=True, kw_only=True)
class DeidConfig:
    """`profile` applies where the server has none; `required`: without any profile nothing leaves."""

    required: bool = False
    profile: Profile | None = None


def load_profile(given: str, base: Path) -> Profile:
    """A preset by its name, or the file of a profile; ValueError with the first thing that is wrong in it."""
    from treadle.deid import Profile, ProfileError  # noqa: PLC0415 - many connectors never need it

    if given in PRESETS:
        return Profile.load({"name": given, "treadle": {"preset": given}})
    path = base / given
    try:
        profile = Profile.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise ValueError(f"{given!r} is no preset ({', '.join(PRESETS)}), and no file: {why}") from None
    except ProfileError as error:
        first, *more = error.errors
        others = f" ({len(more)} more; see `treadle deid lint {given}`)" if more else ""
        raise ValueError(f"{path.name}: {first}{others}") from None
    if profile.unchanged:
        raise ValueError(f"{path.name} leaves everything as it is; leave the key out instead")
    return profile
