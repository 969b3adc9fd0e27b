"""Session templates of a project as they come in: checked, unknown keys kept (web.md 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from treadle.server.kit.errors import Invalid
from treadle.server.store.regex import postgres_regex

MAX_TEMPLATES = 50
MAX_REQUIREMENTS = 100
MAX_PATTERN = 500

SESSION_TEXTS = ("label", "tags")
SUBJECT_TEXTS = ("code", "label", "tags")
ACQUISITION_TEXTS = ("label", "tags")
FILE_TEXTS = ("name", "type", "mimetype", "modality", "tags", "classification")

Template = Mapping[str, Any]


def sql_pattern(text: str, *, exact: bool) -> str:
    """The database's pattern for a template's text: searched without regard to case; Invalid when it is none."""
    if len(text) > MAX_PATTERN:
        raise Invalid(f"A text of a template has at most {MAX_PATTERN} characters.")
    return postgres_regex(f"(?i)^{re.escape(text)}$" if exact else f"(?i){text}")


def clean_templates(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The templates of a request: `{templates: [..]}`, or one template by itself."""
    given = body.get("templates", [body])
    if not isinstance(given, list) or not given:
        raise Invalid("'templates' must be a list with at least one template.")
    if len(given) > MAX_TEMPLATES:
        raise Invalid(f"A project has at most {MAX_TEMPLATES} templates.")
    return [_template(item, f"templates[{number}]") for number, item in enumerate(given)]


def _template(item: Any, where: str) -> dict[str, Any]:
    template = _object(item, where)
    exact = template.get("regex") is False
    session = _object(template.get("session") or {}, f"{where}.session")
    _check_texts(session, SESSION_TEXTS, f"{where}.session", exact=exact)
    subject = _object(session.get("subject") or {}, f"{where}.session.subject")
    _check_texts(subject, SUBJECT_TEXTS, f"{where}.session.subject", exact=exact)
    for number, wanted in enumerate(_list(template, "acquisitions", where)):
        place = f"{where}.acquisitions[{number}]"
        acquisition = _object(wanted, place)
        _check_texts(acquisition, ACQUISITION_TEXTS, place, exact=exact)
        _check_bounds(acquisition, place)
        for index, file in enumerate(_list(acquisition, "files", place)):
            _check_texts(
                _object(file, f"{place}.files[{index}]"), FILE_TEXTS, f"{place}.files[{index}]", exact=exact
            )
            _check_bounds(file, f"{place}.files[{index}]")
    if not session and not template.get("acquisitions"):
        raise Invalid(f"{where} says nothing about a session: give 'session' or 'acquisitions'.")
    return template


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"{where} must be an object.")
    return value


def _list(owner: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = owner.get(name) or []
    if not isinstance(value, list) or len(value) > MAX_REQUIREMENTS:
        raise Invalid(f"{where}.{name} must be a list of at most {MAX_REQUIREMENTS} requirements.")
    return value


def _check_texts(owner: Mapping[str, Any], names: tuple[str, ...], where: str, *, exact: bool) -> None:
    for name in names:
        value = owner.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise Invalid(f"{where}.{name} must be text.")
        try:
            sql_pattern(value, exact=exact)
        except Invalid as error:
            problem = error.message.removeprefix("Invalid filter: ")
            raise Invalid(f"{where}.{name}: {problem}", patterns=[value]) from None


def _check_bounds(owner: Mapping[str, Any], where: str) -> None:
    least, most = (_bound(owner, name, where) for name in ("minimum", "maximum"))
    if least is None:
        raise Invalid(f"{where}.minimum is required.")
    if most is not None and most < least:
        raise Invalid(f"{where}.maximum must not be less than its minimum.")


def _bound(owner: Mapping[str, Any], name: str, where: str) -> int | None:
    value = owner.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
        raise Invalid(f"{where}.{name} must be a whole number from 0.")
    return value
