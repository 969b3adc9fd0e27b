"""Files that a profile names: certificates, keys, rules. Read when the profile is loaded, by whoever may read files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from treadle.deid.profile.issues import Issues, Path

Files = Callable[[str], str]  # path -> text; OSError when it cannot be read
_KEYS = ("public-key", "private-key")
_INLINE = "-----BEGIN"


def filled(section: Any, files: Files | None, issues: Issues) -> Any:
    """A `dicom` section with texts in place of paths."""
    if not isinstance(section, Mapping):
        return section
    found = dict(section)
    for key in _KEYS:
        value = found.get(key)
        at: Path = ("dicom", key)
        if isinstance(value, str):
            found[key] = _key(value, at, files, issues)
        elif isinstance(value, list):
            found[key] = [
                _key(text, (*at, index), files, issues) if isinstance(text, str) else text
                for index, text in enumerate(value)
            ]
    return found


def text_of(path: str, at: Path, files: Files | None, issues: Issues) -> str | None:
    """The text of a file; what stands in the way is an issue."""
    if files is None:
        message = "A path can be read by `treadle deid` alone; put the text itself here."
        issues.add(at, "DEID_NOT_SUPPORTED", message)
        return None
    try:
        return files(path)
    except (OSError, UnicodeDecodeError):
        issues.add(at, "NO_FILE", "The file cannot be read.")
        return None


def _key(value: str, at: Path, files: Files | None, issues: Issues) -> str:
    if value.lstrip().startswith(_INLINE):
        return value
    return text_of(value, at, files, issues) or ""
