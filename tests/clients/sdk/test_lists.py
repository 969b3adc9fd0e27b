"""Finders: filters, sorting, and paging over more rows than one page holds."""

import datetime

import flywheel
import pytest

CROWD = 260  # one more page than the 250 rows a finder asks for


@pytest.fixture(scope="module")
def crowd(fw, unique):
    """A session with many acquisitions, a000 to a259, every tenth tagged and described."""
    group = fw.get_group(fw.add_group({"_id": unique()}))
    session = group.add_project(label="P").add_subject(label="S").add_session(label="E")
    for number in range(CROWD):
        fw.add_acquisition({"session": session.id, "label": f"a{number:03}", "info": {"number": number}})
    for acquisition in session.acquisitions.find("label=~^a..0$"):
        fw.add_acquisition_tags(acquisition.id, ["tenth"])
    return session.reload()


@pytest.fixture
def shelf(acquisition, upload):
    """An acquisition with five files."""
    for number in range(5):
        upload(acquisition, f"f{number}.txt", f"{number}")
    return acquisition.reload()


def labels(rows):
    return [row.label for row in rows]


ALL = [f"a{number:03}" for number in range(CROWD)]


def test_a_plain_call_gives_every_row(crowd):
    assert labels(crowd.acquisitions()) == ALL


def test_find_pages_through_all_rows(crowd):
    assert labels(crowd.acquisitions.find()) == ALL


def test_iter_pages_in_small_steps(crowd):
    assert labels(crowd.acquisitions.iter(limit=100)) == ALL


def test_sorted_iteration_pages_through_all_rows(crowd, fw):
    rows = fw.acquisitions.iter_find(f"parents.session={crowd.id}", sort="label:desc", limit=100)
    assert labels(rows) == ALL[::-1]


def test_limit_skip_and_page_cut_the_list(crowd):
    assert labels(crowd.acquisitions.find(limit=3)) == ALL[:3]
    assert labels(crowd.acquisitions.find(limit=3, skip=5)) == ALL[5:8]
    assert labels(crowd.acquisitions.find(limit=3, page=3)) == ALL[6:9]


def test_after_id_goes_on_behind_a_row(crowd):
    third = crowd.acquisitions.find(limit=3)[-1]
    assert labels(crowd.acquisitions.find(limit=2, after_id=third.id)) == ALL[3:5]


def test_after_id_of_the_last_row_gives_nothing(crowd):
    last = crowd.acquisitions.find("label=a259")[0]
    assert crowd.acquisitions.find(limit=5, after_id=last.id) == []


def test_after_id_and_sort_exclude_each_other(crowd, refused):
    refused(422, crowd.acquisitions.find, limit=5, after_id=crowd.id, sort="label")


def test_find_one_wants_exactly_one(crowd):
    assert crowd.acquisitions.find_one("label=a007").label == "a007"
    for filter_text in ("label=~^a00", "label=nobody"):
        with pytest.raises(ValueError, match="results"):
            crowd.acquisitions.find_one(filter_text)


def test_find_first_takes_the_first_or_none(crowd):
    assert crowd.acquisitions.find_first("label=~^a1").label == "a100"
    assert crowd.acquisitions.find_first("label=nobody") is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["label=~5$", "label=~^a01"], ["a015"]),
        (["label=|[a001,a002,nobody]"], ["a001", "a002"]),
        (["label>a257"], ["a258", "a259"]),
        (["tags=tenth", "label<a025"], ["a000", "a010", "a020"]),
        (["info.number>=258"], ["a258", "a259"]),
        (["info.number=7"], ["a007"]),
        (["label!=a000", "label<=a002"], ["a001", "a002"]),
        (['label="a003"'], ["a003"]),
    ],
)
def test_filters_select_rows(crowd, filters, expected):
    assert labels(crowd.acquisitions.find(*filters)) == expected


def test_time_filters_compare_times(crowd):
    now = datetime.datetime.now(datetime.UTC)
    before = (now - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert len(crowd.acquisitions.find(f"created>{before}")) == CROWD
    assert crowd.acquisitions.find(f"created<{before}") == []


def test_a_bad_filter_is_refused_with_its_reason(crowd, refused):
    assert refused(422, crowd.acquisitions.find, "label").reason.startswith("Invalid filter")


@pytest.mark.parametrize("level", ["project", "subject", "session", "acquisition"])
def test_every_level_can_be_searched_over_the_site(fw, request, acquisition, group, level):
    container = request.getfixturevalue(level)
    found = getattr(fw, f"{level}s").find(f"group={group.id}")
    assert [row.id for row in found] == [container.id]


def test_rows_can_be_found_by_their_ancestors(fw, subject, session, acquisition, project):
    assert [s.id for s in fw.sessions.find(f"project={project.id}", "subject.label=S")] == [session.id]
    assert [a.id for a in fw.acquisitions.find(f"parents.subject={subject.id}")] == [acquisition.id]
    assert [a.id for a in fw.acquisitions.find(f"parents.project={project.id}", "session.label=E")]
    assert [s.id for s in fw.subjects.find(f"project._id={project.id}")] == [subject.id]


def test_containers_can_be_found_by_their_files(fw, session, shelf, upload):
    session.add_acquisition(label="empty")
    assert labels(session.acquisitions.find("file.name=f1.txt")) == ["A"]
    shelf.get_file("f1.txt").add_tag("seen")
    assert labels(session.acquisitions.find("file.tags=seen")) == ["A"]
    assert labels(session.acquisitions.find("files.name=f1.txt", "files.tags=seen")) == ["A"]
    assert labels(session.acquisitions.find("files.name!=f1.txt")) == ["empty"]


def test_groups_and_users_have_finders(fw, group, email):
    assert fw.groups.find_one(f"_id={group.id}").label == "Test group"
    assert fw.users.find_one(f"_id={email}").id == email
    assert group.id in [g.id for g in fw.groups.iter(limit=2)]
    assert email in [u.id for u in fw.users.iter(limit=1)]


def test_groups_can_be_filtered_by_a_regular_expression(fw, group):
    assert [g.id for g in fw.groups.find(f"_id=~^{group.id[:8]}")] == [group.id]


def test_files_are_paged_in_small_steps(fw, shelf):
    rows = list(fw.files.iter_find(f"parents.acquisition={shelf.id}", limit=2))
    assert [row.name for row in rows] == [f"f{number}.txt" for number in range(5)]


def test_a_replaced_file_does_not_disturb_paging(fw, shelf, upload):
    upload(shelf, "f1.txt", "again")
    rows = list(fw.files.iter_find(f"parents.acquisition={shelf.id}", limit=2))
    assert sorted(row.name for row in rows) == [f"f{number}.txt" for number in range(5)]


def test_files_can_be_filtered_and_sorted(fw, shelf):
    found = fw.files.find(f"parents.acquisition={shelf.id}", "name=~[13]", sort="name:desc")
    assert [row.name for row in found] == ["f3.txt", "f1.txt"]


def test_rows_hold_files_but_no_info(session, shelf):
    shelf.update_info(a=1)
    shelf.get_file("f0.txt").update_info(b=2)
    row = session.acquisitions.find_one("label=A")
    assert len(row.files) == 5
    assert row.info == {}
    assert row.info_exists
    assert next(file for file in row.files if file.name == "f0.txt").info == {}
    assert row.reload().info == {"a": 1}


def test_files_of_a_row_can_be_read(session, shelf):
    row = session.acquisitions.find_one("label=A")
    assert {file.name: file.read() for file in row.files}["f3.txt"] == b"3"


def test_the_children_of_an_unknown_parent_are_404(fw, refused):
    refused(404, fw.get_project_sessions, "0" * 24)


def test_sorting_by_several_fields(fw, project):
    for label, sex in (("a", "male"), ("b", "female"), ("c", "male")):
        project.add_subject(label=label, sex=sex)
    assert labels(project.subjects.find(sort="sex:asc,label:desc")) == ["b", "c", "a"]


def test_nulls_come_last_when_ascending(subject):
    for label, age in (("none", None), ("old", 20), ("young", 10)):
        subject.add_session(label=label, **({} if age is None else {"age": age}))
    assert labels(subject.sessions.find(sort="age:asc")) == ["young", "old", "none"]
    assert labels(subject.sessions.find(sort="age:desc")) == ["none", "old", "young"]


def test_the_client_raises_its_own_exception_for_a_bad_regular_expression(crowd):
    with pytest.raises(flywheel.ApiException) as caught:
        crowd.acquisitions.find("label=~(")
    assert caught.value.status == 422
