"""What was sent in place of the instances of a series, where they were de-identified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from treadle.connector.spool.state import State


@dataclass(frozen=True)
class Sent:
    """An instance as it was sent; `sha256` is that of its data set."""

    sop: str
    sha256: str


class SentAs:
    """The part of the state file that tells originals from what the server has."""

    def __init__(self, state: State) -> None:
        self._state = state

    def of(self, series_id: int) -> dict[str, Sent]:
        """What the server has of a series, by the UIDs of the originals."""
        rows = self._state.execute(
            "SELECT sop, out_sop, out_sha256 FROM sent_as WHERE series_id = ?", series_id
        )
        return {sop: Sent(out_sop, sha256) for sop, out_sop, sha256 in rows}

    def bucket(self, series_id: int, bucket: str) -> tuple[str, str] | None:
        """Digest of the originals of a confirmed bucket, and the fingerprint of how they were changed."""
        rows = self._state.execute(
            "SELECT coalesce(source, digest), recipe FROM bucket WHERE series_id = ? AND bucket = ?",
            series_id,
            bucket,
        )
        return rows[0] if rows else None

    def note(
        self, series_id: int, bucket: str, source: str, recipe: str, sent: Mapping[str, Sent | None]
    ) -> None:
        """The confirmed bucket was made of originals with this digest in this way; None was sent as it is."""
        gone = [sop for sop, one in sent.items() if one is None]
        with self._state.transaction():
            self._state.execute(
                "UPDATE bucket SET source = ?, recipe = ? WHERE series_id = ? AND bucket = ?",
                source,
                recipe,
                series_id,
                bucket,
            )
            self._state.execute(
                "DELETE FROM sent_as WHERE series_id = ? AND sop IN (SELECT value FROM json_each(?))",
                series_id,
                json.dumps(gone),
            )
            for sop, one in sent.items():
                if one is not None:
                    self._state.execute(
                        "INSERT OR REPLACE INTO sent_as (series_id, sop, out_sop, out_sha256) VALUES (?, ?, ?, ?)",
                        series_id,
                        sop,
                        one.sop,
                        one.sha256,
                    )

    def kept_epoch(self, study: str, target: str, newest: int) -> int:
        """The epoch of the secret under which the study began to go to that target; the newest if it begins now."""
        with self._state.transaction():
            self._state.execute("INSERT OR IGNORE INTO study_epoch VALUES (?, ?, ?)", study, target, newest)
            rows = self._state.execute(
                "SELECT epoch FROM study_epoch WHERE study = ? AND target = ?", study, target
            )
        return int(rows[0][0])
