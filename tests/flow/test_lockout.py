"""Guessing passwords is held off, whichever process is asked and however often it was started again."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from fault_kit import Treadle


def test_a_lockout_outlives_the_process_that_counted(make_treadle: Callable[..., Treadle]) -> None:
    treadle = make_treadle(TREADLE_LOGIN__TRIES_PER_ACCOUNT="3")
    user = {"email": "admin@treadle.local", "password": "wrong"}

    def log_in() -> int:
        return httpx.post(f"http://127.0.0.1:{treadle.http}/api/x/login", json=user).status_code

    assert [log_in() for _ in range(4)] == [401, 401, 401, 429]
    treadle.stop()
    treadle.start_ready()
    assert log_in() == 429
