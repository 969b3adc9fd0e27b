from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from treadle.server.kit.logging import bind_request_id, configure_logging, get_logger, request_id


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(role="test", form="json", stream=stream)
    yield stream
    root.handlers[:], root.level = before


def test_every_event_of_a_request_carries_its_id(out: io.StringIO) -> None:
    with bind_request_id("abc-1") as given:
        assert given == request_id.get() == "abc-1"
        get_logger("treadle.x").info("placed", size=3)
    logging.getLogger("lib").warning("odd %s", 1)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["event"], first["size"], first["request_id"], first["role"]) == (
        "placed",
        3,
        "abc-1",
        "test",
    )
    assert second["event"] == "odd 1"
    assert "request_id" not in second


@pytest.mark.parametrize("offered", [None, "", "a b", "x" * 65, "a\nb", "<i>"])
def test_a_harmful_request_id_is_replaced(offered: str | None) -> None:
    with bind_request_id(offered) as given:
        assert len(given) == 16


def test_an_exception_is_one_json_line(out: io.StringIO) -> None:
    try:
        int("no")
    except ValueError:
        get_logger("treadle.x").exception("failed")
    (line,) = out.getvalue().splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_a_terminal_gets_readable_lines() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(role="test", form="console", stream=stream)
    get_logger("treadle.fresh").info("placed", size=3)
    root.handlers[:], root.level = before
    assert "placed" in stream.getvalue()
    assert "size=3" in stream.getvalue()
