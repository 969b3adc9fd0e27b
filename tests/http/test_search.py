"""Searches over HTTP: forms of answers, paging, exports, what is done with results, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest

from treadle.testing.waiting import wait_until

SEARCH = "/dataexplorer/search"


@pytest.fixture
def sessions(tree, unique):
    """Five sessions of one operator, in a project of its own."""
    operator = unique()
    ids = [
        tree.add(
            "sessions",
            project=tree.project,
            subject={"_id": tree.subject},
            label=f"s{number}",
            operator=operator,
            weight=60 + number,
            tags=["a", "b"] if number else [],
            info={"note": "=1+2" if number else "-5", "deep": [{"x": number}, {"x": -number}]},
        )
        for number in range(5)
    ]
    return operator, ids


def of(operator: str, **more) -> dict:
    return {"return_type": "session", "structured_query": f"session.operator = {operator}", **more}


def export(api, operator: str, **more):
    answer = api.post(f"{SEARCH}/export", json={"query": of(operator), **more})
    assert answer.status_code == 200, answer.text
    return answer


def test_what_is_written_is_found_at_once_and_what_is_deleted_is_not(api, tree, sessions):
    operator, ids = sessions
    assert api.post(SEARCH, json=of(operator)).json()["total"] == 5
    assert api.put(f"/sessions/{ids[0]}", json={"operator": "other"}).status_code == 200
    assert api.delete(f"/sessions/{ids[1]}").status_code == 200
    found = api.post(SEARCH, json=of(operator)).json()
    assert sorted(one["_id"] for one in found["results"]) == sorted(ids[2:])


def test_the_short_form_is_a_list_and_the_long_form_has_all_levels(api, tree, sessions):
    operator, ids = sessions
    short = api.post(SEARCH, json=of(operator), params={"simple": "True", "size": "2"}).json()
    assert [one["session"]["_id"] for one in short] == ids[:-3:-1]  # the newest first
    assert short[0]["return_type"] == "session"
    assert (short[0]["project"]["_id"], short[0]["group"]["_id"]) == (tree.project, tree.group)
    assert "acquisition" not in short[0]
    long = api.post(SEARCH, json=of(operator, size=2)).json()
    assert [one["_source"] for one in long["results"]] == short
    assert (long["total"], long["total_relation"]) == (5, "eq")


@pytest.mark.parametrize("sort", [None, {"field": "session.weight", "order": "asc"}])
def test_pages_go_on_where_the_last_one_ended_while_data_change(api, tree, sessions, sort):
    operator, ids = sessions
    expected = ids[::-1] if sort is None else ids
    first = api.post(SEARCH, json=of(operator, size=2, sort=sort)).json()
    assert [one["_id"] for one in first["results"]] == expected[:2]
    assert api.delete(f"/sessions/{expected[1]}").status_code == 200
    rest = api.post(SEARCH, json=of(operator, sort=sort, cursor=first["cursor"])).json()
    assert [one["_id"] for one in rest["results"]] == expected[2:]
    assert rest["cursor"] is None


def test_a_result_is_exported_in_every_format(api, sessions):
    operator, ids = sessions
    columns = ["session._id", "session.weight", "session.tags", "session.info.note", "session.info.deep.x"]
    as_json = export(api, operator, columns=columns, format="json").json()
    assert [row["session._id"] for row in as_json] == ids[::-1]
    assert as_json[0] == dict(zip(columns, [ids[4], 64.0, ["a", "b"], "=1+2", [4, -4]], strict=True))
    lines = export(api, operator, columns=columns, format="ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == as_json
    rows = list(csv.DictReader(io.StringIO(export(api, operator, columns=columns).text)))
    # Lists are joined, and what a spreadsheet would compute is text; a negative number stays one.
    assert rows[0] == dict(zip(columns, [ids[4], "64.0", "a;b", "'=1+2", "4;-4"], strict=True))
    assert rows[-1]["session.info.note"] == "-5"
    tsv = export(api, operator, columns=columns[:2], format="tsv", limit=1).text.splitlines()
    assert tsv == ["session._id\tsession.weight", f"{ids[4]}\t64.0"]
    parquet = export(api, operator, format="parquet", filename="men.parquet")
    assert parquet.content[:4] == parquet.content[-4:] == b"PAR1"
    assert "men.parquet" in parquet.headers["content-disposition"]
    assert "session.label" in export(api, operator).text.splitlines()[0].split(",")


def test_a_whole_result_feeds_calls_that_take_many(api, tree, sessions):
    operator, ids = sessions
    nodes = api.post(f"{SEARCH}/nodes", json=of(operator, size=1)).json()["nodes"]
    assert nodes == [{"level": "session", "_id": one} for one in ids[::-1]]
    acquisition = tree.add("acquisitions", session=ids[2], label="A")
    made = api.post(f"{SEARCH}/collect", json={"query": of(operator), "collection": {"label": "Mine"}}).json()
    assert made["added"] == 1
    again = api.post(f"{SEARCH}/collect", json={"query": of(operator), "collection": made["collection"]})
    assert again.json()["added"] == 0
    members = tree.get(f"/collections/{made['collection']}/acquisitions")
    assert [one["_id"] for one in members] == [acquisition]
    found = api.post(
        SEARCH,
        json={"return_type": "acquisition", "structured_query": f"collection._id = {made['collection']}"},
    ).json()
    assert [one["_id"] for one in found["results"]] == [acquisition]


def test_a_result_is_deleted_where_that_is_allowed(api, tree, sessions, stranger, problem):
    operator, ids = sessions
    reading = next(one["_id"] for one in api.get("/roles").json() if one["default_flywheel_role"] == "ro")
    api.post(
        f"/projects/{tree.project}/permissions",
        json={"_id": stranger.headers["x-user"], "role_ids": [reading]},
    )
    assert stranger.request("DELETE", SEARCH, json=of(operator)).json() == {
        "deleted": 0,
        "not_found": 5,
        "delete_scheduled": 0,
    }
    problem(api.request("DELETE", SEARCH, json={"return_type": "session"}), 400)
    gone = api.request("DELETE", SEARCH, json=of(operator), params={"delete_reason": "duplicate_data"}).json()
    assert gone == {"deleted": 5, "not_found": 0, "delete_scheduled": 0}
    assert api.get(f"/sessions/{ids[0]}").status_code == 404


def test_facets_count_what_the_search_finds(api, sessions):
    operator, _ = sessions
    body = of(operator, facet_fields=["session.tags", "session.weight"])
    facets = api.post("/dataexplorer/facets", json=body).json()["facets"]
    assert facets["session_count"]["value"] == 5
    assert {one["key"]: one["doc_count"] for one in facets["fields"]["session.tags"]["buckets"]} == {
        "a": 4,
        "b": 4,
        "null": 1,
    }
    assert facets["counted"] == 5


def test_a_search_is_in_the_access_log(api, sessions):
    operator, _ = sessions
    api.post(SEARCH, json=of(operator))

    def written():
        report = api.get("/report/accesslog", params={"limit": 2000, "access_types": "search"})
        assert report.status_code == 200, report.text
        said = [line["context"]["search"] for line in report.json() if "search" in line["context"]]
        return [one for one in said if operator in one.get("query", "")]

    [mine] = wait_until(written, "the record")
    assert {"query": f"session.operator = {operator}", "hits": 5, "all_data": False}.items() <= mine.items()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"return_type": "planet"},
        {"return_type": "file", "filters": {}},
        {"return_type": "file", "filters": [{"script": {}}]},
        {"return_type": "file", "filters": [{"term": {"nothing.x": 1}}]},
        {"return_type": "file", "size": 10_001},
        {"return_type": "file", "size": "many"},
        {"return_type": "file", "size": True},
        {"return_type": "file", "sort": "name"},
        {"return_type": "file", "sort": {"field": "nothing"}},
        {"return_type": "file", "sort": {"field": "file.name", "order": "up"}},
        {"return_type": "file", "facet_fields": ["nothing"]},
        {"return_type": "file", "timezone": "Mars/Olympus"},
        {"return_type": "file", "timezone": "/etc/passwd"},
        {"return_type": "file", "count": "maybe"},
        {"return_type": "file", "cursor": "WyJ4Il0"},
        {"return_type": "file", "search_string": "x" * 1001},
        {"return_type": "file", "structured_query": 5},
    ],
)
def test_what_is_no_search_is_refused(api, problem, body):
    problem(api.post(SEARCH, json=body), 400)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (" OR ".join(["file.name = a"] * 700), "200 terms"),
        ("(" * 3000 + "file.name = a" + ")" * 3000, "nested deeper"),
        (f"file.name IN [{','.join(map(str, range(2000)))}]", "1,000 values"),
        ("file.name = " + "a" * 20_000, "10,000 characters"),
        (r'file.name =~ "(a)\\1"', "egular expression"),
        ('file.name =~ "(?=a)b"', "egular expression"),
        ('file.name =~ "(((a{1,999}){1,999}){1,999})"', ""),
    ],
)
def test_hostile_queries_are_refused_with_their_place(api, problem, query, why):
    answer = problem(api.post(SEARCH, json={"return_type": "file", "structured_query": query}), 422)
    assert why in answer["message"]
    assert answer["errors"][0].keys() >= {"line", "pos", "offset", "message"}


def test_patterns_that_hang_other_engines_do_not(api, tree):
    tree.upload("a" * 200 + ".txt")
    began = time.process_time()
    body = {"return_type": "file", "structured_query": 'file.name =~ "(a|aa)+(a+)+b"'}
    assert api.post(SEARCH, json=body).json()["total"] == 0
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("session.operat", 0, ["session.operator"]),
        ("", 0, []),
        ("session.operator ", 0, []),
        ("nothing.x = a", 12, []),
    ],
)
def test_suggestions_stand_where_they_replace(api, sessions, text, start, found):
    answer = api.post(f"{SEARCH}/suggest", json={"structured_query": text}).json()
    assert answer["from"] == start
    assert [one["value"] for one in answer["suggestions"]] == found


def counted(api, asked):
    """Suggestions, when what they are of is counted: that follows within seconds."""

    def answer():
        found = api.post(f"{SEARCH}/suggest", json=asked).json()
        return found["suggestions"] and found

    return wait_until(answer, "suggestions")


def test_values_are_suggested_ready_to_insert(api, tree, unique):
    label = f'{unique()} "quoted"'
    tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label=label)
    asked = {"structured_query": f"session.label = {label.split(maxsplit=1)[0]}"}
    [one] = counted(api, asked)["suggestions"]
    assert (one["display"], one["count"]) == (label, 1)
    body = {"return_type": "session", "structured_query": f"session.label = {one['value']}"}
    assert api.post(SEARCH, json=body).json()["total"] == 1


def test_a_field_that_nothing_readable_has_is_warned_of_with_what_may_be_meant(
    api, stranger, anonymous, tree, unique
):
    key = unique()
    tree.add(
        "sessions", project=tree.project, subject={"_id": tree.subject}, label="x", info={key: {"visit": 1}}
    )
    text = f"session.info.{key}.visti = 1 AND session.info.{key} EXISTS AND session.age_years > 3"
    field = f"session.info.{key}"

    def warned(who, text=text):
        answer = who.post(f"{SEARCH}/parse", json={"structured_query": text})
        assert answer.json()["valid"] is True
        return answer.json()["warnings"]

    missing = {"offset": 0, "message": f"No object has the field '{field}.visti'"}
    hinted = [{**missing, "suggestion": f"{field}.visit"}]
    wait_until(lambda: warned(api) == hinted, what="the field is counted")
    assert warned(stranger) == [
        missing,
        {"offset": len(f"{field}.visti = 1 AND "), "message": f"No object has the field '{field}'"},
    ]
    assert warned(anonymous) == []
    assert (
        warned(api, "session.info EXISTS AND file.id = x AND analysis.job EXISTS AND collection.label = y")
        == []
    )
    refused = api.post(f"{SEARCH}/parse", json={"structured_query": "sesion.label = x"}).json()["errors"]
    assert refused[0]["suggestion"] == "session.label"


def test_a_filter_by_ids_may_be_as_long_as_a_result(api, sessions):
    operator, ids = sessions
    absent = [f"{number:024x}" for number in range(9_998)]
    long = {"ids": {"values": [*absent, *ids[:2]]}}
    found = api.post(SEARCH, json=of(operator, filters=[long])).json()
    assert (found["total"], [one["_id"] for one in found["results"]]) == (2, [ids[1], ids[0]])
    both = [long, {"ids": {"values": ids[1:]}}, {"range": {"session.weight": {"gt": 1}}}]
    assert api.post(SEARCH, json=of(operator, filters=both)).json()["total"] == 1
    body = {**of(operator, filters=both), "facet_fields": ["session.weight"]}
    told = api.post("/dataexplorer/facets", json=body).json()["facets"]["fields"]["session.weight"]
    assert [one["key"] for one in told["buckets"]] == [61]
    assert api.post(SEARCH, json=of(operator, filters=[{"ids": {"values": []}}])).json()["total"] == 0
    more = {"ids": {"values": [*absent, *ids]}}
    for wrong in (more, {"ids": {"values": [3]}}):
        assert api.post(SEARCH, json=of(operator, filters=[wrong])).status_code == 400


@pytest.mark.parametrize("end", ["= ", "IN [", "IN [x, ", "CONTAINS "])
def test_any_value_is_suggested_behind_an_operator_when_asked_for_more(api, sessions, end):
    text = f"session.operator {end}"
    asked = {"structured_query": text, "extended": True}
    assert counted(api, asked)["from"] == len(text)
    assert api.post(f"{SEARCH}/suggest", json={"structured_query": text}).json()["suggestions"] == []


def test_whether_its_project_has_templates_is_searched_of_a_session(api, tree, unique):
    """The project's document says it, so sessions are not written when templates come or go."""
    label = unique()
    tree.add("sessions", project=tree.project, subject={"_id": tree.subject}, label=label)

    def found(term: str) -> int:
        query = f"session.label = {label} AND {term}"
        return api.post(SEARCH, json={"return_type": "session", "structured_query": query}).json()["total"]

    has = "session.project_has_template"
    assert [found(f"{has} IS FALSE"), found(f"{has} = true"), found(f"{has} EXISTS")] == [1, 0, 1]
    rules = {"templates": [{"session": {"label": "^x$"}, "acquisitions": []}]}
    assert api.post(f"/projects/{tree.project}/template", json=rules).status_code == 200
    assert [found(f"{has} IS FALSE"), found(f"{has} = true"), found(f"{has} IN [true, x]")] == [0, 1, 1]
    assert [found(f"NOT {has} = true"), found(f'{has} = "true"'), found(f"{has} CONTAINS t")] == [0, 0, 0]


def test_a_date_picks_its_days_along_the_newest_objects(api, tree, unique):
    """A row's dates stand apart from its other terms; texts, equal days and ranges must say the same."""
    operator = unique()
    for day in ("20200306", "20200307", "2020-03-08T01:30:00Z", "8 March"):
        info = {"header": {"dicom": {"StudyDate": day}}}
        subject = {"_id": tree.subject}
        tree.add("sessions", project=tree.project, subject=subject, label=day, operator=operator, info=info)

    def found(term: str) -> int:
        query = f"session.operator = {operator} AND {term}"
        return api.post(SEARCH, json={"return_type": "session", "structured_query": query}).json()["total"]

    date = "session.info.header.dicom.StudyDate"
    assert [found(f"{date} = 2020-03-07"), found(f"{date} >= 2020-03-07"), found(f"{date} < 2020-03-08")] == [
        1,
        2,
        2,
    ]
    assert found(f"{date} > 2020-03-06 AND {date} <= 2020-03-08") == 2
    assert [found(f'{date} = "8 March"'), found(f"NOT {date} >= 2020-03-07")] == [1, 2]


def test_the_box_of_every_page_finds_each_level_by_name_and_only_what_one_may_see(
    api, stranger, tree, unique
):
    name = unique()
    session = tree.add(
        "sessions", project=tree.project, subject={"label": f"sub {name}"}, label=f"a {name} b"
    )
    acquisition = tree.add("acquisitions", session=session, label=name.upper())
    tree.upload(f"{name}.txt", b"x", to=f"/acquisitions/{acquisition}")
    results = api.get("/x/find", params={"text": name}).json()["results"]
    assert [one["return_type"] for one in results] == ["subject", "session", "acquisition", "file"]
    assert results[1]["session"]["_id"] == session
    assert stranger.get("/x/find", params={"text": name}).json()["results"] == []
    assert api.get("/x/find", params={"text": ""}).status_code == 422


def test_typing_a_query_leaves_one_line_in_the_access_log(tree, stranger):
    """Parsing tells of no object; suggestions have one line within minutes."""
    began = tree.api.get("/report/accesslog", params={"limit": 1}).json()
    since = began[0]["timestamp"]
    for end in range(8, 14):
        text = "session.label = x"[:end]
        for call in ("parse", "suggest"):
            stranger.post(f"{SEARCH}/{call}", json={"structured_query": text})
    lines = tree.api.get("/report/accesslog", params={"limit": 1000, "start_date": since}).json()
    who = stranger.get("/users/self").json()["_id"]
    paths = [one["request_path"] for one in lines if one["origin"]["id"] == who]
    assert [path for path in paths if path.endswith("/parse")] == []
    assert len([path for path in paths if path.endswith("/suggest")]) <= 1
