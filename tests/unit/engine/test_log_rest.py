"""What a gear prints beyond the limit of its log is kept beside it, whole and without keys."""

import json

from treadle.engine.logs import OUT, Log


def test_log_and_rest_are_together_what_was_printed(tmp_path):
    """Cut between characters, wherever the limit falls; the key is starred in the rest, too."""
    log = Log(tmp_path / "log", rest=tmp_path / "rest", secrets=["s3cret"], most=10)
    assert log.rest is None
    for piece in ("12345", "678ääää", "s3c", "ret end"):
        log.feed(OUT, piece.encode())
    log.say("done")
    log.close()
    records = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    first = "".join(one["msg"] for one in records if one["fd"] == OUT)
    assert first == "12345678ä"
    assert first + log.rest.read_text() == "12345678ääää*** end"
    assert [one["msg"].split(":")[0] for one in records if one["fd"] != OUT] == ["log truncated", "done\n"]
