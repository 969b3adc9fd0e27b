"""What can go wrong with a run: a code of the job contract and a sentence."""

from __future__ import annotations

INFRASTRUCTURE = frozenset(
    {"engine_lost", "image_pull", "input_transfer", "output_upload", "preempted", "node_fail"}
)


class RunFailed(Exception):
    """The run ends as failed; `str()` is the job's failure reason."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


class EngineError(Exception):
    """The engine cannot work as it was told to: shown to the person who started it."""

    exit_code = 1
