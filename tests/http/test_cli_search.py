"""`treadle search` as it is typed, against a real server, and the index commands on its database."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet as pq
import pytest


@pytest.fixture
def operator(tree, unique) -> str:
    """The operator of three sessions of a project of its own."""
    name = unique()
    for number in range(3):
        tree.add(
            "sessions", project=tree.project, subject={"_id": tree.subject},
            label=f"s{number}", operator=name, weight=60.5 + number,
        )  # fmt: skip
    return name


def asked(operator: str) -> tuple[str, ...]:
    return "search", f"session.operator = {operator}", "--columns", "session.label,session.weight"


def test_a_result_is_a_table(treadle, operator):
    table = treadle(*asked(operator)).out.splitlines()
    assert [line.split() for line in table] == [["s2", "62.5"], ["s1", "61.5"], ["s0", "60.5"]]
    assert "s0" not in treadle(*asked(operator), "--limit", "2").out  # the newest first


def test_a_result_is_printed_in_the_form_of_a_file(treadle, operator):
    rows = list(csv.DictReader(io.StringIO(treadle(*asked(operator), "-f", "csv").out)))
    assert {row["session.label"]: row["session.weight"] for row in rows} == {
        "s0": "60.5", "s1": "61.5", "s2": "62.5",
    }  # fmt: skip
    told = {"session.label": "s2", "session.weight": 62.5}
    assert json.loads(treadle(*asked(operator), "-f", "json", "--limit", "1").out) == [told]
    assert treadle(*asked(operator), "--json", "--limit", "1").documents == [told]


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_result_is_written_to_a_file(treadle, operator, tmp_path, kind):
    file = tmp_path / f"result.{kind}"
    assert treadle(*asked(operator), "--format", kind, "-o", file).out == ""
    if kind == "parquet":
        table = pq.read_table(file)
        assert table.schema.field("session.weight").type == "double"
        weights = table.column("session.weight").to_pylist()
    elif kind == "json":
        weights = [row["session.weight"] for row in json.loads(file.read_text())]
    else:
        weights = [float(row["session.weight"]) for row in csv.DictReader(file.open())]
    assert sorted(weights) == [60.5, 61.5, 62.5]


def test_what_is_not_there_leaves_an_empty_table_and_a_refusal_no_file(treadle, unique, tmp_path):
    assert "s0" not in treadle("search", f"session.operator = {unique()}").out
    refused = tmp_path / "none.csv"
    treadle("search", "session.label ~~ x", "-f", "csv", "-o", refused, ok=False)
    assert not refused.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("session.label ~~ x", "1:15 - Unknown operator: '~~'"),
        ("session.label = ", "1:17 - Unexpected end of input!"),
        ("sesion.label = x", "1:1 - Unknown field 'sesion.label': did you mean `session.label`?"),
        ("session.label = x\nAnd session.age > 3", "2:1 - Syntax error at 'And': did you mean `AND`?"),
        ("session.weight>=3", "1:18 - Unexpected end of input!: put blanks around `>=`"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_its_place(treadle, text, said):
    assert said in treadle("search", text, ok=False).err


def test_a_wrong_key_is_refused_in_one_line(treadle, treadle_server):
    wrong = treadle_server.api_key[:-4] + "AAAA"
    assert "401" in treadle("search", "", "--api-key", wrong, ok=False).err


def test_the_index_is_made_again_and_says_what_is_stored(treadle, treadle_server, tree, operator):
    home = ("--home", treadle_server.home)
    done = treadle("search", "reindex", "--project", tree.project, *home, "--json").documents[0]
    assert done["indexed"] >= 7  # project, subject, four sessions, acquisition
    verdict = treadle("search", "check", "--sample", "200", *home, "--json").documents[0]
    assert verdict["ok"] is True
    assert verdict["compared"] >= 7
    assert len(treadle(*asked(operator), "--json").documents) == 3


def test_index_commands_need_a_running_database(treadle, tmp_path):
    assert "not running" in treadle("search", "check", "--home", tmp_path, ok=False).err
