"""Routing strings: what an operator typed at the scanner -> group, project, subject, session.

Nothing is dropped for a bad string and nothing is guessed: what cannot be read says so in `Route.status`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from treadle.dicom.config import RoutingConfig
from treadle.dicom.labels import clean_space, is_group_id, join_values, safe_label
from treadle.dicom.patterns import match_patterns

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = [
    "Route",
    "RoutingConfig",
    "Status",
    "close_matches",
    "parse_header",
    "parse_routing",
    "read_routing",
]

Form = Literal["uri", "legacy", "bare", "pattern", "none"]
Status = Literal["ok", "no_routing_string", "no_prefix", "group_missing", "group_invalid", "project_missing"]

_PREFIX = re.compile(r"(?:^|(?<=\s))fw[^\S\r\n]*:[^\S\r\n]*[/\\]+", re.IGNORECASE)
_SLASHES = re.compile(r"[/\\]")
_SESSION = re.compile(r"ses(s|sion)?([-_ ].+|\d.*)", re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]")
_SIMILAR = 0.8


@dataclass(frozen=True, kw_only=True)
class Route:
    """A routing string taken apart; `status` tells what, if anything, is missing.

    `requested_group` is what was typed, `group` the legal id in it, or else the device's default.
    """

    form: Form = "none"
    requested_group: str | None = None
    group: str | None = None
    project: str | None = None
    subject: str | None = None
    session: str | None = None
    status: Status = "no_routing_string"
    flags: tuple[str, ...] = ()


@dataclass
class _Parts:
    form: Form
    segments: list[str]
    flags: set[str] = field(default_factory=set)


def parse_routing(raw: str | Sequence[str] | None, config: RoutingConfig | None = None) -> Route:
    r"""Route typed in one header value; never raises, whatever the text is.

    >>> route = parse_routing("fw://psych/study01/ses01")
    >>> route.group, route.project, route.subject, route.session, route.flags
    ('psych', 'study01', None, 'ses01', ('third_segment_as_session',))
    >>> parse_routing("s9@psych/study01").subject
    's9'
    >>> parse_routing("psych/study01").status
    'no_prefix'
    """
    config = config or RoutingConfig()
    text = _prepare(raw)
    if config.patterns:
        return _by_patterns(lambda tag: text if tag in config.tags else "", config)
    if not text:
        return _with_defaults(Route(), config)
    parts = _split(text, config)
    if parts is None:
        return _with_defaults(Route(status="no_prefix"), config)
    return _with_defaults(_route(parts, config), config)


def read_routing(ds: Dataset, config: RoutingConfig | None = None) -> Route:
    """Route of a header: of the configured tags the first that holds a readable routing string.

    >>> from pydicom.dataset import Dataset
    >>> ds = Dataset()
    >>> ds.PatientID, ds.PatientComments = "MRN-1", "fw://psych/study01"
    >>> read_routing(ds, RoutingConfig(fields=("PatientID", "PatientComments"))).project
    'study01'
    """
    from treadle.dicom.tags import read_values  # noqa: PLC0415 - taking a text apart needs no pydicom

    return _first_readable(lambda tag: read_values(ds, tag), config or RoutingConfig())


def parse_header(values: Mapping[str, str | Sequence[str]], config: RoutingConfig | None = None) -> Route:
    """Route of header values by tag, as they are named in the configuration.

    >>> parse_header({"PatientID": "fw://psych/study01"}).project
    'study01'
    """
    return _first_readable(values.get, config or RoutingConfig())


def _first_readable(value_of: Callable[[str], str | Sequence[str] | None], config: RoutingConfig) -> Route:
    if config.patterns:
        return _by_patterns(lambda tag: _prepare(value_of(tag)), config)
    routes = [parse_routing(value_of(tag), config) for tag in config.tags]
    readable = [route for route in routes if route.form != "none"]
    typed = [route for route in routes if route.status != "no_routing_string"]
    return (readable or typed or routes)[0]


def close_matches(name: str, candidates: Iterable[str]) -> list[str]:
    """Candidates similar to a name that was not found, best first: suggestions, never corrections.

    >>> close_matches("psyhc", ["neuro", "psych"])
    ['psych']
    """
    by_key: dict[str, list[str]] = {}
    for candidate in candidates:
        by_key.setdefault(candidate.casefold(), []).append(candidate)
    near = difflib.get_close_matches(name.casefold(), list(by_key), n=5, cutoff=_SIMILAR)
    return [candidate for key in near for candidate in by_key[key]]


def _prepare(raw: object) -> str:
    if raw is None:
        return ""
    values = [raw] if isinstance(raw, str) or not isinstance(raw, Iterable) else list(raw)
    text = join_values(["" if value is None else str(value) for value in values])
    return unicodedata.normalize("NFC", text).strip()


def _split(text: str, config: RoutingConfig) -> _Parts | None:
    prefix = _PREFIX.search(text)
    if prefix:
        return _uri(text, prefix) if "uri" in config.forms else None
    line = _LINE_END.split(text, maxsplit=1)[0]
    if "@" in line and "legacy" in config.forms:
        return _legacy(line)
    if not config.require_prefix and "uri" in config.forms:
        return _Parts("bare", _segments(_SLASHES.split(line)))
    return None


def _uri(text: str, prefix: re.Match[str]) -> _Parts:
    line = _LINE_END.split(text[prefix.end() :], maxsplit=1)[0]
    parts = _Parts("uri", _segments(_SLASHES.split(line)))
    if prefix[0] != "fw://":
        parts.flags.add("repaired_prefix")
    if prefix.start() > 0:
        parts.flags.add("leading_text")
    return parts


def _legacy(line: str) -> _Parts:
    subject, _, target = line.rpartition("@")
    separator = next((mark for mark in "/:^" if mark in target), "/")
    names = _segments(target.split(separator))
    parts = _Parts("legacy", [*_padded(names, 2), subject])
    if len(names) > 2:
        parts.flags.add("extra_segments")
    return parts


def _segments(pieces: list[str]) -> list[str]:
    segments = [clean_space(piece) for piece in pieces]
    while segments and not segments[-1]:
        segments.pop()
    return segments


def _padded(segments: list[str], count: int) -> list[str]:
    return (segments + [""] * count)[:count]


def _route(parts: _Parts, config: RoutingConfig) -> Route:
    flags = parts.flags
    if len(parts.segments) > 4:
        flags.add("extra_segments")
    group_text, *labels = _padded(parts.segments, 4)
    project, subject, session = (_label(text, flags) for text in labels)
    if parts.form in ("uri", "bare") and len(parts.segments) == 3 and _is_session(subject, config):
        subject, session = None, subject
        flags.add("third_segment_as_session")
    group, status = _group(group_text)
    if status == "ok" and project is None:
        status = "project_missing"
    return Route(
        form=parts.form,
        requested_group=group_text.strip().lower() or None,
        group=group,
        project=project,
        subject=subject,
        session=session,
        status=status,
        flags=tuple(sorted(flags)),
    )


def _label(text: str, flags: set[str]) -> str | None:
    label = safe_label(text)
    if label != clean_space(text):
        flags.add("sanitized")
    return label or None


def _is_session(label: str | None, config: RoutingConfig) -> bool:
    if label is None or config.third_segment == "subject":
        return False
    return config.third_segment == "session" or _SESSION.fullmatch(label) is not None


def _group(text: str) -> tuple[str | None, Status]:
    group = text.strip().lower()
    if not group:
        return None, "group_missing"
    return (group, "ok") if is_group_id(group) else (None, "group_invalid")


def _with_defaults(route: Route, config: RoutingConfig) -> Route:
    # A group that was typed wrongly is not replaced: data must not slip into another group.
    group = route.group or config.default_group
    if group is None or route.status == "group_invalid":
        return route
    project = route.project
    if project is None and config.default_group in (None, group):
        project = config.default_project
    return replace(route, group=group, project=project, status="ok" if project else "project_missing")


def _by_patterns(lookup: Callable[[str], str], config: RoutingConfig) -> Route:
    found = match_patterns(config.patterns, lookup)
    if not found:
        typed = any(lookup(tag) for tag in config.tags)
        return _with_defaults(Route(status="no_prefix" if typed else "no_routing_string"), config)
    names = [found.get(name, "") for name in ("group", "project", "subject", "session")]
    return _with_defaults(_route(_Parts("pattern", names), config), config)
