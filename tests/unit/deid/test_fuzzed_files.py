"""Damaged and hostile DICOM ends as `ok` or `rejected`, quickly, without an exception and without the patient in it."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from treadle.cli.deid_profile import load
from treadle.deid import Code, Engine, Result, Secrets

from .planted import planted

# `make fuzz` sets how many examples; the suite runs few, always the same. In CI each of the fuzz tests goes on, by
# seeds 0, 1 and so on, for its share of ninety seconds: time and not a count, so that a slow machine takes no longer.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
SHARE = (
    30.0 if os.environ.get("CI") == "true" and "FUZZ_EXAMPLES" not in os.environ else 0.0
)  # CPU seconds of each
SEEDS = [planted(number).data for number in (3, 10, 20, 29, 41)]
ENGINE = Engine(load("research"), Secrets(bytes(32)))
SECONDS_PER_MB = 1.0
GRACE = 3.0  # seconds; the machine may be busy with other things
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="FUZZ_EXAMPLES" not in os.environ,
)
HEAD = bytes(128) + b"DICM" + struct.pack("<HH2sH", 2, 0x10, b"UI", 20) + b"1.2.840.10008.1.2.1\0"


def judged(data: bytes) -> Result:
    """De-identify, and check what holds for every input."""
    began = time.process_time()
    result = ENGINE.process("x.dcm", data)
    assert time.process_time() - began < GRACE + SECONDS_PER_MB * len(data) / 1e6
    assert result.status in {"ok", "rejected"}
    assert bool(result.outputs) == (result.status == "ok")
    assert (result.error is None) == (result.status == "ok")
    assert not (result.error is Code.BAD_VALUE and result.report.where == "engine"), "a bug, not a refusal"
    return result


def fuzzed(*inputs: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """`given` with few examples, again and again until the share of time is used up."""

    def over(check: Callable[..., None]) -> Callable[[], None]:
        @pytest.mark.timeout(10 * SHARE or None)  # the machine may be busy with other things
        def test() -> None:
            began = time.process_time()
            FUZZ(given(*inputs)(check))()
            for number in count():
                if time.process_time() - began > SHARE:
                    return
                seed(number)(settings(FUZZ, derandomize=False)(given(*inputs)(check)))()

        return test

    return over


@fuzzed(st.sampled_from(SEEDS), st.data())
def test_flipped_bits(data: bytes, draw: st.DataObject) -> None:
    changed = bytearray(data)
    for at, bit in draw.draw(
        st.lists(st.tuples(st.integers(128, len(data) - 1), st.integers(0, 7)), min_size=1, max_size=12)
    ):
        changed[at] ^= 1 << bit
    judged(bytes(changed))


@fuzzed(st.sampled_from(SEEDS), st.integers(0, 1_000_000), st.binary(max_size=24))
def test_pieces_cut_out_or_put_in(data: bytes, at: int, new: bytes) -> None:
    at %= len(data)
    judged(data[:at] + new + data[at + len(new) // 2 :])


@fuzzed(st.binary(max_size=400))
def test_anything_after_a_valid_beginning(data: bytes) -> None:
    judged(HEAD + data)
    judged(data)


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_truncated_anywhere(number: int) -> None:
    data = SEEDS[number]
    for size in range(0, len(data), max(64, len(data) // 60)):
        result = judged(data[:size])
        if result.status == "ok":
            assert b"Quexbury" not in result.outputs[0][1]


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF])
def test_lengths_of_gigabytes(length: int) -> None:
    element = struct.pack("<HH2sxxI", 0x0008, 0x1030, b"UT", length) + b"abc "
    assert judged(HEAD + element).status == "rejected"
    sequence = struct.pack("<HH2sxxI", 0x0008, 0x1140, b"SQ", length) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, length
    )
    assert judged(HEAD + sequence).status == "rejected"


def test_a_thousand_sequences_in_each_other() -> None:
    body = plain = b""
    for _ in range(1000):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body
        body = struct.pack("<HH2sxxI", 0x0008, 0x1140, b"SQ", len(item)) + item
        plain = (
            struct.pack("<HHI", 0xFFFE, 0xE000, len(plain) + 8)
            + struct.pack("<HHI", 8, 0x1140, len(plain))
            + plain
        )
    assert judged(HEAD + body).error is Code.LIMIT
    judged(HEAD + struct.pack("<HH2sxxI", 0x0008, 0x1140, b"UN", len(plain)) + plain)


def test_a_deflated_bomb_is_refused() -> None:
    import zlib

    head = HEAD.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    head = head.replace(struct.pack("<HH2sH", 2, 0x10, b"UI", 20), struct.pack("<HH2sH", 2, 0x10, b"UI", 22))
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = deflater.compress(bytes(50_000_000)) + deflater.flush()
    assert judged(head + bomb).error is Code.LIMIT
