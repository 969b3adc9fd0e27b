"""Asking scanners and archives for images (C-FIND, C-MOVE, C-GET), and what the command line does by hand."""

from treadle.connector.pull.by_hand import Found, echo, fetch, find, forget, retry
from treadle.connector.pull.errors import PullError

__all__ = ["Found", "PullError", "echo", "fetch", "find", "forget", "retry"]
