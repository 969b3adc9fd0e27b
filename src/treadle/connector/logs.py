"""The connector's log: one JSON object or one text per line."""

import json
import logging
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path


class JsonLines(logging.Formatter):
    """Event name, level, time and fields as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for `record`."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class TextLines(logging.Formatter):
    """The same for people: time, level, event, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for `record`."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = "".join(f" {name}={value}" for name, value in getattr(record, "fields", {}).items())
        error = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{moment} {record.levelname.lower():7} {record.getMessage()}{fields}{error}"


def set_up_logs(level: str, *, file: Path | None = None, as_json: bool = True) -> None:
    """Log to the file, or to standard error unless the program that runs us has its own way."""
    root = logging.getLogger()
    if file is not None or not root.handlers:
        # A watched file: it may be renamed by a log rotation at any time.
        handler = WatchedFileHandler(file) if file is not None else logging.StreamHandler()
        handler.setFormatter(JsonLines() if as_json else TextLines())
        root.addHandler(handler)
    logging.getLogger("treadle").setLevel(level.upper())
