"""Whether a `dicom` section that encrypts or decrypts has the keys and the libraries for it."""

from __future__ import annotations

import importlib.util

from treadle.deid.fields.model import Rule, Section
from treadle.deid.fields.originals import ACTIONS
from treadle.deid.profile.issues import Issues, Path

_KEY_BYTES = (16, 24, 32)
_LIBRARIES = ("cryptography", "asn1crypto")


def check_encryption(section: Section, rules: list[tuple[Path, Rule]], issues: Issues) -> None:
    """Every issue with keys."""
    used = {rule.action: path for path, rule in rules if rule.action in ACTIONS}
    if section.own["retain"]:
        used.setdefault("encrypt", (section.kind, "retain"))
    for path, rule in rules:
        if any(group.action in ACTIONS for sub in rule.subs for group in sub.groups.values()):
            issues.add(
                (*path, "regex-sub"),
                "BAD_VALUE",
                "In DICOM whole elements are encrypted, not parts of texts.",
            )
    if not used:
        return
    at = next(iter(used.values()))
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        issues.add(at, "DEID_NOT_SUPPORTED", "Encryption in DICOM needs more packages: treadle[crypto].")
    if section.own["asymmetric-encryption"]:
        for action, key in (("encrypt", "public-key"), ("decrypt", "private-key")):
            if action in used and not section.own[key]:
                issues.add(
                    used[action],
                    "MISSING_KEY",
                    f"`{action}` and `retain` with certificates need `{key}`."
                    if action == "encrypt"
                    else f"`decrypt` needs `{key}`.",
                )
    elif not section.secret_key:
        issues.add(
            at,
            "MISSING_KEY",
            "Needed is `secret-key` (hexadecimal), or `asymmetric-encryption` with `public-key`.",
        )
    elif not _is_key(section.secret_key):
        issues.add(
            (section.kind, "secret-key"), "BAD_VALUE", "In DICOM the key is 32, 48 or 64 hexadecimal digits."
        )


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) in _KEY_BYTES
    except ValueError:
        return False
