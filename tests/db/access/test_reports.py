"""The access log as a report."""

import pytest


def test_it_is_for_administrators(world):
    world.refused(world.as_user(world.user()).get("/report/accesslog"), 403)
    assert "user_login" in world.good(world.admin.get("/report/accesslog/types"))


def test_it_is_cut_by_type_time_and_number(world):
    for _ in range(3):
        world.user()
    ask = {"access_types": "user_role_change,user_deleted", "limit": 2, "start_date": "2020-01-01"}
    lines = world.good(world.admin.get("/report/accesslog", params=ask))
    assert [line["access_type"] for line in lines] == ["user_role_change"] * 2
    assert lines[0]["timestamp"] >= lines[1]["timestamp"]
    assert world.good(world.admin.get("/report/accesslog", params={"end_date": "2020-01-01T00:00:00Z"})) == []


@pytest.mark.parametrize("ask", [{"start_date": "soon"}, {"access_types": "fly"}, {"limit": "x"}])
def test_unclear_questions_are_refused(world, ask):
    world.refused(world.admin.get("/report/accesslog", params=ask), 422)


def test_a_table_holds_no_formulas(world):
    group = world.group()
    world.connection.execute("UPDATE container SET label = '=1+1' WHERE id = %s", (group,))
    body = {"_id": world.user(), "access": "ro"}
    world.good(world.admin.post(f"/groups/{group}/permissions", json=body))
    answer = world.admin.get("/report/accesslog", params={"csv": "true"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert ",'=1+1" in answer.text
