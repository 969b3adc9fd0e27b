"""The error for whoever runs Treadle (not for those who use it)."""

from __future__ import annotations


class OperatorError(Exception):
    """Something the operator must change; the message is one line that says what."""
