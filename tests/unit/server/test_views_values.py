"""Values in the types that columns ask for, and tables written from them."""

import asyncio
import io
from datetime import UTC, datetime

import pytest

from treadle.server.search.views.formats import read_format, render
from treadle.server.search.views.layout import Layout
from treadle.server.search.views.parquet import parquet
from treadle.server.search.views.plan import make_plan
from treadle.server.search.views.spec import read_view
from treadle.server.search.views.values import BadValue, converter


def convert(kind, value):
    [column] = make_plan(read_view({"columns": [{"src": "session.info.a", "type": kind}], "includeIds": False,
                                    "includeLabels": False})).columns  # fmt: skip
    return converter(column)(value)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("int", "12", 12),
        ("int", "12.9", 12),
        ("int", "9007199254740993", 9007199254740993),
        ("int", True, 1),
        ("int", "", None),
        ("float", "1e3", 1000.0),
        ("float", None, None),
        ("string", 1.5, "1.5"),
        ("string", True, "true"),
        ("string", {"a": [1]}, '{"a":[1]}'),
        ("string", datetime(2020, 1, 2, tzinfo=UTC), "2020-01-02T00:00:00+00:00"),
        ("bool", "Yes", True),
        ("bool", 0, False),
        ("bool", "", None),
    ],
)
def test_values_are_read_as_the_type(kind, value, expected):
    found = convert(kind, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("int", "x"), ("float", "nan"), ("float", [1]), ("int", "1e400"), ("bool", "perhaps"), ("bool", {})],
)
def test_what_is_not_of_the_type_is_said_so(kind, value):
    with pytest.raises(BadValue):
        convert(kind, value)


async def _joined(blocks):
    return b"".join([block async for block in blocks])


def written(kind, names, rows, expansions=None, errors=None):
    """The bytes of a result with these rows."""
    layout = Layout(names=names, expansions=expansions or ["never"] * len(names))
    layout.keys = {index: {} for index, how in enumerate(layout.expansions) if how != "never"}
    table = [(error, list(row)) for row, error in zip(rows, errors or [None] * len(rows), strict=True)]
    layout.learn(table)

    async def batches():
        yield table[:1]
        yield table[1:]

    return asyncio.run(_joined(render(read_format(kind), layout, batches)))


def test_a_table_quotes_what_it_must():
    assert (
        written("csv", ["a", "b"], [('x,"y"', None), ("two\nlines", 1.5)])
        == b'a,b\n"x,""y""",\n"two\nlines",1.5\n'
    )


def test_errors_have_a_column_only_when_there_are_any():
    assert written("csv", ["a"], [(1,), (2,)], errors=[None, "bad"]) == b"a,errors\n1,\n2,bad\n"
    assert (
        written("json-flat", ["a"], [(1,), (2,)], errors=[None, "bad"]) == b'[{"a":1},{"a":2,"errors":"bad"}]'
    )


def test_objects_are_spread_by_their_keys():
    rows = [("i", {"x": 1, "id": 2}), ("j", {"y": 3})]
    assert written("csv", ["id", ""], rows, ["never", "always"]) == b"id,x,file.id,y\ni,1,2,\nj,,,3\n"
    assert (
        written("ndjson", ["id", "info"], rows, ["never", "tabular"]).splitlines()[1]
        == b'{"id":"j","info":{"y":3}}'
    )


def test_parquet_holds_every_kind_of_value():
    reader = pytest.importorskip("pyarrow.parquet")
    names = ["int", "float", "mixed", "bool", "text", "object", "none", "ünï", "large"]
    rows = [
        [1, 1.5, 1, True, "a", {"k": [1]}, None, "ß", 2**70],
        [None] * 9,
        [-(2**63), -0.0, 2.5, False, "", [], None, "", 1],
    ] * 15_000

    async def tables():
        for start in range(0, len(rows), 7000):
            yield [list(row) for row in rows[start : start + 7000]]

    table = reader.read_table(io.BytesIO(asyncio.run(_joined(parquet(names, tables)))))
    assert table.column_names == names
    assert table.num_rows == len(rows)
    assert [str(field.type) for field in table.schema] == [
        "int64", "double", "double", "bool", "string", "string", "string", "string", "string",
    ]  # fmt: skip
    first = dict(zip(names, [1, 1.5, 1.0, True, "a", '{"k":[1]}', None, "ß", str(2**70)], strict=True))
    last = dict(zip(names, [-(2**63), -0.0, 2.5, False, "", "[]", None, "", "1"], strict=True))
    assert table.slice(0, 3).to_pylist() == [first, dict.fromkeys(names), last]
    assert table.slice(len(rows) - 3).to_pylist() == [first, dict.fromkeys(names), last]


def test_parquet_of_no_rows_is_readable():
    reader = pytest.importorskip("pyarrow.parquet")
    assert reader.read_table(io.BytesIO(written("parquet", ["a", "b"], []))).column_names == ["a", "b"]
